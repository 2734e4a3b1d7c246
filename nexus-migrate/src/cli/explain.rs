//! `nexus explain` on the command line: how an explanation looks on a terminal.

use nexus_schema::diagnostic::Color;
use serde_json::{Value, json};

use super::show::{self, FINE};
use super::terminal::Terminal;
use crate::commands::CommandError;
use crate::commands::explain::{Explanation, all, explain};

/// Prints what a code means, or without one all codes with their titles.
pub(super) fn explained(terminal: &Terminal, code: Option<&str>) -> Result<u8, CommandError> {
    let object =
        |it: &Explanation| -> Value { json!({ "code": it.code, "title": it.title, "text": it.text }) };
    match code.map(explain).transpose()? {
        Some(it) if terminal.json => terminal.value(&object(&it))?,
        Some(it) => terminal.data(&page(&it, terminal.out))?,
        None if terminal.json => terminal.value(&all().iter().map(object).collect())?,
        None => {
            let line = |it: &Explanation| format!("{}  {}\n", it.code, it.title);
            terminal.data(&all().iter().map(line).collect::<String>())?;
        }
    }
    Ok(FINE)
}

/// The Markdown without its marks: what is wrong and what is right stand indented under these words.
fn page(it: &Explanation, color: Color) -> String {
    let mut out = format!("{}: {}\n\n", show::paint(it.code, show::BOLD, color), it.title);
    let mut is_code = false;
    for line in it.text.lines() {
        if let Some(fence) = line.strip_prefix("```") {
            is_code = !is_code;
            for (word, sgr) in [("wrong", show::RED), ("right", show::GREEN)] {
                if is_code && fence.split(' ').any(|part| part == word) {
                    out.push_str(&format!("{}\n", show::paint(&format!("{word}:"), sgr, color)));
                }
            }
        } else if is_code {
            out.push_str(&format!("    {line}\n"));
        } else {
            out.push_str(&format!("{line}\n"));
        }
    }
    out
}
