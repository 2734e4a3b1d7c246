//! Rust source for a schema: row structs with exact nullability, typed ids, enums.
//!
//! ```text
//! catalog ─ shape (names, types, mistakes) ─ emit ─▶ tokens ─ source ─▶ a file people read
//! ```
//! `nexus models`, build scripts and `schema!` all call [`models`], so their output is the same token for token.
//! Reads no YAML: it sees a catalog and the author's hints, from a `Declared` schema or another source.

mod checks;
mod custom;
mod declared;
mod emit;
mod emit_meta;
mod emit_types;
mod emit_writes;
mod enums;
#[cfg(feature = "pretty")]
mod layout;
mod names;
mod problem;
mod resolve;
mod rust_type;
mod shape;
#[cfg(feature = "pretty")]
mod source;
mod sqlx_toml;
mod writes;

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use sha2::{Digest, Sha256};

pub use checks::{DemandShape, RuleShape};
#[cfg(feature = "pretty")]
pub use layout::layout;
pub use names::nearest;
pub use problem::{Problem, Problems};
pub use rust_type::{RustType, Scalar, Traits};
pub use shape::{ColumnShape, EnumShape, Extra, Shape, TableShape};
#[cfg(feature = "pretty")]
pub use source::source;
pub use sqlx_toml::sqlx_toml;
pub use writes::{PageShape, RelationShape, Writes};

use crate::catalog::{Catalog, ObjectId};
pub use crate::rust::{Derives, ModelsHint, Parts, RustHint as Hint};

/// What generated code may be told.
///
/// ```
/// use nexus_schema::codegen::Options;
/// let options = Options::default().crate_path("::platform::nexus_schema").unwrap();
/// # let _ = options;
/// ```
#[derive(Debug, Clone)]
pub struct Options {
    crate_path: TokenStream,
}

impl Default for Options {
    fn default() -> Self {
        Self { crate_path: quote::quote!(::nexus_schema) }
    }
}

impl Options {
    /// The path under which generated code finds nexus-schema, for crates that re-export or rename it.
    ///
    /// Fails on a text that is not a path.
    pub fn crate_path(mut self, path: &str) -> Result<Self, BadPath> {
        let segments = path.strip_prefix("::").unwrap_or(path).split("::");
        let is_segment = |s: &str| s == "crate" || s == "super" || names::is_ident(s);
        let bad = || BadPath(path.to_owned());
        if !segments.map(str::trim).all(is_segment) {
            return Err(bad());
        }
        self.crate_path = path.parse().map_err(|_| bad())?;
        Ok(self)
    }

    /// The path of the re-exports that generated code spells.
    pub fn private(&self) -> TokenStream {
        let krate = &self.crate_path;
        quote::quote!(#krate::__private)
    }
}

/// The text given for the crate's path is not a path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a path such as `::nexus_schema`")]
pub struct BadPath(String);

/// What a generator starts from.
#[derive(Debug, Clone)]
pub struct Input<'a> {
    /// The objects.
    pub catalog: &'a Catalog,
    /// What the author says of the models of all tables.
    pub models: ModelsHint,
    /// The author's hints.
    pub hints: BTreeMap<ObjectId, Hint>,
    /// The columns whose values `Debug` does not show.
    pub redacted: BTreeSet<ObjectId>,
}

impl<'a> From<&'a Catalog> for Input<'a> {
    fn from(catalog: &'a Catalog) -> Self {
        let (hints, redacted) = (BTreeMap::new(), BTreeSet::new());
        Self { catalog, models: ModelsHint::default(), hints, redacted }
    }
}

/// Generates the models of a schema as tokens; fails with everything that has no Rust side.
///
/// ```
/// use nexus_schema::catalog::{Catalog, Kind, ObjectId};
/// use nexus_schema::codegen::{Options, models};
/// use nexus_schema::kinds::{Column, Table};
///
/// let mut catalog = Catalog::default();
/// let users = ObjectId::new(Kind::Table, ["public", "users"]);
/// catalog.insert(users.child(Kind::Column, "email"), Column::of_type("text", 1));
/// catalog.insert(users, Table::default());
/// let tokens = models(&catalog, &Options::default()).unwrap().to_string();
/// assert!(tokens.contains("pub struct User"));
/// ```
pub fn models<'a>(input: impl Into<Input<'a>>, options: &Options) -> Result<TokenStream, Problems> {
    let input = input.into();
    let shape = Shape::new(&input).map_err(Problems)?;
    Ok(emit::shape(&shape, &hash(input.catalog), &options.private()))
}

/// SHA-256 of the catalog's lines, in hexadecimal: which state of the schema code and documents belong to.
pub fn hash(catalog: &Catalog) -> String {
    crate::hex(&Sha256::digest(catalog.to_lines()))
}

/// The items that make a struct the row of a table: `FromRow` and `Table`, for the generator and for `#[derive(Row)]`.
///
/// `fields` pairs the name of each field of `row` with its column; `skipped` fields take their default.
pub fn row_impls(
    row: &proc_macro2::Ident,
    table: &TableShape,
    fields: &[(proc_macro2::Ident, &ColumnShape)],
    skipped: &[proc_macro2::Ident],
    options: &Options,
) -> TokenStream {
    emit::row_impls(row, table, fields, skipped, &options.private())
}
