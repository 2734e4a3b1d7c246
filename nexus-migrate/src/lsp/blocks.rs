//! A text in blocks: a table, a view, a type each, by the lines they take.
//!
//! What an edit can have changed for the better or worse is the block it is in, what that names, and what names it.
//! A text with empty lines in the place of all other blocks is read in no time, and what is said of it stands in the
//! right lines.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::outline::plain;

/// Sections that are masked block by block: the others are short, or everything may need them.
const SECTIONS: [&str; 9] =
    ["tables", "views", "functions", "enums", "domains", "sequences", "composites", "seeds", "aggregates"];

/// One key of a section with all its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Block {
    /// The section it is in.
    pub(crate) section: usize,
    /// Its key.
    pub(crate) name: String,
    /// Its lines, from 0.
    pub(crate) lines: Range<usize>,
    /// Its bytes.
    pub(crate) bytes: Range<usize>,
}

/// A key at the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Section {
    pub(crate) name: String,
    /// Whether its value begins beside it, in brackets say, and is no block of lines.
    pub(crate) in_brackets: bool,
    pub(crate) lines: Range<usize>,
    pub(crate) bytes: Range<usize>,
}

/// A text cut into blocks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Blocks {
    pub(crate) sections: Vec<Section>,
    /// In the order of the text.
    pub(crate) blocks: Vec<Block>,
}

impl Blocks {
    pub(crate) fn of(text: &str) -> Self {
        let mut cut = Self::default();
        // How far the blocks of the section are indented.
        let mut inner = None;
        let mut at = 0;
        let mut number = 0;
        for line in text.split_inclusive('\n') {
            let bytes = at..at + line.len();
            at = bytes.end;
            let indent = line.len() - line.trim_start_matches(' ').len();
            let body = line[indent..].trim_end();
            let passed_over = body.is_empty() || body.starts_with(['#', '-', '}', ']']);
            if !passed_over && indent == 0 {
                cut.close(number, bytes.start);
                inner = None;
                let (name, value) = body.split_once(':').unwrap_or((body, ""));
                let (name, value) = (plain(name.trim_end()).into_owned(), value.trim_start());
                let in_brackets = !value.is_empty() && !value.starts_with('#');
                cut.sections.push(Section { name, in_brackets, lines: number..number, bytes: bytes.clone() });
            } else if !passed_over && !cut.sections.is_empty() && indent <= *inner.get_or_insert(indent) {
                cut.close_block(number, bytes.start);
                let section = cut.sections.len() - 1;
                let name = head(body);
                cut.blocks.push(Block { section, name, lines: number..number, bytes: bytes.clone() });
            }
            number += 1;
        }
        cut.close(number, text.len());
        cut
    }

    fn close_block(&mut self, line: usize, byte: usize) {
        let last = self.sections.len().wrapping_sub(1);
        if let Some(block) = self.blocks.last_mut().filter(|block| block.section == last) {
            block.lines.end = line;
            block.bytes.end = byte;
        }
    }

    fn close(&mut self, line: usize, byte: usize) {
        self.close_block(line, byte);
        if let Some(section) = self.sections.last_mut() {
            section.lines.end = line;
            section.bytes.end = byte;
        }
    }

    /// Whether a block may be left out of a text.
    pub(crate) fn can_be_masked(&self, block: &Block) -> bool {
        let section = self.sections.get(block.section);
        section.is_some_and(|section| !section.in_brackets && SECTIONS.contains(&section.name.as_str()))
    }

    /// The blocks that these lines touch.
    pub(crate) fn touched(&self, lines: &Range<usize>) -> Range<usize> {
        let first = self.blocks.partition_point(|block| block.lines.end <= lines.start);
        let last = self.blocks.partition_point(|block| block.lines.start < lines.end.max(lines.start + 1));
        first..last.max(first)
    }

    /// The block that a byte is in.
    pub(crate) fn at(&self, byte: usize) -> Option<&Block> {
        let last = self.blocks.partition_point(|block| block.bytes.start <= byte);
        self.blocks.get(last.checked_sub(1)?).filter(|block| byte <= block.bytes.end)
    }

    /// Blocks by the last part of their name: `auth.users` is found as `users`.
    pub(crate) fn by_name(&self) -> BTreeMap<&str, Vec<usize>> {
        let mut names: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, block) in self.blocks.iter().enumerate() {
            names.entry(own_name(&block.name)).or_default().push(at);
        }
        names
    }

    /// The blocks other than those in which the word stands.
    pub(crate) fn naming(&self, text: &str, word: &str, most: usize) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        if word.is_empty() {
            return found;
        }
        for (at, _) in text.match_indices(word) {
            if !is_word(text, at, word.len()) {
                continue;
            }
            let block = self.blocks.partition_point(|block| block.bytes.start <= at);
            if let Some(block) = block.checked_sub(1) {
                found.insert(block);
                if found.len() > most {
                    break;
                }
            }
        }
        found
    }

    /// The text with empty lines in the place of the blocks that are not kept. Its lines stay where they are.
    pub(crate) fn masked(&self, text: &str, keep: &BTreeSet<usize>) -> String {
        let mut out = String::new();
        let mut at = 0;
        let mut masks = |bytes: &Range<usize>, lines: usize| {
            out.push_str(text.get(at..bytes.start).unwrap_or_default());
            out.extend(std::iter::repeat_n('\n', lines));
            at = bytes.end;
        };
        let mut block = 0;
        for (number, section) in self.sections.iter().enumerate() {
            let first = block;
            while self.blocks.get(block).is_some_and(|block| block.section == number) {
                block += 1;
            }
            let own = first..block;
            let kept = |at: usize| {
                let anchored = self.blocks.get(at).is_some_and(|block| has_anchor(text, &block.bytes));
                keep.contains(&at) || anchored
            };
            let can =
                own.clone().any(|at| self.blocks.get(at).is_some_and(|block| self.can_be_masked(block)));
            // A section of nothing is a mistake, so its key goes with the last of its blocks.
            if can && !own.clone().any(kept) {
                masks(&section.bytes, section.lines.len());
            } else if can {
                for block in own.filter(|at| !kept(*at)).filter_map(|at| self.blocks.get(at)) {
                    masks(&block.bytes, block.lines.len());
                }
            }
        }
        out.push_str(text.get(at..).unwrap_or_default());
        out
    }
}

/// Whether something in it may stand for a value elsewhere.
fn has_anchor(text: &str, bytes: &Range<usize>) -> bool {
    text.get(bytes.clone()).is_some_and(|text| text.contains(" &") || text.contains(": *"))
}

/// The key at the head of a block.
fn head(body: &str) -> String {
    let quote = body.chars().next().filter(|c| matches!(c, '"' | '\''));
    let end = match quote {
        Some(quote) => body[1..].find(quote).map_or(body.len(), |at| at + 2),
        None => body.find(": ").or_else(|| body.strip_suffix(':').map(str::len)).unwrap_or(body.len()),
    };
    plain(body.get(..end).unwrap_or(body)).into_owned()
}

/// The last part of a name, without quotes.
pub(crate) fn own_name(name: &str) -> &str {
    let name = name.split('(').next().unwrap_or_default();
    match name.strip_suffix('"') {
        Some(rest) => rest.rsplit('"').next().unwrap_or(rest),
        None => name.rsplit('.').next().unwrap_or(name),
    }
}

/// Whether what stands there is not a part of a longer word.
pub(crate) fn is_word(text: &str, at: usize, length: usize) -> bool {
    let of_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let before = text.get(..at).and_then(|text| text.chars().next_back());
    let after = text.get(at + length..).and_then(|text| text.chars().next());
    !before.is_some_and(of_word) && !after.is_some_and(of_word)
}

/// The words of a text.
pub(crate) fn words(text: &str) -> BTreeSet<&str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
        .filter(|word| !word.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "nexus: 1\ntables:\n  # the people\n  users:\n    columns:\n      id: uuid\n  \"a.b\": { columns: { id: uuid } }\n\n  auth.orders:\n    columns:\n      of: { type: uuid, references: users.id }\nviews:\n  v: SELECT 1\n";

    #[test]
    fn blocks_are_found_by_their_lines() {
        let cut = Blocks::of(TEXT);
        let names: Vec<_> =
            cut.blocks.iter().map(|block| (block.name.as_str(), block.lines.clone())).collect();
        assert_eq!(names, [("users", 3..6), ("a.b", 6..8), ("auth.orders", 8..11), ("v", 12..13)]);
        assert_eq!(cut.touched(&(5..5)), 0..1);
        assert_eq!(cut.touched(&(5..9)), 0..3);
        assert_eq!(cut.naming(TEXT, "users", 9), [0, 2].into());
        assert_eq!(own_name("auth.orders"), "orders");
        assert_eq!(own_name("auth.\"a.b\""), "a.b");
    }

    #[test]
    fn what_is_kept_stays_in_its_lines() {
        let cut = Blocks::of(TEXT);
        let masked = cut.masked(TEXT, &[2].into());
        assert_eq!(masked.lines().count(), TEXT.lines().count());
        assert_eq!(masked.lines().nth(10), TEXT.lines().nth(10));
        assert!(!masked.contains("id: uuid") && !masked.contains("views:"));
        let all = cut.masked(TEXT, &(0..cut.blocks.len()).collect());
        assert_eq!(all, TEXT);
        assert!(!cut.masked(TEXT, &BTreeSet::new()).contains("tables:"));
    }

    #[test]
    fn lines_of_windows_are_lines() {
        let text = TEXT.replace('\n', "\r\n");
        let (one, two) = (Blocks::of(TEXT), Blocks::of(&text));
        let lines = |cut: &Blocks| cut.blocks.iter().map(|block| block.lines.clone()).collect::<Vec<_>>();
        assert_eq!(lines(&one), lines(&two));
        assert_eq!(two.masked(&text, &[1].into()).matches('\n').count(), text.matches('\n').count());
    }
}
