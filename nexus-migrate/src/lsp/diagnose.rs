//! Mistakes as an editor shows them, told at once after an edit and in full a little later.
//!
//! A schema of thousands of tables takes a second to read. So what an edit touches is read first, by itself: the
//! block it is in, what that names, and what names it. What was found in other blocks stays, in the lines it has now.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use lsp_types as lsp;
use nexus_schema::diagnostic::{Diagnostic, Diagnostics, Label, Severity};
use nexus_schema::document;

use super::blocks::{own_name, words};
use super::position::narrow;
use super::texts::{Edit, Text, Texts, normal, uri_of};

/// How many blocks that name the edited one are read along; the rest is told with the whole.
const NAMING: usize = 64;

/// A mistake in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) file: PathBuf,
    pub(crate) range: lsp::Range,
    pub(crate) severity: Severity,
    pub(crate) code: &'static str,
    pub(crate) title: String,
    pub(crate) help: Vec<String>,
    /// Other places with what they have to do with it.
    related: Vec<(PathBuf, lsp::Range, String)>,
}

impl Found {
    #[cfg(test)]
    pub(crate) fn of(title: &str, help: &str) -> Self {
        Self {
            file: PathBuf::new(),
            range: lsp::Range::default(),
            severity: Severity::Error,
            code: "NX0102",
            title: title.to_owned(),
            help: vec![help.to_owned()],
            related: Vec::new(),
        }
    }

    /// The mistake as the protocol has it.
    pub(crate) fn shown(&self) -> lsp::Diagnostic {
        let severity = match self.severity {
            Severity::Error => lsp::DiagnosticSeverity::ERROR,
            Severity::Warning => lsp::DiagnosticSeverity::WARNING,
        };
        let related = self.related.iter().filter_map(|(file, range, text)| {
            let location = lsp::Location { uri: uri_of(file)?, range: *range };
            let message = if text.is_empty() { "see here".to_owned() } else { text.clone() };
            Some(lsp::DiagnosticRelatedInformation { location, message })
        });
        let related: Vec<_> = related.collect();
        let helps = self.help.iter().map(|help| format!("\nhelp: {help}"));
        lsp::Diagnostic {
            range: self.range,
            severity: Some(severity),
            code: Some(lsp::NumberOrString::String(self.code.to_owned())),
            source: Some("nexus".to_owned()),
            message: std::iter::once(self.title.clone()).chain(helps).collect(),
            related_information: (!related.is_empty()).then_some(related),
            ..lsp::Diagnostic::default()
        }
    }
}

/// What was found, in the places it has in the texts; what is in no file stands at the top of the first one.
pub(crate) fn found(all: &Diagnostics, texts: &Texts, root: &Path) -> Vec<Found> {
    let one = |of: &Diagnostic| {
        let place = |label: &Label| {
            let file = normal(Path::new(&label.file));
            let range = texts.get(&file).map(|text| range(&text, label)).unwrap_or_default();
            (file, range)
        };
        let (file, range) = of.place().map_or_else(|| (root.to_owned(), lsp::Range::default()), place);
        let others = of.labels.iter().filter(|label| !label.primary);
        let related = others.map(|label| (place(label).0, place(label).1, label.text.clone())).collect();
        let (title, help) = (of.title.clone(), of.help.clone());
        Found { file, range, severity: of.severity, code: of.code, title, help, related }
    };
    all.iter().map(one).collect()
}

fn range(text: &Text, label: &Label) -> lsp::Range {
    let start = text.lines.character(&text.text, label.line.saturating_sub(1), label.column);
    let end = start.saturating_add(label.span.len()).min(text.text.len());
    let within = text.text.get(start..end).unwrap_or_default();
    // A place of several lines is shown by its first: a mapping as a whole is no place to look at.
    let first = within.lines().next().unwrap_or_default();
    text.lines.range(&text.text, &(start..start + first.len()))
}

/// Moves what was found along with the lines that an edit added or took away.
pub(crate) fn moved(found: &mut [Found], file: &Path, edit: Edit) {
    let shift = |line: u32| {
        let line_of = usize::try_from(line).unwrap_or(usize::MAX);
        if line_of < edit.before {
            return line;
        }
        narrow((line_of - edit.before).saturating_add(edit.after))
    };
    for one in found {
        let own = (one.file == file).then_some(&mut one.range);
        let others = one.related.iter_mut().filter(|(of, ..)| of == file).map(|(_, range, _)| range);
        for range in own.into_iter().chain(others) {
            range.start.line = shift(range.start.line);
            range.end.line = shift(range.end.line);
        }
    }
}

/// Lines of files.
pub(crate) type Lines = BTreeMap<PathBuf, Range<usize>>;

/// What an edit made of some blocks: their lines, and what is wrong in them now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Quick {
    /// The lines that were looked at.
    pub(crate) seen: BTreeMap<PathBuf, Vec<Range<usize>>>,
    /// What was found there.
    pub(crate) found: Vec<Found>,
}

/// Looks at the blocks in which lines changed and at those that name them; nothing where it takes the whole.
pub(crate) fn quick(texts: &Texts, root: &Path, members: &[PathBuf], dirty: &Lines) -> Option<Quick> {
    let all: Vec<(&PathBuf, Rc<Text>)> =
        members.iter().filter_map(|path| Some((path, texts.get(path)?))).collect();
    let mut kept: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); all.len()];
    let mut names = BTreeSet::new();
    for ((path, text), kept) in all.iter().zip(&mut kept) {
        let Some(lines) = dirty.get(*path) else { continue };
        let blocks = text.blocks();
        let touched = blocks.touched(lines);
        // Lines of no block, or of a section that everything needs.
        let whole = touched.is_empty() || touched.len() > NAMING;
        let of = blocks.blocks.get(touched.clone()).unwrap_or_default();
        if whole || !of.iter().all(|block| blocks.can_be_masked(block)) {
            return None;
        }
        names.extend(of.iter().map(|block| own_name(&block.name).to_owned()));
        kept.extend(touched);
    }
    for ((_, text), kept) in all.iter().zip(&mut kept) {
        for name in &names {
            kept.extend(text.blocks().naming(&text.text, name, NAMING));
        }
    }
    let looked_at = kept.clone();
    let mut named = BTreeSet::new();
    for ((_, text), kept) in all.iter().zip(&looked_at) {
        let of = kept.iter().filter_map(|at| text.blocks().blocks.get(*at));
        named.extend(of.flat_map(|block| words(text.text.get(block.bytes.clone()).unwrap_or_default())));
    }
    let mut masked: BTreeMap<PathBuf, Arc<str>> = BTreeMap::new();
    for ((path, text), kept) in all.iter().zip(&mut kept) {
        let heads = text.blocks().by_name();
        kept.extend(named.iter().filter_map(|word| heads.get(word)).flatten());
        masked.insert((*path).clone(), text.blocks().masked(&text.text, kept).into());
    }
    let read = document::load_with(root, &|path| masked.get(&normal(path)).cloned());
    let (Ok((_, diagnostics)) | Err(diagnostics)) = read;
    let seen: BTreeMap<_, _> = all
        .iter()
        .zip(&looked_at)
        .map(|((path, text), kept)| {
            let of = kept.iter().filter_map(|at| text.blocks().blocks.get(*at));
            ((*path).clone(), of.map(|block| block.lines.clone()).collect::<Vec<_>>())
        })
        .collect();
    let mut found = found(&diagnostics, texts, root);
    found.retain(|one| within(&seen, one));
    Some(Quick { seen, found })
}

/// Whether a mistake stands in lines that were looked at.
pub(crate) fn within(seen: &BTreeMap<PathBuf, Vec<Range<usize>>>, one: &Found) -> bool {
    let line = usize::try_from(one.range.start.line).unwrap_or(usize::MAX);
    seen.get(&one.file).is_some_and(|lines| lines.iter().any(|lines| lines.contains(&line)))
}
