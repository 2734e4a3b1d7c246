//! Roles. They belong to the server: they are made where they are missing, changed, and never dropped.
//!
//! No catalog query finds them, because which roles of a server are a state's own only its author can say.

use nexus_schema::catalog::{Kind, Object, ObjectId};
use nexus_schema::kinds::Role;

use super::{Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

/// A query for all roles of a server: path, object and comment.
pub(crate) const SERVER: &str = include_str!("server.sql");

/// Until when a password holds where nothing is said.
const FOREVER: &str = "infinity";

impl Verb for Role {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let there = || Pen::kw("SELECT FROM pg_catalog.pg_roles WHERE rolname =").literal(id.name());
        out.run(Pen::once_on_the_server(there(), Pen::kw("CREATE ROLE").name(id.path())));
        // Where it is as it should be nothing is written: runs in other databases of the server would stand in each
        // other's way, and only a superuser may say some of these, be it only to say that they are so.
        let word = |on: bool| Pen::kw(if on { "true" } else { "false" });
        let may = [self.create_role, self.inherit, self.login].map(word);
        let bounds = [
            Pen::new().number(self.connection_limit.map_or(-1, i64::from)),
            Pen::new().literal(self.valid_until.as_deref().unwrap_or(FOREVER)),
        ];
        let as_wanted = there().and("AND (rolcreaterole, rolinherit, rolcanlogin, rolconnlimit,");
        let as_wanted = as_wanted.and("coalesce(rolvaliduntil, 'infinity')) =");
        let as_wanted = as_wanted.list(may.into_iter().chain(bounds));
        // From 16 on only who has CREATEDB may say NOCREATEDB.
        let (databases, others) = (making_databases(self), creation(self));
        let plain = others.into_iter().chain([limit(self), until(self)]);
        out.run(Pen::unless_exists(as_wanted, alter(id, plain)));
        let as_wanted = there().and("AND rolcreatedb =").pen(word(self.create_db));
        out.run(Pen::unless_exists(as_wanted, alter(id, [databases])));
        let as_wanted = there()
            .and("AND (rolsuper, rolreplication, rolbypassrls) =")
            .list([self.superuser, self.replication, self.bypass_rls].map(word));
        out.run(Pen::unless_exists(as_wanted, alter(id, power(self))));
    }

    fn drop(&self, _: &Cx, _: &ObjectId, _: &mut Steps) {}

    fn alter(&self, cx: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        let words = |role: &Self| {
            [vec![making_databases(role)], creation(role), power(role), vec![limit(role), until(role)]]
                .concat()
        };
        let both = words(self).into_iter().zip(words(next));
        let changed = both.filter(|(prev, next)| prev.clone().end() != next.clone().end());
        out.run(alter(id, changed.map(|(_, next)| next)));
        if self.inherit != next.inherit {
            // From 16 on a membership keeps what the member's own attribute was when it began.
            super::membership::begin_again(cx, id, out);
        }
        Way::InPlace
    }
}

fn alter(id: &ObjectId, words: impl IntoIterator<Item = Pen>) -> Pen {
    words.into_iter().fold(Pen::kw("ALTER ROLE").name(id.path()), Pen::pen)
}

fn creation(role: &Role) -> Vec<Pen> {
    let Role {
        superuser: _, create_db: _, create_role, inherit, login, replication: _, bypass_rls: _, ..
    } = role;
    let word = |on: bool, yes: &'static str, no: &'static str| Pen::kw(if on { yes } else { no });
    vec![
        word(*create_role, "CREATEROLE", "NOCREATEROLE"),
        word(*inherit, "INHERIT", "NOINHERIT"),
        word(*login, "LOGIN", "NOLOGIN"),
    ]
}

fn making_databases(role: &Role) -> Pen {
    Pen::kw(if role.create_db { "CREATEDB" } else { "NOCREATEDB" })
}

fn power(role: &Role) -> Vec<Pen> {
    let word = |on: bool, yes: &'static str, no: &'static str| Pen::kw(if on { yes } else { no });
    vec![
        word(role.superuser, "SUPERUSER", "NOSUPERUSER"),
        word(role.replication, "REPLICATION", "NOREPLICATION"),
        word(role.bypass_rls, "BYPASSRLS", "NOBYPASSRLS"),
    ]
}

fn limit(role: &Role) -> Pen {
    Pen::kw("CONNECTION LIMIT").number(role.connection_limit.map_or(-1, i64::from))
}

fn until(role: &Role) -> Pen {
    Pen::kw("VALID UNTIL").literal(role.valid_until.as_deref().unwrap_or(FOREVER))
}

/// The roles that an object names in its own words.
pub(crate) fn named<'a>(id: &'a ObjectId, object: &'a Object) -> Vec<&'a str> {
    let ends = |ends: [Option<&'a String>; 2]| -> Vec<&'a str> {
        ends.into_iter().flatten().map(String::as_str).collect()
    };
    let mut roles: Vec<&str> = match object {
        Object::Owner(owner) => vec![owner.role.as_str()],
        Object::Policy(policy) => policy.roles.iter().map(String::as_str).collect(),
        Object::DefaultPrivilege(_) => ends([id.path().first(), id.path().last()]),
        Object::Grant(_) => super::grant::roles(id).collect(),
        Object::UserMapping(_) => vec![id.name()],
        Object::Setting(_) => ends([id.path().first(), None]),
        Object::Membership(_) => ends([id.path().first(), id.path().last()]),
        _ => Vec::new(),
    };
    roles.retain(|role| !role.is_empty());
    roles
}

/// Makes what names a role of the state need it.
pub(crate) fn in_order(catalog: &mut nexus_schema::catalog::Catalog) {
    if catalog.of_kind(Kind::Role).next().is_none() {
        return;
    }
    let mut edges = Vec::new();
    for (id, entry) in catalog.iter() {
        let roles = named(id, &entry.object).into_iter().map(|role| ObjectId::new(Kind::Role, [role]));
        edges.extend(roles.filter(|role| catalog.contains(role)).map(|role| (id.clone(), role)));
    }
    for (id, role) in edges {
        catalog.require(&id, role);
    }
}
