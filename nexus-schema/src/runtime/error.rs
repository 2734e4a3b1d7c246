//! What goes wrong with a write, in words that hold no value.

use std::fmt;

use super::Constraint;

/// Why rows were not written.
///
/// Neither `Display` nor `Debug` shows what the server says in its detail, where the values of the row stand.
pub enum WriteError<C: 'static> {
    /// The values break a rule of the schema; nothing was sent.
    Invalid(Invalid),
    /// The server refused the row because of this constraint or unique index.
    Constraint(&'static C, Hidden),
    /// A row to be changed has changed in the meantime, or is gone.
    Stale,
    /// Anything else.
    Database(Hidden),
}

/// An error of sqlx whose details are not shown.
pub struct Hidden(sqlx::Error);

/// The rules that values break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// The table.
    pub table: &'static str,
    /// Each rule; never empty.
    pub broken: Vec<Broken>,
}

/// One broken rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The column.
    pub column: &'static str,
    /// The check of that name, where the rule is one.
    pub constraint: Option<&'static str>,
    /// What the column demands, such as `at most 255 characters`.
    pub demand: String,
}

impl<C> WriteError<C> {
    /// The constraint, where it is one.
    pub fn constraint(&self) -> Option<&'static C> {
        match self {
            Self::Constraint(constraint, _) => Some(constraint),
            _ => None,
        }
    }

    /// Whether the row breaks this constraint.
    pub fn is(&self, constraint: &C) -> bool {
        self.constraint().is_some_and(|found| super::table::same_variant(found, constraint))
    }

    /// What sqlx says, where it does.
    pub fn database(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Constraint(_, hidden) | Self::Database(hidden) => Some(&hidden.0),
            Self::Invalid(_) | Self::Stale => None,
        }
    }
}

impl<C: Constraint> From<sqlx::Error> for WriteError<C> {
    fn from(error: sqlx::Error) -> Self {
        match C::of(&error) {
            Some(constraint) => Self::Constraint(constraint, Hidden(error)),
            None => Self::Database(Hidden(error)),
        }
    }
}

impl<C> From<Invalid> for WriteError<C> {
    fn from(invalid: Invalid) -> Self {
        Self::Invalid(invalid)
    }
}

impl<C: Constraint> fmt::Display for WriteError<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(invalid) => invalid.fmt(f),
            Self::Constraint(constraint, _) => write!(f, "the row breaks {}", constraint.name()),
            Self::Stale => f.write_str("the row has changed in the meantime, or is gone"),
            Self::Database(hidden) => hidden.fmt(f),
        }
    }
}

impl<C: Constraint> fmt::Debug for WriteError<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(invalid) => f.debug_tuple("Invalid").field(invalid).finish(),
            Self::Constraint(constraint, hidden) => {
                f.debug_tuple("Constraint").field(&constraint.name()).field(hidden).finish()
            }
            Self::Stale => f.write_str("Stale"),
            Self::Database(hidden) => f.debug_tuple("Database").field(hidden).finish(),
        }
    }
}

impl<C: Constraint> std::error::Error for WriteError<C> {}

impl fmt::Display for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_database_error() {
            // A message may quote the value; what the code means may not.
            Some(error) => {
                let code = error.code();
                write!(f, "the database refuses with SQLSTATE {}", code.as_deref().unwrap_or("unknown"))
            }
            None => self.0.fmt(f),
        }
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a row of {} breaks rules:", self.table)?;
        for (n, broken) in self.broken.iter().enumerate() {
            write!(f, "{} {broken}", if n == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} takes {}", self.column, self.demand)?;
        match self.constraint {
            Some(constraint) => write!(f, " ({constraint})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Invalid {}
