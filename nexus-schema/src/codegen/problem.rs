//! What stands between a schema and its Rust models, and what its author can do about it.

use std::fmt;

use crate::catalog::{Kind, ObjectId};

/// One reason why models cannot be generated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// sqlx reads no Rust type from this SQL type.
    NoRustType {
        /// The column.
        id: ObjectId,
        /// Its type.
        sql_type: String,
    },
    /// Two objects get the same name in Rust.
    SameName {
        /// The second one.
        id: ObjectId,
        /// The name.
        name: String,
        /// The first one.
        other: ObjectId,
    },
    /// Two labels of an enum get the same name in Rust.
    SameVariant {
        /// The enum.
        id: ObjectId,
        /// The name.
        name: String,
        /// The labels.
        labels: [String; 2],
    },
    /// What the author wrote in `rust: { name: … }` is not an identifier.
    BadName {
        /// The object.
        id: ObjectId,
        /// The text.
        name: String,
    },
    /// What the author wrote in `rust: { version: … }` is no column of the table.
    NoVersion {
        /// The table.
        id: ObjectId,
        /// The column.
        column: String,
    },
    /// What the author wrote in `rust: { type: … }`, or in a list beside it, is not a type.
    BadType {
        /// The object.
        id: ObjectId,
        /// The text.
        text: String,
    },
}

impl Problem {
    /// The object to change.
    pub fn id(&self) -> &ObjectId {
        match self {
            Self::NoRustType { id, .. }
            | Self::SameName { id, .. }
            | Self::SameVariant { id, .. }
            | Self::BadName { id, .. }
            | Self::NoVersion { id, .. }
            | Self::BadType { id, .. } => id,
        }
    }

    /// What to do next.
    pub fn help(&self) -> &'static str {
        match self {
            Self::NoRustType { .. } => {
                "name a Rust type that implements sqlx's `Type` and `Decode`, such as `rust: { type: crate::Search }`"
            }
            Self::SameName { .. } => "give one of them another name with `rust: { name: … }`",
            Self::SameVariant { id, .. } if id.kind() == Kind::Column => {
                "change one of the two, or leave `as_enum:` out"
            }
            Self::SameVariant { .. } => {
                "name a Rust type of your own for the enum with `rust: { type: … }`, or change a label"
            }
            Self::BadName { .. } => "use letters, digits and `_`, not beginning with a digit",
            Self::NoVersion { .. } => "name a column of the table that counts or dates the changes of a row",
            Self::BadType { .. } => "write one type, such as `::time::OffsetDateTime`",
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRustType { id, sql_type } => {
                write!(f, "{id} has type `{sql_type}`, for which there is no Rust type")
            }
            Self::SameName { id, name, other } => {
                write!(f, "{id} and {other} would both be called `{name}` in Rust")
            }
            Self::SameVariant { id, name, labels: [one, two] } => {
                write!(f, "labels `{one}` and `{two}` of {id} would both be called `{name}` in Rust")
            }
            Self::BadName { id, name } => write!(f, "`{name}`, the Rust name of {id}, is not an identifier"),
            Self::NoVersion { id, column } => {
                write!(f, "`{column}`, the version of {id}, is not one of its columns")
            }
            Self::BadType { id, text } if id.kind() == Kind::Table => {
                write!(f, "`{text}`, in the `rust:` of {id}, cannot be read as Rust")
            }
            Self::BadType { id, text } => write!(f, "`{text}`, the Rust type of {id}, is not a type"),
        }
    }
}

/// Every reason why models cannot be generated; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, problem) in self.0.iter().enumerate() {
            let line = if n == 0 { "" } else { "\n" };
            write!(f, "{line}{problem}\n  = help: {}", problem.help())?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
