//! What the commands found, as text or JSON, with the exit code that goes with it.

use std::path::PathBuf;

use nexus_schema::diagnostic::Color;
use serde_json::json;

use super::args::{Check, CheckFormat, DiffFormat};
use super::show::{self, FINE, FOUND};
use super::terminal::Terminal;
use crate::apply::{State, Status};
use crate::commands::apply::Outcome;
use crate::commands::check::Checked;
use crate::commands::diff::Plan;
use crate::commands::generate::Generated;
use crate::commands::import::{ImportArgs, Imported};
use crate::commands::models::{Models, ModelsArgs};
use crate::commands::prove::ProofReport;
use crate::commands::{CommandError, Mode};

type Code = Result<u8, CommandError>;

pub(super) fn checked(terminal: &Terminal, args: &Check, checked: &Checked) -> Code {
    let diagnostics = &checked.diagnostics;
    let format = if terminal.json { CheckFormat::Json } else { args.format };
    match format {
        CheckFormat::Human => terminal.data(&diagnostics.render_human(terminal.out))?,
        CheckFormat::Short => terminal.data(&diagnostics.render_short())?,
        CheckFormat::Json => terminal.value(&diagnostics.to_json())?,
        CheckFormat::Sarif => terminal.value(&diagnostics.to_sarif())?,
        CheckFormat::Github => terminal.data(&diagnostics.to_github())?,
    }
    match checked.objects {
        Some(objects) if diagnostics.is_empty() => {
            terminal.note(&format!("`{}` declares {objects} objects", args.schema.display()));
        }
        _ if terminal.draws() => terminal.stderr(&format!("{}\n", show::counted(diagnostics, terminal.err))),
        _ => {}
    }
    Ok(if checked.objects.is_none() || diagnostics.has_errors() { FOUND } else { FINE })
}

pub(super) fn diff(terminal: &Terminal, plan: &Plan, format: DiffFormat) -> Result<(), CommandError> {
    match if terminal.json { DiffFormat::Json } else { format } {
        DiffFormat::Sql => terminal.data(&plan.to_sql()),
        DiffFormat::Human => terminal.data(&plan.to_human()),
        DiffFormat::Json => terminal.value(&plan.to_json()),
        DiffFormat::Markdown => terminal.data(&plan.to_markdown()),
    }
}

pub(super) fn imported(terminal: &Terminal, args: &ImportArgs, imported: &Imported) -> Code {
    let Imported { text, objects } = imported;
    match (&args.output, terminal.json) {
        (Some(file), true) => terminal.value(&json!({ "file": file, "objects": objects }))?,
        (None, true) => terminal.value(&json!({ "text": text, "objects": objects }))?,
        (Some(file), false) => terminal.note(&format!("wrote `{}`: {objects} objects", file.display())),
        (None, false) => terminal.data(text)?,
    }
    Ok(FINE)
}

pub(super) fn generated(terminal: &Terminal, generated: &Generated, check: bool) -> Code {
    let Generated { files, summary, due, .. } = generated;
    if terminal.json {
        terminal.value(&json!({ "files": files, "summary": summary, "due": due }))?;
    } else {
        terminal.data(&paths(files))?;
    }
    if check && *due {
        if terminal.draws() {
            terminal.warn(summary.trim_end());
        }
        return Ok(FOUND);
    }
    terminal.note(summary.trim_end());
    Ok(FINE)
}

pub(super) fn proved(terminal: &Terminal, report: &ProofReport) -> Code {
    if terminal.json {
        terminal.value(&report.to_json())?;
    } else {
        terminal.data(&report.to_human())?;
    }
    Ok(if report.passed() { FINE } else { FOUND })
}

pub(super) fn applied(terminal: &Terminal, outcome: &Outcome) -> Code {
    match outcome {
        Outcome::Applied(applied) if terminal.json => terminal.value(&json!({ "applied": applied }))?,
        Outcome::Pending(pending) if terminal.json => {
            let pending = pending.iter().map(|m| json!({ "version": m.version, "name": m.name }));
            terminal.value(&json!({ "pending": pending.collect::<Vec<_>>() }))?;
        }
        Outcome::Applied(applied) => {
            let line = |m: &crate::apply::Applied| {
                let how = if m.recorded { "recorded" } else { "applied" };
                format!("{how} {}_{} ({} ms)\n", m.version, m.name, m.milliseconds)
            };
            terminal.data(&applied.iter().map(line).collect::<String>())?;
            terminal.note(&match applied.len() {
                0 => "nothing was pending".into(),
                1 => "1 migration applied".into(),
                n => format!("{n} migrations applied"),
            });
        }
        Outcome::Pending(pending) => {
            let line = |m: &crate::apply::Named| format!("pending {}_{}\n", m.version, m.name);
            terminal.data(&pending.iter().map(line).collect::<String>())?;
            terminal.note(&format!("{} pending; nothing was written", pending.len()));
        }
    }
    Ok(FINE)
}

pub(super) fn status(terminal: &Terminal, status: &Status) -> Code {
    if terminal.json {
        terminal.value(&json!(status))?;
    } else {
        terminal.data(&table(status, terminal.out))?;
    }
    let agreed = status.agree();
    match &agreed {
        Ok(()) => terminal.note(&format!(
            "{} applied, {} pending",
            status.count(State::Applied),
            status.count(State::Pending) + status.count(State::Interrupted)
        )),
        Err(_) if terminal.json => {}
        Err(error) => {
            terminal.warn(&error.to_string());
            if let Some(help) = error.help() {
                terminal.stderr(&format!("  {} {help}\n", show::paint("= help:", show::BOLD, terminal.err)));
            }
        }
    }
    Ok(if agreed.is_ok() { FINE } else { FOUND })
}

fn table(status: &Status, color: Color) -> String {
    let line = |m: &crate::apply::MigrationStatus| {
        let sgr = match m.state {
            State::Applied => show::GREEN,
            State::Pending | State::Interrupted => show::YELLOW,
            _ => show::RED,
        };
        // Padded before it is painted: escape sequences have no width.
        let word = show::paint(&format!("{:<12}", m.state.word()), sgr, color);
        let when = m.installed_on.as_deref().map(|when| format!("  {when}")).unwrap_or_default();
        format!("{word}  {}_{}{when}\n", m.version, m.name)
    };
    status.migrations.iter().map(line).collect()
}

pub(super) fn models(terminal: &Terminal, args: &ModelsArgs, models: &Models) -> Code {
    let Some(output) = &args.output else {
        terminal.data(&models.source)?;
        return Ok(FINE);
    };
    let path = output.display();
    if terminal.json {
        terminal.value(&json!({ "file": output, "stale": models.stale }))?;
    }
    match (models.stale, args.mode) {
        (false, _) => terminal.note(&format!("`{path}` is up to date")),
        (true, Mode::Write) => terminal.note(&format!("wrote `{path}`")),
        (true, Mode::Check) => {
            if terminal.draws() {
                terminal.warn(&format!("`{path}` is stale; run `nexus models -o {path}`"));
            }
            return Ok(FOUND);
        }
    }
    Ok(FINE)
}

pub(super) fn formatted(terminal: &Terminal, mode: Mode, changed: &[PathBuf]) -> Code {
    if terminal.json {
        terminal.value(&json!({ "changed": changed }))?;
    } else {
        terminal.data(&paths(changed))?;
    }
    Ok(if mode == Mode::Check && !changed.is_empty() { FOUND } else { FINE })
}

fn paths(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| format!("{}\n", path.display())).collect()
}
