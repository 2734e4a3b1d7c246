//! Places as editors count them: lines from 0, and in a line the units of UTF-16.

use std::ops::Range;

use lsp_types as lsp;

/// Where the lines of a text begin.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    pub(crate) fn of(text: &str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self { starts: std::iter::once(0).chain(breaks).collect() }
    }

    /// How many lines there are; the last one may be empty.
    pub(crate) fn count(&self) -> usize {
        self.starts.len()
    }

    /// The line of a byte.
    pub(crate) fn line(&self, byte: usize) -> usize {
        self.starts.partition_point(|start| *start <= byte).saturating_sub(1)
    }

    /// The bytes of a line, its break left out; nothing at the end of the text for a line that is not there.
    pub(crate) fn bytes(&self, text: &str, line: usize) -> Range<usize> {
        let start = self.starts.get(line).copied().unwrap_or(text.len());
        let end = self.starts.get(line.saturating_add(1)).map_or(text.len(), |next| next.saturating_sub(1));
        let end = match text.get(start..end) {
            Some(line) => start + line.trim_end_matches('\r').len(),
            None => start,
        };
        start..end
    }

    /// The byte at a place; one that is not there is the nearest before it.
    pub(crate) fn byte(&self, text: &str, place: lsp::Position) -> usize {
        let line = self.bytes(text, usize::try_from(place.line).unwrap_or(usize::MAX));
        let mut units = usize::try_from(place.character).unwrap_or(usize::MAX);
        for (at, c) in text.get(line.clone()).unwrap_or_default().char_indices() {
            if units < c.len_utf16() {
                return line.start + at;
            }
            units -= c.len_utf16();
        }
        line.end
    }

    /// The place of a byte.
    pub(crate) fn place(&self, text: &str, byte: usize) -> lsp::Position {
        let line = self.line(byte);
        let start = self.starts.get(line).copied().unwrap_or_default();
        let mut end = byte.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let units = text.get(start..end).unwrap_or_default().encode_utf16().count();
        lsp::Position { line: narrow(line), character: narrow(units) }
    }

    /// The places of a stretch.
    pub(crate) fn range(&self, text: &str, bytes: &Range<usize>) -> lsp::Range {
        lsp::Range { start: self.place(text, bytes.start), end: self.place(text, bytes.end) }
    }

    /// The bytes between two places.
    pub(crate) fn span(&self, text: &str, range: lsp::Range) -> Range<usize> {
        let start = self.byte(text, range.start);
        start..self.byte(text, range.end).max(start)
    }

    /// The byte of the character `column` of a line, the former counted from 1 and the latter from 0.
    pub(crate) fn character(&self, text: &str, line: usize, column: usize) -> usize {
        let bytes = self.bytes(text, line);
        let within = text.get(bytes.clone()).unwrap_or_default();
        let nth = within.char_indices().nth(column.saturating_sub(1));
        nth.map_or(bytes.end, |(at, _)| bytes.start + at)
    }
}

/// A number as the protocol carries it.
pub(crate) fn narrow(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_units_of_utf16() {
        let text = "a: é\r\nb: 🙂x\r\n";
        let lines = Lines::of(text);
        let x = text.find('x').expect("it is there");
        let place = lines.place(text, x);
        assert_eq!((place.line, place.character), (1, 5));
        assert_eq!(lines.byte(text, place), x);
        // Within the two units of a character is before it; past the line is its end, before the break.
        assert_eq!(lines.byte(text, lsp::Position { line: 1, character: 4 }), x - 4);
        assert_eq!(lines.byte(text, lsp::Position { line: 1, character: 99 }), x + 1);
        assert_eq!(lines.byte(text, lsp::Position { line: 0, character: u32::MAX }), "a: é".len());
        assert_eq!(lines.byte(text, lsp::Position { line: u32::MAX, character: u32::MAX }), text.len());
        assert_eq!(lines.character(text, 1, 5), x);
    }

    #[test]
    fn every_byte_has_a_place() {
        let text = "é🙂\n\r\n\tx";
        let lines = Lines::of(text);
        for byte in 0..=text.len() + 3 {
            let place = lines.place(text, byte);
            assert!(lines.byte(text, place) <= byte);
        }
        assert_eq!(lines.count(), 3);
    }
}
