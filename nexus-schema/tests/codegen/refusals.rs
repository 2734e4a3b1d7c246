//! What has no Rust side is named, with what to do about it.

use std::collections::BTreeMap;

use nexus_schema::catalog::{Catalog, Kind, ObjectId};
use nexus_schema::codegen::{Hint, Input, Options, models};

use crate::schemas::Sketch;

fn refusal(catalog: &Catalog, hints: BTreeMap<ObjectId, Hint>) -> String {
    let input = Input { hints, ..Input::from(catalog) };
    models(input, &Options::default()).expect_err("the schema has mistakes").to_string()
}

#[test]
fn all_mistakes_at_once() {
    let mut s = Sketch::default();
    let docs = s.table(
        "docs",
        1,
        &[("id", "uuid"), ("search", "tsvector"), ("bits", "bit(3)"), ("a b", "text"), ("a_b", "text")],
    );
    s.table("doc", 1, &[("id", "uuid")]);
    s.table("doc_ids", 0, &[("x", "xml")]);
    s.labels("mood", &["so so", "so-so"]);
    let hints = BTreeMap::from([
        (docs.clone(), Hint { name: Some("not a name".into()), ..Hint::default() }),
        (
            docs.child(Kind::Column, "bits"),
            Hint { type_: Some("i32, pub evil: i32".into()), ..Hint::default() },
        ),
    ]);
    insta::assert_snapshot!(refusal(&s.0, hints));
}

#[test]
fn a_circle_of_domains_ends() {
    let mut s = Sketch::default();
    s.domain("one", "two", false);
    s.domain("two", "one", false);
    s.table("t", 0, &[("c", "one")]);
    insta::assert_snapshot!(refusal(&s.0, BTreeMap::new()));
}

#[test]
fn an_override_takes_the_place_of_a_type() {
    let mut s = Sketch::default();
    let docs = s.table("docs", 0, &[("search", "tsvector")]);
    let hint = Hint { name: Some("Paper".into()), ..Hint::default() };
    let type_ = Hint { name: Some("words".into()), type_: Some("crate::Search".into()), ..Hint::default() };
    let hints = BTreeMap::from([(docs.clone(), hint), (docs.child(Kind::Column, "search"), type_)]);
    let input = Input { hints, ..Input::from(&s.0) };
    let text = nexus_schema::codegen::source(input, &Options::default()).expect("both hints are fine");
    assert!(text.contains("pub struct Paper"), "{text}");
    assert!(text.contains("pub words: __nexus::Option<crate::Search>"), "{text}");
}
