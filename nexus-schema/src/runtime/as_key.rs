//! What a unique key can be looked up with: values of its own type, or what they are read through.

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

macro_rules! tuples {
    ($(($($key:ident $given:ident $at:tt),+))*) => {
        $(impl<$($key, $given: AsKey<$key>),+> AsKey<($($key,)+)> for ($($given,)+) {
            fn add(&self, arguments: &mut PgArguments) -> Result<(), sqlx::error::BoxDynError> {
                $(self.$at.add(arguments)?;)+
                Ok(())
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
