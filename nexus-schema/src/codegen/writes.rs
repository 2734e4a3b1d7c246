//! What can be done with a table besides reading it whole: keys, pages, relations, constraints.
//!
//! Sees the catalog and the shapes of columns; decides what is worth generating, and what it is called.

use std::collections::{BTreeMap, BTreeSet};

use super::shape::{ColumnShape, TableShape};
use super::{RustType, names};
use crate::catalog::{Catalog, Kind, Object, ObjectId};
use crate::kinds::{ConstraintBody, Index};
use crate::statements::Order;

/// The most columns of a key or a cursor: tuples of the runtime go no further.
const WIDEST: usize = 8;

/// What a table offers besides its rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Writes {
    /// The unique keys: the name of the constant, and the columns; the primary key first.
    pub keys: Vec<(String, Vec<String>)>,
    /// The orders in which it can be read page by page.
    pub pages: Vec<PageShape>,
    /// The foreign keys.
    pub relations: Vec<RelationShape>,
    /// What a write can break: the variant, and the name in SQL.
    pub constraints: Vec<(String, String)>,
}

/// An order in which a table can be read page by page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageShape {
    /// The name of the constant.
    pub name: String,
    /// What rows are ordered by.
    pub columns: Vec<String>,
    /// Which way.
    pub order: Order,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelationShape {
    /// The name of the constant.
    pub name: String,
    /// The constraint.
    pub constraint: String,
    /// The referring columns.
    pub columns: Vec<String>,
    /// The table it refers to.
    pub table: ObjectId,
    /// The columns it refers to.
    pub target: Vec<String>,
}

/// The indexes of a catalog by the table they are on, so that each table finds its own.
pub(super) struct Indexes<'a>(BTreeMap<(&'a str, &'a str), Vec<(&'a ObjectId, &'a Index)>>);

impl<'a> Indexes<'a> {
    pub(super) fn new(catalog: &'a Catalog) -> Self {
        let mut all = BTreeMap::<_, Vec<_>>::new();
        for (id, entry) in catalog.of_kind(Kind::Index) {
            if let Object::Index(index) = &entry.object {
                all.entry((id.schema(), index.table.as_str())).or_default().push((id, index));
            }
        }
        Self(all)
    }

    fn of(&self, table: &'a ObjectId) -> &[(&'a ObjectId, &'a Index)] {
        self.0.get(&(table.schema(), table.name())).map_or(&[], Vec::as_slice)
    }
}

/// What a table with these columns offers.
pub(super) fn of<'a>(
    catalog: &'a Catalog,
    indexes: &Indexes<'a>,
    table: &'a ObjectId,
    columns: &[ColumnShape],
    primary_key: &[String],
) -> Writes {
    let mut build =
        Build { columns, taken: BTreeSet::new(), variants: BTreeSet::new(), found: Writes::default() };
    if !primary_key.is_empty() {
        build.key(primary_key);
        build.page(primary_key, Order::Ascending);
    }
    for (id, entry) in catalog.under(Kind::Constraint, table.path()) {
        let Object::Constraint(constraint) = &entry.object else { continue };
        build.constraint(id.name());
        match &constraint.body {
            ConstraintBody::Unique { columns, without_overlaps: false, .. } if !constraint.deferrable => {
                build.key(columns);
            }
            ConstraintBody::ForeignKey { columns, table, target, .. } => {
                build.relation(id.name(), columns, ObjectId::new(Kind::Table, table.clone()), target);
            }
            _ => {}
        }
    }
    for (id, index) in indexes.of(table) {
        if index.unique {
            build.constraint(id.name());
        }
        let plain: Option<Vec<String>> = index.keys.iter().map(|key| key.column.clone()).collect();
        let Some(keys) = plain.filter(|_| index.predicate.is_none() && index.valid) else { continue };
        if index.unique {
            build.key(&keys);
        }
        let down = index.keys.iter().filter(|key| key.descending).count();
        let one_way = down == 0 || down == keys.len();
        let plain = index.keys.iter().all(|key| key.opclass.is_none() && key.collation.is_none());
        if index.method == "btree" && one_way && plain && !keys.is_empty() {
            let order = if down == 0 { Order::Ascending } else { Order::Descending };
            let mut columns = keys;
            if !index.unique {
                let more: Vec<_> = primary_key.iter().filter(|key| !columns.contains(key)).cloned().collect();
                if primary_key.is_empty() {
                    continue;
                }
                columns.extend(more);
            }
            build.page(&columns, order);
        }
    }
    build.found
}

struct Build<'a> {
    columns: &'a [ColumnShape],
    /// The names of constants so far.
    taken: BTreeSet<String>,
    variants: BTreeSet<String>,
    found: Writes,
}

impl Build<'_> {
    fn column(&self, name: &str) -> Option<&ColumnShape> {
        self.columns.iter().find(|column| column.id.name() == name)
    }

    /// Whether values of these columns can be given as a key.
    fn are_values(&self, columns: &[String]) -> bool {
        let is_value = |column: &ColumnShape| is_value(&column.type_) && is_compared(column);
        let is_value = |name: &String| self.column(name).is_some_and(is_value);
        columns.len() <= WIDEST && columns.iter().all(is_value)
    }

    fn key(&mut self, columns: &[String]) {
        let same = |(_, known): &(String, Vec<String>)| known == columns;
        if self.are_values(columns) && !self.found.keys.iter().any(same) {
            let name = self.named("BY_", columns);
            self.found.keys.push((name, columns.to_vec()));
        }
    }

    fn page(&mut self, columns: &[String], order: Order) {
        let refuses_null = |name: &String| self.column(name).is_some_and(|column| !column.nullable);
        let same = |known: &PageShape| known.columns == columns && known.order == order;
        if self.are_values(columns) && columns.iter().all(refuses_null) && !self.found.pages.iter().any(same)
        {
            let name = self.named("PAGE_BY_", columns);
            self.found.pages.push(PageShape { name, columns: columns.to_vec(), order });
        }
    }

    fn relation(&mut self, constraint: &str, columns: &[String], table: ObjectId, target: &[String]) {
        let stem = match columns {
            [column] => {
                vec![column.strip_suffix("_id").filter(|stem| !stem.is_empty()).unwrap_or(column).to_owned()]
            }
            columns => columns.to_vec(),
        };
        let name = self.named("TO_", &stem);
        self.found.relations.push(RelationShape {
            name,
            constraint: constraint.to_owned(),
            columns: columns.to_vec(),
            table,
            target: target.to_vec(),
        });
    }

    fn constraint(&mut self, name: &str) {
        let variant = free(&mut self.variants, &names::variant(name));
        self.found.constraints.push((variant, name.to_owned()));
    }

    fn named(&mut self, prefix: &str, columns: &[String]) -> String {
        let names: Vec<_> = columns.iter().map(|name| names::constant(name)).collect();
        free(&mut self.taken, &format!("{prefix}{}", names.join("_AND_")))
    }
}

/// The name, or the name with a number behind it where it is taken.
fn free(taken: &mut BTreeSet<String>, name: &str) -> String {
    let mut free = name.to_owned();
    let mut n = 2;
    while !taken.insert(free.clone()) {
        free = format!("{name}{n}");
        n += 1;
    }
    free
}

/// Whether the runtime sends values of this type without sqlx's being asked: any but an author's own.
pub(super) fn is_value(type_: &RustType) -> bool {
    match type_ {
        RustType::Custom(_) => false,
        RustType::Array(item) | RustType::Range(item) | RustType::Id(_, item) => is_value(item),
        RustType::Scalar(_) | RustType::Enum(_) => true,
    }
}

/// Whether PostgreSQL compares values of the column's type: of those without a default operator class for `btree`
/// (https://www.postgresql.org/docs/current/datatype-geometric.html) there is no order, and of `json` no `=`.
fn is_compared(column: &ColumnShape) -> bool {
    const NOT: [&str; 9] = ["json", "point", "line", "lseg", "box", "path", "polygon", "circle", "lquery"];
    let name = column.sql_type.trim_end_matches("[]");
    !NOT.contains(&name.rsplit('.').next().unwrap_or(name))
}

impl TableShape {
    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&ColumnShape> {
        self.columns.iter().find(|column| column.id.name() == name)
    }

    /// The columns that an insert can give.
    pub(super) fn writable(&self) -> impl Iterator<Item = &ColumnShape> {
        self.columns.iter().filter(|column| column.writable)
    }

    /// The columns that an update can change: the primary key stays.
    pub(super) fn changeable(&self) -> impl Iterator<Item = &ColumnShape> {
        self.writable().filter(|column| !self.primary_key.iter().any(|key| key == column.id.name()))
    }
}
