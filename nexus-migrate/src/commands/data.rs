//! `nexus data`: what personal data there is; exporting and erasing a person; terms; reports by sets of rules.

use std::path::PathBuf;

use nexus_schema::document::{self, Declared};
use serde_json::{Map, Value, json};

use super::{CommandError, Failure, Progress, apply as applying};
use crate::data::{self, Canaries, Check, Due, Held, Reach, Regime, Subject};
use crate::db::{DbError, ScratchOptions, Session};
use crate::doors::Bench;

/// What to read, and which servers there are.
#[derive(Debug, Clone)]
pub struct DataArgs {
    /// The schema file.
    pub schema: PathBuf,
    /// The database.
    pub database_url: Option<String>,
    /// A server for scratch databases.
    pub dev_url: Option<String>,
}

/// Whether a command changes the database, or says what it would change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Do {
    /// Changes it.
    Apply,
    /// Takes everything back.
    Look,
}

/// The personal data of a schema.
#[derive(Debug, Clone)]
pub struct Inventory {
    /// The tagged columns.
    pub held: Vec<Held>,
    /// The same as a document.
    pub markdown: String,
}

/// What became of a person.
#[derive(Debug, Clone)]
pub struct Erased {
    /// What is done with which rows.
    pub plan: Vec<String>,
    /// The statements that do it, in one transaction.
    pub script: String,
    /// The proof on scratch.
    pub canaries: Canaries,
    /// Tables with how many rows go and how many stay without what is tagged; nothing where no database was asked.
    pub rows: Vec<(String, u64, u64)>,
    /// Whether it was done.
    pub done: bool,
}

/// What of a set of rules was checked.
#[derive(Debug, Clone)]
pub struct Report {
    /// The set.
    pub regime: Regime,
    /// The checks.
    pub checks: Vec<Check>,
}

fn read(args: &DataArgs) -> Result<Declared, CommandError> {
    super::exists(&args.schema)?;
    Ok(document::load(&args.schema)?.0)
}

/// Lists the columns that are tagged.
pub fn inventory(args: &DataArgs) -> Result<Inventory, CommandError> {
    let declared = read(args)?;
    let held = data::held(&declared);
    let markdown = data::to_markdown(&declared, &held);
    Ok(Inventory { held, markdown })
}

/// All that is of a person, as JSON: rows by table, and what the trail keeps of them.
pub async fn export(args: &DataArgs, subject: &str) -> Result<Value, CommandError> {
    let declared = read(args)?;
    let (subject, reach) = of(&declared, subject)?;
    let mut session = connect(args).await?;
    begin(&mut session, &reach, &subject).await?;
    found(&mut session, &reach, &subject).await?;
    let (mut tables, mut trail) = (Map::new(), Map::new());
    for part in data::exported(&declared, &reach) {
        let rows = session.rows(&part.query).await?.into_iter().flatten().flatten().next();
        let rows: Value = rows.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        let into = if part.from == part.about { &mut tables } else { &mut trail };
        into.insert(part.about.path().join("."), rows);
    }
    session.run("ROLLBACK").await?;
    Ok(
        json!({ "subject": { "table": subject.table.path().join("."), "key": subject.key }, "tables": tables, "trail": trail }),
    )
}

/// Erases a person: proves on scratch that nothing tagged is left behind, and then does it, or takes it back.
pub async fn erase(
    args: &DataArgs,
    subject: &str,
    what: Do,
    progress: &dyn Progress,
) -> Result<Erased, CommandError> {
    let declared = read(args)?;
    let (subject, reach) = of(&declared, subject)?;
    progress.stage("erasing somebody on scratch");
    let canaries = prove(args, &declared, &reach).await?;
    let collect = data::collect(&reach, &subject);
    let statements = data::erase(&reach);
    let script: String =
        collect.iter().chain(&statements).map(|statement| format!("{statement};\n")).collect();
    let script = format!("BEGIN;\n{script}COMMIT;\n");
    let mut erased = Erased { plan: reach.to_lines(), script, canaries, rows: Vec::new(), done: false };
    if args.database_url.is_none() && what == Do::Look || !erased.canaries.holds() {
        return Ok(erased);
    }
    let mut session = connect(args).await?;
    begin(&mut session, &reach, &subject).await?;
    erased.rows = found(&mut session, &reach, &subject).await?;
    let mut run = async || -> Result<(), DbError> {
        for statement in &statements {
            session.run(statement).await?;
        }
        session.run(if what == Do::Apply { "COMMIT" } else { "ROLLBACK" }).await
    };
    run().await.map_err(|source| {
        let failure = Failure::new("the database refuses, and nothing is erased");
        CommandError::Found(failure.source(source.without_values()))
    })?;
    erased.done = what == Do::Apply;
    Ok(erased)
}

/// Counts what may be kept no longer, and takes it where that is asked for.
pub async fn retention(args: &DataArgs, what: Do) -> Result<Vec<Due>, CommandError> {
    let declared = read(args)?;
    let terms = data::terms(&declared).map_err(against)?;
    let mut session = connect(args).await?;
    let mut due = data::due(&mut session, &terms).await?;
    if what == Do::Apply {
        data::run(&mut session, &terms, &mut due).await.map_err(|source| {
            CommandError::Found(Failure::new("the database refuses; batches before stay done").source(source))
        })?;
    }
    Ok(due)
}

/// Checks what a schema shows of a set of rules; for personal data, erasing is proved on scratch.
pub async fn report(
    args: &DataArgs,
    regime: Regime,
    progress: &dyn Progress,
) -> Result<Report, CommandError> {
    let declared = read(args)?;
    let mut checks = data::checks(&declared, regime);
    if regime == Regime::Gdpr {
        for table in data::subjects(&declared) {
            progress.stage("erasing somebody on scratch");
            let mut failed = Vec::new();
            let what = match Reach::of(&declared, &table) {
                Ok(reach) => {
                    let canaries = prove(args, &declared, &reach).await?;
                    if !canaries.holds() {
                        failed.extend(canaries.left.iter().chain(&canaries.untried).cloned());
                    }
                    format!(
                        "erasing a row of {} leaves nothing tagged: {} columns, canaries in {} rows before and {} after",
                        table.name(),
                        canaries.columns,
                        canaries.before,
                        canaries.after
                    )
                }
                Err(problems) => {
                    failed = problems;
                    format!("rows of {} can be erased", table.name())
                }
            };
            checks.push(Check::of(what, failed));
        }
    }
    Ok(Report { regime, checks })
}

async fn prove(args: &DataArgs, declared: &Declared, reach: &Reach) -> Result<Canaries, CommandError> {
    let mut bench = Bench::new(ScratchOptions {
        dev_url: args.dev_url.clone(),
        major: declared.database.postgres,
        ..ScratchOptions::default()
    });
    let canaries = data::prove(&mut bench, declared, reach).await;
    bench.stop().await;
    Ok(canaries?)
}

/// The person, and what is of that person.
fn of(declared: &Declared, subject: &str) -> Result<(Subject, Reach), CommandError> {
    let Some(subject) = Subject::parse(subject, &declared.catalog) else {
        let failure = Failure::new(format!("`{subject}` names nobody"));
        return Err(CommandError::Usage(failure.help("write a table of the schema and a key: `users:7`")));
    };
    let reach = Reach::of(declared, &subject.table).map_err(against)?;
    if reach.tables.first().is_none_or(|root| root.key.len() != 1) {
        let failure = Failure::new(format!("{} has no primary key of one column", subject.table.name()));
        return Err(CommandError::Usage(failure.help("name the table whose rows are people")));
    }
    Ok((subject, reach))
}

fn against(problems: Vec<String>) -> CommandError {
    CommandError::Found(
        Failure::new("the schema does not say what becomes of some data").help(problems.join("\n")),
    )
}

async fn connect(args: &DataArgs) -> Result<Session, CommandError> {
    let url = applying::url(args.database_url.as_deref())?;
    Session::connect(url)
        .await
        .map_err(|source| CommandError::World(Failure::new("cannot connect to the database").source(source)))
}

async fn begin(session: &mut Session, reach: &Reach, subject: &Subject) -> Result<(), CommandError> {
    session.run("BEGIN").await?;
    for statement in data::collect(reach, subject) {
        session.run(&statement).await?;
    }
    Ok(())
}

/// How many rows of each table were found. Fails where the person is not there.
async fn found(
    session: &mut Session,
    reach: &Reach,
    subject: &Subject,
) -> Result<Vec<(String, u64, u64)>, CommandError> {
    let sets = session.result_sets(&data::tally(reach)).await?;
    let number = |set: &[Vec<Option<String>>], n: usize| {
        set.first()
            .and_then(|row| row.get(n))
            .cloned()
            .flatten()
            .and_then(|text| text.parse().ok())
            .unwrap_or(0)
    };
    let rows = reach.tables.iter().zip(&sets);
    let rows: Vec<(String, u64, u64)> =
        rows.map(|(reached, set)| (reached.table.path().join("."), number(set, 0), number(set, 1))).collect();
    if rows.first().is_none_or(|(_, goes, stays)| goes + stays == 0) {
        let failure =
            Failure::new(format!("{} has no row with the key `{}`", subject.table.name(), subject.key));
        return Err(CommandError::Found(failure));
    }
    Ok(rows)
}
