//! What roles may do with objects.

use std::collections::BTreeMap;

use nexus_schema::catalog::{Catalog, Kind, Object, ObjectId};
use nexus_schema::kinds::Grant;

use super::privileges::{Around, May, of_public};
use super::target::{self, Words};
use super::{Cx, Verb, Way, swap};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for Grant {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, cx: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let Some(target) = id.target() else { return };
        let owner = owner(cx.next, target);
        let mut steps = Steps::default();
        if around(id, target, owner).turn(&birthright(id, target), &may(self), &mut steps) {
            columns_again(cx, id, target, &mut steps);
        }
        // What is revoked on the whole relation is revoked on its columns too.
        let whole = whole(cx.next, target).map(|it| it.of(Kind::Grant, id.path().iter().map(String::as_str)));
        match whole.filter(|it| cx.prev.get(it) != cx.next.get(it)) {
            Some(changed) => out.after([changed], steps),
            None => *out = std::mem::take(out).and(steps),
        }
    }

    fn drop(&self, cx: &Cx, id: &ObjectId, out: &mut Steps) {
        let Some(target) = id.target() else { return };
        let owner = owner(cx.prev, target);
        if around(id, target, owner).turn(&may(self), &birthright(id, target), out) {
            columns_again(cx, id, target, out);
        }
    }

    fn alter(&self, cx: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        let Some(target) = id.target() else { return Way::InPlace };
        let owner = owner(cx.next, target).or_else(|| owner(cx.prev, target));
        if around(id, target, owner).turn(&may(self), &may(next), out) {
            columns_again(cx, id, target, out);
            // What others were given by who loses a privilege has to be gone before.
            Way::InPlaceAlone
        } else {
            Way::InPlace
        }
    }

    fn in_the_way(&self, needed: &ObjectId) -> bool {
        needed.kind() == Kind::Grant
    }

    fn yields(&self, needed: &ObjectId) -> bool {
        // Another type takes the old one's place, and is born without anything said of it.
        swap::is_type(needed.kind()) || self.in_the_way(needed)
    }

    fn dropped_with(&self, cx: &Cx, id: &ObjectId) -> Vec<ObjectId> {
        // A view's column is none of the objects that go: the view is.
        let target = id.target();
        target.cloned().into_iter().chain(target.and_then(|target| whole(cx.prev, target))).collect()
    }
}

/// Who holds a grant, and who gave it where that was not the owner.
///
/// The path is the holder (a role, nothing for PUBLIC, or nothing and `owner` for the owner, whoever that is), then
/// `by` and the grantor.
struct Parts<'a> {
    holder: &'a str,
    is_owner: bool,
    grantor: Option<&'a str>,
}

fn parts(id: &ObjectId) -> Parts<'_> {
    let path: Vec<&str> = id.path().iter().map(String::as_str).collect();
    match path.as_slice() {
        [holder, "by", grantor] => Parts { holder, is_owner: false, grantor: Some(grantor) },
        [_, "owner", "by", grantor] => Parts { holder: "", is_owner: true, grantor: Some(grantor) },
        [_, "owner"] => Parts { holder: "", is_owner: true, grantor: None },
        _ => Parts { holder: id.name(), is_owner: false, grantor: None },
    }
}

/// The roles that a grant names.
pub(crate) fn roles(id: &ObjectId) -> impl Iterator<Item = &str> {
    let Parts { holder, is_owner: _, grantor } = parts(id);
    [Some(holder), grantor].into_iter().flatten().filter(|role| !role.is_empty())
}

/// Makes each grant by somebody who is not the owner need those that gave the right to it.
pub(crate) fn in_order(catalog: &mut Catalog) {
    let mut held: BTreeMap<(&ObjectId, &str), Vec<(&ObjectId, &Grant)>> = BTreeMap::new();
    for (id, entry) in catalog.of_kind(Kind::Grant) {
        if let (Some(target), Object::Grant(grant)) = (id.target(), &entry.object)
            && !grant.grantable.is_empty()
        {
            held.entry((target, parts(id).holder)).or_default().push((id, grant));
        }
    }
    let mut edges: Vec<(ObjectId, ObjectId)> = Vec::new();
    for (id, entry) in catalog.of_kind(Kind::Grant) {
        let (Some(target), Some(grantor), Object::Grant(grant)) =
            (id.target(), parts(id).grantor, &entry.object)
        else {
            continue;
        };
        // Who may grant on a whole relation may grant on its columns.
        let whole = whole(catalog, target);
        for on in [Some(target), whole.as_ref()].into_iter().flatten() {
            for (source, given) in held.get(&(on, grantor)).into_iter().flatten() {
                if grant.privileges.union(&grant.grantable).any(|word| given.grantable.contains(word)) {
                    edges.push((id.clone(), (*source).clone()));
                }
            }
        }
    }
    for (id, source) in edges {
        catalog.require(&id, source);
    }
}

fn may(grant: &Grant) -> May {
    let Grant { privileges, grantable } = grant;
    May::These(privileges.clone(), grantable.clone())
}

/// What a new object lets this holder do.
fn birthright(id: &ObjectId, target: &ObjectId) -> May {
    match parts(id) {
        Parts { grantor: Some(_), .. } => May::nothing(),
        _ if target.kind() == Kind::Column => May::nothing(),
        Parts { is_owner: true, .. } => May::All,
        Parts { holder: "", .. } if is_public(target) => May::only("USAGE"),
        Parts { holder: "", .. } => of_public(target.kind()),
        _ => May::nothing(),
    }
}

fn is_public(target: &ObjectId) -> bool {
    target.kind() == Kind::Schema && target.name() == "public"
}

/// Gives again what the same holder may do with columns: to revoke a privilege on a relation is to revoke it on each of
/// its columns (the manual's page of REVOKE).
fn columns_again(cx: &Cx, id: &ObjectId, relation: &ObjectId, out: &mut Steps) {
    if relation.kind() == Kind::Column {
        return;
    }
    for (other, entry) in cx.next.of_kind(Kind::Grant).filter(|(other, _)| other.path() == id.path()) {
        let Some(column) = other.target().filter(|target| target.kind() == Kind::Column) else { continue };
        let Object::Grant(grant) = &entry.object else { continue };
        if column.path().starts_with(relation.path()) && cx.prev.contains(other) {
            let mut again = Steps::default();
            let owner = owner(cx.next, column);
            around(other, column, owner).turn(&May::nothing(), &may(grant), &mut again);
            out.after([column.clone()], again);
        }
    }
}

/// The relation that a column is of.
fn whole(catalog: &Catalog, target: &ObjectId) -> Option<ObjectId> {
    match (target.kind(), target.path()) {
        (Kind::Column, [schema, name, _]) => catalog.relation(schema, name),
        _ => None,
    }
}

/// The owner of an object, where it is not the one who runs the plan.
fn owner<'a>(catalog: &'a Catalog, target: &ObjectId) -> Option<&'a str> {
    let whole = whole(catalog, target);
    match catalog.get(&whole.as_ref().unwrap_or(target).of(Kind::Owner, [])) {
        Some(Object::Owner(owner)) => Some(&owner.role),
        _ => None,
    }
}

fn around<'a>(id: &'a ObjectId, target: &'a ObjectId, owner: Option<&str>) -> Around<'a> {
    let Parts { holder, is_owner, grantor } = parts(id);
    let holder = match owner {
        _ if !is_owner => Pen::new().role(holder),
        Some(role) => Pen::new().ident(role),
        None if is_public(target) => Pen::kw("pg_database_owner"),
        None => Pen::kw("CURRENT_USER"),
    };
    Around {
        first: Pen::new(),
        column: (target.kind() == Kind::Column).then(|| target.name()),
        on: target::spell(target, Words::Grant),
        holder,
        grantor,
    }
}
