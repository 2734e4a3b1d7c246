//! Waiting for many at once: one id stands for all default rows of a table.
//!
//! Rows of one table need all those of another. A node without steps between them stands for the pairs.

use std::collections::BTreeSet;

use nexus_schema::catalog::{Catalog, Kind, ObjectId};

use super::graph::{Graph, Node, Part, alter_node, create_node, drop_node};
use super::scope::Scope;
use crate::kinds::Cx;

/// Lets what needs all rows of a table be made after them, and dropped before them.
pub(super) fn connect(graph: &mut Graph, cx: &Cx, scope: &Scope) {
    let made = |id: &ObjectId| match scope.created.contains(id) {
        true => Some(create_node(scope, id)),
        false => scope.altered.contains_key(id).then(|| alter_node(scope, id)),
    };
    let altered = scope.altered.keys().map(|id| (id, alter_node(scope, id)));
    let dropped = scope.dropped.iter().map(|id| (id, drop_node(scope, id)));
    let mut crowds: BTreeSet<Node> = BTreeSet::new();
    for (id, node) in scope.created.iter().chain(scope.altered.keys()).filter_map(|id| Some((id, made(id)?)))
    {
        for crowd in needed(cx.next, id) {
            let crowd = (Part::Create, crowd);
            graph.edge(crowd.clone(), node.clone());
            crowds.insert(crowd);
        }
    }
    for (id, node) in altered.chain(dropped) {
        for crowd in needed(cx.prev, id) {
            let crowd = (Part::Drop, crowd);
            graph.edge(node.clone(), crowd.clone());
            crowds.insert(crowd);
        }
    }
    for crowd in crowds {
        let (part, id) = &crowd;
        let rows = |catalog: &Catalog| {
            catalog.under(id.kind(), id.path()).map(|(id, _)| id.clone()).collect::<Vec<_>>()
        };
        match part {
            Part::Create => {
                for row in rows(cx.next).iter().filter_map(made) {
                    graph.edge(row, crowd.clone());
                }
            }
            _ => {
                for row in rows(cx.prev).iter().filter(|row| scope.dropped.contains(*row)) {
                    graph.edge(crowd.clone(), drop_node(scope, row));
                }
            }
        }
        graph.nodes.entry(crowd).or_default();
    }
}

/// The crowds among what an object needs.
fn needed(catalog: &Catalog, id: &ObjectId) -> Vec<ObjectId> {
    let needs = catalog.entry(id).into_iter().flat_map(|entry| &entry.requires);
    needs.filter(|needed| needed.kind() == Kind::Seed && needed.path().len() == 2).cloned().collect()
}
