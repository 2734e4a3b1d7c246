//! The project's own chores. Knows the repository's layout and nothing of the product; has no dependencies.

#![forbid(unsafe_code)]

pub mod bench;
mod cargo;
pub mod certificates;
pub mod compile_cost;
pub mod corpus;
pub mod dist;
pub mod laws;
pub mod models_corpus;
pub mod scale;
mod source;
pub mod stall;
pub mod tidy;
pub mod trials;
