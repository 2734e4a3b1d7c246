//! From what was written to what is meant: names, types, defaults and edges filled in, and the catalog built.
//!
//! Goes on after a mistake, so that all of them are found; a catalog with mistakes is thrown away by the caller.

mod access;
mod audit;
mod keys;
mod links;
mod named;
pub(crate) mod names;
mod not_null;
mod parents;
mod programs;
mod rare;
mod routines;
mod said;
mod seeds;
mod server;
mod statistics;
mod table;
mod types;
mod views;

pub(crate) use audit::objects as audit_objects;
pub(crate) use links::key_names;
pub(crate) use programs::{touch_function, touch_trigger, touch_trigger_name};

use std::collections::{BTreeMap, BTreeSet};

use crate::authored::decode::{Entries, Loose, Spanned};
use crate::authored::{self, File};
use crate::catalog::{Catalog, Kind, Object, ObjectId};
use crate::document::{Access, Allowance, Database, DeclaredSeeds, DeclaredTable, Tags};
use crate::kinds;
use crate::report::{Report, Spot, did_you_mean};
use crate::rust::{Derives, ModelsHint, Naming, Parts, RustHint};
use crate::types::TypeRef;
use names::Names;

/// What is known of a column while the rest is resolved.
#[derive(Debug, Clone)]
pub(crate) struct ColumnFacts {
    pub(crate) spot: Spot,
    pub(crate) type_: Option<TypeRef>,
    pub(crate) not_null: bool,
    /// Whether an insert may leave it out: it has a default, an identity or an expression.
    pub(crate) filled: bool,
    pub(crate) generated: bool,
}

/// What is known of a table while the rest is resolved.
#[derive(Debug, Clone, Default)]
pub(crate) struct TableFacts {
    pub(crate) spot: Spot,
    pub(crate) columns: BTreeMap<String, ColumnFacts>,
    pub(crate) primary: Option<(ObjectId, Vec<String>)>,
    /// Columns that are unique together, with what makes them so.
    pub(crate) uniques: Vec<(ObjectId, Vec<String>)>,
    /// Unique indexes, whole and on plain columns, with these in order of their names.
    pub(crate) unique_indexes: Vec<(ObjectId, Vec<String>)>,
    /// Whether the columns are not all known here, because some come from elsewhere.
    pub(crate) open: bool,
}

/// A type that the schema makes.
#[derive(Debug, Clone)]
pub(crate) enum Made {
    Enum(Vec<String>),
    Domain(Option<TypeRef>),
    /// A table's row.
    Row,
    /// A type of another kind, of which no more is known here.
    Other,
}

/// The state under construction.
pub(crate) struct Resolver<'a> {
    pub(crate) report: &'a mut Report,
    pub(crate) database: Database,
    pub(crate) catalog: Catalog,
    pub(crate) order: Vec<DeclaredTable>,
    pub(crate) seeds: Vec<DeclaredSeeds>,
    /// Default rows that are only for some databases, by the environment.
    pub(crate) environments: BTreeMap<String, Catalog>,
    pub(crate) places: BTreeMap<ObjectId, Spot>,
    pub(crate) models: ModelsHint,
    pub(crate) rust: BTreeMap<ObjectId, RustHint>,
    pub(crate) tags: BTreeMap<ObjectId, Tags>,
    pub(crate) access: Access,
    /// Columns that are to live beside the ones that they were.
    pub(crate) expanding: BTreeSet<ObjectId>,
    /// Where what the database allows is written, in its order.
    pub(crate) allowed: Vec<Spot>,
    pub(crate) renames: BTreeMap<ObjectId, ObjectId>,
    names: Names,
    schemas: BTreeSet<String>,
    extensions: BTreeSet<String>,
    made: BTreeMap<[String; 2], (Made, ObjectId)>,
    tables: BTreeMap<[String; 2], TableFacts>,
    parents: parents::Parents,
    /// The functions that `touch` made.
    touches: BTreeSet<ObjectId>,
}

/// A member of the file with its name taken apart.
struct Named<'f, T> {
    path: [String; 2],
    spot: Spot,
    is: &'f T,
}

/// Builds the state that the files declare.
pub(crate) fn resolve<'a>(files: &[File], report: &'a mut Report) -> Resolver<'a> {
    let mut cx = Resolver {
        report,
        database: Database::default(),
        catalog: Catalog::default(),
        order: Vec::new(),
        seeds: Vec::new(),
        environments: BTreeMap::new(),
        places: BTreeMap::new(),
        models: ModelsHint::default(),
        rust: BTreeMap::new(),
        tags: BTreeMap::new(),
        access: Access::default(),
        expanding: BTreeSet::new(),
        allowed: Vec::new(),
        renames: BTreeMap::new(),
        names: Names::default(),
        schemas: BTreeSet::from(["public".to_owned()]),
        extensions: BTreeSet::new(),
        made: BTreeMap::new(),
        tables: BTreeMap::new(),
        parents: parents::Parents::default(),
        touches: BTreeSet::new(),
    };
    cx.whole(files);
    let enums = cx.named(files, "enum", |file| &file.enums);
    let domains = cx.named(files, "domain", |file| &file.domains);
    let sequences = cx.named(files, "sequence", |file| &file.sequences);
    let tables = cx.named(files, "table", |file| &file.tables);
    let views = cx.named(files, "view", |file| &file.views);
    for table in &tables {
        let [schema, name] = &table.path;
        cx.names.relation([schema, name], "table", table.spot, cx.report);
        cx.names.type_([schema, name], "table", table.spot, cx.report);
        let id = ObjectId::new(Kind::Table, table.path.clone());
        cx.made.insert(table.path.clone(), (Made::Row, id));
    }
    cx.rare_types(files);
    cx.enums(&enums);
    cx.domains(&domains);
    cx.sequences(&sequences);
    cx.views(&views);
    cx.functions(files);
    cx.explicit_names(&tables);
    cx.explicit_names_of_views(&views);
    for table in &tables {
        cx.table(table);
    }
    for table in &tables {
        cx.indexes(table);
    }
    for table in &tables {
        cx.foreign_keys(table);
        cx.triggers(table);
        cx.policies(table);
    }
    for table in &tables {
        let id = ObjectId::new(Kind::Table, table.path.clone());
        cx.rules(&id, &table.is.rules);
        cx.statistics(&id, &table.is.statistics);
    }
    for table in &tables {
        cx.audit(table);
    }
    cx.parts_of_views(&views);
    cx.rare(files);
    cx.rare_edges();
    cx.named_edges();
    cx.sequence_owners(&sequences);
    cx.seeds(files);
    cx.mentions();
    cx.access(files, &tables);
    cx.rust_names();
    cx
}

impl Resolver<'_> {
    /// The database, schemas and extensions.
    fn whole(&mut self, files: &[File]) {
        let Some(main) = files.first() else { return };
        for file in files {
            match &file.nexus {
                Some(version) if version.value != 1 => {
                    let title =
                        format!("this file is of format {}, and only format 1 is known", version.value);
                    self.report.error("NX0106", version.spot, title, "").help("write `nexus: 1`");
                }
                None if !file.given.contains("nexus") => {
                    let title = "the number of the format is missing";
                    self.report.error("NX0107", file.spot, title, "").help("begin the file with `nexus: 1`");
                }
                _ => {}
            }
        }
        for file in &files[1..] {
            if let Some(database) = &file.database {
                let title = "the database is described in an included file";
                self.report
                    .error("NX0108", database.spot, title, "")
                    .help("keep `database:` in the file that includes this one");
            }
            if let Some(models) = &file.models {
                let title = "the models of all tables are described in an included file";
                self.report
                    .error("NX0108", models.spot, title, "")
                    .help("keep `models:` in the file that includes this one");
            }
        }
        if let Some(models) = &main.models {
            let derives = derives([&models.derive, &models.derive_new, &models.derive_patch]);
            self.models = ModelsHint { parts: parts(&models.parts).unwrap_or_default(), derives };
        }
        match &main.database {
            Some(database) => self.database(database),
            None if !main.given.contains("database") => {
                let title = "`database:` is missing";
                let help = "add `database: { name: my_database }`";
                self.report.error("NX0107", main.spot, title, "").help(help);
            }
            None => {}
        }
        for (name, schema) in files.iter().flat_map(|f| f.schemas.iter().flat_map(|s| &s.0)) {
            let Some(name) = name else { continue };
            names::check(&name.value, "schema", name.spot, self.report);
            if name.value.starts_with("pg_") || name.value == "information_schema" {
                let title = format!("the name `{}` is kept for PostgreSQL", name.value);
                self.report.error("NX0407", name.spot, title, "").help("choose a name without `pg_`");
            }
            self.schemas.insert(name.value.clone());
            let id = ObjectId::new(Kind::Schema, [name.value.as_str()]);
            self.add(id.clone(), kinds::Schema {}, name.spot);
            self.said(&id, &schema.said);
        }
        for (name, extension) in files.iter().flat_map(|f| f.extensions.iter().flat_map(|s| &s.0)) {
            let Some(name) = name else { continue };
            self.extensions.insert(name.value.clone());
            let schema = extension.schema.as_ref().map(|schema| schema.value.clone());
            if let Some(schema) = &extension.schema {
                self.known_schema(&schema.value, schema.spot);
            }
            let id = ObjectId::new(Kind::Extension, [name.value.as_str()]);
            self.add(id.clone(), kinds::Extension { schema }, name.spot);
            self.said(&id, &extension.said);
        }
    }

    fn database(&mut self, database: &authored::Database) {
        match &database.name {
            Some(name) => names::check(&name.value, "database", name.spot, self.report),
            None if !database.given.contains("name") => {
                let title = "the name of the database is missing";
                self.report.error("NX0107", database.spot, title, "").help("add `name: my_database`");
            }
            None => {}
        }
        let postgres = database.postgres.as_ref().and_then(|version| match u32::try_from(version.value) {
            Ok(major @ 15..=99) => Some(major),
            _ => {
                let title = format!("PostgreSQL {} is not supported", version.value);
                self.report.error("NX0109", version.spot, title, "").help("write a major version from 15 on");
                None
            }
        });
        self.database = Database {
            name: value(&database.name).unwrap_or_default(),
            version: database.version.as_ref().map(|version| version.value.0.clone()),
            postgres,
            description: value(&database.description),
            online: database.online.as_ref().map(|online| online.value),
            max_lock: database.max_lock.as_ref().map(|mode| mode.value.0.to_owned()),
            allow: database
                .allow
                .iter()
                .flatten()
                .filter_map(|allowance| self.allowance(allowance))
                .collect(),
        };
    }

    /// A hazard that is taken on purpose; without a reason it is not.
    fn allowance(&mut self, it: &authored::Allowance) -> Option<Allowance> {
        for key in ["hazard", "reason"] {
            if !it.given.contains(key) {
                let title = format!("`{key}` is missing in what is allowed");
                let help = "write `{ hazard: data-loss, of: users.last_name, reason: … }`";
                self.report.error("NX0107", it.spot, title, "").help(help);
            }
        }
        let reason = it.reason.as_ref()?;
        if reason.value.trim().is_empty() {
            let title = "the reason is empty";
            self.report.error("NX0107", reason.spot, title, "").help("say why it is right");
        }
        let (hazard, of) = (it.hazard.as_ref()?.value.0.to_owned(), value(&it.of));
        self.allowed.push(it.spot);
        Some(Allowance { hazard, of, reason: reason.value.clone() })
    }

    /// The members of one section of all files, with their names checked.
    fn named<'f, T: crate::authored::decode::Shape>(
        &mut self,
        files: &'f [File],
        what: &'static str,
        section: impl Fn(&'f File) -> &'f Option<crate::authored::decode::Members<T>>,
    ) -> Vec<Named<'f, T>> {
        let mut found = Vec::new();
        let mut seen: BTreeMap<[String; 2], Spot> = BTreeMap::new();
        let members = files.iter().flat_map(|file| section(file).iter().flat_map(|members| &members.0));
        for (name, is) in members {
            let Some(name) = name else { continue };
            let Some(path) = self.path(&name.value, what, name.spot) else { continue };
            let [schema, own] = &path;
            names::check(own, what, name.spot, self.report);
            self.known_schema(schema, name.spot);
            if let Some(earlier) = seen.insert(path.clone(), name.spot) {
                let title = format!("the {what} `{}` is declared twice", name.value);
                self.report
                    .error("NX0402", name.spot, title, "declared again here")
                    .also(earlier, "first declared here")
                    .help("keep one of the two");
                continue;
            }
            found.push(Named { path, spot: name.spot, is });
        }
        found
    }

    /// Takes `schema.name` apart; `public` is meant where no schema is named.
    fn path(&mut self, text: &str, what: &str, spot: Spot) -> Option<[String; 2]> {
        match names::split(text).as_deref() {
            Some([name]) => Some(["public".into(), name.clone()]),
            Some([schema, name]) => Some([schema.clone(), name.clone()]),
            _ => {
                let title = format!("`{text}` is not the name of a {what}");
                let help = "write `name` or `schema.name`; a name with a dot in it stands in double quotes";
                self.report.error("NX0406", spot, title, "").help(help);
                None
            }
        }
    }

    fn known_schema(&mut self, schema: &str, spot: Spot) {
        if !self.schemas.contains(schema) && schema != "pg_catalog" {
            let help = did_you_mean(schema, self.schemas.iter().map(String::as_str));
            let title = format!("there is no schema `{schema}`");
            self.report
                .error("NX0201", spot, title, "")
                .help(help.unwrap_or_else(|| format!("declare it: `schemas: {{ {schema}: {{}} }}`")));
            // Said once is enough.
            self.schemas.insert(schema.to_owned());
        }
    }

    /// Records objects of one name in Rust.
    fn rust_names(&mut self) {
        let tables = self.catalog.of_kind(Kind::Table).map(|(id, _)| id);
        let with_id: BTreeSet<_> = tables.filter(|table| self.has_id_type(table)).collect();
        let naming = Naming { catalog: &self.catalog, hints: &self.rust };
        crate::check::rust::check(naming, |table| with_id.contains(table), &self.places, self.report);
    }

    /// Puts an object in the catalog and remembers where it is written.
    fn add(&mut self, id: ObjectId, object: impl Into<Object>, spot: Spot) {
        self.places.insert(id.clone(), spot);
        self.catalog.insert(id, object);
    }

    fn comment(&mut self, id: &ObjectId, text: &Option<Spanned<String>>) {
        // An empty comment is none: `COMMENT ON … IS ''` takes a comment away.
        if let Some(text) = text.as_ref().filter(|text| !text.value.is_empty()) {
            self.add(id.of(Kind::Comment, []), kinds::Comment { text: text.value.clone() }, text.spot);
        }
    }

    fn hint(&mut self, id: &ObjectId, rust: &Option<authored::Rust>) {
        if let Some(rust) = rust {
            for name in rust.name.iter() {
                if !crate::rust::names::is_ident(&name.value) {
                    let title = format!("`{}` is not a name in Rust", name.value.escape_debug());
                    self.report.error("NX0408", name.spot, title, "").help("use letters, digits and `_`");
                }
            }
            let of_tables = [
                rust.parts.as_ref().map(|parts| parts.spot),
                rust.derive.iter().flatten().next().map(|text| text.spot),
                rust.derive_new.iter().flatten().next().map(|text| text.spot),
                rust.derive_patch.iter().flatten().next().map(|text| text.spot),
                rust.attributes.iter().flatten().next().map(|text| text.spot),
                rust.version.as_ref().map(|text| text.spot),
                rust.skip.as_ref().map(|flag| flag.spot),
            ];
            if let Some(spot) = of_tables.into_iter().flatten().next().filter(|_| id.kind() != Kind::Table) {
                let title = "only the `rust:` of a table says this";
                let help = "here it takes `name` and `type`";
                self.report.error("NX0102", spot, title, "").help(help);
            }
            let hint = RustHint {
                name: value(&rust.name),
                type_: value(&rust.type_),
                parts: parts(&rust.parts),
                derives: derives([&rust.derive, &rust.derive_new, &rust.derive_patch]),
                attributes: texts(&rust.attributes),
                version: value(&rust.version),
                skip: flag(&rust.skip),
                lookup: None,
            };
            self.rust.insert(id.clone(), hint);
        }
    }

    /// Records that the object had another name; the old one is a bare name or one with its schema.
    fn renamed(&mut self, id: &ObjectId, was: &Option<Spanned<String>>) {
        let Some(was) = was else { return };
        let mut path = id.path().to_vec();
        let parts = match path.len() {
            // A name that no schema stands before is taken as it is written.
            1 => Some(vec![was.value.clone()]).filter(|name| !name[0].is_empty()),
            // So is a label, which may be any text.
            3 if id.kind() == Kind::Enum => Some(vec![was.value.clone()]),
            _ => names::split(&was.value),
        };
        let typed = matches!(
            id.kind(),
            Kind::Function | Kind::Aggregate | Kind::OperatorFamily | Kind::OperatorClass
        );
        let own = if typed { 1 } else { path.len().saturating_sub(1) };
        match parts.as_deref() {
            Some([name]) if own < path.len() => path[own].clone_from(name),
            Some([schema, name]) if own == 1 && id.kind().lives_in_schema() => {
                path[0].clone_from(schema);
                path[1].clone_from(name);
            }
            _ => {
                let title = format!("`{}` is not the former name of this {}", was.value, id.kind());
                self.report.error("NX0214", was.spot, title, "").help("write the old name alone");
                return;
            }
        }
        let old = ObjectId::new(id.kind(), path);
        let title = if old == *id {
            format!("`{}` is said to have been itself", was.value)
        } else if let Some((other, _)) = self.renames.iter().find(|(_, other)| **other == old) {
            format!("`{}` is said to have become `{}` as well", was.value, other.name())
        } else {
            self.places.insert(old.of(Kind::Comment, ["was"]), was.spot);
            self.renames.insert(id.clone(), old);
            return;
        };
        self.report
            .error("NX0214", was.spot, title, "")
            .help("an object has one former name: remove this `was:`");
    }

    /// Whether an enum that is declared has this label.
    fn is_label(&self, id: &ObjectId) -> bool {
        let of = Some(id)
            .filter(|id| id.path().len() == 3)
            .and_then(|id| self.catalog.get(&id.ancestor(Kind::Enum, 2)));
        matches!(of, Some(crate::catalog::Object::Enum(of)) if id.kind() == Kind::Enum && of.labels.iter().any(|label| label == id.name()))
    }

    /// Records renames whose old name is still there, and edges to what default expressions name.
    fn mentions(&mut self) {
        let still = self.renames.values().filter(|old| self.catalog.contains(old) || self.is_label(old));
        let still: Vec<_> = still.cloned().collect();
        for old in still {
            let Some(&spot) = self.places.get(&old.of(Kind::Comment, ["was"])) else { continue };
            let title = format!("`{}` is still declared, so nothing else can have been it", old.name());
            let found = self.report.error("NX0214", spot, title, "");
            let found = match self.places.get(&old) {
                Some(&place) => found.also(place, "it is declared here"),
                None => found,
            };
            found.help("remove `was:`, or the declaration of the old name");
        }
        self.places.retain(|id, _| !(id.kind() == Kind::Comment && id.path() == ["was"]));
        let mut targets: BTreeMap<&str, Vec<&ObjectId>> = BTreeMap::new();
        for (id, _) in
            [Kind::Sequence, Kind::Function].into_iter().flat_map(|kind| self.catalog.of_kind(kind))
        {
            targets.entry(&id.path()[1]).or_default().push(id);
        }
        let mut edges = Vec::new();
        for (id, entry) in self.catalog.iter() {
            let expr = match &entry.object {
                Object::Default(default) => &default.expr,
                Object::Constraint(kinds::Constraint {
                    body: kinds::ConstraintBody::Check { expr, .. },
                    ..
                }) => expr,
                _ => continue,
            };
            let mentioned = words(expr.as_str()).filter_map(|word| targets.get(word)).flatten();
            for target in mentioned {
                if target.kind() == Kind::Sequence || expr.as_str().contains('(') {
                    edges.push((id.clone(), (*target).clone()));
                }
            }
        }
        for (id, target) in edges {
            self.catalog.require(&id, target);
        }
    }
}

/// The words of an SQL text, names in quotes included.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).filter(|word| !word.is_empty())
}

/// The columns that an expression names, as far as words can tell.
pub(crate) fn mentioned<'c>(columns: impl Iterator<Item = &'c str>, expr: &str) -> Vec<&'c str> {
    // Texts in quotes are no names.
    let code: String = expr.split('\'').step_by(2).collect::<Vec<_>>().join(" ");
    let named = |column: &&str| words(&code).any(|word| word == *column || word.to_lowercase() == **column);
    columns.filter(named).collect()
}

fn value(text: &Option<Spanned<String>>) -> Option<String> {
    text.as_ref().map(|text| text.value.clone())
}

/// Which parts of models are chosen, if any are.
fn parts(word: &Option<Spanned<authored::Parts>>) -> Option<Parts> {
    word.as_ref().map(|word| match word.value.0 {
        "rows" => Parts::Rows,
        _ => Parts::All,
    })
}

fn texts(texts: &Option<Vec<Spanned<String>>>) -> Vec<String> {
    texts.iter().flatten().map(|text| text.value.clone()).collect()
}

/// What rows, new rows and patches derive.
fn derives([row, new, patch]: [&Option<Vec<Spanned<String>>>; 3]) -> Derives {
    Derives { row: texts(row), new: texts(new), patch: texts(patch) }
}

fn flag(flag: &Option<Spanned<bool>>) -> bool {
    flag.as_ref().is_some_and(|flag| flag.value)
}

/// Options as `name=value`, sorted.
fn options(options: &Option<Entries<Spanned<Loose>>>) -> Vec<String> {
    let mut all: Vec<_> = options
        .iter()
        .flat_map(|options| &options.0)
        .map(|(name, value)| format!("{}={}", name.value, value.value.0))
        .collect();
    all.sort();
    all
}

/// A collation as PostgreSQL spells it: those of the system live in `pg_catalog`.
fn collation(text: &str) -> kinds::Sql {
    let parts = names::split(text).unwrap_or_else(|| vec![text.to_owned()]);
    let quoted: Vec<_> = parts.iter().map(|part| crate::types::quote_ident(part)).collect();
    match quoted.len() {
        1 => kinds::Sql(format!("pg_catalog.{}", quoted[0])),
        _ => kinds::Sql(quoted.join(".")),
    }
}
