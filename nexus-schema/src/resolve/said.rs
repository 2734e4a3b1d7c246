//! What is said of objects: comments, former names, owners, privileges, security labels.

use std::collections::BTreeSet;

use super::{Resolver, names};
use crate::authored::decode::{Entries, Spanned, article};
use crate::authored::said::{Given, Privileges, Said};
use crate::catalog::{Kind, ObjectId};
use crate::kinds;
use crate::report::{Spot, did_you_mean};

/// The word for everybody, which no role can have as its name.
pub(super) const EVERYBODY: &str = "public";

impl Resolver<'_> {
    /// Adds what is said of an object.
    pub(super) fn said(&mut self, id: &ObjectId, said: &Option<Box<Said>>) {
        let Some(said) = said else { return };
        let Said {
            description,
            was,
            owner,
            grants,
            owner_privileges,
            security_labels,
            depends_on_extensions,
        } = &**said;
        self.comment(id, description);
        self.renamed(id, was);
        if let Some(owner) = owner
            && self.role(owner)
        {
            self.add(id.of(Kind::Owner, []), kinds::Owner { role: owner.value.clone() }, owner.spot);
        }
        self.grants(id, grants, owner_privileges);
        self.security_labels(id, security_labels);
        self.goes_with(id, depends_on_extensions.as_deref().unwrap_or_default());
    }

    /// The extensions that take an object along when they go.
    fn goes_with(&mut self, id: &ObjectId, extensions: &[Spanned<String>]) {
        if let (Kind::View, Some(first)) = (id.kind(), extensions.first()) {
            let title = "a view that keeps no rows cannot depend on an extension by itself";
            self.report
                .error("NX0213", first.spot, title, "")
                .help("remove `depends_on_extensions:`, or add `materialized: true`");
            return;
        }
        for extension in extensions {
            if !self.extensions.contains(&extension.value) {
                let known = self.extensions.iter().map(String::as_str);
                let help = did_you_mean(&extension.value, known);
                let title = format!("there is no extension `{}`", extension.value);
                self.report
                    .error("NX0202", extension.spot, title, "")
                    .help(help.unwrap_or_else(|| "declare it under `extensions:`".into()));
                continue;
            }
            let dependency = id.of(Kind::ExtensionDependency, [extension.value.as_str()]);
            self.add(dependency, kinds::ExtensionDependency {}, extension.spot);
        }
    }

    pub(super) fn grants(
        &mut self,
        id: &ObjectId,
        grants: &Option<Entries<Privileges>>,
        owner: &Option<Privileges>,
    ) {
        for (role, is) in grants.iter().flat_map(|grants| &grants.0) {
            for (grantor, given) in is.by.iter().flat_map(|by| &by.0) {
                grants.iter().for_each(|all| self.may_give(all, grantor, given));
            }
            if let Some(name) = self.role_or_everybody(role) {
                self.grant(id, &[name.as_str()], is, role.spot);
            }
        }
        if let Some(is) = owner {
            self.grant(id, &["", "owner"], is, is.spot);
        }
    }

    /// Records a role that gives on what nobody allows it to.
    fn may_give(&mut self, all: &Entries<Privileges>, grantor: &Spanned<String>, given: &Given) {
        let known = all.0.iter().find(|(role, _)| role.value == grantor.value);
        // A role that is not spoken of may have the right in another way, as a member of the owner does.
        let Some((spoken, held)) = known else { return };
        let others = held.by.iter().flat_map(|by| &by.0).map(|(_, given)| &given.grantable);
        let may: Vec<_> =
            others.chain([&held.grantable]).flatten().flatten().map(|word| &word.value).collect();
        let words = [&given.privileges, &given.grantable].into_iter().flatten().flatten();
        if let Some(word) = words.into_iter().find(|word| !may.contains(&&word.value)) {
            let title = format!("`{}` cannot give `{}`: it may not grant it on", grantor.value, word.value);
            self.report
                .error("NX0221", word.spot, title, "")
                .also(spoken.spot, "what it has")
                .help(format!("add `{}` to the `grantable` of `{}`", word.value, grantor.value));
        }
    }

    fn grant(&mut self, id: &ObjectId, holder: &[&str], is: &Privileges, spot: Spot) {
        // Where others are all that gave something, the owner gave nothing.
        if is.by.is_none() || is.privileges.is_some() || is.grantable.is_some() {
            let held = self.privileges(id.kind(), [&is.privileges, &is.grantable]);
            if holder == [""] {
                self.roles_alone(&is.grantable);
            }
            self.add(id.of(Kind::Grant, holder.iter().copied()), held, spot);
        }
        for (grantor, is) in is.by.iter().flat_map(|by| &by.0) {
            if self.role(grantor) {
                let held = self.privileges(id.kind(), [&is.privileges, &is.grantable]);
                if holder == [""] {
                    self.roles_alone(&is.grantable);
                }
                let path = holder.iter().copied().chain(["by", grantor.value.as_str()]);
                self.add(id.of(Kind::Grant, path), held, grantor.spot);
            }
        }
    }

    /// Records the right to grant on that is given to everybody.
    pub(super) fn roles_alone(&mut self, grantable: &Option<Vec<Spanned<String>>>) {
        if let Some(word) = grantable.iter().flatten().next() {
            self.report
                .error("NX0221", word.spot, "only roles can be allowed to grant on, and not everybody", "")
                .help("move it to `privileges`, or name a role");
        }
    }

    /// The name of a role in a path: empty for everybody.
    pub(super) fn role_or_everybody(&mut self, role: &Spanned<String>) -> Option<String> {
        match role.value == EVERYBODY {
            true => Some(String::new()),
            false => self.role(role).then(|| role.value.clone()),
        }
    }

    /// What is said of a part that is no object needs the object that it is a part of.
    pub(super) fn said_needs(&mut self, part: &ObjectId, whole: &ObjectId) {
        let said = [Kind::Grant, Kind::Comment, Kind::SecurityLabel];
        let about = said.into_iter().flat_map(|kind| self.catalog.said_of(kind, part));
        let about: Vec<_> = about.map(|(id, _)| id.clone()).collect();
        for id in about {
            self.catalog.require(&id, whole.clone());
        }
    }

    pub(super) fn security_labels(&mut self, id: &ObjectId, labels: &Option<Entries<Spanned<String>>>) {
        for (provider, label) in labels.iter().flat_map(|labels| &labels.0) {
            names::check(&provider.value, "label provider", provider.spot, self.report);
            let object = kinds::SecurityLabel { label: label.value.clone() };
            self.add(id.of(Kind::SecurityLabel, [provider.value.as_str()]), object, provider.spot);
        }
    }

    /// Whether a text can be the name of a role; if not, that is recorded.
    pub(super) fn role(&mut self, role: &Spanned<String>) -> bool {
        names::check(&role.value, "role", role.spot, self.report);
        if [EVERYBODY, "none"].contains(&role.value.as_str()) {
            let title = format!("no role can be called `{}`", role.value);
            self.report.error("NX0407", role.spot, title, "").help("name a role of the server");
            return false;
        }
        true
    }

    fn privileges(
        &mut self,
        kind: Kind,
        [plain, grantable]: [&Option<Vec<Spanned<String>>>; 2],
    ) -> kinds::Grant {
        let mut held = kinds::Grant { privileges: BTreeSet::new(), grantable: BTreeSet::new() };
        let mut seen: Vec<(&str, Spot)> = Vec::new();
        let plain = plain.iter().flatten().map(|word| (word, false));
        for (word, grantable) in plain.chain(grantable.iter().flatten().map(|word| (word, true))) {
            let Some(known) = self.privilege(word, words(kind), &article(kind.tag())) else { continue };
            if let Some((_, earlier)) = seen.iter().find(|(other, _)| *other == known) {
                self.report
                    .error("NX0221", word.spot, format!("the privilege `{known}` is given twice"), "")
                    .also(*earlier, "first given here")
                    .help("keep one of the two: what is `grantable` is held as well");
                continue;
            }
            seen.push((known, word.spot));
            let set = if grantable { &mut held.grantable } else { &mut held.privileges };
            set.insert(known.to_uppercase());
        }
        held
    }

    /// The privilege that a word stands for, of those that there are; another one is recorded.
    pub(super) fn privilege(
        &mut self,
        word: &Spanned<String>,
        words: &'static [&'static str],
        what: &str,
    ) -> Option<&'static str> {
        let Some(known) = words.iter().find(|known| **known == word.value) else {
            let help = did_you_mean(&word.value, words.iter().copied());
            let help = help.unwrap_or_else(|| format!("write one of `{}`", words.join("`, `")));
            let title = format!("`{}` is not a privilege on {what}", word.value);
            self.report.error("NX0105", word.spot, title, "").help(help);
            return None;
        };
        if *known == "maintain" && self.database.postgres.is_some_and(|major| major < 17) {
            let title = "the privilege `maintain` needs PostgreSQL 17";
            self.report
                .error("NX0216", word.spot, title, "")
                .help("remove it, or set `postgres: 17` under `database:`");
        }
        Some(known)
    }
}

/// The privileges that there are on a kind of object (the manual's table of privileges).
pub(super) fn words(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Table | Kind::View | Kind::MaterializedView => RELATION,
        Kind::Column => &["select", "insert", "update", "references"],
        Kind::Sequence => SEQUENCE,
        Kind::Schema => SCHEMA,
        Kind::Function | Kind::Aggregate => ROUTINE,
        _ => USAGE,
    }
}

pub(super) const RELATION: &[&str] =
    &["select", "insert", "update", "delete", "truncate", "references", "trigger", "maintain"];
pub(super) const SEQUENCE: &[&str] = &["usage", "select", "update"];
pub(super) const SCHEMA: &[&str] = &["usage", "create"];
pub(super) const ROUTINE: &[&str] = &["execute"];
pub(super) const LARGE_OBJECT: &[&str] = &["select", "update"];
pub(super) const USAGE: &[&str] = &["usage"];
