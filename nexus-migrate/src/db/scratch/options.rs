//! What is asked of a scratch server, and what came of it.

use std::fmt;

use crate::db::session::Session;
use crate::db::url::redact_url;

/// Which server to build states on.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ScratchOptions {
    /// A server that the user gives for this purpose; its role needs `CREATEDB`. Wins over all else.
    pub dev_url: Option<String>,
    /// The major of the server that the schema is for, such as 15.
    pub major: Option<u32>,
    /// Which kinds may be used when no URL is given.
    pub prefer: Prefer,
}

impl fmt::Debug for ScratchOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { dev_url, major, prefer } = self;
        f.debug_struct("ScratchOptions")
            .field("dev_url", &dev_url.as_deref().map(redact_url))
            .field("major", major)
            .field("prefer", prefer)
            .finish()
    }
}

/// Which kinds of server may be used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Prefer {
    /// The best there is.
    #[default]
    Any,
    /// Native servers only.
    Native,
    /// The embedded server only.
    Embedded,
}

/// Where a scratch server comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The user gave its URL.
    Url,
    /// It was found on this machine and started on a throw-away cluster.
    Native,
    /// It runs inside this process.
    ///
    /// What it cannot do: `EXCEPTION` blocks of PL/pgSQL catch nothing, and an error inside PL/pgSQL or
    /// `CREATE EXTENSION` makes the session useless (take a fresh one); `COMMIT` in procedures; statement and
    /// lock timeouts; ICU, XML, text search stop words, languages other than SQL and PL/pgSQL, subscriptions;
    /// a recursion without end breaks the connection.
    Embedded,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Url => "development url",
            Self::Native => "native",
            Self::Embedded => "embedded",
        })
    }
}

/// What kind of server a scratch is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerInfo {
    /// Where it comes from.
    pub origin: Origin,
    /// Its version, such as `15.18`.
    pub version: String,
    /// Its version as a number, such as 150018.
    pub version_num: u32,
}

impl ServerInfo {
    pub(super) fn of(session: &Session, origin: Origin) -> Self {
        Self { origin, version: session.version(), version_num: session.server_version_num() }
    }

    /// Returns the major, such as 15.
    #[must_use]
    pub fn major(&self) -> u32 {
        self.version_num / 10_000
    }
}

impl fmt::Display for ServerInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { origin, version, version_num: _ } = self;
        write!(f, "PostgreSQL {version} ({origin})")
    }
}
