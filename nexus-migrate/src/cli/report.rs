//! What the commands found, as text or JSON, with the exit code that goes with it.

use std::path::PathBuf;

use nexus_schema::diagnostic::Color;
use serde_json::json;

use super::apply_args::{DriftFormat, StatusFormat};
use super::args::DiffFormat;
use super::backup;
use super::redact::Redactor;
use super::show::{self, FINE, FOUND};
use super::terminal::Terminal;
use crate::access::Matrix;
use crate::apply::{Resolution, State, Status, Way};
use crate::commands::apply::{Done, Outcome};
use crate::commands::blame::Blamed;
use crate::commands::diff::Plan;
use crate::commands::docs::{Docs, DocsArgs};
use crate::commands::drift::Drift;
use crate::commands::fleet::{Fate, FleetReport};
use crate::commands::generate::{GenerateArgs, Generated};
use crate::commands::import::{ImportArgs, Imported};
use crate::commands::init::{Begun, InitArgs};
use crate::commands::models::{Models, ModelsArgs};
use crate::commands::prove::ProofReport;
use crate::commands::rebase::Rebased;
use crate::commands::squash::Squashed;
use crate::commands::{CommandError, Mode};
use crate::precheck::Precheck;

type Code = Result<u8, CommandError>;

pub(super) fn access(terminal: &Terminal, matrix: &Matrix) -> Code {
    if terminal.json {
        terminal.value(&matrix.to_json())?;
    } else {
        terminal.data(&matrix.to_human())?;
    }
    Ok(if matrix.holds() { FINE } else { FOUND })
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

pub(super) fn generated(
    terminal: &Terminal,
    args: &GenerateArgs,
    generated: &Generated,
    checklist: bool,
) -> Code {
    let Generated { files, summary, due, .. } = generated;
    if terminal.json {
        terminal.value(&json!({ "files": files, "summary": summary, "due": due }))?;
    } else {
        terminal.data(&paths(files))?;
    }
    if args.check && *due {
        if terminal.draws() {
            terminal.warn(summary.trim_end());
        }
        return Ok(FOUND);
    }
    terminal.note(summary.trim_end());
    if checklist || terminal.is_watched() {
        terminal.stderr(&generated.checklist(&args.schema, &args.dir));
    }
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

pub(super) fn applied(terminal: &Terminal, outcome: &Outcome, way: Way, events: bool) -> Code {
    let value = |value: serde_json::Value| {
        if events { terminal.data(&format!("{value}\n")) } else { terminal.value(&value) }
    };
    let (did, done, none) = match way {
        Way::Up => ("applied", "applied", "nothing was pending"),
        Way::Down => ("took back", "taken back", "there was nothing to take back"),
    };
    match outcome {
        Outcome::Applied(Done { applied, kept, backup }) if terminal.json || events => {
            let key = if way == Way::Up { "applied" } else { "taken_back" };
            let mut told = json!({ key: applied });
            if let Some(backup) = backup {
                told["backup"] = json!(backup);
            }
            if !kept.is_empty() {
                told["kept"] = json!(kept);
            }
            value(told)?;
        }
        Outcome::Pending(pending) if terminal.json || events => {
            let pending = pending.iter().map(|m| json!({ "version": m.version, "name": m.name }));
            value(json!({ "pending": pending.collect::<Vec<_>>() }))?;
        }
        Outcome::Applied(Done { applied, kept, backup }) => {
            if let Some(backup) = backup {
                backup::told(terminal, backup);
            }
            let line = |m: &crate::apply::Applied| {
                let how = if m.recorded { "recorded" } else { did };
                format!("{how} {}_{} ({} ms)\n", m.version, m.name, m.milliseconds)
            };
            terminal.data(&applied.iter().map(line).collect::<String>())?;
            for rows in kept {
                terminal.warn(&format!("left as it is: {rows}"));
            }
            terminal.note(&match applied.len() {
                0 => none.into(),
                1 => format!("1 migration {done}"),
                n => format!("{n} migrations {done}"),
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

pub(super) fn fleet(terminal: &Terminal, report: &FleetReport, redactor: &Redactor) -> Code {
    if terminal.json {
        terminal.data(&redactor.redact(&format!("{:#}\n", json!(report))))?;
    } else {
        let width = report.targets.iter().map(|told| told.name.chars().count()).max().unwrap_or(0);
        let line = |told: &crate::commands::fleet::Told| {
            let (word, sgr, why) = match &told.fate {
                Fate::Applied(0) => ("up to date".into(), show::GREEN, String::new()),
                Fate::Applied(n) => (format!("{n} applied"), show::GREEN, String::new()),
                Fate::Failed(why) => ("failed".into(), show::RED, format!("  {why}")),
                Fate::NotBegun => ("not begun".into(), show::YELLOW, String::new()),
            };
            let word = show::paint(&format!("{word:<11}"), sgr, terminal.out);
            let line = format!("{:<width$}  {word}{why}", told.name);
            format!("{}\n", line.trim_end())
        };
        terminal.data(&redactor.redact(&report.targets.iter().map(line).collect::<String>()))?;
    }
    let [applied, current, failed, not_begun] = report.counts();
    let counts = format!("{applied} applied, {current} up to date, {failed} failed, {not_begun} not begun");
    if report.is_well() {
        terminal.note(&counts);
        return Ok(FINE);
    }
    if terminal.draws() {
        terminal.warn(&format!("{counts}; mend what failed and run the command again"));
    }
    Ok(FOUND)
}

pub(super) fn resolved(terminal: &Terminal, named: &crate::apply::Named, how: Resolution) -> Code {
    if terminal.json {
        terminal.value(&json!({ "version": named.version, "name": named.name, "resolution": how }))?;
    }
    let word = match how {
        Resolution::Applied => "is recorded as applied",
        Resolution::NotApplied => "is no longer recorded as applied",
        Resolution::Accepted => "is recorded with the file as it is",
    };
    terminal.note(&format!("{named} {word}"));
    Ok(FINE)
}

pub(super) fn drift(terminal: &Terminal, drift: &Drift, format: DriftFormat) -> Code {
    let Drift { version, changed, repair } = drift;
    match if terminal.json { DriftFormat::Json } else { format } {
        DriftFormat::Human if changed.is_empty() => {}
        DriftFormat::Human => terminal.data(&changed.to_human())?,
        DriftFormat::Sql => terminal.data(&repair.to_sql())?,
        DriftFormat::Markdown => terminal.data(&changed.to_markdown())?,
        DriftFormat::Json => terminal.value(&json!({
            "version": version,
            "drifted": !changed.is_empty(),
            "changed": changed.to_json(),
            "repair": repair.to_json(),
        }))?,
    }
    let at = version.map_or("before all migrations".into(), |version| format!("after {version}"));
    if changed.is_empty() {
        terminal.note(&format!("the database is in the state {at}"));
        return Ok(FINE);
    }
    if terminal.draws() {
        let steps = changed.steps.len();
        terminal.warn(&format!("the database is not in the state {at}: {steps} steps happened besides"));
    }
    Ok(FOUND)
}

pub(super) fn status(terminal: &Terminal, status: &Status, format: StatusFormat, check: bool) -> Code {
    match if terminal.json { StatusFormat::Json } else { format } {
        StatusFormat::Json => terminal.value(&json!(status))?,
        StatusFormat::Human => terminal.data(&table(status, terminal.out))?,
        StatusFormat::Markdown => terminal.data(&status.to_markdown())?,
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
    Ok(if agreed.is_ok() && (!check || status.is_current()) { FINE } else { FOUND })
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
        let ask = |asked: &Precheck| {
            let what = if asked.keeps { "leaves as they are" } else { "asks first" };
            format!("              {what}: {}, where {}\n", asked.table, asked.problem)
        };
        let asked: String = m.prechecks.iter().map(ask).collect();
        format!("{word}  {}_{}{when}\n{asked}", m.version, m.name)
    };
    status.migrations.iter().map(line).collect()
}

pub(super) fn begun(terminal: &Terminal, args: &InitArgs, begun: &Begun) -> Code {
    let Begun { files, versions } = begun;
    if terminal.json {
        terminal.value(&json!({ "files": files, "versions": versions, "recorded": args.record }))?;
    } else {
        terminal.data(&paths(files))?;
    }
    terminal.note(&match versions.last() {
        None => "edit the schema file and run `nexus generate`".into(),
        Some(_) if args.record => "the database has its baseline".into(),
        Some(newest) => format!("every database that is like this one: `nexus resolve {newest} --applied`"),
    });
    Ok(FINE)
}

pub(super) fn rebased(terminal: &Terminal, rebased: &Rebased) -> Code {
    let Rebased { moved, due } = rebased;
    if terminal.json {
        let moved = moved.iter().map(|(from, to)| json!({ "from": from, "to": to })).collect::<Vec<_>>();
        terminal.value(&json!({ "moved": moved, "due": due }))?;
    } else {
        terminal.data(&moved.iter().map(|(from, to)| format!("{from} -> {to}\n")).collect::<String>())?;
    }
    terminal.note(match (moved.is_empty(), due) {
        (_, true) => "both orders lead to one state; the schema file says more: run `nexus generate`",
        (true, false) => "every migration was written after the one before",
        (false, false) => "both orders lead to one state, which is that of the schema file",
    });
    Ok(FINE)
}

pub(super) fn squashed(terminal: &Terminal, squashed: &Squashed) -> Code {
    let Squashed { replaced, files } = squashed;
    if terminal.json {
        terminal.value(&json!({ "replaced": replaced, "files": files }))?;
    } else {
        terminal.data(&files.iter().map(|file| format!("{file}\n")).collect::<String>())?;
    }
    terminal.note(&match replaced.len() {
        0 => "there is nothing to squash".into(),
        n => format!("proved to lead to the same state as the {n} migrations that it stands for"),
    });
    Ok(FINE)
}

pub(super) fn blamed(terminal: &Terminal, blamed: &[Blamed]) -> Code {
    if terminal.json {
        terminal.value(&json!(blamed))?;
    } else {
        let block = |it: &Blamed| {
            let lines: String = it.what.iter().map(|what| format!("    {what}\n")).collect();
            format!("{}_{}\n{lines}", it.migration.version, it.migration.name)
        };
        terminal.data(&blamed.iter().map(block).collect::<String>())?;
    }
    Ok(FINE)
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
                let form = args.sqlx_toml.iter().map(|of| format!(" --sqlx-toml {of}")).collect::<String>();
                terminal.warn(&format!("`{path}` is stale; run `nexus models -o {path}{form}`"));
            }
            return Ok(FOUND);
        }
    }
    Ok(FINE)
}

pub(super) fn documented(terminal: &Terminal, args: &DocsArgs, docs: &Docs) -> Code {
    let Docs { changed, files } = docs;
    let folder = args.output.display();
    if terminal.json {
        terminal.value(&json!({ "changed": changed, "files": files }))?;
    } else {
        terminal.data(&paths(changed))?;
    }
    match (changed.len(), args.mode) {
        (0, _) => terminal.note(&format!("`{folder}` is up to date: {files} files")),
        (n, Mode::Write) => terminal.note(&format!("changed {n} of {files} files in `{folder}`")),
        (n, Mode::Check) => {
            if terminal.draws() {
                terminal.warn(&format!("{n} files in `{folder}` are stale; run `nexus docs -o {folder}`"));
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
