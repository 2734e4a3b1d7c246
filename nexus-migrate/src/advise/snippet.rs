//! What to write in a schema file, as the lines that say it.
//!
//! A column or a table stands with all that the server knows of it; what only its author knows, such as its description,
//! stays as it is.

use nexus_schema::catalog::{Catalog, Kind, Object, ObjectId};
use nexus_schema::kinds::{Column, Constraint, ConstraintBody, Default, Index, Inherited, Sql, Table};
use nexus_schema::printed;

use super::indexes::plain;

/// Lines to put in.
pub(super) fn put_in(part: &Catalog) -> String {
    told("in the schema file, write", part)
}

/// Lines to take out.
pub(super) fn take_out(part: &Catalog) -> String {
    told("in the schema file, take out", part)
}

fn told(what: &str, part: &Catalog) -> String {
    format!("{what}\n{}", printed::part(part).trim_end())
}

/// A table by its name alone.
pub(super) fn table(id: &ObjectId) -> Catalog {
    let mut part = Catalog::default();
    part.insert(id.clone(), Table::default());
    part
}

/// An object and the table that it is of.
pub(super) fn of_table(table_id: &ObjectId, id: &ObjectId, object: impl Into<Object>) -> Catalog {
    let mut part = table(table_id);
    part.insert(id.clone(), object);
    part
}

/// A new index on columns, under the name that its table and they give it.
pub(super) fn new_index(catalog: &Catalog, table: &ObjectId, columns: &[String]) -> Catalog {
    let (name, index) = index_on(catalog, table, columns);
    of_table(table, &ObjectId::new(Kind::Index, [table.schema(), &name]), index)
}

/// The longest name that PostgreSQL takes, in bytes.
const LONGEST: usize = 63;

/// A plain index on columns, and a name for it that nothing has.
pub(super) fn index_on(catalog: &Catalog, table: &ObjectId, columns: &[String]) -> (String, Index) {
    let stem = format!("idx_{}_{}", table.name(), columns.join("_"));
    let name = (0..).map(|n| {
        let end = if n == 0 { String::new() } else { n.to_string() };
        format!("{}{end}", crate::sql::shortened(&stem, LONGEST - end.len()))
    });
    let is_free = |name: &String| {
        catalog.relation(table.schema(), name).is_none()
            && !catalog.contains(&ObjectId::new(Kind::Index, [table.schema(), name]))
    };
    let name = name.into_iter().find(is_free).unwrap_or(stem);
    let index = Index {
        table: table.name().to_owned(),
        unique: false,
        nulls_not_distinct: false,
        method: "btree".into(),
        keys: columns.iter().map(|column| plain(column)).collect(),
        include: Vec::new(),
        predicate: None,
        options: Vec::new().into(),
        tablespace: None,
        valid: true,
        parent: None,
    };
    (name, index)
}

/// Puts a column as it would be into a part, with what the server knows of it alone.
pub(super) fn add_column(part: &mut Catalog, catalog: &Catalog, id: &ObjectId, column: Column) {
    let table = id.ancestor(Kind::Table, 2);
    for (constraint, entry) in catalog.under(Kind::Constraint, table.path()) {
        if let Object::Constraint(is) = &entry.object
            && is_of_column(is, id.name())
        {
            part.insert(constraint.clone(), Constraint { inherited: Inherited(false), ..is.clone() });
        }
    }
    let is_counted = column.identity.is_some();
    if let Some(Object::Default(Default { expr })) = catalog.get(&id.as_kind(Kind::Default))
        && !is_counted
    {
        let expr = match catalog.get(id) {
            Some(Object::Column(was)) if was.type_ != column.type_ => recast(expr, &column.type_),
            _ => expr.clone(),
        };
        part.insert(id.as_kind(Kind::Default), Default { expr });
    }
    part.insert(id.clone(), Column { inherited: Inherited(false), ..column });
    if !part.contains(&table) {
        part.insert(table, Table::default());
    }
}

/// A literal of another type; what is none stays.
fn recast(expr: &Sql, type_: &str) -> Sql {
    let text = expr.as_str().strip_prefix('\'').and_then(|rest| rest.rsplit_once("'::"));
    match text {
        Some((text, _)) if !text.replace("''", "").contains('\'') => format!("'{text}'::{type_}").into(),
        _ => expr.clone(),
    }
}

/// Whether a column says a constraint by itself.
fn is_of_column(constraint: &Constraint, name: &str) -> bool {
    match &constraint.body {
        ConstraintBody::PrimaryKey { columns, .. }
        | ConstraintBody::Unique { columns, .. }
        | ConstraintBody::ForeignKey { columns, .. } => columns.len() == 1 && columns[0] == name,
        ConstraintBody::Check { .. } | ConstraintBody::Definition(_) => false,
    }
}
