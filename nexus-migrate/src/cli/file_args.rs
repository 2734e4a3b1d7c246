//! What the commands take that look at files and need no database.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(super) struct Check {
    /// The schema file
    #[arg(default_value = "schema.yaml")]
    pub(super) schema: PathBuf,
    /// How to print mistakes
    #[arg(long, value_enum, default_value_t = CheckFormat::Human)]
    pub(super) format: CheckFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum CheckFormat {
    /// Snippets
    Human,
    /// One line each
    Short,
    /// An array of objects
    Json,
    /// A SARIF 2.1.0 log
    Sarif,
    /// GitHub workflow commands
    Github,
    /// A GitLab code quality report
    Gitlab,
}

#[derive(Debug, Args)]
pub(super) struct Lint {
    /// The SQL files, in the order in which they would run
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// The state to run them on; rules speak if absent
    #[arg(long, value_name = "DOOR")]
    pub(super) from: Option<String>,
    /// How to print what is found
    #[arg(long, value_enum, default_value_t = CheckFormat::Human)]
    pub(super) format: CheckFormat,
}

#[derive(Debug, Args)]
pub(super) struct Fmt {
    /// The schema files
    #[arg(required = true)]
    pub(super) files: Vec<PathBuf>,
    /// Write nothing; exit with 1 if a file is not canonical
    #[arg(long)]
    pub(super) check: bool,
}

#[derive(Debug, Args)]
pub(super) struct Dev {
    /// The schema file
    #[arg(long, default_value = "schema.yaml", value_name = "FILE")]
    pub(super) schema: PathBuf,
    /// Keep the Rust models up to date there
    #[arg(long, value_name = "FILE")]
    pub(super) models: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Models {
    /// The Rust file; printed if absent
    #[arg(long, short, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// The schema file
    #[arg(long, default_value = "schema.yaml", value_name = "FILE")]
    pub(super) schema: PathBuf,
    /// Write nothing; exit with 1 if the file is stale
    #[arg(long, requires = "output")]
    pub(super) check: bool,
    /// Write sqlx.toml instead, for models in this module: what `query!` has to know of ids and enums
    #[arg(long, value_name = "MODULE")]
    pub(super) sqlx_toml: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Docs {
    /// The folder to write to
    #[arg(long, short, value_name = "DIR")]
    pub(super) output: PathBuf,
    /// The schema file
    #[arg(long, default_value = "schema.yaml", value_name = "FILE")]
    pub(super) schema: PathBuf,
    /// Write nothing; exit with 1 if a file is stale
    #[arg(long)]
    pub(super) check: bool,
}

#[derive(Debug, Args)]
pub(super) struct Lsp {
    /// What a schema file is called that includes others
    #[arg(long, default_value = "schema.yaml", value_name = "FILE")]
    pub(super) schema: PathBuf,
    /// The migrations directory, beside the schema file
    #[arg(long, default_value = "migrations")]
    pub(super) dir: PathBuf,
    /// Taken for editors that give it: there is no other way
    #[arg(long, hide = true)]
    pub(super) stdio: bool,
}
