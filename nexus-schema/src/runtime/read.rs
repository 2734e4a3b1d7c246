//! Reading a row, field by field.

use sqlx::postgres::PgRow;
use sqlx::{Column, Decode, Error, Postgres, Row, Type};

use super::{TableMeta, Value};

/// Reads the columns of a row in the order of a struct's fields, and keeps the first failure.
///
/// A column that stands where the struct has it is read by its place, which costs no search; any other by its name.
pub struct Reader<'r> {
    row: &'r PgRow,
    table: &'static TableMeta,
    next: usize,
    error: Option<Error>,
}

impl<'r> Reader<'r> {
    /// Begins with the first field.
    pub fn new(row: &'r PgRow, table: &'static TableMeta) -> Self {
        Self { row, table, next: 0, error: None }
    }

    /// The next field; a blank where it cannot be read, so that generated code has no branch. [`Reader::done`] tells.
    #[inline]
    pub fn read<T: Value>(&mut self) -> T {
        match self.place().and_then(|place| T::read(self.row, place)) {
            Ok(value) => value,
            Err(error) => {
                self.error.get_or_insert(error);
                T::blank()
            }
        }
    }

    /// The next field, of a type that has no blank; `None` where it cannot be read.
    #[inline]
    pub fn field<T: Decode<'r, Postgres> + Type<Postgres>>(&mut self) -> Option<T> {
        match self.place().and_then(|place| self.row.try_get(place)) {
            Ok(value) => Some(value),
            Err(error) => {
                self.error.get_or_insert(error);
                None
            }
        }
    }

    /// What was read, unless a field could not be.
    pub fn done<R>(self, row: R) -> Result<R, Error> {
        match self.error {
            None => Ok(row),
            Some(error) => Err(error),
        }
    }

    /// Why a field could not be read.
    pub fn error(self) -> Error {
        self.error.unwrap_or(Error::RowNotFound)
    }

    fn place(&mut self) -> Result<usize, Error> {
        let at = self.next;
        self.next += 1;
        let name = self.table.columns.get(at).map_or("", |column| column.name);
        let columns = self.row.columns();
        match columns.get(at) {
            Some(column) if column.name() == name => Ok(at),
            _ => {
                let place = columns.iter().position(|column| column.name() == name);
                place.ok_or_else(|| Error::ColumnNotFound(name.to_owned()))
            }
        }
    }
}

/// A column as sqlx reads it.
pub fn get<'r, T: Decode<'r, Postgres> + Type<Postgres>>(row: &'r PgRow, place: usize) -> Result<T, Error> {
    row.try_get(place)
}

/// Whether a column is NULL.
pub(super) fn is_null(row: &PgRow, place: usize) -> Result<bool, Error> {
    Ok(sqlx::ValueRef::is_null(&row.try_get_raw(place)?))
}
