//! Which of two namesakes a text means shows when only one of them is there.
//!
//! `f(id)` may be a call of `f(bigint)` and of `f(bigint, integer DEFAULT 2)`. So what needs one that stays or comes is
//! made when the one that goes has gone, unless that one waits for it.

use std::collections::BTreeSet;

use nexus_schema::catalog::ObjectId;

use super::graph::{Graph, after, alter_node, create_node, drop_node};
use super::scope::Scope;
use crate::kinds::Cx;

/// Adds edges from the drops of objects to what needs others of their name.
pub(super) fn part(graph: &mut Graph, cx: &Cx, scope: &Scope) {
    let called =
        |id: &&ObjectId| id.kind().lives_in_schema() && id.whole().is_empty() && id.path().len() == 3;
    let going: Vec<&ObjectId> =
        scope.dropped.iter().filter(|id| called(id) && !cx.next.contains(id)).collect();
    let names: BTreeSet<_> = going.iter().map(|id| &id.path()[..2]).collect();
    if names.is_empty() {
        return;
    }
    for id in scope.created.iter().chain(scope.altered.keys()) {
        let needs = cx.next.entry(id).into_iter().flat_map(|entry| &entry.requires).filter(called);
        let needed: BTreeSet<_> = needs.map(|needed| &needed.path()[..2]).collect();
        if needed.is_disjoint(&names) {
            continue;
        }
        let node = if scope.created.contains(id) { create_node(scope, id) } else { alter_node(scope, id) };
        let later = after(graph, &node);
        for gone in going.iter().filter(|gone| needed.contains(&gone.path()[..2])) {
            let gone = drop_node(scope, gone);
            if !later.contains(&gone) {
                graph.edge(gone, node.clone());
            }
        }
    }
}
