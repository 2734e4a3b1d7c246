//! The author's mistakes as values: code, place, one sentence, next action.
//!
//! Knows texts and places in them; knows no YAML and no schema.

mod machine;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing can be made of the schema.
    Error,
    /// The schema can be used.
    Warning,
}

impl Severity {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// A stretch of a file and what is said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The file as the reader was given it.
    pub file: String,
    /// The bytes meant.
    pub span: Range<usize>,
    /// The line of the first byte, from 1.
    pub line: usize,
    /// The column of the first byte in characters, from 1.
    pub column: usize,
    /// What is said; may be empty.
    pub text: String,
    /// Whether this is where the mistake is, or else a place that explains it.
    pub primary: bool,
}

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// The stable code, such as `NX0203`; `docs/schema.md` lists them.
    pub code: &'static str,
    /// The mistake in one sentence.
    pub title: String,
    /// Where it is; the primary label comes first.
    pub labels: Vec<Label>,
    /// What to do, one action each.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// The primary place, where there is one.
    pub fn place(&self) -> Option<&Label> {
        self.labels.iter().find(|label| label.primary)
    }
}

/// Whether text for people carries terminal colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Color {
    /// Escape sequences of ANSI terminals.
    Ansi,
    /// Plain text.
    Never,
}

/// Every mistake found, in the order of files and places, with the texts they are in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnostics {
    all: Vec<Diagnostic>,
    sources: BTreeMap<String, Arc<str>>,
}

impl Diagnostics {
    /// Puts mistakes in order and drops repetitions.
    pub fn new(mut all: Vec<Diagnostic>, sources: BTreeMap<String, Arc<str>>) -> Self {
        let key = |d: &Diagnostic| {
            let place = d.place().map(|label| (label.file.clone(), label.span.start));
            (d.severity, place, d.code, d.title.clone())
        };
        all.sort_by_key(key);
        all.dedup();
        Self { all, sources }
    }

    /// The mistakes.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.all.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Whether any of them is an error.
    pub fn has_errors(&self) -> bool {
        self.all.iter().any(|d| d.severity == Severity::Error)
    }

    /// The texts that places are in, by file.
    pub fn sources(&self) -> &BTreeMap<String, Arc<str>> {
        &self.sources
    }

    /// These and those, in order.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let Self { mut all, mut sources } = self;
        all.extend(other.all);
        sources.extend(other.sources);
        Self::new(all, sources)
    }

    /// What is left of them, or becomes of them, one by one.
    #[must_use]
    pub fn filter_map(self, keep: impl FnMut(Diagnostic) -> Option<Diagnostic>) -> Self {
        let Self { all, sources } = self;
        Self::new(all.into_iter().filter_map(keep).collect(), sources)
    }

    /// Snippets in the manner of rustc, one blank line apart, ended by a newline unless empty.
    pub fn render_human(&self, color: Color) -> String {
        let renderer = match color {
            Color::Ansi => Renderer::styled(),
            Color::Never => Renderer::plain(),
        };
        let mut out = String::new();
        for diagnostic in &self.all {
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(&renderer.render(&[self.group(diagnostic)]));
            out.push('\n');
        }
        out
    }

    fn group<'a>(&'a self, diagnostic: &'a Diagnostic) -> Group<'a> {
        let level = match diagnostic.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let mut group = Group::with_title(level.primary_title(diagnostic.title.as_str()).id(diagnostic.code));
        for (at, label) in diagnostic.labels.iter().enumerate() {
            // Labels of one file share a snippet, so each file is drawn where it first comes up.
            if diagnostic.labels[..at].iter().any(|earlier| earlier.file == label.file) {
                continue;
            }
            let Some(source) = self.sources.get(&label.file) else { continue };
            let mut snippet = Snippet::source(&**source).path(printable(&label.file));
            for label in diagnostic.labels.iter().filter(|other| other.file == label.file) {
                let kind = match label.primary {
                    true => AnnotationKind::Primary,
                    false => AnnotationKind::Context,
                };
                let mut annotation = kind.span(within(source, &label.span));
                if !label.text.is_empty() {
                    annotation = annotation.label(label.text.as_str());
                }
                snippet = snippet.annotation(annotation);
            }
            group = group.element(snippet);
        }
        for help in &diagnostic.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        group
    }

    /// One line each: `file:line:column: error[NX0203]: sentence`.
    pub fn render_short(&self) -> String {
        self.all
            .iter()
            .map(|d| {
                let place = d.place().map(|l| format!("{}:{}:{}: ", printable(&l.file), l.line, l.column));
                let (word, title) = (d.severity.word(), printable(&d.title));
                format!("{}{word}[{}]: {title}\n", place.unwrap_or_default(), d.code)
            })
            .collect()
    }
}

/// The span cut to the text, on character boundaries, so that no place can break the drawing.
fn within(text: &str, span: &Range<usize>) -> Range<usize> {
    let floor = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = floor(span.start);
    start..floor(span.end).max(start)
}

/// The text on one line and without control characters, which could act on a terminal.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { c.escape_default().to_string() } else { c.to_string() })
        .collect()
}
