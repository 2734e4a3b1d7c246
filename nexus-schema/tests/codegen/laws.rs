//! Whatever the names and texts, what comes out is Rust, or a refusal.

use nexus_schema::catalog::Kind;
use nexus_schema::codegen::{Derives, Options, models, source};
use proptest::prelude::*;

use crate::schemas::Sketch;

const WORDS: &[&str] =
    &["type", "self", "Self", "crate", "r#try", "gen", "_", "__", "\"; drop", "*/", "#{", "é", "1", "x"];

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(WORDS).prop_map(String::from),
        "\\PC{1,63}",
        "[a-zA-Z_]{1,12}",
        any::<String>().prop_filter("a name is not empty", |name| !name.is_empty()),
    ]
}

fn type_name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(
        &["uuid", "text", "integer", "real", "bytea", "jsonb", "mood", "mood[]", "tstzrange"][..],
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn generated_code_is_rust(
        tables in prop::collection::btree_map(name(), prop::collection::vec((name(), type_name()), 0..6), 0..4),
        labels in prop::collection::btree_set(name(), 0..5),
        comment in any::<String>(),
        keys in 0_usize..3,
    ) {
        let mut s = Sketch::default();
        let labels: Vec<_> = labels.iter().map(String::as_str).collect();
        let mood = s.labels("mood", &labels);
        s.comment(&mood, &comment);
        for (table, columns) in &tables {
            let columns: Vec<_> = columns.iter().map(|(name, type_)| (name.as_str(), *type_)).collect();
            let id = s.table(&format!("public.{table}"), keys.min(columns.len()), &columns);
            s.comment(&id, &comment);
            for (column, _) in columns {
                s.comment(&id.child(Kind::Column, column), &comment);
            }
        }
        match models(&s.0, &Options::default()) {
            Ok(tokens) => {
                let text = source(&s.0, &Options::default()).expect("models were generated");
                let again = syn::parse_file(&text).expect("what is laid out is Rust");
                let straight: syn::File = syn::parse2(tokens).expect("what is generated is Rust");
                let [again, straight] = [again, straight].map(|file| quote::quote!(#file).to_string().replace(' ', ""));
                prop_assert_eq!(again, straight, "a layout adds no token and takes none");
            }
            Err(problems) => prop_assert!(!problems.0.is_empty()),
        }
    }

    #[test]
    fn any_text_as_a_rust_type_is_a_type_or_refused(text in any::<String>()) {
        let mut s = Sketch::default();
        let id = s.table("t", 0, &[("c", "text")]).child(Kind::Column, "c");
        let hint = nexus_schema::codegen::Hint {
            name: Some(text.clone()),
            type_: Some(text.clone()),
            derives: Derives { row: vec![text.clone()], new: vec![text.clone()], patch: vec![text.clone()] },
            attributes: vec![text],
            ..nexus_schema::codegen::Hint::default()
        };
        let input = nexus_schema::codegen::Input { hints: [(id, hint)].into(), ..(&s.0).into() };
        if let Ok(tokens) = models(input, &Options::default()) {
            prop_assert!(syn::parse2::<syn::File>(tokens).is_ok());
        }
    }
}
