//! Reads, diffs, plans, proves and applies PostgreSQL schema states.

pub mod history;
