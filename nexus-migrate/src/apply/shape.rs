//! What a file without a transaction does, as far as continuing after it needs to know.
//!
//! Reads the first words of one statement and no more. What it does not recognise is [`Shape::Other`], and a
//! person decides.

/// The statement of a file without a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shape {
    /// `CREATE INDEX CONCURRENTLY`: the index's name, and the table's as it is written.
    CreateIndex { name: String, table: String },
    /// `DROP INDEX CONCURRENTLY` of one index, named as it is written.
    DropIndex { name: String },
    /// A statement that may run again whatever became of it.
    Repeatable,
    /// Anything else.
    Other,
}

/// Reads a file.
pub(super) fn shape(sql: &str) -> Shape {
    let words = words(sql);
    let mut words = Words(&words);
    if words.eat(&["create"]) {
        words.eat(&["unique"]);
        return create_index(words).unwrap_or(Shape::Other);
    }
    if words.eat(&["drop", "index", "concurrently"]) {
        words.eat(&["if", "exists"]);
        let name = words.path();
        // Several indexes are several outcomes.
        return match name {
            Some(name) if !words.eat(&[","]) => Shape::DropIndex { name },
            _ => Shape::Other,
        };
    }
    let again = ["vacuum", "reindex", "analyze", "checkpoint", "refresh"];
    if again.iter().any(|word| words.eat(&[word])) { Shape::Repeatable } else { Shape::Other }
}

fn create_index(mut words: Words<'_>) -> Option<Shape> {
    if !words.eat(&["index", "concurrently"]) {
        return None;
    }
    words.eat(&["if", "not", "exists"]);
    if words.eat(&["on"]) {
        return None;
    }
    let name = words.name()?;
    if !words.eat(&["on"]) {
        return None;
    }
    words.eat(&["only"]);
    Some(Shape::CreateIndex { name, table: words.path()? })
}

#[derive(Debug, PartialEq)]
enum Word {
    /// A bare word, in lower case.
    Bare(String),
    /// What stood between double quotes.
    Quoted(String),
    Sign(char),
}

struct Words<'a>(&'a [Word]);

impl Words<'_> {
    fn eat(&mut self, expected: &[&str]) -> bool {
        let met = expected.iter().enumerate().all(|(n, text)| match self.0.get(n) {
            Some(Word::Bare(word)) => word == text,
            Some(Word::Sign(sign)) => text.len() == 1 && text.starts_with(*sign),
            _ => false,
        });
        if met {
            self.0 = &self.0[expected.len()..];
        }
        met
    }

    fn name(&mut self) -> Option<String> {
        let (first, rest) = self.0.split_first()?;
        let (Word::Bare(name) | Word::Quoted(name)) = first else { return None };
        self.0 = rest;
        Some(name.clone())
    }

    /// A dotted name, each part in double quotes.
    fn path(&mut self) -> Option<String> {
        let mut path = vec![self.name()?];
        while self.eat(&["."]) {
            path.push(self.name()?);
        }
        let quoted: Vec<_> = path.iter().map(|name| format!("\"{}\"", name.replace('"', "\"\""))).collect();
        Some(quoted.join("."))
    }
}

/// The first words of a text, comments left out; ends at anything it has no use for.
fn words(sql: &str) -> Vec<Word> {
    const ENOUGH: usize = 16;
    let mut words = Vec::new();
    let mut rest = sql;
    while words.len() < ENOUGH {
        rest = skip(rest);
        let Some(first) = rest.chars().next() else { break };
        let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '$' || !c.is_ascii();
        if first == '"' {
            let Some((name, after)) = quoted(&rest[1..]) else { break };
            words.push(Word::Quoted(name));
            rest = after;
        } else if is_part(first) {
            let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
            words.push(Word::Bare(rest[..end].to_ascii_lowercase()));
            rest = &rest[end..];
        } else if first == '\'' {
            break;
        } else {
            words.push(Word::Sign(first));
            rest = &rest[first.len_utf8()..];
        }
    }
    words
}

fn quoted(text: &str) -> Option<(String, &str)> {
    let mut name = String::new();
    let mut rest = text;
    loop {
        let end = rest.find('"')?;
        name.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('"') {
            Some(after) => {
                name.push('"');
                rest = after;
            }
            None => return Some((name, rest)),
        }
    }
}

/// Skips white space and comments; block comments nest.
fn skip(text: &str) -> &str {
    let mut rest = text.trim_start();
    loop {
        if let Some(comment) = rest.strip_prefix("--") {
            rest = comment.split_once('\n').map_or("", |(_, after)| after);
        } else if rest.starts_with("/*") {
            let mut depth = 0;
            while let Some(at) = rest.find(['/', '*']) {
                rest = &rest[at..];
                let (step, change) = match rest.get(..2) {
                    Some("/*") => (2, 1),
                    Some("*/") => (2, -1),
                    _ => (1, 0),
                };
                rest = &rest[step..];
                depth += change;
                if depth == 0 {
                    break;
                }
            }
            if depth != 0 {
                return "";
            }
        } else {
            return rest;
        }
        rest = rest.trim_start();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_recognised_by_their_first_words() {
        let index = |name: &str, table: &str| Shape::CreateIndex { name: name.into(), table: table.into() };
        let drop = |name: &str| Shape::DropIndex { name: name.into() };
        let cases = [
            ("CREATE INDEX CONCURRENTLY i ON t (a)", index("i", "\"t\"")),
            (
                "create unique index concurrently if not exists I on only S.T using btree (a)",
                index("i", "\"s\".\"t\""),
            ),
            (
                "-- no-transaction\n-- says; why\n/* a /* b */ c */ CREATE INDEX CONCURRENTLY \"I\"\"x\" ON \"a b\".t(a)",
                index("I\"x", "\"a b\".\"t\""),
            ),
            ("CREATE INDEX CONCURRENTLY ON t (a)", Shape::Other),
            ("CREATE INDEX i ON t (a)", Shape::Other),
            ("DROP INDEX CONCURRENTLY IF EXISTS s.i;", drop("\"s\".\"i\"")),
            ("DROP INDEX CONCURRENTLY i, j", Shape::Other),
            ("VACUUM FULL t", Shape::Repeatable),
            ("ALTER TYPE mood ADD VALUE 'ok'", Shape::Other),
            ("/* never closed CREATE INDEX CONCURRENTLY i ON t (a)", Shape::Other),
            ("CREATE INDEX CONCURRENTLY \"i ON t (a)", Shape::Other),
            ("/*/é", Shape::Other),
            ("", Shape::Other),
        ];
        for (sql, expected) in cases {
            assert_eq!(shape(sql), expected, "{sql}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_stumble(sql in "(?s).{0,80}|[-/*\"'a .]{0,40}") {
            shape(&sql);
        }
    }
}
