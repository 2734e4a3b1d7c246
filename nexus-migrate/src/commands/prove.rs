//! `nexus prove`. STUB.
use super::{CommandError, Failure, Progress};
use std::path::PathBuf;
/// S.
#[derive(Debug, Clone)]
pub struct ProveArgs {
    /// S.
    pub from: Option<String>,
    /// S.
    pub to: Option<String>,
    /// S.
    pub dir: PathBuf,
    /// S.
    pub dev_url: Option<String>,
}
/// S.
#[derive(Debug)]
pub enum ProofReport {}
#[allow(missing_docs)]
impl ProofReport {
    pub fn passed(&self) -> bool {
        match *self {}
    }
    pub fn to_human(&self) -> String {
        match *self {}
    }
    pub fn to_json(&self) -> serde_json::Value {
        match *self {}
    }
}
/// S.
pub async fn prove(_: &ProveArgs, _: &dyn Progress) -> Result<ProofReport, CommandError> {
    Err(CommandError::Usage(Failure::new("not built")))
}
