//! The id of a row: what its key column holds, and of which table.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo, PgValueRef};
use sqlx::{Decode, Encode, Postgres, Type};

use super::Table;

/// The value of the one key column of a row of `R`, which is not the id of any other table's row.
///
/// Generated code has a name for each: `type UserId = Id<User, Uuid>`. sqlx takes it for what it wraps.
///
/// ```
/// use nexus_schema::runtime::{Id, Table, TableMeta};
///
/// struct User;
/// impl Table for User {
///     const META: &'static TableMeta = &TableMeta { name: "users", id: "UserId", ..TableMeta::NONE };
/// }
/// type UserId = Id<User, i64>;
/// let id = UserId::new(7);
/// assert_eq!((id.to_string(), format!("{id:?}"), id.0), ("7".into(), "UserId(7)".into(), 7));
/// ```
#[repr(transparent)]
pub struct Id<R, T>(
    /// The value itself.
    pub T,
    PhantomData<fn() -> R>,
);

impl<R, T> Id<R, T> {
    /// The id with this value.
    pub const fn new(value: T) -> Self {
        Self(value, PhantomData)
    }

    /// The value.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<R, T> From<T> for Id<R, T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<R, T: FromStr> FromStr for Id<R, T> {
    type Err = T::Err;

    fn from_str(text: &str) -> Result<Self, T::Err> {
        text.parse().map(Self::new)
    }
}

impl<R: Table, T: fmt::Debug> fmt::Debug for Id<R, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_tuple(R::META.id);
        match R::META.id_redacted {
            true => shown.field(&super::Redacted).finish(),
            false => shown.field(&self.0).finish(),
        }
    }
}

impl<R: Table, T: fmt::Display> fmt::Display for Id<R, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match R::META.id_redacted {
            true => fmt::Debug::fmt(&super::Redacted, f),
            false => self.0.fmt(f),
        }
    }
}

// By hand, because a derive would ask the same of the row.
impl<R, T: Clone> Clone for Id<R, T> {
    fn clone(&self) -> Self {
        Self::new(self.0.clone())
    }
}

impl<R, T: Copy> Copy for Id<R, T> {}

impl<R, T: PartialEq> PartialEq for Id<R, T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<R, T: Eq> Eq for Id<R, T> {}

impl<R, T: PartialOrd> PartialOrd for Id<R, T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.0.partial_cmp(&other.0)
    }
}

impl<R, T: Ord> Ord for Id<R, T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl<R, T: Hash> Hash for Id<R, T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<R, T: serde::Serialize> serde::Serialize for Id<R, T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, R, T: serde::Deserialize<'de>> serde::Deserialize<'de> for Id<R, T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::new)
    }
}

#[cfg(feature = "schemars")]
impl<R, T: schemars::JsonSchema> schemars::JsonSchema for Id<R, T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        T::json_schema(generator)
    }
}

impl<R, T: Type<Postgres>> Type<Postgres> for Id<R, T> {
    fn type_info() -> PgTypeInfo {
        T::type_info()
    }

    fn compatible(found: &PgTypeInfo) -> bool {
        T::compatible(found)
    }
}

impl<R, T: PgHasArrayType> PgHasArrayType for Id<R, T> {
    fn array_type_info() -> PgTypeInfo {
        T::array_type_info()
    }

    fn array_compatible(found: &PgTypeInfo) -> bool {
        T::array_compatible(found)
    }
}

impl<'q, R, T: Encode<'q, Postgres>> Encode<'q, Postgres> for Id<R, T> {
    fn encode_by_ref(&self, buf: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        self.0.encode_by_ref(buf)
    }
}

impl<'r, R, T: Decode<'r, Postgres>> Decode<'r, Postgres> for Id<R, T> {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        T::decode(value).map(Self::new)
    }
}
