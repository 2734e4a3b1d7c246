//! Tables with their columns, keys and checks.

use std::collections::BTreeMap;

use super::{ColumnFacts, Loose, Named, Resolver, TableFacts, collation, flag, names, options, value};
use crate::authored::decode::{Members, Spanned};
use crate::authored::{Column, Foreign, Generation, Index, Key, ReplicaIdentity, Table, View};
use crate::catalog::{Kind, ObjectId};
use crate::document::{DeclaredTable, Tags};
use crate::kinds::{self, Constraint, ConstraintBody, Generated, Identity, Sql, TableForm};
use crate::report::{Spot, did_you_mean};
use crate::types::{Builtin, TypeRef};

impl Resolver<'_> {
    /// Takes the names that authors gave to indexes and constraints, before any is made up.
    pub(super) fn explicit_names(&mut self, tables: &[Named<'_, Table>]) {
        for Named { path: [schema, _], is, .. } in tables {
            let mut taken: BTreeMap<String, Spot> = BTreeMap::new();
            let mut constraint = |cx: &mut Self, name: &Spanned<String>, what| {
                names::check(&name.value, what, name.spot, cx.report);
                if let Some(earlier) = taken.insert(name.value.clone(), name.spot) {
                    let title = format!("this table already has a constraint `{}`", name.value);
                    cx.report
                        .error("NX0403", name.spot, title, "")
                        .also(earlier, "the other one")
                        .help("rename one of them");
                }
                cx.names.constraint(schema, &name.value);
            };
            let keys = is.unique.iter().flat_map(|keys| &keys.0).map(|(name, key)| (name.as_ref(), key));
            let keys = keys.chain(is.primary_key.iter().map(|key| (None, key)));
            for (name, key) in keys {
                if let Some(name) = name.or(key.name.as_ref()) {
                    constraint(self, name, "constraint");
                    self.names.relation([schema, &name.value], "constraint", name.spot, self.report);
                }
            }
            let checks = is.checks.iter().flat_map(|all| &all.0).filter_map(|(name, _)| name.as_ref());
            let foreign = is.foreign_keys.iter().flat_map(|all| &all.0).filter_map(|(name, _)| name.as_ref());
            for name in checks.chain(foreign) {
                constraint(self, name, "constraint");
            }
            for (name, _) in is.exclusions.iter().flat_map(|all| &all.0) {
                if let Some(name) = name {
                    constraint(self, name, "constraint");
                    self.names.relation([schema, &name.value], "constraint", name.spot, self.report);
                }
            }
            for (_, column) in is.columns.iter().flat_map(|columns| &columns.0) {
                if let Some(name) = column.references.as_ref().and_then(|reference| reference.name.as_ref()) {
                    constraint(self, name, "constraint");
                }
            }
            self.explicit_indexes(schema, &is.indexes);
        }
    }

    /// The same for the indexes of materialized views.
    pub(super) fn explicit_names_of_views(&mut self, views: &[Named<'_, View>]) {
        for Named { path: [schema, _], is, .. } in views {
            self.explicit_indexes(schema, &is.indexes);
        }
    }

    fn explicit_indexes(&mut self, schema: &str, indexes: &Option<Members<Index>>) {
        for (name, _) in indexes.iter().flat_map(|indexes| &indexes.0) {
            if let Some(name) = name {
                names::check(&name.value, "index", name.spot, self.report);
                self.names.relation([schema, &name.value], "index", name.spot, self.report);
            }
        }
    }

    pub(super) fn table(&mut self, table: &Named<'_, Table>) {
        let Named { path, spot, is } = table;
        let id = ObjectId::new(Kind::Table, path.clone());
        let mut object = kinds::Table {
            logged: !flag(&is.unlogged),
            options: options(&is.options).into(),
            tablespace: value(&is.tablespace),
            access_method: value(&is.access_method).filter(|method| method != "heap"),
            replica_identity: replica_identity(&is.replica_identity).unwrap_or_else(|| "default".into()),
            clustered_on: value(&is.clustered_on),
            // What binds the owner too is meant to be on, and so is a policy of a column, unless its author says otherwise.
            row_security: is.row_security.as_ref().map_or_else(
                || flag(&is.force_row_security) || super::access::has_policy_of_column(is),
                |row_security| row_security.value,
            ),
            force_row_security: flag(&is.force_row_security),
            ..kinds::Table::default()
        };
        if let Some(key) = &is.partition_by {
            object.form = TableForm::Partitioned(Sql(key.value.clone()));
        }
        if let Some(foreign) = &is.foreign {
            object.form = self.foreign(foreign, &is.partition_by);
        }
        object.inherits = self.inherited(&id, is).into();
        object.of_type = is.of_type.as_ref().and_then(|of| self.composite(of));
        self.add(id.clone(), object, *spot);
        self.order.push(DeclaredTable { id: id.clone(), group: value(&is.group) });
        self.said(&id, &is.said);
        self.hint(&id, &is.rust);

        let open = is.inherits.is_some() || is.partition_of.is_some() || is.of_type.is_some();
        let mut facts = TableFacts { spot: *spot, open, ..TableFacts::default() };
        // Who means a table without any says so: `columns: {}`.
        if !open && !is.given.contains("columns") {
            let title = format!("the table `{}` has no columns", path[1]);
            self.report.error("NX0212", *spot, title, "").help("add `columns: { id: uuid }`, say");
        }
        let key: Vec<_> = is.primary_key.iter().flat_map(|key| key.columns.iter().flatten()).collect();
        let mut ordinal = 0;
        for (name, column) in is.columns.iter().flat_map(|columns| &columns.0) {
            let Some(name) = name else { continue };
            ordinal += 1;
            let in_key = key.iter().any(|column| column.value == name.value);
            let column = self.column(&id, name, column, ordinal, in_key);
            facts.columns.insert(name.value.clone(), column);
        }
        self.tables.insert(path.clone(), facts);
        self.keys(&id, is);
        self.checks(&id, is);
        self.partition(table);
        let tags = Tags {
            basis: value(&is.basis),
            erase: is.erase.as_ref().map(|erase| erase.value),
            regimes: is.regimes.iter().flatten().map(|regime| regime.value.0.to_owned()).collect(),
            audit: is.audit.as_ref().and_then(|word| word.value.0),
            rows: is.rows.as_ref().and_then(|rows| self.many(rows)),
            online: is.online.as_ref().map(|online| online.value),
            max_lock: is.max_lock.as_ref().map(|mode| mode.value.0.to_owned()),
            ..Tags::default()
        };
        if tags != Tags::default() {
            self.tags.insert(id, tags);
        }
    }

    /// A span of time; what cannot be one is recorded.
    fn span(&mut self, span: &Spanned<String>) -> Option<String> {
        if crate::document::interval(&span.value).is_none() {
            let title = format!("`{}` is no span of time", span.value);
            self.report.error("NX0227", span.spot, title, "").help("write `90d`, `12 months` or `7y`, say");
            return None;
        }
        Some(span.value.clone())
    }

    /// How many rows a table has; what cannot be such a number is recorded.
    fn many(&mut self, rows: &Spanned<Loose>) -> Option<u64> {
        let number =
            rows.value.0.parse::<f64>().ok().filter(|n| (0.0..=1e15).contains(n) && n.fract() == 0.0);
        if number.is_none() {
            let title = format!("`{}` is no number of rows", rows.value.0);
            self.report
                .error("NX0311", rows.spot, title, "")
                .help("write about how many there are, such as `5000` or `1e8`");
        }
        // Whole and within the range by now.
        number.and_then(|n| format!("{n:.0}").parse().ok())
    }

    /// A number that PostgreSQL keeps in few bits; another one is recorded.
    pub(super) fn small(&mut self, number: &Spanned<i64>) -> Option<i32> {
        let small = i32::try_from(number.value).ok().filter(|n| (-1..=10_000).contains(n));
        if small.is_none() {
            self.report
                .error("NX0304", number.spot, "a statistics target lies between 0 and 10000", "")
                .help("100 is what PostgreSQL takes by itself");
        }
        small
    }

    /// A comment on the index behind a constraint.
    fn on_index_of(&mut self, constraint: &ObjectId, text: &Option<Spanned<String>>) {
        let index = ObjectId::new(Kind::Index, [constraint.schema(), constraint.name()]);
        self.comment(&index, text);
        self.catalog.require(&index.of(Kind::Comment, []), constraint.clone());
    }

    /// Where the rows of a foreign table are.
    fn foreign(&mut self, is: &Foreign, key: &Option<Spanned<String>>) -> TableForm {
        if is.server.is_none() && !is.given.contains("server") {
            self.report
                .error("NX0213", is.spot, "a foreign table without a server", "")
                .help("add `server: …`");
        }
        if let Some(key) = key {
            self.report
                .error("NX0209", key.spot, "a foreign table cannot be partitioned", "")
                .also(is.spot, "it is foreign here")
                .help("keep one of the two; a partition of another table can be foreign");
        }
        let server = value(&is.server).unwrap_or_default();
        TableForm::Foreign { server, options: self.open_options(&is.options) }
    }

    /// The composite type that a text names.
    fn composite(&mut self, of: &Spanned<String>) -> Option<[String; 2]> {
        let path = self.path(&of.value, "composite type", of.spot)?;
        match self.made.get(&path) {
            Some((_, made)) if made.kind() == Kind::Composite => Some(path),
            _ => {
                let title = format!("there is no composite type `{}`", of.value);
                self.report.error("NX0202", of.spot, title, "").help("declare it under `composites:`");
                None
            }
        }
    }

    /// The table that a text names, if it is declared.
    pub(super) fn existing(&mut self, text: &Spanned<String>) -> Option<[String; 2]> {
        let path = self.path(&text.value, "table", text.spot)?;
        if matches!(self.made.get(&path), Some((super::Made::Row, _))) {
            return Some(path);
        }
        let names = self.made.iter().filter(|(_, (made, _))| matches!(made, super::Made::Row));
        let names: Vec<_> = names.map(|([_, name], _)| name.as_str()).collect();
        let help = did_you_mean(&path[1], names.iter().copied());
        let title = format!("there is no table `{}`", text.value);
        self.report
            .error("NX0202", text.spot, title, "")
            .help(help.unwrap_or_else(|| "declare it under `tables:`, or correct the name".into()));
        None
    }

    fn column(
        &mut self,
        table: &ObjectId,
        name: &Spanned<String>,
        is: &Column,
        ordinal: u32,
        in_key: bool,
    ) -> ColumnFacts {
        const SYSTEM: [&str; 6] = ["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"];
        let id = table.child(Kind::Column, name.value.as_str());
        names::check(&name.value, "column", name.spot, self.report);
        if SYSTEM.contains(&name.value.as_str()) {
            let title = format!("every table has a system column `{}`", name.value);
            self.report.error("NX0407", name.spot, title, "").help("choose another name");
        }
        if is.type_.is_none() && !is.given.contains("type") {
            let title = format!("the column `{}` has no type", name.value);
            self.report.error("NX0303", name.spot, title, "").help("add `type: text`, say");
        }
        let type_ = is.type_.as_ref().and_then(|type_| self.type_of(type_, table.schema()));
        let in_key = in_key || flag(&is.primary_key);
        let not_null = self.not_null(is, in_key);
        let mut column =
            kinds::Column::of_type(type_.as_ref().map(TypeRef::to_string).unwrap_or_default(), ordinal);
        column.not_null = not_null || is.identity.is_some();
        column.not_null_as = self.not_null_as(is);
        column.collation = is.collation.as_ref().map(|name| collation(&name.value));
        column.storage = is.storage.as_ref().map(|storage| storage.value.0.to_owned());
        column.compression = value(&is.compression);
        column.statistics = is.statistics.as_ref().and_then(|n| self.small(n));
        column.options = options(&is.options).into();
        column.fdw_options = self.open_options(&is.foreign_options);
        column.inherited = kinds::Inherited(flag(&is.inherited));
        self.filled_once(is);
        if let Some(collation) = &is.collation
            && let Some((bare, _)) = type_.as_ref().and_then(|type_| self.bare(type_))
            && bare.builtin().is_some_and(|builtin| !builtin.is_text())
        {
            let title = format!("`{bare}` has no collation");
            self.report
                .error("NX0307", collation.spot, title, "")
                .help("only texts have one: remove `collation:`");
        }
        if let Some(identity) = &is.identity {
            let integer =
                type_.as_ref().is_none_or(|t| !t.array && t.builtin().is_some_and(Builtin::is_integer));
            if let (false, Some(type_)) = (integer, &type_) {
                let title = format!("an identity column cannot be of the type `{type_}`");
                self.report
                    .error("NX0308", identity.spot, title, "")
                    .help("make it smallint, integer or bigint, or give it a default");
            }
            let data_type = type_.as_ref().map(TypeRef::to_string).unwrap_or_default();
            let numbers =
                [&identity.start, &identity.increment, &identity.min, &identity.max, &identity.cache];
            let options = self.counting(&data_type, numbers, flag(&identity.cycle));
            let always = identity.generation.as_ref().is_some_and(|g| g.value == Generation::Always);
            column.identity = Some(Identity { always, options });
            let sequence = self.names.choose(table.schema(), table.name(), Some(&name.value), "seq");
            self.names.relation([table.schema(), &sequence], "sequence", name.spot, self.report);
        }
        if let Some(generated) = &is.generated {
            let stored = generated.stored.as_ref().is_none_or(|stored| stored.value);
            if let Some(expr) = &generated.expr {
                column.generated = Some(Generated { expr: Sql(expr.value.clone()), stored });
            }
            if let (false, Some(at), false) =
                (stored, &generated.stored, self.database.postgres.is_some_and(|major| major >= 18))
            {
                self.report
                    .error("NX0216", at.spot, "a computed column that is not stored needs PostgreSQL 18", "")
                    .help("remove `stored: false`, or set `postgres: 18` under `database:`");
            }
        }
        self.add(id.clone(), column, name.spot);
        let mut filled = is.identity.is_some() || is.generated.is_some();
        if let Some(type_) = &type_ {
            self.need_type(&id, type_);
            if let Some(expr) = self.default(&is.default, &is.default_expr, type_) {
                filled = true;
                let spot = is.default.as_ref().map(|d| d.spot).or(is.default_expr.as_ref().map(|d| d.spot));
                if expr.as_str() != "NULL" {
                    self.add(id.as_kind(Kind::Default), kinds::Default { expr }, spot.unwrap_or(name.spot));
                }
            }
        }
        self.said(&id, &is.said);
        self.said_of_not_null(&id, is);
        self.expands(&id, is);
        self.hint(&id, &is.rust);
        let tags = Tags {
            pii: flag(&is.pii),
            sensitive: flag(&is.sensitive),
            retention: is.retention.as_ref().and_then(|span| self.span(span)),
            basis: value(&is.basis),
            erase: is.erase.as_ref().map(|erase| erase.value),
            erase_with: value(&is.erase_with),
            ..Tags::default()
        };
        if tags != Tags::default() {
            self.tags.insert(id, tags);
        }
        ColumnFacts { spot: name.spot, type_, not_null, filled, generated: is.generated.is_some() }
    }

    /// Records a column that is to live beside the one that it was.
    fn expands(&mut self, id: &ObjectId, is: &Column) {
        let Some(strategy) = &is.strategy else { return };
        if self.renames.contains_key(id) {
            self.expanding.insert(id.clone());
        } else {
            let title = "a strategy is for a column that was another one";
            self.report
                .error("NX0225", strategy.spot, title, "")
                .help("add `was:` with the old name, or remove `strategy:`");
        }
    }

    /// Records a column that is filled in two ways.
    fn filled_once(&mut self, is: &Column) {
        let default = is.default.as_ref().map(|d| d.spot).or(is.default_expr.as_ref().map(|d| d.spot));
        let ways = [
            default.map(|spot| (spot, "default")),
            is.identity.as_ref().map(|identity| (identity.spot, "identity")),
            is.generated.as_ref().map(|generated| (generated.spot, "generated")),
        ];
        let ways: Vec<_> = ways.into_iter().flatten().collect();
        if let [(first, one), (second, other), ..] = ways[..] {
            let title = format!("a column cannot have both `{one}` and `{other}`");
            self.report
                .error("NX0209", first, title, "")
                .also(second, "the other one")
                .help("keep one of the two");
        }
    }

    fn keys(&mut self, table: &ObjectId, is: &Table) {
        let columns = || is.columns.iter().flat_map(|columns| &columns.0);
        let mut primary: Vec<Spot> = Vec::new();
        for (name, column) in columns() {
            if let (Some(name), Some(at)) = (name, column.primary_key.as_ref().filter(|key| key.value)) {
                primary.push(at.spot);
                if primary.len() == 1 && is.primary_key.is_none() {
                    self.key(table, Kept::Primary, None, std::slice::from_ref(name), None, name.spot);
                }
            }
        }
        if let Some(key) = &is.primary_key {
            primary.insert(0, key.spot);
            self.key(
                table,
                Kept::Primary,
                None,
                key.columns.as_deref().unwrap_or_default(),
                Some(key),
                key.spot,
            );
        }
        if let [first, second, ..] = primary[..] {
            let title = format!("the table `{}` has two primary keys", table.name());
            self.report
                .error("NX0207", second, title, "")
                .also(first, "the first one")
                .help("for a key of several columns write `primary_key: [a, b]` on the table");
        }
        for (name, column) in columns() {
            if let (Some(name), true) = (name, flag(&column.unique)) {
                self.key(table, Kept::Unique, None, std::slice::from_ref(name), None, name.spot);
            }
        }
        for (name, key) in is.unique.iter().flat_map(|keys| &keys.0) {
            let columns = key.columns.as_deref().unwrap_or_default();
            let spot = name.as_ref().map_or(key.spot, |name| name.spot);
            self.key(table, Kept::Unique, name.as_ref(), columns, Some(key), spot);
        }
    }

    fn key(
        &mut self,
        table: &ObjectId,
        kept: Kept,
        name: Option<&Spanned<String>>,
        columns: &[Spanned<String>],
        key: Option<&Key>,
        spot: Spot,
    ) {
        let word = if kept == Kept::Primary { "primary key" } else { "unique constraint" };
        if columns.is_empty() {
            self.report
                .error("NX0213", spot, format!("a {word} without columns"), "")
                .help("list its columns");
        }
        let columns = self.columns_of(table, columns);
        let include = self.columns_of(table, key.and_then(|key| key.include.as_deref()).unwrap_or_default());
        let explicit = name.or(key.and_then(|key| key.name.as_ref())).map(|name| name.value.clone());
        let name = explicit.unwrap_or_else(|| {
            let name = match kept {
                Kept::Primary => self.names.choose(table.schema(), table.name(), None, "pkey"),
                Kept::Unique => {
                    let all: Vec<_> = columns.iter().chain(&include).cloned().collect();
                    self.names.choose(table.schema(), table.name(), Some(&names::join(&all)), "key")
                }
            };
            self.names.relation([table.schema(), &name], "constraint", spot, self.report);
            self.names.constraint(table.schema(), &name);
            name
        });
        let id = table.child(Kind::Constraint, name);
        let storage = key.map(|key| options(&key.options)).unwrap_or_default();
        let tablespace = key.and_then(|key| value(&key.tablespace));
        let without_overlaps =
            key.is_some_and(|key| self.later(&key.without_overlaps, "a key without overlaps"));
        let body = match kept {
            Kept::Primary => ConstraintBody::PrimaryKey {
                columns: columns.clone(),
                include,
                options: storage.into(),
                tablespace,
                without_overlaps,
            },
            Kept::Unique => ConstraintBody::Unique {
                columns: columns.clone(),
                include,
                nulls_not_distinct: key.is_some_and(|key| flag(&key.nulls_not_distinct)),
                options: storage.into(),
                tablespace,
                without_overlaps,
            },
        };
        let constraint = Constraint {
            deferrable: key.is_some_and(|key| flag(&key.deferrable) || flag(&key.initially_deferred)),
            initially_deferred: key.is_some_and(|key| flag(&key.initially_deferred)),
            inherited: kinds::Inherited(key.is_some_and(|key| flag(&key.inherited))),
            ..Constraint::plain(body)
        };
        self.add(id.clone(), constraint, spot);
        if let Some(key) = key {
            self.said(&id, &key.said);
            self.on_index_of(&id, &key.index_description);
        }
        if let Some(facts) = self.tables.get_mut(&[table.schema().to_owned(), table.name().to_owned()]) {
            if kept == Kept::Primary {
                facts.primary = Some((id.clone(), columns.clone()));
            }
            facts.uniques.push((id, columns));
        }
    }

    /// The columns by their names; unknown and repeated ones are recorded.
    pub(super) fn columns_of(&mut self, table: &ObjectId, columns: &[Spanned<String>]) -> Vec<String> {
        for (at, column) in columns.iter().enumerate() {
            if let Some(earlier) = columns[..at].iter().find(|earlier| earlier.value == column.value) {
                let title = format!("the column `{}` is listed twice", column.value);
                self.report
                    .error("NX0213", column.spot, title, "")
                    .also(earlier.spot, "first listed here")
                    .help("keep one of the two");
            }
            self.known_column(table, column);
        }
        columns.iter().map(|column| column.value.clone()).collect()
    }

    /// Whether the table has the column; if not, that is recorded.
    pub(super) fn known_column(&mut self, table: &ObjectId, column: &Spanned<String>) -> bool {
        let Some(facts) = self.tables.get(&[table.schema().to_owned(), table.name().to_owned()]) else {
            return true;
        };
        if facts.open || facts.columns.contains_key(&column.value) {
            return true;
        }
        let help = did_you_mean(&column.value, facts.columns.keys().map(String::as_str));
        let help = help.unwrap_or_else(|| {
            let all: Vec<_> = facts.columns.keys().map(|name| format!("`{name}`")).collect();
            format!("its columns are {}", all.join(", "))
        });
        let title = format!("the table `{}` has no column `{}`", table.name(), column.value);
        self.report.error("NX0204", column.spot, title, "").also(facts.spot, "the table").help(help);
        false
    }

    fn checks(&mut self, table: &ObjectId, is: &Table) {
        let single =
            is.columns.iter().flat_map(|columns| &columns.0).filter_map(|(_, column)| column.check.clone());
        let single: Vec<_> = single.map(|expr| (None, expr, false, true, false, &None, &None)).collect();
        let several = is.checks.iter().flat_map(|checks| &checks.0).filter_map(|(name, check)| {
            let expr = check.expr.clone()?;
            Some((
                name.clone(),
                expr,
                flag(&check.no_inherit),
                !flag(&check.not_valid),
                flag(&check.inherited),
                &check.not_enforced,
                &check.said,
            ))
        });
        let all: Vec<_> = several.chain(single).collect();
        for (_, check) in is.checks.iter().flat_map(|checks| &checks.0) {
            if check.expr.is_none() && !check.given.contains("expr") {
                self.report
                    .error("NX0213", check.spot, "a check without a condition", "")
                    .help("add `expr: …`");
            }
        }
        for (name, expr, no_inherit, valid, inherited, not_enforced, said) in all {
            if expr.value.trim().is_empty() {
                self.report.error("NX0213", expr.spot, "a check without a condition", "").help("write SQL");
            }
            let name = match &name {
                Some(name) => name.value.clone(),
                None => {
                    let column = self.only_column(table, &expr.value);
                    self.names.choose_constraint(table.schema(), table.name(), column.as_deref(), "check")
                }
            };
            let id = table.child(Kind::Constraint, name);
            let body = ConstraintBody::Check { expr: Sql(expr.value.clone()), no_inherit };
            let not_enforced = self.later(not_enforced, "a check that nothing enforces");
            self.add(
                id.clone(),
                Constraint {
                    valid,
                    inherited: kinds::Inherited(inherited),
                    not_enforced,
                    ..Constraint::plain(body)
                },
                expr.spot,
            );
            for column in self.mentioned(table, &expr.value) {
                self.catalog.require(&id, table.child(Kind::Column, column));
            }
            self.said(&id, said);
        }
        for (name, exclusion) in is.exclusions.iter().flat_map(|all| &all.0) {
            let Some(definition) = &exclusion.definition else { continue };
            let name = match name {
                Some(name) => name.value.clone(),
                None => self.names.choose(table.schema(), table.name(), None, "excl"),
            };
            let id = table.child(Kind::Constraint, name);
            // A server spells the definition whole, so whether it waits is said there as well.
            let waits = match (flag(&exclusion.deferrable), flag(&exclusion.initially_deferred)) {
                (_, true) => " DEFERRABLE INITIALLY DEFERRED",
                (true, false) => " DEFERRABLE",
                (false, false) => "",
            };
            let body = ConstraintBody::Definition(Sql(format!("{}{waits}", definition.value.trim_end())));
            let constraint = Constraint {
                deferrable: !waits.is_empty(),
                initially_deferred: flag(&exclusion.initially_deferred),
                ..Constraint::plain(body)
            };
            self.add(id.clone(), constraint, definition.spot);
            for column in self.mentioned(table, &definition.value) {
                self.catalog.require(&id, table.child(Kind::Column, column));
            }
            self.said(&id, &exclusion.said);
            self.on_index_of(&id, &exclusion.index_description);
        }
    }

    /// The columns of the table that an expression names, as far as words can tell.
    pub(super) fn mentioned(&self, table: &ObjectId, expr: &str) -> Vec<String> {
        let facts = self.tables.get(&[table.schema().to_owned(), table.name().to_owned()]);
        let columns = facts.iter().flat_map(|facts| facts.columns.keys()).map(String::as_str);
        super::mentioned(columns, expr).into_iter().map(String::from).collect()
    }

    /// The column a check is named after: the only one in it.
    fn only_column(&self, table: &ObjectId, expr: &str) -> Option<String> {
        match self.mentioned(table, expr).as_slice() {
            [column] => Some(column.clone()),
            _ => None,
        }
    }
}

/// `default`, `full`, `nothing`, or the name of an index with a space before it.
pub(super) fn replica_identity(is: &Option<ReplicaIdentity>) -> Option<String> {
    match is {
        Some(ReplicaIdentity { index: Some(index), .. }) => Some(format!(" {}", index.value)),
        Some(ReplicaIdentity { rows: Some(rows), .. }) => Some(rows.value.0.to_owned()),
        _ => None,
    }
}

/// Which key it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    Primary,
    Unique,
}
