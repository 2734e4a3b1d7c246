//! Rows that belong to the schema, by table.

use std::collections::BTreeMap;

use super::Printer;
use super::literal;
use super::names;
use super::tree::{Map, Room, Tree};
use crate::catalog::{Kind, Object, ObjectId};
use crate::kinds::{OnEdit, OnInsert, OnRemoval, Ordinal, Seed, SeedPolicy};
use crate::types::TypeRef;

impl<'a> Printer<'a> {
    pub(super) fn seeds(&mut self, document: &mut Map) {
        let mut tables: BTreeMap<&[String], Vec<(&'a ObjectId, &'a Seed)>> = BTreeMap::new();
        for (id, object) in self.all(Kind::Seed) {
            if let Object::Seed(seed) = object {
                tables.entry(&id.path()[..2]).or_default().push((id, seed));
            }
        }
        let mut tables: Vec<_> = tables.into_iter().collect();
        for (_, rows) in &mut tables {
            rows.sort_by_key(|(_, seed)| seed.ordinal.0);
        }
        tables.sort_by_key(|(_, rows)| rows.first().map(|(_, seed)| seed.ordinal.0));
        let mut map = Map::of(Room::Spaced);
        for (path, rows) in tables {
            let Some((_, Seed { key, policy, .. })) = rows.first() else { continue };
            let mut printed = Vec::new();
            for (id, row) in &rows {
                let Seed { key: own, values, on_insert: OnInsert(_), ordinal: Ordinal(_), policy: _ } = row;
                if own == key
                    && let Some(tree) = self.row(&id.ancestor(Kind::Table, 2), key, values)
                {
                    self.left.remove(*id);
                    printed.push(tree);
                }
            }
            let mut seeds = Map::of(Room::Block);
            seeds.put("key", key.as_slice());
            if let ([column], Some((id, _))) = (key.as_slice(), rows.first()) {
                let column = id.ancestor(Kind::Table, 2).child(Kind::Column, column);
                let lookup = self.rust.get(&column).and_then(|hint| hint.lookup.as_ref());
                seeds.maybe("as_enum", lookup);
            }
            let SeedPolicy { on_edit, delete } = policy;
            match on_edit {
                OnEdit::Keep => {}
                OnEdit::Overwrite => seeds.put("on_edit", "overwrite"),
                OnEdit::Fail => seeds.put("on_edit", "fail"),
            }
            match delete {
                OnRemoval::Unchanged => {}
                OnRemoval::Never => seeds.put("delete", "never"),
            }
            seeds.put("rows", Tree::List(printed));
            map.put(names::qualified([&path[0], &path[1]]), seeds);
        }
        document.filled("seeds", map);
    }

    /// A row, its key first, then the columns in the table's order.
    fn row(
        &self,
        table: &ObjectId,
        key: &[String],
        values: &BTreeMap<String, Option<String>>,
    ) -> Option<Tree> {
        let columns = self.catalog.columns(table);
        let mut names: Vec<&str> = key.iter().map(String::as_str).collect();
        let others = columns.iter().map(|(id, _)| id.name()).filter(|name| values.contains_key(*name));
        names.extend(others.filter(|name| !key.iter().any(|key| key == name)));
        let mut map = Map::of(Room::Row);
        for name in names {
            let column = columns.iter().find(|(id, _)| id.name() == name).map(|(_, column)| column)?;
            let tree = match values.get(name)? {
                None => Tree::Null,
                Some(text) => literal::of_text(text, &self.under_domains(&column.type_)?)?,
            };
            map.put(name, tree);
        }
        Some(map.into())
    }

    /// The type under all domains.
    fn under_domains(&self, type_: &str) -> Option<TypeRef> {
        let mut type_ = TypeRef::parse(type_).ok()?;
        for _ in 0..32 {
            let path = [type_.schema.clone().unwrap_or_default(), type_.name.clone()];
            match self.catalog.get(&ObjectId::new(Kind::Domain, path)) {
                Some(Object::Domain(domain)) => {
                    let base = TypeRef::parse(&domain.base).ok()?;
                    type_ = TypeRef { array: type_.array || base.array, ..base };
                }
                _ => return Some(type_),
            }
        }
        None
    }
}
