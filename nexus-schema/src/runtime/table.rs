//! What generated code says of a table, as constants of traits.

use sqlx::postgres::PgRow;

use super::{Rule, Values};

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
    /// All that is known of the table; the other constants are parts of it.
    const META: &'static TableMeta;
    /// The schema the table lives in.
    const SCHEMA: &'static str = Self::META.schema;
    /// The table's name, unquoted.
    const NAME: &'static str = Self::META.name;
    /// The columns of the struct, in the order of its fields.
    const COLUMNS: &'static [ColumnMeta] = Self::META.columns;
    /// The columns of the table's primary key; empty where it has none.
    const PRIMARY_KEY: &'static [&'static str] = Self::META.primary_key;
    /// `SELECT` of every column of the struct from the table, quoted where needed, ready for a `WHERE`.
    const SELECT: &'static str = Self::META.select;

    /// Adds the fields, in their order; only generated structs do.
    fn fields<'a>(&'a self, _: &mut Values<'a>) {}
}

/// What is known of a table when the program is compiled: its shape, and the text of the statements on it.
///
/// One constant a table, because each costs a compilation about as much as a function does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TableMeta {
    /// The schema the table lives in.
    pub schema: &'static str,
    /// The table's name, unquoted.
    pub name: &'static str,
    /// The columns of the struct, in the order of its fields.
    pub columns: &'static [ColumnMeta],
    /// The columns of the table's primary key; empty where it has none.
    pub primary_key: &'static [&'static str],
    /// `SELECT` of every column of the struct.
    pub select: &'static str,
    /// The name of the type of its ids, where it has one.
    pub id: &'static str,
    /// Whether ids are shown by no `Debug` and no `Display`: the column is tagged `pii` or `sensitive`.
    pub id_redacted: bool,
    /// `INSERT` of every writable column, with the whole row returned; and of any number of rows from one array for
    /// each column, which is empty where a column is no element of a list. Both are empty where nothing is written.
    pub insert: [&'static str; 2],
    /// The unique keys, the primary key first.
    pub keys: &'static [KeyMeta],
    /// The pages by an index.
    pub pages: &'static [PageMeta],
    /// The foreign keys.
    pub relations: &'static [RelationMeta],
    /// What can be said of a value before it is sent.
    pub rules: &'static [Rule],
    /// The column that counts or dates the changes of a row, where the schema asks for an optimistic lock.
    pub lock: Option<&'static str>,
}

impl TableMeta {
    /// Nothing: what is not said of a table.
    pub const NONE: Self = Self {
        schema: "",
        name: "",
        columns: &[],
        primary_key: &[],
        select: "",
        id: "",
        id_redacted: false,
        insert: ["", ""],
        keys: &[],
        pages: &[],
        relations: &[],
        rules: &[],
        lock: None,
    };

    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&'static ColumnMeta> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The columns of a new row.
    pub(crate) fn writable(&self) -> impl Iterator<Item = &'static ColumnMeta> + use<> {
        self.columns.iter().filter(|column| column.writable())
    }

    /// The columns of a patch.
    pub(crate) fn changeable(&self) -> impl Iterator<Item = &'static ColumnMeta> + use<> {
        let key = self.primary_key;
        self.writable().filter(move |column| !key.contains(&column.name))
    }
}

/// What is known of a column when the program is compiled.
///
/// ```
/// use nexus_schema::runtime::ColumnMeta;
///
/// let email = ColumnMeta::new("email", "text", ColumnMeta::WRITABLE);
/// assert!(!email.nullable() && !email.has_default(), "an insert has to give it");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ColumnMeta {
    /// The column's name, unquoted.
    pub name: &'static str,
    /// The column's type, as the schema spells it.
    pub sql_type: &'static str,
    flags: u8,
}

impl ColumnMeta {
    /// It can hold NULL.
    pub const NULLABLE: u8 = 1;
    /// An insert can leave it out: it has a default, an identity, or is computed.
    pub const HAS_DEFAULT: u8 = 2;
    /// An insert can give it: it is not computed, and no identity that is always generated.
    pub const WRITABLE: u8 = 4;
    /// It is tagged `pii` or `sensitive`.
    pub const REDACTED: u8 = 8;

    /// A column; `flags` is a sum of the constants above.
    pub const fn new(name: &'static str, sql_type: &'static str, flags: u8) -> Self {
        Self { name, sql_type, flags }
    }

    /// Whether it can hold NULL.
    pub const fn nullable(&self) -> bool {
        self.flags & Self::NULLABLE != 0
    }

    /// Whether an insert can leave it out: it has a default, an identity, or is computed.
    pub const fn has_default(&self) -> bool {
        self.flags & Self::HAS_DEFAULT != 0
    }

    /// Whether an insert can give it.
    pub const fn writable(&self) -> bool {
        self.flags & Self::WRITABLE != 0
    }

    /// Whether it is tagged `pii` or `sensitive`.
    pub const fn redacted(&self) -> bool {
        self.flags & Self::REDACTED != 0
    }
}

/// A generated row struct of a table: what can be written.
pub trait Model: Table + for<'r> sqlx::FromRow<'r, PgRow> + Send + Sync + Unpin {
    /// What a new row is made of.
    type New: Send + Sync;
    /// What can be changed of a row.
    type Patch: Send + Sync;
    /// The constraints that a write can break.
    type Constraint: Constraint;
    /// Adds the fields of a new row.
    fn new_fields<'a>(new: &'a Self::New, to: &mut Values<'a>);
    /// Adds the fields of a patch; there are none where nothing but the key can be given.
    fn patch_fields<'a>(_: &'a Self::Patch, _: &mut Values<'a>) {}
}

/// The enum of what a write to a table can break.
pub trait Constraint: Send + Sync + Sized + 'static {
    /// The table, and each with its name in SQL.
    const META: Constraints<Self>;

    /// Its name in SQL.
    fn name(&self) -> &'static str {
        let all = Self::META.all.iter();
        all.clone().find(|(known, _)| same_variant(known, self)).map_or("", |(_, name)| *name)
    }

    /// The constraint of this name.
    fn from_name(name: &str) -> Option<&'static Self> {
        Self::META.all.iter().find(|(_, known)| *known == name).map(|(constraint, _)| constraint)
    }

    /// The constraint of this table that an error is about, where it is about one.
    fn of(error: &sqlx::Error) -> Option<&'static Self> {
        let (schema, table) = Self::META.table;
        let error = error.as_database_error()?;
        let of_table = error.table().is_none_or(|found| found == table);
        let of_schema = match error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>() {
            Some(error) => error.schema().is_none_or(|found| found == schema),
            None => true,
        };
        if of_table && of_schema { Self::from_name(error.constraint()?) } else { None }
    }
}

/// What a write to a table can break.
#[derive(Debug, Clone, Copy)]
pub struct Constraints<C: 'static> {
    /// Schema and name of the table.
    pub table: (&'static str, &'static str),
    /// Each with its name in SQL.
    pub all: &'static [(C, &'static str)],
}

/// Whether two values of an enum without fields are equal: generated enums derive nothing for it.
pub(super) fn same_variant<C>(one: &C, two: &C) -> bool {
    std::mem::discriminant(one) == std::mem::discriminant(two)
}

/// The enum of a table's columns, in their order.
pub trait Columns: Copy + Sized + 'static {
    /// The row struct.
    type Row: Table;
    /// Its place among the columns.
    fn index(self) -> usize;

    /// What is known of the column.
    fn meta(self) -> ColumnMeta {
        Self::Row::COLUMNS[self.index()]
    }

    /// Its name in SQL.
    fn name(self) -> &'static str {
        self.meta().name
    }
}

/// A unique key of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyMeta {
    /// Its columns.
    pub columns: &'static [&'static str],
    /// `SELECT` of the row with a value of the key.
    pub select: &'static str,
}

/// An order in which a table can be read page by page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageMeta {
    /// What rows are ordered by.
    pub columns: &'static [&'static str],
    /// The first page.
    pub first: &'static str,
    /// The page behind a cursor.
    pub after: &'static str,
}

/// A foreign key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RelationMeta {
    /// The constraint.
    pub constraint: &'static str,
    /// The referring columns.
    pub columns: &'static [&'static str],
    /// Schema and name of the table it refers to.
    pub table: (&'static str, &'static str),
    /// The columns it refers to.
    pub target: &'static [&'static str],
}

/// What has no field to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unchanging {}

/// What a table without constraints can break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unconstrained {}

impl Constraint for Unconstrained {
    const META: Constraints<Self> = Constraints { table: ("", ""), all: &[] };
}
