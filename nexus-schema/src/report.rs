//! Collects mistakes while a schema is read: texts by number, spots in them, diagnostics with both.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Diagnostics, Label, Severity};

/// A stretch of one of the files read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Spot {
    file: u32,
    start: u32,
    end: u32,
}

impl Spot {
    /// The bytes of a file; the file is its number in the report.
    pub(crate) fn new(file: usize, span: &Range<usize>) -> Self {
        let narrow = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self { file: narrow(file), start: narrow(span.start), end: narrow(span.end) }
    }
}

struct Source {
    name: String,
    text: Arc<str>,
    lines: Vec<usize>,
}

/// The mistakes found so far and the files they are in.
#[derive(Default)]
pub(crate) struct Report {
    sources: Vec<Source>,
    found: Vec<Diagnostic>,
}

/// How many mistakes are worth showing: a broken generator could make millions.
const LIMIT: usize = 500;

impl Report {
    /// Takes in a file and returns its number.
    pub(crate) fn add_source(&mut self, name: String, text: Arc<str>) -> usize {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        self.sources.push(Source { name, text, lines });
        self.sources.len() - 1
    }

    /// The file, line and column of a spot, the latter two from 1.
    pub(crate) fn place(&self, spot: Spot) -> (&str, usize, usize) {
        let Some(source) = self.sources.get(spot.file as usize) else { return ("", 1, 1) };
        let start = spot.start as usize;
        let line = source.lines.partition_point(|&line| line <= start);
        let from = source.lines[line.saturating_sub(1)];
        let column = source.text.get(from..start).map_or(0, |before| before.chars().count());
        (&source.name, line, column + 1)
    }

    fn label(&self, spot: Spot, text: String, primary: bool) -> Label {
        let (file, line, column) = self.place(spot);
        Label {
            file: file.to_owned(),
            span: spot.start as usize..spot.end as usize,
            line,
            column,
            text,
            primary,
        }
    }

    fn push(
        &mut self,
        severity: Severity,
        code: &'static str,
        spot: Spot,
        title: String,
        text: String,
    ) -> Found<'_> {
        let labels = vec![self.label(spot, text, true)];
        self.record(Diagnostic { severity, code, title, labels, help: Vec::new() })
    }

    /// Records a mistake: its code, where it is, what it is, and what the place is labelled with.
    pub(crate) fn error(
        &mut self,
        code: &'static str,
        spot: Spot,
        title: impl Into<String>,
        text: impl Into<String>,
    ) -> Found<'_> {
        self.push(Severity::Error, code, spot, title.into(), text.into())
    }

    /// Records something that is allowed and yet hardly meant.
    pub(crate) fn warning(
        &mut self,
        code: &'static str,
        spot: Spot,
        title: impl Into<String>,
        text: impl Into<String>,
    ) -> Found<'_> {
        self.push(Severity::Warning, code, spot, title.into(), text.into())
    }

    /// Records a mistake that is in no text, such as a file that cannot be read.
    pub(crate) fn outside(&mut self, code: &'static str, title: String) -> Found<'_> {
        let severity = Severity::Error;
        self.record(Diagnostic { severity, code, title, labels: Vec::new(), help: Vec::new() })
    }

    fn record(&mut self, found: Diagnostic) -> Found<'_> {
        let at = self.found.len();
        // A warning may be one too many, an error never takes the place of nothing.
        if at < LIMIT || (found.severity == Severity::Error && !self.has_errors()) {
            self.found.push(found);
        }
        Found { report: self, at }
    }

    /// Whether any error has been recorded.
    pub(crate) fn has_errors(&self) -> bool {
        self.found.iter().any(|d| d.severity == Severity::Error)
    }

    /// The files' names in the order in which they were taken in.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.sources.iter().map(|source| source.name.as_str())
    }

    /// What was found, in order.
    pub(crate) fn finish(self) -> Diagnostics {
        let sources: BTreeMap<_, _> = self.sources.into_iter().map(|s| (s.name, s.text)).collect();
        Diagnostics::new(self.found, sources)
    }
}

/// The diagnostic recorded last, to say more of it.
pub(crate) struct Found<'a> {
    report: &'a mut Report,
    at: usize,
}

impl Found<'_> {
    /// Points at another place that explains the mistake.
    pub(crate) fn also(self, spot: Spot, text: impl Into<String>) -> Self {
        let label = self.report.label(spot, text.into(), false);
        if let Some(found) = self.report.found.get_mut(self.at) {
            found.labels.push(label);
        }
        self
    }

    /// Says what to do.
    pub(crate) fn help(self, text: impl Into<String>) -> Self {
        if let Some(found) = self.report.found.get_mut(self.at) {
            found.help.push(text.into());
        }
        self
    }
}

/// The candidate that was probably meant, if one is near enough.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > 100 {
        return None;
    }
    let far = word.chars().count().max(3) / 3;
    let scored =
        candidates.into_iter().map(|candidate| (distance(&word.to_lowercase(), candidate), candidate));
    scored.filter(|(cost, _)| *cost <= far).min_by_key(|(cost, _)| *cost).map(|(_, candidate)| candidate)
}

/// "did you mean" as help, if one of the candidates is near enough.
pub(crate) fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(word, candidates).map(|candidate| format!("did you mean `{candidate}`?"))
}

/// How many letters to insert, drop, replace or swap with their neighbour (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().take(128).collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<_>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replace = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut cost = replace.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                cost = cost.min(rows[i - 2][j - 2] + 1);
            }
            row.push(cost);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}
