//! What can go wrong between us and a server, without any secret in it.
//!
//! Knows sqlx's errors so that nobody else has to.

use std::fmt;

use super::scratch::ScratchError;

/// A failure of a connection or of a statement.
///
/// Its text is one line, in lower case at its start, and holds no password.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DbError {
    /// The server refused a statement or a connection, and said why.
    #[error("{0}")]
    Server(Box<ServerError>),
    /// No session came about.
    #[error("cannot connect to {url}: {source}")]
    Connect {
        /// The URL, redacted.
        url: String,
        /// The reason.
        source: Box<DbError>,
    },
    /// The URL cannot be understood.
    #[error("not a usable database url: {0}")]
    Url(String),
    /// The connection broke, or never stood.
    #[error("connection failed: {0}")]
    Io(#[source] std::io::Error),
    /// The server sent what a session cannot take, such as the data of `COPY … TO STDOUT`.
    #[error("unexpected answer of the server: {0}")]
    Protocol(String),
    /// Another scratch server was needed and did not start.
    #[error("{0}")]
    Scratch(Box<ScratchError>),
}

impl DbError {
    /// Returns the SQLSTATE, such as `42P01`, if a server sent this error.
    ///
    /// <https://www.postgresql.org/docs/current/errcodes-appendix.html>
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.server().map(|server| server.sqlstate.as_str())
    }

    /// Returns the error with its position counted from the end of `prefix`, which was sent before the text that it is
    /// about. A position within the prefix is none.
    #[must_use]
    pub fn without_prefix(mut self, prefix: &str) -> Self {
        if let Self::Server(error) = &mut self {
            let before = prefix.chars().count();
            error.position = error.position.and_then(|at| at.checked_sub(before)).filter(|at| *at > 0);
        }
        self
    }

    /// Returns the error fields that the server sent, if it sent this error.
    #[must_use]
    pub fn server(&self) -> Option<&ServerError> {
        match self {
            Self::Server(server) => Some(server),
            Self::Connect { source, .. } => source.server(),
            Self::Url(_) | Self::Io(_) | Self::Protocol(_) | Self::Scratch(_) => None,
        }
    }
}

impl DbError {
    /// Leaves out what may hold values of rows.
    #[must_use]
    pub fn without_values(self) -> Self {
        match self {
            Self::Server(server) => Self::Server(Box::new(server.without_values())),
            other => other,
        }
    }
}

impl From<ScratchError> for DbError {
    fn from(error: ScratchError) -> Self {
        Self::Scratch(Box::new(error))
    }
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(error) => {
                match error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>() {
                    Some(error) => Self::Server(Box::new(ServerError::new(error))),
                    None => Self::Protocol(one_line(error.message())),
                }
            }
            sqlx::Error::Io(error) => Self::Io(error),
            sqlx::Error::Configuration(error) => Self::Url(one_line(&error.to_string())),
            other => Self::Protocol(one_line(&other.to_string())),
        }
    }
}

/// The fields of an error that a server sent.
///
/// <https://www.postgresql.org/docs/current/protocol-error-fields.html>
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerError {
    /// The SQLSTATE: five characters.
    pub sqlstate: String,
    /// What happened, in the server's words.
    pub message: String,
    /// More about it; may have several lines.
    pub detail: Option<String>,
    /// What the server suggests.
    pub hint: Option<String>,
    /// Where in the sent text, counted in characters from 1.
    pub position: Option<usize>,
    /// The call stack inside the server; may have several lines.
    pub where_: Option<String>,
    /// The schema of the object that the error is about.
    pub schema: Option<String>,
    /// The table that the error is about.
    pub table: Option<String>,
    /// The column that the error is about.
    pub column: Option<String>,
    /// The constraint that the error is about.
    pub constraint: Option<String>,
}

impl ServerError {
    fn new(error: &sqlx::postgres::PgDatabaseError) -> Self {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Self {
            sqlstate: error.code().to_owned(),
            message: error.message().to_owned(),
            detail: owned(error.detail()),
            hint: owned(error.hint()),
            position: match error.position() {
                Some(sqlx::postgres::PgErrorPosition::Original(position)) => Some(position),
                _ => None,
            },
            where_: owned(error.r#where()),
            schema: owned(error.schema()),
            table: owned(error.table()),
            column: owned(error.column()),
            constraint: owned(error.constraint()),
        }
    }
}

impl ServerError {
    /// Leaves out what may hold values of rows: detail, hint and call stack.
    #[must_use]
    pub fn without_values(&self) -> Self {
        Self { detail: None, hint: None, where_: None, ..self.clone() }
    }
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]", one_line(&self.message), self.sqlstate)?;
        if let Some(detail) = &self.detail {
            write!(f, " ({})", one_line(detail))?;
        }
        if let Some(hint) = &self.hint {
            write!(f, ", hint: {}", one_line(hint))?;
        }
        Ok(())
    }
}

impl std::error::Error for ServerError {}

/// Returns `text` with line breaks and what surrounds them as single spaces.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
