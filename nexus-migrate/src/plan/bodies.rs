//! What a body names comes before it, where nothing speaks against that.
//!
//! PostgreSQL reads the text of a body when it runs, and something later in the plan may run it: filling a
//! materialized view, a default on rows that are there. The server knows no dependency here, so words have to do: an
//! edge too many costs nothing but an order, and one that would close a circle is left out.

use std::collections::{BTreeMap, BTreeSet};

use nexus_schema::catalog::ObjectId;

use super::graph::{Graph, Node, after, alter_node, create_node};
use super::scope::Scope;
use crate::kinds::{self, Cx};
use crate::sql::mentions;

/// Adds edges from what is made to the bodies that name it.
pub(super) fn heed(graph: &mut Graph, cx: &Cx, scope: &Scope) {
    let bodies: Vec<(&ObjectId, &str)> = scope
        .created
        .iter()
        .chain(scope.altered.keys())
        .filter_map(|id| Some((id, kinds::body(cx.next.get(id)?)?)))
        .collect();
    if bodies.is_empty() {
        return;
    }
    let mut named: BTreeMap<&str, Vec<&ObjectId>> = BTreeMap::new();
    for id in scope.created.iter().filter(|id| id.kind().lives_in_schema() && id.whole().is_empty()) {
        named.entry(id.own_name()).or_default().push(id);
    }
    for (id, body) in bodies {
        let node = if scope.created.contains(id) { create_node(scope, id) } else { alter_node(scope, id) };
        let needed: BTreeSet<Node> = mentions(body)
            .iter()
            .filter_map(|name| named.get(name.as_str()))
            .flatten()
            .map(|id| create_node(scope, id))
            .collect();
        if needed.is_empty() {
            continue;
        }
        let later = after(graph, &node);
        for before in needed.into_iter().filter(|before| !later.contains(before)) {
            graph.edge(before, node.clone());
        }
    }
}
