//! Laws of types: what is printed is read again as the same, and every spelling of a type is one type.

use nexus_schema::types::{Builtin, TypeRef};
use proptest::prelude::*;

#[test]
fn every_spelling_prints_as_the_server_does() {
    let table = [
        ("int8", "bigint"),
        ("INT", "integer"),
        ("varchar(255)", "character varying(255)"),
        ("varchar", "character varying"),
        ("character varying (10)", "character varying(10)"),
        ("char", "character(1)"),
        ("bpchar", "bpchar"),
        ("\"char\"", "\"char\""),
        ("decimal(3,2)", "numeric(3,2)"),
        ("numeric(5)", "numeric(5,0)"),
        ("numeric(3,-2)", "numeric(3,-2)"),
        ("timestamptz(3)", "timestamp(3) with time zone"),
        ("timestamp", "timestamp without time zone"),
        ("timestamp (3) with time zone", "timestamp(3) with time zone"),
        ("timestamp(0)[]", "timestamp(0) without time zone[]"),
        ("time with time zone", "time with time zone"),
        ("timetz(2)", "time(2) with time zone"),
        ("interval day to second(3)", "interval day to second(3)"),
        ("interval(3)", "interval(3)"),
        ("interval year", "interval year"),
        ("float(24)", "real"),
        ("float", "double precision"),
        ("bit", "bit(1)"),
        ("bit varying(5)", "bit varying(5)"),
        ("text[][]", "text[]"),
        ("integer ARRAY[4]", "integer[]"),
        ("pg_catalog.int4", "integer"),
        ("auth.\"Role\"", "auth.\"Role\""),
        ("public.order_status[]", "public.order_status[]"),
        ("jsonb", "jsonb"),
        ("inet", "inet"),
    ];
    for (written, printed) in table {
        assert_eq!(TypeRef::parse(written).map(|t| t.to_string()), Ok(printed.to_owned()), "{written}");
    }
}

#[test]
fn what_is_no_type_is_refused() {
    for text in [
        "",
        "serial",
        "bigserial",
        "varchar(0)",
        "varchar(a)",
        "varchar(1",
        "numeric(0)",
        "numeric(2000)",
        "text(3)",
        "timestamp(7)",
        "int[",
        "setof int",
        "a.b.c",
        "double",
        "x; drop table y",
        "\"",
        "int int",
        "99999999999999",
    ] {
        assert!(TypeRef::parse(text).is_err(), "{text}");
    }
}

#[test]
fn builtin_types_print_and_read_as_themselves() {
    for builtin in Builtin::ALL {
        for name in builtin.aliases().iter().chain([&builtin.name()]) {
            let type_ = TypeRef::parse(name).expect("a name of a built-in type is a type");
            assert_eq!(type_.builtin(), Some(*builtin), "{name}");
            assert_eq!(TypeRef::parse(&type_.to_string()), Ok(type_), "{name}");
        }
    }
}

proptest! {
    #[test]
    fn printed_types_read_as_the_same(schema in "[a-zA-Z \"]{1,8}", name in "[a-zA-Z0-9_ .\"é]{1,12}", array: bool) {
        let type_ = TypeRef { array, ..TypeRef::plain(Some(&schema), &name) };
        prop_assert_eq!(TypeRef::parse(&type_.to_string()), Ok(type_));
    }

    #[test]
    fn any_text_is_a_type_or_an_error(text in "\\PC{0,40}") {
        if let Ok(type_) = TypeRef::parse(&text) {
            prop_assert_eq!(TypeRef::parse(&type_.to_string()), Ok(type_));
        }
    }

    #[test]
    fn anything_like_a_type_is_one_or_an_error(text in "(int|text|varchar|numeric|bit|char|time|interval|float|\"|x)?[ ]?[(]?[0-9]{0,3}[)]?(\\[\\]| with time zone| varying|)") {
        if let Ok(type_) = TypeRef::parse(&text) {
            prop_assert_eq!(TypeRef::parse(&type_.to_string()), Ok(type_));
        }
    }
}
