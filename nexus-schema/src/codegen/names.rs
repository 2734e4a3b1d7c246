//! Turns names and comments into identifiers and documentation; what the names are, `rust` says.
//!
//! Every text here is hostile: whatever comes in, what goes out is one identifier or one line of a doc comment.

use proc_macro2::{Ident, Span};

use crate::catalog::ObjectId;
use crate::rust::names::spelled;
pub(crate) use crate::rust::names::{field, is_ident, variant};
use crate::types::quote_ident;

/// The candidate that `name` was probably meant to be, if one is near enough.
///
/// ```
/// use nexus_schema::codegen::nearest;
/// assert_eq!(nearest("emial", ["id", "email"]), Some("email"));
/// assert_eq!(nearest("balance", ["id", "email"]), None);
/// ```
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let ratio = |candidate: &str| similar::TextDiff::from_chars(name, candidate).ratio();
    let all = candidates.into_iter().map(|candidate| (ratio(candidate), candidate));
    all.filter(|(ratio, _)| *ratio > 0.6)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

/// The identifier for a name; raw where the word is a keyword.
pub(crate) fn ident(name: &str) -> Ident {
    let name = spelled(name);
    match name.strip_prefix("r#") {
        Some(word) => Ident::new_raw(word, Span::call_site()),
        None => Ident::new(&name, Span::call_site()),
    }
}

/// A column's name as part of the name of a constant: letters that have no capital are spelled by number.
pub(crate) fn constant(column: &str) -> String {
    let capital = |c: char| match c.to_uppercase().any(char::is_lowercase) {
        true => format!("U{:X}", u32::from(c)),
        false => c.to_uppercase().filter(|c| *c == '_' || unicode_ident::is_xid_continue(*c)).collect(),
    };
    field(column).chars().map(capital).collect()
}

/// The lines of a doc comment that says `text` and does nothing: no doctest, no link, no markup, no odd character.
pub(crate) fn docs(text: &str) -> Vec<String> {
    text.split(['\n', '\r']).map(|line| doc_line(line.trim())).collect::<Vec<_>>().trim_blank()
}

/// The name of an object in SQL, with its schema.
pub(crate) fn qualified(id: &ObjectId) -> String {
    format!("{}.{}", quote_ident(id.schema()), quote_ident(id.name()))
}

/// A name between backticks, for a sentence of documentation.
pub(crate) fn quoted(name: &str) -> String {
    let name: String = name.chars().map(|c| if c == '`' || is_odd(c) { '\u{fffd}' } else { c }).collect();
    format!("`{name}`")
}

fn doc_line(line: &str) -> String {
    let fence = line.starts_with("```") || line.starts_with("~~~");
    let closed = line.matches('`').count().is_multiple_of(2) && !fence;
    let mut code = false;
    let mut out = String::from(if line.is_empty() { "" } else { " " });
    for c in line.chars() {
        match c {
            '`' if closed => code = !code,
            '`' | '~' if fence => out.push('\\'),
            '`' | '[' | ']' | '<' if !code => out.push('\\'),
            _ => {}
        }
        out.push(if is_odd(c) { '\u{fffd}' } else { c });
    }
    out
}

/// Control characters, and those that make a line read otherwise than it is (rustc refuses them in comments).
fn is_odd(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

trait TrimBlank {
    fn trim_blank(self) -> Self;
}

impl TrimBlank for Vec<String> {
    fn trim_blank(mut self) -> Self {
        while self.last().is_some_and(String::is_empty) {
            self.pop();
        }
        let blank = self.iter().take_while(|line| line.is_empty()).count();
        self.drain(..blank);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_cannot_run_link_or_mislead() {
        let text = "\n```rust\npanic!()\n```\n    let indented;\n[a] <b> `[c]` \u{202e}\r\n\n";
        let wanted =
            [" \\`\\`\\`rust", " panic!()", " \\`\\`\\`", " let indented;", " \\[a\\] \\<b> `[c]` \u{fffd}"];
        assert_eq!(docs(text), wanted);
    }
}
