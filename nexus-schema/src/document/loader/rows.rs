//! Rows that a schema file takes from other files.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::{DATA_LIMIT, Loader};
use crate::authored::File;
use crate::authored::decode::{Cx, Decode, Spanned};
use crate::report::Spot;
use crate::{csv, yaml};

impl Loader {
    /// Adds to the file read last the rows that it takes from other files.
    pub(super) fn rows(&mut self, schema: &Path, given: &dyn Fn(&Path) -> Option<Arc<str>>) {
        let folder = schema.parent().unwrap_or(Path::new(""));
        let Some(mut file) = self.files.pop() else { return };
        let asked: Vec<_> = froms(&file).map(|(at, from)| (at, from.clone())).collect();
        for (at, Spanned { value, spot }) in asked {
            let Some(path) = self.within(folder, &value, spot) else { continue };
            let help = "name a file beside the schema file";
            let Some(text) = self.open(&path, Some(spot), DATA_LIMIT, help, given) else { continue };
            let is_csv = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
            let number = self.report.add_source(path.display().to_string(), Arc::clone(&text));
            let read = match is_csv {
                true => csv::parse(&text).map_err(|error| (error.message, error.span)),
                false => yaml::parse(&text).map_err(|error| (error.message, error.span)),
            };
            match read {
                Ok(node) => {
                    let rows = Vec::decode(&node, &mut Cx { report: &mut self.report, file: number });
                    let seeds = file.seeds.iter_mut().flat_map(|seeds| &mut seeds.0).nth(at);
                    if let (Some(rows), Some((_, seeds))) = (rows, seeds) {
                        seeds.rows.get_or_insert_default().extend(rows);
                    }
                }
                Err((message, span)) => {
                    let title = format!("this cannot be read: {message}");
                    let help = if is_csv {
                        "write one line for each row, as RFC 4180 has it"
                    } else {
                        "write a list of rows"
                    };
                    self.report.error("NX0100", Spot::new(number, &span), title, "").help(help);
                }
            }
        }
        self.files.push(file);
    }

    /// The path of a file of rows, which must lie in the schema file's folder, wherever links lead.
    fn within(&mut self, folder: &Path, name: &str, spot: Spot) -> Option<PathBuf> {
        let path = folder.join(name);
        let down =
            Path::new(name).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        let real = |path: &Path| std::fs::canonicalize(Path::new(".").join(path)).ok();
        // What is not there is told when it is read.
        let leads_out = || match (real(&path), real(folder)) {
            (Some(path), Some(folder)) => !path.starts_with(folder),
            _ => false,
        };
        if down && !name.is_empty() && !leads_out() {
            return Some(path);
        }
        let title = format!("`{name}` is not in the folder of the schema file");
        self.report
            .error("NX0113", spot, title, "")
            .help("keep rows beside the schema file, or in a folder there");
        None
    }
}

/// The seeds of a file that take rows from others, each with its number among all of the file.
pub(super) fn froms(file: &File) -> impl Iterator<Item = (usize, &Spanned<String>)> {
    let seeds = file.seeds.iter().flat_map(|seeds| &seeds.0).enumerate();
    seeds.filter_map(|(at, (_, seeds))| Some((at, seeds.from.as_ref()?)))
}
