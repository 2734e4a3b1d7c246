//! A question to a database before a plan begins: which rows will its steps refuse?
//!
//! What a rule is and how it comes to a question is the planner's business; here is only the question, as it is kept in
//! the proof and asked again before a migration is applied.

use serde::{Deserialize, Serialize};

use crate::sql::Pen;

/// How many rows a query names.
pub const NAMED: i64 = 10;

/// Makes the function that [`Precheck::on`] may ask for, for as long as the session lives.
pub const STAND_IN: &str = include_str!("precheck.sql");

/// The first version with the function of its own.
const HAS_INPUT_IS_VALID: u32 = 160_000;

/// A rule that rows may break which are there before the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Precheck {
    /// The table, by its name before, as people read it.
    pub table: String,
    /// What refuses the rows, by its name after: a constraint, an index, a column, a type.
    pub by: String,
    /// What is the matter with such a row: `email is NULL`.
    pub problem: String,
    /// What the columns of the query are, after the first, which counts all rows that it finds.
    pub columns: Vec<String>,
    /// Finds them: how many they are, and what names the first of them, with their values.
    pub query: String,
    /// The end of the query, from FROM on, for those who want to know where the rows are.
    pub tail: String,
    /// Whether the plan leaves such rows as they are, and does not fail on them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keeps: bool,
}

impl Precheck {
    /// Asks where the rows are: their table and the place in it.
    pub fn places(&self) -> String {
        Pen::kw("SELECT tableoid, ctid").text(&self.tail).end()
    }

    /// A query of this precheck as a server of this version can run it, after [`STAND_IN`] where that is due.
    ///
    /// `pg_input_is_valid` came with PostgreSQL 16.
    pub fn on(query: &str, version_num: u32) -> String {
        match version_num {
            HAS_INPUT_IS_VALID.. => query.to_owned(),
            _ => query.replace("NOT pg_input_is_valid(", "NOT pg_temp.pg_input_is_valid("),
        }
    }
}
