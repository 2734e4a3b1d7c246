//! The `nexus` command: reads the command line and the environment, calls [`crate::commands`], prints.
//!
//! The only place that prints. Knows how results look and nothing of how they come about.

mod advise;
mod apply_args;
mod args;
mod ask;
mod backup;
mod ci;
mod data_args;
mod dev;
mod explain;
mod file_args;
mod findings;
mod history_args;
mod man;
mod plan_args;
mod progress;
mod redact;
mod report;
mod seed_args;
mod show;
mod terminal;

use std::ffi::OsString;
use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::Duration;

use clap::{CommandFactory, Parser};
use nexus_schema::diagnostic::Color;

use crate::apply::{Event, OnInterrupted, Options, Prechecks, Resolution, Way};
use crate::commands::access::AccessArgs;
use crate::commands::apply::ApplyArgs;
use crate::commands::blame::BlameArgs;
use crate::commands::check::CheckArgs;
use crate::commands::dev::DevArgs;
use crate::commands::diff::DiffArgs;
use crate::commands::docs::DocsArgs;
use crate::commands::drift::DriftArgs;
use crate::commands::fleet::{Fleet, FleetArgs};
use crate::commands::fmt::FmtArgs;
use crate::commands::generate::GenerateArgs;
use crate::commands::import::ImportArgs;
use crate::commands::init::InitArgs;
use crate::commands::lint::LintArgs;
use crate::commands::models::ModelsArgs;
use crate::commands::prove::ProveArgs;
use crate::commands::rebase::RebaseArgs;
use crate::commands::resolve::ResolveArgs;
use crate::commands::squash::SquashArgs;
use crate::commands::status::StatusArgs;
use crate::commands::{self, CommandError, Failure, Mode};
use crate::lsp::LspArgs;

use apply_args::Interrupted;
use args::{Cli, Command};
use progress::{Follower, Spinner};
use redact::Redactor;
use terminal::Terminal;

/// Runs the command with the process's arguments and returns its exit code: 0 fine, 1 found something, 2 could not
/// run.
pub fn main() -> ExitCode {
    run(std::env::args_os().collect())
}

fn run(args: Vec<OsString>) -> ExitCode {
    let words: Vec<_> = args.iter().map(|arg| arg.to_string_lossy()).collect();
    let variables = ["DATABASE_URL", "NEXUS_DEV_URL"].map(|name| std::env::var(name).unwrap_or_default());
    let secrets = words.iter().map(AsRef::as_ref).chain(variables.iter().map(String::as_str));
    let redactor = Redactor::of(secrets);
    let cli = match Cli::try_parse_from(&args) {
        Ok(cli) => cli,
        Err(error) => return usage(&error, &redactor),
    };
    let terminal = Terminal::new(&cli.global);
    // Two threads: the embedded server answers on one while the command waits on the other.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let done = match runtime {
        Ok(runtime) => runtime.block_on(dispatch(cli, &terminal)),
        Err(e) => Err(CommandError::World(Failure::new("cannot start the runtime").source(e))),
    };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            if terminal.json {
                // A failure to print cannot be printed either.
                let _ = terminal.data(&redactor.redact(&format!("{:#}\n", show::json(&error))));
            } else {
                terminal.stderr(&redactor.redact(&show::human(&error, terminal.err)));
            }
            show::code(&error)
        }
    }
}

/// Prints what clap has to say: help and versions to stdout, mistakes to stderr.
fn usage(error: &clap::Error, redactor: &Redactor) -> ExitCode {
    let stderr = error.use_stderr();
    let is_terminal = if stderr { std::io::stderr().is_terminal() } else { std::io::stdout().is_terminal() };
    let text = match terminal::color(args::ColorWhen::Auto, is_terminal) {
        Color::Ansi => error.render().ansi().to_string(),
        Color::Never => error.render().to_string(),
    };
    let text = redactor.redact(&text);
    let mut streams: [Box<dyn std::io::Write>; 2] =
        [Box::new(std::io::stdout()), Box::new(std::io::stderr())];
    let _ = streams[usize::from(stderr)].write_all(text.as_bytes());
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(show::NOT_RUN))
}

async fn dispatch(cli: Cli, terminal: &Terminal) -> Result<u8, CommandError> {
    let Cli { global, command } = cli;
    let spinner = Spinner::new(terminal.draws());
    match command {
        Command::Access(args) => {
            let args::Access { schema, database_url } = args;
            let args = AccessArgs { schema, database_url, dev_url: global.dev_url };
            let matrix = commands::access::access(&args, &spinner).await;
            spinner.clear();
            report::access(terminal, &matrix?)
        }
        Command::Advise(args) => advise::run(args, global.dev_url, terminal, &spinner).await,
        Command::Seed(args) => seed_args::run(args, global.dev_url, terminal, &spinner).await,
        Command::Data(args) => data_args::run(args, global.dev_url, terminal, &spinner).await,
        Command::Check(args) => {
            let checked = commands::check::check(&CheckArgs { schema: args.schema.clone() })?;
            findings::checked(terminal, &args, &checked)
        }
        Command::Ci(args) => {
            let asked = args.args(global.dev_url);
            let urls = [&asked.database_url, &asked.dev_url].into_iter().flatten().map(String::as_str);
            let redactor = Redactor::of(urls);
            let report = commands::ci::ci(&asked, &spinner).await;
            spinner.clear();
            args.report(terminal, &report?, &redactor)
        }
        Command::Lint(args) => {
            let args::Lint { files, from, format } = args;
            let linted =
                commands::lint::lint(&LintArgs { files, from, dev_url: global.dev_url }, &spinner).await;
            spinner.clear();
            findings::linted(terminal, format, &linted?)
        }
        Command::Diff(args) => {
            let args::Diff { from, to, format, exit_code, plain } = args;
            let outcome =
                commands::diff::diff(&DiffArgs { from, to, plain, dev_url: global.dev_url }).await?;
            report::diff(terminal, &outcome.plan, format)?;
            Ok(if exit_code && !outcome.plan.is_empty() { show::NOT_RUN } else { show::FINE })
        }
        Command::Import(args) => {
            let args::Import { from, output, force, name, seeds } = args;
            let args = ImportArgs { from, output, force, name, seeds, dev_url: global.dev_url };
            let imported = commands::import::import(&args, &spinner).await;
            spinner.clear();
            report::imported(terminal, &args, &imported?)
        }
        Command::Generate(args) => {
            let args::Generate { name, schema, dir, allow, check, models, plain, contract, whole, checklist } =
                args;
            let dev_url = global.dev_url;
            let args =
                GenerateArgs { schema, dir, name, allow, check, plain, contract, whole, models, dev_url };
            let generated = commands::generate::generate(&args, &spinner).await;
            spinner.clear();
            report::generated(terminal, &args, &generated?, checklist)
        }
        Command::Prove(args) => {
            let args::Prove { from, to, dir, allow } = args;
            let args = ProveArgs { from, to, dir, allow, dev_url: global.dev_url };
            let report = commands::prove::prove(&args, &spinner).await;
            spinner.clear();
            report::proved(terminal, &report?)
        }
        Command::Apply(args) => {
            let apply_args::Apply {
                target,
                dry_run,
                to,
                allow_drift,
                fleet,
                no_prechecks,
                backup,
                limits,
                interrupted,
            } = args;
            let events = limits.events;
            let mut options = options(to, &limits, interrupted);
            if no_prechecks {
                options.prechecks = Prechecks::Skip;
            }
            let apply_args::Target { dir, database_url } = target;
            if let Some(file) = fleet {
                let fleet = Fleet::read(&file, &|name| std::env::var(name).ok())?;
                let redactor = Redactor::of(fleet.targets.iter().map(|target| target.url.as_str()));
                let dev_url = global.dev_url;
                let args = FleetArgs { dir, fleet, dry_run, allow_drift, dev_url, options };
                let done = commands::fleet::fleet(&args, &spinner).await;
                spinner.clear();
                return report::fleet(terminal, &done?, &redactor);
            }
            let dev_url = global.dev_url;
            let args = ApplyArgs { dir, database_url, dry_run, allow_drift, backup, dev_url, options };
            let done =
                commands::apply::apply(&args, &spinner, &mut listener(terminal, &spinner, events)).await;
            spinner.clear();
            report::applied(terminal, &done?, Way::Up, events)
        }
        Command::Backup(args) => backup::run(args, global.dev_url, terminal, &spinner).await,
        Command::Rollback(args) => {
            let apply_args::Rollback { target, to, dry_run, limits, interrupted } = args;
            let events = limits.events;
            let options = options(Some(to), &limits, interrupted);
            let apply_args::Target { dir, database_url } = target;
            let (allow_drift, backup, dev_url) = (true, None, None);
            let args = ApplyArgs { dir, database_url, dry_run, allow_drift, backup, dev_url, options };
            let done = commands::apply::rollback(&args, &mut listener(terminal, &spinner, events)).await;
            spinner.clear();
            report::applied(terminal, &done?, Way::Down, events)
        }
        Command::Resolve(args) => {
            let apply_args::Resolve { version, target, how, allow_drift } = args;
            let how = match how {
                apply_args::How { applied: true, .. } => Resolution::Applied,
                apply_args::How { not_applied: true, .. } => Resolution::NotApplied,
                apply_args::How { .. } => Resolution::Accepted,
            };
            let apply_args::Target { dir, database_url } = target;
            let args = ResolveArgs { dir, database_url, version, how, allow_drift, dev_url: global.dev_url };
            report::resolved(terminal, &commands::resolve::resolve(&args).await?, how)
        }
        Command::Drift(args) => {
            let apply_args::Drift { target, format } = args;
            let apply_args::Target { dir, database_url } = target;
            let args = DriftArgs { dir, database_url, dev_url: global.dev_url };
            let drift = commands::drift::drift(&args, &spinner).await;
            spinner.clear();
            report::drift(terminal, &drift?, format)
        }
        Command::Status(args) => {
            let apply_args::Status { target, format, check } = args;
            let apply_args::Target { dir, database_url } = target;
            let status = commands::status::status(&StatusArgs { dir, database_url }).await?;
            report::status(terminal, &status, format, check)
        }
        Command::Init(args) => {
            let args = if terminal.asks() { ask::begin(args)? } else { args };
            let history_args::Init { from, name, postgres, schema, dir, seeds, record } = args;
            let args = InitArgs { schema, dir, from, name, postgres, seeds, record, dev_url: global.dev_url };
            let begun = commands::init::init(&args, &spinner).await;
            spinner.clear();
            report::begun(terminal, &args, &begun?)
        }
        Command::Rebase(args) => {
            let history_args::Rebase { dir, schema, onto } = args;
            let args = RebaseArgs { dir, schema, onto, dev_url: global.dev_url };
            let rebased = commands::rebase::rebase(&args, &spinner).await;
            spinner.clear();
            report::rebased(terminal, &rebased?)
        }
        Command::Squash(args) => {
            let history_args::Squash { dir, to } = args;
            let args = SquashArgs { dir, to, dev_url: global.dev_url };
            let squashed = commands::squash::squash(&args, &spinner).await;
            spinner.clear();
            report::squashed(terminal, &squashed?)
        }
        Command::Blame(args) => {
            let history_args::Blame { object, dir } = args;
            let args = BlameArgs { dir, object, dev_url: global.dev_url };
            let blamed = commands::blame::blame(&args, &spinner).await;
            spinner.clear();
            report::blamed(terminal, &blamed?)
        }
        Command::Dev(args) => {
            let args::Dev { schema, models } = args;
            let args = DevArgs { schema, models, dev_url: global.dev_url };
            dev::follow(terminal, &args, &spinner).await
        }
        Command::Models(args) => {
            let (schema, output, sqlx_toml) = (args.schema, args.output, args.sqlx_toml);
            let args = ModelsArgs { schema, output, mode: mode(args.check), sqlx_toml };
            report::models(terminal, &args, &commands::models::models(&args)?)
        }
        Command::Docs(args) => {
            let args = DocsArgs { schema: args.schema, output: args.output, mode: mode(args.check) };
            report::documented(terminal, &args, &commands::docs::docs(&args)?)
        }
        Command::SchemaJson => {
            terminal.value(&commands::schema_json::schema_json())?;
            Ok(show::FINE)
        }
        Command::Fmt(args) => {
            let args = FmtArgs { files: args.files, mode: mode(args.check) };
            report::formatted(terminal, args.mode, &commands::fmt::fmt(&args)?)
        }
        Command::Explain { code } => explain::explained(terminal, code.as_deref()),
        Command::Man { output } => man::man(terminal, output.as_deref()),
        Command::Lsp(args) => {
            let args::Lsp { schema, dir, stdio: _ } = args;
            let served = crate::lsp::serve(&LspArgs { schema, dir });
            served.map_err(|e| CommandError::World(Failure::new("cannot serve the editor").source(e)))?;
            Ok(show::FINE)
        }
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "nexus", &mut script);
            terminal.data(&String::from_utf8_lossy(&script))?;
            Ok(show::FINE)
        }
    }
}

fn mode(check: bool) -> Mode {
    if check { Mode::Check } else { Mode::Write }
}

fn options(to: Option<i64>, limits: &apply_args::Limits, interrupted: Option<Interrupted>) -> Options {
    let apply_args::Limits {
        lock_timeout,
        retries,
        statement_timeout,
        lock_wait,
        max_lag,
        max_active,
        events: _,
    } = *limits;
    let seconds = |seconds: u32| Duration::from_secs(seconds.into());
    Options {
        to,
        schema: None,
        lock_wait: seconds(lock_wait),
        lock_timeout: lock_timeout.map(seconds),
        retries,
        statement_timeout: statement_timeout.map(seconds),
        max_lag: u64::from(max_lag) << 20,
        max_active,
        interrupted: match interrupted {
            None => OnInterrupted::Ask,
            Some(Interrupted::Done) => OnInterrupted::Done,
            Some(Interrupted::Again) => OnInterrupted::Again,
        },
        prechecks: Prechecks::Ask,
    }
}

/// Hears a run: draws it, or prints each event as a line of JSON.
fn listener<'a>(terminal: &'a Terminal, spinner: &'a Spinner, events: bool) -> impl FnMut(Event) + 'a {
    let mut follower = Follower::new(spinner);
    move |event| {
        if events {
            // Whoever reads the events reads the result too, and there a failure to print is told.
            let _ = terminal.data(&format!("{}\n", serde_json::json!(event)));
        } else {
            follower.hear(&event);
        }
    }
}
