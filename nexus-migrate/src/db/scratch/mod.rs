//! Throw-away servers: empty databases to build states on.
//!
//! Chooses a server and hands out sessions on empty databases. Knows nothing of what is built there.

mod databases;
#[cfg(feature = "embedded")]
mod embedded;
mod error;
#[cfg(unix)]
mod native;
mod options;
mod remote;

pub use error::ScratchError;
pub use options::{Origin, Prefer, ScratchOptions, ServerInfo};

use super::error::DbError;
use super::session::Session;
use error::Tried;

/// The oldest major that is supported.
const OLDEST_MAJOR: u32 = 15;

/// A server to build states on, with nothing on it that matters.
///
/// Dropping it removes everything it made: processes, folders, databases. So does killing the process, for
/// processes and folders at once, for databases on a development server at the next run against it.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use nexus_migrate::db::{Scratch, ScratchOptions};
///
/// let scratch = Scratch::start(&ScratchOptions::default()).await?;
/// let mut session = scratch.fresh().await?;
/// session.run("CREATE TABLE t (id int)").await?;
/// eprintln!("built on {}", scratch.server());
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Scratch {
    info: ServerInfo,
    host: Host,
}

#[derive(Debug)]
enum Host {
    Remote(remote::Remote),
    #[cfg(unix)]
    Native(native::Native),
    #[cfg(feature = "embedded")]
    Embedded(embedded::Embedded),
}

impl Scratch {
    /// Starts the server that `options` ask for, or the next best.
    ///
    /// The order: the development URL; a native server of the wanted major; the embedded server; a native
    /// server of another major. Fails with what was tried and how to give a server.
    pub async fn start(options: &ScratchOptions) -> Result<Self, ScratchError> {
        if let Some(url) = &options.dev_url {
            let remote = remote::Remote::start(url).await?;
            return Ok(Self { info: remote.info().clone(), host: Host::Remote(remote) });
        }
        let mut tried = Tried::new(options.major);
        #[cfg(unix)]
        let installs = match options.prefer {
            Prefer::Embedded => native::Found::default(),
            Prefer::Any | Prefer::Native => native::find(options.major, &mut tried).await,
        };
        #[cfg(unix)]
        if let Some(scratch) = Self::native(&installs.wanted, &mut tried).await {
            return Ok(scratch);
        }
        if options.prefer != Prefer::Native
            && let Some(scratch) = Self::embedded(&mut tried).await
        {
            return Ok(scratch);
        }
        #[cfg(unix)]
        if let Some(scratch) = Self::native(&installs.others, &mut tried).await {
            return Ok(scratch);
        }
        Err(tried.into_error())
    }

    /// Returns what kind of server it is.
    #[must_use]
    pub fn server(&self) -> &ServerInfo {
        &self.info
    }

    /// Returns a session on an empty database: what `template0` holds, in UTF-8, with locale C.
    ///
    /// The database stays as long as its session. On a native and on the embedded server nothing is shared
    /// with other fresh sessions, not even roles and tablespaces. On a development server roles and
    /// tablespaces are shared with everybody, and what a session creates of them stays; see
    /// [`Scratch::private_roles`].
    pub async fn fresh(&self) -> Result<Session, DbError> {
        match &self.host {
            Host::Remote(remote) => remote.fresh().await,
            #[cfg(unix)]
            Host::Native(native) => native.fresh().await,
            #[cfg(feature = "embedded")]
            Host::Embedded(embedded) => embedded.fresh().await,
        }
    }

    /// Tells whether several fresh sessions may live side by side: so it is with every server we know.
    #[must_use]
    pub fn parallel(&self) -> bool {
        true
    }

    /// Tells whether a second session can be opened on the database of a fresh one, through
    /// [`Session::url`].
    ///
    /// The embedded server cannot: there a second connection waits for the end of the first.
    #[must_use]
    pub fn second_sessions(&self) -> bool {
        self.info.origin != Origin::Embedded
    }

    /// Tells whether a fresh session has roles and tablespaces of its own.
    #[must_use]
    pub fn private_roles(&self) -> bool {
        self.info.origin != Origin::Url
    }

    /// Stops the server and waits until nothing of it is left.
    ///
    /// Sessions that still live lose their database. Dropping does the same without a word on failures.
    pub async fn stop(self) -> Result<(), DbError> {
        match self.host {
            Host::Remote(remote) => remote.stop().await,
            #[cfg(unix)]
            Host::Native(native) => native.stop().await,
            #[cfg(feature = "embedded")]
            Host::Embedded(embedded) => embedded.stop().await,
        }
    }

    #[cfg(unix)]
    async fn native(installs: &[native::Install], tried: &mut Tried) -> Option<Self> {
        for install in installs {
            match native::Native::start(install).await {
                Ok(native) => {
                    return Some(Self { info: native.info().clone(), host: Host::Native(native) });
                }
                Err(error) => tried.failed(&error),
            }
        }
        None
    }

    #[cfg(feature = "embedded")]
    async fn embedded(tried: &mut Tried) -> Option<Self> {
        match embedded::Embedded::start().await {
            Ok(embedded) => Some(Self { info: embedded.info().clone(), host: Host::Embedded(embedded) }),
            Err(error) => {
                tried.failed(&error);
                None
            }
        }
    }

    #[cfg(not(feature = "embedded"))]
    async fn embedded(tried: &mut Tried) -> Option<Self> {
        tried.note("no embedded server in this build (feature `embedded`)".to_owned());
        None
    }
}
