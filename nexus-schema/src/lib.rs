//! The typed model of a PostgreSQL schema that is kept in one YAML file.
//!
//! ```text
//! schema.yaml ─ authored ─ resolve ─ check ─▶ catalog ─▶ codegen ─▶ Rust
//! ```
//! Pure: no sockets, no clock, no terminal. A live database reaches the same [`catalog`] through nexus-migrate.

#![forbid(unsafe_code)]

#[cfg(feature = "parse")]
mod authored;
#[cfg(feature = "build")]
#[path = "build_script.rs"]
pub mod build;
pub mod catalog;
#[cfg(feature = "parse")]
mod check;
#[cfg(feature = "codegen")]
pub mod codegen;
#[cfg(feature = "parse")]
mod csv;
#[cfg(feature = "parse")]
pub mod diagnostic;
#[cfg(feature = "parse")]
pub mod document;
#[cfg(feature = "parse")]
pub mod fmt;
mod hex;
#[cfg(feature = "json-schema")]
pub mod jsonschema;
pub mod kinds;
#[cfg(feature = "parse")]
pub mod printed;
#[cfg(feature = "parse")]
mod report;
#[cfg(feature = "parse")]
mod resolve;
#[cfg(feature = "runtime")]
pub mod runtime;
#[cfg(feature = "parse")]
mod rust;
pub mod statements;
pub mod types;
#[cfg(feature = "parse")]
mod yaml;

pub use hex::hex;
#[cfg(feature = "runtime")]
#[doc(hidden)]
pub use runtime::private as __private;
