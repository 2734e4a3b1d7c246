//! From a catalog to a schema file: the mirror of `authored` and `resolve`.
//!
//! Says what a state holds in the words that people would choose: short forms, names left out where the resolver
//! makes up the same. Takes each object in hand once; what no section has a place for is handed back by its id.

mod column;
mod constraint;
mod facets;
mod index;
mod literal;
mod names;
mod plain;
mod programs;
mod rust_names;
mod scalar;
mod seeds;
mod table;
mod text;
mod tree;
mod types;

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{Catalog, Kind, Object, ObjectId};
use crate::document::{
    Allowance, Database, Declared, DeclaredTable, Derives, ModelsHint, Parts, RustHint, Tags,
};
use names::ConstraintNames;
use programs::Touches;
use tree::{Map, Room, Tree};

/// What a schema file says besides the state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// The database as a whole.
    pub database: Database,
    /// The tables in the order in which they are to be read; others follow.
    pub tables: Vec<DeclaredTable>,
    /// What is said of the models of all tables.
    pub models: ModelsHint,
    /// How things are called in Rust.
    pub rust: BTreeMap<ObjectId, RustHint>,
    /// Tags of columns and tables.
    pub tags: BTreeMap<ObjectId, Tags>,
    /// Renames: the new id, then the old one.
    pub renames: BTreeMap<ObjectId, ObjectId>,
}

impl From<&Declared> for About {
    fn from(declared: &Declared) -> Self {
        Self {
            database: declared.database.clone(),
            tables: declared.tables.clone(),
            models: declared.models.clone(),
            rust: declared.rust.clone(),
            tags: declared.tags.clone(),
            renames: declared.renames.clone(),
        }
    }
}

/// A schema file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// Its text.
    pub text: String,
    /// Objects that a schema file has no place for.
    pub left_out: Vec<ObjectId>,
}

const HEADER: &str = "# yaml-language-server: $schema=./nexus.schema.json\n";

/// Writes a state as a schema file; equal states give equal texts.
///
/// ```
/// use nexus_schema::catalog::{Catalog, Kind, ObjectId};
/// use nexus_schema::kinds::{Column, Table};
/// use nexus_schema::printed::{About, print};
///
/// let mut catalog = Catalog::default();
/// let users = ObjectId::new(Kind::Table, ["public", "users"]);
/// catalog.insert(users.child(Kind::Column, "name"), Column::of_type("text", 1));
/// catalog.insert(users, Table::default());
/// let printed = print(&catalog, &About::default());
/// assert!(printed.text.ends_with("tables:\n  users:\n    columns:\n      name: text\n"));
/// ```
pub fn print(catalog: &Catalog, about: &About) -> Printed {
    let mut printer = Printer::new(catalog, about);
    let document = printer.document();
    Printed {
        text: format!("{HEADER}{}", text::text(&document)),
        left_out: printer.left.into_iter().cloned().collect(),
    }
}

/// Writes some objects as the lines of a schema file that say them: what is to be put in, changed or taken out there.
///
/// A part needs its whole: the table of a column or an index stands in the catalog too.
///
/// ```
/// use nexus_schema::catalog::{Catalog, Kind, ObjectId};
/// use nexus_schema::kinds::{Column, Table};
/// use nexus_schema::printed::part;
///
/// let mut catalog = Catalog::default();
/// let users = ObjectId::new(Kind::Table, ["public", "users"]);
/// catalog.insert(users.child(Kind::Column, "name"), Column::of_type("text", 1));
/// catalog.insert(users, Table::default());
/// assert_eq!(part(&catalog), "tables:\n  users:\n    columns:\n      name: text\n");
/// ```
pub fn part(catalog: &Catalog) -> String {
    let about = About::default();
    let mut document = Printer::new(catalog, &about).document();
    document.entries.retain(|(key, _)| !["nexus", "database"].contains(&key.as_str()));
    for (_, section) in &mut document.entries {
        let Tree::Map(section) = section else { continue };
        for (_, object) in &mut section.entries {
            // A table whose columns are not spoken of has columns all the same.
            if let Tree::Map(object) = object {
                let is_empty = |value: &Tree| matches!(value, Tree::Map(map) if map.is_empty());
                object.entries.retain(|(key, value)| key != "columns" || !is_empty(value));
            }
        }
    }
    text::text(&document)
}

/// The state on its way into a document.
struct Printer<'a> {
    catalog: &'a Catalog,
    about: &'a About,
    /// What is not in the document yet.
    left: BTreeSet<&'a ObjectId>,
    /// What is said of an object, by the object.
    facets: BTreeMap<&'a ObjectId, Vec<(&'a ObjectId, &'a Object)>>,
    /// Indexes and statistics by the relation they are on.
    parts: BTreeMap<[&'a str; 2], Vec<(&'a ObjectId, &'a Object)>>,
    constraint_names: ConstraintNames,
    rust: BTreeMap<ObjectId, RustHint>,
    touches: Touches<'a>,
}

impl<'a> Printer<'a> {
    fn new(catalog: &'a Catalog, about: &'a About) -> Self {
        let mut facets: BTreeMap<_, Vec<_>> = BTreeMap::new();
        let mut parts: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (id, entry) in catalog.iter() {
            if let Some(target) = id.target() {
                facets.entry(target).or_default().push((id, &entry.object));
            }
            let relation = match &entry.object {
                Object::Index(index) => [id.schema(), index.table.as_str()],
                Object::Statistics(statistics) => {
                    let [schema, name] = &statistics.table;
                    [schema.as_str(), name.as_str()]
                }
                _ => continue,
            };
            parts.entry(relation).or_default().push((id, &entry.object));
        }
        let left = catalog.iter().map(|(id, _)| id).collect();
        let constraint_names = ConstraintNames::of(catalog);
        let touches = Touches::default();
        let rust = rust_names::with_own_names(catalog, &about.rust);
        let mut printer = Self { catalog, about, left, facets, parts, constraint_names, rust, touches };
        printer.touches = Touches::of(&printer);
        printer
    }

    fn document(&mut self) -> Map {
        let mut document = Map::of(Room::Spaced);
        document.put("nexus", 1_i64);
        document.put("database", self.database());
        self.models(&mut document);
        self.extensions(&mut document);
        self.schemas(&mut document);
        self.types(&mut document);
        self.functions(&mut document);
        self.tables(&mut document);
        self.views(&mut document);
        self.rarer(&mut document);
        self.seeds(&mut document);
        document
    }

    fn database(&self) -> Map {
        let Database { name, version, postgres, description, online, max_lock, allow } = &self.about.database;
        let mut map = Map::default();
        map.put("name", name);
        map.maybe("version", version.as_ref());
        map.maybe("postgres", *postgres);
        map.maybe("description", description.as_ref());
        map.maybe("online", *online);
        map.maybe("max_lock", max_lock.as_ref());
        let allowance = |it: &Allowance| {
            let mut map = Map::of(Room::Row);
            map.put("hazard", &it.hazard);
            map.maybe("of", it.of.as_ref());
            map.put("reason", &it.reason);
            Tree::from(map)
        };
        map.filled("allow", allow.iter().map(allowance).collect::<Vec<_>>());
        map
    }

    fn models(&self, document: &mut Map) {
        let ModelsHint { parts, derives } = &self.about.models;
        let mut map = Map::default();
        map.maybe("parts", (*parts == Parts::Rows).then_some("rows"));
        self::derives(derives, &mut map);
        if !map.is_empty() {
            document.put("models", map.or_short("parts"));
        }
    }

    fn extensions(&mut self, document: &mut Map) {
        self.section(document, "extensions", Kind::Extension, Room::Block, |printer, id, object| {
            let Object::Extension(crate::kinds::Extension { schema }) = object else { return None };
            let mut map = Map::default();
            map.maybe("schema", schema.as_ref().filter(|schema| *schema != "public"));
            printer.facets(id, &mut map);
            Some(map.or_nothing())
        });
    }

    fn schemas(&mut self, document: &mut Map) {
        self.section(document, "schemas", Kind::Schema, Room::Block, |printer, id, object| {
            let Object::Schema(crate::kinds::Schema {}) = object else { return None };
            let mut map = Map::default();
            printer.facets(id, &mut map);
            // `public` is always there.
            (id.name() != "public" || !map.is_empty()).then(|| map.or_nothing())
        });
    }

    /// A section of the objects of one kind by their names; short where nothing is said but names.
    fn section(
        &mut self,
        document: &mut Map,
        key: &str,
        kind: Kind,
        room: Room,
        mut write: impl FnMut(&mut Self, &'a ObjectId, &'a Object) -> Option<Tree>,
    ) {
        let mut map = Map::of(room);
        for (id, object) in self.all(kind) {
            self.left.remove(id);
            if let Some(tree) = write(self, id, object) {
                map.put(names::of_id(id), tree);
            }
        }
        document.filled(key, names_alone(map));
    }

    /// The objects of a kind, those of `public` first.
    fn all(&self, kind: Kind) -> Vec<(&'a ObjectId, &'a Object)> {
        let mut all: Vec<_> = self.catalog.of_kind(kind).map(|(id, entry)| (id, &entry.object)).collect();
        if kind.lives_in_schema() {
            all.sort_by_key(|(id, _)| id.schema() != "public");
        }
        all
    }

    /// The objects of a kind below a relation.
    fn under(&self, kind: Kind, relation: &'a ObjectId) -> Vec<(&'a ObjectId, &'a Object)> {
        self.catalog.under(kind, relation.path()).map(|(id, entry)| (id, &entry.object)).collect()
    }

    /// The name that an object had before, where it is to be renamed.
    fn was(&self, id: &ObjectId, map: &mut Map) {
        if let Some(old) = self.about.renames.get(id) {
            // Where an object has moved, its former schema is part of the name.
            let whole = id.kind().lives_in_schema() && id.whole().is_empty() && id.kind() != Kind::Schema;
            let name = if whole && old.schema() != id.schema() {
                names::spell(&[old.schema(), old.own_name()])
            } else {
                names::spell(&[old.own_name()])
            };
            map.put("was", name);
        }
    }

    /// How an object is called in Rust, where its author says so.
    fn rust(&self, id: &ObjectId, map: &mut Map) {
        if let Some(RustHint { name, type_, parts, derives, attributes, version, skip, lookup: _ }) =
            self.rust.get(id)
        {
            let mut hint = Map::default();
            hint.maybe("name", name.as_ref());
            hint.maybe("type", type_.as_ref());
            hint.maybe(
                "parts",
                parts.map(|parts| match parts {
                    Parts::All => "all",
                    Parts::Rows => "rows",
                }),
            );
            self::derives(derives, &mut hint);
            hint.filled("attributes", attributes.clone());
            hint.maybe("version", version.as_ref());
            hint.flag("skip", *skip);
            if !hint.is_empty() {
                map.put("rust", hint.or_short("name"));
            }
        }
    }
}

/// What structs derive besides.
fn derives(Derives { row, new, patch }: &Derives, map: &mut Map) {
    map.filled("derive", row.clone());
    map.filled("derive_new", new.clone());
    map.filled("derive_patch", patch.clone());
}

/// A mapping from names to nothing as a list of the names.
fn names_alone(map: Map) -> Tree {
    match map.entries.iter().all(|(_, value)| *value == Tree::Null) {
        true => Tree::List(map.entries.into_iter().map(|(name, _)| Tree::Text(name)).collect()),
        false => Tree::Map(map),
    }
}

/// `name=value` texts as a mapping.
fn options(options: &[String]) -> Map {
    let mut map = Map::default();
    for option in options {
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        map.put(name, literal::loose(value));
    }
    map
}
