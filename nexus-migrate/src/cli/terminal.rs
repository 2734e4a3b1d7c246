//! stdout, which is data, and stderr, which is decoration.

use std::io::{self, IsTerminal, Write};

use nexus_schema::diagnostic::Color;
use serde_json::Value;

use super::args::{ColorWhen, Global};
use super::show;
use crate::commands::{CommandError, Failure};

/// Where a run prints, and how.
#[derive(Debug)]
pub(super) struct Terminal {
    /// Colours for stdout.
    pub(super) out: Color,
    /// Colours for stderr.
    pub(super) err: Color,
    /// Whether data is JSON.
    pub(super) json: bool,
    quiet: bool,
}

impl Terminal {
    pub(super) fn new(global: &Global) -> Self {
        let (out, err) = (io::stdout().is_terminal(), io::stderr().is_terminal());
        let (json, quiet) = (global.json, global.quiet);
        Self { out: color(global.color, out), err: color(global.color, err), json, quiet }
    }

    /// Whether progress may be drawn.
    pub(super) fn draws(&self) -> bool {
        !self.quiet && !self.json
    }

    /// Whether somebody reads along.
    pub(super) fn is_watched(&self) -> bool {
        self.draws() && io::stderr().is_terminal()
    }

    /// Whether there is a person to ask.
    pub(super) fn asks(&self) -> bool {
        self.draws() && io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Prints data as it stands.
    pub(super) fn data(&self, text: &str) -> Result<(), CommandError> {
        let mut stdout = io::stdout().lock();
        match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
            // Whoever reads has read enough.
            Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            done => done.map_err(|e| CommandError::World(Failure::new("cannot write to stdout").source(e))),
        }
    }

    /// Prints data as JSON.
    pub(super) fn value(&self, value: &Value) -> Result<(), CommandError> {
        self.data(&format!("{value:#}\n"))
    }

    /// Says on stderr that something went well.
    pub(super) fn note(&self, text: &str) {
        if self.draws() {
            self.stderr(&format!("{} {text}\n", show::paint("ok:", show::GREEN, self.err)));
        }
    }

    /// Says on stderr what was found.
    pub(super) fn warn(&self, text: &str) {
        self.stderr(&format!("{}: {text}\n", show::paint("error", show::RED, self.err)));
    }

    /// Prints on stderr; there is nobody to tell if that fails.
    pub(super) fn stderr(&self, text: &str) {
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }
}

/// Decides about colours for a stream.
pub(super) fn color(when: ColorWhen, is_terminal: bool) -> Color {
    let unset = |name| std::env::var_os(name).is_none_or(|value| value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    match when {
        ColorWhen::Always => Color::Ansi,
        ColorWhen::Auto if is_terminal && unset("NO_COLOR") && !dumb => Color::Ansi,
        ColorWhen::Auto | ColorWhen::Never => Color::Never,
    }
}
