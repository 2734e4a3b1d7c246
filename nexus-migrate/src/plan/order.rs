//! Puts nodes in an order in which every promise holds.
//!
//! Sees nodes and edges, never kinds. A cycle is a wrong rule, not bad input.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::{Graph, Node, Part};
use super::step::Step;

/// The plan contradicts itself.
#[derive(Debug, thiserror::Error)]
#[error("cannot order the steps, which is a fault of nexus: {}", .0.join(", "))]
pub struct PlanError(Vec<String>);

/// Returns all steps, those that nothing holds back first; ties go by what the step does, then by id.
pub(super) fn order(graph: Graph) -> Result<Vec<Step>, PlanError> {
    let Graph { mut nodes, edges } = graph;
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
    let mut ready: BTreeSet<(u8, Node)> =
        waits.iter().filter(|(_, n)| **n == 0).map(|(node, _)| ranked(node)).collect();
    let mut steps = Vec::new();
    while let Some((_, node)) = ready.pop_first() {
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

/// Drops come as early as they can, changes next, the rest in the order of kinds.
fn ranked(node: &Node) -> (u8, Node) {
    let rank = match node.0 {
        Part::Drop => 0,
        Part::Alter | Part::Create | Part::Later(_) => 1,
    };
    (rank, node.clone())
}
