//! What each role may do by the declaration, with what it has from others: as a member, as owner, as anybody.

use std::collections::BTreeSet;

use nexus_schema::catalog::{Catalog, Kind, Object, ObjectId};
use nexus_schema::document::{Access, Declared};
use nexus_schema::kinds::{Grant, Role};

use super::{CREATE, EVERYBODY, VERBS};

/// What is to be expected of a server with this schema.
pub(super) struct Expected<'a> {
    catalog: &'a Catalog,
    access: &'a Access,
    roles: BTreeSet<String>,
    objects: Vec<ObjectId>,
}

impl<'a> Expected<'a> {
    pub(super) fn of(declared: &'a Declared) -> Self {
        let Declared { catalog, access, .. } = declared;
        let mut objects: Vec<_> = catalog.of_kind(Kind::Table).map(|(id, _)| id.clone()).collect();
        let schemas: BTreeSet<_> = objects.iter().map(|table| table.schema().to_owned()).collect();
        objects.extend(schemas.into_iter().map(|schema| ObjectId::new(Kind::Schema, [schema])));
        let mut roles: BTreeSet<String> =
            access.owner.iter().chain(&access.migrator).chain(access.actors.keys()).cloned().collect();
        roles.extend(catalog.of_kind(Kind::Role).map(|(id, _)| id.name().to_owned()));
        for object in &objects {
            let holders = catalog.said_of(Kind::Grant, object).filter_map(|(id, _)| id.path().first());
            roles.extend(holders.filter(|role| !role.is_empty()).cloned());
            roles.extend(owner(catalog, object).map(String::from));
        }
        roles.insert(EVERYBODY.to_owned());
        Self { catalog, access, roles, objects }
    }

    /// All roles that the schema names, and `public`.
    pub(super) fn roles(&self) -> impl Iterator<Item = &String> {
        self.roles.iter()
    }

    /// Tables, then their schemas.
    pub(super) fn objects(&self) -> impl Iterator<Item = &ObjectId> {
        self.objects.iter()
    }

    /// What a role may do with an object.
    pub(super) fn may(&self, role: &str, on: &ObjectId) -> BTreeSet<String> {
        if role == EVERYBODY {
            return self.granted("", on);
        }
        let acts_as = self.acts_as(role);
        let mut may = self.granted("", on);
        for role in &acts_as {
            let is_superuser = self.role(role).is_some_and(|role| role.superuser);
            if is_superuser {
                may.extend(VERBS.iter().chain([&CREATE]).map(|verb| (*verb).to_owned()));
            }
            if owner(self.catalog, on) == Some(role) {
                may.extend(self.of_owner(on));
            }
            match self.access.actors.get(role) {
                Some(tables) if on.kind() == Kind::Table => {
                    may.extend(tables.get(on).into_iter().flatten().cloned())
                }
                _ => may.extend(self.granted(role, on)),
            }
        }
        may
    }

    /// A role, and those whose privileges it has as a member.
    fn acts_as(&self, role: &str) -> BTreeSet<String> {
        let mut all = BTreeSet::from([role.to_owned()]);
        let mut open = vec![role.to_owned()];
        while let Some(member) = open.pop() {
            let inherits = self.role(&member).is_none_or(|role| role.inherit);
            for (id, entry) in self.catalog.of_kind(Kind::Membership) {
                let Object::Membership(membership) = &entry.object else { continue };
                let ([of, who], true) = (id.path(), membership.inherit.unwrap_or(inherits)) else { continue };
                if *who == member && all.insert(of.clone()) {
                    open.push(of.clone());
                }
            }
        }
        all
    }

    fn role(&self, name: &str) -> Option<&Role> {
        match self.catalog.get(&ObjectId::new(Kind::Role, [name])) {
            Some(Object::Role(role)) => Some(role),
            _ => None,
        }
    }

    /// What is granted to a role itself, by whom ever; to everybody where it is empty.
    fn granted(&self, role: &str, on: &ObjectId) -> BTreeSet<String> {
        let of_role = |id: &ObjectId| id.path().first().is_some_and(|holder| holder == role);
        let is_owners = |id: &ObjectId| id.path().get(1).is_some_and(|word| word == "owner");
        let grants = self.catalog.said_of(Kind::Grant, on);
        let grants = grants.filter(|(id, _)| of_role(id) && !is_owners(id));
        grants.flat_map(|(_, entry)| held(&entry.object)).collect()
    }

    /// What is left to an owner: everything, unless the schema says less.
    fn of_owner(&self, on: &ObjectId) -> BTreeSet<String> {
        match self.catalog.get(&on.of(Kind::Grant, ["", "owner"])) {
            Some(grant) => held(grant),
            None => VERBS.iter().chain([&CREATE]).map(|verb| (*verb).to_owned()).collect(),
        }
    }
}

fn owner<'c>(catalog: &'c Catalog, of: &ObjectId) -> Option<&'c str> {
    match catalog.get(&of.of(Kind::Owner, [])) {
        Some(Object::Owner(owner)) => Some(&owner.role),
        _ => None,
    }
}

fn held(object: &Object) -> BTreeSet<String> {
    match object {
        Object::Grant(Grant { privileges, grantable }) => privileges.union(grantable).cloned().collect(),
        _ => BTreeSet::new(),
    }
}
