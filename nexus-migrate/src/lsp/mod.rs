//! A language server for the schema file, over stdin and stdout.
//!
//! ```text
//! texts (open or on disk) ─ blocks ─ quick look at what an edit touches ─▶ diagnostics
//!                         └ outline ─ names ─ schema ─▶ completion, hover, definition, rename
//! worker: the whole schema, a moment after the last edit ─▶ diagnostics, hints, what hover shows
//! ```
//! Knows documents, the model and planning from it; no database and no socket.

mod actions;
mod blocks;
mod complete;
mod diagnose;
mod hints;
mod hover;
mod keys;
mod names;
mod outline;
mod position;
mod project;
mod rename;
mod requests;
mod schema;
mod server;
mod slots;
mod symbols;
mod texts;
mod worker;

use std::path::PathBuf;

/// What to serve.
#[derive(Debug, Clone)]
pub struct LspArgs {
    /// What a schema file is called that includes others.
    pub schema: PathBuf,
    /// Where the history is, beside a schema file.
    pub dir: PathBuf,
}

/// The conversation broke off.
#[derive(Debug, thiserror::Error)]
pub enum LspError {
    /// What came in was no message, or nobody reads the answers.
    #[error("the editor does not speak the language server protocol")]
    Protocol(#[source] std::io::Error),
    /// The editor went away without a word.
    #[error("the editor went away before it said `exit`")]
    Gone,
}

/// Serves an editor until it says `exit`.
///
/// Fails where the conversation breaks off: on what is no message, or when the editor is gone.
pub fn serve(args: &LspArgs) -> Result<(), LspError> {
    server::serve(args)
}
