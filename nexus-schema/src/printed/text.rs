//! From a tree to the text of a file, laid out as one would by hand.
//!
//! What fits on a line stands on one, bodies and queries are blocks of lines.

use super::scalar;
use super::tree::{Map, Room, Tree};

/// How long a line may be that holds several values.
const WIDTH: usize = 120;

/// The text of a document.
pub(crate) fn text(document: &Map) -> String {
    let mut out = String::new();
    block(document, 0, &mut out);
    out
}

/// The entries of a mapping, a line or more each.
fn block(map: &Map, indent: usize, out: &mut String) {
    let mut last_is_long = None;
    for (key, value) in &map.entries {
        let mut written = " ".repeat(indent);
        written.push_str(&scalar::key(key));
        written.push(':');
        after_key(value, indent, &mut written);
        let long = written.trim_end().contains('\n');
        if map.room == Room::Spaced && last_is_long.is_some_and(|last| last || long) {
            out.push('\n');
        }
        last_is_long = Some(long);
        out.push_str(&written);
    }
}

/// A value after its key and colon, to the end of its last line.
fn after_key(value: &Tree, indent: usize, out: &mut String) {
    if let Some(flow) = on_one_line(value, width_of_last_line(out)) {
        if !flow.is_empty() {
            out.push(' ');
        }
        out.push_str(&flow);
        out.push('\n');
        return;
    }
    match value {
        Tree::Map(map) => {
            out.push('\n');
            block(map, indent + 2, out);
        }
        Tree::List(items) => {
            out.push('\n');
            items.iter().for_each(|item| self::item(item, indent + 2, out));
        }
        Tree::Text(text) => {
            out.push(' ');
            lines(text, indent + 2, out);
        }
        Tree::Bool(_) | Tree::Number(_) | Tree::Null => unreachable!("these stand on one line"),
    }
}

/// An item of a list, after its dash.
fn item(value: &Tree, indent: usize, out: &mut String) {
    out.push_str(&" ".repeat(indent));
    out.push('-');
    if let Some(flow) = on_one_line(value, width_of_last_line(out)) {
        out.push(' ');
        out.push_str(if flow.is_empty() { "null" } else { &flow });
        out.push('\n');
        return;
    }
    match value {
        Tree::Map(map) => {
            let mut inner = String::new();
            block(map, indent + 2, &mut inner);
            out.push(' ');
            out.push_str(inner.trim_start_matches(' '));
        }
        Tree::List(items) => {
            out.push('\n');
            items.iter().for_each(|value| item(value, indent + 2, out));
        }
        Tree::Text(text) => {
            out.push(' ');
            lines(text, indent + 2, out);
        }
        Tree::Bool(_) | Tree::Number(_) | Tree::Null => unreachable!("these stand on one line"),
    }
}

/// A text of several lines.
fn lines(text: &str, indent: usize, out: &mut String) {
    out.push_str(&scalar::block_head(text));
    out.push('\n');
    let body = text.strip_suffix('\n').unwrap_or(text);
    for line in body.split('\n') {
        if !line.is_empty() {
            out.push_str(&" ".repeat(indent));
            out.push_str(line);
        }
        out.push('\n');
    }
}

fn width_of_last_line(text: &str) -> usize {
    text.rsplit('\n').next().unwrap_or_default().chars().count()
}

/// The value on one line, where it likes to stand on one and fits after `used` characters.
fn on_one_line(value: &Tree, used: usize) -> Option<String> {
    match value {
        Tree::Map(map) if !map.fits_on_a_line() => None,
        Tree::Text(text) => (!scalar::is_block(text)).then(|| scalar::line(text)),
        Tree::Null => Some(String::new()),
        Tree::Bool(_) | Tree::Number(_) => flow(value),
        Tree::Map(Map { entries, .. }) if entries.is_empty() => flow(value),
        Tree::List(items) if items.is_empty() => flow(value),
        Tree::List(items) if items.iter().any(is_row) => None,
        Tree::List(_) | Tree::Map(_) => flow(value).filter(|flow| used + 1 + flow.chars().count() <= WIDTH),
    }
}

fn is_row(item: &Tree) -> bool {
    matches!(item, Tree::Map(map) if map.room == Room::Row)
}

/// The value in brackets and braces; `None` where a part of it takes more than a line.
fn flow(value: &Tree) -> Option<String> {
    match value {
        Tree::Null => Some("null".into()),
        Tree::Bool(value) => Some(value.to_string()),
        Tree::Number(digits) => Some(digits.clone()),
        Tree::Text(text) => (!scalar::is_block(text)).then(|| scalar::line(text)),
        Tree::List(items) => {
            let items: Option<Vec<_>> = items.iter().map(flow).collect();
            Some(format!("[{}]", items?.join(", ")))
        }
        Tree::Map(map) if !map.fits_on_a_line() => None,
        Tree::Map(map) if map.is_empty() => Some("{}".into()),
        Tree::Map(map) => {
            let entry = |(key, value): &(String, Tree)| {
                let key = scalar::key(key);
                Some(format!("{key}: {}", flow(value)?))
            };
            let entries: Option<Vec<_>> = map.entries.iter().map(entry).collect();
            Some(format!("{{ {} }}", entries?.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::yaml::{Node, Value, parse};

    /// Texts that have lied to some reader of YAML or other.
    const HOSTILE: &[&str] = &[
        "",
        " ",
        "  x",
        "x ",
        "\t",
        "\tx",
        "x\t",
        "a: b",
        "a:b",
        "a #b",
        "a#b",
        "# a",
        "yes",
        "no",
        "on",
        "off",
        "y",
        "null",
        "Null",
        "~",
        "true",
        "True",
        "1",
        "-1",
        "+1",
        "0x1F",
        "0o7",
        "007",
        "1_000",
        "1e5",
        ".5",
        "1.",
        ".inf",
        ".NaN",
        "-.inf",
        "1:30",
        "2020-01-01",
        "12:30:45",
        "=",
        "<<",
        "- a",
        "-",
        "--",
        "---",
        "...",
        "?",
        "? a",
        ":",
        ": a",
        ",",
        "[a",
        "]",
        "{a",
        "}",
        "a, b",
        "a]b",
        "'",
        "''",
        "\"",
        "a'b",
        "a\"b",
        "\\",
        "a\\nb",
        "%",
        "%a",
        "@a",
        "`a",
        "!a",
        "!!str a",
        "&a",
        "*a",
        "|",
        ">",
        "|-",
        "a\nb",
        "a\n",
        "\na",
        "\n",
        "\n\n",
        "a\n\n",
        "a\n\n\n",
        " a\nb",
        "a\n b",
        "a\n\tb",
        "\ta\nb",
        "a \nb",
        "a\n \nb",
        "a\n  ",
        "a\r\nb",
        "a\rb",
        "\r",
        "\u{85}",
        "\u{2028}x",
        "\u{feff}",
        "a\u{feff}b",
        "é",
        "日本",
        "💥",
        "a\u{7f}b",
        "\u{1}",
        "a\u{a0}b",
        "--- a",
        "a\n---\nb",
        "a\n...\nb",
        "#\n#",
        "a: |\n  b",
        "- a\n- b",
        "key: 'v",
        "x: y: z",
        "SELECT 'a: b' # c",
        "\u{fffd}",
        "\n a\nb",
        "a\n# b",
    ];

    fn same(tree: &Tree, node: &Node) -> bool {
        match (tree, &node.value) {
            (Tree::Null, Value::Null) => true,
            (Tree::Bool(a), Value::Bool(b)) => a == b,
            (Tree::Number(a), Value::Number(b)) | (Tree::Text(a), Value::Text(b)) => a == b,
            (Tree::List(a), Value::Seq(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
            (Tree::Map(a), Value::Map(b)) => {
                a.entries.len() == b.len()
                    && a.entries.iter().zip(b).all(|((k, a), (l, b))| *k == l.text && same(a, b))
            }
            _ => false,
        }
    }

    fn reads_back(tree: Tree) -> Result<(), String> {
        let document = Map { entries: vec![("top".into(), tree.clone())], room: Room::Spaced };
        let text = text(&document);
        let node = parse(&text).map_err(|error| format!("{}:\n{text}", error.message))?;
        if !same(&Tree::Map(document), &node) {
            return Err(format!("{tree:?} became {:?}:\n{text}", node.value));
        }
        // The library that some other tool reads with must see the same texts.
        let theirs: serde_yaml::Value =
            serde_yaml::from_str(&text).map_err(|error| format!("serde_yaml: {error}:\n{text}"))?;
        if let (Tree::Text(ours), Some(theirs)) = (&tree, theirs.get("top"))
            && theirs.as_str() != Some(ours)
        {
            return Err(format!("{ours:?} became {theirs:?}:\n{text}"));
        }
        Ok(())
    }

    fn everywhere(text: &str) -> Vec<Tree> {
        let value = || Tree::from(text);
        let map = |room, key: &str, value: Tree| Tree::Map(Map { entries: vec![(key.into(), value)], room });
        let mut places = vec![value(), Tree::List(vec![value(), value()])];
        for room in [Room::Line, Room::Row, Room::Block, Room::Spaced] {
            places.push(map(room, "k", value()));
            places.push(Tree::List(vec![map(room, "k", value()), value()]));
            places.push(map(room, text, Tree::from(true)));
            places.push(map(room, text, value()));
            places.push(map(room, text, Tree::Null));
            places.push(Tree::List(vec![Tree::List(vec![map(room, text, value())])]));
        }
        places
    }

    #[test]
    fn every_hostile_text_reads_back_wherever_it_stands() {
        let wrong: Vec<_> = HOSTILE
            .iter()
            .flat_map(|text| everywhere(text))
            .filter_map(|tree| reads_back(tree).err())
            .collect();
        assert!(wrong.is_empty(), "{} do not:\n{}", wrong.len(), wrong.join("\n"));
    }

    #[test]
    fn the_layout_is_one_that_people_write() {
        let column = |type_: &str| {
            let mut map = Map::default();
            map.put("type", type_);
            map.flag("primary_key", true);
            map.put("description", "It's: a key");
            map.or_short("type")
        };
        let mut columns = Map::of(Room::Block);
        columns.put("id", column("uuid"));
        columns.put("note", "text");
        let mut table = Map::of(Room::Block);
        table.put("columns", columns);
        table.put("primary_key", vec!["a", "b"]);
        table.put("body", "BEGIN\n  RETURN NEW;\nEND\n");
        let mut tables = Map::of(Room::Spaced);
        tables.put("users", table.clone());
        tables.put("other", table);
        let mut document = Map::of(Room::Block);
        document.put("nexus", 1_i64);
        document.put("tables", tables);
        insta::assert_snapshot!(text(&document));
    }

    fn any_text() -> impl Strategy<Value = String> {
        prop_oneof![
            proptest::sample::select(HOSTILE).prop_map(String::from),
            any::<String>().prop_filter("no text of PostgreSQL has it", |text| !text.contains('\0')),
            "[ \t\na:#'\"\\[\\]{},-]{0,12}",
            proptest::collection::vec(proptest::sample::select(HOSTILE), 1..4)
                .prop_map(|parts| parts.concat()),
            "[a-z ]{100,200}",
        ]
    }

    fn any_tree() -> impl Strategy<Value = Tree> {
        let leaf = prop_oneof![
            any_text().prop_map(Tree::Text),
            any::<bool>().prop_map(Tree::Bool),
            any::<i64>().prop_map(|n| Tree::Number(n.to_string())),
            "-?[1-9][0-9]{0,30}\\.[0-9]{1,8}".prop_map(Tree::Number),
            Just(Tree::Null),
        ];
        leaf.prop_recursive(4, 40, 5, |inner| {
            let room = proptest::sample::select(&[Room::Line, Room::Row, Room::Block, Room::Spaced][..]);
            let map = proptest::collection::btree_map(any_text(), inner.clone(), 0..5);
            prop_oneof![
                proptest::collection::vec(inner, 0..5).prop_map(Tree::List),
                (map, room)
                    .prop_map(|(map, room)| Tree::Map(Map { entries: map.into_iter().collect(), room })),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

        #[test]
        fn what_is_printed_reads_back(tree in any_tree()) {
            prop_assert_eq!(reads_back(tree), Ok(()));
        }
    }
}
