//! `Debug` and `PartialEq` of generated structs, over their fields.

use std::fmt;

use super::value::Field;
use super::{ColumnMeta, Redacted, Table, Values};

/// Shows a struct as a derived `Debug` does, by its columns; those that are tagged keep their values to themselves.
pub(crate) fn debug(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    columns: impl Iterator<Item = &'static ColumnMeta>,
    values: Values<'_>,
) -> fmt::Result {
    let mut shown = f.debug_struct(name);
    for (column, field) in columns.zip(&values.0) {
        match field {
            _ if column.redacted() => shown.field(column.name, &Redacted),
            Field::Known(value) => shown.field(column.name, &fmt::from_fn(|f| value.show(f))),
            Field::Own(value) => shown.field(column.name, &fmt::from_fn(|f| value.show(f))),
        };
    }
    shown.finish()
}

/// Whether all fields are equal.
pub(crate) fn eq<T: Table>(one: &T, two: &T) -> bool {
    let (mut left, mut right) = (Values::default(), Values::default());
    one.fields(&mut left);
    two.fields(&mut right);
    left.0.iter().zip(&right.0).all(|(one, two)| one.same(two))
}
