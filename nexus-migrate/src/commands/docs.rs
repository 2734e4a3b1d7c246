//! `nexus docs`: documents about a schema file.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use nexus_schema::document;

use super::{CommandError, Failure, Mode};
use crate::docs;

/// Names the files of the last run, so that those of tables that are gone can go too.
const MANIFEST: &str = "manifest.txt";

/// What to document, and where to.
#[derive(Debug, Clone)]
pub struct DocsArgs {
    /// The schema file.
    pub schema: PathBuf,
    /// The folder.
    pub output: PathBuf,
    /// Whether to write it.
    pub mode: Mode,
}

/// What was documented.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Docs {
    /// The files that had another content, were missing, or are of no use any more; in order.
    pub changed: Vec<PathBuf>,
    /// How many files there are in all.
    pub files: usize,
}

/// Writes the documents; touches only files whose content changes, and in the folder only what a run of this command
/// has written.
pub fn docs(args: &DocsArgs) -> Result<Docs, CommandError> {
    super::exists(&args.schema)?;
    let (declared, _) = document::load(&args.schema)?;
    let mut files = docs::files(&declared);
    let manifest: String = files.keys().map(|name| format!("{name}\n")).collect();
    let mut changed = remove_old(&args.output, &files, args.mode)?;
    files.insert(MANIFEST.to_owned(), manifest);
    for (name, content) in &files {
        let path = place(&args.output, name);
        if super::update(&path, content, args.mode)? {
            changed.push(path);
        }
    }
    changed.sort();
    Ok(Docs { changed, files: files.len() })
}

/// Removes what the last run wrote and this one does not write.
fn remove_old(
    folder: &Path,
    files: &BTreeMap<String, String>,
    mode: Mode,
) -> Result<Vec<PathBuf>, CommandError> {
    let manifest = match fs::read_to_string(folder.join(MANIFEST)) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed("read", &folder.join(MANIFEST), error)),
    };
    let mut removed = Vec::new();
    for name in manifest.lines().filter(|name| is_page(name) && !files.contains_key(*name)) {
        let path = place(folder, name);
        if !path.is_file() {
            continue;
        }
        if mode == Mode::Write {
            fs::remove_file(&path).map_err(|error| failed("remove", &path, error))?;
        }
        removed.push(path);
    }
    Ok(removed)
}

/// Whether a line of the manifest can be a page of a table: the file may have been edited, and only such pages come and go.
fn is_page(name: &str) -> bool {
    name.strip_prefix("tables/").is_some_and(|file| {
        file.ends_with(".html") && !file.starts_with('.') && !file.contains(['/', '\\', ':'])
    })
}

fn place(folder: &Path, name: &str) -> PathBuf {
    name.split('/').fold(folder.to_owned(), |path, part| path.join(part))
}

fn failed(doing: &str, path: &Path, error: io::Error) -> CommandError {
    CommandError::World(Failure::new(format!("cannot {doing} `{}`", path.display())).source(error))
}
