//! Lays tokens out as lines that people read: what `rustfmt` does for people's code, for the few shapes that we write.
//!
//! Sees tokens and never what they mean. Puts blanks and line ends between them, and takes or adds none, so that a file
//! has the tokens of the macro. A general formatter takes ten times as long for the same.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// Lines are broken where they would be longer, if there is a bracket to break them at.
const WIDTH: usize = 100;

/// Words after which an opening bracket stands by itself.
const BEFORE_BRACKETS: &[&str] = &[
    "as", "const", "dyn", "else", "for", "if", "impl", "in", "let", "match", "mut", "return", "use", "where",
];

/// Words that make an item of lines, even of a short one.
const ITEMS: &[&str] = &["impl", "struct", "enum", "mod", "trait"];

/// Tokens as lines, with an end of line behind the last.
///
/// ```
/// use nexus_schema::codegen::layout;
/// let text = layout(quote::quote! { #[doc = " A point."] pub struct Point { pub x: i32, pub y: i32, } });
/// assert_eq!(text, "/// A point.\npub struct Point {\n    pub x: i32,\n    pub y: i32,\n}\n");
/// ```
pub fn layout(tokens: TokenStream) -> String {
    let mut lines = Lines { out: String::new(), indent: 0 };
    let tokens = read(tokens);
    for unit in units(&tokens, Parted::Block) {
        lines.unit(unit);
    }
    lines.out
}

/// A token with its text.
enum Token {
    Word(String),
    Literal(String),
    /// A mark, and whether the next one belongs to it.
    Mark(char, bool),
    Group(Delimiter, Vec<Token>),
}

fn read(tokens: TokenStream) -> Vec<Token> {
    let one = |token| match token {
        TokenTree::Ident(ident) => Token::Word(ident.to_string()),
        TokenTree::Literal(literal) => Token::Literal(literal.to_string()),
        TokenTree::Punct(punct) => Token::Mark(punct.as_char(), punct.spacing() == Spacing::Joint),
        TokenTree::Group(group) => Token::Group(group.delimiter(), read(group.stream())),
    };
    tokens.into_iter().map(one).collect()
}

/// What a sequence is parted by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Parted {
    /// Items and statements.
    Block,
    /// Commas.
    List,
}

fn parted(delimiter: Delimiter, tokens: &[Token]) -> Parted {
    let has_comma =
        || Depths::of(tokens).any(|(token, depth)| depth == 0 && matches!(token, Token::Mark(',', _)));
    match delimiter {
        Delimiter::Brace if !has_comma() => Parted::Block,
        _ => Parted::List,
    }
}

/// Tokens with the number of angle brackets around them.
struct Depths<'a> {
    tokens: std::slice::Iter<'a, Token>,
    depth: usize,
    /// The mark before, where it belongs to the next one.
    before: Option<char>,
}

impl<'a> Depths<'a> {
    fn of(tokens: &'a [Token]) -> Self {
        Self { tokens: tokens.iter(), depth: 0, before: None }
    }
}

impl<'a> Iterator for Depths<'a> {
    type Item = (&'a Token, usize);

    fn next(&mut self) -> Option<Self::Item> {
        let token = self.tokens.next()?;
        let is_arrow = matches!(self.before, Some('-' | '='));
        match token {
            Token::Mark('<', _) => self.depth += 1,
            Token::Mark('>', _) if !is_arrow => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        self.before = match token {
            Token::Mark(mark, true) => Some(*mark),
            _ => None,
        };
        Some((token, self.depth))
    }
}

/// The statements, items or elements of a sequence, each with the mark behind it.
fn units(tokens: &[Token], parted: Parted) -> Vec<&[Token]> {
    let mut units = Vec::new();
    let mut start = 0;
    for (at, (token, depth)) in Depths::of(tokens).enumerate() {
        let ends = match (token, parted) {
            (Token::Mark(',', _), Parted::List) => depth == 0,
            (Token::Mark(';', _), Parted::Block) => true,
            (Token::Group(Delimiter::Brace, _), Parted::Block) => match tokens.get(at + 1) {
                Some(Token::Mark(mark, _)) => *mark == '#',
                Some(Token::Word(word)) => word != "else",
                _ => true,
            },
            _ => false,
        };
        if ends {
            units.push(&tokens[start..=at]);
            start = at + 1;
        }
    }
    if start < tokens.len() {
        units.push(&tokens[start..]);
    }
    units
}

struct Lines {
    out: String,
    indent: usize,
}

impl Lines {
    /// A statement, item or element on lines of its own, its attributes before it.
    fn unit(&mut self, mut unit: &[Token]) {
        while let [Token::Mark('#', _), Token::Group(Delimiter::Bracket, inner), rest @ ..] = unit {
            self.begin();
            match doc(inner) {
                Some(text) => self.out.push_str(&format!("///{text}")),
                None => {
                    self.out.push_str("#[");
                    self.tokens(inner);
                    self.out.push(']');
                }
            }
            self.out.push('\n');
            unit = rest;
        }
        if unit.is_empty() {
            return;
        }
        self.begin();
        self.tokens(unit);
        self.out.push('\n');
    }

    fn begin(&mut self) {
        self.out.extend(std::iter::repeat_n("    ", self.indent));
    }

    fn column(&self) -> usize {
        self.out.len() - self.out.rfind('\n').map_or(0, |at| at + 1)
    }

    fn tokens(&mut self, tokens: &[Token]) {
        let is_item =
            tokens.iter().any(|token| matches!(token, Token::Word(word) if ITEMS.contains(&word.as_str())));
        let mut before = Before::default();
        for (at, token) in tokens.iter().enumerate() {
            if before.blank(token) {
                self.out.push(' ');
            }
            match token {
                Token::Group(Delimiter::Brace, inner) if is_item && !inner.is_empty() => {
                    self.broken(Delimiter::Brace, inner);
                }
                Token::Group(delimiter, inner) => {
                    // What comes behind it up to the next bracket stays on its line.
                    let behind = flat_length(&tokens[at + 1..]);
                    self.group(*delimiter, inner, behind);
                }
                Token::Word(text) | Token::Literal(text) => self.out.push_str(text),
                Token::Mark(mark, _) => self.out.push(*mark),
            }
            before.see(token);
        }
    }

    /// On one line, if there is room for it and for what comes behind.
    fn group(&mut self, delimiter: Delimiter, inner: &[Token], behind: usize) {
        let room = WIDTH.saturating_sub(self.column() + behind);
        let start = self.out.len();
        if !flat_group(delimiter, inner, start + room, &mut self.out) {
            self.out.truncate(start);
            self.broken(delimiter, inner);
        }
    }

    fn broken(&mut self, delimiter: Delimiter, inner: &[Token]) {
        let (open, close) = brackets(delimiter);
        self.out.push_str(open);
        self.out.push('\n');
        self.indent += 1;
        for unit in units(inner, parted(delimiter, inner)) {
            self.unit(unit);
        }
        self.indent -= 1;
        self.begin();
        self.out.push_str(close);
    }
}

/// The length of what comes before the next bracket.
fn flat_length(tokens: &[Token]) -> usize {
    let leaves = tokens.iter().map_while(|token| match token {
        Token::Word(text) | Token::Literal(text) => Some(text.len() + 1),
        Token::Mark(..) => Some(1),
        Token::Group(..) => None,
    });
    leaves.sum()
}

fn brackets(delimiter: Delimiter) -> (&'static str, &'static str) {
    match delimiter {
        Delimiter::Parenthesis => ("(", ")"),
        Delimiter::Brace => ("{", "}"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::None => ("", ""),
    }
}

/// Writes a group on one line; false where it takes more than `most` bytes in all, or has what stands on lines of its own.
fn flat_group(delimiter: Delimiter, inner: &[Token], most: usize, out: &mut String) -> bool {
    let (open, close) = brackets(delimiter);
    let is_brace = delimiter == Delimiter::Brace;
    if is_brace && inner.iter().any(|token| matches!(token, Token::Mark('#' | ';', _))) {
        return false;
    }
    let blank = if is_brace && !inner.is_empty() { " " } else { "" };
    out.push_str(open);
    out.push_str(blank);
    let mut before = Before::default();
    for token in inner {
        if before.blank(token) {
            out.push(' ');
        }
        match token {
            Token::Group(delimiter, inner) => {
                if !flat_group(*delimiter, inner, most, out) {
                    return false;
                }
            }
            Token::Word(text) | Token::Literal(text) => out.push_str(text),
            Token::Mark(mark, _) => out.push(*mark),
        }
        before.see(token);
        if out.len() > most {
            return false;
        }
    }
    out.push_str(blank);
    out.push_str(close);
    out.len() <= most
}

/// What stands to the left, as far as it says whether a blank follows.
#[derive(Default)]
struct Before {
    last: Last,
    /// The marks that belong together so far, such as `-` of `->`.
    run: [Option<char>; 2],
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Last {
    /// Nothing, or a mark that what follows clings to.
    #[default]
    Open,
    /// A mark with a blank behind it.
    Spaced,
    /// A name or a literal.
    Word,
    /// A word after which brackets stand by themselves.
    Keyword,
    /// The name of a lifetime.
    Lifetime,
    /// `>` at the end of type arguments.
    Closed,
    /// A group.
    Group,
    /// `!` of a macro.
    Bang,
}

impl Before {
    fn blank(&self, token: &Token) -> bool {
        match token {
            Token::Word(_) | Token::Literal(_) => !matches!(self.last, Last::Open),
            Token::Group(Delimiter::Brace, _) => !matches!(self.last, Last::Open),
            Token::Group(..) => matches!(self.last, Last::Spaced | Last::Keyword | Last::Lifetime),
            Token::Mark(mark, _) => match (mark, self.last) {
                _ if self.run[1].is_some() => false,
                (_, Last::Open) => false,
                (',' | ';' | '?' | '!', _) => false,
                (':', Last::Spaced | Last::Keyword) => true,
                ('.', last) => last == Last::Spaced,
                (':', _) => false,
                ('<', last) => matches!(last, Last::Spaced | Last::Group),
                ('>', _) => false,
                (_, _) => true,
            },
        }
    }

    fn see(&mut self, token: &Token) {
        let [_, before] = self.run;
        self.run = match token {
            Token::Mark(mark, true) => [before, Some(*mark)],
            _ => [None, None],
        };
        self.last = match token {
            Token::Word(_) if before == Some('\'') => Last::Lifetime,
            Token::Word(word) if BEFORE_BRACKETS.contains(&word.as_str()) => Last::Keyword,
            Token::Word(_) | Token::Literal(_) => Last::Word,
            Token::Group(..) => Last::Group,
            Token::Mark(mark, joint) => match (mark, before) {
                ('>', Some('-' | '=')) => Last::Spaced,
                (':', Some(':')) => Last::Open,
                ('>', _) => Last::Closed,
                ('!', _) => Last::Bang,
                ('<' | '&' | '.' | '\'' | '#' | '*' | '?' | '$', _) => Last::Open,
                (_, _) if *joint => Last::Open,
                (_, _) => Last::Spaced,
            },
        };
    }
}

/// The text of a doc comment that an attribute stands for, where a comment can say it.
fn doc(attribute: &[Token]) -> Option<String> {
    let [Token::Word(name), Token::Mark('=', _), Token::Literal(literal)] = attribute else { return None };
    let text = literal.strip_prefix('"')?.strip_suffix('"')?;
    if name != "doc" || !(text.is_empty() || text.starts_with(' ')) {
        return None;
    }
    let mut plain = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => plain.push(chars.next().filter(|next| matches!(next, '"' | '\\' | '\''))?),
            c if c.is_control() => return None,
            c => plain.push(c),
        }
    }
    Some(plain)
}
