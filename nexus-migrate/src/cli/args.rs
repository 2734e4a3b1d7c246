//! The command line as clap reads it, with the help that people read.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

pub(super) use super::advise::Advise;
pub(super) use super::apply_args::{Apply, Drift, Resolve, Rollback, Status};
pub(super) use super::backup::BackupOptions;
pub(super) use super::ci::Ci;
pub(super) use super::data_args::Data;
pub(super) use super::file_args::{Check, CheckFormat, Dev, Docs, Fmt, Lint, Lsp, Models};
pub(super) use super::history_args::{Blame, Init, Rebase, Squash};
pub(super) use super::plan_args::{Access, Diff, DiffFormat, Generate, Import, Prove};
pub(super) use super::seed_args::Seed;

/// Schema as code for PostgreSQL: write the schema once, get Rust models and migrations that are proved.
#[derive(Debug, Parser)]
#[command(name = "nexus", version, propagate_version = true, max_term_width = 100, after_long_help = EXAMPLES)]
pub(super) struct Cli {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  nexus check                                    is schema.yaml sound?
  nexus diff --from postgres://… --to schema.yaml    what would have to change?
  nexus generate -n add_orders                   write the next migration, proved
  nexus apply --database-url postgres://…        bring a database up to date
  nexus models -o src/models.rs                  write the Rust models

A door is a place where a schema state can be read: a schema file (schema.yaml), a migrations
directory (migrations/), a database (postgres://…), an SQL file (dump.sql), or `empty`.

Exit codes: 0 fine, 1 found something, 2 could not run.";

#[derive(Debug, Args)]
#[command(next_help_heading = "Everywhere")]
pub(super) struct Global {
    /// When to use colours; NO_COLOR turns `auto` off
    #[arg(long, global = true, value_enum, default_value_t = ColorWhen::Auto, value_name = "WHEN")]
    pub(super) color: ColorWhen,
    /// Print data as JSON
    #[arg(long, global = true)]
    pub(super) json: bool,
    /// Print data and failures only
    #[arg(long, short, global = true)]
    pub(super) quiet: bool,
    /// A server for scratch databases, instead of one found on this machine or the embedded one
    #[arg(long, global = true, env = "NEXUS_DEV_URL", hide_env_values = true, value_name = "URL")]
    pub(super) dev_url: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ColorWhen {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Read a schema file and say what is wrong with it
    #[command(after_long_help = "\
Examples:
  nexus check
  nexus check db/schema.yaml --format short
  nexus check --format github      inside a GitHub workflow
  nexus check --format sarif > nexus.sarif")]
    Check(Check),
    /// Print the plan that leads from one schema state to another
    #[command(after_long_help = "\
Examples:
  nexus diff --from empty --to schema.yaml | psql mydb
  nexus diff --from $DATABASE_URL --to schema.yaml --format human
  nexus diff --from migrations/ --to schema.yaml --exit-code")]
    Diff(Diff),
    /// Write a schema file from a database, an SQL file or a migrations directory
    #[command(after_long_help = "\
Examples:
  nexus import --from $DATABASE_URL -o schema.yaml
  nexus import --from dump.sql --name shop
  nexus import --from migrations/

The file is proved on a scratch server before it is written: it leads to the state it was made
from, and a database built from it gives the same file again. Of the rows only those of --seeds are
part of it.")]
    Import(Import),
    /// Make every check that a change to the schema must pass, with one summary
    #[command(after_long_help = "\
Examples:
  nexus ci --models src/models.rs --docs docs/schema
  nexus ci --format github --summary $GITHUB_STEP_SUMMARY
  nexus ci --format gitlab > gl-code-quality-report.json
  nexus ci --baseline nexus-known.txt --write-baseline    begin with what is known

Looks at: the schema file; whether a migration, models or documents are due; whether the history
holds, forward and backward, with rows; what new migrations and --sql files do to those who use the
database; and drift, where a database is given. See docs/ci.md for GitHub and GitLab.")]
    Ci(Ci),
    /// Say what SQL files do to those who use the database meanwhile
    #[command(after_long_help = "\
Examples:
  nexus lint --from migrations/ change.sql
  nexus lint --from $DATABASE_URL change.sql
  nexus lint --format github change.sql

With --from, each statement is run on a scratch server in that state, on tables with rows, and measured;
a database is only read. Without it, rules speak, which know of the tables what the files say: give the
files that make them first. A statement is let through by a comment on the line before it:
  -- nexus: allow long-block the table is small")]
    Lint(Lint),
    /// Say what could be better about a database that is in use: indexes, keys, types, upkeep
    #[command(after_long_help = "\
Examples:
  nexus advise --database-url $DATABASE_URL
  nexus advise --allow NX0809:events --format sarif > advice.sarif
  nexus advise --queries slow.sql
  nexus advise --days 30      ask for a month of counting before an index is called unused

Reads the catalog and what the server has counted, and writes nothing. Each finding says what to write
in the schema file. Exits with 1 where something was found.")]
    Advise(Advise),
    /// Write the next migration from history to schema file, proved on a scratch server
    #[command(after_long_help = "\
Examples:
  nexus generate -n add_orders
  nexus generate --models src/models.rs    the models too
  nexus generate --check                   in CI: exit 1 if a migration is due")]
    Generate(Generate),
    /// Prove the history, or a pair of states: forward, backward, rows, locks
    #[command(after_long_help = "\
Examples:
  nexus prove
  nexus prove --from old.yaml --to schema.yaml")]
    Prove(Prove),
    /// Bring a database up to the newest migration
    #[command(after_long_help = "\
Examples:
  nexus apply --dry-run
  nexus apply --database-url postgres://app@localhost/app
  DATABASE_URL=postgres://… nexus apply --json

Each file runs in one transaction with its row in `_sqlx_migrations`, so `sqlx migrate run` and
`nexus apply` take turns on one database. A run that was killed is continued by the next one.")]
    Apply(Apply),
    /// Say what a database has of the migrations directory
    #[command(after_long_help = "\
Examples:
  nexus status --database-url postgres://app@localhost/app
  nexus status --json | jq '.migrations[] | select(.state == \"pending\")'

Exits with 1 where ledger and directory contradict each other; pending migrations are fine unless
--check is given.")]
    Status(Status),
    /// Back up the tables that pending migrations take something from, and try the backup
    #[command(after_long_help = "\
Examples:
  nexus backup -o backups
  nexus backup -o backups users auth.tokens    these tables
  nexus apply --backup backups                 before the first statement of a run

Needs pg_dump and pg_restore of the server's version or a later one. The backup is restored on a scratch
server, and rows are counted and hashed, before its folder gets its name.")]
    Backup(BackupOptions),
    /// Take migrations back by their down files, newest first
    #[command(after_long_help = "\
Examples:
  nexus rollback --to 20260301120000 --dry-run
  nexus rollback --to 20260301120000

The files of one change go back together. Rows that a migration took away stay gone.")]
    Rollback(Rollback),
    /// Say what became of a database besides its migrations
    #[command(after_long_help = "\
Examples:
  nexus drift
  nexus drift --format sql | psql $DATABASE_URL     take it back
  nexus drift --format markdown >> $GITHUB_STEP_SUMMARY

Exits with 1 where there is a difference.")]
    Drift(Drift),
    /// Tell the ledger what only a person knows of a migration
    #[command(after_long_help = "\
Examples:
  nexus resolve 20260301120000 --applied        its effects are there, its row is not
  nexus resolve 20260301120000 --not-applied    its row is there, its effects are not
  nexus resolve 20260301120000 --accept         the file was edited, and that is fine")]
    Resolve(Resolve),
    /// Begin a project: a schema file, and from a database the migration that leads to its state
    #[command(after_long_help = "\
Examples:
  nexus init
  nexus init --from $DATABASE_URL              a baseline of what is there
  nexus init --from $DATABASE_URL --record     and its ledger says so")]
    Init(Init),
    /// Put the migrations of merged branches one after the other, and prove both orders
    #[command(after_long_help = "\
Examples:
  git merge main; nexus rebase
  nexus rebase --onto 20260301120000    the branch with this migration stays as it is")]
    Rebase(Rebase),
    /// Put one migration in the place of many, proved to lead to the same state
    #[command(after_long_help = "\
Examples:
  nexus squash
  nexus squash --to 20260301120000    keep those after it

A database that has all of them is told so by the next `nexus apply`; one that has some of them must
get the rest before.")]
    Squash(Squash),
    /// Say which migrations made a table or a column what it is
    #[command(after_long_help = "\
Examples:
  nexus blame users.email
  nexus blame billing.invoices --json")]
    Blame(Blame),
    /// Follow a schema file while it is edited: a database becomes what each saved version says
    #[command(after_long_help = "\
Examples:
  nexus dev
  nexus dev --models src/models.rs

Prints how to reach the database with psql. Each change is proved on scratch first, and rows in the
database stay. It is on a scratch server, and goes when the command ends. On the embedded server one
session at a time can use it: leave psql before you save.")]
    Dev(Dev),
    /// Write the Rust models of a schema file
    #[command(after_long_help = "\
Examples:
  nexus models                              print them
  nexus models -o src/models.rs
  nexus models -o src/models.rs --check     in CI: exit 1 if the file is stale
  nexus models --sqlx-toml crate::models -o sqlx.toml")]
    Models(Models),
    /// Say whether roles can do what the schema file lets them, and nothing else
    #[command(after_long_help = "\
Examples:
  nexus access
  nexus access --database-url $DATABASE_URL     ask a database, which is only read
  nexus access --json | jq '.cells[] | select(.declared != .found)'

On a scratch server every role tries everything with every table, with rows in it, and each try is
taken back. Exits with 1 where something is not as declared.")]
    Access(Access),
    /// Write rows that no migration has to a database: those of an environment, or made-up ones
    #[command(after_long_help = "\
Examples:
  nexus seed --env dev --database-url postgres://app@localhost/app
  nexus seed --env dev --dry-run
  nexus seed --fake 1000 --database-url postgres://app@localhost/app
  nexus seed --fake 50 --table orders --seed 7 --dry-run | psql app
  nexus seed --fake 1000 --csv rows/

Rows are of an environment by `only: [dev]`. The database has the schema already. Rows that somebody
has edited stay as they are, as those of migrations do. Made-up rows keep keys, references and
checks, and are the same for the same --seed; a database with rows of its own needs --yes.")]
    Seed(Seed),
    /// Personal data: what is where, exporting and erasing a person, terms, reports
    #[command(after_long_help = "\
Examples:
  nexus data inventory > PRIVACY.md
  nexus data export --subject users:7 > ada.json
  nexus data erase --subject users:7              say what would be done, proved on scratch
  nexus data erase --subject users:7 --apply
  nexus data retention --apply
  nexus data report --set gdpr")]
    Data(Data),
    /// Write documents about a schema file: Markdown, and a site to browse
    #[command(after_long_help = "\
Examples:
  nexus docs -o docs/schema
  nexus docs -o docs/schema --check     in CI: exit 1 if they are stale

Writes schema.md, and index.html with a page for each table, a diagram and a search. The site needs
no network and no server.")]
    Docs(Docs),
    /// Print the JSON Schema of the schema file, for editors
    #[command(after_long_help = "\
Example:
  nexus schema-json > docs/nexus.schema.json")]
    SchemaJson,
    /// Put schema files into their canonical form
    #[command(after_long_help = "\
Examples:
  nexus fmt schema.yaml
  nexus fmt --check schema.yaml db/*.yaml")]
    Fmt(Fmt),
    /// Say what a code means, with examples
    #[command(after_long_help = "\
Examples:
  nexus explain NX0203
  nexus explain             all codes")]
    Explain {
        /// The code, such as NX0203; all are listed if absent
        code: Option<String>,
    },
    /// Print manual pages, or write them to a folder
    #[command(after_long_help = "\
Examples:
  nexus man | man -l -
  nexus man -o ~/.local/share/man/man1")]
    Man {
        /// The folder to write a page for each command to
        #[arg(long, short, value_name = "DIR")]
        output: Option<PathBuf>,
    },
    /// Serve an editor: diagnostics, completion, hover, definitions, rename, over stdin and stdout
    #[command(after_long_help = "\
Example:
  nexus lsp        an editor starts it; docs/editor.md says how

Reads files and writes none: what changes is the editor's to write.")]
    Lsp(Lsp),
    /// Print a completion script
    #[command(after_long_help = "\
Example:
  nexus completions bash > ~/.local/share/bash-completion/completions/nexus")]
    Completions {
        /// The shell
        shell: Shell,
    },
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        super::Cli::command().debug_assert();
    }
}
