//! The place of what answers to the making and dropping of others, as event triggers and default privileges do.

use std::collections::BTreeSet;

use nexus_schema::catalog::{Entry, ObjectId};

use super::graph::{Graph, Node, Part, create_node, drop_node};
use super::scope::Scope;
use crate::kinds::{self, Cx};

/// What answers to others is made after them and dropped before them, but for what is said of it.
pub(super) fn connect(graph: &mut Graph, cx: &Cx, scope: &Scope) {
    for (state, scoped, part) in
        [(cx.prev, &scope.dropped, Part::Drop), (cx.next, &scope.created, Part::Create)]
    {
        let answers = |id: &&ObjectId| state.get(id).is_some_and(kinds::answers_to_others);
        let answering: BTreeSet<&ObjectId> = scoped.iter().filter(answers).collect();
        if answering.is_empty() {
            continue;
        }
        let mut apart = answering.clone();
        while let Some(more) = scoped.iter().find(|id| {
            let needs = |entry: &Entry| entry.requires.iter().any(|needed| apart.contains(needed));
            !apart.contains(id) && state.entry(id).is_some_and(needs)
        }) {
            apart.insert(more);
        }
        let others = graph.nodes.keys().filter(|(other, id)| *other != part || !apart.contains(id));
        let others: Vec<Node> = others.cloned().collect();
        // One after the other, so that all others are next to one of them alone.
        let of = |id: &&ObjectId| {
            if part == Part::Drop { drop_node(scope, id) } else { create_node(scope, id) }
        };
        let chain: Vec<Node> = answering.iter().map(of).collect();
        for pair in chain.windows(2) {
            if let [before, after] = pair {
                graph.edge(before.clone(), after.clone());
            }
        }
        let (first, last) = (chain.first(), chain.last());
        for other in others {
            match (part, first, last) {
                (Part::Drop, _, Some(last)) => graph.edge(last.clone(), other),
                (_, Some(first), _) => graph.edge(other, first.clone()),
                _ => {}
            }
        }
    }
}
