#![deny(warnings, missing_docs)]
#![no_implicit_prelude]
//! Models where nothing is in scope.

/// Models.
pub mod models {
    ::nexus_macros::schema!("plain.yaml");
}

/// Models found through a path of one's own.
pub mod renamed {
    /// What stands for the crate.
    pub mod shared {
        pub use ::nexus_schema;
    }
    ::nexus_macros::schema!("./plain.yaml", crate = shared::nexus_schema,);
}

fn main() {
    let id = models::UserId::new(::sqlx::types::Uuid::nil());
    let user = models::User { id, email: "a".into_boxed(), manager_id: ::std::option::Option::Some(id) };
    ::std::assert_eq!(user, ::std::clone::Clone::clone(&user));
}

/// Makes a `String`.
trait IntoBoxed {
    fn into_boxed(self) -> ::std::string::String;
}

impl IntoBoxed for &str {
    fn into_boxed(self) -> ::std::string::String {
        ::std::convert::From::from(self)
    }
}
