//! The section of tables.

use std::collections::BTreeSet;

use super::column::not_null_of;
use super::names;
use super::tree::{Map, Room, Tree};
use super::types::put_options;
use super::{Printer, constraint, facets};
use crate::catalog::{Kind, Object, ObjectId};
use crate::document::{Audit, Erase};
use crate::kinds::{Column, NotNull, Partition, Sql, Table, TableForm};

impl<'a> Printer<'a> {
    pub(super) fn tables(&mut self, document: &mut Map) {
        let mut map = Map::of(Room::Spaced);
        for id in self.in_order() {
            self.left.remove(id);
            let Some(Object::Table(table)) = self.catalog.get(id) else { continue };
            map.put(names::of_id(id), self.table(id, table));
        }
        document.filled("tables", map);
    }

    /// The author's order, then the names', parents before their children.
    fn in_order(&self) -> Vec<&'a ObjectId> {
        let declared = self.about.tables.iter().filter_map(|table| self.catalog.find(&table.id));
        let declared = declared.map(|(id, _)| id);
        let (mut order, mut seen) = (Vec::new(), BTreeSet::new());
        for id in declared.chain(self.all(Kind::Table).into_iter().map(|(id, _)| id)) {
            self.visit(id, &mut order, &mut seen);
        }
        order
    }

    fn visit(&self, id: &'a ObjectId, order: &mut Vec<&'a ObjectId>, seen: &mut BTreeSet<&'a ObjectId>) {
        if !seen.insert(id) {
            return;
        }
        let mut parents: Vec<[String; 2]> = Vec::new();
        if let Some(Object::Table(table)) = self.catalog.get(id) {
            parents.extend(table.inherits.iter().cloned());
        }
        if let Some(Object::Partition(partition)) = self.catalog.get(&id.as_kind(Kind::Partition)) {
            parents.push(partition.parent.clone());
        }
        for parent in parents {
            if let Some((parent, _)) = self.catalog.find(&ObjectId::new(Kind::Table, parent)) {
                self.visit(parent, order, seen);
            }
        }
        order.push(id);
    }

    fn table(&mut self, id: &'a ObjectId, table: &'a Table) -> Tree {
        let Table {
            form,
            logged,
            options,
            inherits,
            of_type,
            access_method,
            tablespace,
            row_security,
            force_row_security,
            replica_identity,
            clustered_on,
        } = table;
        let mut map = Map::of(Room::Block);
        self.was(id, &mut map);
        if let Some(group) =
            self.about.tables.iter().find(|table| table.id == *id).and_then(|t| t.group.as_ref())
        {
            map.put("group", group);
        }
        self.facets(id, &mut map);
        self.rust(id, &mut map);
        if let Some(tags) = self.about.tags.get(id) {
            match tags.audit {
                Some(Audit::Row) => map.flag("audit", true),
                Some(Audit::Statement) => map.put("audit", "statement"),
                None => {}
            }
            map.maybe("basis", tags.basis.as_ref());
            map.maybe("erase", tags.erase.map(Erase::word));
            map.filled("regimes", tags.regimes.iter().map(String::as_str).collect::<Vec<_>>());
            map.maybe("rows", tags.rows.and_then(|rows| i64::try_from(rows).ok()));
            map.maybe("online", tags.online);
            map.maybe("max_lock", tags.max_lock.as_ref());
        }
        if let TableForm::Partitioned(key) = form {
            map.put("partition_by", key.as_str());
        }
        if let TableForm::Foreign { server, options } = form {
            let mut foreign = Map::default();
            foreign.put("server", server);
            put_options("options", options, &mut foreign);
            map.put("foreign", foreign.or_short("server"));
        }
        self.partition(id, &mut map);
        map.filled("inherits", inherits.iter().map(names::of_path).collect::<Vec<_>>());
        map.maybe("of_type", of_type.as_ref().map(names::of_path));
        map.flag("unlogged", !logged);
        put_options("options", options, &mut map);
        map.maybe("access_method", access_method.as_ref());
        map.maybe("tablespace", tablespace.as_ref());
        match (row_security, force_row_security) {
            (false, true) => map.put("row_security", false),
            (on, force) => map.flag("row_security", *on && !force),
        }
        map.flag("force_row_security", *force_row_security);
        self::replica_identity(Some(replica_identity), &mut map);
        map.maybe("clustered_on", clustered_on.as_ref());
        self.columns_and_constraints(id, table, &mut map);
        self.parts_of(id, &mut map);
        self.triggers(id, &mut map);
        self.policies(id, &mut map);
        self.rules(id, &mut map);
        map.into()
    }

    fn partition(&mut self, id: &ObjectId, map: &mut Map) {
        let attachment = id.as_kind(Kind::Partition);
        let Some(Object::Partition(Partition { parent, bound })) = self.catalog.get(&attachment) else {
            return;
        };
        self.left.remove(&attachment);
        let mut of = Map::default();
        of.put("table", names::of_path(parent));
        of.put("bound", bound.as_str());
        map.put("partition_of", of);
    }

    /// Columns, and what constraints could not be said in a column.
    fn columns_and_constraints(&mut self, id: &'a ObjectId, table: &'a Table, map: &mut Map) {
        let all = self.catalog.columns(id);
        let comes_by_itself = |printer: &Self, column: &ObjectId, is: &Column| {
            is.inherited.0 && table.of_type.is_none() && !printer.has_its_own(column, is, table)
        };
        let mut shown: Vec<(&'a ObjectId, &'a Column)> = Vec::new();
        for (column, is) in all {
            self.left.remove(column);
            self.left.remove(&column.as_kind(Kind::Default));
            if !comes_by_itself(self, column, is) {
                shown.push((column, is));
            }
        }
        if table.of_type.is_some() {
            // The columns of a typed table are its type's.
            shown.retain(|(column, is)| self.has_its_own(column, is, table) || !is.inherited.0);
        }
        let names: BTreeSet<&str> = shown.iter().map(|(column, _)| column.name()).collect();
        let mut said = constraint::Said::default();
        self.constraints(id, table, &names, &mut said);
        let mut columns = Map::of(Room::Block);
        for (column, is) in shown {
            let tree = self.column(column, is, &said);
            columns.put(column.name(), tree);
        }
        match columns.is_empty() && table.inherits.is_empty() && table.of_type.is_none() {
            true => map.put("columns", columns),
            false => map.filled("columns", columns),
        }
        said.of_table(map);
    }

    /// Whether an inherited column says more than its parent's.
    fn has_its_own(&self, column: &ObjectId, is: &Column, table: &Table) -> bool {
        let Column {
            ordinal: _,
            type_: _,
            collation: _,
            not_null,
            not_null_as,
            identity,
            generated,
            storage,
            compression,
            statistics,
            options,
            inherited: _,
            fdw_options,
        } = is;
        let of_parents: Vec<_> = table
            .inherits
            .iter()
            .map(|parent| ObjectId::new(Kind::Table, parent.clone()).child(Kind::Column, column.name()))
            .collect();
        let parent = of_parents.iter().find_map(|parent| match self.catalog.get(parent) {
            Some(Object::Column(column)) => Some((parent, column)),
            _ => None,
        });
        let default = |id: &ObjectId| match self.catalog.get(&id.as_kind(Kind::Default)) {
            Some(Object::Default(default)) => Some(&default.expr),
            _ => None,
        };
        let same_as_parent = parent.is_some_and(|(id, parent)| {
            let Column { not_null: not_null_, not_null_as: not_null_as_, generated: generated_, .. } = parent;
            let Column { storage: storage_, compression: compression_, .. } = parent;
            default(id) == default(column)
                && (not_null_ == not_null || self.is_in_key(column))
                && (*not_null_as == NotNull::default() || not_null_as_ == not_null_as)
                && generated_ == generated
                && storage_ == storage
                && compression_ == compression
        });
        let of_type = table.of_type.is_some()
            && !*not_null
            && default(column).is_none()
            && generated.is_none()
            && storage.is_none()
            && compression.is_none();
        let plain = identity.is_none()
            && statistics.is_none()
            && options.is_empty()
            && fdw_options.is_empty()
            && !self.is_spoken_of(column)
            && !self.is_spoken_of(&not_null_of(column, not_null_as));
        !((same_as_parent || of_type) && plain && !self.about.tags.contains_key(column))
    }

    fn is_in_key(&self, column: &ObjectId) -> bool {
        let table = column.ancestor(Kind::Table, 2);
        self.catalog.under(Kind::Constraint, table.path()).any(|(_, entry)| match &entry.object {
            Object::Constraint(constraint) => match &constraint.body {
                crate::kinds::ConstraintBody::PrimaryKey { columns, .. } => {
                    columns.iter().any(|name| name == column.name())
                }
                _ => false,
            },
            _ => false,
        })
    }

    /// The indexes and statistics of a relation.
    pub(super) fn parts_of(&mut self, id: &'a ObjectId, map: &mut Map) {
        let parts = self.parts.get(&[id.schema(), id.name()]).cloned().unwrap_or_default();
        self.indexes(id, &parts, map);
        let mut statistics = Map::of(Room::Block);
        for (part, object) in parts {
            let Object::Statistics(is) = object else { continue };
            self.left.remove(part);
            let crate::kinds::Statistics { table: _, definition, target } = is;
            let mut one = Map::default();
            one.put("definition", definition.as_str());
            one.maybe("target", *target);
            self.was(part, &mut one);
            self.facets(part, &mut one);
            let name = match part.schema() == id.schema() {
                true => names::spell(&[part.name()]),
                false => names::spell(&[part.schema(), part.name()]),
            };
            statistics.put(name, one);
        }
        map.filled("statistics", statistics);
    }

    /// The rules of a relation.
    pub(super) fn rules(&mut self, id: &'a ObjectId, map: &mut Map) {
        let mut rules = Map::of(Room::Block);
        for (rule, object) in self.under(Kind::Rule, id) {
            self.left.remove(rule);
            let Object::Rule(crate::kinds::Rule { definition, enabled }) = object else { continue };
            let mut one = Map::default();
            one.put("definition", definition.as_str());
            if enabled != "origin" {
                one.put("enabled", enabled);
            }
            self.was(rule, &mut one);
            self.facets(rule, &mut one);
            rules.put(rule.name(), one.or_short("definition"));
        }
        map.filled("rules", rules);
    }

    /// The row security policies of a table.
    fn policies(&mut self, id: &'a ObjectId, map: &mut Map) {
        let mut policies = Map::of(Room::Block);
        for (policy, object) in self.under(Kind::Policy, id) {
            self.left.remove(policy);
            let Object::Policy(crate::kinds::Policy { command, permissive, roles, using, check }) = object
            else {
                continue;
            };
            let mut one = Map::default();
            if command != "ALL" {
                one.put("command", command.to_lowercase());
            }
            one.flag("restrictive", !permissive);
            one.filled("roles", roles.iter().map(|role| facets::role(role)).collect::<Vec<_>>());
            let text = |expr: &Sql| super::types::without_parentheses(expr.as_str()).to_owned();
            one.maybe("using", using.as_ref().map(text));
            one.maybe("check", check.as_ref().map(text));
            self.was(policy, &mut one);
            self.facets(policy, &mut one);
            policies.put(policy.name(), one);
        }
        map.filled("policies", policies);
    }
}

/// What of an old row replication is told, where it is not the default.
pub(super) fn replica_identity(identity: Option<&str>, map: &mut Map) {
    let Some(identity) = identity.filter(|identity| *identity != "default") else { return };
    match identity.strip_prefix(' ') {
        Some(index) => {
            let mut is = Map::default();
            is.put("index", index);
            map.put("replica_identity", is);
        }
        None => map.put("replica_identity", identity),
    }
}
