//! Gives a table or a column another name wherever the files name it, and declares the rename by `was:`.
//!
//! SQL is not read: where it names the old one, nothing is changed and the places are told. What comes out is read
//! before anybody sees it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use nexus_schema::document;

use super::blocks::is_word;
use super::names::{Named, What};
use super::outline::{Style, plain};
use super::schema::{Schema, Site};
use super::slots::{Slot, slots};
use super::texts::{Piece, normal};

/// The changes that a rename makes, by file: bytes and what takes their place, in the order of the text.
#[derive(Debug, Default)]
pub(crate) struct Renaming {
    pub(crate) edits: BTreeMap<PathBuf, Vec<(Range<usize>, String)>>,
}

/// Whether something can be renamed: the one place where it is declared, or why not.
pub(crate) fn can_be(schema: &Schema, of: &Named) -> Result<Site, String> {
    if !matches!(of.what, What::Relation | What::Column) {
        return Err("only tables and columns can be renamed here".into());
    }
    let mut sites = schema.sites(of).into_iter().filter(|(_, declares)| *declares).map(|(site, _)| site);
    match (sites.next(), sites.next()) {
        (Some(site), None) => Ok(site),
        (None, _) => Err(format!("`{}` is not declared", of.path.join("."))),
        (Some(_), Some(_)) => Err(format!("`{}` is declared twice", of.path.join("."))),
    }
}

/// Returns the changes that give something a new name, or why there are none.
pub(crate) fn rename(schema: &Schema, root: &Path, of: &Named, name: &str) -> Result<Renaming, String> {
    let declared = can_be(schema, of)?;
    let old = of.path.last().ok_or("it has no name")?;
    if name == old {
        return Ok(Renaming::default());
    }
    is_name(name)?;
    let taken = match (of.what, of.path.as_slice()) {
        (What::Column, [schema_of, table, _]) => {
            schema.columns(&[schema_of.clone(), table.clone()]).iter().any(|(column, _)| column == name)
        }
        (_, [schema_of, ..]) => schema.relations().contains(&vec![schema_of.clone(), name.to_owned()]),
        _ => false,
    };
    if taken {
        return Err(format!("there is a `{name}` already"));
    }
    let before = load(root, schema, &Renaming::default())
        .map_err(|first| format!("the schema has mistakes, correct them first: {first}"))?;
    let in_sql = sql_that_names(schema, of);
    if !in_sql.is_empty() {
        return Err(format!(
            "SQL names `{old}`, and only a person can tell what it means there: {}; rename by hand, with `was: {old}`",
            in_sql.join(", ")
        ));
    }
    let mut renaming = Renaming::default();
    for (Site { file, start, end }, _) in schema.sites(of) {
        renaming.edits.entry(file).or_default().push((start..end, name.to_owned()));
    }
    let (span, text) = was(schema, of, &declared)?;
    if let Some(span) = span {
        renaming.edits.entry(declared.file.clone()).or_default().push((span, text));
    }
    for edits in renaming.edits.values_mut() {
        edits.sort_by_key(|(span, _)| (span.start, span.end));
    }
    let after = load(root, schema, &renaming)
        .map_err(|first| format!("the schema would have mistakes, so it is left alone: {first}"))?;
    // A rename adds nothing and takes nothing away.
    match before == after {
        true => Ok(renaming),
        false => Err("not every place that names it could be found, so it is left alone".into()),
    }
}

/// Whether a name needs no quotes, in YAML or in a name with its schema.
fn is_name(name: &str) -> Result<(), String> {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    if plain && begins && name.len() <= 63 && !words.contains(&name.to_lowercase().as_str()) {
        return Ok(());
    }
    Err(format!("`{name}` is no name here: letters, digits and `_` make one, 63 at most"))
}

/// Reads the schema with changes made, and counts its objects; or says the first mistake.
fn load(root: &Path, schema: &Schema, renaming: &Renaming) -> Result<usize, String> {
    let texts: BTreeMap<&PathBuf, Arc<str>> = schema
        .files
        .iter()
        .map(|(file, text)| {
            let edits = renaming.edits.get(file).map(Vec::as_slice).unwrap_or_default();
            (file, edited(&text.text, edits).into())
        })
        .collect();
    match document::load_with(root, &|path| texts.get(&normal(path)).cloned()) {
        Ok((declared, _)) => Ok(declared.catalog.len()),
        Err(mistakes) => {
            let first = mistakes.iter().next();
            Err(first.map_or_else(String::new, |first| format!("{} [{}]", first.title, first.code)))
        }
    }
}

/// A text with changes made, which are in order and apart.
fn edited(text: &str, edits: &[(Range<usize>, String)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (span, new) in edits {
        out.push_str(text.get(at..span.start).unwrap_or_default());
        out.push_str(new);
        at = span.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// The change that declares the rename; none where an earlier one is declared that has not been migrated.
fn was(schema: &Schema, of: &Named, declared: &Site) -> Result<(Option<Range<usize>>, String), String> {
    let hand = || format!("`was:` has no room where `{}` is declared; rename it by hand", of.path.join("."));
    let (_, text) = schema.files.iter().find(|(file, _)| *file == declared.file).ok_or_else(hand)?;
    let piece = text.piece(declared.start);
    let at =
        declared.start.checked_sub(piece.base).and_then(|byte| piece.outline.at(byte)).ok_or_else(hand)?;
    let node = piece.outline.nodes.get(at).ok_or_else(hand)?;
    let key_of = |range: &Range<usize>| plain(piece.text.get(range.clone()).unwrap_or_default()).into_owned();
    let mut children = piece.outline.children(Some(at));
    if children.any(|(_, child)| key_of(&child.key) == "was") {
        return Ok((None, String::new()));
    }
    let old = of.path.last().cloned().unwrap_or_default();
    let old = match is_name(&old) {
        Ok(()) => old,
        // What is no plain word is one name all the same.
        Err(_) => format!("'\"{}\"'", old.replace('"', "\"\"").replace('\'', "''")),
    };
    let raw = node.value.clone().and_then(|value| piece.text.get(value)).unwrap_or_default();
    match node.style {
        Style::Open => {
            let (_, first) = piece.outline.children(Some(at)).next().ok_or_else(hand)?;
            // Lines of a list have no keys beside them.
            if first.key.is_empty() || first.in_flow {
                return Err(hand());
            }
            let line = piece.text.get(..first.key.start).and_then(|before| before.rfind('\n'));
            let start = line.ok_or_else(hand)? + 1;
            let end = if text.text.contains("\r\n") { "\r\n" } else { "\n" };
            let new = format!("{}was: {old}{end}", " ".repeat(first.column));
            Ok((Some(piece.of_file(&(start..start))), new))
        }
        Style::Flow if raw.starts_with('{') && raw.ends_with('}') => {
            let value = node.value.clone().ok_or_else(hand)?;
            let inner = raw.get(1..raw.len() - 1).unwrap_or_default().trim_end();
            let end = value.start + 1 + inner.len();
            let comma = if inner.trim().is_empty() || inner.ends_with(',') { "" } else { "," };
            Ok((Some(piece.of_file(&(end..end))), format!("{comma} was: {old}")))
        }
        Style::Plain | Style::Quoted if of.what == What::Column => {
            let value = node.value.clone().ok_or_else(hand)?;
            let bare = node.style == Style::Plain && raw.contains([',', '[', ']', '{', '}', ':', '#']);
            let type_ = if bare {
                format!("\"{}\"", raw.replace('\\', "\\\\").replace('"', "\\\""))
            } else {
                raw.to_owned()
            };
            Ok((Some(piece.of_file(&value)), format!("{{ type: {type_}, was: {old} }}")))
        }
        _ => Err(hand()),
    }
}

/// Places where SQL names something, or may: `schema.yaml:12 (views.active)`.
fn sql_that_names(schema: &Schema, of: &Named) -> Vec<String> {
    let Some(word) = of.path.last() else { return Vec::new() };
    let table = of.path.get(1).unwrap_or(word);
    let called = functions_of(schema, of);
    let mut places = Vec::new();
    for (file, text) in &schema.files {
        let mut seen = BTreeSet::new();
        for (at, _) in text.text.match_indices(word.as_str()) {
            if !seen.insert(text.stretch(at).1.start) {
                continue;
            }
            let piece = text.piece(at);
            for (node, value) in sql(&piece) {
                let names =
                    |word: &str| value.match_indices(word).any(|(at, _)| is_word(value, at, word.len()));
                let path = piece.path(node);
                let own = is_of(&path, of);
                let by_trigger = path.first().is_some_and(|section| section == "functions")
                    && path.get(1).is_some_and(|name| called.contains(&super::names::relation(name)));
                let meant = of.what == What::Relation || own || by_trigger || names(table);
                if names(word) && meant {
                    let start = piece.outline.nodes.get(node).and_then(|node| node.value.clone());
                    let line = text.lines.line(piece.base + start.map_or(0, |range| range.start)) + 1;
                    let name = file.file_name().unwrap_or_default().to_string_lossy();
                    places.push(format!("{name}:{line} ({})", path.join(".")));
                }
            }
        }
    }
    places.dedup();
    places
}

/// The values of a piece that are SQL.
fn sql<'p>(piece: &'p Piece<'_>) -> impl Iterator<Item = (usize, &'p str)> {
    piece.outline.nodes.iter().enumerate().filter_map(|(at, node)| {
        let value = node.value.clone().filter(|_| node.style != Style::Flow)?;
        let (_, slot) = slots(&piece.prefix, &piece.outline, &piece.text, at);
        (slot == Slot::Sql).then_some((at, piece.text.get(value)?))
    })
}

/// Whether a path leads into the table that something is, or is in.
fn is_of(path: &[String], of: &Named) -> bool {
    match path {
        [section, name, ..] if section == "tables" || section == "views" => {
            super::names::relation(name).iter().eq(of.path.iter().take(2))
        }
        _ => false,
    }
}

/// The functions that triggers of the table call: what `NEW` is in them.
fn functions_of(schema: &Schema, of: &Named) -> BTreeSet<Vec<String>> {
    let mut called = BTreeSet::new();
    for (_, text) in &schema.files {
        for piece in ["tables", "views"].iter().flat_map(|section| text.pieces(section, None)) {
            let own = |at: &usize| is_of(&piece.path(*at), of);
            if !(0..piece.outline.nodes.len()).take(2).any(|at| own(&at)) && !piece.prefix.is_empty() {
                continue;
            }
            for at in (0..piece.outline.nodes.len()).filter(own) {
                let found = schema.mentions(&piece, at).into_iter();
                called.extend(found.filter(|it| it.named.what == What::Function).map(|it| it.named.path));
            }
        }
    }
    called
}
