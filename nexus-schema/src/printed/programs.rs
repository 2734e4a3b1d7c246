//! Functions, triggers and views.

use std::collections::{BTreeMap, BTreeSet};

use super::Printer;
use super::literal::loose;
use super::names;
use super::tree::{Map, Room, Tree};
use super::types::put_options;
use crate::catalog::{Kind, Object, ObjectId};
use crate::kinds::{
    Body, Column, ColumnSettings, Function, MaterializedView, Routine, Sql, Trigger, View, ViewColumn,
    Volatility,
};
use crate::resolve;

impl<'a> Printer<'a> {
    pub(super) fn functions(&mut self, document: &mut Map) {
        let mut count: BTreeMap<&[String], usize> = BTreeMap::new();
        for (id, _) in self.catalog.of_kind(Kind::Function) {
            *count.entry(&id.path()[..2]).or_default() += 1;
        }
        let mut map = Map::of(Room::Spaced);
        for (id, object) in self.all(Kind::Function) {
            let Object::Function(function) = object else { continue };
            self.left.remove(id);
            if self.touches.functions.contains(id) {
                continue;
            }
            let [schema, name, arguments] = id.path() else { continue };
            let key = match count.get(&id.path()[..2]) {
                Some(1) | None if !name.contains(['(', ')']) => names::qualified([schema, name]),
                _ => names::signature(schema, name, arguments),
            };
            map.put(key, self.function(id, function));
        }
        document.filled("functions", map);
    }

    fn function(&mut self, id: &'a ObjectId, function: &Function) -> Map {
        let Function {
            routine,
            arguments,
            returns,
            language,
            body,
            volatility,
            strict,
            security_definer,
            leakproof,
            parallel,
            cost,
            rows,
            support,
            settings,
            transforms,
        } = function;
        let mut map = Map::of(Room::Block);
        self.was(id, &mut map);
        self.facets(id, &mut map);
        map.flag("procedure", *routine == Routine::Procedure);
        map.flag("window", *routine == Routine::Window);
        if !arguments.as_str().is_empty() {
            map.put("arguments", arguments.as_str());
        }
        map.maybe("returns", returns.as_ref().map(Sql::as_str));
        if language != "sql" {
            map.put("language", language);
        }
        match volatility {
            Volatility::Volatile => {}
            Volatility::Stable => map.put("volatility", "stable"),
            Volatility::Immutable => map.put("volatility", "immutable"),
        }
        map.flag("strict", *strict);
        // One without a `search_path` of its own has to say so.
        match (security_definer, settings.iter().any(|setting| setting.starts_with("search_path="))) {
            (true, false) => map.put("security_definer", "unpinned"),
            (pinned, _) => map.flag("security_definer", *pinned),
        }
        map.flag("leakproof", *leakproof);
        if parallel != "unsafe" {
            map.put("parallel", parallel);
        }
        map.maybe("cost", cost.as_deref().map(loose));
        map.maybe("rows", rows.as_deref().map(loose));
        map.maybe("support", support.as_ref().map(Sql::as_str));
        put_options("settings", settings, &mut map);
        map.filled("transforms", transforms.iter().map(String::as_str).collect::<Vec<_>>());
        match body {
            Body::Text(text) => map.put("body", text),
            Body::Sql(sql) => map.put("sql_body", sql.as_str()),
            Body::Symbol { file, symbol } => {
                let mut both = Map::default();
                both.put("file", file);
                both.put("symbol", symbol);
                map.put("symbol", both);
            }
        }
        map
    }

    /// The triggers of a relation, those of `touch` by their column alone.
    pub(super) fn triggers(&mut self, id: &'a ObjectId, map: &mut Map) {
        let mut triggers = Map::of(Room::Block);
        for (trigger, object) in self.under(Kind::Trigger, id) {
            let Object::Trigger(is) = object else { continue };
            self.left.remove(trigger);
            if self.touches.triggers.contains(trigger) {
                continue;
            }
            let tree = self.trigger(trigger, is);
            triggers.put(trigger.name(), tree);
        }
        map.filled("triggers", triggers);
        map.maybe("touch", self.touches.columns.get(id));
    }

    fn trigger(&mut self, id: &'a ObjectId, trigger: &Trigger) -> Map {
        let Trigger {
            timing,
            events,
            columns,
            for_each_row,
            when,
            function,
            arguments,
            constraint,
            deferrable,
            initially_deferred,
            old_table,
            new_table,
            from_table,
            enabled,
            inherited,
        } = trigger;
        let mut map = Map::default();
        self.was(id, &mut map);
        map.put("timing", timing.to_lowercase().replace(' ', "_"));
        map.put("events", events.iter().map(|event| event.to_lowercase()).collect::<Vec<_>>());
        map.filled("columns", columns.as_slice());
        if !for_each_row {
            map.put("for_each", "statement");
        }
        map.maybe("when", when.as_ref().map(Sql::as_str));
        map.put("function", names::of_path(function));
        map.filled("arguments", arguments.as_slice());
        map.flag("constraint", *constraint);
        match initially_deferred {
            true => map.put("initially_deferred", true),
            false => map.flag("deferrable", *deferrable),
        }
        map.maybe("old_table", old_table.as_ref());
        map.maybe("new_table", new_table.as_ref());
        map.maybe("from_table", from_table.as_ref().map(names::of_path));
        if enabled != "origin" {
            map.put("enabled", enabled);
        }
        map.flag("inherited", *inherited);
        self.facets(id, &mut map);
        map
    }

    pub(super) fn views(&mut self, document: &mut Map) {
        let mut map = Map::of(Room::Spaced);
        let both = [Kind::View, Kind::MaterializedView].into_iter().flat_map(|kind| self.all(kind));
        let mut all: Vec<_> = both.collect();
        all.sort_by_key(|(id, _)| (id.schema() != "public", id.schema(), id.name()));
        for (id, object) in all {
            self.left.remove(id);
            map.put(names::of_id(id), self.view(id, object));
        }
        document.filled("views", map);
    }

    fn view(&mut self, id: &'a ObjectId, object: &Object) -> Tree {
        let mut map = Map::of(Room::Block);
        self.was(id, &mut map);
        let materialized = matches!(object, Object::MaterializedView(_));
        map.flag("materialized", materialized);
        self.facets(id, &mut map);
        let (columns, query, settings) = match object {
            Object::View(View { columns, options, query }) => {
                put_options("options", options, &mut map);
                (columns, query, [].as_slice())
            }
            Object::MaterializedView(view) => {
                let MaterializedView {
                    columns,
                    options,
                    query,
                    populated,
                    access_method,
                    tablespace,
                    clustered_on,
                    replica_identity,
                    settings,
                } = view;
                if !populated {
                    map.put("with_data", false);
                }
                put_options("options", options, &mut map);
                map.maybe("access_method", access_method.as_ref());
                map.maybe("tablespace", tablespace.as_ref());
                super::table::replica_identity(replica_identity.as_deref(), &mut map);
                map.maybe("clustered_on", clustered_on.as_ref());
                (columns, query, settings.as_slice())
            }
            _ => return map.into(),
        };
        self.view_columns(id, columns, settings, &mut map);
        self.parts_of(id, &mut map);
        self.triggers(id, &mut map);
        self.rules(id, &mut map);
        // The server begins its text with a blank.
        map.put("query", query.as_str().trim_start());
        map.or_short("query")
    }

    /// The columns of a view, where there is something to say of one.
    fn view_columns(
        &mut self,
        id: &'a ObjectId,
        columns: &[ViewColumn],
        settings: &[ColumnSettings],
        map: &mut Map,
    ) {
        let mut all = Map::of(Room::Block);
        let mut said = false;
        for ViewColumn { name, type_, default } in columns {
            let mut column = Map::default();
            column.put("type", names::type_(type_));
            column.maybe("default", default.as_ref().map(Sql::as_str));
            if let Some(kept) = settings.iter().find(|kept| kept.column == *name) {
                let ColumnSettings { column: _, storage, compression, statistics, options } = kept;
                column.maybe("storage", storage.as_ref());
                column.maybe("compression", compression.as_ref());
                column.maybe("statistics", *statistics);
                put_options("options", options, &mut column);
            }
            let part = id.child(Kind::Column, name.as_str());
            self.was(&part, &mut column);
            self.facets(&part, &mut column);
            said |= column.entries.len() > 1;
            all.put(name, column.or_short("type"));
        }
        if said {
            map.put("columns", all);
        }
    }
}

/// The triggers and functions that are exactly those of `touch`, or of `audit` where the table says so.
#[derive(Debug, Default)]
pub(super) struct Touches<'a> {
    pub(super) functions: BTreeSet<&'a ObjectId>,
    pub(super) triggers: BTreeSet<&'a ObjectId>,
    pub(super) columns: BTreeMap<&'a ObjectId, String>,
}

impl<'a> Touches<'a> {
    pub(super) fn of(printer: &Printer<'a>) -> Self {
        let mut found = Self::default();
        for (function, object) in printer.all(Kind::Function) {
            let [schema, name, arguments] = function.path() else { continue };
            let Some(column) = name.strip_prefix("touch_").filter(|_| arguments.is_empty()) else { continue };
            let own = resolve::touch_function(column);
            if *object != Object::Function(own) || printer.is_spoken_of(function) {
                continue;
            }
            let calls = printer.catalog.of_kind(Kind::Trigger).filter(|(_, entry)| {
                matches!(&entry.object, Object::Trigger(trigger) if trigger.function == [schema.clone(), name.clone()])
            });
            let calls: Vec<_> = calls.collect();
            let mut tables = BTreeMap::new();
            for (trigger, entry) in &calls {
                let table = trigger.ancestor(Kind::Table, 2);
                let is_own = entry.object == Object::Trigger(resolve::touch_trigger(schema, column))
                    && table.schema() == schema
                    && trigger.name() == resolve::touch_trigger_name(table.name(), column)
                    && printer.is_time(&table, column)
                    && !printer.is_spoken_of(trigger);
                let table = printer.catalog.find(&table);
                let Some((table, _)) =
                    table.filter(|(table, _)| is_own && !found.columns.contains_key(*table))
                else {
                    break;
                };
                tables.insert(table, column.to_owned());
            }
            if !calls.is_empty() && tables.len() == calls.len() {
                found.functions.insert(function);
                found.triggers.extend(calls.into_iter().map(|(trigger, _)| trigger));
                found.columns.extend(tables);
            }
        }
        for (table, tags) in &printer.about.tags {
            let made = tags
                .audit
                .map(|audit| resolve::audit_objects(printer.catalog, &printer.about.tags, table, audit));
            for (id, object) in made.into_iter().flatten().flatten() {
                match printer.catalog.find(&id) {
                    Some((_, there)) if *there != object => {}
                    Some((id, _)) if id.kind() == Kind::Function => {
                        found.functions.insert(id);
                    }
                    Some((id, _)) => {
                        found.triggers.insert(id);
                    }
                    None => {}
                }
            }
        }
        found
    }
}

impl Printer<'_> {
    fn is_time(&self, table: &ObjectId, column: &str) -> bool {
        let times = ["timestamp", "date", "time "];
        matches!(
            self.catalog.get(&table.child(Kind::Column, column)),
            Some(Object::Column(Column { type_, inherited: crate::kinds::Inherited(false), .. }))
                if times.iter().any(|time| type_.starts_with(time)) && !type_.ends_with(']')
        )
    }
}
