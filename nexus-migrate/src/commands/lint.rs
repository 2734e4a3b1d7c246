//! `nexus lint`: what SQL files do to those who use the database meanwhile.

use std::fs;
use std::path::PathBuf;

use nexus_schema::catalog::Catalog;
use nexus_schema::diagnostic::Diagnostics;

use super::{CommandError, Failure, Progress};
use crate::db::{DbError, ScratchOptions};
use crate::doors::{self, Bench, Door};
use crate::lint::{self, Script};
use crate::measure::Company;
use crate::prove::populate;

/// What `nexus lint` is asked.
#[derive(Debug, Clone)]
pub struct LintArgs {
    /// The files, in the order in which they would run.
    pub files: Vec<PathBuf>,
    /// The door to the state that they would run on; rules speak without it.
    pub from: Option<String>,
    /// A server for scratch databases.
    pub dev_url: Option<String>,
}

/// What `nexus lint` found.
#[derive(Debug)]
pub struct Linted {
    /// The findings; empty if nobody would notice.
    pub diagnostics: Diagnostics,
    /// The server that the files ran on, where they ran.
    pub server: Option<String>,
    /// Tables for which no rows could be made, each with the reason.
    pub unfilled: Vec<String>,
}

/// Reads the files, or runs them on scratch. A live database is only read.
pub async fn lint(args: &LintArgs, progress: &dyn Progress) -> Result<Linted, CommandError> {
    let scripts = args.files.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let Some(from) = &args.from else {
        return Ok(Linted { diagnostics: lint::offline(&scripts), server: None, unfilled: Vec::new() });
    };
    progress.stage("reading the state");
    let mut bench = Bench::new(ScratchOptions { dev_url: args.dev_url.clone(), ..ScratchOptions::default() });
    let linted = run(&mut bench, &Door::parse(from), &scripts, progress).await;
    bench.stop().await;
    linted
}

async fn run(
    bench: &mut Bench,
    door: &Door,
    scripts: &[Script],
    progress: &dyn Progress,
) -> Result<Linted, CommandError> {
    let state = doors::read(bench, door, None).await?;
    on(bench, &state.catalog, scripts, progress).await
}

/// Runs files on a state and looks.
pub(super) async fn on(
    bench: &mut Bench,
    state: &Catalog,
    scripts: &[Script],
    progress: &dyn Progress,
) -> Result<Linted, CommandError> {
    let mut session = bench.fresh().await?;
    doors::materialize(&mut session, state).await?;
    progress.stage("making rows");
    let unfilled = populate(&mut session, state, &[]).await?;
    progress.stage("running the files on scratch");
    let scratch = bench.scratch().await.map_err(doors::DoorError::from)?;
    let company = if scratch.second_sessions() { Company::Others } else { Company::Nobody };
    let server = scratch.server().to_string();
    let lost = |error: DbError| {
        let failure = Failure::new("the scratch server did not outlive the files").source(error);
        CommandError::World(failure.help("take out what ends sessions or stops servers"))
    };
    let mut found = lint::run(&mut session, company, scripts).await.map_err(lost)?;
    if found.is_refused() {
        // What fails on rows is looked at without them.
        drop(session);
        let mut session = bench.fresh().await?;
        doors::materialize(&mut session, state).await?;
        found = found.and_without_rows(lint::run(&mut session, company, scripts).await.map_err(lost)?);
    }
    Ok(Linted { diagnostics: found.diagnostics(scripts), server: Some(server), unfilled })
}

pub(super) fn read(path: &PathBuf) -> Result<Script, CommandError> {
    let cannot = |source: std::io::Error| {
        CommandError::Usage(Failure::new(format!("cannot read `{}`", path.display())).source(source))
    };
    let text = fs::read_to_string(path).map_err(cannot)?;
    Ok(Script { name: path.display().to_string(), text })
}
