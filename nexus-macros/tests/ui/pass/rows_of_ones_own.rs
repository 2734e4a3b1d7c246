#![deny(warnings)]
#![no_implicit_prelude]

use ::nexus_schema::runtime::Table;
use ::std::option::Option;
use ::std::string::String;
use ::std::vec::Vec;

/// A type of the user's own: sqlx checks it.
#[derive(Debug, PartialEq)]
pub struct Email(pub String);

impl ::sqlx::Type<::sqlx::Postgres> for Email {
    fn type_info() -> ::sqlx::postgres::PgTypeInfo {
        <String as ::sqlx::Type<::sqlx::Postgres>>::type_info()
    }
}

impl<'r> ::sqlx::Decode<'r, ::sqlx::Postgres> for Email {
    fn decode(value: ::sqlx::postgres::PgValueRef<'r>) -> ::std::result::Result<Self, ::sqlx::error::BoxDynError> {
        ::std::result::Result::Ok(Email(<String as ::sqlx::Decode<::sqlx::Postgres>>::decode(value)?))
    }
}

#[derive(::nexus_macros::Row)]
#[nexus(table = "public.users", file = "shop.yaml", crate = ::nexus_schema)]
pub struct Login {
    pub id: ::sqlx::types::Uuid,
    pub email: Email,
    #[nexus(column = "nickname")]
    pub called: Option<String>,
    pub balance: ::sqlx::types::Decimal,
    pub seen: ::sqlx::types::chrono::DateTime<::sqlx::types::chrono::Utc>,
    pub tags: Vec<String>,
    pub r#type: Option<String>,
    #[nexus(skip)]
    pub visits: u64,
}

fn main() {
    let columns: Vec<_> = ::std::iter::Iterator::collect(::std::iter::Iterator::map(<Login as Table>::COLUMNS.iter(), |c| c.name));
    ::std::assert_eq!(columns, ["id", "email", "nickname", "balance", "seen", "tags", "type"]);
    ::std::assert_eq!(Login::SELECT, "SELECT id, email, nickname, balance, seen, tags, type FROM public.users");
}
