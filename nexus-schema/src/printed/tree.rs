//! A document before it has a text: values, and how much room each mapping likes.

/// A value of the document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Tree {
    Bool(bool),
    /// A number by its own digits.
    Number(String),
    Text(String),
    Null,
    List(Vec<Tree>),
    Map(Map),
}

/// A mapping in the order in which it is read.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Map {
    pub(crate) entries: Vec<(String, Tree)>,
    pub(crate) room: Room,
}

/// How much room a mapping takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Room {
    /// One line, where it fits.
    #[default]
    Line,
    /// One line, where it fits, and one of its own in a list.
    Row,
    /// A line for each entry.
    Block,
    /// A line for each entry, and a blank one between those that take more than one.
    Spaced,
}

impl Map {
    /// An empty mapping that takes this much room.
    pub(crate) fn of(room: Room) -> Self {
        Self { entries: Vec::new(), room }
    }

    /// Parts of an object by their names: a line each, where one has keys of its own.
    pub(crate) fn by_name(entries: Vec<(String, Tree)>) -> Self {
        let long = entries.iter().any(|(_, value)| matches!(value, Tree::Map(_)));
        Self { entries, room: if long { Room::Block } else { Room::Line } }
    }

    /// Adds an entry.
    pub(crate) fn put(&mut self, key: impl Into<String>, value: impl Into<Tree>) {
        self.entries.push((key.into(), value.into()));
    }

    /// Adds an entry where there is something to say.
    pub(crate) fn maybe(&mut self, key: &str, value: Option<impl Into<Tree>>) {
        if let Some(value) = value {
            self.put(key, value);
        }
    }

    /// Adds `key: true` where it is.
    pub(crate) fn flag(&mut self, key: &str, value: bool) {
        if value {
            self.put(key, true);
        }
    }

    /// Adds a list or mapping that is not empty.
    pub(crate) fn filled(&mut self, key: &str, value: impl Into<Tree>) {
        let value = value.into();
        let empty = match &value {
            Tree::List(items) => items.is_empty(),
            Tree::Map(map) => map.is_empty(),
            _ => false,
        };
        if !empty {
            self.put(key, value);
        }
    }

    /// Whether it says nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The mapping, or the value of its one key where that is `key` and can stand alone.
    pub(crate) fn or_short(self, key: &str) -> Tree {
        match self.entries.as_slice() {
            [(only, value)] if only == key && !matches!(value, Tree::Map(_) | Tree::Null) => value.clone(),
            _ => Tree::Map(self),
        }
    }

    /// The mapping, or nothing where it says nothing: `schemas: { auth: }`.
    pub(crate) fn or_nothing(self) -> Tree {
        if self.is_empty() { Tree::Null } else { Tree::Map(self) }
    }

    /// Whether it can stand on one line.
    pub(crate) fn fits_on_a_line(&self) -> bool {
        matches!(self.room, Room::Line | Room::Row) || self.is_empty()
    }
}

impl From<bool> for Tree {
    fn from(value: bool) -> Self {
        Tree::Bool(value)
    }
}

impl From<&str> for Tree {
    fn from(text: &str) -> Self {
        Tree::Text(text.to_owned())
    }
}

impl From<String> for Tree {
    fn from(text: String) -> Self {
        Tree::Text(text)
    }
}

impl From<&String> for Tree {
    fn from(text: &String) -> Self {
        Tree::Text(text.clone())
    }
}

impl From<i64> for Tree {
    fn from(number: i64) -> Self {
        Tree::Number(number.to_string())
    }
}

impl From<i32> for Tree {
    fn from(number: i32) -> Self {
        Tree::Number(number.to_string())
    }
}

impl From<u32> for Tree {
    fn from(number: u32) -> Self {
        Tree::Number(number.to_string())
    }
}

impl From<Map> for Tree {
    fn from(map: Map) -> Self {
        Tree::Map(map)
    }
}

impl<T: Into<Tree>> From<Vec<T>> for Tree {
    fn from(items: Vec<T>) -> Self {
        Tree::List(items.into_iter().map(Into::into).collect())
    }
}

impl From<&[String]> for Tree {
    fn from(items: &[String]) -> Self {
        Tree::List(items.iter().map(Tree::from).collect())
    }
}

impl From<&[&str]> for Tree {
    fn from(items: &[&str]) -> Self {
        Tree::List(items.iter().map(|item| Tree::from(*item)).collect())
    }
}
