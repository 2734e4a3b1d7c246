//! What is asked of a scratch server, and what came of it.

use std::fmt;

use crate::db::session::Session;
use crate::db::url::redact_url;

/// Which server to build states on.
///
/// Beside these, the environment speaks: `NEXUS_PGBIN` names a folder of programs to look into first,
/// `NEXUS_NO_NATIVE=1` hides native servers, and `NEXUS_SCRATCH_DIR` names the folder for the files of servers
/// (else memory, where it is a file system with room, else the folder for temporary files).
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
    /// It is PostgreSQL 17.5 without some parts, and it lacks: `EXCEPTION` blocks of PL/pgSQL (the error goes
    /// through, and the session is of no use after that: take a fresh one); a second try after a
    /// `CREATE EXTENSION` that failed half-way; statement and lock timeouts; a net under endless recursion;
    /// stop words of text search; ICU, XML, locales other than C and C.UTF-8, languages other than SQL and
    /// PL/pgSQL, `uuid-ossp`, `pgcrypto`, `postgis` and subscriptions.
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
