//! What a change takes in: which objects are altered where they are, which must go and come back because something
//! they need does, which come along with another's statement.

use std::collections::{BTreeMap, BTreeSet};

use nexus_schema::catalog::{Catalog, Entry, Kind, ObjectId};

use super::{Steps, traffic};
use crate::diff::{Delta, diff};
use crate::kinds::{self, Cx, Way};

/// The change, object by object.
#[derive(Default)]
pub(super) struct Scope {
    /// Objects that go, whether or not they come back.
    pub(super) dropped: BTreeSet<ObjectId>,
    /// Objects that come, whether or not they were there.
    pub(super) created: BTreeSet<ObjectId>,
    /// Objects that change where they are.
    pub(super) altered: BTreeMap<ObjectId, Steps>,
    /// Those of them whose change nothing that needs them may see.
    pub(super) alone: BTreeSet<ObjectId>,
    /// Those of them that are types in whose place another one comes.
    pub(super) swapped: BTreeSet<ObjectId>,
    /// Those of them that are carried over to such a type.
    pub(super) carried: BTreeSet<ObjectId>,
    /// Dropped objects that go with another one, and that one.
    pub(super) goes_with: BTreeMap<ObjectId, ObjectId>,
    /// Created objects that come with another one's statement, and that one.
    pub(super) comes_with: BTreeMap<ObjectId, ObjectId>,
    /// Objects whose change follows from the same change of another one, and that one.
    pub(super) follows: BTreeMap<ObjectId, ObjectId>,
    /// Objects that are dropped and created, but one while the other is still there.
    pub(super) replaced: BTreeMap<ObjectId, Steps>,
}

impl Scope {
    pub(super) fn of(cx: &Cx) -> Self {
        let mut scope = Self::default();
        let mut disturbed = scope.first_look(cx);
        scope.tear(cx, &mut disturbed);
        scope.spread(cx, &mut disturbed);
        scope.put_to_rest(cx);
        scope.find_followers(cx);
        scope.find_company(cx);
        scope.find_replaced(cx);
        scope
    }

    /// Takes the deltas as they are; returns the ids whose dependents have to be looked at.
    fn first_look(&mut self, cx: &Cx) -> Vec<ObjectId> {
        let mut disturbed = Vec::new();
        for (id, delta) in diff(cx.prev, cx.next) {
            let displaced = cx.next.get(&id).and_then(|object| kinds::displaces(cx, &id, object));
            if let Some(type_) = displaced.filter(|it| cx.prev.contains(it) && cx.next.contains(it)) {
                self.give_way(&type_);
                disturbed.push(type_);
            }
            match delta {
                Delta::Create => {
                    self.created.insert(id);
                    continue;
                }
                Delta::Drop => {
                    self.dropped.insert(id.clone());
                }
                Delta::Alter => {
                    let (Some(prev), Some(next)) = (cx.prev.get(&id), cx.next.get(&id)) else { continue };
                    let mut steps = Steps::default();
                    let way = kinds::alter(cx, &id, prev, next, &mut steps);
                    if way == Way::Rebuild {
                        self.dropped.insert(id.clone());
                        self.created.insert(id.clone());
                    } else {
                        self.altered.insert(id.clone(), steps);
                    }
                    if way == Way::Swap {
                        self.swapped.insert(id.clone());
                    }
                    if way != Way::InPlace {
                        self.alone.insert(id.clone());
                    }
                    if way == Way::InPlace {
                        continue;
                    }
                }
            }
            disturbed.push(id);
        }
        disturbed
    }

    /// Lets another type take the place of this one.
    fn give_way(&mut self, type_: &ObjectId) {
        self.altered.entry(type_.clone()).or_default();
        self.alone.insert(type_.clone());
        self.swapped.insert(type_.clone());
    }

    /// Rebuilds what goes over from something that is dropped to something that changes alone, and would be in its way:
    /// the one can only go when the other has changed, and has to go before.
    fn tear(&mut self, cx: &Cx, disturbed: &mut Vec<ObjectId>) {
        let goes = |needed: &ObjectId| self.dropped.contains(needed) && !cx.next.contains(needed);
        let torn = self.altered.keys().filter(|id| {
            let needs = |catalog: &Catalog, is: &dyn Fn(&ObjectId) -> bool| {
                catalog.entry(id).is_some_and(|entry| entry.requires.iter().any(is))
            };
            let in_the_way = |needed: &ObjectId| {
                self.alone.contains(needed)
                    && cx.next.entry(id).is_some_and(|entry| kinds::in_the_way(entry, needed))
            };
            needs(cx.prev, &goes) && needs(cx.next, &in_the_way)
        });
        for id in torn.cloned().collect::<Vec<_>>() {
            self.altered.remove(&id);
            self.dropped.insert(id.clone());
            self.created.insert(id.clone());
            disturbed.push(id);
        }
    }

    /// Rebuilds what stands in the way, and what stands in the way of that.
    fn spread(&mut self, cx: &Cx, disturbed: &mut Vec<ObjectId>) {
        let dependents = dependents(cx.prev, disturbed);
        while let Some(id) = disturbed.pop() {
            let is_rebuilt = self.dropped.contains(&id) && self.created.contains(&id);
            for dependent in dependents.get(&id).into_iter().flatten().copied() {
                if self.dropped.contains(dependent) || !cx.next.contains(dependent) {
                    continue;
                }
                if cx.prev.entry(dependent).is_some_and(|entry| kinds::outlives(entry, &id)) {
                    continue;
                }
                let leader = |object| kinds::follows(cx, dependent, object);
                if !is_rebuilt && cx.prev.get(dependent).and_then(leader).as_ref() == Some(&id) {
                    continue;
                }
                if self.swapped.contains(&id)
                    && let Some(news) = self.swap_along(cx, dependent, &id)
                {
                    if news {
                        disturbed.push(dependent.clone());
                    }
                    continue;
                }
                let swapping = self.swapped.contains(&id) || self.carried.contains(&id);
                let in_the_way = cx.prev.entry(dependent).is_some_and(|entry| match swapping {
                    true => kinds::yields(entry, &id),
                    false => kinds::in_the_way(entry, &id) || cx.traffic.lifts(&id, dependent),
                });
                let still_needs =
                    self.altered.contains_key(dependent) && self.dropped.contains(&id) && !is_rebuilt;
                if is_rebuilt || in_the_way && !still_needs {
                    self.altered.remove(dependent);
                    self.swapped.remove(dependent);
                    self.dropped.insert(dependent.clone());
                    self.created.insert(dependent.clone());
                    disturbed.push(dependent.clone());
                }
            }
            self.take_along(cx, &id, disturbed);
        }
    }

    /// Rebuilds what stays but would go along with what it was made for, as a base type's name with the type.
    fn take_along(&mut self, cx: &Cx, id: &ObjectId, disturbed: &mut Vec<ObjectId>) {
        if !self.dropped.contains(id) {
            return;
        }
        for needed in cx.prev.entry(id).into_iter().flat_map(|entry| &entry.requires) {
            let Some(object) = cx.prev.get(needed).filter(|_| cx.next.contains(needed)) else { continue };
            if !self.dropped.contains(needed) && kinds::dropped_with(cx, needed, object).contains(id) {
                self.altered.remove(needed);
                self.dropped.insert(needed.clone());
                self.created.insert(needed.clone());
                disturbed.push(needed.clone());
            }
        }
    }

    /// What is made of a type in whose place another one comes goes the same way, or is carried over. Returns whether
    /// that is news, or nothing where it does neither.
    fn swap_along(&mut self, cx: &Cx, dependent: &ObjectId, type_: &ObjectId) -> Option<bool> {
        let entry = cx.prev.entry(dependent)?;
        if kinds::swaps_with(cx, dependent, entry, type_) {
            self.altered.insert(dependent.clone(), Steps::default());
            self.alone.insert(dependent.clone());
            return Some(self.swapped.insert(dependent.clone()));
        }
        let mut steps = Steps::default();
        if !kinds::carry(cx, dependent, entry, type_, &mut steps) {
            return None;
        }
        let news = self.carried.insert(dependent.clone());
        if news {
            let all = self.altered.remove(dependent).unwrap_or_default().and(steps);
            self.altered.insert(dependent.clone(), all);
            self.alone.insert(dependent.clone());
        }
        Some(news)
    }

    /// Takes out of force, while objects are made, what would change them.
    fn put_to_rest(&mut self, cx: &Cx) {
        if self.created.is_empty() {
            return;
        }
        let resting: Vec<_> = cx
            .prev
            .iter()
            .filter(|(id, entry)| kinds::rests_during_creation(&entry.object) && cx.next.contains(id))
            .map(|(id, _)| id.clone())
            .collect();
        for id in resting {
            self.altered.remove(&id);
            self.dropped.insert(id.clone());
            self.created.insert(id);
        }
    }

    fn find_followers(&mut self, cx: &Cx) {
        let mut follows = BTreeMap::new();
        for id in self.dropped.iter().chain(&self.created).chain(self.altered.keys()) {
            let Some(object) = cx.next.get(id).or_else(|| cx.prev.get(id)) else { continue };
            let Some(leader) = kinds::follows(cx, id, object) else { continue };
            let alike = |set: &BTreeSet<ObjectId>| set.contains(id) == set.contains(&leader);
            let both_altered = self.altered.contains_key(id) == self.altered.contains_key(&leader);
            if alike(&self.dropped) && alike(&self.created) && both_altered {
                follows.insert(id.clone(), leader);
            }
        }
        self.follows = follows;
    }

    fn find_company(&mut self, cx: &Cx) {
        for id in &self.dropped {
            let Some(object) = cx.prev.get(id) else { continue };
            let host =
                kinds::dropped_with(cx, id, object).into_iter().find(|host| self.dropped.contains(host));
            self.goes_with.extend(host.map(|host| (id.clone(), host)));
        }
        // In id order a table comes before its columns and these before their defaults: hosts are settled first.
        for id in &self.created {
            let Some(entry) = cx.next.entry(id) else { continue };
            let Some(host) = kinds::absorbed_by(id, &entry.object) else { continue };
            let made = self.created.contains(&host) || self.swapped.contains(&host);
            if !made || self.follows.contains_key(&host) {
                continue;
            }
            let host = self.comes_with.get(&host).unwrap_or(&host).clone();
            if !entry.requires.iter().any(|needed| self.leads_back(cx.next, needed, &host)) {
                self.comes_with.insert(id.clone(), host);
            }
        }
    }

    /// What comes anew by itself can be made before what is there goes.
    fn find_replaced(&mut self, cx: &Cx) {
        let mut replaced = BTreeMap::new();
        for id in self.dropped.intersection(&self.created) {
            let (Some(before), Some(after)) = (cx.prev.entry(id), cx.next.entry(id)) else { continue };
            let accompanied = [&self.goes_with, &self.comes_with, &self.follows];
            let moves = |needed: &ObjectId| {
                [&self.dropped, &self.created, &self.alone, &self.swapped]
                    .iter()
                    .any(|set| set.contains(needed))
            };
            if accompanied.iter().any(|map| map.contains_key(id))
                || before.requires.iter().any(moves)
                || self.lets_go(cx, id, before, after)
            {
                continue;
            }
            let mut steps = Steps::default();
            let relation = kinds::replace(cx, id, &before.object, &after.object, &mut steps);
            if relation.is_some_and(|relation| traffic::is_busy(cx, self, &relation))
                && !Self::holds_others(cx, id)
            {
                replaced.insert(id.clone(), steps);
            }
        }
        self.replaced = replaced;
    }

    /// Whether one that changes keeps something for an object that goes, and not for what comes in its place.
    fn lets_go(&self, cx: &Cx, id: &ObjectId, before: &Entry, after: &Entry) -> bool {
        let still = kinds::pins(cx, id, &after.object);
        let pinned = kinds::pins(cx, id, &before.object);
        pinned.iter().any(|pinned| self.altered.contains_key(pinned) && !still.contains(pinned))
    }

    /// Whether others than what is said of it need the object.
    fn holds_others(cx: &Cx, id: &ObjectId) -> bool {
        let is_said = |other: &ObjectId| other.target().is_some_and(|of| of == id || of.path() == id.path());
        cx.prev.iter().any(|(other, entry)| entry.requires.contains(id) && !is_said(other))
    }

    /// Whether `needed` can only be made after `host`: then what needs it cannot be part of the host's statement.
    fn leads_back(&self, next: &Catalog, needed: &ObjectId, host: &ObjectId) -> bool {
        let is_inside = |id: &ObjectId| id == host || self.comes_with.get(id) == Some(host);
        let mut seen = BTreeSet::new();
        let mut open: Vec<&ObjectId> = vec![needed];
        while let Some(id) = open.pop() {
            if is_inside(id) {
                if id != needed && !is_inside(needed) {
                    return true;
                }
                continue;
            }
            if self.created.contains(id) && seen.insert(id) {
                open.extend(next.entry(id).into_iter().flat_map(|entry| &entry.requires));
            }
        }
        false
    }
}

/// What needs each object, for objects that can be met on the way up from `disturbed`: most edges of a state lead to
/// tables and schemas, which a change seldom disturbs.
fn dependents<'a>(catalog: &'a Catalog, disturbed: &[ObjectId]) -> BTreeMap<&'a ObjectId, Vec<&'a ObjectId>> {
    let mut met: BTreeSet<Kind> = disturbed.iter().map(ObjectId::kind).collect();
    let mut known = 0;
    while known != met.len() {
        known = met.len();
        for (id, entry) in catalog.iter() {
            if !met.contains(&id.kind()) && entry.requires.iter().any(|needed| met.contains(&needed.kind())) {
                met.insert(id.kind());
            }
        }
    }
    let mut dependents: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (id, entry) in catalog.iter() {
        for needed in entry.requires.iter().filter(|needed| met.contains(&needed.kind())) {
            dependents.entry(needed).or_default().push(id);
        }
    }
    dependents
}
