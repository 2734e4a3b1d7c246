//! Who waits for whom.
//!
//! A node is what one object's statement does; objects that come or go with another one share its node. An edge
//! says that one node must be done before another. Three rules make them all: what is needed is made first and
//! dropped last, a change sees the world after for what it needs and the world before for what it leaves, and a
//! name is free before it is taken again.

use std::collections::{BTreeMap, BTreeSet};

use nexus_schema::catalog::{Object, ObjectId};

use super::scope::Scope;
use super::step::{Action, Later, Stance, Step, Steps, Written};
use super::traffic;
use super::{answering, crowd, parts};
use crate::kinds::{self, Cx};

/// What a node does; the order breaks ties between nodes that may come in any order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Drop,
    Alter,
    Create,
    Later(usize),
    Clear,
}

/// Names a node.
pub(super) type Node = (Part, ObjectId);

/// The nodes with their steps, and the edges.
#[derive(Default)]
pub(super) struct Graph {
    pub(super) nodes: BTreeMap<Node, Vec<Step>>,
    /// Where a node stands among those alike: columns in their table's order.
    pub(super) places: BTreeMap<Node, u32>,
    /// Before → after.
    pub(super) edges: BTreeMap<Node, BTreeSet<Node>>,
    /// What completes an object, with what it waits for.
    pub(super) ahead: Vec<(Node, Vec<ObjectId>)>,
    /// What belongs to an object's own change though it comes later, with what it waits for.
    pub(super) own: Vec<(Node, Vec<ObjectId>)>,
    /// What is written for later of what goes.
    leaving: BTreeMap<Node, Vec<Node>>,
    /// What objects lose that have no step of their own, with the node that does it.
    told_elsewhere: Vec<(Node, Vec<ObjectId>, Vec<ObjectId>)>,
    /// What an object needs only for what it writes for later.
    needed_later: BTreeSet<(ObjectId, ObjectId)>,
}

impl Graph {
    pub(super) fn of(cx: &Cx, scope: &Scope) -> Self {
        let mut graph = Self::default();
        graph.fill(cx, scope);
        graph.clear_away(scope);
        graph.connect(cx, scope);
        graph
    }

    fn fill(&mut self, cx: &Cx, scope: &Scope) {
        for id in &scope.dropped {
            let Some(object) = cx.prev.get(id) else { continue };
            let mut steps = Steps::default();
            let is_spoken_for = [&scope.goes_with, &scope.follows].iter().any(|map| map.contains_key(id));
            if !is_spoken_for && !scope.replaced.contains_key(id) {
                kinds::drop(cx, id, object, &mut steps);
            }
            self.add(drop_node(scope, id), Action::Drop, id, traffic::choose(cx, scope, steps));
        }
        let mut company: BTreeMap<&ObjectId, Vec<(&ObjectId, &Object)>> = BTreeMap::new();
        for (id, host) in &scope.comes_with {
            company.entry(host).or_default().extend(cx.next.get(id).map(|object| (id, object)));
        }
        for (id, steps) in &scope.altered {
            if let (true, Some(object)) = (scope.swapped.contains(id), cx.next.get(id)) {
                let mut steps = Steps::default();
                kinds::swap::step_aside(id, &mut steps);
                kinds::create(cx, id, object, company.get(id).map_or(&[], Vec::as_slice), &mut steps);
                self.add(alter_node(scope, id), Action::Alter, id, steps);
                continue;
            }
            let steps = traffic::choose(cx, scope, beyond(scope, id, steps.clone()));
            self.add(alter_node(scope, id), Action::Alter, id, steps);
        }
        for id in &scope.created {
            let Some(object) = cx.next.get(id) else { continue };
            let mut steps = Steps::default();
            self.places.insert((Part::Create, id.clone()), kinds::place(object));
            if let Some(replacing) = scope.replaced.get(id) {
                steps = replacing.clone();
            } else if !scope.comes_with.contains_key(id) {
                kinds::create(cx, id, object, company.get(id).map_or(&[], Vec::as_slice), &mut steps);
            }
            let steps = traffic::choose(cx, scope, beyond(scope, id, steps));
            self.add(create_node(scope, id), Action::Create, id, steps);
        }
        for (node, loses, retypes) in std::mem::take(&mut self.told_elsewhere) {
            if let Some(first) = self.nodes.get_mut(&node).and_then(|steps| steps.first_mut()) {
                first.loses.extend(loses);
                first.retypes.extend(retypes);
            }
        }
    }

    /// The types whose place others took go last, when nothing is of them any more.
    fn clear_away(&mut self, scope: &Scope) {
        if let Some(node) = clearing_node(scope) {
            let mut steps = Steps::default();
            steps.run(kinds::swap::leave(&scope.swapped));
            let id = node.1.clone();
            self.add(node, Action::Drop, &id, steps);
        }
    }

    fn add(&mut self, node: Node, action: Action, id: &ObjectId, steps: Steps) {
        let Steps { now, later, loses, retypes } = steps;
        let step = |Written { sql, transaction, gentle: _ }| Step {
            action,
            id: id.clone(),
            sql,
            transaction,
            loses: Vec::new(),
            retypes: Vec::new(),
        };
        let mut written: Vec<_> = now.into_iter().map(step).collect();
        let wait = |Later { needs, steps, stance }| (needs, steps.into_iter().map(step).collect(), stance);
        let mut delayed: Vec<(_, Vec<Step>, _)> = later.into_iter().map(wait).collect();
        let first = delayed.first_mut().and_then(|(_, steps, _)| steps.first_mut());
        // What is lost goes with the last of those that take it away.
        let of_it = if action == Action::Drop { written.last_mut() } else { written.first_mut() };
        match of_it.or(first) {
            Some(step) => (step.loses, step.retypes) = (loses, retypes),
            None => self.told_elsewhere.push((node.clone(), loses, retypes)),
        }
        self.nodes.entry(node.clone()).or_default().extend(written);
        for (needs, steps, stance) in delayed {
            let taken = |n: &usize| self.nodes.contains_key(&(Part::Later(*n), id.clone()));
            let Some(n) = (0..).find(|n| !taken(n)) else { continue };
            let later = (Part::Later(n), id.clone());
            self.nodes.insert(later.clone(), steps);
            self.edge(node.clone(), later.clone());
            if node.0 == Part::Drop {
                self.edge(later.clone(), (Part::Create, id.clone()));
                self.leaving.entry(node.clone()).or_default().push(later.clone());
            }
            match stance {
                Stance::Beside => {
                    self.needed_later.extend(needs.iter().map(|needed| (id.clone(), needed.clone())));
                }
                Stance::Ahead => self.ahead.push((later.clone(), needs.clone())),
                Stance::Own => self.own.push((later.clone(), needs.clone())),
            }
            // The nodes of what it needs may not be there yet: the edges are looked up again in `connect`.
            for needed in needs {
                self.edges.entry((Part::Create, needed.clone())).or_default().insert(later.clone());
                self.edges.entry((Part::Alter, needed)).or_default().insert(later.clone());
            }
        }
    }

    pub(super) fn edge(&mut self, before: Node, after: Node) {
        if before != after {
            self.edges.entry(before).or_default().insert(after);
        }
    }

    fn connect(&mut self, cx: &Cx, scope: &Scope) {
        self.reroute(scope);
        let dropped = |id: &ObjectId| scope.dropped.contains(id).then(|| drop_node(scope, id));
        let altered = |id: &ObjectId| scope.altered.contains_key(id).then(|| alter_node(scope, id));
        let created = |id: &ObjectId| scope.created.contains(id).then(|| create_node(scope, id));
        for id in &scope.dropped {
            let node = drop_node(scope, id);
            let holds = |needed: &&ObjectId| cx.prev.entry(id).is_some_and(|it| kinds::holds(it, needed));
            for needed in cx.prev.entry(id).into_iter().flat_map(|entry| &entry.requires) {
                let disturbed = match clearing_node(scope).filter(|_| scope.swapped.contains(needed)) {
                    Some(clearing)
                        if !cx.prev.entry(id).is_some_and(|entry| kinds::yields(entry, needed)) =>
                    {
                        Some(clearing)
                    }
                    _ => altered(needed).filter(|_| scope.alone.contains(needed)),
                };
                let gone = dropped(needed).filter(|_| holds(&needed));
                for after in [gone, disturbed].into_iter().flatten() {
                    // It is gone when all of it is; what it goes with waits for itself.
                    for part in self.leaving.get(&node).filter(|_| after != node).cloned().unwrap_or_default()
                    {
                        self.edge(part, after.clone());
                    }
                    self.edge(node.clone(), after);
                }
            }
            let pinned = cx.prev.get(id).map(|object| kinds::pins(cx, id, object)).unwrap_or_default();
            for after in pinned.iter().filter_map(altered) {
                self.edge(node.clone(), after);
            }
        }
        for id in scope.altered.keys() {
            let node = alter_node(scope, id);
            let holds = |needed: &&ObjectId| cx.prev.entry(id).is_some_and(|it| kinds::holds(it, needed));
            let needs = cx.prev.entry(id).into_iter().flat_map(|entry| &entry.requires);
            for needed in needs.filter(holds) {
                if let (Some(after), false) = (dropped(needed), scope.created.contains(needed)) {
                    self.edge(node.clone(), after);
                }
            }
        }
        for (id, clearing) in scope.altered.keys().zip(std::iter::repeat(clearing_node(scope))) {
            let mut needs = cx.prev.entry(id).into_iter().flat_map(|entry| &entry.requires);
            let leaves = scope.swapped.contains(id) || needs.any(|needed| scope.swapped.contains(needed));
            if let Some(clearing) = clearing.filter(|_| leaves) {
                self.edge(alter_node(scope, id), clearing.clone());
                // What the old type is made of goes after it.
                for needed in cx.prev.entry(id).into_iter().flat_map(|entry| &entry.requires) {
                    if let (true, Some(after)) = (scope.swapped.contains(id), dropped(needed)) {
                        self.edge(clearing.clone(), after);
                    }
                }
            }
        }
        // What would go along with a dropped object, and stays, has to part from it first.
        for id in scope.altered.keys() {
            let hosts = cx.prev.get(id).map(|object| kinds::dropped_with(cx, id, object)).unwrap_or_default();
            for host in hosts.iter().filter(|host| !scope.created.contains(*host)) {
                if let Some(after) = dropped(host) {
                    self.edge(alter_node(scope, id), after);
                }
            }
        }
        for id in scope.created.iter().chain(scope.altered.keys()) {
            let Some(node) = created(id).or_else(|| altered(id)) else { continue };
            for needed in cx.next.entry(id).into_iter().flat_map(|entry| &entry.requires) {
                let is_later = || self.needed_later.contains(&(id.clone(), needed.clone()));
                if node.0 == Part::Alter && is_later() {
                    continue;
                }
                for before in [created(needed), altered(needed)].into_iter().flatten() {
                    self.edge(before, node.clone());
                }
            }
        }
        for id in scope.dropped.intersection(&scope.created) {
            self.edge(drop_node(scope, id), create_node(scope, id));
        }
        self.connect_parted(cx, scope);
        parts::connect(self, cx, scope);
        self.connect_names(cx, scope);
        crowd::connect(self, cx, scope);
        answering::connect(self, cx, scope);
    }

    /// What tables get comes when they are no longer one, and what one has of the other goes then.
    fn connect_parted(&mut self, cx: &Cx, scope: &Scope) {
        for id in &scope.dropped {
            let joined = cx.prev.get(id).map(|object| kinds::joins(id, object)).unwrap_or_default();
            for part in scope.created.iter().filter(|part| part.path().len() > 2 && part.target().is_none()) {
                if joined.iter().any(|table| part.path().starts_with(table.path())) {
                    self.edge(drop_node(scope, id), create_node(scope, part));
                }
            }
            let attachment = cx.prev.get(id).and_then(|object| kinds::attached_by(id, object));
            if let Some(attachment) = attachment.filter(|it| scope.dropped.contains(it)) {
                self.edge(drop_node(scope, &attachment), drop_node(scope, id));
                if scope.created.contains(&attachment) {
                    self.edge(drop_node(scope, id), create_node(scope, &attachment));
                }
            }
        }
    }

    /// A name is free before it is taken again.
    fn connect_names(&mut self, cx: &Cx, scope: &Scope) {
        let mut freed: BTreeMap<_, Vec<&ObjectId>> = BTreeMap::new();
        for id in &scope.dropped {
            if let Some(claim) = cx.prev.get(id).and_then(|object| kinds::claims(id, object)) {
                freed.entry(claim).or_default().push(id);
            }
        }
        for id in &scope.created {
            let Some(claim) = cx.next.get(id).and_then(|object| kinds::claims(id, object)) else { continue };
            for before in freed.get(&claim).into_iter().flatten() {
                self.edge(drop_node(scope, before), create_node(scope, id));
            }
        }
    }

    /// Points edges from objects to the nodes they share, and forgets those from objects that are not made.
    fn reroute(&mut self, scope: &Scope) {
        for ((part, id), after) in std::mem::take(&mut self.edges) {
            let node = match part {
                Part::Create if scope.created.contains(&id) => create_node(scope, &id),
                Part::Alter if scope.altered.contains_key(&id) => alter_node(scope, &id),
                Part::Drop if scope.dropped.contains(&id) => drop_node(scope, &id),
                Part::Later(_) => (part, id),
                _ => continue,
            };
            self.edges.entry(node).or_default().extend(after);
        }
        self.edges.retain(|before, after| {
            after.remove(before);
            !after.is_empty()
        });
    }
}

/// The node and all that wait for it.
pub(super) fn after(graph: &Graph, node: &Node) -> BTreeSet<Node> {
    let mut seen = BTreeSet::from([node.clone()]);
    let mut open = vec![node];
    while let Some(at) = open.pop() {
        for next in graph.edges.get(at).into_iter().flatten() {
            if seen.insert(next.clone()) {
                open.push(next);
            }
        }
    }
    seen
}

/// What an object says itself: one that follows another only what is to be said after it.
fn beyond(scope: &Scope, id: &ObjectId, steps: Steps) -> Steps {
    match scope.follows.contains_key(id) {
        true => Steps { now: Vec::new(), ..steps },
        false => steps,
    }
}

fn host<'a>(maps: &[&'a BTreeMap<ObjectId, ObjectId>], id: &'a ObjectId) -> &'a ObjectId {
    let mut at = id;
    // Hosts are tables and columns above their parts: a chain is a few links, and never comes back.
    for _ in 0..64 {
        match maps.iter().find_map(|map| map.get(at)) {
            Some(host) => at = host,
            None => break,
        }
    }
    at
}

pub(super) fn drop_node(scope: &Scope, id: &ObjectId) -> Node {
    (Part::Drop, host(&[&scope.goes_with, &scope.follows], id).clone())
}

pub(super) fn create_node(scope: &Scope, id: &ObjectId) -> Node {
    let host = host(&[&scope.comes_with, &scope.follows], id).clone();
    // The type that takes another one's place is made by the change.
    let part = if scope.swapped.contains(&host) { Part::Alter } else { Part::Create };
    (part, host)
}

/// The drop of the types whose place others took.
fn clearing_node(scope: &Scope) -> Option<Node> {
    Some((Part::Clear, scope.swapped.first()?.clone()))
}

pub(super) fn alter_node(scope: &Scope, id: &ObjectId) -> Node {
    (Part::Alter, host(&[&scope.follows], id).clone())
}
