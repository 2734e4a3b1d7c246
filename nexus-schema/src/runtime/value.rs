//! What a field of a generated struct can do without its type being known: be shown, compared, left out, and sent.
//!
//! Generated structs hand out their fields as `&dyn Value`, so that everything else is written, and compiled, once.

use std::any::Any;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::ops::Bound::Unbounded;

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::{
    Oid, PgBox, PgCiText, PgCircle, PgCube, PgHstore, PgInterval, PgLQuery, PgLSeg, PgLTree, PgLine, PgMoney,
    PgPath, PgPoint, PgPolygon, PgRange, PgTimeTz,
};
use sqlx::postgres::{PgArgumentBuffer, PgHasArrayType, PgRow, PgTypeInfo};
use sqlx::types::chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use sqlx::types::ipnetwork::IpNetwork;
use sqlx::types::{Decimal, Uuid};
use sqlx::{Decode, Encode, Postgres, Type};

use super::{Defaulted, Id, Patch};

/// Whether a value takes part in a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// It is sent.
    Sent,
    /// Its column is left out: a new row gets the default, a changed one keeps what it has.
    LeftOut,
}

/// A field of a generated struct.
pub trait Value: Any + Send + Sync {
    /// The type that sqlx sends it as.
    fn sql_type() -> PgTypeInfo
    where
        Self: Sized;
    /// The type of a list of such values, where there is one.
    fn sql_array() -> Option<PgTypeInfo>
    where
        Self: Sized;
    /// [`Value::sql_type`].
    fn type_info(&self) -> PgTypeInfo;
    /// [`Value::sql_array`].
    fn array_info(&self) -> Option<PgTypeInfo>;
    /// Reads it from a row.
    fn read(row: &PgRow, place: usize) -> Result<Self, sqlx::Error>
    where
        Self: Sized;
    /// A value that stands where none could be read, until that is told.
    fn blank() -> Self
    where
        Self: Sized;
    /// Whether it is sent.
    fn part(&self) -> Part {
        Part::Sent
    }
    /// Writes it in PostgreSQL's binary form.
    fn send(&self, buf: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError>;
    /// Shows it.
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
    /// Whether both are of one type and equal.
    fn same(&self, other: &dyn Value) -> bool;
    /// The value inside, where there is one: what a check looks at.
    fn inner(&self) -> Option<&dyn Any>;
}

/// The methods of [`Value`] for a type that sqlx sends by itself.
#[doc(hidden)]
#[macro_export]
macro_rules! __nexus_value {
    ([$($generics:tt)*] $type:ty, $array:expr, $blank:expr, $sqlx:path, $private:path) => {
        const _: () = {
            use $private as p;
            use $sqlx as sqlx;
            impl<$($generics)*> p::Value for $type {
                fn sql_type() -> sqlx::postgres::PgTypeInfo {
                    <$type as sqlx::Type<sqlx::Postgres>>::type_info()
                }
                fn sql_array() -> p::Option<sqlx::postgres::PgTypeInfo> {
                    $array
                }
                fn type_info(&self) -> sqlx::postgres::PgTypeInfo {
                    <$type as p::Value>::sql_type()
                }
                fn array_info(&self) -> p::Option<sqlx::postgres::PgTypeInfo> {
                    <$type as p::Value>::sql_array()
                }
                fn read(row: &p::PgRow, place: usize) -> p::Result<Self, p::Error> {
                    p::get(row, place)
                }
                fn blank() -> Self {
                    $blank
                }
                fn send(
                    &self,
                    buf: &mut sqlx::postgres::PgArgumentBuffer,
                ) -> p::Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
                    <$type as sqlx::Encode<'_, sqlx::Postgres>>::encode_by_ref(self, buf)
                }
                fn show(&self, f: &mut p::Formatter<'_>) -> p::fmt::Result {
                    p::Debug::fmt(self, f)
                }
                fn same(&self, other: &dyn p::Value) -> bool {
                    let other: &dyn p::Any = other;
                    other.downcast_ref::<$type>().is_some_and(|other| *self == *other)
                }
                fn inner(&self) -> p::Option<&dyn p::Any> {
                    p::Option::Some(self)
                }
            }
        };
    };
}

macro_rules! values {
    ($($type:ty $(= $blank:expr)?),* $(,)?) => {
        $(
            values!(@ $type, values!(# $($blank)?));
            impl Item for $type {}
        )*
    };
    (# $blank:expr) => { $blank };
    (#) => { Default::default() };
    (@ $type:ty, $blank:expr) => {
        crate::__nexus_value! {
            [] $type, p::Option::Some(<$type as PgHasArrayType>::array_type_info()), $blank, ::sqlx,
            crate::runtime::private
        }
    };
}

/// A value that can stand in a list: any that is no list itself.
pub trait Item: Value {}

values! {
    bool, i8, i16, i32, i64, f32, f64, Decimal, String, Uuid, serde_json::Value, NaiveDate, NaiveTime, NaiveDateTime,
    DateTime<Utc>, PgInterval, PgMoney, Oid, PgCiText, PgLTree, PgLQuery, PgHstore, Vec<u8>,
    PgTimeTz<NaiveTime, FixedOffset> = PgTimeTz { time: NaiveTime::default(), offset: utc() },
    IpNetwork = IpNetwork::from(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
    PgPoint = PgPoint { x: 0.0, y: 0.0 },
    PgLine = PgLine { a: 0.0, b: 0.0, c: 0.0 },
    PgLSeg = PgLSeg { start_x: 0.0, start_y: 0.0, end_x: 0.0, end_y: 0.0 },
    PgBox = PgBox { upper_right_x: 0.0, upper_right_y: 0.0, lower_left_x: 0.0, lower_left_y: 0.0 },
    PgPath = PgPath { closed: false, points: Vec::new() },
    PgPolygon = PgPolygon { points: Vec::new() },
    PgCircle = PgCircle { x: 0.0, y: 0.0, radius: 0.0 },
    PgCube = PgCube::Point(0.0),
    PgRange<i32> = [Unbounded, Unbounded].into(), PgRange<i64> = [Unbounded, Unbounded].into(), PgRange<Decimal> = [Unbounded, Unbounded].into(),
    PgRange<NaiveDate> = [Unbounded, Unbounded].into(), PgRange<NaiveDateTime> = [Unbounded, Unbounded].into(),
    PgRange<DateTime<Utc>> = [Unbounded, Unbounded].into(),
}

/// The offset of UTC, through what sqlx re-exports.
fn utc() -> FixedOffset {
    *DateTime::<Utc>::default().fixed_offset().offset()
}

crate::__nexus_value! {
    [R: super::Table + 'static, T: Item + Sendable] Id<R, T>, <T as Value>::sql_array(), Id::new(T::blank()), ::sqlx,
    crate::runtime::private
}
impl<R: super::Table + 'static, T: Item + Sendable> Item for Id<R, T> {}

crate::__nexus_value! {
    [T: Item + Sendable + PgHasArrayType] Vec<T>, p::Option::None, Vec::new(), ::sqlx, crate::runtime::private
}

/// What sqlx has to know of a type.
pub trait Sendable:
    for<'q> Encode<'q, Postgres> + for<'r> Decode<'r, Postgres> + Type<Postgres> + fmt::Debug + PartialEq
{
}
impl<T> Sendable for T where
    T: for<'q> Encode<'q, Postgres> + for<'r> Decode<'r, Postgres> + Type<Postgres> + fmt::Debug + PartialEq
{
}

/// The methods that a wrapper leaves to what it wraps; `$of` gives that, if it is there.
macro_rules! wrapper {
    ($type:ident, $of:expr, $part:expr, $read:expr, $blank:expr) => {
        impl<T: Value + fmt::Debug + PartialEq> Value for $type<T> {
            fn sql_type() -> PgTypeInfo {
                T::sql_type()
            }
            fn sql_array() -> Option<PgTypeInfo> {
                T::sql_array()
            }
            fn type_info(&self) -> PgTypeInfo {
                T::sql_type()
            }
            fn array_info(&self) -> Option<PgTypeInfo> {
                T::sql_array()
            }
            fn read(row: &PgRow, place: usize) -> Result<Self, sqlx::Error> {
                let read: fn(&PgRow, usize) -> Result<Self, sqlx::Error> = $read;
                read(row, place)
            }
            fn blank() -> Self {
                $blank
            }
            fn part(&self) -> Part {
                let part: fn(&Self) -> Part = $part;
                part(self)
            }
            fn send(&self, buf: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
                let of: fn(&Self) -> Option<&T> = $of;
                of(self).map_or(Ok(IsNull::Yes), |value| value.send(buf))
            }
            fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(self, f)
            }
            fn same(&self, other: &dyn Value) -> bool {
                let other: &dyn Any = other;
                other.downcast_ref::<Self>().is_some_and(|other| self == other)
            }
            fn inner(&self) -> Option<&dyn Any> {
                let of: fn(&Self) -> Option<&T> = $of;
                of(self).and_then(Value::inner)
            }
        }
    };
}

wrapper!(
    Option,
    Option::as_ref,
    |_| Part::Sent,
    |row, place| if super::read::is_null(row, place)? { Ok(None) } else { T::read(row, place).map(Some) },
    None
);
wrapper!(
    Defaulted,
    Defaulted::given,
    |field| part(field.given()),
    |row, place| T::read(row, place).map(Defaulted::Value),
    Defaulted::Default
);
wrapper!(
    Patch,
    Patch::given,
    |field| part(field.given()),
    |row, place| T::read(row, place).map(Patch::Set),
    Patch::Keep
);

fn part<T>(given: Option<&T>) -> Part {
    if given.is_some() { Part::Sent } else { Part::LeftOut }
}

/// The fields of a struct, in its order.
#[derive(Default)]
pub struct Values<'a>(pub(crate) Vec<Field<'a>>);

/// One field.
pub(crate) enum Field<'a> {
    Known(&'a dyn Value),
    Own(Box<dyn Sent + 'a>),
}

impl<'a> Values<'a> {
    /// Adds a field of a known type.
    pub fn add<T: Value>(&mut self, field: &'a T) {
        self.0.push(Field::Known(field));
    }

    /// Adds a field of a type that only sqlx knows; `None` where its column is left out.
    pub fn own<T: Sendable + Send + Sync + 'static>(&mut self, field: Option<&'a T>) {
        self.0.push(Field::Own(Box::new(Own(field))));
    }
}

/// A field as far as a statement is concerned.
pub(crate) trait Sent: Send + Sync {
    fn sent_as(&self) -> PgTypeInfo;
    fn is_sent(&self) -> bool;
    fn write(&self, buf: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError>;
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
    fn as_any(&self) -> Option<&dyn Any>;
    fn same(&self, other: Option<&dyn Any>) -> bool;
}

struct Own<'a, T>(Option<&'a T>);

impl<T: Sendable + Send + Sync + 'static> Sent for Own<'_, T> {
    fn sent_as(&self) -> PgTypeInfo {
        self.0.and_then(Encode::produces).unwrap_or_else(T::type_info)
    }

    fn is_sent(&self) -> bool {
        self.0.is_some()
    }

    fn write(&self, buf: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        self.0.map_or(Ok(IsNull::Yes), |value| value.encode_by_ref(buf))
    }

    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(value) => value.fmt(f),
            None => f.write_str("_"),
        }
    }

    fn as_any(&self) -> Option<&dyn Any> {
        self.0.map(|value| value as &dyn Any)
    }

    fn same(&self, other: Option<&dyn Any>) -> bool {
        self.0 == other.and_then(|other| other.downcast_ref())
    }
}

impl Field<'_> {
    pub(crate) fn is_sent(&self) -> bool {
        match self {
            Self::Known(value) => value.part() == Part::Sent,
            Self::Own(own) => own.is_sent(),
        }
    }

    pub(crate) fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Known(one), Self::Known(two)) => one.same(*two),
            (Self::Own(one), Self::Own(two)) => one.same(two.as_any()),
            _ => false,
        }
    }

    /// The type of a list of such values, where there is one.
    pub(crate) fn array(&self) -> Option<PgTypeInfo> {
        match self {
            Self::Known(value) => value.array_info(),
            Self::Own(_) => None,
        }
    }
}

/// One parameter of a statement, whatever its type.
pub(crate) struct Parameter<'a>(pub(crate) &'a Field<'a>);

impl Type<Postgres> for Parameter<'_> {
    /// Never asked: every parameter says itself what it is.
    fn type_info() -> PgTypeInfo {
        <str as Type<Postgres>>::type_info()
    }
}

impl<'q> Encode<'q, Postgres> for Parameter<'_> {
    fn encode_by_ref(&self, buf: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        match self.0 {
            Field::Known(value) => value.send(buf),
            Field::Own(own) => own.write(buf),
        }
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        Some(match self.0 {
            Field::Known(value) => value.type_info(),
            Field::Own(own) => own.sent_as(),
        })
    }
}

/// One parameter of a statement that holds a column of many rows.
pub(crate) struct List<'a>(pub(crate) Vec<Parameter<'a>>);

impl Type<Postgres> for List<'_> {
    /// Never asked, as for [`Parameter`].
    fn type_info() -> PgTypeInfo {
        <[&str] as Type<Postgres>>::type_info()
    }
}

impl<'q> Encode<'q, Postgres> for List<'_> {
    fn encode_by_ref(&self, buf: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        <&[Parameter<'_>] as Encode<'_, Postgres>>::encode_by_ref(&self.0.as_slice(), buf)
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        self.0.first().and_then(|parameter| parameter.0.array())
    }
}
