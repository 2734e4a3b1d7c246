//! Reads an outline: bytes in, nodes out, whatever the text is.

use std::ops::Range;

use super::{Node, Style};

/// How deep brackets are followed.
const DEPTH: usize = 64;

/// The nodes of a text, each after what it stands in.
pub(super) fn nodes(text: &str) -> Vec<Node> {
    let mut reader = Reader { text, bytes: text.as_bytes(), at: 0, nodes: Vec::new() };
    reader.lines();
    reader.nodes
}

/// What lines further in belong to.
struct Open {
    column: usize,
    node: usize,
    item: bool,
}

struct Reader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    nodes: Vec<Node>,
}

impl Reader<'_> {
    fn byte(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// The byte after this one is a blank, the end of the line or that of the text.
    fn blank_follows(&self) -> bool {
        self.bytes.get(self.at + 1).is_none_or(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n'))
    }

    fn blanks(&mut self) {
        while matches!(self.byte(), Some(b' ' | b'\t' | b'\r')) {
            self.at += 1;
        }
    }

    /// Where the line ends, its line break left out.
    fn line_end(&self) -> usize {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at + rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len())
    }

    fn push(&mut self, parent: Option<usize>, key: Range<usize>, column: usize, in_flow: bool) -> usize {
        let end = key.end;
        self.nodes.push(Node { parent, key, value: None, end, column, style: Style::Open, in_flow });
        self.nodes.len() - 1
    }

    fn set(&mut self, node: Option<usize>, value: Range<usize>, style: Style) {
        if let Some(node) = node.and_then(|node| self.nodes.get_mut(node)) {
            node.end = node.end.max(value.end);
            node.value = Some(value);
            node.style = style;
        }
    }

    fn lines(&mut self) {
        let mut open: Vec<Open> = Vec::new();
        while self.at < self.bytes.len() {
            let start = self.at;
            while self.byte() == Some(b' ') {
                self.at += 1;
            }
            self.entry(&mut open, start);
            // Whatever is left of the line is no part of a schema file.
            self.at = (self.line_end() + 1).max(start + 1);
        }
    }

    /// Reads the entry that begins in a line, with what it takes of the lines below.
    fn entry(&mut self, open: &mut Vec<Open>, start: usize) {
        loop {
            let column = self.at - start;
            match self.byte() {
                None | Some(b'\r' | b'\n' | b'#' | b'\t') => return,
                Some(b'-')
                    if column == 0 && self.text.get(self.at..).is_some_and(|t| t.starts_with("---")) =>
                {
                    return;
                }
                Some(b'-') if self.blank_follows() => {
                    while open.last().is_some_and(|o| o.column > column || (o.column == column && o.item)) {
                        open.pop();
                    }
                    let parent = open.last().map(|o| o.node);
                    let node = self.push(parent, self.at..self.at, column, false);
                    open.push(Open { column, node, item: true });
                    self.at += 1;
                    self.blanks();
                }
                Some(_) => {
                    while open.last().is_some_and(|o| o.column > column || (o.column == column && !o.item)) {
                        open.pop();
                    }
                    match self.key() {
                        Some(key) => {
                            while open.last().is_some_and(|o| o.column >= column) {
                                open.pop();
                            }
                            let parent = open.last().map(|o| o.node);
                            let node = self.push(parent, key, column, false);
                            open.push(Open { column, node, item: false });
                            self.value(Some(node), column);
                        }
                        // A text alone is the value of what it stands in.
                        None => {
                            let parent = open.last().map(|o| (o.node, o.column));
                            self.value(parent.map(|(node, _)| node), parent.map_or(0, |(_, column)| column));
                        }
                    }
                    return;
                }
            }
        }
    }

    /// Takes a key with its colon; nothing where there is none.
    fn key(&mut self) -> Option<Range<usize>> {
        let (before, end) = (self.at, self.line_end());
        let quote = self.byte().filter(|b| matches!(b, b'"' | b'\''));
        if matches!(self.byte(), Some(b'{' | b'[' | b'&' | b'*' | b'!' | b'|' | b'>')) {
            return None;
        }
        if quote.is_some() {
            self.quoted(end);
            let key = before..self.at;
            self.blanks();
            if self.byte() == Some(b':') && self.blank_follows() {
                self.at += 1;
                return Some(key);
            }
            self.at = before;
            return None;
        }
        while self.at < end {
            match self.byte() {
                Some(b':') if self.blank_follows() => {
                    let raw = self.text.get(before..self.at).unwrap_or_default();
                    let key = before..before + raw.trim_end().len();
                    self.at += 1;
                    return Some(key);
                }
                Some(b'#') if self.bytes.get(self.at.wrapping_sub(1)) == Some(&b' ') => break,
                _ => self.at += 1,
            }
        }
        self.at = before;
        None
    }

    /// Passes over a text in quotes, no further than `limit`.
    fn quoted(&mut self, limit: usize) {
        let Some(quote) = self.byte() else { return };
        self.at += 1;
        while self.at < limit {
            match self.byte() {
                Some(b'\\') if quote == b'"' => self.at += 2,
                Some(b) if b == quote => {
                    self.at += 1;
                    if quote == b'\'' && self.byte() == Some(b'\'') {
                        self.at += 1;
                    } else {
                        return;
                    }
                }
                _ => self.at += 1,
            }
        }
        self.at = self.at.min(limit);
    }

    /// Where what stands at a column ends at the latest: before the next line that is no further in and goes on with
    /// something of its own.
    fn reach(&self, column: usize) -> usize {
        let mut at = self.line_end();
        while at < self.bytes.len() {
            let line = at + 1;
            let rest = self.bytes.get(line..).unwrap_or_default();
            let own = rest.iter().position(|b| *b != b' ').unwrap_or(rest.len());
            match rest.get(own) {
                None => return self.bytes.len(),
                Some(b'\r' | b'\n') | Some(b'}' | b']') => {}
                Some(_) if own <= column => return at,
                Some(_) => {}
            }
            let length = rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len());
            at = line + length;
        }
        self.bytes.len()
    }

    /// Takes the value of a node that stands at a column.
    fn value(&mut self, node: Option<usize>, column: usize) {
        loop {
            self.blanks();
            let start = self.at;
            match self.byte() {
                None | Some(b'\n' | b'#') => return,
                // An anchor or a tag: the value comes after it.
                Some(b'&' | b'!') => {
                    while self.byte().is_some_and(|b| !matches!(b, b' ' | b'\n' | b'\r')) {
                        self.at += 1;
                    }
                }
                Some(b'*') => {
                    let end = self.line_end();
                    self.plain_until(end, false);
                    return self.set(node, start..self.at, Style::Alias);
                }
                Some(b'|' | b'>') => {
                    let end = self.block_end(column);
                    self.at = end;
                    return self.set(node, start..end, Style::Block);
                }
                Some(b'"' | b'\'') => {
                    let limit = self.reach(column);
                    self.quoted(limit);
                    return self.set(node, start..self.at, Style::Quoted);
                }
                Some(b'{' | b'[') => {
                    let limit = self.reach(column);
                    self.flow(node, limit, 0);
                    return self.set(node, start..self.at, Style::Flow);
                }
                Some(_) => {
                    let end = self.line_end();
                    self.plain_until(end, false);
                    return self.set(node, start..self.at, Style::Plain);
                }
            }
        }
    }

    /// Where the lines of a block of text end.
    fn block_end(&self, column: usize) -> usize {
        let mut end = self.line_end();
        let mut last = end;
        while end < self.bytes.len() {
            let line = end + 1;
            let rest = self.bytes.get(line..).unwrap_or_default();
            let own = rest.iter().position(|b| *b != b' ').unwrap_or(rest.len());
            let length = rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len());
            match rest.get(own) {
                None => break,
                Some(b'\r' | b'\n') => {}
                Some(_) if own <= column => break,
                Some(_) => last = line + length,
            }
            end = line + length;
        }
        last.min(self.bytes.len())
    }

    /// Takes a text without quotes: to the end, a comment, or within brackets what ends an entry.
    fn plain_until(&mut self, end: usize, in_flow: bool) {
        let start = self.at;
        while self.at < end {
            match self.byte() {
                Some(b',' | b'}' | b']' | b'{' | b'[') if in_flow => break,
                Some(b':')
                    if in_flow && (self.blank_follows() || self.bytes.get(self.at + 1) == Some(&b',')) =>
                {
                    break;
                }
                Some(b'#') if self.bytes.get(self.at.wrapping_sub(1)) == Some(&b' ') => break,
                _ => self.at += 1,
            }
        }
        let raw = self.text.get(start..self.at).unwrap_or_default();
        self.at = start + raw.trim_end().len();
    }

    /// Takes what stands in brackets, the brackets too.
    fn flow(&mut self, parent: Option<usize>, limit: usize, depth: usize) {
        let map = self.byte() == Some(b'{');
        self.at += 1;
        while self.at < limit {
            match self.byte() {
                None => return,
                Some(b' ' | b'\t' | b'\r' | b'\n' | b',') => self.at += 1,
                Some(b'#') => self.at = self.line_end().min(limit),
                Some(b'}' | b']') => {
                    self.at += 1;
                    return;
                }
                Some(_) if depth >= DEPTH => self.at = limit,
                Some(first) => {
                    let start = self.at;
                    if !map {
                        let node = self.push(parent, start..start, 0, true);
                        self.flow_value(node, limit, depth);
                    } else {
                        match first {
                            b'"' | b'\'' => self.quoted(limit),
                            _ => self.plain_until(self.line_end().min(limit), true),
                        }
                        let node = self.push(parent, start..self.at, 0, true);
                        self.blanks();
                        if self.byte() == Some(b':') {
                            self.at += 1;
                            self.blanks();
                            self.flow_value(node, limit, depth);
                        }
                    }
                    // A bracket where a key should be, say.
                    if self.at == start {
                        self.at += 1;
                    }
                }
            }
        }
    }

    fn flow_value(&mut self, node: usize, limit: usize, depth: usize) {
        let start = self.at;
        match self.byte() {
            Some(b'{' | b'[') => {
                self.flow(Some(node), limit, depth + 1);
                self.set(Some(node), start..self.at, Style::Flow);
            }
            Some(b'"' | b'\'') => {
                self.quoted(limit);
                self.set(Some(node), start..self.at, Style::Quoted);
            }
            Some(b'*') => {
                self.plain_until(self.line_end().min(limit), true);
                self.set(Some(node), start..self.at, Style::Alias);
            }
            Some(b',' | b'}' | b']' | b'\n') | None => {}
            Some(_) => {
                self.plain_until(self.line_end().min(limit), true);
                if self.at > start {
                    self.set(Some(node), start..self.at, Style::Plain);
                }
            }
        }
    }
}
