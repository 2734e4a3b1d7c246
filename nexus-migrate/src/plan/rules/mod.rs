//! Rules of the state after that rows of the state before may break, and the queries that find such rows.
//!
//! A step that makes a rule fails on rows that break it. So each rule that is new for rows which are there already gets
//! a query over the state before: it must find nothing, or the plan need not begin. Whether a query is worth anything,
//! the proof says: it runs on rows that break the rule, and on rows that do not.

mod bounds;
mod exclusion;
mod find;
mod seeds;
mod source;
mod types;

use std::collections::BTreeSet;

use nexus_schema::catalog::{Catalog, ObjectId};

use super::Traffic;
use crate::precheck::Precheck;

/// The two states as the rows see them.
#[derive(Clone, Copy)]
pub struct Ends<'a> {
    /// The state before, under the names of the state after.
    pub prev: &'a Catalog,
    /// The state after.
    pub next: &'a Catalog,
    /// The name by which the database knows an object of `prev`.
    pub former: &'a dyn Fn(&ObjectId) -> ObjectId,
    /// Columns whose values are not to be shown, by their names in either state.
    pub hidden: &'a BTreeSet<ObjectId>,
    /// Tables and columns whose rows and values the plan takes away: nothing of them can break a rule.
    pub lost: &'a BTreeSet<ObjectId>,
    /// What holds for the rows of partitions that come, where somebody asked a server.
    pub traffic: &'a Traffic,
}

/// A rule that is new for rows that are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The table, by its name before.
    pub table: ObjectId,
    /// Columns of the table, by their names before, on which it depends, each with a text in which values may stand that
    /// it lets in.
    pub hints: Vec<(String, String)>,
    /// Statements, each of which may make rows that break it of rows that do not.
    pub breaks: Vec<String>,
    /// The question.
    pub precheck: Precheck,
}

/// Returns each rule of the state after that rows of the state before may break, in order of tables.
///
/// Not every rule is among them: exclusions by expressions or without an equality, and what is said of columns or by functions that are not there yet are found out by the step itself.
pub fn rules(ends: &Ends<'_>) -> Vec<Rule> {
    let mut rules = find::find(ends);
    rules.extend(bounds::find(ends));
    rules.extend(seeds::find(ends));
    rules
}
