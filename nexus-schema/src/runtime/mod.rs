//! What generated code calls: reading and writing rows, and what is known of tables when a program is compiled.
//!
//! Whatever can be said once for all tables is said here, so that a table adds little code to a service and little time
//! to its compilation. Knows sqlx and no YAML, so a service links no parser.

mod actor;
mod as_key;
mod drift;
mod error;
mod given;
mod id;
mod insert;
mod prepare;
mod query;
mod read;
mod rule;
mod show;
mod table;
mod value;

pub use actor::{Acting, Actor};
pub use as_key::AsKey;
pub use drift::{Difference, Drift, LookupMeta, Schema};
pub use error::{Broken, Hidden, Invalid, WriteError};
pub use given::{Defaulted, Patch};
pub use id::Id;
pub use insert::Insert;
pub use query::{Key, Page, Relation};
pub use rule::{Demand, Rule, Side};
pub use table::{
    ColumnMeta, Columns, Constraint, Constraints, KeyMeta, Model, PageMeta, RelationMeta, Table, TableMeta,
    Unchanging, Unconstrained,
};
pub use value::{Part, Value, Values};

/// What `Debug` shows in the place of a value that is tagged `pii` or `sensitive`.
struct Redacted;

impl std::fmt::Debug for Redacted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("<redacted>")
    }
}

/// A text is not a label of the enum it was read as.
///
/// ```
/// let error = nexus_schema::runtime::UnknownLabel::new("public.mood", "grumpy");
/// assert_eq!(error.to_string(), "`grumpy` is not a label of public.mood");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{label}` is not a label of {enum_name}")]
pub struct UnknownLabel {
    enum_name: &'static str,
    label: String,
}

impl UnknownLabel {
    /// The error for `label` read as the enum called `enum_name` in SQL.
    pub fn new(enum_name: &'static str, label: impl Into<String>) -> Self {
        Self { enum_name, label: label.into() }
    }

    /// The text that was read.
    pub fn label(&self) -> &str {
        &self.label
    }
}

/// What a service imports beside its models: `use nexus_schema::runtime::prelude::*;`
pub mod prelude {
    pub use super::{Actor, Columns, Constraint, Defaulted, Insert, Model, Patch, Table, WriteError};
}

/// Paths that generated code spells. No promise is made about them between versions.
#[doc(hidden)]
pub mod private {
    use sqlx::postgres::PgTypeInfo;

    pub use ::{core, serde, serde_json, sqlx, std};
    pub use core::any::Any;
    pub use core::clone::Clone;
    pub use core::cmp::{Eq, Ord, PartialEq, PartialOrd};
    pub use core::convert::{AsRef, From};
    pub use core::default::Default;
    pub use core::fmt::{self, Debug, Display, Formatter};
    pub use core::future::Future;
    pub use core::hash::Hash;
    pub use core::marker::Copy;
    pub use core::option::Option::{self, None, Some};
    pub use core::result::Result::{self, Err, Ok};
    pub use core::str::FromStr;
    pub use sqlx::postgres::PgRow;
    pub use sqlx::types::{chrono, ipnetwork, uuid};
    pub use sqlx::{Error, FromRow};
    pub use std::string::String;
    pub use std::vec::Vec;

    /// The place of `rust_decimal`, through sqlx, so that the two never disagree about the version.
    pub mod rust_decimal {
        pub use sqlx::types::Decimal;
    }

    pub use crate::__nexus_value as value;
    pub use crate::runtime::read::{Reader, get};
    pub use crate::runtime::value::{Item, Value, Values};
    pub use crate::runtime::{
        ColumnMeta, Columns, Constraint, Constraints, Defaulted, Demand, Drift, Id, Insert, Key, KeyMeta,
        LookupMeta, Model, Page, PageMeta, Patch, Relation, RelationMeta, Rule, Schema, Side, Table,
        TableMeta, Unchanging, Unconstrained, UnknownLabel,
    };

    /// Flags of [`ColumnMeta`] by their bits.
    pub const fn column(name: &'static str, sql_type: &'static str, flags: u8) -> ColumnMeta {
        ColumnMeta::new(name, sql_type, flags)
    }

    /// `Debug` of a row.
    pub fn debug_row<R: Table>(row: &R, name: &str, f: &mut Formatter<'_>) -> fmt::Result {
        let mut values = Values::default();
        row.fields(&mut values);
        crate::runtime::show::debug(f, name, R::COLUMNS.iter(), values)
    }

    /// `Debug` of a new row of `R`.
    pub fn debug_new<R: Model>(new: &R::New, name: &str, f: &mut Formatter<'_>) -> fmt::Result {
        let mut values = Values::default();
        R::new_fields(new, &mut values);
        crate::runtime::show::debug(f, name, R::META.writable(), values)
    }

    /// `Debug` of a patch of `R`.
    pub fn debug_patch<R: Model>(patch: &R::Patch, name: &str, f: &mut Formatter<'_>) -> fmt::Result {
        let mut values = Values::default();
        R::patch_fields(patch, &mut values);
        crate::runtime::show::debug(f, name, R::META.changeable(), values)
    }

    /// Reads a label by serde.
    pub fn label<'de, T: FromStr<Err = UnknownLabel>, D: serde::Deserializer<'de>>(
        deserializer: D,
    ) -> Result<T, D::Error> {
        let label = <String as serde::Deserialize>::deserialize(deserializer)?;
        label.parse().map_err(serde::de::Error::custom)
    }

    /// Whether all fields of two structs are equal.
    pub fn same<T: Table>(one: &T, two: &T) -> bool {
        crate::runtime::show::eq(one, two)
    }

    /// Whether a type is the one called `full`, or `bare` where its schema is on the search path.
    pub fn is_named(found: &PgTypeInfo, full: &'static str, bare: &'static str) -> bool {
        *found == PgTypeInfo::with_name(full) || *found == PgTypeInfo::with_name(bare)
    }

    /// Whether a type is the array of the one called `full`, or `bare` where its schema is on the search path.
    pub fn is_array_named(found: &PgTypeInfo, full: &'static str, bare: &'static str) -> bool {
        *found == PgTypeInfo::array_of(full) || *found == PgTypeInfo::array_of(bare)
    }
}
