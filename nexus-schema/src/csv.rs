//! The only file that knows the CSV reader: text in, a list of mappings with a place on every field out.
//!
//! The first line names the columns. An empty field is NULL, and one in quotes (`""`) an empty text. Knows nothing of
//! types: what a field means, its column says.

use std::ops::Range;

use csv_core::{ReadFieldResult, Reader};

use crate::yaml::{Key, Node, Value};

/// The text is no table.
#[derive(Debug)]
pub(crate) struct CsvError {
    pub(crate) message: String,
    pub(crate) span: Range<usize>,
}

/// Reads a table as a list of rows, each a mapping from the names in the first line; the key of an entry is at the place
/// of its value. Memory stays within a multiple of the text.
pub(crate) fn parse(text: &str) -> Result<Node, CsvError> {
    let mut records = Records { text, at: 0, reader: Reader::new() };
    let Some(header) = records.next()? else {
        return Err(CsvError { message: "the first line must name the columns".into(), span: 0..0 });
    };
    let mut names: Vec<String> = Vec::new();
    for (span, name) in header {
        let name = name.unwrap_or_default();
        if name.is_empty() || names.contains(&name) {
            let message = match name.is_empty() {
                true => "a column has no name".into(),
                false => format!("two columns are called `{name}`"),
            };
            return Err(CsvError { message, span });
        }
        names.push(name);
    }
    let mut rows = Vec::new();
    while let Some(record) = records.next()? {
        let span =
            record.first().map_or(0, |(span, _)| span.start)..record.last().map_or(0, |(span, _)| span.end);
        if record.len() != names.len() {
            let message =
                format!("this row has {} fields, and there are {} columns", record.len(), names.len());
            return Err(CsvError { message, span });
        }
        let entry = |(name, (span, value)): (&String, Field)| {
            let value = value.map_or(Value::Null, Value::Field);
            (Key { span: span.clone(), text: name.clone() }, Node { span, value })
        };
        rows.push(Node { span, value: Value::Map(names.iter().zip(record).map(entry).collect()) });
    }
    Ok(Node { span: 0..text.len(), value: Value::Seq(rows) })
}

/// Where a field is, and its text; nothing for one that is empty and not in quotes.
type Field = (Range<usize>, Option<String>);

struct Records<'a> {
    text: &'a str,
    at: usize,
    reader: Reader,
}

impl Records<'_> {
    fn next(&mut self) -> Result<Option<Vec<Field>>, CsvError> {
        let mut fields = Vec::new();
        loop {
            let begin = self.at;
            let mut value = Vec::new();
            let is_last = loop {
                let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
                // A field is no longer than what is left; it is taken in pieces of what is usual.
                let mut piece = [0; 1024];
                let (result, read, written) = self.reader.read_field(rest, &mut piece);
                self.at += read;
                value.extend(piece.iter().take(written));
                match result {
                    ReadFieldResult::InputEmpty | ReadFieldResult::OutputFull => {}
                    ReadFieldResult::Field { record_end } => break record_end,
                    ReadFieldResult::End => return Ok(None),
                }
            };
            // Lines without anything in them, and what ends the field, are no part of it.
            let raw = self.text.get(begin..self.at).unwrap_or_default();
            let skipped =
                if fields.is_empty() { raw.len() - raw.trim_start_matches(['\r', '\n']).len() } else { 0 };
            let raw = raw.get(skipped..).unwrap_or_default();
            let raw = raw.strip_suffix(',').unwrap_or(raw).trim_end_matches(['\r', '\n']);
            let span = begin + skipped..begin + skipped + raw.len();
            let quoted = raw.starts_with('"');
            if quoted && (raw.len() < 2 || !raw.ends_with('"')) {
                let message = "a quote is opened and not closed, or followed by more than a comma".into();
                return Err(CsvError { message, span: span.start..span.start + 1 });
            }
            let value = String::from_utf8(value).unwrap_or_default();
            let nul = value.contains('\0');
            if nul {
                return Err(CsvError { message: "a text holds the character NUL".into(), span });
            }
            fields.push((span, (quoted || !value.is_empty()).then_some(value)));
            if is_last {
                return Ok(Some(fields));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        match parse(text) {
            Err(CsvError { message, span }) => format!("{message} @ {:?}", &text[span]),
            Ok(Node { value: Value::Seq(rows), .. }) => {
                let cell = |(key, node): &(Key, Node)| match &node.value {
                    Value::Field(value) => format!("{}={value:?}@{:?}", key.text, &text[node.span.clone()]),
                    other => format!("{}={}", key.text, other.word()),
                };
                let row = |row: &Node| match &row.value {
                    Value::Map(cells) => cells.iter().map(cell).collect::<Vec<_>>().join(" "),
                    other => other.word().into(),
                };
                rows.iter().map(row).collect::<Vec<_>>().join("; ")
            }
            Ok(node) => node.value.word().into(),
        }
    }

    #[test]
    fn fields_have_values_and_places() {
        assert_eq!(shown("a,b\n1,x y\n"), r#"a="1"@"1" b="x y"@"x y""#);
        assert_eq!(shown("a,b\r\n,\"\"\r\n"), r#"a=nothing b=""@"\"\"""#);
        assert_eq!(shown("a\n\n\"x,\"\"y\nz\"\n"), r#"a="x,\"y\nz"@"\"x,\"\"y\nz\"""#);
        assert_eq!(shown("a,b\n1,2"), r#"a="1"@"1" b="2"@"2""#);
        assert_eq!(shown("a\n"), "");
        let long = "é".repeat(3_000);
        assert_eq!(shown(&format!("a\n{long}\n")), format!("a={long:?}@{long:?}"));
    }

    #[test]
    fn what_is_no_table_is_told() {
        assert_eq!(shown(""), r#"the first line must name the columns @ """#);
        assert_eq!(shown("a,a\n"), r#"two columns are called `a` @ "a""#);
        assert_eq!(shown("a,\n"), r#"a column has no name @ """#);
        assert_eq!(shown("a,b\n1\n"), r#"this row has 1 fields, and there are 2 columns @ "1""#);
        assert_eq!(
            shown("a\n\"x\n"),
            r#"a quote is opened and not closed, or followed by more than a comma @ "\"""#
        );
    }
}
