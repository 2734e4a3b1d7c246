//! The files of one schema together: what they declare, and where it is named.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::blocks::own_name;
use super::names::{Mention, Named, What, mentions, relation};
use super::texts::{Piece, Text, Texts};

/// A place in one of the files.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Site {
    pub(crate) file: PathBuf,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Site {
    fn new(file: &Path, span: &Range<usize>) -> Self {
        Self { file: file.to_owned(), start: span.start, end: span.end }
    }
}

/// The files of a schema as they are now.
pub(crate) struct Schema {
    pub(crate) files: Vec<(PathBuf, Rc<Text>)>,
    relations: OnceCell<BTreeSet<Vec<String>>>,
}

const RELATIONS: [&str; 2] = ["tables", "views"];
const TYPES: [&str; 5] = ["enums", "domains", "composites", "ranges", "base_types"];

impl Schema {
    pub(crate) fn of(texts: &Texts, members: &[PathBuf]) -> Self {
        let text = |path: &PathBuf| Some((path.clone(), texts.get(path)?));
        Self { files: members.iter().filter_map(text).collect(), relations: OnceCell::new() }
    }

    /// Tables and views: schema, name.
    pub(crate) fn relations(&self) -> &BTreeSet<Vec<String>> {
        self.relations.get_or_init(|| self.heads(&RELATIONS).map(|name| relation(&name)).collect())
    }

    /// Types that the schema makes, as it names them.
    pub(crate) fn types(&self) -> Vec<String> {
        self.heads(&TYPES).collect()
    }

    /// Functions, as it names them.
    pub(crate) fn functions(&self) -> Vec<String> {
        self.heads(&["functions"]).map(|name| name.split('(').next().unwrap_or_default().to_owned()).collect()
    }

    /// Tables and views, as it names them.
    pub(crate) fn relation_names(&self) -> Vec<String> {
        self.heads(&RELATIONS).collect()
    }

    fn heads<'s>(&'s self, sections: &'s [&'s str]) -> impl Iterator<Item = String> + 's {
        let of = |text: &'s Rc<Text>, section: &'s str| text.heads(section).into_iter().map(|(name, _)| name);
        self.files
            .iter()
            .flat_map(move |(_, text)| sections.iter().flat_map(move |section| of(text, section)))
    }

    fn is_relation(&self, path: &[String]) -> bool {
        self.relations().contains(path)
    }

    /// The columns of a relation with what stands beside them, in their order.
    pub(crate) fn columns(&self, of: &[String]) -> Vec<(String, String)> {
        let mut columns = Vec::new();
        for section in RELATIONS {
            for (_, piece, at) in self.whole(section, of) {
                let Some((inside, _)) = piece
                    .outline
                    .children(Some(at))
                    .find(|(at, _)| piece.path(*at).last().is_some_and(|key| key == "columns"))
                else {
                    continue;
                };
                for (column, node) in piece.outline.children(Some(inside)) {
                    let name = piece.path(column).pop().unwrap_or_default();
                    let said = node.value.clone().and_then(|value| piece.text.get(value));
                    columns.push((name, said.unwrap_or_default().to_owned()));
                }
            }
        }
        columns
    }

    /// The relation as it stands in the files: the file, the piece, and its node.
    fn whole(&self, section: &str, of: &[String]) -> Vec<(&PathBuf, Piece<'_>, usize)> {
        let mut found = Vec::new();
        for (file, text) in &self.files {
            let heads = text.heads(section);
            for (name, span) in heads.into_iter().filter(|(name, _)| relation(name) == of) {
                let piece = text.piece(span.start);
                let keyed = |at: &usize| piece.path(*at).as_slice() == [section.to_owned(), name.clone()];
                if let Some(at) = (0..piece.outline.nodes.len()).find(keyed) {
                    found.push((file, piece, at));
                }
            }
        }
        found
    }

    /// The name at a byte of a file.
    pub(crate) fn mention(&self, file: &Path, byte: usize) -> Option<Mention> {
        let (_, text) = self.files.iter().find(|(path, _)| path == file)?;
        let piece = text.piece(byte);
        let within = byte.checked_sub(piece.base)?;
        let at = piece.outline.at(within)?;
        let mut found = self.mentions(&piece, at);
        found.retain(|mention| mention.span.start <= byte && byte <= mention.span.end);
        found.pop()
    }

    /// The names in a node of a piece, by their bytes in the file.
    pub(crate) fn mentions(&self, piece: &Piece<'_>, at: usize) -> Vec<Mention> {
        let mut found =
            mentions(&piece.prefix, &piece.outline, &piece.text, at, &|path| self.is_relation(path));
        for mention in &mut found {
            mention.span = piece.of_file(&mention.span);
        }
        found
    }

    /// Every place that names something, or declares it, in the order of the files.
    pub(crate) fn sites(&self, of: &Named) -> Vec<(Site, bool)> {
        let mut found = BTreeSet::new();
        let Some(word) = of.path.last() else { return Vec::new() };
        // Columns are named beside their tables, or in them.
        let word = own_name(match of.what {
            What::Column => of.path.get(1).unwrap_or(word),
            _ => word,
        });
        for (file, text) in &self.files {
            let mut seen = BTreeSet::new();
            for (at, _) in text.text.match_indices(word) {
                let (_, stretch) = text.stretch(at);
                if !seen.insert(stretch.start) {
                    continue;
                }
                let piece = text.piece(at);
                for node in 0..piece.outline.nodes.len() {
                    for mention in
                        self.mentions(&piece, node).into_iter().filter(|mention| mention.named == *of)
                    {
                        found.insert((Site::new(file, &mention.span), mention.declares));
                    }
                }
            }
        }
        found.into_iter().collect()
    }
}
