//! Tells what the statements of somebody's SQL files do to those who use the database meanwhile.
//!
//! With a state, each statement is run on a scratch server on tables with rows, and measured; without one, rules speak.
//! The two see the same statements, comments and settings, and tell the same hazards.

mod advice;
mod allow;
mod deed;
mod known;
mod parse;
mod rules;
mod run;
mod said;
mod script;
mod types;
mod words;

use std::collections::BTreeMap;
use std::sync::Arc;

use nexus_schema::diagnostic::{Diagnostic, Diagnostics, Label, Severity};

pub use run::{Run, run};

use crate::hazard::{Class, Hazard};
use deed::Deed;
use known::Known;
use rules::{Scene, Verdict};
use script::Statement;

/// A SQL file.
#[derive(Debug, Clone)]
pub struct Script {
    /// Its name for people.
    pub name: String,
    /// What it says.
    pub text: String,
}

/// The code by which sqlx's files say that they are no transaction.
const NO_TRANSACTION: &str = "-- no-transaction";

impl Script {
    /// Whether an applier runs the file as one transaction: so sqlx does with its migrations.
    fn is_one_transaction(&self) -> bool {
        let name = self.name.rsplit(['/', '\\']).next().unwrap_or_default();
        let is_migration = name.ends_with(".up.sql") || name.ends_with(".down.sql");
        is_migration
            && name.starts_with(|c: char| c.is_ascii_digit())
            && !self.text.starts_with(NO_TRANSACTION)
    }
}

/// What was found in a statement.
#[derive(Debug)]
struct Finding {
    script: usize,
    span: std::ops::Range<usize>,
    hazard: Hazard,
    severity: Severity,
}

/// What goes on while files are read: one after the other, each with a session of its own.
#[derive(Debug, Default)]
struct Reading {
    known: Known,
    utc: Option<bool>,
    lock_timeout: bool,
    in_transaction: bool,
    /// The first table that the open transaction keeps clients out of.
    held: Option<String>,
}

impl Reading {
    fn begin_file(&mut self, script: &Script) {
        self.utc = None;
        self.lock_timeout = false;
        self.in_transaction = script.is_one_transaction();
        self.held = None;
    }

    /// Takes in what a statement changes for those after it.
    fn follow(&mut self, deed: &Deed, file: usize) {
        match deed {
            Deed::Begin => self.in_transaction = true,
            Deed::Commit | Deed::Rollback => (self.in_transaction, self.held) = (false, None),
            Deed::Set { name, value } if name == "timezone" => {
                self.utc = Some(matches!(value.as_str(), "utc" | "etc/utc" | "gmt"));
            }
            Deed::Set { name, value } if name == "lock_timeout" => {
                self.lock_timeout = !matches!(value.as_str(), "0" | "default");
            }
            deed => {
                if self.in_transaction && self.held.is_none() {
                    let scene = self.scene(file);
                    self.held = rules::locks(&scene, deed).map(str::to_owned);
                }
                self.known.learn(deed, file);
            }
        }
    }

    fn scene(&self, file: usize) -> Scene<'_> {
        Scene { known: &self.known, file, utc: self.utc, held: self.held.as_deref() }
    }

    /// What to do about clients that wait for a statement.
    fn advise(&self, mut hazard: Hazard, deed: &Deed) -> Hazard {
        hazard.help.extend(advice::instead(deed));
        if !self.lock_timeout {
            let queue = "SET lock_timeout = '2s' before it: while it waits for its lock, everybody else waits behind it";
            hazard.help.push(queue.into());
        }
        hazard
    }
}

/// Reads the files by rules alone, one after the other: what an earlier one makes, a later one finds.
pub fn offline(scripts: &[Script]) -> Diagnostics {
    let mut findings = Vec::new();
    let mut reading = Reading::default();
    for (file, script) in scripts.iter().enumerate() {
        reading.begin_file(script);
        for statement in statements(file, script, &mut findings) {
            let deed = parse::deed(&statement.words);
            let mut note = |hazard: Hazard, severity| {
                findings.push(Finding { script: file, span: statement.span.clone(), hazard, severity });
            };
            if let Some(problem) = &statement.problem {
                note(not_understood(problem), Class::NotUnderstood.severity());
                continue;
            }
            let table = object(&deed);
            match rules::long(&reading.scene(file), &deed) {
                Verdict::No => {}
                Verdict::May(why) => {
                    let hazard =
                        Hazard::new(Class::LongBlock, table, format!("clients may wait while {why}"));
                    note(reading.advise(hazard, &deed), Severity::Warning);
                }
                Verdict::Does(why) => {
                    let hazard = Hazard::new(Class::LongBlock, table, format!("clients wait while {why}"));
                    note(reading.advise(hazard, &deed), Severity::Error);
                }
            }
            for hazard in said::hazards(&reading.known, file, &deed) {
                let severity = hazard.class.severity();
                note(hazard, severity);
            }
            reading.follow(&deed, file);
        }
    }
    diagnostics(scripts, findings)
}

/// The statements of a file; a file that no parser should be given is a finding.
fn statements(file: usize, script: &Script, findings: &mut Vec<Finding>) -> Vec<Statement> {
    match script::read(&script.text) {
        Ok(statements) => statements,
        Err(problem) => {
            let hazard = not_understood(&problem);
            findings.push(Finding { script: file, span: 0..0, severity: hazard.class.severity(), hazard });
            Vec::new()
        }
    }
}

/// Cuts a file into statements: where each of them stands, its semicolon included. Fails with a sentence on what no parser should be given.
///
/// ```
/// use nexus_migrate::lint::{Script, cut};
/// let script = Script { name: "q.sql".into(), text: "SELECT 1; -- one\nSELECT ';'".into() };
/// assert_eq!(cut(&script).unwrap(), [0..9, 17..27]);
/// ```
pub fn cut(script: &Script) -> Result<Vec<std::ops::Range<usize>>, String> {
    Ok(script::read(&script.text)?.into_iter().map(|statement| statement.span).collect())
}

fn not_understood(problem: &str) -> Hazard {
    Hazard::new(Class::NotUnderstood, "", format!("nobody knows what this does: {problem}"))
        .help("give a state to run it on with `--from`, or look at it yourself")
}

/// The table that a statement is about.
fn object(deed: &Deed) -> &str {
    match deed {
        Deed::AlterTable { table, .. } | Deed::Cluster { table } => table,
        Deed::CreateIndex(index) => &index.table,
        Deed::Truncate { tables } | Deed::DropTable { tables } | Deed::Vacuum { tables, .. } => {
            tables.first().map_or("", String::as_str)
        }
        Deed::Reindex { name, .. } | Deed::AlterDomain { name, .. } | Deed::Refresh { view: name, .. } => {
            name
        }
        Deed::CreateTable(new) => new.partition_of.as_deref().unwrap_or_default(),
        _ => "",
    }
}

/// Findings under their places, without what comments allow.
fn diagnostics(scripts: &[Script], findings: Vec<Finding>) -> Diagnostics {
    let mut sources = BTreeMap::new();
    let mut found: Vec<Diagnostic> = Vec::new();
    let mut by_script: BTreeMap<usize, Vec<Finding>> = BTreeMap::new();
    for finding in findings {
        by_script.entry(finding.script).or_default().push(finding);
    }
    for (n, script) in scripts.iter().enumerate() {
        sources.insert(script.name.clone(), Arc::from(script.text.as_str()));
        let mut findings = by_script.remove(&n).unwrap_or_default();
        let about_comments = allow::heed(n, &script.text, &mut findings);
        findings.extend(about_comments);
        found.extend(findings.into_iter().map(|finding| diagnostic(script, finding)));
    }
    Diagnostics::new(found, sources)
}

fn diagnostic(script: &Script, finding: Finding) -> Diagnostic {
    let Finding { hazard: Hazard { class, what, help, .. }, span, severity, .. } = finding;
    let title = format!("{}: {what}", class.key());
    Diagnostic { severity, code: class.code(), title, labels: vec![label(script, span)], help }
}

/// The place of a statement.
pub fn label(script: &Script, span: std::ops::Range<usize>) -> Label {
    let before = script.text.get(..span.start).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    // The first line of a statement is enough to find it by.
    let first = script.text.get(span.clone()).unwrap_or_default().lines().next().unwrap_or_default();
    Label {
        file: script.name.clone(),
        span: span.start..span.start + first.len(),
        line: before.matches('\n').count() + 1,
        column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
        text: String::new(),
        primary: true,
    }
}
