//! `nexus generate`: the next migration from the history to the schema, proved before it is written.

mod reach;

use std::fmt::Write as _;
use std::path::PathBuf;

use chrono::Utc;
use nexus_schema::catalog::Catalog;
use nexus_schema::document::{self, Declared};
use sha2::{Digest, Sha256};

use super::risk::{self, Weighed};
use super::{CommandError, Failure, Mode, Progress, exists, models, update};
use crate::change::{Change, pending};
use crate::history::{Batch, History, Migration, NO_TRANSACTION, Written, name_from, version_after};
use crate::plan::{Plan, Segment};
use crate::prove::{Asked, Proof, RowReport, Scope};
use crate::sql::comment_lines;
use reach::{Reached, reach};

/// What `nexus generate` is asked.
#[derive(Debug, Clone)]
pub struct GenerateArgs {
    /// The schema file.
    pub schema: PathBuf,
    /// The migrations directory.
    pub dir: PathBuf,
    /// A name for the migration; made from what it does otherwise.
    pub name: Option<String>,
    /// Hazards that are taken on purpose: `data-loss:users.last_name`.
    pub allow: Vec<String>,
    /// Whether to say only what is due, and write nothing.
    pub check: bool,
    /// Whether nobody uses the database.
    pub plain: bool,
    /// Whether columns go that live on beside others.
    pub contract: bool,
    /// Whether to build and prove the whole schema, also where a part of it bounds the change.
    pub whole: bool,
    /// Where to write Rust models too.
    pub models: Option<PathBuf>,
    /// A server for scratch databases.
    pub dev_url: Option<String>,
}

/// What `nexus generate` did.
#[derive(Debug)]
pub struct Generated {
    /// The files that were written, or would be.
    pub files: Vec<PathBuf>,
    /// What happened, in a few lines.
    pub summary: String,
    /// What the migration does, a few lines for each step; empty where none is due.
    pub steps: String,
    /// Whether anything was out of date.
    pub due: bool,
    /// Whether the migration takes rows or values away, or converts them.
    pub takes: bool,
}

/// Writes the next migration, if one is due, and the models, if asked for.
pub async fn generate(args: &GenerateArgs, progress: &dyn Progress) -> Result<Generated, CommandError> {
    exists(&args.schema)?;
    risk::allowances(&args.allow)?;
    progress.stage("reading the schema");
    let (declared, _) = document::load(&args.schema)?;
    let mut history = History::open(&args.dir)?;
    let mut generated = migrate(args, &declared, &mut history, progress).await?;
    if let Some(path) = &args.models {
        progress.stage("writing the models");
        let mode = if args.check { Mode::Check } else { Mode::Write };
        if update(path, &models::source(&declared)?, mode)? {
            generated.due = true;
            let _ = writeln!(generated.summary, "{}: Rust models", path.display());
            generated.files.push(path.clone());
        }
    }
    if generated.summary.is_empty() {
        generated.summary = "nothing is due: the history leads to the schema\n".into();
    }
    Ok(generated)
}

async fn migrate(
    args: &GenerateArgs,
    declared: &Declared,
    history: &mut History,
    progress: &dyn Progress,
) -> Result<Generated, CommandError> {
    let nothing = || Generated {
        files: Vec::new(),
        summary: String::new(),
        steps: String::new(),
        due: false,
        takes: false,
    };
    let fingerprint = fingerprint(&declared.catalog);
    if history.snapshot_meta().is_some_and(|meta| meta.schema == fingerprint) && !args.contract {
        return Ok(nothing());
    }
    let is_first = history.migrations().is_empty();
    let Some(Reached { change, proof, traffic, server }) = reach(args, declared, history, progress).await?
    else {
        return Ok(nothing());
    };
    if !proof.holds() {
        return Err(refuted(&proof, "the migration does not hold on scratch, so it was not written:"));
    }
    let Weighed { refused, notes } =
        risk::weigh(declared, risk::allowances(&args.allow)?, &traffic, &change, &proof);
    // Whoever only asks is told what is due, not whether it may be.
    if !refused.is_empty() && !args.check {
        return Err(risk::refuse(declared, &change.prev, &refused));
    }
    let notes: String = notes.iter().map(|note| format!("{note}\n")).collect();
    let name = args.name.as_deref().map_or_else(|| name_of(&change.up, is_first), name_from);
    let written = Written::of(&declared.catalog, &change.next);
    let words = Words { name: &name, fingerprint: &fingerprint, server: &server, notes: &notes };
    write(args, history, &change, &proof, written, &words)
}

/// What a migration is called and was proved on, and what to tell of it.
struct Words<'a> {
    name: &'a str,
    fingerprint: &'a str,
    server: &'a str,
    notes: &'a str,
}

fn write(
    args: &GenerateArgs,
    history: &mut History,
    change: &Change,
    proof: &Proof,
    written: Written,
    words: &Words<'_>,
) -> Result<Generated, CommandError> {
    let Words { name, fingerprint, server, notes } = *words;
    let migrations = migrations(history.next_version(Utc::now()), change, proof, name);
    let steps = change.up.steps.len();
    let rows = &proof.rows;
    let mut summary = String::new();
    let _ = writeln!(
        summary,
        "{steps} steps, proved on {}: forward, backward, {} rows in {} tables{}",
        proof.server,
        rows.rows,
        rows.tables,
        of_all(proof.scope)
    );
    for (new, old) in pending(&change.next) {
        let _ = writeln!(
            summary,
            "{new} lives beside {old}: once nothing uses that, run `nexus generate --contract`"
        );
    }
    for lost in change.up.loses() {
        let _ = writeln!(summary, "takes away the data of {lost}");
    }
    summary.push_str(notes);
    for Asked { precheck, .. } in &proof.prechecks {
        let (table, problem) = (&precheck.table, &precheck.problem);
        if precheck.keeps {
            let _ = writeln!(summary, "leaves rows as they are: {table}, where {problem}");
            continue;
        }
        let _ = writeln!(
            summary,
            "can fail on rows that are there: {table}, where {problem}; `nexus apply` looks first"
        );
    }
    for refused in rows.refused.iter().chain(&proof.unasked) {
        let _ = writeln!(summary, "can fail on rows that are there: {refused}");
    }
    for table in &rows.unfilled {
        let _ = writeln!(summary, "no rows tried: {table}");
    }
    let takes = change.up.loses().chain(change.up.retypes()).next().is_some();
    if args.check {
        let files = migrations.iter().map(|m| args.dir.join(m.up_file())).collect();
        return Ok(Generated { files, summary, steps: change.up.to_human(), due: true, takes });
    }
    let proof = serde_json::to_value(proof).map_err(|source| {
        CommandError::World(Failure::new("cannot write the proof as JSON").source(source))
    })?;
    let files = history.append(Batch {
        migrations,
        snapshot: &change.next,
        proof,
        postgres: server.into(),
        schema: fingerprint.into(),
        written,
    })?;
    Ok(Generated { files, summary, steps: change.up.to_human(), due: true, takes })
}

/// A file for each part that must be committed by itself. The way back is one; it stands in the newest file,
/// which is undone first, unless it has parts of its own.
pub(super) fn migrations(first: i64, change: &Change, proof: &Proof, name: &str) -> Vec<Migration> {
    let texts = |plan: &Plan| -> Vec<Part> { plan.segments().iter().map(Part::of).collect() };
    let (mut ups, mut downs) = (texts(&change.up), texts(&change.down));
    let files = ups.len().max(downs.len());
    ups.resize_with(files, || Part::comment("-- Nothing on the way forward.\n"));
    downs.resize_with(files, || {
        Part::comment("-- Nothing: a later file of the same change takes all of it back.\n")
    });
    downs.reverse();
    let mut version = first;
    let mut migrations = Vec::new();
    for (n, (up, down)) in ups.into_iter().zip(downs).enumerate() {
        let name = if n == 0 { name.to_owned() } else { format!("{name}_{}", n + 1) };
        let head = if n == 0 {
            head(change, proof)
        } else {
            comment_lines(&format!("Goes on from the file before: {name}."))
        };
        migrations.push(Migration::new(version, name, up.file(&head), Some(down.file(""))));
        version = version_after(version);
    }
    migrations
}

/// What one file does.
struct Part {
    sql: String,
    is_transactional: bool,
}

impl Part {
    fn of(segment: &Segment) -> Self {
        Self { sql: segment.statements(), is_transactional: segment.is_transactional() }
    }

    fn comment(text: &str) -> Self {
        Self { sql: text.into(), is_transactional: true }
    }

    /// The file's text; appliers look at its first words.
    fn file(&self, head: &str) -> String {
        let Self { sql, is_transactional } = self;
        let begin = if *is_transactional { String::new() } else { format!("{NO_TRANSACTION}\n") };
        let space = if head.is_empty() { "" } else { "\n" };
        format!("{begin}{head}{space}{sql}")
    }
}

/// What a reviewer wants to know first, as comment lines.
fn head(change: &Change, proof: &Proof) -> String {
    let RowReport { rows, tables, .. } = &proof.rows;
    let seen = format!("forward, backward, with {rows} rows in {tables} tables{}", of_all(proof.scope));
    let mut out = comment_lines(&format!("Proved on {}: {seen}.", proof.server));
    out.push_str(&change.up.summary());
    let felt: Vec<String> = proof
        .steps
        .iter()
        .flat_map(|measured| {
            let lines = measured.observation.lines();
            lines.into_iter().map(|line| format!("  {}: {line}", measured.steps.join(", ")))
        })
        .collect();
    if felt.is_empty() {
        out.push_str("-- Locks on what was there before: none.\n");
    } else {
        out.push_str("-- Locks and work on what was there before, as measured:\n");
        out.push_str(&felt.iter().map(|line| comment_lines(line)).collect::<String>());
    }
    for Asked { precheck, .. } in &proof.prechecks {
        let (table, problem) = (&precheck.table, &precheck.problem);
        if precheck.keeps {
            out.push_str(&comment_lines(&format!("Leaves rows as they are: {table}, where {problem}.")));
            continue;
        }
        out.push_str(&comment_lines(&format!(
            "Can fail on rows that are there: {table}, where {problem}. They are found by"
        )));
        out.push_str(&comment_lines(&format!("  {};", precheck.query)));
    }
    for refused in proof.rows.refused.iter().chain(&proof.unasked) {
        out.push_str(&comment_lines(&format!("Can fail on rows that are there: {refused}.")));
    }
    let lost: Vec<_> = change.up.loses().map(ToString::to_string).collect();
    let lost = if lost.is_empty() { "none".to_owned() } else { lost.join(", ") };
    out.push_str(&comment_lines(&format!("Data loss: {lost}.")));
    out.push_str("-- Reversible: yes, by the down file; rows that are gone stay gone.\n");
    out
}

/// Which tables those are that had rows, where they are not all.
fn of_all(scope: Scope) -> String {
    match scope {
        Scope::Whole => String::new(),
        Scope::Part { of, .. } => format!(" of {of}, those that the change can touch and what they need"),
    }
}

/// What does not hold, under a sentence.
pub(super) fn refuted(proof: &Proof, sentence: &str) -> CommandError {
    let mut lines = vec![sentence.to_owned()];
    lines.extend(proof.forward.iter().map(|line| format!("  forward: {line}")));
    lines.extend(proof.backward.iter().map(|line| format!("  backward: {line}")));
    lines.extend(proof.rows.lost.iter().map(|line| format!("  rows: {line}")));
    let failure = Failure::new(lines.join("\n"));
    CommandError::Found(failure.help("this is a fault of nexus: please report it with the schema file"))
}

/// A name from the first things that a plan does.
fn name_of(plan: &Plan, is_first: bool) -> String {
    if is_first {
        return "initial".into();
    }
    match plan.steps.as_slice() {
        [step, rest @ ..] => {
            let more = if rest.is_empty() { "" } else { " and more" };
            name_from(&format!(
                "{} {} {}{more}",
                step.verb(),
                step.id.kind(),
                step.id.path().iter().skip(1).cloned().collect::<Vec<_>>().join(" ")
            ))
        }
        [] => "nothing".into(),
    }
}

/// Tells schemas apart: a hash of what was declared and of who reads it.
pub(super) fn fingerprint(catalog: &Catalog) -> String {
    let digest =
        Sha256::new().chain_update(env!("CARGO_PKG_VERSION")).chain_update(catalog.to_lines()).finalize();
    nexus_schema::hex(&digest)
}
