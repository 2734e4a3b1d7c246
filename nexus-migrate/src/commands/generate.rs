//! `nexus generate`. STUB.
use super::{CommandError, Failure, Progress};
use std::path::PathBuf;
/// S.
#[derive(Debug, Clone)]
pub struct GenerateArgs {
    /// S.
    pub schema: PathBuf,
    /// S.
    pub dir: PathBuf,
    /// S.
    pub name: Option<String>,
    /// S.
    pub check: bool,
    /// S.
    pub models: Option<PathBuf>,
    /// S.
    pub dev_url: Option<String>,
}
/// S.
#[derive(Debug)]
pub struct Generated {
    /// S.
    pub files: Vec<PathBuf>,
    /// S.
    pub summary: String,
    /// S.
    pub due: bool,
}
/// S.
pub async fn generate(_: &GenerateArgs, _: &dyn Progress) -> Result<Generated, CommandError> {
    Err(CommandError::Usage(Failure::new("not built")))
}
