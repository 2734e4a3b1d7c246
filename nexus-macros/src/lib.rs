//! Rust models from `schema.yaml` at compile time.
//!
//! A thin front over `nexus_schema::codegen`: reads files, writes none, opens no socket. Mistakes in the YAML become
//! compile errors that show the YAML's own file, line and column.

#![forbid(unsafe_code)]

mod arguments;
mod load;
mod row;
mod row_attributes;
mod row_type;
mod schema;
mod test_attribute;

use proc_macro::TokenStream;

/// Generates the models of a schema: row structs, typed ids and enums.
///
/// Takes the path of the file, relative to the package's folder, and optionally the path under which the calling
/// crate finds nexus-schema. The items land where the macro is called, so give them a module.
///
/// ```ignore
/// mod models {
///     nexus_macros::schema!("schema.yaml");
/// }
/// mod shared {
///     nexus_macros::schema!("../schema.yaml", crate = ::platform::nexus_schema);
/// }
/// ```
/// The output is what `nexus models` writes and what `nexus_schema::build::models` makes of the same file.
#[proc_macro]
pub fn schema(input: TokenStream) -> TokenStream {
    schema::expand(input.into()).into()
}

/// Checks a struct of one's own against a table of the schema and makes it a row of that table.
///
/// Implements `FromRow` for sqlx and `nexus_schema::runtime::Table`. A struct may have a part of the columns. What is
/// wrong with a field (no such column, another type, NULL not provided for) is an error at that field.
///
/// - `#[nexus(table = "users")]`: the table, or `"auth.users"`. Required.
/// - `#[nexus(file = "schema.yaml")]`: the schema, relative to the package's folder; `schema.yaml` if not given.
/// - `#[nexus(crate = ::path)]`: where the calling crate finds nexus-schema.
/// - on a field, `#[nexus(column = "e-mail")]`: the column, where the field's name is not the column's.
/// - on a field, `#[nexus(skip)]`: no column; the field takes its default.
///
/// A field may have a type of one's own, such as a newtype over `String`: sqlx checks that when it reads the row.
///
/// ```ignore
/// #[derive(nexus_macros::Row)]
/// #[nexus(table = "users")]
/// struct Login {
///     id: uuid::Uuid,
///     email: String,
///     last_login: Option<chrono::NaiveDateTime>,
/// }
/// ```
#[proc_macro_derive(Row, attributes(nexus))]
pub fn derive_row(input: TokenStream) -> TokenStream {
    row::expand(input.into()).into()
}

/// Gives a test a pool on a database of its own, with the schema and its seeds.
///
/// Takes the path of the schema, relative to the package's folder; without it the database is empty. The test is an
/// `async fn` with one argument, the pool. What runs it is `nexus_migrate::testing`, a development dependency.
///
/// ```ignore
/// #[nexus_macros::test("schema.yaml")]
/// async fn users_are_there(pool: sqlx::PgPool) {
///     assert!(User::BY_EMAIL.get(&pool, "ada@example.com").await.unwrap().is_none());
/// }
/// ```
#[proc_macro_attribute]
pub fn test(arguments: TokenStream, item: TokenStream) -> TokenStream {
    test_attribute::expand(arguments.into(), item.into()).into()
}
