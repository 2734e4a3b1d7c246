//! Reading a row, field by field.

use sqlx::postgres::PgRow;
use sqlx::{Column, Decode, Error, Postgres, Row, Type};

use super::ColumnMeta;

/// Reads the columns of a row in the order of a struct's fields, and keeps the first failure.
///
/// A column that stands where the struct has it is read by its place, which costs no search; any other by its name.
pub struct Reader<'r> {
    row: &'r PgRow,
    columns: &'static [ColumnMeta],
    next: usize,
    error: Option<Error>,
}

impl<'r> Reader<'r> {
    /// Begins with the first field.
    pub fn new(row: &'r PgRow, columns: &'static [ColumnMeta]) -> Self {
        Self { row, columns, next: 0, error: None }
    }

    /// The next field; `None` where it cannot be read.
    #[inline]
    pub fn field<T: Decode<'r, Postgres> + Type<Postgres>>(&mut self) -> Option<T> {
        let place = self.place();
        let read = match place {
            Ok(place) => self.row.try_get(place),
            Err(name) => self.row.try_get(name),
        };
        match read {
            Ok(value) => Some(value),
            Err(error) => {
                self.error.get_or_insert(error);
                None
            }
        }
    }

    /// Why a field could not be read.
    pub fn error(self) -> Error {
        self.error.unwrap_or(Error::RowNotFound)
    }

    fn place(&mut self) -> Result<usize, &'static str> {
        let at = self.next;
        self.next += 1;
        let name = self.columns.get(at).map_or("", |column| column.name);
        match self.row.columns().get(at) {
            Some(column) if column.name() == name => Ok(at),
            _ => Err(name),
        }
    }
}
