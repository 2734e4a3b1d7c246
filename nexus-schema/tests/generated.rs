//! Compiles the generated fixtures where nothing is in scope and every warning is an error.
#![cfg(feature = "runtime")]
#![no_implicit_prelude]
#![deny(warnings, missing_docs, unsafe_code)]

/// Names of users that must not disturb generated code.
pub mod core {}

/// What a service has.
pub mod shop {
    ::core::include!("generated/shop.rs");
}

/// The reference schema.
pub mod platform {
    ::core::include!("generated/platform.rs");
}

/// What an author adds to a table, and leaves out.
pub mod options {
    ::core::include!("generated/options.rs");
}

/// One column of every type.
pub mod types {
    ::core::include!("generated/types.rs");
}

/// Names and texts that mean harm.
pub mod hostile {
    ::core::include!("generated/hostile.rs");
}

use ::nexus_schema::runtime::Table;
use ::std::convert::Into;
use ::std::string::ToString;

#[::core::prelude::v1::test]
fn enums_read_and_write_their_labels() {
    use shop::OrderStatus;
    for status in OrderStatus::ALL {
        ::std::assert_eq!(
            status.to_string().parse::<OrderStatus>().as_ref(),
            ::core::result::Result::Ok(status)
        );
    }
    let error = "gone".parse::<OrderStatus>().expect_err("no such label");
    ::std::assert_eq!(error.to_string(), "`gone` is not a label of public.order_status");
}

#[::core::prelude::v1::test]
fn ids_wrap_and_unwrap() {
    let id: shop::OrderId = 7_i64.into();
    ::std::assert_eq!((id.to_string(), id.into_inner()), ("7".to_string(), 7));
}

#[::core::prelude::v1::test]
fn columns_are_known() {
    ::std::assert_eq!(<shop::Order as Table>::PRIMARY_KEY, ["id"]);
    let email = &<shop::User as Table>::COLUMNS[1];
    ::std::assert_eq!((email.name, email.nullable(), email.has_default()), ("email", false, false));
    ::std::assert!(shop::Order::SELECT.ends_with("type, \"user\", \"Mixed Case\" FROM public.orders"));
}

#[::core::prelude::v1::test]
fn tagged_columns_are_not_shown() {
    use ::core::option::Option::{None, Some};
    let user = platform::User {
        id: ::nexus_schema::runtime::private::uuid::Uuid::nil().into(),
        email: "ada@example.com".to_string(),
        username: "ada-login".to_string(),
        password_hash: "argon2id".to_string(),
        first_name: Some("Augusta".to_string()),
        last_name: Some("King".to_string()),
        is_active: Some(true),
        is_verified: None,
        created_at: None,
        updated_at: None,
        last_login: None,
    };
    let shown = ::std::format!("{user:?}");
    for hidden in ["ada", "argon2id", "Augusta", "King"] {
        ::std::assert!(!shown.contains(hidden), "{shown}");
    }
    ::std::assert!(
        shown.starts_with("User { id: UserId(00000000-0000-0000-0000-000000000000), email: <redacted>, ")
    );
    ::std::assert!(shown.contains("is_active: Some(true)"), "{shown}");
}

#[::core::prelude::v1::test]
fn default_rows_are_an_enum_in_every_column_that_refers_to_them() {
    use options::{DocumentState, SCHEMA, State};
    let state = State { code: DocumentState::InReview, says: ::core::option::Option::None };
    ::std::assert_eq!("in review".parse::<DocumentState>().as_ref(), ::core::result::Result::Ok(&state.code));
    ::std::assert_eq!(SCHEMA.lookups[0].values, ["draft", "in review", "published"]);
    ::std::assert!("gone".parse::<DocumentState>().is_err());
}

#[::core::prelude::v1::test]
fn what_json_leaves_out_is_left_out_of_a_statement() {
    use ::nexus_schema::runtime::{Defaulted, Patch};
    let new: options::NewPaper = ::serde_json::from_str(r#"{ "id": 7, "body": "text", "revision": 3 }"#)
        .expect("it has all that it must");
    ::std::assert_eq!(
        (new.id.0, &new.revision, new.author_id),
        (7, &Defaulted::Value(3), ::core::option::Option::None)
    );
    ::std::assert_eq!(new.state, Defaulted::Default);
    ::std::assert!(::serde_json::from_str::<options::NewPaper>(r#"{ "id": 7 }"#).is_err(), "a body is due");

    let patch = r#"{"body":"new","author_id":null}"#;
    let read: options::PaperPatch = ::serde_json::from_str(patch).expect("every column may be left out");
    ::std::assert_eq!((&read.revision, &read.author_id), (&Patch::Keep, &Patch::null()));
    ::std::assert_eq!(::serde_json::to_string(&read).expect("it is JSON"), patch);
}
