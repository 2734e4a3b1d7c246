//! What generated code calls: the `Table` trait, what it says of columns, and the paths generated code spells.
//!
//! Knows sqlx and no YAML, so a service links no parser.

/// A Rust struct that is a row of a table.
///
/// Generated structs implement it; so does `#[derive(Row)]` on a struct of one's own.
///
/// ```
/// use nexus_schema::runtime::Table;
///
/// fn describe<T: Table>() -> String {
///     let columns: Vec<&str> = T::COLUMNS.iter().map(|column| column.name).collect();
///     format!("{}.{} ({})", T::SCHEMA, T::NAME, columns.join(", "))
/// }
/// ```
pub trait Table: Sized {
    /// The schema the table lives in.
    const SCHEMA: &'static str;
    /// The table's name, unquoted.
    const NAME: &'static str;
    /// The columns of the struct, in the order of its fields.
    const COLUMNS: &'static [ColumnMeta];
    /// The columns of the table's primary key; empty where it has none.
    const PRIMARY_KEY: &'static [&'static str];
    /// `SELECT` of every column of the struct from the table, quoted where needed, ready for a `WHERE`.
    const SELECT: &'static str;
}

/// What is known of a column when the program is compiled.
///
/// ```
/// use nexus_schema::runtime::ColumnMeta;
///
/// let email = ColumnMeta { name: "email", sql_type: "text", nullable: false, has_default: false };
/// assert!(!email.nullable && !email.has_default, "an insert has to give it");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ColumnMeta {
    /// The column's name, unquoted.
    pub name: &'static str,
    /// The column's type, as the schema spells it.
    pub sql_type: &'static str,
    /// Whether it can hold NULL.
    pub nullable: bool,
    /// Whether an insert can leave it out: it has a default, an identity, or is computed.
    pub has_default: bool,
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

/// Paths that generated code spells. No promise is made about them between versions.
#[doc(hidden)]
pub mod private {
    use sqlx::postgres::PgTypeInfo;

    pub use ::{core, serde_json, sqlx, std};
    pub use sqlx::types::{chrono, ipnetwork, uuid};

    /// The place of `rust_decimal`, through sqlx, so that the two never disagree about the version.
    pub mod rust_decimal {
        pub use sqlx::types::Decimal;
    }

    pub use crate::runtime::{ColumnMeta, Table, UnknownLabel};

    /// What `Debug` shows in the place of a value that is tagged `pii` or `sensitive`.
    pub struct Redacted;

    impl core::fmt::Debug for Redacted {
        fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
            f.write_str("<redacted>")
        }
    }

    /// Reads the column called `name`.
    #[inline]
    pub fn field<'r, T>(row: &'r sqlx::postgres::PgRow, name: &str) -> Result<T, sqlx::Error>
    where
        T: sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
    {
        sqlx::Row::try_get(row, name)
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
