//! What stands inside of servers, publications and roles; settings and default privileges.

use std::collections::BTreeSet;

use super::said;
use super::{Resolver, options, value};
use crate::authored::File;
use crate::authored::decode::Spanned;
use crate::authored::decode::{Entries, Loose};
use crate::authored::parts::DefaultPrivileges;
use crate::authored::rare::Written;
use crate::authored::secret;
use crate::catalog::{Kind, ObjectId};
use crate::kinds::{self, Sql};

impl Resolver<'_> {
    /// Options that a wrapper reads, as `name=value`, sorted; those that hold secrets are recorded.
    pub(super) fn open_options(&mut self, all: &Option<Entries<Spanned<Loose>>>) -> Vec<String> {
        for (name, _) in all.iter().flat_map(|all| &all.0) {
            secret::refuse(&name.value, name.spot, self.report);
        }
        options(all)
    }

    pub(super) fn server(&mut self, written: &Written<kinds::Server>) {
        let Some(id) = self.written(written, serde_json::Map::new()) else { return };
        for (role, is) in written.parts.user_mappings.iter().flat_map(|all| &all.0) {
            let Some(name) = self.role_or_everybody(role) else { continue };
            let mapping = kinds::UserMapping { options: self.open_options(&Some(is.clone())) };
            self.add(id.child(Kind::UserMapping, name), mapping, role.spot);
        }
    }

    pub(super) fn publication(&mut self, written: &Written<kinds::Publication>) {
        let Some(id) = self.written(written, serde_json::Map::new()) else { return };
        for (name, is) in written.parts.tables.iter().flat_map(|all| &all.0) {
            let Some(name) = name else { continue };
            let Some(path) = self.existing(name) else { continue };
            let table = ObjectId::new(Kind::Table, path.clone());
            let columns = self.columns_of(&table, is.columns.as_deref().unwrap_or_default());
            let member = id
                .child(Kind::PublicationTable, path[0].as_str())
                .child(Kind::PublicationTable, path[1].as_str());
            let filter = value(&is.filter).map(Sql);
            let mentioned = filter.as_ref().map(|filter| self.mentioned(&table, filter.as_str()));
            self.add(member.clone(), kinds::PublicationTable { columns, filter }, name.spot);
            for column in mentioned.into_iter().flatten() {
                self.catalog.require(&member, table.child(Kind::Column, column));
            }
        }
        for schema in written.parts.schemas.iter().flatten() {
            self.known_schema(&schema.value, schema.spot);
            let member = id.child(Kind::PublicationSchema, schema.value.as_str());
            self.add(member, kinds::PublicationSchema {}, schema.spot);
        }
    }

    pub(super) fn declared_role(&mut self, written: &Written<kinds::Role>) {
        if !self.role(&written.name) {
            return;
        }
        if written.name.value.starts_with("pg_") {
            let title = format!("the name `{}` is kept for PostgreSQL", written.name.value);
            self.report.error("NX0407", written.name.spot, title, "").help("choose a name without `pg_`");
            return;
        }
        let Some(id) = self.written(written, serde_json::Map::new()) else { return };
        for (name, is) in written.parts.member_of.iter().flat_map(|all| &all.0) {
            let Some(name) = name else { continue };
            if !self.role(name) {
                continue;
            }
            if name.value == written.name.value {
                let title = format!("the role `{}` cannot be a member of itself", name.value);
                self.report.error("NX0208", name.spot, title, "").help("name another role");
                continue;
            }
            let set = |flag: &Option<Spanned<bool>>| flag.as_ref().is_some_and(|flag| flag.value);
            let membership = kinds::Membership {
                admin: set(&is.admin),
                inherit: is.inherit.as_ref().map(|inherit| inherit.value),
                no_set: set(&is.no_set),
            };
            let member = ObjectId::new(Kind::Membership, [name.value.as_str(), id.name()]);
            self.add(member, membership, name.spot);
        }
    }

    pub(super) fn settings(&mut self, files: &[File]) {
        for (role, all) in files.iter().flat_map(|file| file.settings.iter().flat_map(|all| &all.0)) {
            let Some(of) = self.role_or_everybody(role) else { continue };
            for (name, value) in &all.0 {
                let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
                if name.value.is_empty() || !name.value.chars().all(plain) {
                    let title = format!("`{}` is not the name of a setting", name.value);
                    self.report
                        .error("NX0406", name.spot, title, "")
                        .help("write it as SHOW does: `work_mem`");
                    continue;
                }
                let id = ObjectId::new(Kind::Setting, [of.as_str(), &name.value]);
                self.add(id, kinds::Setting { value: value.value.0.clone() }, name.spot);
            }
        }
    }

    pub(super) fn default_privileges(&mut self, files: &[File]) {
        for is in files.iter().flat_map(|file| file.default_privileges.iter().flatten()) {
            self.default_privilege(is);
        }
    }

    fn default_privilege(&mut self, is: &DefaultPrivileges) {
        for (key, given) in [("for", is.for_.is_some()), ("on", is.on.is_some()), ("to", is.to.is_some())] {
            if !given && !is.given.contains(key) {
                let title = format!("a default privilege has no `{key}`");
                self.report.error("NX0213", is.spot, title, "").help(format!("add `{key}: …`"));
            }
        }
        let (Some(by), Some(on), Some(to)) = (&is.for_, &is.on, &is.to) else { return };
        if !self.role(by) {
            return;
        }
        let Some(to) = self.role_or_everybody(to) else { return };
        let words: &[&str] = match on.value.0 {
            "TABLES" => said::RELATION,
            "SEQUENCES" => said::SEQUENCE,
            "FUNCTIONS" => said::ROUTINE,
            "SCHEMAS" => said::SCHEMA,
            "LARGE OBJECTS" => said::LARGE_OBJECT,
            _ => said::USAGE,
        };
        if let Some(schema) = &is.in_ {
            self.known_schema(&schema.value, schema.spot);
            if ["SCHEMAS", "LARGE OBJECTS"].contains(&on.value.0) {
                self.report
                    .error("NX0221", schema.spot, "these objects live in no schema", "")
                    .help("remove `in:`");
            }
        }
        let what = on.value.0.to_lowercase();
        let mut held = [BTreeSet::new(), BTreeSet::new()];
        for (set, given) in held.iter_mut().zip([&is.privileges, &is.grantable]) {
            for word in given.iter().flatten() {
                set.extend(self.privilege(word, words, &what).map(str::to_uppercase));
            }
        }
        if to.is_empty() {
            self.roles_alone(&is.grantable);
        }
        let [privileges, grantable] = held;
        let schema = value(&is.in_).unwrap_or_default();
        let id = ObjectId::new(Kind::DefaultPrivilege, [by.value.as_str(), &schema, on.value.0, &to]);
        if let (true, Some(&earlier)) = (self.catalog.contains(&id), self.places.get(&id)) {
            self.report
                .error("NX0402", is.spot, "these default privileges are given twice", "given again here")
                .also(earlier, "first given here")
                .help("keep one of the two");
            return;
        }
        self.add(id, kinds::DefaultPrivilege { privileges, grantable }, is.spot);
    }
}
