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
    /// The value, unless it is the default.
    pub const fn given(&self) -> Option<&T> {
        match self {
            Self::Default => None,
            Self::Value(value) => Some(value),
        }
    }
}

impl<T> Patch<T> {
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
