//! `nexus dev`: a database that follows a schema file while it is edited, and models that do.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use nexus_schema::diagnostic::Diagnostics;
use nexus_schema::document;

use super::models::{ModelsArgs, models};
use super::{CommandError, Failure, Mode, Progress};
use crate::change::change;
use crate::db::{Paused, ScratchOptions, redact_url};
use crate::doors::{Bench, Door, materialize, read_pair};
use crate::plan::{Plan, Traffic};
use crate::prove::{Claim, Proof, prove};

/// What to follow.
#[derive(Debug, Clone)]
pub struct DevArgs {
    /// The schema file.
    pub schema: PathBuf,
    /// The Rust file to keep up to date.
    pub models: Option<PathBuf>,
    /// A server for scratch databases.
    pub dev_url: Option<String>,
}

/// What happened.
#[derive(Debug)]
pub enum Event {
    /// There is a database: its URL, and the server it is on.
    Serving {
        /// The URL, for `psql`, without a password.
        url: String,
        /// The server's version and origin.
        server: String,
    },
    /// The database is what the file says.
    Updated {
        /// The steps that were run; none where only the text of the file changed.
        plan: Plan,
        /// What was proved of them, with rows, before they were run.
        proof: Option<Box<Proof>>,
        /// Whether the models were written.
        models: bool,
    },
    /// The file cannot be used; the database is as it was.
    Broken(CommandError),
}

/// Follows a schema file until `stop` is ready: a fresh database on a scratch server becomes what each saved version of
/// the file says, rows in it included, once the change was proved beside it. Goes with its database.
///
/// Fails where there is no schema file, or no server. What is wrong with a version of the file is an event.
pub async fn dev(
    args: &DevArgs,
    stop: impl Future<Output = ()>,
    progress: &dyn Progress,
    hear: &mut dyn FnMut(Event),
) -> Result<(), CommandError> {
    super::exists(&args.schema)?;
    let major = document::load(&args.schema).ok().and_then(|(declared, _)| declared.database.postgres);
    let options = ScratchOptions { dev_url: args.dev_url.clone(), major, ..ScratchOptions::default() };
    let mut bench = Bench::new(options);
    progress.stage("starting a server");
    let mut database = bench.fresh().await?.pause().await?;
    let server = bench.server().map(ToString::to_string).unwrap_or_default();
    hear(Event::Serving { url: redact_url(database.url()), server });
    let follow = async {
        let mut files = files(&args.schema);
        let mut seen = BTreeMap::new();
        loop {
            let now = stamps(&files);
            if now == seen {
                tokio::time::sleep(LOOK).await;
                continue;
            }
            // An editor may write in several goes.
            tokio::time::sleep(SETTLE).await;
            if stamps(&files) != now {
                continue;
            }
            hear(round(&mut bench, &mut database, args, progress).await.unwrap_or_else(Event::Broken));
            // What was read may include other files than before; of the others an edit meanwhile is still to be seen.
            files = self::files(&args.schema);
            seen = stamps(&files);
            seen.extend(now.into_iter().filter(|(file, _)| files.contains(file)));
        }
    };
    tokio::select! {
        () = stop => {}
        () = follow => {}
    }
    drop(database);
    bench.stop().await;
    Ok(())
}

/// How often files are looked at.
const LOOK: Duration = Duration::from_millis(100);
/// How long a file stays as it is before it is read.
const SETTLE: Duration = Duration::from_millis(40);

/// The files of a schema, as far as they can be told; the first one in any case.
fn files(schema: &Path) -> Vec<PathBuf> {
    let named = |found: &Diagnostics| found.sources().keys().map(PathBuf::from).collect::<Vec<_>>();
    let mut files = document::load(schema).map_or_else(|found| named(&found), |(declared, _)| declared.files);
    files.push(schema.to_owned());
    files
}

type Stamps = BTreeMap<PathBuf, Option<(SystemTime, u64)>>;

fn stamps(files: &[PathBuf]) -> Stamps {
    let stamp = |file: &PathBuf| {
        let meta = std::fs::metadata(file).ok()?;
        Some((meta.modified().ok()?, meta.len()))
    };
    files.iter().map(|file| (file.clone(), stamp(file))).collect()
}

async fn round(
    bench: &mut Bench,
    database: &mut Paused,
    args: &DevArgs,
    progress: &dyn Progress,
) -> Result<Event, CommandError> {
    let (schema, output) = (args.schema.clone(), args.models.clone());
    let asked = ModelsArgs { schema, output, mode: Mode::Write, sqlx_toml: None };
    progress.stage("reading both states");
    let doors = (Door::parse(database.url()), Door::Authored(args.schema.clone()));
    let (prev, mut next) = read_pair(bench, &doors.0, &doors.1).await?;
    next.traffic = Traffic::none();
    let change = change(bench, prev, next).await?;
    let mut proof = None;
    if !change.up.is_empty() {
        progress.stage("proving the change on scratch");
        let mut session = bench.fresh().await?;
        materialize(&mut session, &change.prev).await?;
        let seen = prove(bench, &mut session, &Claim::of(&change)).await?;
        if let Some(line) = seen.forward.iter().chain(&seen.rows.lost).next() {
            return Err(CommandError::Found(Failure::new(format!(
                "the change does not hold on scratch: {line}"
            ))));
        }
        proof = Some(Box::new(seen));
        progress.stage("changing the database");
        run(database, &change.up).await?;
    }
    let models = args.models.is_some() && models(&asked)?.stale;
    Ok(Event::Updated { plan: change.up, proof, models })
}

/// Runs a plan, a transaction for each of its parts; what a part that fails has done is taken back.
async fn run(database: &mut Paused, plan: &Plan) -> Result<(), CommandError> {
    let mut session = database.resume().await?;
    let mut done = Ok(());
    for script in plan.scripts() {
        done = session.run(&script).await;
        if done.is_err() {
            let _ = session.run("ROLLBACK").await;
            break;
        }
    }
    *database = session.pause().await?;
    done.map_err(|source| {
        let failure = Failure::new("the database refuses the change").source(source);
        CommandError::Found(failure.help("change the rows in the way, then save the file again"))
    })
}
