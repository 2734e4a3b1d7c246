//! `nexus init`: the first files of a project, from nothing or from a database that is there.

use std::path::PathBuf;

use nexus_schema::document;

use super::generate::{GenerateArgs, Generated, generate};
use super::import::{ImportArgs, import};
use super::resolve::{ResolveArgs, resolve};
use super::{CommandError, Failure, Mode, Progress, update};
use crate::apply::Resolution;
use crate::history::History;

/// What to begin with.
#[derive(Debug, Clone)]
pub struct InitArgs {
    /// The schema file to write.
    pub schema: PathBuf,
    /// The migrations directory to write.
    pub dir: PathBuf,
    /// The database whose state is the beginning.
    pub from: Option<String>,
    /// What the schema file calls the database, if it begins with the starter; `app` if nothing is said.
    pub name: Option<String>,
    /// The major version of PostgreSQL that the starter is for; 15 if nothing is said.
    pub postgres: Option<u32>,
    /// Tables whose rows belong to the schema.
    pub seeds: Vec<String>,
    /// Whether that database's ledger is told that it has the first migration.
    pub record: bool,
    /// A server for scratch databases.
    pub dev_url: Option<String>,
}

/// What was written.
#[derive(Debug)]
pub struct Begun {
    /// The files.
    pub files: Vec<PathBuf>,
    /// The versions of the first migration's files.
    pub versions: Vec<i64>,
}

/// A schema to begin with: something of everything that most schemas have.
fn starter(name: &str, major: u32) -> String {
    // A text of JSON is one of YAML, whatever is in it.
    let name = serde_json::Value::from(name).to_string();
    let starter = include_str!("starter.yaml").replacen("MAJOR", &major.to_string(), 1);
    starter.replacen("NAME", &name, 1)
}

/// Writes a schema file and, from a database, the migration that leads to its state, proved.
///
/// Replaces nothing: fails where the schema file or a migration is there.
pub async fn init(args: &InitArgs, progress: &dyn Progress) -> Result<Begun, CommandError> {
    if args.schema.exists() {
        let failure = Failure::new(format!("`{}` is there already", args.schema.display()));
        return Err(CommandError::Usage(failure.help("name another file with `--schema`")));
    }
    if !History::open(&args.dir)?.migrations().is_empty() {
        let failure = Failure::new(format!("`{}` has migrations already", args.dir.display()));
        return Err(CommandError::Usage(failure.help("name another directory with `--dir`")));
    }
    let Some(from) = &args.from else {
        let starter = starter(args.name.as_deref().unwrap_or("app"), args.postgres.unwrap_or(15));
        // A version that is not supported is told before anything is written.
        document::parse(&args.schema.display().to_string(), &starter)?;
        update(&args.schema, &starter, Mode::Write)?;
        return Ok(Begun { files: vec![args.schema.clone()], versions: Vec::new() });
    };
    import(
        &ImportArgs {
            from: from.clone(),
            output: Some(args.schema.clone()),
            force: false,
            name: args.name.clone(),
            seeds: args.seeds.clone(),
            dev_url: args.dev_url.clone(),
        },
        progress,
    )
    .await?;
    let asked = GenerateArgs {
        allow: Vec::new(),
        schema: args.schema.clone(),
        dir: args.dir.clone(),
        name: Some("baseline".into()),
        check: false,
        plain: true,
        contract: false,
        whole: false,
        models: None,
        dev_url: args.dev_url.clone(),
    };
    let Generated { files, .. } = generate(&asked, progress).await?;
    let versions: Vec<i64> = History::open(&args.dir)?.migrations().iter().map(|m| m.version).collect();
    if let (true, Some(newest)) = (args.record, versions.last()) {
        progress.stage("recording the baseline");
        resolve(&ResolveArgs {
            dir: args.dir.clone(),
            database_url: Some(from.clone()),
            version: *newest,
            how: Resolution::Applied,
            allow_drift: false,
            dev_url: args.dev_url.clone(),
        })
        .await?;
    }
    Ok(Begun { files: std::iter::once(args.schema.clone()).chain(files).collect(), versions })
}
