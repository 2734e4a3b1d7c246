//! One file with every key of the format reads whole, and every key of the JSON Schema is in it.

use nexus_schema::document::parse;

const EVERYTHING: &str = include_str!("everything.yaml");

#[test]
fn everything_reads() {
    let (declared, warnings) = parse("everything.yaml", EVERYTHING)
        .unwrap_or_else(|said| panic!("{}", said.render_human(nexus_schema::diagnostic::Color::Never)));
    assert!(warnings.is_empty(), "{}", warnings.render_short());
    insta::assert_snapshot!(declared.catalog.to_lines());
}
