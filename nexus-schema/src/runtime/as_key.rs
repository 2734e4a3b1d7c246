//! What a unique key can be looked up with, and what says where in an order a row is.

use std::any::Any;

use sqlx::Arguments;
use sqlx::postgres::PgArguments;

use super::Value;
use super::value::{Field, Parameter};

/// What a key of type `K` can be given as: itself, or what it is read through, such as `str` for a `String`.
pub trait AsKey<K>: Sync {
    /// Adds it to the parameters of a statement.
    fn add(&self, arguments: &mut PgArguments) -> Result<(), sqlx::error::BoxDynError>;
}

impl<T: Value> AsKey<T> for T {
    fn add(&self, arguments: &mut PgArguments) -> Result<(), sqlx::error::BoxDynError> {
        arguments.add(Parameter(&Field::Known(self)))
    }
}

impl AsKey<String> for str {
    fn add(&self, arguments: &mut PgArguments) -> Result<(), sqlx::error::BoxDynError> {
        arguments.add(self)
    }
}

impl AsKey<Vec<u8>> for [u8] {
    fn add(&self, arguments: &mut PgArguments) -> Result<(), sqlx::error::BoxDynError> {
        arguments.add(self)
    }
}

impl AsKey<String> for &str {
    fn add(&self, arguments: &mut PgArguments) -> Result<(), sqlx::error::BoxDynError> {
        arguments.add(*self)
    }
}

impl AsKey<Vec<u8>> for &[u8] {
    fn add(&self, arguments: &mut PgArguments) -> Result<(), sqlx::error::BoxDynError> {
        arguments.add(*self)
    }
}

/// What a row's place in an order is: the values of one column, or of several as a tuple.
pub trait Cursor: Sized {
    /// The next values as it; `None` where they are of other types.
    fn take(values: &mut dyn Iterator<Item = &dyn Any>) -> Option<Self>;
}

impl<T: Value + Clone> Cursor for T {
    fn take(values: &mut dyn Iterator<Item = &dyn Any>) -> Option<Self> {
        values.next()?.downcast_ref::<T>().cloned()
    }
}

macro_rules! tuples {
    ($(($($key:ident $given:ident $at:tt),+))*) => {
        $(impl<$($key, $given: AsKey<$key>),+> AsKey<($($key,)+)> for ($($given,)+) {
            fn add(&self, arguments: &mut PgArguments) -> Result<(), sqlx::error::BoxDynError> {
                $(self.$at.add(arguments)?;)+
                Ok(())
            }
        }
        impl<$($key: Value + Clone),+> Cursor for ($($key,)+) {
            fn take(values: &mut dyn Iterator<Item = &dyn Any>) -> Option<Self> {
                Some(($($key::take(values)?,)+))
            }
        })*
    };
}

tuples! {
    (A P 0, B Q 1)
    (A P 0, B Q 1, C R 2)
    (A P 0, B Q 1, C R 2, D S 3)
    (A P 0, B Q 1, C R 2, D S 3, E T 4)
    (A P 0, B Q 1, C R 2, D S 3, E T 4, F U 5)
    (A P 0, B Q 1, C R 2, D S 3, E T 4, F U 5, G V 6)
    (A P 0, B Q 1, C R 2, D S 3, E T 4, F U 5, G V 6, H W 7)
}
