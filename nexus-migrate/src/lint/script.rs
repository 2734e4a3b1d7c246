//! A SQL file cut into statements. The only place that names the parser.

use std::ops::Range;
use std::sync::mpsc;
use std::time::Duration;

use squawk_syntax::ast::AstNode;
use squawk_syntax::{SourceFile, SyntaxElement, SyntaxKind, SyntaxNode};

/// A statement where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Statement {
    /// The bytes from its first word to its last.
    pub(super) span: Range<usize>,
    /// Its words: see [`super::words::Words`].
    pub(super) words: Vec<String>,
    /// Why the parser does not understand it.
    pub(super) problem: Option<String>,
}

/// The largest file that is read.
pub(super) const LARGEST: usize = 8 << 20;
/// How deep parentheses may stand in each other.
const DEEPEST: usize = 400;
/// The stack of the parser, which calls itself for what stands in something else.
const STACK: usize = 256 << 20;
/// How long the parser may take for a file.
const PATIENCE: Duration = Duration::from_secs(30);

/// Cuts a file into statements; fails with a sentence on what no parser should be given.
pub(super) fn read(text: &str) -> Result<Vec<Statement>, String> {
    if text.len() > LARGEST {
        return Err(format!("the file has more than {} MiB", LARGEST >> 20));
    }
    if depth(text) > DEEPEST {
        return Err(format!("something stands in more than {DEEPEST} parentheses"));
    }
    let owned = text.to_owned();
    // A parser that fails, or is in trouble with a hostile text, must not take the command with it.
    let (done, waiting) = mpsc::channel();
    let parser = std::thread::Builder::new().stack_size(STACK);
    let running = parser.spawn(move || drop(done.send(statements(&owned))));
    running.map_err(|error| format!("the parser does not start: {error}"))?;
    waiting.recv_timeout(PATIENCE).map_err(|_| "the parser gave up on this file".to_owned())
}

fn depth(text: &str) -> usize {
    let (mut now, mut most) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' => now += 1,
            b')' | b']' => now = now.saturating_sub(1),
            _ => {}
        }
        most = most.max(now);
    }
    most
}

fn statements(text: &str) -> Vec<Statement> {
    let parse = SourceFile::parse(text);
    let errors: Vec<(usize, String)> = parse
        .errors()
        .iter()
        .map(|error| (usize::from(error.range().start()), error.message().to_owned()))
        .collect();
    let mut found: Vec<Statement> = Vec::new();
    for node in parse.tree().syntax().children_with_tokens() {
        let words = words(&node);
        let Some((first, last)) = words.first().zip(words.last()) else { continue };
        let span = first.1.start..last.1.end;
        let is_statement = node.as_node().is_some_and(is_statement);
        let words: Vec<String> = words.into_iter().map(|(word, _)| word).filter(|word| word != ";").collect();
        if words.is_empty() {
            continue;
        }
        match found.last_mut() {
            // What the parser gives up on comes in pieces.
            Some(before) if !is_statement && before.problem.is_some() => {
                before.span.end = span.end;
                before.words.extend(words);
            }
            _ => {
                let problem = (!is_statement).then(|| "this is no statement".to_owned());
                found.push(Statement { span, words, problem });
            }
        }
    }
    for statement in &mut found {
        let inside = |at: usize| at >= statement.span.start && at <= statement.span.end;
        if let Some((_, message)) = errors.iter().find(|(at, _)| inside(*at)) {
            statement.problem = Some(message.clone());
        }
    }
    found
}

fn is_statement(node: &SyntaxNode) -> bool {
    squawk_syntax::ast::Stmt::cast(node.clone()).is_some()
}

/// The tokens that mean something, with their places.
fn words(element: &SyntaxElement) -> Vec<(String, Range<usize>)> {
    let tokens: Vec<_> = match element {
        SyntaxElement::Token(token) => vec![token.clone()],
        SyntaxElement::Node(node) => {
            node.descendants_with_tokens().filter_map(SyntaxElement::into_token).collect()
        }
    };
    let means_something = |kind: SyntaxKind| !matches!(kind, SyntaxKind::WHITESPACE | SyntaxKind::COMMENT);
    tokens
        .into_iter()
        .filter(|token| means_something(token.kind()))
        .map(|token| {
            let range = token.text_range();
            let text = token.text();
            let is_as_written = text.starts_with(['\'', '"', '$']) || text.contains('\'');
            let word = if is_as_written { plain(text) } else { text.to_lowercase() };
            (word, usize::from(range.start())..usize::from(range.end()))
        })
        .collect()
}

/// A quoted name that needs no quotes, without them.
fn plain(text: &str) -> String {
    let inside = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    let is_plain = |name: &&str| {
        name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    inside.filter(is_plain).unwrap_or(text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(text: &str) -> Vec<&str> {
        read(text).expect("it can be read").iter().map(|it| &text[it.span.clone()]).collect()
    }

    #[test]
    fn statements_are_cut_where_they_end() {
        let text = "-- a\nSELECT ';'; /* ; */ CREATE FUNCTION f() RETURNS int AS $$ SELECT 1; $$ LANGUAGE sql;\nSELECT 2";
        assert_eq!(
            spans(text),
            ["SELECT ';';", "CREATE FUNCTION f() RETURNS int AS $$ SELECT 1; $$ LANGUAGE sql;", "SELECT 2"]
        );
    }

    #[test]
    fn what_is_not_understood_is_there_too() {
        let read = read("SELECT 1; \\i other.sql\n FROBNICATE the table; SELECT 2;").expect("it can be read");
        assert!(read.iter().any(|it| it.problem.is_some()), "{read:?}");
        assert_eq!(read.first().map(|it| it.problem.clone()), Some(None));
    }

    #[test]
    fn hostile_files_are_refused_or_survived() {
        assert!(read(&"(".repeat(100_000)).is_err());
        for piece in
            ["not ", "- ", "select ", "a.", "case when ", "'", "$", "\u{0}", "union select ", "::int"]
        {
            let _ = read(&format!("select {}", piece.repeat(1_000)));
        }
    }
}
