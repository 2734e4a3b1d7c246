//! `nexus ci`: everything that a change to a schema must pass, in one run with one summary.

mod baseline;
mod checks;
mod summary;

use std::collections::BTreeMap;
use std::path::PathBuf;

use nexus_schema::diagnostic::{Diagnostic, Diagnostics, Label, Severity};

use super::{CommandError, Failure, Progress};
use baseline::Baseline;

/// What `nexus ci` is asked.
#[derive(Debug, Clone, Default)]
pub struct CiArgs {
    /// The schema file.
    pub schema: PathBuf,
    /// The migrations directory.
    pub dir: PathBuf,
    /// The file of Rust models, where it is kept in the repository.
    pub models: Option<PathBuf>,
    /// The folder of documents, where it is kept in the repository.
    pub docs: Option<PathBuf>,
    /// SQL files that others wrote, to be run on the newest state.
    pub sql: Vec<PathBuf>,
    /// The migrations after this version are new to the database that counts.
    pub since: Option<i64>,
    /// The database that counts, to look for drift.
    pub database_url: Option<String>,
    /// The file of findings that are known.
    pub baseline: Option<PathBuf>,
    /// Whether the findings of now become the known ones.
    pub write_baseline: bool,
    /// Whether warnings fail too.
    pub strict: bool,
    /// A server for scratch databases.
    pub dev_url: Option<String>,
}

/// What became of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It holds.
    Passed,
    /// It does not hold.
    Failed,
    /// Nobody asked for it, or it hangs on one that failed.
    Skipped,
    /// It could not be made.
    NotRun,
}

impl Verdict {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::NotRun => "not run",
        }
    }
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Check {
    /// What was looked at.
    pub name: &'static str,
    /// What became of it.
    pub verdict: Verdict,
    /// One line about it.
    pub said: String,
    /// More lines about it; may be empty.
    pub detail: String,
}

/// What `nexus ci` found.
#[derive(Debug)]
pub struct CiReport {
    /// The checks in order.
    pub checks: Vec<Check>,
    /// What was found and is not known yet.
    pub findings: Diagnostics,
    /// How many findings the baseline holds back.
    pub known: usize,
}

impl CiReport {
    /// Whether nothing failed, and everything could be looked at.
    pub fn passed(&self) -> bool {
        !self.any(Verdict::Failed) && !self.any(Verdict::NotRun)
    }

    /// Whether some check has this verdict.
    pub fn any(&self, verdict: Verdict) -> bool {
        self.checks.iter().any(|check| check.verdict == verdict)
    }
}

/// A failed check as a finding of the file to mend, for those who see nothing else: annotations beside the change.
fn failure(check: &Check, args: &CiArgs, is_told: bool) -> Diagnostics {
    let code = match check.name {
        "migrations" => "NX0601",
        "models" => "NX0602",
        "documents" => "NX0603",
        "history" => "NX0604",
        "drift" => "NX0605",
        _ => return Diagnostics::default(),
    };
    if check.verdict != Verdict::Failed || is_told {
        return Diagnostics::default();
    }
    let (file, text) = (args.schema.display().to_string(), String::new());
    let label = Label { file, span: 0..0, line: 1, column: 1, text, primary: true };
    let (severity, title, help) = (Severity::Error, check.said.clone(), Vec::new());
    let finding = Diagnostic { severity, code, title, labels: vec![label], help };
    Diagnostics::new(vec![finding], BTreeMap::new())
}

/// Makes every check that it was given something for; what a check finds is the result and no failure.
///
/// Fails where there is no schema file, or the baseline cannot be read or written.
pub async fn ci(args: &CiArgs, progress: &dyn Progress) -> Result<CiReport, CommandError> {
    super::exists(&args.schema)?;
    if args.write_baseline && args.baseline.is_none() {
        let failure = Failure::new("there is no file to write the findings to");
        return Err(CommandError::Usage(failure.help("name one with `--baseline FILE`")));
    }
    let mut known = match &args.baseline {
        Some(file) if !args.write_baseline => Baseline::read(file)?,
        _ => Baseline::default(),
    };
    let mut found = checks::all(args, progress).await;
    if let (true, Some(file)) = (args.write_baseline, &args.baseline) {
        Baseline::of(found.iter().map(|(_, findings)| findings)).write(file)?;
        found.iter_mut().for_each(|(_, findings)| *findings = Diagnostics::default());
    }
    let mut report = CiReport { checks: Vec::new(), findings: Diagnostics::default(), known: 0 };
    for (mut check, findings) in found {
        let before = findings.len();
        let findings = findings.filter_map(|finding| (!known.takes(&finding)).then_some(finding));
        report.known += before - findings.len();
        let fails = |severity| severity == Severity::Error || args.strict;
        if check.verdict == Verdict::Passed && findings.iter().any(|finding| fails(finding.severity)) {
            check.verdict = Verdict::Failed;
        }
        if !findings.is_empty() {
            let n = findings.len();
            check.said = format!("{}; {n} {}", check.said, if n == 1 { "finding" } else { "findings" });
        }
        let own = failure(&check, args, findings.has_errors());
        report.checks.push(check);
        report.findings = report.findings.and(findings).and(own);
    }
    Ok(report)
}
