//! Reads files and what they include, within bounds, and hands them on to be resolved.

mod rows;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Declared, Place};
use crate::authored::File;
use crate::authored::decode::{Cx, Spanned, shape};
use crate::diagnostic::Diagnostics;
use crate::report::{Report, Spot};
use crate::resolve;
use crate::yaml;

/// The most bytes that one file may have.
const FILE_LIMIT: u64 = 8 * 1024 * 1024;
/// The most bytes that one file of rows may have: some hundred thousand rows.
const DATA_LIMIT: u64 = 32 * 1024 * 1024;
/// The most bytes that all files of a schema may have together.
const TOTAL_LIMIT: u64 = 64 * 1024 * 1024;

/// The files read so far.
#[derive(Default)]
pub(super) struct Loader {
    report: Report,
    files: Vec<File>,
    /// Whether a file's text is not all there.
    lacks: bool,
    bytes: u64,
}

impl Loader {
    /// Reads a text that has no file, and so includes none.
    pub(super) fn alone(mut self, name: &str, text: &str) -> Result<(Declared, Diagnostics), Diagnostics> {
        if text.len() as u64 > FILE_LIMIT {
            self.too_large(name, None);
            return self.finish();
        }
        let includes = self.text(name.to_owned(), text.into()).unwrap_or_default();
        let rows = self.files.iter().flat_map(rows::froms).map(|(_, from)| from.spot);
        for spot in includes.iter().map(|include| include.spot).chain(rows).collect::<Vec<_>>() {
            self.report
                .error("NX0110", spot, "a text alone cannot include files", "")
                .help("load the schema from its file");
        }
        self.finish()
    }

    /// Reads a file and what it includes; `open` are the files that are being read, from the outside in.
    pub(super) fn file(
        &mut self,
        path: &Path,
        asked: Option<Spot>,
        open: &mut Vec<PathBuf>,
        given: &dyn Fn(&Path) -> Option<Arc<str>>,
    ) {
        let name = path.display().to_string();
        let identity = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if open.contains(&identity) {
            let chain: Vec<_> = open.iter().chain([&identity]).map(|p| file_name(p)).collect();
            if let Some(spot) = asked {
                let title = format!("the file includes itself: {}", chain.join(" → "));
                self.report.error("NX0111", spot, title, "").help("remove one of these includes");
            }
            return;
        }
        if self.report.names().any(|read| Path::new(read) == path) {
            if let Some(spot) = asked {
                let title = format!("`{}` is included twice", file_name(path));
                self.report.error("NX0111", spot, title, "").help("include it once");
            }
            return;
        }
        let help = "name a schema file; `nexus init` writes a first one";
        let Some(text) = self.open(path, asked, FILE_LIMIT, help, given) else { return };
        let Some(includes) = self.text(name, text) else { return };
        self.rows(path, given);
        open.push(identity);
        for include in includes {
            let inner = Path::new(&include.value);
            let path = path.parent().unwrap_or(Path::new("")).join(inner);
            if open.len() >= 16 {
                let title = "files include one another more than 16 deep";
                self.report.error("NX0111", include.spot, title, "").help("list the files in one place");
                break;
            }
            self.file(&path, Some(include.spot), open, given);
        }
        open.pop();
    }

    /// Reads a file, or what is given in its place, or says why not.
    fn open(
        &mut self,
        path: &Path,
        asked: Option<Spot>,
        limit: u64,
        help: &str,
        given: &dyn Fn(&Path) -> Option<Arc<str>>,
    ) -> Option<Arc<str>> {
        let name = path.display().to_string();
        let read = match given(path) {
            Some(text) => self.take(text, limit),
            None => self.read(path, limit),
        };
        match read {
            Ok(text) => return Some(text),
            Err(Refusal::TooLarge) => self.too_large(&name, asked),
            Err(Refusal::Text) => {
                self.outside("NX0101", format!("{name} is not a text in UTF-8"), asked, "save it as UTF-8");
            }
            Err(Refusal::Io(error)) => {
                self.outside("NX0101", format!("cannot read {name}: {error}"), asked, help);
            }
        }
        self.lacks = true;
        None
    }

    /// What one more file may have.
    fn room(&self, limit: u64) -> u64 {
        limit.min(TOTAL_LIMIT - self.bytes.min(TOTAL_LIMIT))
    }

    /// Takes a text that is there already, within the same bounds.
    fn take(&mut self, text: Arc<str>, limit: u64) -> Result<Arc<str>, Refusal> {
        if text.len() as u64 > self.room(limit) {
            return Err(Refusal::TooLarge);
        }
        self.bytes += text.len() as u64;
        Ok(text)
    }

    /// Reads a file within the bounds: its size is looked at first, and no more than that is read.
    fn read(&mut self, path: &Path, limit: u64) -> Result<Arc<str>, Refusal> {
        let file = std::fs::File::open(path).map_err(Refusal::Io)?;
        let meta = file.metadata().map_err(Refusal::Io)?;
        if meta.is_dir() {
            return Err(Refusal::Io(std::io::Error::other("it is a folder")));
        }
        let room = self.room(limit);
        if meta.len() > room {
            return Err(Refusal::TooLarge);
        }
        let mut bytes = Vec::new();
        // A file that grows, or a device without an end, is cut off as well.
        file.take(room + 1).read_to_end(&mut bytes).map_err(Refusal::Io)?;
        if bytes.len() as u64 > room {
            return Err(Refusal::TooLarge);
        }
        self.bytes += bytes.len() as u64;
        String::from_utf8(bytes).map(Into::into).map_err(|_| Refusal::Text)
    }

    fn too_large(&mut self, name: &str, asked: Option<Spot>) {
        let title = format!("{name} is too large: a file may have 8 MiB, and a schema 64 MiB in all");
        self.outside("NX0112", title, asked, "split the schema into files and list them under `include:`");
    }

    fn outside(&mut self, code: &'static str, title: String, asked: Option<Spot>, help: &str) {
        match asked {
            Some(spot) => self.report.error(code, spot, title, "").help(help),
            None => self.report.outside(code, title).help(help),
        };
    }

    /// Takes in a text and returns what it includes; `None` if it is not YAML.
    fn text(&mut self, name: String, text: Arc<str>) -> Option<Vec<Spanned<String>>> {
        let file = self.report.add_source(name, Arc::clone(&text));
        match yaml::parse(&text) {
            Ok(node) => {
                let read: File = shape(&node, &mut Cx { report: &mut self.report, file });
                let includes = read.include.clone().unwrap_or_default();
                self.files.push(read);
                Some(includes)
            }
            Err(error) => {
                self.lacks = true;
                let spot = Spot::new(file, &error.span);
                self.report.error("NX0100", spot, format!("this cannot be read: {}", error.message), "").help(
                    "indent with spaces, close every bracket and quote, and quote texts with `: ` or ` #` in them",
                );
                None
            }
        }
    }

    pub(super) fn finish(mut self) -> Result<(Declared, Diagnostics), Diagnostics> {
        let files: Vec<_> = self.report.names().map(PathBuf::from).collect();
        // Without all of its text a schema lacks what the rest refers to.
        if self.lacks || files.is_empty() {
            return Err(self.report.finish());
        }
        let state = resolve::resolve(&self.files, &mut self.report);
        let resolve::Resolver {
            database,
            catalog,
            order,
            seeds,
            places,
            allowed,
            models,
            rust,
            access,
            tags,
            renames,
            expanding,
            environments,
            ..
        } = state;
        if self.report.has_errors() {
            return Err(self.report.finish());
        }
        let place = |spot: Spot| {
            let (file, line, column) = self.report.place(spot);
            Place { file: file.into(), line, column }
        };
        let places = places.into_iter().map(|(id, spot)| (id, place(spot))).collect();
        let allowed = allowed.into_iter().map(place).collect();
        let tables = order;
        let declared = Declared {
            database,
            catalog,
            tables,
            seeds,
            files,
            models,
            rust,
            access,
            tags,
            renames,
            expanding,
            environments,
            places,
            allowed,
        };
        Ok((declared, self.report.finish()))
    }
}

/// Why a file was not read.
enum Refusal {
    TooLarge,
    Text,
    Io(std::io::Error),
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}
