//! Findings that are known and do not fail a run: a text file of one line each, which reviews can read.

use std::collections::BTreeMap;
use std::path::Path;

use nexus_schema::diagnostic::{Diagnostic, Diagnostics};

use super::super::{CommandError, Failure, Mode, update};

/// Known findings, and how often each may come up. Their lines say nothing of places, which move.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Baseline {
    left: BTreeMap<String, usize>,
}

const HEAD: &str = "# Findings that `nexus ci` lets pass. Written by `nexus ci --write-baseline`.\n";

impl Baseline {
    /// Reads a file; one that is not there knows nothing.
    pub(super) fn read(path: &Path) -> Result<Self, CommandError> {
        match std::fs::read_to_string(path) {
            Ok(text) => Ok(Self::parse(&text)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(e) => {
                let failure = Failure::new(format!("cannot read `{}`", path.display())).source(e);
                Err(CommandError::Usage(failure))
            }
        }
    }

    fn parse(text: &str) -> Self {
        let mut left = BTreeMap::new();
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            *left.entry(line.to_owned()).or_default() += 1;
        }
        Self { left }
    }

    /// Knows all of these.
    pub(super) fn of<'a>(found: impl IntoIterator<Item = &'a Diagnostics>) -> Self {
        let mut left = BTreeMap::new();
        for finding in found.into_iter().flat_map(Diagnostics::iter) {
            *left.entry(line(finding)).or_default() += 1;
        }
        Self { left }
    }

    pub(super) fn write(&self, path: &Path) -> Result<(), CommandError> {
        let lines = self.left.iter().flat_map(|(line, n)| std::iter::repeat_n(format!("{line}\n"), *n));
        update(path, &std::iter::once(HEAD.to_owned()).chain(lines).collect::<String>(), Mode::Write)?;
        Ok(())
    }

    /// Whether a finding is known; it is known as often as the file says.
    pub(super) fn takes(&mut self, finding: &Diagnostic) -> bool {
        match self.left.get_mut(&line(finding)) {
            Some(left) if *left > 0 => {
                *left -= 1;
                true
            }
            _ => false,
        }
    }
}

fn line(finding: &Diagnostic) -> String {
    let file = finding.place().map_or("", |place| place.file.as_str());
    let line = format!("{} {file}: {}", finding.code, finding.title);
    line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use nexus_schema::diagnostic::{Label, Severity};

    fn finding(title: &str, line: usize) -> Diagnostic {
        let (file, text) = ("a.sql".to_owned(), String::new());
        let label = Label { file, span: 0..0, line, column: 1, text, primary: true };
        let (severity, code, title) = (Severity::Error, "NX0502", title.to_owned());
        Diagnostic { severity, code, title, labels: vec![label], help: Vec::new() }
    }

    #[test]
    fn what_is_known_is_let_pass_wherever_it_moves_and_no_more_often() {
        let found = |all: &[Diagnostic]| Diagnostics::new(all.to_vec(), BTreeMap::new());
        let written =
            Baseline::of([&found(&[finding("a\nb", 1), finding("c", 2)]), &found(&[finding("c", 9)])]);
        let folder = tempfile::tempdir().expect("a folder can be made");
        let path = folder.path().join("known.txt");
        written.write(&path).expect("it can be written");
        let mut known = Baseline::read(&path).expect("it can be read");
        assert_eq!(known, written);
        assert!(known.takes(&finding("a\nb", 7)) && !known.takes(&finding("a\nb", 7)));
        assert!(
            known.takes(&finding("c", 3)) && known.takes(&finding("c", 3)) && !known.takes(&finding("c", 3))
        );
        assert!(!known.takes(&finding("d", 1)));
        assert_eq!(Baseline::read(&folder.path().join("none")).expect("none is none"), Baseline::default());
    }
}
