//! Generated source: what it says, that it is always Rust, and what is refused.
#![cfg(feature = "pretty")]

mod laws;
mod refusals;
mod schemas;

use std::path::Path;

use nexus_schema::catalog::Kind;
use nexus_schema::codegen::{Input, Options, source};

/// Compares generated source with the file of a fixture, which `tests/generated.rs` compiles and people review.
fn check<'a>(name: &str, input: impl Into<Input<'a>>) {
    let text = source(input, &Options::default()).expect("a fixture has models");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/generated").join(format!("{name}.rs"));
    if std::env::var_os("NEXUS_BLESS").is_some() {
        std::fs::write(&file, &text).expect("the fixtures' folder is part of the repository");
    }
    let blessed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(text == blessed, "{name}.rs is not what the generator writes; review it with NEXUS_BLESS=1");
}

#[test]
fn shop() {
    check("shop", &schemas::shop());
}

#[test]
fn every_type() {
    check("types", &schemas::types());
}

#[test]
fn hostile_names() {
    let schema = schemas::hostile();
    // Every second column, so that odd names come with and without.
    let columns = schema.of_kind(Kind::Column).map(|(id, _)| id.clone());
    check("hostile", Input { redacted: columns.step_by(2).collect(), ..Input::from(&schema) });
}

#[test]
fn equal_schemas_give_equal_bytes() {
    let one = source(&schemas::shop(), &Options::default());
    assert_eq!(one, source(&schemas::shop(), &Options::default()));
}

/// What an author adds to a table, and leaves out.
#[test]
fn options() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/codegen/options.yaml");
    let (declared, _) = nexus_schema::document::load(&file).expect("the schema is sound");
    check("options", &declared);
}

/// The reference schema of this workspace.
#[test]
fn platform() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema.yaml");
    let (declared, _) = nexus_schema::document::load(&file).expect("the reference schema is sound");
    check("platform", &declared);
}
