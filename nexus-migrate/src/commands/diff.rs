//! `nexus diff`. STUB.
use super::{CommandError, Failure};
/// S.
#[derive(Debug, Clone)]
pub struct DiffArgs {
    /// S.
    pub from: String,
    /// S.
    pub to: String,
    /// S.
    pub dev_url: Option<String>,
}
/// S.
#[derive(Debug)]
pub struct Outcome {
    /// S.
    pub plan: Plan,
}
/// S.
#[derive(Debug)]
pub enum Plan {}
#[allow(missing_docs)]
impl Plan {
    pub fn is_empty(&self) -> bool {
        match *self {}
    }
    pub fn to_sql(&self) -> String {
        match *self {}
    }
    pub fn to_human(&self) -> String {
        match *self {}
    }
    pub fn to_markdown(&self) -> String {
        match *self {}
    }
    pub fn to_json(&self) -> serde_json::Value {
        match *self {}
    }
}
/// S.
pub async fn diff(_: &DiffArgs) -> Result<Outcome, CommandError> {
    Err(CommandError::Usage(Failure::new("not built")))
}
