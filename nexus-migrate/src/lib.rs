//! Reads, diffs, plans, proves and applies PostgreSQL schema states.

#![forbid(unsafe_code)]

pub mod access;
pub mod advise;
pub mod apply;
pub mod backup;
pub mod change;
pub mod cli;
pub mod commands;
pub mod data;
pub mod db;
pub mod diff;
pub mod docs;
pub mod doors;
pub mod extent;
pub mod fake;
pub mod hazard;
pub mod history;
pub mod introspect;
pub mod kinds;
pub mod lint;
pub mod lsp;
mod markdown;
pub mod measure;
pub mod plan;
pub mod precheck;
pub mod prove;
pub mod sql;
pub mod testing;
