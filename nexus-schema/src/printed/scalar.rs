//! Single values as YAML writes them: plain where that is safe, else in quotes, or as a block of lines.
//!
//! What needs quotes is for serde_yaml to say; what our own reader and a flow mapping ask for comes on top.

use std::fmt::Write as _;

/// A text on one line.
pub(super) fn line(text: &str) -> String {
    if text.chars().any(needs_escape) {
        return escaped(text);
    }
    let written = serde_yaml::to_string(text).unwrap_or_default();
    let written = written.strip_suffix('\n').unwrap_or(&written);
    if written == text && is_plain(text) {
        text.to_owned()
    } else if text.contains('\'') && !text.contains(['"', '\\']) {
        format!("\"{text}\"")
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}

/// A key of a mapping. `on`, which indexes and statistics have, is a flag to some readers of YAML, and not as a key.
pub(super) fn key(text: &str) -> String {
    if text == "on" { text.to_owned() } else { line(text) }
}

/// Whether the text can stand as a block of lines, each of which shows what it holds.
pub(super) fn is_block(text: &str) -> bool {
    text.contains('\n')
        // Blank lines at the end would run into those between entries.
        && !text.ends_with("\n\n")
        && !text.trim_matches([' ', '\n', '\t']).is_empty()
        && !text.chars().any(|c| c != '\n' && c != '\t' && needs_escape(c))
        && !text.lines().any(|line| line.starts_with('\t'))
}

/// The head of a block, such as `|-`, for a text whose lines are indented by two more than their key.
pub(super) fn block_head(text: &str) -> String {
    // What begins with a blank would hide how far the lines are indented.
    let indented = if text.starts_with([' ', '\n']) { "2" } else { "" };
    let end = if text.ends_with('\n') { "" } else { "-" };
    format!("|{indented}{end}")
}

/// Characters that only an escape sequence shows.
fn needs_escape(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

fn escaped(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if needs_escape(c) => {
                let code = u32::from(c);
                let _ =
                    if code < 0x100 { write!(out, "\\x{code:02x}") } else { write!(out, "\\u{code:04x}") };
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Whether nobody can take the text for anything else, in a flow mapping or a block, as a key or a value.
fn is_plain(text: &str) -> bool {
    let first = |c: char| c.is_alphanumeric() || "_(/$+.".contains(c);
    let word = text.to_ascii_lowercase();
    text.starts_with(first)
        && !text.contains([',', '[', ']', '{', '}', '"'])
        && !text.contains(": ")
        && !text.contains(":?")
        && !text.contains(" #")
        && !text.ends_with([':', ' '])
        && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(&word.as_str())
        && !looks_like_number(text)
}

/// Numbers in any of the spellings that some reader of YAML knows, and what begins like one.
fn looks_like_number(text: &str) -> bool {
    let digits = text.trim_start_matches(['+', '-', '.']);
    digits.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "+-._:".contains(c))
        || text.starts_with('.') && text.len() < 6
        || text.starts_with('+')
}
