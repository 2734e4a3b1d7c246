//! Indexes of tables and materialized views.

use super::Printer;
use super::column::collation_name;
use super::names;
use super::tree::{Map, Tree};
use super::types::{put_options, without_parentheses};
use crate::catalog::{Object, ObjectId};
use crate::kinds::{Index, IndexKey, Sql};
use crate::resolve::{self, names::make};

impl<'a> Printer<'a> {
    /// The indexes among the parts of a relation: a list where each has the name that the resolver makes up.
    pub(super) fn indexes(&mut self, id: &ObjectId, parts: &[(&'a ObjectId, &'a Object)], map: &mut Map) {
        let mut all = Vec::new();
        let mut made_up = true;
        for (index, object) in parts {
            let Object::Index(is) = object else { continue };
            self.left.remove(*index);
            let columns = resolve::key_names(&is.keys);
            let own = make(id.name(), Some(&resolve::names::join(&columns)), "idx");
            made_up &= own == index.name() && self.constraint_names.times(index.schema(), &own) == 0;
            all.push((index.name().to_owned(), self.index(index, is)));
        }
        match made_up {
            true => map.filled("indexes", all.into_iter().map(|(_, tree)| tree).collect::<Vec<_>>()),
            false => map.filled("indexes", Map::by_name(all)),
        }
    }

    fn index(&mut self, id: &'a ObjectId, index: &Index) -> Tree {
        let Index {
            table: _,
            unique,
            nulls_not_distinct,
            method,
            keys,
            include,
            predicate,
            options,
            tablespace,
            valid,
            parent,
        } = index;
        let mut map = Map::default();
        map.put("on", keys.iter().map(key).collect::<Vec<_>>());
        self.was(id, &mut map);
        if method != "btree" {
            map.put("method", method);
        }
        map.flag("unique", *unique);
        map.flag("nulls_not_distinct", *nulls_not_distinct);
        map.filled("include", include.as_slice());
        map.maybe("where", predicate.as_ref().map(|predicate| without_parentheses(predicate.as_str())));
        put_options("with", options, &mut map);
        map.maybe("tablespace", tablespace.as_ref());
        map.maybe("part_of", parent.as_ref().map(names::of_path));
        map.flag("invalid", !valid);
        self.facets(id, &mut map);
        map.or_short("on")
    }
}

fn key(key: &IndexKey) -> Tree {
    let IndexKey { column, expr, collation, opclass, descending, nulls_first, statistics } = key;
    let mut map = Map::default();
    map.maybe("column", column.as_ref());
    map.maybe("expr", expr.as_ref().map(|expr| without_parentheses(expr.as_str())));
    map.flag("desc", *descending);
    if nulls_first != descending {
        map.put("nulls", if *nulls_first { "first" } else { "last" });
    }
    let of_system = |sql: &Sql| sql.as_str().strip_prefix("pg_catalog.").unwrap_or(sql.as_str()).to_owned();
    map.maybe("opclass", opclass.as_ref().map(of_system));
    map.maybe("collation", collation.as_ref().map(collation_name));
    map.maybe("statistics", *statistics);
    map.or_short("column")
}
