//! Edges to what an object names besides tables and types: access methods, operator classes, collations.
//!
//! They order creation; what is not declared belongs to PostgreSQL or to an extension, and is there already.

use super::{Resolver, names, routines};
use crate::catalog::{Kind, Object, ObjectId};
use crate::kinds::Sql;

impl Resolver<'_> {
    /// Adds the edges, once every object is known.
    pub(super) fn named_edges(&mut self) {
        let declared = |kind| self.catalog.of_kind(kind).next().is_some();
        if ![Kind::AccessMethod, Kind::OperatorClass, Kind::Collation].into_iter().any(declared) {
            return;
        }
        let mut edges: Vec<(ObjectId, ObjectId)> = Vec::new();
        for (id, entry) in self.catalog.iter() {
            let needed = needs(&entry.object).into_iter().filter(|needed| self.catalog.contains(needed));
            edges.extend(needed.map(|needed| (id.clone(), needed)));
        }
        for (id, needed) in edges {
            self.catalog.require(&id, needed);
        }
    }
}

/// What the object names, whether it is declared or not.
fn needs(object: &Object) -> Vec<ObjectId> {
    let method = |name: &String| ObjectId::new(Kind::AccessMethod, [name.as_str()]);
    let collation = |name: &Sql| path(name).map(|path| ObjectId::new(Kind::Collation, path));
    let class = |name: &Sql, method: &str| {
        path(name).map(|[schema, name]| ObjectId::new(Kind::OperatorClass, [schema.as_str(), &name, method]))
    };
    match object {
        Object::Table(table) => table.access_method.iter().map(method).collect(),
        Object::MaterializedView(view) => view.access_method.iter().map(method).collect(),
        Object::Column(column) => column.collation.iter().filter_map(collation).collect(),
        Object::Domain(domain) => domain.collation.iter().filter_map(collation).collect(),
        Object::Range(range) => {
            let classes = range.opclass.iter().filter_map(|name| class(name, "btree"));
            classes.chain(range.collation.iter().filter_map(collation)).collect()
        }
        Object::Index(index) => {
            let keys = index.keys.iter().flat_map(|key| {
                let classes = key.opclass.iter().filter_map(|name| class(name, &index.method));
                classes.chain(key.collation.iter().filter_map(collation))
            });
            keys.chain([method(&index.method)]).collect()
        }
        _ => Vec::new(),
    }
}

/// The schema and the name in an SQL name, with parameters behind it or without.
fn path(name: &Sql) -> Option<[String; 2]> {
    let text = routines::parentheses(name.as_str()).map_or(name.as_str(), |(name, _)| name);
    match names::split(text.trim()).as_deref() {
        Some([own]) => Some(["public".to_owned(), own.clone()]),
        Some([schema, own]) => Some([schema.clone(), own.clone()]),
        _ => None,
    }
}
