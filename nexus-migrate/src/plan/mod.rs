//! From two states to the steps between them.
//!
//! ```text
//! diff ─ scope (what must be rebuilt, what comes along) ─ graph (who waits for whom) ─ bodies ─ order ─▶ Plan
//! ```
//! Names no kind: everything it knows of an object comes through `kinds`.

mod answering;
mod bodies;
mod crowd;
mod graph;
mod merge;
mod namesakes;
mod order;
mod parts;
mod print;
mod rename;
mod rules;
mod scope;
mod step;
mod traffic;

use std::collections::BTreeMap;

use nexus_schema::catalog::{Catalog, ObjectId};

pub use order::PlanError;
pub use print::Segment;
pub use rename::{former, grounded, implied, relabelled, renamed, renames};
pub use rules::{Ends, Rule, rules};
pub use step::{Action, Step, Steps, Transaction};
pub use traffic::Traffic;

use crate::kinds::Cx;

/// Steps in an order in which every promise holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// The steps.
    pub steps: Vec<Step>,
    /// What may reject rows that are there.
    pub rules: Vec<Rule>,
}

impl Plan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Tables and columns whose rows or values are gone after the plan.
    pub fn loses(&self) -> impl Iterator<Item = &ObjectId> {
        self.steps.iter().flat_map(|step| &step.loses)
    }

    /// Columns whose values the plan converts.
    pub fn retypes(&self) -> impl Iterator<Item = &ObjectId> {
        self.steps.iter().flat_map(|step| &step.retypes)
    }
}

/// Names that objects of the state after had in the state before.
pub type Renames = BTreeMap<ObjectId, ObjectId>;

/// Plans the way from `prev` to `next`, under the names that objects have in `next` already, in statements that keep
/// nobody out of busy tables for long where there are such.
///
/// Fails only if the rules of the kinds contradict each other.
pub fn plan(prev: &Catalog, next: &Catalog, traffic: &Traffic) -> Result<Plan, PlanError> {
    let cx = Cx { prev, next, traffic };
    let scope = scope::Scope::of(&cx);
    let mut graph = graph::Graph::of(&cx, &scope);
    namesakes::part(&mut graph, &cx, &scope);
    bodies::heed(&mut graph, &cx, &scope);
    let steps = order::order(graph)?;
    Ok(Plan { steps: merge::merge(steps, next), rules: Vec::new() })
}
