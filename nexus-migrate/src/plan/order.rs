//! Puts nodes in an order in which every promise holds.
//!
//! Sees nodes and edges, never kinds. A cycle is a wrong rule, not bad input.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use nexus_schema::catalog::ObjectId;

use super::graph::{Graph, Node, Part};
use super::step::{Action, Step, Transaction};

/// The plan contradicts itself.
#[derive(Debug, thiserror::Error)]
#[error("cannot order the steps, which is a fault of nexus: {}", .0.join(", "))]
pub struct PlanError(Vec<String>);

/// Returns all steps, those that nothing holds back first; ties go by how they stand to transactions, what the step
/// does, then by id.
///
/// A node's steps keep their order, but other nodes come between where a transaction ends.
pub(super) fn order(graph: Graph) -> Result<Vec<Step>, PlanError> {
    let Graph { nodes, places, edges, .. } = graph;
    let mut nodes: BTreeMap<Node, VecDeque<Step>> =
        nodes.into_iter().map(|(node, steps)| (node, steps.into())).collect();
    let mut waits: BTreeMap<Node, usize> = nodes.keys().map(|node| (node.clone(), 0)).collect();
    for after in edges.values().flatten() {
        if let Some(n) = waits.get_mut(after) {
            *n += 1;
        }
    }
    // Edges from nodes that are not there hold nothing back.
    for (before, after) in &edges {
        if !nodes.contains_key(before) {
            for node in after {
                if let Some(n) = waits.get_mut(node) {
                    *n -= 1;
                }
            }
        }
    }
    let holds_back: BTreeSet<Node> = edges
        .iter()
        .filter(|(_, after)| after.iter().any(|node| nodes.get(node).is_some_and(|it| !it.is_empty())))
        .map(|(node, _)| node.clone())
        .collect();
    let ranked = |node: &Node, steps: &VecDeque<Step>| {
        let turn = steps.front().map_or(Turn::Shared, |step| Turn::of(step, holds_back.contains(node)));
        ranked(turn, node, places.get(node).copied().unwrap_or_default())
    };
    let mut ready: BTreeSet<Rank> = BTreeSet::new();
    for (node, _) in waits.iter().filter(|(_, n)| **n == 0) {
        ready.extend(nodes.get(node).map(|steps| ranked(node, steps)));
    }
    let mut steps: Vec<Step> = Vec::new();
    let mut turn = Turn::First;
    while let Some(rank) = ready.iter().find(|rank| rank.0 == turn).or_else(|| ready.first()).cloned() {
        ready.remove(&rank);
        turn = rank.0;
        let node = rank.4;
        let Some(mut of_node) = nodes.remove(&node) else { continue };
        while let Some(step) = of_node.pop_front_if(|step| Turn::of(step, holds_back.contains(&node)) == turn)
        {
            steps.push(step);
        }
        if !of_node.is_empty() {
            ready.insert(ranked(&node, &of_node));
            nodes.insert(node, of_node);
            continue;
        }
        waits.remove(&node);
        for after in edges.get(&node).into_iter().flatten() {
            if let Some(n) = waits.get_mut(after) {
                *n -= 1;
                if *n == 0 {
                    ready.extend(nodes.get(after).map(|steps| ranked(after, steps)));
                }
            }
        }
    }
    if waits.is_empty() {
        return Ok(steps);
    }
    let name = |(part, id): &Node| format!("{part:?} {id}");
    let holding = edges.iter().filter(|(before, _)| waits.contains_key(before));
    let lines = holding.flat_map(|(before, after)| {
        let held = after.iter().filter(|node| waits.contains_key(node));
        held.map(move |node| format!("{} before {}", name(before), name(node)))
    });
    Err(PlanError(lines.collect()))
}

/// When a step comes among those that may: what shares a transaction comes together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    /// What is in the way of others, so that these can be together.
    First,
    Shared,
    Own,
    Outside,
    /// What is only missed.
    Last,
}

impl Turn {
    fn of(step: &Step, holds_back: bool) -> Self {
        match (step.transaction, step.action) {
            (Transaction::Shared | Transaction::CommitAfter, _) => Self::Shared,
            (Transaction::Own, _) => Self::Own,
            (Transaction::Outside, Action::Drop) if holds_back => Self::First,
            (Transaction::Outside, Action::Drop) => Self::Last,
            (Transaction::Outside, _) => Self::Outside,
        }
    }
}

/// What comes first of what may come in any order: its turn, what the step does, where its object stands, and its id.
type Rank = (Turn, (u8, Part), ObjectId, u32, Node);

/// Drops come as early as they can, changes next, the rest in the order of kinds.
fn ranked(turn: Turn, node: &Node, place: u32) -> Rank {
    let (part, id) = node;
    let rank = match part {
        Part::Drop => 0,
        Part::Alter | Part::Create | Part::Later(_) | Part::Clear => 1,
    };
    // Those with a place stand together where the first of them would.
    let at = if place > 0 { id.ancestor(id.kind(), 2) } else { id.clone() };
    (turn, (rank, *part), at, place, node.clone())
}
