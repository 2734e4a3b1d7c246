//! A Rust file taken apart as far as the rules need: code without comments and texts, the texts, and no tests.
//!
//! A scanner, not a parser: it knows comments, string and character literals, and matching braces.

/// A string literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Literal {
    /// Where it begins, from 1.
    pub(crate) line: usize,
    /// What stands right before it on the same line, such as `Pen::kw(`.
    pub(crate) before: String,
    /// The text between the quotes, escapes as written.
    pub(crate) text: String,
}

/// A file taken apart.
#[derive(Debug, Clone, Default)]
pub(crate) struct Source {
    /// The code, line by line; comments, literals and tests are blank.
    pub(crate) code: Vec<String>,
    /// The string literals outside tests.
    pub(crate) literals: Vec<Literal>,
}

impl Source {
    /// Takes a file apart.
    pub(crate) fn of(text: &str) -> Self {
        let (blanked, literals) = blank(text);
        let tests = test_spans(&blanked);
        let is_test = |at: usize| tests.iter().any(|(from, to)| (*from..*to).contains(&at));
        let kept: String =
            blanked.char_indices().map(|(at, c)| if c != '\n' && is_test(at) { ' ' } else { c }).collect();
        let literals = literals.into_iter().filter(|(at, _)| !is_test(*at)).map(|(_, it)| it).collect();
        Self { code: kept.lines().map(Into::into).collect(), literals }
    }

    /// Lines of code with their numbers, from 1.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code.iter().enumerate().map(|(n, line)| (n + 1, line.as_str()))
    }
}

/// Comments and literals as spaces, byte for byte, and the literals with where they begin.
fn blank(text: &str) -> (String, Vec<(usize, Literal)>) {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut literals = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = bytes.get(at..).unwrap_or_default();
        let begins_word = at == 0 || !is_word(bytes.get(at - 1).copied().unwrap_or(b' '));
        let end = if rest.starts_with(b"//") {
            rest.iter().position(|b| *b == b'\n').map_or(bytes.len(), |n| at + n)
        } else if rest.starts_with(b"/*") {
            at + block_comment(rest)
        } else if let Some((open, hashes)) = raw_open(rest).filter(|_| begins_word) {
            let close: Vec<u8> = std::iter::once(b'"').chain(std::iter::repeat_n(b'#', hashes)).collect();
            let body = rest.get(open..).unwrap_or_default();
            let len = find(body, &close).unwrap_or(body.len());
            literals.push(literal(text, at, at + open, at + open + len));
            (at + open + len + close.len()).min(bytes.len())
        } else if rest.starts_with(b"\"") {
            let len = quoted(rest);
            literals.push(literal(text, at, at + 1, at + len - 1));
            at + len
        } else if let Some(len) = character(rest) {
            at + len
        } else {
            at += 1;
            continue;
        };
        for byte in out.get_mut(at..end).into_iter().flatten().filter(|byte| **byte != b'\n') {
            *byte = b' ';
        }
        at = end.max(at + 1);
    }
    (String::from_utf8(out).expect("whole characters were made spaces"), literals)
}

fn literal(text: &str, start: usize, from: usize, to: usize) -> (usize, Literal) {
    let before = text.get(..start).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let before = before.rsplit('\n').next().unwrap_or_default().trim_start().to_owned();
    (start, Literal { line, before, text: text.get(from..to).unwrap_or_default().to_owned() })
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

/// The length of the opening of a raw string, and its hashes.
fn raw_open(rest: &[u8]) -> Option<(usize, usize)> {
    let prefix = ["br", "cr", "r"].into_iter().find(|prefix| rest.starts_with(prefix.as_bytes()))?.len();
    let hashes = rest.iter().skip(prefix).take_while(|b| **b == b'#').count();
    (rest.get(prefix + hashes) == Some(&b'"')).then_some((prefix + hashes + 1, hashes))
}

/// The length of a string literal, quotes included.
fn quoted(rest: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = rest.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// The length of a character literal; a lifetime is none.
fn character(rest: &[u8]) -> Option<usize> {
    if rest.first() != Some(&b'\'') {
        return None;
    }
    let end = if rest.get(1) == Some(&b'\\') {
        rest.iter().skip(3).position(|b| *b == b'\'').map(|n| n + 3)
    } else {
        // One character, of at most four bytes.
        (2..=5).find(|n| rest.get(*n) == Some(&b'\'')).filter(|n| {
            let inside = rest.get(1..*n).unwrap_or_default();
            std::str::from_utf8(inside).is_ok_and(|it| it.chars().count() == 1)
        })
    };
    end.map(|end| end + 1)
}

fn block_comment(rest: &[u8]) -> usize {
    let (mut at, mut depth) = (0, 0);
    while at < rest.len() {
        let here = rest.get(at..).unwrap_or_default();
        if here.starts_with(b"/*") {
            (at, depth) = (at + 2, depth + 1);
        } else if here.starts_with(b"*/") {
            (at, depth) = (at + 2, depth - 1);
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    rest.len()
}

/// The items under `#[cfg(test)]`, each from its attribute to its closing brace or semicolon.
fn test_spans(code: &str) -> Vec<(usize, usize)> {
    code.match_indices("#[cfg(test)]").map(|(from, _)| (from, item_end(code, from))).collect()
}

fn item_end(code: &str, from: usize) -> usize {
    let mut depth = 0_u32;
    let mut inside_attribute = 0_u32;
    for (at, c) in code.char_indices().skip_while(|(at, _)| *at < from) {
        match c {
            '[' => inside_attribute += 1,
            ']' => inside_attribute = inside_attribute.saturating_sub(1),
            '{' => depth += 1,
            '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            ';' if depth == 0 && inside_attribute == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

#[cfg(test)]
mod tests {
    use super::{Literal, Source};

    fn code(text: &str) -> String {
        Source::of(text).code.join("\n").split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn comments_and_texts_are_no_code() {
        assert_eq!(code("a(); // b()\n/* c /* d */ e */ f(\"g \\\" h\")"), "a(); f( )");
        assert_eq!(code("r#\"a \" b\"# + br\"c\" + for_r\n"), "+ + for_r");
        assert_eq!(code("'a' + '\"' + '\\'' + '\\u{1F600}' + 'é' + x::<'a>(\"y\")"), "+ + + + + x::<'a>( )");
    }

    #[test]
    fn items_for_tests_are_no_code() {
        assert_eq!(code("a;\n#[cfg(test)]\nmod tests {\n fn f() { \"}\"; }\n}\nb;"), "a; b;");
        assert_eq!(code("#[cfg(test)]\nmod tests;\nb;"), "b;");
        assert_eq!(code("#[cfg(test)]\n#[path = \"x\"]\nuse a::{b, c};\nd;"), "; d;");
    }

    #[test]
    fn texts_know_their_line_and_what_stands_before() {
        let source = Source::of("x\nPen::kw(\"DROP\\n\")\n// \"no\"\nf(r#\"S\"#)");
        let literal =
            |line, before: &str, text: &str| Literal { line, before: before.into(), text: text.into() };
        assert_eq!(source.literals, [literal(2, "Pen::kw(", "DROP\\n"), literal(4, "f(", "S")]);
    }
}
