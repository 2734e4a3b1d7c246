//! What may be written at the cursor: keys by their place, types, tables, columns, words of a choice.

use std::ops::Range;
use std::path::Path;

use lsp_types::CompletionItemKind;
use nexus_schema::types::Builtin;

use super::keys::Keys;
use super::names::relation;
use super::outline::{Outline, Style};
use super::schema::Schema;
use super::slots::{Slot, slots};
use super::texts::{Piece, Text};

/// Stands for the word at the cursor while its place is looked for; nobody writes it.
const CURSOR: &str = "nexus_cursor_here";

/// A proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proposal {
    pub(crate) label: String,
    pub(crate) detail: String,
    pub(crate) insert: String,
    pub(crate) kind: CompletionItemKind,
}

impl Proposal {
    fn plain(label: String, detail: &str, kind: CompletionItemKind) -> Self {
        Self { insert: label.clone(), label, detail: detail.to_owned(), kind }
    }
}

/// What there is to say at a place: the proposals, and the bytes that one of them takes the place of.
pub(crate) struct Proposals {
    pub(crate) replaces: Range<usize>,
    pub(crate) all: Vec<Proposal>,
}

/// Returns what may stand at a byte of a file; nothing where there is no such file.
pub(crate) fn complete(schema: &Schema, keys: &Keys, file: &Path, byte: usize) -> Option<Proposals> {
    let (_, text) = schema.files.iter().find(|(path, _)| path == file)?;
    let word = word_at(&text.text, byte);
    let typed = text.text.get(word.clone())?.to_owned();
    let piece = with_cursor(text, &word)?;
    let rest = text.text.get(word.end..)?.lines().next().unwrap_or_default();
    let has_colon = rest.trim_start().starts_with(':');
    let mut all = Vec::new();
    match place(&piece) {
        Place::Key(path) => all = keyed(schema, keys, &path, has_colon),
        Place::Value { at, alone } => {
            let path = piece.path(at);
            let (_, slot) = slots(&piece.prefix, &piece.outline, &piece.text, at);
            all.extend(named(schema, &slot, &typed));
            let words = keys.words(&path).into_iter();
            all.extend(words.map(|word| Proposal::plain(word, "", CompletionItemKind::ENUM_MEMBER)));
            // A word alone on its line may become a key.
            if alone {
                all.extend(keyed(schema, keys, &path, has_colon));
            }
        }
    }
    Some(Proposals { replaces: word, all })
}

/// The word at a byte, as far back as a name with its schema goes.
fn word_at(text: &str, byte: usize) -> Range<usize> {
    let of_word = |c: char| c.is_alphanumeric() || c == '_';
    let before = text.get(..byte).unwrap_or_default();
    let start = before.trim_end_matches(|c| of_word(c) || c == '.').len();
    let after = text.get(byte..).unwrap_or_default();
    start..byte + (after.len() - after.trim_start_matches(of_word).len())
}

/// The stretch around a word with the cursor in its place.
fn with_cursor<'t>(text: &Text, word: &Range<usize>) -> Option<Piece<'t>> {
    let (prefix, bytes) = text.stretch(word.start);
    let mut with = text.text.get(bytes.start..word.start)?.to_owned();
    with.push_str(CURSOR);
    with.push_str(text.text.get(word.end..bytes.end.max(word.end))?);
    let outline = Outline::of(&with);
    Some(Piece { prefix, base: bytes.start, text: with.into(), outline })
}

enum Place {
    /// Where a key of what is under this path begins.
    Key(Vec<String>),
    /// In the value of a node, and there alone on its line.
    Value { at: usize, alone: bool },
}

fn place(piece: &Piece<'_>) -> Place {
    let marked =
        |range: &Range<usize>| piece.text.get(range.clone()).is_some_and(|text| text.contains(CURSOR));
    let holds = |at: &usize| {
        piece.outline.nodes.get(*at).is_some_and(|node| {
            marked(&node.key) || (node.style != Style::Flow && node.value.as_ref().is_some_and(marked))
        })
    };
    let line = piece.text.lines().find(|line| line.contains(CURSOR)).unwrap_or_default();
    let indent = line.len() - line.trim_start().len();
    let outside = || if indent == 0 { Vec::new() } else { piece.prefix.clone() };
    let Some((at, node)) = (0..piece.outline.nodes.len())
        .rev()
        .find(holds)
        .and_then(|at| Some((at, piece.outline.nodes.get(at)?)))
    else {
        return Place::Key(outside());
    };
    if marked(&node.key) {
        let mut path = piece.path(at);
        path.pop();
        return Place::Key(if node.parent.is_none() { outside() } else { path });
    }
    let alone = !node.in_flow && line.trim_start_matches(['-', ' ']).starts_with(CURSOR);
    Place::Value { at, alone }
}

/// The keys that may stand under a path: those of the format, and names where names are keys.
fn keyed(schema: &Schema, keys: &Keys, path: &[String], has_colon: bool) -> Vec<Proposal> {
    let colon = if has_colon { "" } else { ": " };
    let of = path.iter().map(String::as_str).collect::<Vec<_>>();
    let names = match of.as_slice() {
        ["seeds"] | ["publications", _, "tables"] => relations(schema),
        ["seeds", table, "rows"] | ["seeds", table, "groups", _] => columns(schema, table, ""),
        _ => Vec::new(),
    };
    let known = keys.keys(path).into_iter();
    let known =
        known.map(|(key, means)| Proposal::plain(key.to_owned(), means, CompletionItemKind::PROPERTY));
    let with_colon = |proposal: Proposal| Proposal { insert: proposal.label.clone() + colon, ..proposal };
    names.into_iter().chain(known).map(with_colon).collect()
}

/// The names that a place takes.
fn named(schema: &Schema, slot: &Slot, typed: &str) -> Vec<Proposal> {
    match slot {
        Slot::Relation => relations(schema),
        Slot::Column(table) => columns(schema, table, ""),
        Slot::Reference => match typed.rsplit_once('.') {
            Some((table, _)) => {
                let mut all = columns(schema, table, &format!("{table}."));
                // `auth.` may be a schema as well.
                all.extend(
                    relations(schema).into_iter().filter(|it| it.label.starts_with(&format!("{table}."))),
                );
                all
            }
            None => relations(schema),
        },
        Slot::Type => {
            let made = schema.types().into_iter();
            let made = made.map(|name| Proposal::plain(name, "of this schema", CompletionItemKind::ENUM));
            let builtin = Builtin::ALL.iter().map(|it| {
                // What people write comes first: `timestamptz`, not its whole name.
                let short =
                    it.aliases().iter().copied().find(|alias| it.name().contains(' ') && !alias.is_empty());
                let label = short.unwrap_or(it.name()).to_owned();
                Proposal::plain(label, it.name(), CompletionItemKind::TYPE_PARAMETER)
            });
            made.chain(builtin).collect()
        }
        Slot::Function => {
            let all = schema.functions().into_iter();
            all.map(|name| Proposal::plain(name, "", CompletionItemKind::FUNCTION)).collect()
        }
        Slot::Declares(_) | Slot::Sql | Slot::Other => Vec::new(),
    }
}

fn relations(schema: &Schema) -> Vec<Proposal> {
    let all = schema.relation_names().into_iter();
    all.map(|name| Proposal::plain(name, "", CompletionItemKind::CLASS)).collect()
}

fn columns(schema: &Schema, table: &str, before: &str) -> Vec<Proposal> {
    let all = schema.columns(&relation(table)).into_iter();
    all.map(|(name, said)| Proposal::plain(format!("{before}{name}"), &said, CompletionItemKind::FIELD))
        .collect()
}
