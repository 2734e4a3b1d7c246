//! The checks, each from its command's answer to a verdict.

use nexus_schema::diagnostic::{Diagnostics, Severity};

use super::{Check, CiArgs, Verdict};
use crate::commands::check::{CheckArgs, check};
use crate::commands::docs::{DocsArgs, docs};
use crate::commands::drift::{DriftArgs, drift};
use crate::commands::generate::{GenerateArgs, generate};
use crate::commands::lint::{self, Linted};
use crate::commands::models::{ModelsArgs, models};
use crate::commands::prove::{ProveArgs, prove};
use crate::commands::status::{StatusArgs, status};
use crate::commands::{CommandError, Failure, Mode, Progress};
use crate::db::ScratchOptions;
use crate::doors::{self, Bench};
use crate::history::History;
use crate::lint::Script;

/// What a check came to, and what it found.
pub(super) type Outcome = (Check, Diagnostics);

/// The answer of a check before it has its name.
struct Answer {
    verdict: Verdict,
    said: String,
    detail: String,
    found: Diagnostics,
}

impl Answer {
    fn new(verdict: Verdict, said: impl Into<String>) -> Self {
        Self { verdict, said: said.into(), detail: String::new(), found: Diagnostics::default() }
    }

    fn detail(self, detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), ..self }
    }

    fn named(self, name: &'static str) -> Outcome {
        let Self { verdict, said, detail, found } = self;
        (Check { name, verdict, said, detail }, found)
    }
}

impl From<CommandError> for Answer {
    fn from(error: CommandError) -> Self {
        let told = |verdict, failure: Failure| {
            let mut lines = failure.message.lines();
            let said = lines.next().unwrap_or_default().to_owned();
            let mut detail: Vec<_> = lines.map(str::to_owned).collect();
            detail.extend(failure.causes().into_iter().map(|cause| format!("caused by: {cause}")));
            detail.extend(failure.help.map(|help| format!("help: {help}")));
            Self::new(verdict, said).detail(detail.join("\n"))
        };
        match error {
            CommandError::Author(found) => {
                Self { found, ..Self::new(Verdict::Failed, "the schema has mistakes") }
            }
            CommandError::Found(failure) => told(Verdict::Failed, failure),
            CommandError::Usage(failure) | CommandError::World(failure) => told(Verdict::NotRun, failure),
        }
    }
}

type Asked = Result<Answer, CommandError>;

/// Makes all checks, in order; those after a broken schema file hang on it.
pub(super) async fn all(args: &CiArgs, progress: &dyn Progress) -> Vec<Outcome> {
    progress.stage("checking the schema");
    let schema = settled(schema(args));
    let is_sound = schema.verdict == Verdict::Passed;
    let mut all = vec![schema.named("schema")];
    let names = ["migrations", "models", "documents", "history", "hazards", "drift"];
    if !is_sound {
        let hang = |name| Answer::new(Verdict::Skipped, "the schema file has mistakes").named(name);
        all.extend(names.map(hang));
        return all;
    }
    let answers = [
        settled(migrations(args, progress).await),
        settled(models_of(args)),
        settled(documents(args)),
        settled(history(args, progress).await),
        settled(hazards(args, progress).await),
        settled(drifted(args, progress).await),
    ];
    all.extend(answers.into_iter().zip(names).map(|(answer, name)| answer.named(name)));
    all
}

fn settled(asked: Asked) -> Answer {
    asked.unwrap_or_else(Answer::from)
}

fn schema(args: &CiArgs) -> Asked {
    let checked = check(&CheckArgs { schema: args.schema.clone() })?;
    let answer = match checked.objects {
        Some(objects) => Answer::new(Verdict::Passed, format!("{objects} objects")),
        None => Answer::new(Verdict::Failed, "it cannot be used"),
    };
    Ok(Answer { found: checked.diagnostics, ..answer })
}

async fn migrations(args: &CiArgs, progress: &dyn Progress) -> Asked {
    let asked = GenerateArgs {
        schema: args.schema.clone(),
        dir: args.dir.clone(),
        name: None,
        allow: Vec::new(),
        check: true,
        plain: false,
        contract: false,
        whole: false,
        models: None,
        dev_url: args.dev_url.clone(),
    };
    let generated = generate(&asked, progress).await?;
    Ok(if generated.due {
        Answer::new(Verdict::Failed, "a migration is due: run `nexus generate`")
            .detail(generated.summary + &generated.steps)
    } else {
        Answer::new(Verdict::Passed, "the history leads to the schema")
    })
}

fn models_of(args: &CiArgs) -> Asked {
    let Some(file) = &args.models else {
        return Ok(Answer::new(Verdict::Skipped, "no file was named with `--models`"));
    };
    let schema = args.schema.clone();
    let args = ModelsArgs { schema, output: Some(file.clone()), mode: Mode::Check, sqlx_toml: None };
    let models = models(&args)?;
    let path = file.display();
    Ok(match models.stale {
        true => Answer::new(Verdict::Failed, format!("`{path}` is stale: run `nexus models -o {path}`")),
        false => Answer::new(Verdict::Passed, format!("`{path}` is up to date")),
    })
}

fn documents(args: &CiArgs) -> Asked {
    let Some(folder) = &args.docs else {
        return Ok(Answer::new(Verdict::Skipped, "no folder was named with `--docs`"));
    };
    let schema = args.schema.clone();
    let docs = docs(&DocsArgs { schema, output: folder.clone(), mode: Mode::Check })?;
    let path = folder.display();
    let stale: String = docs.changed.iter().map(|file| format!("{}\n", file.display())).collect();
    Ok(match docs.changed.len() {
        0 => Answer::new(Verdict::Passed, format!("`{path}` is up to date")),
        n => Answer::new(Verdict::Failed, format!("{n} files are stale: run `nexus docs -o {path}`"))
            .detail(stale),
    })
}

async fn history(args: &CiArgs, progress: &dyn Progress) -> Asked {
    let (dir, dev_url) = (args.dir.clone(), args.dev_url.clone());
    let report =
        prove(&ProveArgs { from: None, to: None, dir, allow: Vec::new(), dev_url }, progress).await?;
    let n = report.proofs.len();
    let said = match n {
        1 => "1 change proved".to_owned(),
        n => format!("{n} changes proved"),
    };
    Ok(match report.passed() {
        true => Answer::new(Verdict::Passed, said),
        false => Answer::new(Verdict::Failed, "it does not hold on scratch").detail(report.to_human()),
    })
}

/// Runs what is new on the state before it. Of a migration it is only told what it does: `nexus generate` refused what
/// nobody allowed.
async fn hazards(args: &CiArgs, progress: &dyn Progress) -> Asked {
    let history = History::open(&args.dir)?;
    let since = since(args, &history).await?;
    let migrations: Vec<Script> = history
        .migrations()
        .iter()
        .filter(|migration| since.is_none_or(|since| migration.version > since))
        .map(|migration| Script {
            name: args.dir.join(migration.up_file()).display().to_string(),
            text: migration.up.clone(),
        })
        .collect();
    let others = args.sql.iter().map(lint::read).collect::<Result<Vec<_>, _>>()?;
    let files = migrations.len() + others.len();
    if files == 0 {
        return Ok(Answer::new(Verdict::Skipped, "no migration is new"));
    }
    let mut bench = Bench::new(ScratchOptions { dev_url: args.dev_url.clone(), ..ScratchOptions::default() });
    let ran = run(&mut bench, &history, since, (&migrations, &others), progress).await;
    bench.stop().await;
    let [ours, theirs] = ran?;
    let told = ours.diagnostics.filter_map(|mut finding| {
        finding.severity = Severity::Warning;
        Some(finding)
    });
    let server = ours.server.or(theirs.server).unwrap_or_default();
    let said = format!("{files} {} measured on {server}", if files == 1 { "file" } else { "files" });
    Ok(Answer { found: told.and(theirs.diagnostics), ..Answer::new(Verdict::Passed, said) })
}

async fn run(
    bench: &mut Bench,
    history: &History,
    since: Option<i64>,
    (ours, theirs): (&[Script], &[Script]),
    progress: &dyn Progress,
) -> Result<[Linted; 2], CommandError> {
    let nothing = || Linted { diagnostics: Diagnostics::default(), server: None, unfilled: Vec::new() };
    let mut linted = [nothing(), nothing()];
    if !ours.is_empty() {
        let before = doors::after(bench, history, since).await?;
        linted[0] = lint::on(bench, &before, ours, progress).await?;
    }
    if !theirs.is_empty() {
        linted[1] = lint::on(bench, &history.snapshot()?, theirs, progress).await?;
    }
    Ok(linted)
}

/// The newest version that is old: as told, or as the database has it, or the one before the newest change.
async fn since(args: &CiArgs, history: &History) -> Result<Option<i64>, CommandError> {
    if args.since.is_some() {
        return Ok(args.since);
    }
    if args.database_url.is_some() {
        let (dir, database_url) = (args.dir.clone(), args.database_url.clone());
        return Ok(status(&StatusArgs { dir, database_url }).await?.newest_applied());
    }
    let newest = history.changes().last().map_or(0, <[_]>::len);
    let old = history.migrations().len() - newest;
    Ok(old.checked_sub(1).and_then(|at| history.migrations().get(at)).map(|migration| migration.version))
}

async fn drifted(args: &CiArgs, progress: &dyn Progress) -> Asked {
    if args.database_url.is_none() {
        return Ok(Answer::new(Verdict::Skipped, "no database was given"));
    }
    let (dir, database_url, dev_url) = (args.dir.clone(), args.database_url.clone(), args.dev_url.clone());
    let drift = drift(&DriftArgs { dir, database_url, dev_url }, progress).await?;
    let at = drift.version.map_or("before all migrations".into(), |version| format!("after {version}"));
    Ok(match drift.changed.is_empty() {
        true => Answer::new(Verdict::Passed, format!("the database is in the state {at}")),
        false => Answer::new(Verdict::Failed, format!("the database is not in the state {at}"))
            .detail(drift.changed.to_human()),
    })
}
