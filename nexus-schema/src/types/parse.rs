//! From how people write a type to how PostgreSQL does.

use super::{Builtin, TypeRef};

/// The text is not a type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TypeError {
    /// What is wrong, in one line.
    pub message: String,
    /// What to write instead, where that is known.
    pub help: Option<String>,
}

fn wrong<T>(message: impl Into<String>) -> Result<T, TypeError> {
    Err(TypeError { message: message.into(), help: None })
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Quoted(String),
    Number(i32),
    Mark(char),
}

struct Tokens {
    all: Vec<Token>,
    at: usize,
}

impl Tokens {
    fn next(&mut self) -> Option<Token> {
        let token = self.all.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn eat(&mut self, token: &Token) -> bool {
        let found = self.all.get(self.at) == Some(token);
        self.at += usize::from(found);
        found
    }

    fn words(&mut self, words: &str) -> bool {
        let from = self.at;
        let all = words.split(' ').all(|word| self.eat(&Token::Word(word.into())));
        if !all {
            self.at = from;
        }
        all
    }

    fn numbers(&mut self) -> Result<Vec<i32>, TypeError> {
        let mut numbers = Vec::new();
        if !self.eat(&Token::Mark('(')) {
            return Ok(numbers);
        }
        loop {
            match self.next() {
                Some(Token::Number(number)) => numbers.push(number),
                _ => return wrong("a number is missing between the parentheses"),
            }
            match self.next() {
                Some(Token::Mark(',')) => {}
                Some(Token::Mark(')')) => return Ok(numbers),
                _ => return wrong("a closing parenthesis is missing"),
            }
        }
    }
}

pub(super) fn parse(text: &str) -> Result<TypeRef, TypeError> {
    let mut tokens = Tokens { all: tokenize(text)?, at: 0 };
    let mut type_ = base(&mut tokens)?;
    // `ARRAY` may be followed by one length, and stands for one dimension.
    type_.array = tokens.words("array");
    while tokens.eat(&Token::Mark('[')) {
        if matches!(tokens.all.get(tokens.at), Some(Token::Number(_))) {
            tokens.at += 1;
        }
        if !tokens.eat(&Token::Mark(']')) {
            return wrong("a closing bracket is missing");
        }
        type_.array = true;
    }
    match tokens.next() {
        None => Ok(type_),
        Some(token) => wrong(format!("`{}` is not expected after `{type_}`", spell(&token))),
    }
}

fn spell(token: &Token) -> String {
    match token {
        Token::Word(word) | Token::Quoted(word) => word.clone(),
        Token::Number(number) => number.to_string(),
        Token::Mark(mark) => mark.to_string(),
    }
}

fn tokenize(text: &str) -> Result<Vec<Token>, TypeError> {
    let mut tokens = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(&c) = chars.peek() {
        if c.is_whitespace() {
            chars.next();
        } else if c.is_alphabetic() || c == '_' {
            let mut word = String::new();
            while let Some(&c) = chars.peek().filter(|c| c.is_alphanumeric() || **c == '_' || **c == '$') {
                word.push(c.to_ascii_lowercase());
                chars.next();
            }
            tokens.push(Token::Word(word));
        } else if c.is_ascii_digit() || c == '-' {
            let mut number = String::from(c);
            chars.next();
            while let Some(&c) = chars.peek().filter(|c| c.is_ascii_digit()) {
                number.push(c);
                chars.next();
            }
            match number.parse() {
                Ok(number) => tokens.push(Token::Number(number)),
                Err(_) => return wrong(format!("`{number}` is not a number that a type can carry")),
            }
        } else if c == '"' {
            chars.next();
            let mut name = String::new();
            loop {
                match chars.next() {
                    Some('"') if chars.peek() == Some(&'"') => {
                        chars.next();
                        name.push('"');
                    }
                    Some('"') => break,
                    Some(c) => name.push(c),
                    None => return wrong("a closing quote is missing"),
                }
            }
            if name.is_empty() {
                return wrong("a quoted name is empty");
            }
            tokens.push(Token::Quoted(name));
        } else if "()[],.".contains(c) {
            chars.next();
            tokens.push(Token::Mark(c));
        } else {
            return wrong(format!("`{}` cannot be part of a type", c.escape_default()));
        }
    }
    Ok(tokens)
}

fn base(tokens: &mut Tokens) -> Result<TypeRef, TypeError> {
    let (first, quoted) = match tokens.next() {
        Some(Token::Word(word)) => (word, false),
        Some(Token::Quoted(word)) => (word, true),
        Some(token) => return wrong(format!("a type begins with a name, not with `{}`", spell(&token))),
        None => return wrong("the type is empty"),
    };
    if tokens.eat(&Token::Mark('.')) {
        let name = match tokens.next() {
            Some(Token::Word(name) | Token::Quoted(name)) => name,
            _ => return wrong(format!("the name of a type is missing after `{first}.`")),
        };
        let modifiers = tokens.numbers()?;
        if first == "pg_catalog" {
            return internal(&name, modifiers);
        }
        return Ok(TypeRef { schema: Some(first), name, modifiers, array: false });
    }
    if quoted {
        let modifiers = tokens.numbers()?;
        return internal(&first, modifiers);
    }
    word(&first, tokens)
}

/// A name that means the type's own name in the catalog, where `char` and `bit` are not what SQL calls so.
fn internal(name: &str, modifiers: Vec<i32>) -> Result<TypeRef, TypeError> {
    match name {
        "char" => build(Builtin::Char, modifiers),
        "bit" if modifiers.is_empty() => Ok(TypeRef::plain(None, "bit")),
        "bpchar" => bpchar(modifiers),
        // SQL's own spellings (`integer`) are not names in the catalog: in quotes they are somebody's type.
        "integer" | "int" | "boolean" | "smallint" | "bigint" | "real" | "decimal" | "dec" | "character" => {
            Ok(TypeRef { schema: None, name: name.to_owned(), modifiers, array: false })
                .and_then(refuse_homonym)
        }
        name => match Builtin::from_alias(name).filter(|_| !name.contains(' ')) {
            Some(builtin) => build(builtin, modifiers),
            None => Ok(TypeRef { schema: None, name: name.to_owned(), modifiers, array: false })
                .and_then(refuse_homonym),
        },
    }
}

/// Without its schema such a name would print like the built-in type.
fn refuse_homonym(type_: TypeRef) -> Result<TypeRef, TypeError> {
    match type_.builtin().is_some() || Builtin::from_alias(&type_.name).is_some() {
        false => Ok(type_),
        true => Err(TypeError {
            message: format!("the type \"{}\" needs its schema before it", type_.name),
            help: Some(format!(
                "write `public.\"{}\"`, or drop the quotes for the built-in type",
                type_.name
            )),
        }),
    }
}

fn bpchar(modifiers: Vec<i32>) -> Result<TypeRef, TypeError> {
    match modifiers.as_slice() {
        [] => Ok(TypeRef::plain(None, "bpchar")),
        _ => build(Builtin::Bpchar, modifiers),
    }
}

fn word(first: &str, tokens: &mut Tokens) -> Result<TypeRef, TypeError> {
    match first {
        "double" if tokens.words("precision") => build(Builtin::Float8, tokens.numbers()?),
        "double" => Err(TypeError {
            message: "unknown type `double`".into(),
            help: Some("write `double precision`".into()),
        }),
        "float" => match tokens.numbers()?.as_slice() {
            [] | [25..=53] => build(Builtin::Float8, Vec::new()),
            [1..=24] => build(Builtin::Float4, Vec::new()),
            _ => wrong("the precision of `float` lies between 1 and 53"),
        },
        "national" if tokens.words("character") || tokens.words("char") => character(tokens),
        "character" | "char" | "nchar" => character(tokens),
        "bpchar" => bpchar(tokens.numbers()?),
        "bit" if tokens.words("varying") => build(Builtin::Varbit, tokens.numbers()?),
        "bit" => match tokens.numbers()? {
            numbers if numbers.is_empty() => build(Builtin::Bit, vec![1]),
            numbers => build(Builtin::Bit, numbers),
        },
        "time" | "timestamp" => {
            let numbers = tokens.numbers()?;
            let zoned = tokens.words("with time zone");
            if !zoned {
                tokens.words("without time zone");
            }
            let builtin = match (first, zoned) {
                ("time", false) => Builtin::Time,
                ("time", true) => Builtin::TimeTz,
                (_, false) => Builtin::Timestamp,
                (_, true) => Builtin::TimestampTz,
            };
            build(builtin, numbers)
        }
        "interval" => interval(tokens),
        "serial" | "serial4" | "bigserial" | "serial8" | "smallserial" | "serial2" => {
            let integer = match first {
                "serial" | "serial4" => "integer",
                "bigserial" | "serial8" => "bigint",
                _ => "smallint",
            };
            Err(TypeError {
                message: format!("`{first}` is not a type: it is a shorthand that makes a sequence"),
                help: Some(format!("write `type: {integer}` and `identity: by_default`")),
            })
        }
        "setof" => wrong("a column cannot hold a set"),
        name => {
            let numbers = tokens.numbers()?;
            match Builtin::from_alias(name) {
                Some(builtin) => build(builtin, numbers),
                None => Ok(TypeRef { schema: None, name: name.to_owned(), modifiers: numbers, array: false }),
            }
        }
    }
}

fn character(tokens: &mut Tokens) -> Result<TypeRef, TypeError> {
    if tokens.words("varying") {
        return build(Builtin::Varchar, tokens.numbers()?);
    }
    match tokens.numbers()? {
        numbers if numbers.is_empty() => build(Builtin::Bpchar, vec![1]),
        numbers => build(Builtin::Bpchar, numbers),
    }
}

fn interval(tokens: &mut Tokens) -> Result<TypeRef, TypeError> {
    const FIELDS: [&str; 13] = [
        "year to month",
        "day to hour",
        "day to minute",
        "day to second",
        "hour to minute",
        "hour to second",
        "minute to second",
        "year",
        "month",
        "day",
        "hour",
        "minute",
        "second",
    ];
    let mut numbers = tokens.numbers()?;
    let mut name = String::from("interval");
    if let Some(fields) = FIELDS.iter().find(|fields| tokens.words(fields)) {
        name = format!("interval {fields}");
        if !numbers.is_empty() {
            return wrong("the precision of an interval with fields stands after `second`");
        }
        if fields.ends_with("second") {
            numbers = tokens.numbers()?;
        }
    }
    limits(Builtin::Interval, &numbers)?;
    Ok(TypeRef { schema: None, name, modifiers: numbers, array: false })
}

fn build(builtin: Builtin, mut modifiers: Vec<i32>) -> Result<TypeRef, TypeError> {
    limits(builtin, &modifiers)?;
    // PostgreSQL keeps a scale for every precision.
    if builtin == Builtin::Numeric && modifiers.len() == 1 {
        modifiers.push(0);
    }
    Ok(TypeRef { schema: None, name: builtin.name().to_owned(), modifiers, array: false })
}

/// The bounds that the types' own modifier functions enforce (`numerictypmodin`, `varchartypmodin` and so on).
fn limits(builtin: Builtin, modifiers: &[i32]) -> Result<(), TypeError> {
    let name = builtin.name();
    match (builtin, modifiers) {
        (_, []) => Ok(()),
        (Builtin::Varchar | Builtin::Bpchar, [1..=10_485_760]) => Ok(()),
        (Builtin::Varchar | Builtin::Bpchar, _) => {
            wrong(format!("the length of `{name}` lies between 1 and 10485760"))
        }
        (Builtin::Bit | Builtin::Varbit, [1..=83_886_080]) => Ok(()),
        (Builtin::Bit | Builtin::Varbit, _) => {
            wrong(format!("the length of `{name}` lies between 1 and 83886080"))
        }
        (Builtin::Numeric, [1..=1000] | [1..=1000, -1000..=1000]) => Ok(()),
        (Builtin::Numeric, _) => {
            wrong("`numeric` takes a precision between 1 and 1000, and a scale between -1000 and 1000")
        }
        (
            Builtin::Time | Builtin::TimeTz | Builtin::Timestamp | Builtin::TimestampTz | Builtin::Interval,
            [0..=6],
        ) => Ok(()),
        (
            Builtin::Time | Builtin::TimeTz | Builtin::Timestamp | Builtin::TimestampTz | Builtin::Interval,
            _,
        ) => wrong(format!("the precision of `{name}` lies between 0 and 6")),
        _ => wrong(format!("`{name}` takes no number in parentheses")),
    }
}
