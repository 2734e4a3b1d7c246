//! Puts nodes in an order in which every promise holds.
//!
//! Sees nodes and edges, never kinds. A cycle is a wrong rule, not bad input.

use std::collections::{BTreeMap, BTreeSet};

use nexus_schema::catalog::ObjectId;

use super::graph::{Graph, Node, Part};
use super::step::Step;

/// The plan contradicts itself.
#[derive(Debug, thiserror::Error)]
#[error("cannot order the steps, which is a fault of nexus: {}", .0.join(", "))]
pub struct PlanError(Vec<String>);

/// Returns all steps, those that nothing holds back first; ties go by what the step does, then by id.
pub(super) fn order(graph: Graph) -> Result<Vec<Step>, PlanError> {
    let Graph { mut nodes, places, edges, .. } = graph;
    let ranked = |node: &Node| ranked(node, places.get(node).copied().unwrap_or_default());
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
    let mut ready: BTreeSet<Rank> =
        waits.iter().filter(|(_, n)| **n == 0).map(|(node, _)| ranked(node)).collect();
    let mut steps = Vec::new();
    while let Some((.., node)) = ready.pop_first() {
        waits.remove(&node);
        steps.extend(nodes.remove(&node).unwrap_or_default());
        for after in edges.get(&node).into_iter().flatten() {
            if let Some(n) = waits.get_mut(after) {
                *n -= 1;
                if *n == 0 {
                    ready.insert(ranked(after));
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

/// What comes first of what may come in any order: what the step does, where its object stands, and then its id.
type Rank = (u8, Part, ObjectId, u32, Node);

/// Drops come as early as they can, changes next, the rest in the order of kinds.
fn ranked(node: &Node, place: u32) -> Rank {
    let (part, id) = node;
    let rank = match part {
        Part::Drop => 0,
        Part::Alter | Part::Create | Part::Later(_) | Part::Clear => 1,
    };
    // Those with a place stand together where the first of them would.
    let (_, beside) = id.path().split_last().filter(|_| place > 0).unzip();
    let at = beside.map_or_else(|| id.clone(), |path| ObjectId::new(id.kind(), path.iter().cloned()));
    (rank, *part, at, place, node.clone())
}
