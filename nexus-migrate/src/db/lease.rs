//! What a session on a scratch server holds so that the server stays for it.

use std::sync::Arc;

use super::error::DbError;

/// Keeps a scratch database alive, and lets go when the session does.
pub(super) enum Lease {
    /// A database of a server that counts who uses it.
    Counted(#[expect(dead_code, reason = "counted by its owner, through the strong count")] Arc<()>),
    /// A server of our own, inside this process.
    #[cfg(feature = "embedded")]
    Embedded(Box<super::embedded::Instance>),
}

impl Lease {
    /// Does what the server needs before it can run `sql`.
    pub(super) async fn before(&self, sql: &str) -> Result<(), DbError> {
        match self {
            // Such a server takes what comes.
            Self::Counted(_) => _ = sql,
            #[cfg(feature = "embedded")]
            Self::Embedded(instance) => instance.before(sql).await?,
        }
        Ok(())
    }
}
