//! For build scripts: Rust models from `schema.yaml` into `OUT_DIR`.
//!
//! Writes only what changed, so an edit that leaves the models as they were compiles nothing again.
//!
//! ```no_run
//! // All that `main` of build.rs has to do:
//! nexus_schema::build::models("schema.yaml");
//! ```
//! ```ignore
//! // src/lib.rs
//! include!(concat!(env!("OUT_DIR"), "/nexus_models.rs"));
//! ```

use std::fmt;
use std::path::{Path, PathBuf};

use crate::codegen::{Options, source};
use crate::diagnostic::{Color, Diagnostics};
use crate::document;

/// The name of the file in `OUT_DIR`.
pub const FILE: &str = "nexus_models.rs";

/// Writes the models of the schema at `path`, relative to the package, to `nexus_models.rs` in `OUT_DIR`.
///
/// Tells Cargo which files it read. A mistake in the schema ends the build script: one line for each in Cargo's
/// own errors, and the snippets on stderr.
pub fn models(path: impl AsRef<Path>) {
    models_with(path, &Options::default());
}

/// [`models`], with options.
pub fn models_with(path: impl AsRef<Path>, options: &Options) {
    let path = path.as_ref();
    println!("cargo::rerun-if-changed={}", path.display());
    match from_environment(path, options) {
        Ok(written) => {
            for file in &written.files {
                println!("cargo::rerun-if-changed={}", file.display());
            }
            for warning in written.warnings.render_short().lines() {
                println!("cargo::warning={warning}");
            }
        }
        Err(failure) => {
            for line in failure.short().lines() {
                println!("cargo::error={line}");
            }
            eprintln!("{failure}");
            std::process::exit(1);
        }
    }
}

/// What came of writing models.
#[derive(Debug)]
pub struct Written {
    /// The file with the models.
    pub output: PathBuf,
    /// Every schema file read.
    pub files: Vec<PathBuf>,
    /// What the schema's author should look at.
    pub warnings: Diagnostics,
    /// Whether the file is other than it was before.
    pub changed: bool,
}

/// Why there are no models.
#[derive(Debug)]
pub enum Failure {
    /// The schema has mistakes.
    Schema(Diagnostics),
    /// The file could not be written.
    Write(PathBuf, std::io::Error),
    /// Cargo sets this variable for build scripts, and it is not there.
    Variable(&'static str),
}

impl Failure {
    /// One line for each mistake, as `file:line:column: error[NX0203]: sentence`.
    pub fn short(&self) -> String {
        match self {
            Self::Schema(diagnostics) => diagnostics.render_short(),
            other => format!("{other}\n"),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Schema(diagnostics) => f.write_str(&diagnostics.render_human(Color::Never)),
            Self::Write(path, error) => write!(f, "cannot write {}: {error}", path.display()),
            Self::Variable(name) => write!(f, "{name} is not set: call this from a build script"),
        }
    }
}

impl std::error::Error for Failure {}

/// Writes the models of the schema file `schema` to `output`, unless that is what the file holds already.
///
/// Fails on mistakes in the schema, and when the file cannot be written.
pub fn write(schema: &Path, output: &Path, options: &Options) -> Result<Written, Failure> {
    let (declared, warnings) = document::load(schema).map_err(Failure::Schema)?;
    let text = source(&declared, options).map_err(|p| Failure::Schema(p.diagnostics(&declared)))?;
    let changed = std::fs::read(output).ok().as_deref() != Some(text.as_bytes());
    if changed {
        std::fs::write(output, text).map_err(|error| Failure::Write(output.to_owned(), error))?;
    }
    Ok(Written { output: output.to_owned(), files: declared.files, warnings, changed })
}

fn from_environment(path: &Path, options: &Options) -> Result<Written, Failure> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from).ok_or(Failure::Variable(name));
    // Cargo runs build scripts in the package's folder, so a relative path needs no help and stays short in messages.
    write(path, &variable("OUT_DIR")?.join(FILE), options)
}
