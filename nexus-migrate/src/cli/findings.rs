//! Findings of `check`, `lint` and `advise` in the form that was asked for, with the exit code that goes with them.

use nexus_schema::diagnostic::Diagnostics;

use super::args::{Check, CheckFormat};
use super::show::{self, FINE, FOUND};
use super::terminal::Terminal;
use crate::commands::CommandError;
use crate::commands::advise::Advised;
use crate::commands::check::Checked;
use crate::commands::lint::Linted;

type Code = Result<u8, CommandError>;

/// Prints findings in the form that was asked for.
fn found(terminal: &Terminal, diagnostics: &Diagnostics, format: CheckFormat) -> Result<(), CommandError> {
    match if terminal.json { CheckFormat::Json } else { format } {
        CheckFormat::Human => terminal.data(&diagnostics.render_human(terminal.out)),
        CheckFormat::Short => terminal.data(&diagnostics.render_short()),
        CheckFormat::Json => terminal.value(&diagnostics.to_json()),
        CheckFormat::Sarif => terminal.value(&diagnostics.to_sarif()),
        CheckFormat::Github => terminal.data(&diagnostics.to_github()),
        CheckFormat::Gitlab => terminal.value(&diagnostics.to_gitlab()),
    }
}

pub(super) fn checked(terminal: &Terminal, args: &Check, checked: &Checked) -> Code {
    let diagnostics = &checked.diagnostics;
    found(terminal, diagnostics, args.format)?;
    match checked.objects {
        Some(objects) if diagnostics.is_empty() => {
            terminal.note(&format!("`{}` declares {objects} objects", args.schema.display()));
        }
        _ if terminal.draws() => terminal.stderr(&format!("{}\n", show::counted(diagnostics, terminal.err))),
        _ => {}
    }
    Ok(if checked.objects.is_none() || diagnostics.has_errors() { FOUND } else { FINE })
}

pub(super) fn linted(terminal: &Terminal, format: CheckFormat, linted: &Linted) -> Code {
    let Linted { diagnostics, server, unfilled } = linted;
    found(terminal, diagnostics, format)?;
    for table in unfilled {
        terminal.note(&format!("no rows in {table}"));
    }
    let how = server.as_ref().map_or_else(|| "by rules".to_owned(), |server| format!("measured on {server}"));
    if diagnostics.is_empty() {
        terminal.note(&format!("nothing found, {how}"));
    } else if terminal.draws() {
        terminal.stderr(&format!("{}, {how}\n", show::counted(diagnostics, terminal.err)));
    }
    Ok(if diagnostics.is_empty() { FINE } else { FOUND })
}

pub(super) fn advised(terminal: &Terminal, format: CheckFormat, advised: &Advised) -> Code {
    let Advised { diagnostics, unseen, since } = advised;
    found(terminal, diagnostics, format)?;
    if terminal.draws() {
        for what in unseen {
            terminal.stderr(&format!("{} {what}\n", show::paint("not judged:", show::YELLOW, terminal.err)));
        }
    }
    let how = format!("counted since {since}");
    if diagnostics.is_empty() {
        terminal.note(&format!("nothing found, {how}"));
        return Ok(FINE);
    }
    if terminal.draws() {
        terminal.stderr(&format!("{}, {how}\n", show::counted(diagnostics, terminal.err)));
    }
    Ok(FOUND)
}
