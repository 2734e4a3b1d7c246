//! No input makes the parser panic, and formatting keeps what a text means.

use nexus_schema::diagnostic::Color;
use nexus_schema::document::parse;
use proptest::prelude::*;

const EVERYTHING: &str = include_str!("everything.yaml");
const PLATFORM: &str = include_str!("../../schema.yaml");

/// Reads a text in every way there is, and returns the lines of its catalog if it passes.
fn survive(text: &str) -> Option<String> {
    let read = parse("schema.yaml", text);
    if let Err(diagnostics) = &read {
        assert!(diagnostics.has_errors());
        diagnostics.render_human(Color::Ansi);
        diagnostics.render_short();
        diagnostics.to_json();
        diagnostics.to_sarif();
        diagnostics.to_github();
    }
    let state = read.ok().map(|(declared, _)| declared.catalog.to_lines());
    if let Ok(formatted) = nexus_schema::fmt::format(text) {
        let again = nexus_schema::fmt::format(&formatted).map_err(|d| d.render_short());
        assert_eq!(again.as_deref(), Ok(formatted.as_str()), "formatting has no second thoughts");
        let after = parse("schema.yaml", &formatted).ok().map(|(declared, _)| declared.catalog.to_lines());
        assert_eq!(state, after, "formatting keeps the meaning");
    }
    state
}

#[test]
fn the_platform_is_formatted() {
    assert_eq!(nexus_schema::fmt::format(PLATFORM).map_err(|d| d.render_short()).as_deref(), Ok(PLATFORM));
}

#[test]
fn formatting_keeps_comments_and_blocks() {
    let text = "nexus: 1   \n# why\ntables:\n      a: # here\n\n\n          # before\n          columns:\n              x: int # after\n          checks:\n             c: |\n                 x > 1\n                   AND x < 3\n\n\n\n";
    insta::assert_snapshot!(
        nexus_schema::fmt::format(text).map_err(|d| d.render_short()).expect("it is YAML")
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        survive(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn arbitrary_texts_of_yaml_signs(text in "[ a-c0-9:,\\-\\n\\[\\]{}&*!|>'\"#%@`~?.<\\\\]{0,120}") {
        survive(&text);
    }

    #[test]
    fn the_platform_with_bytes_changed(at in 0..PLATFORM.len(), take in 0_usize..30, put in "[ a-z:,\\-\\n\\[\\]{}&*!|>'\"#]{0,6}") {
        let floor = |mut at: usize| { at = at.min(PLATFORM.len()); while !PLATFORM.is_char_boundary(at) { at -= 1; } at };
        let (from, to) = (floor(at), floor(at + take));
        survive(&format!("{}{put}{}", &PLATFORM[..from], &PLATFORM[to..]));
    }

    #[test]
    fn everything_with_bytes_changed(at in 0..EVERYTHING.len(), take in 0_usize..30, put in "[ a-z:,\\-\\n\\[\\]{}&*!|>'\"#().]{0,6}") {
        let floor = |mut at: usize| { at = at.min(EVERYTHING.len()); while !EVERYTHING.is_char_boundary(at) { at -= 1; } at };
        let (from, to) = (floor(at), floor(at + take));
        survive(&format!("{}{put}{}", &EVERYTHING[..from], &EVERYTHING[to..]));
    }

    #[test]
    fn keys_of_any_form(key in "[a-z\"'.+<>() ,]{0,30}", section in 0_usize..6) {
        let quote = |text: &str| serde_json::Value::from(text).to_string();
        let section = ["casts", "operators", "operator_classes", "transforms", "aggregates", "functions"][section];
        survive(&format!("nexus: 1\ndatabase: x\n{section}: {{ {}: {{}} }}\n", quote(&key)));
    }

    #[test]
    fn the_platform_with_lines_moved(from in 0_usize..250, to in 0_usize..250, indent in 0_usize..6) {
        let mut lines: Vec<String> = PLATFORM.lines().map(String::from).collect();
        let line = lines.remove(from.min(lines.len() - 1));
        lines.insert(to.min(lines.len()), format!("{}{}", " ".repeat(indent), line.trim_start()));
        survive(&lines.join("\n"));
    }

    #[test]
    fn columns_of_any_words(name in "[a-z\"'\\\\. ]{1,70}", type_ in "[a-z0-9(), ]{0,20}", default in "\\PC{0,20}") {
        let quote = |text: &str| serde_json::Value::from(text).to_string();
        survive(&format!(
            "nexus: 1\ndatabase: x\ntables:\n  t:\n    columns:\n      {}: {{ type: {}, default: {} }}\n",
            quote(&name), quote(&type_), quote(&default),
        ));
    }
}
