//! What needs an object whose change comes in parts, some of them later than others.

use std::collections::{BTreeMap, BTreeSet};

use nexus_schema::catalog::ObjectId;

use super::graph::{Graph, Node, Part, alter_node, create_node, drop_node};
use super::scope::Scope;
use crate::kinds::{self, Cx};

/// Adds edges from the parts of changes to what needs them.
pub(super) fn connect(graph: &mut Graph, cx: &Cx, scope: &Scope) {
    connect_aside(graph, cx, scope);
    connect_completing(graph, cx, scope);
    connect_own(graph, cx, scope);
}

/// What stands aside until its successor is complete still needs until then what it needs; of what comes anew it lets go.
fn connect_aside(graph: &mut Graph, cx: &Cx, scope: &Scope) {
    let ends: Vec<_> = graph.ahead.iter().map(|(later, _)| later.clone()).collect();
    for later in ends {
        let aside = (Part::Drop, later.1.clone());
        let goes = |needed: &&ObjectId| scope.dropped.contains(*needed) && !scope.created.contains(*needed);
        for id in scope.dropped.iter().filter(|id| drop_node(scope, id) == aside) {
            // It has left its parent by then, and what it had of it is its own.
            let Some(entry) = cx.prev.entry(id).filter(|it| kinds::joins(id, &it.object).is_empty()) else {
                continue;
            };
            let needs = entry.requires.iter().filter(|needed| kinds::holds(entry, needed));
            for gone in needs.filter(goes).map(|needed| drop_node(scope, needed)) {
                if gone != aside {
                    graph.edge(later.clone(), gone);
                }
            }
        }
    }
}

/// What needs an object waits until the object is complete, unless the completing waits for it.
fn connect_completing(graph: &mut Graph, cx: &Cx, scope: &Scope) {
    for (later, mut open) in std::mem::take(&mut graph.ahead) {
        let whole = later.1.path().to_vec();
        let mut waited_for = BTreeSet::new();
        while let Some(id) = open.pop() {
            if scope.created.contains(&id) && waited_for.insert(create_node(scope, &id)) {
                open.extend(cx.next.entry(&id).into_iter().flat_map(|entry| entry.requires.iter().cloned()));
            }
        }
        waited_for.insert(create_node(scope, &later.1));
        for id in &scope.created {
            let of_whole = |needed: &ObjectId| needed.path().starts_with(&whole);
            let needs = cx.next.entry(id).is_some_and(|entry| entry.requires.iter().any(of_whole));
            let node = create_node(scope, id);
            if needs && !waited_for.contains(&node) {
                graph.edge(later.clone(), node);
            }
        }
    }
}

/// What needs an object waits for all of its change.
fn connect_own(graph: &mut Graph, cx: &Cx, scope: &Scope) {
    let own = std::mem::take(&mut graph.own);
    if own.is_empty() {
        return;
    }
    let mut parts: BTreeMap<&ObjectId, Vec<&Node>> = BTreeMap::new();
    for (later, _) in &own {
        parts.entry(&later.1).or_default().push(later);
    }
    let of = |id: &ObjectId| parts.get(id).into_iter().flatten().copied();
    let kinds_of: BTreeSet<_> = parts.keys().map(|id| id.kind()).collect();
    for (later, needs) in &own {
        for before in needs.iter().flat_map(of) {
            graph.edge(before.clone(), later.clone());
        }
    }
    for id in scope.created.iter().chain(scope.altered.keys()) {
        let is_made = scope.created.contains(id);
        let whole = if is_made { create_node(scope, id) } else { alter_node(scope, id) };
        let mut needs: Vec<_> = cx.next.entry(id).into_iter().flat_map(|entry| &entry.requires).collect();
        let mut seen = BTreeSet::new();
        while let Some(needed) = needs.pop() {
            if !seen.insert(needed) {
                continue;
            }
            // What stays as it is may be kept so by the change of what it needs.
            let stays = !scope.created.contains(needed) && !scope.altered.contains_key(needed);
            if stays && kinds_of.contains(&needed.kind()) {
                needs.extend(cx.next.entry(needed).into_iter().flat_map(|entry| &entry.requires));
            }
        }
        for before in seen.into_iter().flat_map(of) {
            if scope.follows.contains_key(id) {
                // The first of its change is another's, for which this one waits.
                for part in of(id) {
                    graph.edge(before.clone(), part.clone());
                }
            } else {
                graph.edge(before.clone(), whole.clone());
            }
        }
    }
}
