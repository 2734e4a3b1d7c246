//! What `access:` makes: roles, owners, grants; and the policies that let a session see the rows of one tenant or owner.
//!
//! Nearest wins: what a table says of an actor, else its schema, else the file. An actor has no more than is said here,
//! and what a statement of it needs besides: the schema, and the sequences of defaults.

use std::collections::{BTreeMap, BTreeSet};

use super::{Named, Resolver};
use crate::authored::decode::{Entries, Spanned};
use crate::authored::said;
use crate::authored::{self, File, Policy, Table, Verb};
use crate::catalog::{Kind, Object, ObjectId};
use crate::check::literal::quote_literal;
use crate::document::ColumnPolicy;
use crate::kinds::{self, Sql};
use crate::report::{Spot, did_you_mean};
use crate::types::quote_ident;

/// What actors may do, as it is written in one place.
type Verbs = Option<Entries<Vec<Spanned<Verb>>>>;

/// The policy whose rows belong to who acts, and the setting that says who that is.
const OWNER_POLICY: (&str, &str) = ("owner", "nexus.actor");

impl Resolver<'_> {
    /// Roles, owners and grants.
    pub(super) fn access(&mut self, files: &[File], tables: &[Named<'_, Table>]) {
        let mut actors: BTreeMap<String, (Spot, BTreeSet<String>)> = BTreeMap::new();
        for access in files.iter().filter_map(|file| file.access.as_ref()) {
            self.owner_and_migrator(access);
            for (name, verbs) in access.actors.iter().flat_map(|actors| &actors.0) {
                if let Some((earlier, _)) = actors.get(&name.value) {
                    let title = format!("the actor `{}` is declared twice", name.value);
                    self.report
                        .error("NX0402", name.spot, title, "declared again here")
                        .also(*earlier, "first declared here")
                        .help("keep one of the two");
                } else if self.role_of_access(name, true) {
                    actors.insert(name.value.clone(), (name.spot, words(verbs)));
                }
            }
        }
        let mut of_schemas: BTreeMap<&str, Vec<&Verbs>> = BTreeMap::new();
        for (name, schema) in files.iter().flat_map(|f| f.schemas.iter().flat_map(|s| &s.0)) {
            let Some(name) = name else { continue };
            self.known_actors(&schema.access, &actors);
            of_schemas.entry(&name.value).or_default().push(&schema.access);
        }
        for table in tables {
            self.known_actors(&table.is.access, &actors);
        }
        for (name, (spot, verbs)) in &actors {
            self.access.actors.insert(name.clone(), BTreeMap::new());
            for table in tables {
                let of_schema = of_schemas.get(table.path[0].as_str()).into_iter().flatten();
                let own = said_of(name, &table.is.access);
                // A partition is reached through its table, whose privileges count.
                let part = own.is_none() && table.is.partition_of.is_some();
                let near = own.or_else(|| of_schema.into_iter().find_map(|verbs| said_of(name, verbs)));
                let verbs = near.unwrap_or_else(|| verbs.clone());
                if !part && !verbs.is_empty() {
                    self.reach(name, table, verbs, *spot);
                }
            }
        }
        if let Some(owner) = self.access.owner.clone() {
            self.owners(&owner, files);
        }
    }

    fn owner_and_migrator(&mut self, access: &authored::Access) {
        if let Some(owner) = &access.owner
            && self.role_of_access(owner, false)
        {
            self.access.owner = Some(owner.value.clone());
        }
        let Some(migrator) = &access.migrator else { return };
        let Some(owner) = &access.owner else {
            let title = "a migrator changes what the owner owns, and no owner is named";
            self.report.error("NX0107", migrator.spot, title, "").help("add `owner:`");
            return;
        };
        if migrator.value == owner.value {
            let title = format!("the role `{}` cannot be a member of itself", owner.value);
            self.report.error("NX0208", migrator.spot, title, "").help("name another role");
        } else if self.role_of_access(migrator, true) {
            self.access.migrator = Some(migrator.value.clone());
            let id = ObjectId::new(Kind::Membership, [owner.value.as_str(), &migrator.value]);
            if !self.catalog.contains(&id) {
                self.add(id, kinds::Membership::default(), migrator.spot);
            }
        }
    }

    /// Makes a role unless `roles:` says more of it; tells whether there can be such a role.
    fn role_of_access(&mut self, role: &Spanned<String>, login: bool) -> bool {
        if !self.role(role) {
            return false;
        }
        if role.value.starts_with("pg_") {
            let title = format!("the name `{}` is kept for PostgreSQL", role.value);
            self.report.error("NX0407", role.spot, title, "").help("choose a name without `pg_`");
            return false;
        }
        let id = ObjectId::new(Kind::Role, [role.value.as_str()]);
        if !self.catalog.contains(&id) {
            self.add(id, kinds::Role { login, ..kinds::Role::default() }, role.spot);
        }
        true
    }

    /// Records actors that nobody declared.
    fn known_actors(&mut self, verbs: &Verbs, actors: &BTreeMap<String, (Spot, BTreeSet<String>)>) {
        for (name, _) in verbs.iter().flat_map(|verbs| &verbs.0) {
            if !actors.contains_key(&name.value) {
                let help = did_you_mean(&name.value, actors.keys().map(String::as_str));
                let title = format!("there is no actor `{}`", name.value);
                self.report.error("NX0202", name.spot, title, "").help(help.unwrap_or_else(|| {
                    format!("declare it: `access: {{ actors: {{ {}: [] }} }}`", name.value)
                }));
            }
        }
    }

    /// Lets an actor do this with a table.
    fn reach(&mut self, actor: &str, table: &Named<'_, Table>, verbs: BTreeSet<String>, spot: Spot) {
        let id = ObjectId::new(Kind::Table, table.path.clone());
        let grant = id.of(Kind::Grant, [actor]);
        if let (true, Some(&other)) = (self.catalog.contains(&grant), self.places.get(&grant)) {
            let title = format!("what `{actor}` may do with `{}` is said twice", id.name());
            self.report
                .error("NX0402", other, title, "by `grants:`")
                .also(spot, "by `access:`")
                .help("remove one of the two, or give it nothing here: `access: { actor: [] }`");
            return;
        }
        if verbs.contains("INSERT") {
            for sequence in self.sequences_of_defaults(&id) {
                self.let_use(&sequence, actor, spot);
            }
        }
        // Everybody may use the schema `public` of a new database.
        if id.schema() != "public" {
            self.let_use(&ObjectId::new(Kind::Schema, [id.schema()]), actor, spot);
        }
        self.add(grant, grant_of(verbs.clone()), table.spot);
        self.access.actors.entry(actor.to_owned()).or_default().insert(id, verbs);
    }

    /// The sequences that an insert takes numbers from.
    fn sequences_of_defaults(&self, table: &ObjectId) -> Vec<ObjectId> {
        let defaults = self.catalog.under(Kind::Default, table.path());
        let needed = defaults.flat_map(|(_, entry)| &entry.requires);
        needed.filter(|id| id.kind() == Kind::Sequence).cloned().collect()
    }

    fn let_use(&mut self, what: &ObjectId, actor: &str, spot: Spot) {
        let grant = what.of(Kind::Grant, [actor]);
        if !self.catalog.contains(&grant) {
            self.add(grant, grant_of(BTreeSet::from(["USAGE".to_owned()])), spot);
        }
    }

    /// Gives everything that nobody else is said to own to the owner, who may make more in these schemas.
    fn owners(&mut self, owner: &str, files: &[File]) {
        let Some(spot) =
            files.iter().find_map(|file| file.access.as_ref()?.owner.as_ref().map(|owner| owner.spot))
        else {
            return;
        };
        let has_owner = |id: &&ObjectId| {
            said::keys(id.kind()).iter().any(|(key, _)| *key == "owner") && !of_superusers(id.kind())
        };
        let all: Vec<_> = self.catalog.iter().map(|(id, _)| id).filter(has_owner).cloned().collect();
        for id in all {
            let own = id.of(Kind::Owner, []);
            if self.catalog.contains(&own) {
                continue;
            }
            self.add(own.clone(), kinds::Owner { role: owner.to_owned() }, spot);
            // It changes hands with its table, and cannot before.
            if let Some(Object::Sequence(kinds::Sequence { owned_by: Some([schema, table, _]), .. })) =
                self.catalog.get(&id)
            {
                let table = ObjectId::new(Kind::Table, [schema, table]).of(Kind::Owner, []);
                self.catalog.require(&own, table);
            }
        }
        let public = ObjectId::new(Kind::Schema, ["public"]).of(Kind::Grant, [owner]);
        if !self.catalog.contains(&public) {
            let both = BTreeSet::from(["CREATE".to_owned(), "USAGE".to_owned()]);
            self.add(public, grant_of(both), spot);
        }
    }

    /// The condition of a policy that is given by a column.
    pub(super) fn policy_of_column(&mut self, id: &ObjectId, is: &Policy) -> Option<Sql> {
        let column = is.column.as_ref()?;
        if let Some(using) = &is.using {
            self.report
                .error("NX0209", using.spot, "a policy cannot have both `column` and `using`", "")
                .also(column.spot, "the other one")
                .help("keep one of the two");
        }
        let table = id.ancestor(Kind::Table, 2);
        let facts = self.tables.get(&[table.schema().to_owned(), table.name().to_owned()])?;
        let Some(known) = facts.columns.get(&column.value) else {
            let help = did_you_mean(&column.value, facts.columns.keys().map(String::as_str));
            let title = format!("`{}` has no column `{}`", table.name(), column.value);
            let help = help.unwrap_or_else(|| "name a column of the table itself".into());
            self.report.error("NX0204", column.spot, title, "").help(help);
            return None;
        };
        let type_ = known.type_.clone()?;
        let setting = match &is.setting {
            Some(setting) => setting.value.clone(),
            None if id.name() == OWNER_POLICY.0 => OWNER_POLICY.1.to_owned(),
            None => format!("nexus.{}", id.name()),
        };
        let plain = |part: &str| {
            part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        };
        if !setting.contains('.') || !setting.split('.').all(plain) {
            let spot = is.setting.as_ref().map_or(column.spot, |setting| setting.spot);
            let title = format!("`{setting}` is not the name of a session's own setting");
            self.report.error("NX0406", spot, title, "").help("write `setting: nexus.tenant`, say");
            return None;
        }
        let of = table.child(Kind::Column, column.value.as_str());
        // Within a query of its own it is asked once, and not for each row.
        let said =
            format!("(SELECT nullif(current_setting({}, true), '')::{type_})", quote_literal(&setting));
        self.access.policies.insert(id.clone(), ColumnPolicy { column: of, setting });
        Some(Sql(format!("{} = {said}", quote_ident(&column.value))))
    }
}

/// Whether a policy of the table is given by a column.
pub(super) fn has_policy_of_column(table: &Table) -> bool {
    table.policies.iter().flat_map(|policies| &policies.0).any(|(_, policy)| policy.column.is_some())
}

/// What one place says of an actor.
fn said_of(actor: &str, verbs: &Verbs) -> Option<BTreeSet<String>> {
    let all = verbs.iter().flat_map(|verbs| &verbs.0);
    all.into_iter().find(|(name, _)| name.value == actor).map(|(_, verbs)| words(verbs))
}

fn words(verbs: &[Spanned<Verb>]) -> BTreeSet<String> {
    verbs.iter().map(|verb| verb.value.0.to_owned()).collect()
}

fn grant_of(privileges: BTreeSet<String>) -> kinds::Grant {
    kinds::Grant { privileges, grantable: BTreeSet::new() }
}

/// Kinds that only a superuser can make or own.
fn of_superusers(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::BaseType
            | Kind::OperatorClass
            | Kind::OperatorFamily
            | Kind::Language
            | Kind::ForeignDataWrapper
            | Kind::Server
            | Kind::Publication
            | Kind::Subscription
            | Kind::EventTrigger
    )
}

#[cfg(test)]
mod tests {
    use crate::document::parse;

    const HEAD: &str = "nexus: 1\ndatabase: { name: a }\n";

    fn lines(text: &str) -> String {
        let (declared, _) =
            parse("s.yaml", &format!("{HEAD}{text}")).unwrap_or_else(|d| panic!("{}", d.render_short()));
        declared.catalog.to_lines()
    }

    fn mistakes(text: &str) -> String {
        parse("s.yaml", &format!("{HEAD}{text}")).expect_err("it is wrong").render_short()
    }

    #[test]
    fn the_nearest_word_counts() {
        let said = lines(
            "access: { owner: o, migrator: m, actors: { app: [select, insert], reader: select } }\n\
             schemas: { s: { access: { reader: [] } } }\n\
             sequences: [s.n]\n\
             tables:\n  s.a: { columns: { n: { type: bigint, default_expr: \"nextval('s.n')\" } } }\n  \
             s.b: { access: { app: [], reader: [select, delete] }, columns: { n: int } }\n",
        );
        let grants: Vec<_> =
            said.lines().filter(|line| line.contains("\"grant\"") || line.starts_with("grant")).collect();
        insta::assert_snapshot!(grants.join("\n"));
    }

    #[test]
    fn mistakes_are_told() {
        let nobody = mistakes(
            "access: { actors: { app: [] } }\ntables: { t: { access: { ap: select }, columns: { a: int } } }\n",
        );
        assert!(nobody.contains("NX0202") && nobody.contains("no actor `ap`"), "{nobody}");
        let twice = mistakes(
            "access: { actors: { app: select } }\ntables: { t: { grants: { app: [delete] }, columns: { a: int } } }\n",
        );
        assert!(twice.contains("NX0402") && twice.contains("said twice"), "{twice}");
        let alone = mistakes("access: { migrator: m }\n");
        assert!(alone.contains("NX0107"), "{alone}");
        let verb = mistakes("access: { actors: { app: [read] } }\n");
        assert!(verb.contains("NX0105"), "{verb}");
        let column =
            mistakes("tables: { t: { policies: { tenant: tenant }, columns: { tenant_id: uuid } } }\n");
        assert!(column.contains("NX0204") && column.contains("no column `tenant`"), "{column}");
        let setting = mistakes("tables: { t: { policies: { \"a b\": a }, columns: { a: uuid } } }\n");
        assert!(setting.contains("NX0406"), "{setting}");
    }
}
