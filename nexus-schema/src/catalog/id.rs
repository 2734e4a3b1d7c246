//! The name under which an object is known: its kind, its path, and what it is attached to.

use std::fmt;
use std::sync::Arc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Kind;

/// Identifies an object within a schema state.
///
/// The path holds names from the outside in: `[schema]`, `[schema, table]`, `[schema, table, column]`,
/// `[schema, function, argument types]`. An object that is said *of* another one (a comment, an owner, a grant)
/// carries that one's id instead of repeating its path.
///
/// ```
/// use nexus_schema::catalog::{Kind, ObjectId};
///
/// let table = ObjectId::new(Kind::Table, ["public", "users"]);
/// let email = table.child(Kind::Column, "email");
/// assert_eq!(email.to_string(), "column public.users.email");
/// assert_eq!(email.of(Kind::Comment, []).to_string(), "comment on column public.users.email");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId {
    kind: Kind,
    // Ids are cloned far more often than made: a state holds each one many times over.
    of: Option<Arc<ObjectId>>,
    path: Arc<[String]>,
}

impl ObjectId {
    /// An object with a path of its own.
    pub fn new<S: Into<String>>(kind: Kind, path: impl IntoIterator<Item = S>) -> Self {
        Self { kind, of: None, path: path.into_iter().map(Into::into).collect() }
    }

    /// An object inside this one: its path is this path and one more name.
    pub fn child(&self, kind: Kind, name: impl Into<String>) -> Self {
        let path = self.path.iter().cloned().chain([name.into()]).collect();
        Self { kind, of: None, path }
    }

    /// An object said of this one, such as a comment.
    pub fn of<'a>(&self, kind: Kind, path: impl IntoIterator<Item = &'a str>) -> Self {
        Self { kind, of: Some(Arc::new(self.clone())), path: path.into_iter().map(Into::into).collect() }
    }

    /// The same path under another kind: the default of a column, say.
    pub fn as_kind(&self, kind: Kind) -> Self {
        Self { kind, of: self.of.clone(), path: self.path.clone() }
    }

    /// The object of `kind` whose path is the first `len` names of this path.
    pub fn ancestor(&self, kind: Kind, len: usize) -> Self {
        Self { kind, of: None, path: self.first(len) }
    }

    fn first(&self, len: usize) -> Arc<[String]> {
        if len >= self.path.len() {
            Arc::clone(&self.path)
        } else {
            self.path.iter().take(len).cloned().collect()
        }
    }

    pub(crate) fn first_of(kind: Kind) -> Self {
        Self { kind, of: None, path: Arc::default() }
    }

    /// What kind of object this names.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The names from the outside in.
    pub fn path(&self) -> &[String] {
        &self.path
    }

    /// The last name of the path: how the object itself is called; empty for an object without a name.
    pub fn name(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    /// The schema the object lives in: the first name of the path; empty for an object without one.
    pub fn schema(&self) -> &str {
        self.path.first().map_or("", String::as_str)
    }

    /// The name that a rename changes: the last of the path, but for objects whose path goes on with their types or
    /// their access method.
    ///
    /// ```
    /// use nexus_schema::catalog::{Kind, ObjectId};
    /// assert_eq!(ObjectId::new(Kind::Function, ["public", "f", "integer"]).own_name(), "f");
    /// assert_eq!(ObjectId::new(Kind::Column, ["public", "t", "a"]).own_name(), "a");
    /// ```
    pub fn own_name(&self) -> &str {
        self.path.get(self.own_place()).map_or("", String::as_str)
    }

    /// The id with another own name.
    pub fn called(&self, name: impl Into<String>) -> Self {
        let mut id = self.clone();
        let at = id.own_place();
        if let Some(own) = Arc::make_mut(&mut id.path).get_mut(at) {
            *own = name.into();
        }
        id
    }

    fn own_place(&self) -> usize {
        match self.kind {
            Kind::Function
            | Kind::Aggregate
            | Kind::Operator
            | Kind::OperatorFamily
            | Kind::OperatorClass => 1,
            _ => self.path.len().saturating_sub(1),
        }
    }

    /// The id with another schema.
    pub fn in_schema(&self, schema: impl Into<String>) -> Self {
        let mut id = self.clone();
        if let Some(first) = Arc::make_mut(&mut id.path).first_mut() {
            *first = schema.into();
        }
        id
    }

    /// What the object may be a part of: the relation of a column, the domain of a check; none for a whole.
    pub fn whole(&self) -> Vec<Self> {
        let kinds: &[Kind] = match (self.kind, self.path.len()) {
            (Kind::Column | Kind::Trigger | Kind::Rule, 3) => {
                &[Kind::Table, Kind::View, Kind::MaterializedView]
            }
            (Kind::Default | Kind::Constraint | Kind::Policy, 3) | (Kind::Partition, 2) => &[Kind::Table],
            (Kind::Seed, 3..) => &[Kind::Table],
            (Kind::DomainCheck, 3) => &[Kind::Domain],
            (Kind::Enum, 3) => &[Kind::Enum],
            (Kind::Composite, 3) => &[Kind::Composite],
            _ => &[],
        };
        kinds.iter().map(|kind| self.ancestor(*kind, 2)).collect()
    }

    /// The id as a part of another whole: the first names of its path are those of `whole`.
    pub fn within(&self, whole: &Self) -> Self {
        let own = self.path.iter().skip(whole.path.len());
        let path = whole.path.iter().chain(own).cloned().collect();
        Self { kind: self.kind, of: self.of.clone(), path }
    }

    /// The object this one is said of, where there is one.
    pub fn target(&self) -> Option<&ObjectId> {
        self.of.as_deref()
    }

    /// The id with `f` applied to its path and to that of its target: how a rename carries over.
    pub fn map_path(&self, f: &impl Fn(Kind, &[String]) -> Vec<String>) -> Self {
        Self {
            kind: self.kind,
            of: self.of.as_ref().map(|of| Arc::new(of.map_path(f))),
            path: f(self.kind, &self.path).into(),
        }
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind)?;
        match (self.kind, &*self.path) {
            (Kind::Function | Kind::Aggregate, [schema, name, arguments]) => {
                write!(f, " {schema}.{name}({arguments})")?;
            }
            (_, []) => {}
            (_, path) => write!(f, " {}", path.join("."))?,
        }
        match &self.of {
            Some(of) => write!(f, " on {of}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// The text is not an object id.
#[derive(Debug, thiserror::Error)]
#[error("not an object id: {0}")]
pub struct ParseIdError(String);

impl ObjectId {
    fn to_json(&self) -> serde_json::Value {
        let kind = serde_json::Value::from(self.kind.tag());
        let of = self.of.iter().map(|of| of.to_json());
        let path = self.path.iter().map(|name| serde_json::Value::from(name.as_str()));
        std::iter::once(kind).chain(of).chain(path).collect()
    }

    fn from_json(value: &serde_json::Value) -> Result<Self, ParseIdError> {
        let wrong = || ParseIdError(value.to_string());
        let items = value.as_array().ok_or_else(wrong)?;
        let kind = items.first().and_then(|v| v.as_str()).and_then(Kind::from_tag);
        let kind = kind.ok_or_else(wrong)?;
        let mut rest = items.iter().skip(1).peekable();
        let of = match rest.peek() {
            Some(of) if of.is_array() => Some(Arc::new(Self::from_json(of)?)),
            _ => None,
        };
        if of.is_some() {
            rest.next();
        }
        let path = rest.map(|v| v.as_str().map(String::from).ok_or_else(wrong)).collect::<Result<_, _>>()?;
        Ok(Self { kind, of, path })
    }
}

impl Serialize for ObjectId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ObjectId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        Self::from_json(&value).map_err(D::Error::custom)
    }
}
