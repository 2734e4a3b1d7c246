//! Takes SQL apart as far as telling statements and their first words needs; no parser.

#[derive(Debug, PartialEq)]
pub(super) enum Word {
    /// A bare word, in lower case.
    Bare(String),
    /// What stood between double quotes.
    Quoted(String),
    Sign(char),
}

pub(super) struct Words<'a>(pub(super) &'a [Word]);

impl Words<'_> {
    pub(super) fn eat(&mut self, expected: &[&str]) -> bool {
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

    pub(super) fn skip(&mut self) -> Option<()> {
        self.0 = self.0.split_first()?.1;
        Some(())
    }

    pub(super) fn name(&mut self) -> Option<String> {
        let (first, rest) = self.0.split_first()?;
        let (Word::Bare(name) | Word::Quoted(name)) = first else { return None };
        self.0 = rest;
        Some(name.clone())
    }

    /// A dotted name, each part in double quotes.
    pub(super) fn path(&mut self) -> Option<String> {
        let mut path = vec![self.name()?];
        while self.eat(&["."]) {
            path.push(self.name()?);
        }
        let quoted: Vec<_> = path.iter().map(|name| format!("\"{}\"", name.replace('"', "\"\""))).collect();
        Some(quoted.join("."))
    }
}

/// The statements of a text, without what is only white space or comments. A text that cannot be taken apart is one
/// statement from where that is so.
pub(super) fn statements(sql: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = skip(sql);
    while !rest.is_empty() {
        let end = statement_end(rest);
        let statement = &rest[..end];
        if !statement.is_empty() {
            found.push(statement);
        }
        rest = skip(rest.get(end + 1..).unwrap_or_default());
    }
    found
}

/// Where the first statement of a text ends: at a semicolon outside of quotes and comments.
fn statement_end(text: &str) -> usize {
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let inner = &rest[first.len_utf8()..];
        let closed = |mark: &str| inner.find(mark).map(|end| end + mark.len());
        let step = match first {
            ';' => return at,
            '\'' => {
                // In E'…' a backslash takes the next sign with it.
                let escapes = text[..at].ends_with(['e', 'E']);
                let mut signs = inner.char_indices();
                let mut end = None;
                while let Some((n, c)) = signs.next() {
                    match c {
                        '\\' if escapes => drop(signs.next()),
                        '\'' => {
                            end = Some(n + 1);
                            break;
                        }
                        _ => {}
                    }
                }
                end
            }
            '"' => closed("\""),
            '-' | '/' if rest.starts_with("--") || rest.starts_with("/*") => {
                at = text.len() - skip(rest).len();
                continue;
            }
            '$' => {
                let tag = inner.find('$').map(|end| &rest[..end + 2]);
                let is_tag = |tag: &&str| {
                    let name = &tag[1..tag.len() - 1];
                    !name.starts_with(|c: char| c.is_ascii_digit())
                        && name.chars().all(|c| c.is_alphanumeric() || c == '_')
                        && !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
                };
                match tag.filter(is_tag) {
                    Some(tag) => rest[tag.len()..].find(tag).map(|end| end + 2 * tag.len() - 1),
                    None => Some(0),
                }
            }
            _ => Some(0),
        };
        match step {
            Some(step) => at += first.len_utf8() + step,
            None => return text.len(),
        }
    }
    text.len()
}

/// The first words of a text, comments left out; ends at anything it has no use for.
pub(super) fn words(sql: &str) -> Vec<Word> {
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
    use super::statements;

    #[test]
    fn statements_end_outside_of_quotes() {
        let cases: [(&str, &[&str]); 7] = [
            ("SELECT ';'; SELECT 2 ; ", &["SELECT ';'", "SELECT 2 "]),
            ("SELECT E'\\';'; SELECT '\\'; SELECT 3", &["SELECT E'\\';'", "SELECT '\\'", "SELECT 3"]),
            ("DO $a$ ; $$ ; $a$; x", &["DO $a$ ; $$ ; $a$", "x"]),
            (
                "SELECT \"a;b\" -- ;\n, 1 /* ; /* ; */ ; */; y",
                &["SELECT \"a;b\" -- ;\n, 1 /* ; /* ; */ ; */", "y"],
            ),
            ("SELECT $1; SELECT a$b$c; z", &["SELECT $1", "SELECT a$b$c", "z"]),
            ("-- only\n;;/* this */", &[]),
            ("SELECT 'open; x", &["SELECT 'open; x"]),
        ];
        for (sql, expected) in cases {
            assert_eq!(statements(sql), expected, "{sql}");
        }
    }
}
