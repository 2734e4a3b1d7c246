//! Sessions with PostgreSQL servers, and throw-away servers to build states on.
//!
//! The only place of the crate that opens sockets and starts processes. It carries SQL text there and
//! rows back, and knows no catalog, no plan and no object kind.

#[cfg(feature = "embedded")]
mod embedded;
mod error;
mod folder;
mod lease;
mod programs;
pub mod scratch;
mod session;
mod url;

pub use error::{DbError, ServerError};
pub use programs::{Program, ProgramError, program};
pub use scratch::{Origin, Prefer, Scratch, ScratchError, ScratchOptions, ServerInfo};
pub use session::{Paused, ResultSet, Session};
pub use sqlx::PgPool;
pub use url::redact_url;
