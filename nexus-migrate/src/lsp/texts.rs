//! The files of a schema as the editor has them: what is open there, and for the rest what is on disk.

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::SystemTime;

use lsp_types as lsp;

use super::blocks::Blocks;
use super::outline::Outline;
use super::position::Lines;

/// The most bytes of a file that are looked at, as when a schema is read.
const LIMIT: u64 = 8 * 1024 * 1024;

/// One text, and what was found out about it so far.
#[derive(Debug, Default)]
pub(crate) struct Text {
    pub(crate) text: Arc<str>,
    pub(crate) lines: Lines,
    blocks: OnceCell<Blocks>,
}

/// A stretch of a text that is read by itself: a block, or a section without blocks.
pub(crate) struct Piece<'t> {
    /// The keys that it stands under.
    pub(crate) prefix: Vec<String>,
    /// Where it begins.
    pub(crate) base: usize,
    pub(crate) text: Cow<'t, str>,
    pub(crate) outline: Outline,
}

impl Piece<'_> {
    /// The keys from the top of the file down to a node.
    pub(crate) fn path(&self, at: usize) -> Vec<String> {
        let inner = self.outline.path(&self.text, at);
        self.prefix.iter().cloned().chain(inner.into_iter().map(Cow::into_owned)).collect()
    }

    /// A stretch of the piece as one of the file.
    pub(crate) fn of_file(&self, range: &Range<usize>) -> Range<usize> {
        range.start + self.base..range.end + self.base
    }
}

impl Text {
    pub(crate) fn new(text: Arc<str>) -> Self {
        Self { lines: Lines::of(&text), text, blocks: OnceCell::new() }
    }

    pub(crate) fn blocks(&self) -> &Blocks {
        self.blocks.get_or_init(|| Blocks::of(&self.text))
    }

    /// The stretch that a byte is in.
    pub(crate) fn piece(&self, byte: usize) -> Piece<'_> {
        let (prefix, bytes) = self.stretch(byte);
        let text = self.text.get(bytes.clone()).unwrap_or_default();
        Piece { prefix, base: bytes.start, text: text.into(), outline: Outline::of(text) }
    }

    /// The keys above the stretch that a byte is in, and its bytes.
    pub(crate) fn stretch(&self, byte: usize) -> (Vec<String>, Range<usize>) {
        let blocks = self.blocks();
        let section = blocks.sections.partition_point(|section| section.bytes.start <= byte);
        let Some(section) = section.checked_sub(1) else { return (Vec::new(), 0..self.text.len().min(byte)) };
        let of = &blocks.sections[section];
        match blocks.at(byte).filter(|block| block.section == section && !of.in_brackets) {
            Some(block) => (vec![of.name.clone()], block.bytes.clone()),
            None => (Vec::new(), of.bytes.clone()),
        }
    }

    /// The stretches in which something of a section may be: of this name, or all of them.
    pub(crate) fn pieces(&self, section: &str, name: Option<&str>) -> Vec<Piece<'_>> {
        let blocks = self.blocks();
        let mut pieces = Vec::new();
        for (number, of) in blocks.sections.iter().enumerate().filter(|(_, of)| of.name == section) {
            if of.in_brackets {
                pieces.push(self.piece(of.bytes.start));
                continue;
            }
            let own = blocks.blocks.iter().filter(|block| block.section == number);
            for block in own.filter(|block| name.is_none_or(|name| block.name == name)) {
                pieces.push(self.piece(block.bytes.start));
            }
        }
        pieces
    }

    /// The keys of a section with their bytes.
    pub(crate) fn heads(&self, section: &str) -> Vec<(String, Range<usize>)> {
        let blocks = self.blocks();
        let mut heads = Vec::new();
        for (number, of) in blocks.sections.iter().enumerate().filter(|(_, of)| of.name == section) {
            if of.in_brackets {
                let piece = self.piece(of.bytes.start);
                let children = piece.outline.children(Some(0));
                heads.extend(children.map(|(_, node)| {
                    let raw = piece.text.get(node.key.clone()).unwrap_or_default();
                    (super::outline::plain(raw).into_owned(), piece.of_file(&node.key))
                }));
                continue;
            }
            for block in blocks.blocks.iter().filter(|block| block.section == number) {
                let line = self.text.get(block.bytes.clone()).unwrap_or_default();
                let indent = line.len() - line.trim_start().len();
                let start = block.bytes.start + indent;
                let quoted = usize::from(line.trim_start().starts_with(['"', '\'']));
                heads.push((block.name.clone(), start..start + block.name.len() + 2 * quoted));
            }
        }
        heads
    }

    /// The files it includes, as it names them.
    fn includes(&self) -> Vec<String> {
        let mut found = Vec::new();
        for of in self.blocks().sections.iter().filter(|section| section.name == "include") {
            let text = self.text.get(of.bytes.clone()).unwrap_or_default();
            let outline = Outline::of(text);
            let values = outline.nodes.iter().filter(|node| super::names::is_text(node));
            let values = values.filter_map(|node| text.get(node.value.clone()?));
            found.extend(values.map(|raw| super::outline::plain(raw).into_owned()));
        }
        found
    }

    /// The text after an edit, or a whole new one, and which lines that left.
    pub(crate) fn edited(&self, change: &lsp::TextDocumentContentChangeEvent) -> (Self, Edit) {
        let Some(range) = change.range else {
            let next = Self::new(change.text.as_str().into());
            let edit = Edit { first: 0, before: self.lines.count(), after: next.lines.count() };
            return (next, edit);
        };
        let span = self.lines.span(&self.text, range);
        let first = self.lines.line(span.start);
        let before = self.lines.line(span.end) + 1;
        let mut text = String::with_capacity(self.text.len() + change.text.len());
        text.push_str(self.text.get(..span.start).unwrap_or_default());
        text.push_str(&change.text);
        text.push_str(self.text.get(span.end..).unwrap_or_default());
        let next = Self::new(text.into());
        let after = next.lines.line(span.start + change.text.len()) + 1;
        (next, Edit { first, before, after })
    }
}

/// The lines that an edit replaced: from `first` to `before` became those to `after`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Edit {
    pub(crate) first: usize,
    pub(crate) before: usize,
    pub(crate) after: usize,
}

/// An open file.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) uri: lsp::Uri,
    pub(crate) version: i32,
    pub(crate) text: Rc<Text>,
}

/// A file of the disk, and when it was written last.
type Kept = (Option<SystemTime>, Rc<Text>);

/// The texts, by path.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    pub(crate) open: BTreeMap<PathBuf, Opened>,
    disk: RefCell<BTreeMap<PathBuf, Kept>>,
}

impl Texts {
    /// A file as the editor has it, or else as it is on disk.
    pub(crate) fn get(&self, path: &Path) -> Option<Rc<Text>> {
        if let Some(open) = self.open.get(path) {
            return Some(Rc::clone(&open.text));
        }
        let meta = std::fs::metadata(path).ok().filter(|meta| meta.is_file() && meta.len() <= LIMIT)?;
        let time = meta.modified().ok();
        let mut disk = self.disk.borrow_mut();
        if let Some((known, text)) = disk.get(path)
            && *known == time
            && text.text.len() as u64 == meta.len()
        {
            return Some(Rc::clone(text));
        }
        let text = Rc::new(Text::new(std::fs::read_to_string(path).ok()?.into()));
        disk.insert(path.to_owned(), (time, Rc::clone(&text)));
        Some(text)
    }

    /// The files of the schema that begins with this one, in the order in which they are read.
    pub(crate) fn members(&self, root: &Path) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut open = vec![root.to_owned()];
        while let Some(path) = open.pop().filter(|_| found.len() < 1_000) {
            let Some(text) = self.get(&path).filter(|_| !found.contains(&path)) else { continue };
            let folder = path.parent().unwrap_or(Path::new("")).to_owned();
            let inner = text.includes().into_iter().map(|name| normal(&folder.join(name)));
            open.extend(inner.collect::<Vec<_>>().into_iter().rev());
            found.push(path);
        }
        found
    }

    /// The first file of the schema that a file belongs to; nothing for a file of another kind.
    ///
    /// A file with `database:` is one itself. Another one belongs to a schema file called `name` in its folder or
    /// one above it, or to an open one, that includes it.
    pub(crate) fn root(&self, path: &Path, name: &Path) -> Option<PathBuf> {
        let text = self.get(path)?;
        let has = |key: &str| text.blocks().sections.iter().any(|section| section.name == key);
        if has("database") {
            return Some(path.to_owned());
        }
        let above = path.ancestors().skip(1).take(16).map(|folder| normal(&folder.join(name)));
        let open = self.open.keys().cloned();
        let includes =
            |root: &PathBuf| root != path && self.members(root).iter().any(|member| member == path);
        let found = above.chain(open).find(includes);
        found.or_else(|| has("nexus").then(|| path.to_owned()))
    }
}

/// A path without `.` and `..`, whether or not it is there.
pub(crate) fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

/// The path of a file's URI; nothing for one of another kind.
pub(crate) fn path_of(uri: &lsp::Uri) -> Option<PathBuf> {
    let rest = uri.as_str().strip_prefix("file://")?;
    let rest = rest.strip_prefix("localhost").unwrap_or(rest);
    let mut bytes = Vec::new();
    let mut at = rest.bytes();
    while let Some(byte) = at.next() {
        if byte == b'%' {
            let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
            let (high, low) = (digit(at.next())?, digit(at.next())?);
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    let path = String::from_utf8(bytes).ok().filter(|path| path.starts_with('/') && !path.contains('\0'))?;
    // A drive of Windows comes after a slash.
    let path = match path.as_bytes() {
        [b'/', drive, b':', ..] if cfg!(windows) && drive.is_ascii_alphabetic() => path[1..].to_owned(),
        _ => path,
    };
    Some(normal(Path::new(&path)))
}

/// The URI of a path.
pub(crate) fn uri_of(path: &Path) -> Option<lsp::Uri> {
    let mut uri = String::from("file://");
    let text = path.to_str()?.replace('\\', if cfg!(windows) { "/" } else { "\\" });
    if !text.starts_with('/') {
        uri.push('/');
    }
    for byte in text.bytes() {
        match byte {
            b'/' | b'-' | b'_' | b'.' | b'~' => uri.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_uris_lead_to_each_other() {
        for path in ["/a/b.yaml", "/a b/ü%.yaml", "/x/c:d+.yaml"] {
            let uri = uri_of(Path::new(path)).expect("it has a URI");
            assert_eq!(path_of(&uri).as_deref(), Some(Path::new(path)), "{}", uri.as_str());
        }
        for other in ["untitled:Untitled-1", "http://a/b", "file:///%zz", "file://%", "file:///a%00b"] {
            let Ok(uri) = other.parse::<lsp::Uri>() else { continue };
            assert_eq!(path_of(&uri), None, "{other}");
        }
        assert_eq!(path_of(&"file:///a/../b".parse().expect("a URI")), Some("/b".into()));
    }

    #[test]
    fn edits_say_which_lines_they_left() {
        let text = Text::new("a\nb\nc\n".into());
        let place = |line, character| lsp::Position { line, character };
        let range = Some(lsp::Range { start: place(1, 0), end: place(2, 0) });
        let (text, edit) = text.edited(&lsp::TextDocumentContentChangeEvent {
            range,
            range_length: None,
            text: "x\ny\nz\n".into(),
        });
        assert_eq!(&*text.text, "a\nx\ny\nz\nc\n");
        assert_eq!(edit, Edit { first: 1, before: 3, after: 5 });
    }
}
