//! What a table asks of its rows: columns, keys, references, conditions.

use std::collections::{BTreeMap, BTreeSet};

use nexus_schema::catalog::{Catalog, Kind, Object, ObjectId};
use nexus_schema::kinds::{ConstraintBody, Sql, TableForm};

use super::near::{Near, mentioned};
use super::value::Maker;
use crate::db::{DbError, Session};
use crate::sql::{Pen, dotted};

const CONDITIONS: &str = include_str!("conditions.sql");

/// A table to make rows for.
#[derive(Debug)]
pub(super) struct Table<'c> {
    pub(super) id: &'c ObjectId,
    pub(super) columns: Vec<Column<'c>>,
    /// Columns of which no two rows may have the same values, by their places.
    pub(super) keys: BTreeSet<Vec<usize>>,
    pub(super) references: Vec<Reference>,
    pub(super) conditions: Vec<Condition>,
}

/// A column that rows give a value.
#[derive(Debug)]
pub(super) struct Column<'c> {
    pub(super) name: &'c str,
    /// Its type, in SQL.
    pub(super) type_: &'c str,
    /// The type under all domains, in SQL.
    pub(super) base: String,
    pub(super) maker: Maker<'c>,
    pub(super) nullable: bool,
    pub(super) has_default: bool,
    /// Whether the table counts it by itself.
    pub(super) counted: bool,
    /// What its conditions mention.
    pub(super) near: Vec<Near>,
}

/// A foreign key.
#[derive(Debug)]
pub(super) struct Reference {
    /// The referring columns, by their places.
    pub(super) columns: Vec<usize>,
    pub(super) table: ObjectId,
    /// The columns referred to, by their names.
    pub(super) target: Vec<String>,
}

/// What must hold of a row.
#[derive(Debug)]
pub(super) struct Condition {
    /// The columns that it is about, by their places.
    pub(super) columns: Vec<usize>,
    pub(super) sql: Sql,
    /// Whether it is a domain's and speaks of VALUE.
    pub(super) alone: bool,
}

/// The tables that hold rows of their own or send them to partitions, by their ids.
pub(super) fn tables(catalog: &Catalog) -> Vec<&ObjectId> {
    let holds = |(id, entry): &(&ObjectId, &nexus_schema::catalog::Entry)| {
        let is_foreign =
            matches!(&entry.object, Object::Table(table) if matches!(table.form, TableForm::Foreign { .. }));
        !is_foreign && !catalog.contains(&id.as_kind(Kind::Partition)) && !catalog.columns(id).is_empty()
    };
    catalog.of_kind(Kind::Table).filter(holds).map(|(id, _)| id).collect()
}

/// The tables that a table refers to, itself among them where it does.
pub(super) fn referred(catalog: &Catalog, table: &ObjectId) -> BTreeSet<ObjectId> {
    let keys = catalog.under(Kind::Constraint, table.path()).filter_map(|(_, entry)| match &entry.object {
        Object::Constraint(constraint) => match &constraint.body {
            ConstraintBody::ForeignKey { table, .. } => Some(ObjectId::new(Kind::Table, table.clone())),
            _ => None,
        },
        _ => None,
    });
    keys.collect()
}

/// Reads what a table asks, but for what only the server knows.
pub(super) fn table<'c>(catalog: &'c Catalog, id: &'c ObjectId) -> Table<'c> {
    let all = catalog.columns(id);
    let given: Vec<_> = all.iter().filter(|(_, column)| column.generated.is_none()).collect();
    let place = |name: &String| given.iter().position(|(id, _)| id.name() == name);
    let places = |names: &[String]| names.iter().map(place).collect::<Option<Vec<_>>>();
    let (mut keys, mut references, mut primary) = (BTreeSet::new(), Vec::new(), Vec::new());
    for (_, entry) in catalog.under(Kind::Constraint, id.path()) {
        let Object::Constraint(constraint) = &entry.object else { continue };
        match &constraint.body {
            ConstraintBody::PrimaryKey { columns, .. } => {
                primary = places(columns).unwrap_or_default();
                keys.extend(places(columns));
            }
            ConstraintBody::Unique { columns, .. } => keys.extend(places(columns)),
            ConstraintBody::ForeignKey { columns, table, target, .. } => {
                let table = ObjectId::new(Kind::Table, table.clone());
                references.extend(places(columns).map(|columns| Reference {
                    columns,
                    table,
                    target: target.clone(),
                }));
            }
            _ => {}
        }
    }
    for (index, entry) in catalog.of_kind(Kind::Index) {
        let Object::Index(it) = &entry.object else { continue };
        if it.unique && index.schema() == id.schema() && it.table == id.name() {
            // Of an expression, or of some rows: what it is about is to differ all the more.
            let names: Option<Vec<_>> = it.keys.iter().map(|key| key.column.clone()).collect();
            keys.extend(names.and_then(|names| places(&names)));
        }
    }
    // Those of most columns first: the others take what these have chosen.
    references.sort_by_key(|reference| std::cmp::Reverse(reference.columns.len()));
    let columns = given.iter().enumerate().filter_map(|(at, (column, it))| {
        let default = match catalog.get(&column.as_kind(Kind::Default)) {
            Some(Object::Default(default)) => Some(default.expr.as_str()),
            _ => None,
        };
        let counted = it.identity.is_some() || default.is_some_and(|default| default.starts_with("nextval("));
        let maker = Maker::of(catalog, column.name(), &it.type_, default, keys.contains(&vec![at]))?;
        Some(Column {
            name: column.name(),
            type_: &it.type_,
            base: maker.base().to_string(),
            maker,
            nullable: !it.not_null && !primary.contains(&at),
            has_default: default.is_some() || it.identity.is_some(),
            counted,
            near: Vec::new(),
        })
    });
    let columns = columns.collect();
    Table { id, columns, keys, references, conditions: Vec::new() }
}

/// Asks the server for the conditions of tables, and which of the texts in them are values of their columns.
pub(super) async fn conditions(session: &mut Session, tables: &mut [Table<'_>]) -> Result<(), DbError> {
    let names =
        tables.iter().map(|table| Pen::new().literal(&dotted(table.id.path())).text("::regclass::oid"));
    let oids = session.rows(&Pen::kw("SELECT").commas(names.map(|name| name.text("::text"))).end()).await?;
    let oids: Vec<String> = oids.into_iter().flatten().map(Option::unwrap_or_default).collect();
    let list = Pen::new().text_array(oids.iter().map(|oid| Some(oid.as_str()))).end();
    for row in session.rows(&CONDITIONS.replace("{relations}", &list)).await? {
        let [Some(relation), Some(columns), Some(condition), Some(alone)] = row.as_slice() else { continue };
        let Some(table) = oids.iter().position(|oid| oid == relation).and_then(|at| tables.get_mut(at))
        else {
            continue;
        };
        let names: Vec<String> = serde_json::from_str(columns).unwrap_or_default();
        let places =
            names.iter().filter_map(|name| table.columns.iter().position(|column| column.name == name));
        let columns: Vec<usize> = places.collect();
        for near in mentioned(condition) {
            for at in &columns {
                if let Some(column) = table.columns.get_mut(*at)
                    && !column.near.contains(&near)
                {
                    column.near.push(near.clone());
                }
            }
        }
        table.conditions.push(Condition { columns, sql: Sql(condition.clone()), alone: alone == "t" });
    }
    let mut known = BTreeMap::new();
    for table in tables {
        for column in &mut table.columns {
            let mut kept = Vec::new();
            for near in std::mem::take(&mut column.near) {
                let fits = match &near {
                    Near::Value(text) => is_taken(session, &column.base, text, &mut known).await?,
                    Near::Between(_, most) => {
                        !column.maker.is_text()
                            && is_taken(session, &column.base, &most.to_string(), &mut known).await?
                    }
                    Near::Length(_) | Near::Pattern(_) => column.maker.is_text(),
                };
                if fits {
                    kept.push(near);
                }
            }
            column.near = kept;
        }
    }
    Ok(())
}

/// Whether a type reads a text.
async fn is_taken(
    session: &mut Session,
    type_: &str,
    text: &str,
    known: &mut BTreeMap<(String, String), bool>,
) -> Result<bool, DbError> {
    let key = (type_.to_owned(), text.to_owned());
    if let Some(taken) = known.get(&key) {
        return Ok(*taken);
    }
    let asked = session.run(&Pen::kw("SELECT").literal(text).text("::").text(type_).end()).await;
    let taken = match asked {
        Ok(()) => true,
        Err(error) if error.code().is_some() => false,
        Err(error) => return Err(error),
    };
    known.insert(key, taken);
    Ok(taken)
}
