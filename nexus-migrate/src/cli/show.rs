//! Failures as text in the manner of rustc, or as JSON.

use std::process::ExitCode;

use nexus_schema::diagnostic::{Color, Diagnostics, Severity};
use serde_json::{Value, json};

use crate::commands::{CommandError, Failure};

/// Everything is fine.
pub(super) const FINE: u8 = 0;
/// The command found something.
pub(super) const FOUND: u8 = 1;
/// The command could not run; or, with `--exit-code`, a plan is not empty.
pub(super) const NOT_RUN: u8 = 2;

/// The exit code of a failure.
pub(super) fn code(error: &CommandError) -> ExitCode {
    ExitCode::from(match error {
        CommandError::Author(_) | CommandError::Found(_) => FOUND,
        CommandError::Usage(_) | CommandError::World(_) => NOT_RUN,
    })
}

/// A failure for people.
pub(super) fn human(error: &CommandError, color: Color) -> String {
    match error {
        CommandError::Author(diagnostics) => {
            format!("{}\n{}\n", diagnostics.render_human(color).trim_end(), counted(diagnostics, color))
        }
        CommandError::Found(failure) | CommandError::Usage(failure) | CommandError::World(failure) => {
            let Failure { message, help, .. } = failure;
            let mut out = format!("{}: {message}\n", paint("error", RED, color));
            for cause in failure.causes() {
                out.push_str(&format!("  {} {}\n", paint("= caused by:", BOLD, color), indented(&cause)));
            }
            if let Some(help) = help {
                out.push_str(&format!("  {} {}\n", paint("= help:", BOLD, color), indented(help)));
            }
            out
        }
    }
}

/// A failure for programs.
pub(super) fn json(error: &CommandError) -> Value {
    match error {
        CommandError::Author(diagnostics) => json!({ "error": {
            "message": "the schema has mistakes",
            "diagnostics": diagnostics.to_json(),
        } }),
        CommandError::Found(failure) | CommandError::Usage(failure) | CommandError::World(failure) => {
            json!({ "error": {
                "message": failure.message,
                "causes": failure.causes(),
                "help": failure.help,
            } })
        }
    }
}

/// The last line under diagnostics: how many there are, and where to read on.
pub(super) fn counted(diagnostics: &Diagnostics, color: Color) -> String {
    let count = |severity| diagnostics.iter().filter(|d| d.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let word = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
    let counted = match (errors, warnings) {
        (0, n) => format!("{}: {}", paint("warning", YELLOW, color), word(n, "warning")),
        (n, 0) => format!("{}: {}", paint("error", RED, color), word(n, "error")),
        (n, m) => format!("{}: {}, {}", paint("error", RED, color), word(n, "error"), word(m, "warning")),
    };
    let more = diagnostics.iter().next().map(|first| format!("; `nexus explain {}` says more", first.code));
    counted + &more.unwrap_or_default()
}

/// Bold red.
pub(super) const RED: &str = "1;31";
/// Bold yellow.
pub(super) const YELLOW: &str = "1;33";
/// Bold green.
pub(super) const GREEN: &str = "1;32";
/// Bold.
pub(super) const BOLD: &str = "1";

/// The text in a colour.
pub(super) fn paint(text: &str, sgr: &str, color: Color) -> String {
    match color {
        Color::Ansi => format!("\u{1b}[{sgr}m{text}\u{1b}[0m"),
        Color::Never => text.to_owned(),
    }
}

fn indented(text: &str) -> String {
    text.trim_end().replace('\n', "\n    ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_says_what_why_and_what_next() {
        let reason = std::io::Error::other("no route\nto host");
        let failure = Failure::new("cannot connect to the database").source(reason).help("start it");
        let error = CommandError::World(failure);
        let expected = "error: cannot connect to the database\n  = caused by: no route\n    to host\n  = help: start it\n";
        assert_eq!(human(&error, Color::Never), expected);
        assert_eq!(json(&error)["error"]["causes"], json!(["no route\nto host"]));
    }
}
