//! What may be left out: a column of a new row that has a default, and one that an update keeps.

/// The value of a new row's column that has a default.
///
/// ```
/// use nexus_schema::runtime::Defaulted;
/// let status: Defaulted<String> = "paid".to_owned().into();
/// assert_eq!((status, Defaulted::<i32>::default()), (Defaulted::Value("paid".into()), Defaulted::Default));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Defaulted<T> {
    /// The default of the column.
    #[default]
    Default,
    /// This value.
    Value(T),
}

/// What becomes of a column in an update.
///
/// ```
/// use nexus_schema::runtime::Patch;
/// let keep: Patch<Option<String>> = Patch::default();
/// let set: Patch<Option<String>> = Patch::from("Ada".to_owned());
/// let null: Patch<Option<String>> = Patch::null();
/// assert_eq!((keep, set, null), (Patch::Keep, Patch::Set(Some("Ada".into())), Patch::Set(None)));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Patch<T> {
    /// It stays as it is.
    #[default]
    Keep,
    /// It gets this value.
    Set(T),
}

impl<T> Defaulted<T> {
    /// Whether it is the default.
    pub const fn is_default(&self) -> bool {
        matches!(self, Self::Default)
    }

    /// The value, unless it is the default.
    pub const fn given(&self) -> Option<&T> {
        match self {
            Self::Default => None,
            Self::Value(value) => Some(value),
        }
    }
}

impl<T> Patch<T> {
    /// Whether the column stays as it is.
    pub const fn is_kept(&self) -> bool {
        matches!(self, Self::Keep)
    }

    /// The new value, unless the column keeps the one it has.
    pub const fn given(&self) -> Option<&T> {
        match self {
            Self::Keep => None,
            Self::Set(value) => Some(value),
        }
    }
}

impl<T> Patch<Option<T>> {
    /// It gets NULL; only a column that can hold it has this.
    pub const fn null() -> Self {
        Self::Set(None)
    }
}

impl<T> From<T> for Defaulted<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl<T> From<T> for Defaulted<Option<T>> {
    fn from(value: T) -> Self {
        Self::Value(Some(value))
    }
}

impl<T> From<T> for Patch<T> {
    fn from(value: T) -> Self {
        Self::Set(value)
    }
}

impl<T> From<T> for Patch<Option<T>> {
    fn from(value: T) -> Self {
        Self::Set(Some(value))
    }
}

/// What serde makes of it: the value alone. What is left out is left out by the struct, whose field has a `default`.
macro_rules! as_value {
    ($type:ident, $value:path) => {
        impl<T: serde::Serialize> serde::Serialize for $type<T> {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self.given() {
                    Some(value) => value.serialize(serializer),
                    None => serializer.serialize_none(),
                }
            }
        }

        impl<'de, T: serde::Deserialize<'de>> serde::Deserialize<'de> for $type<T> {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                T::deserialize(deserializer).map($value)
            }
        }

        #[cfg(feature = "schemars")]
        impl<T: schemars::JsonSchema> schemars::JsonSchema for $type<T> {
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
    };
}

as_value!(Defaulted, Defaulted::Value);
as_value!(Patch, Patch::Set);
