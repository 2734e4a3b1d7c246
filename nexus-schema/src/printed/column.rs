//! A column: its type, or what else there is to say of it on one line.

use super::Printer;
use super::constraint::Said;
use super::names;
use super::tree::{Map, Tree};
use super::types::{counting, put_options};
use crate::catalog::{Kind, Object, ObjectId};
use crate::document::{Erase, Tags};
use crate::kinds::{Column, Generated, Identity, NotNull, Sql};
use crate::resolve::names::make;

impl<'a> Printer<'a> {
    pub(super) fn column(&mut self, id: &'a ObjectId, column: &Column, said: &Said) -> Tree {
        let Column {
            ordinal: _,
            type_,
            collation,
            not_null,
            not_null_as,
            identity,
            generated,
            storage,
            compression,
            statistics,
            options,
            inherited,
            fdw_options,
        } = column;
        let name = id.name();
        let mut map = Map::default();
        map.put("type", names::type_(type_));
        self.was(id, &mut map);
        map.flag("inherited", inherited.0);
        map.flag("primary_key", said.primary.as_deref() == Some(name));
        map.flag("unique", said.unique.contains(name));
        let refused = *not_null && identity.is_none() && !said.in_key.contains(name);
        self.not_null(id, refused, not_null_as, &mut map);
        if let Some(Object::Default(default)) = self.catalog.get(&id.as_kind(Kind::Default)) {
            self.default(&default.expr, type_, &mut map);
        }
        if let Some(Identity { always, options }) = identity {
            let mut is = Map::default();
            is.put("generation", if *always { "always" } else { "by_default" });
            counting(type_, options, &mut is);
            map.put("identity", is.or_short("generation"));
        }
        if let Some(Generated { expr, stored }) = generated {
            let mut is = Map::default();
            is.put("expr", super::types::without_parentheses(expr.as_str()));
            if !stored {
                is.put("stored", false);
            }
            map.put("generated", is.or_short("expr"));
        }
        map.maybe("references", said.references.get(name).cloned());
        map.maybe("check", said.checks.get(name).cloned());
        map.maybe("collation", collation.as_ref().map(collation_name));
        map.maybe("storage", storage.as_ref());
        map.maybe("compression", compression.as_ref());
        map.maybe("statistics", *statistics);
        put_options("options", options, &mut map);
        put_options("foreign_options", fdw_options, &mut map);
        if let Some(Tags { pii, sensitive, retention, basis, erase, erase_with, .. }) =
            self.about.tags.get(id)
        {
            map.flag("pii", *pii);
            map.flag("sensitive", *sensitive);
            map.maybe("retention", retention.as_ref());
            map.maybe("basis", basis.as_ref());
            map.maybe("erase", erase.map(Erase::word));
            map.maybe("erase_with", erase_with.as_ref());
        }
        self.rust(id, &mut map);
        self.facets(id, &mut map);
        map.or_short("type")
    }
}

impl Printer<'_> {
    /// Whether a column refuses NULL, and what its constraint says beyond that.
    fn not_null(&mut self, id: &ObjectId, refused: bool, how: &NotNull, map: &mut Map) {
        let NotNull { name, not_valid, no_inherit } = how;
        let mut said = Map::default();
        said.maybe("name", name.as_ref());
        said.flag("not_valid", *not_valid);
        said.flag("no_inherit", *no_inherit);
        self.facets(&not_null_of(id, how), &mut said);
        match said.is_empty() {
            true => map.flag("not_null", refused),
            false => map.put("not_null", said),
        }
    }
}

/// The constraint behind the NOT NULL of a column, which is no object of its own.
pub(super) fn not_null_of(column: &ObjectId, how: &NotNull) -> ObjectId {
    let table = column.ancestor(Kind::Table, 2);
    let made_up = || make(table.name(), Some(column.name()), "not_null");
    let name = how.name.clone().unwrap_or_else(made_up);
    table.child(Kind::Constraint, name)
}

/// A collation by its name: those of the system go without their schema.
pub(super) fn collation_name(collation: &Sql) -> String {
    match crate::resolve::names::split(collation.as_str()).as_deref() {
        Some([schema, name]) if schema == "pg_catalog" => names::spell(&[name]),
        Some([schema, name]) => names::spell(&[schema, name]),
        _ => collation.as_str().to_owned(),
    }
}
