//! The part of a schema that a change can touch: what changes, what stands on that, and all that either needs.
//!
//! ```text
//! changed ── stands on it ─▶ touched ── needs ─▶ Part          changes that no edge bounds ─▶ Boundless
//! ```
//! What lies outside of a part neither makes nor breaks the change: it needs nothing that changes, and nothing in the part
//! needs it. Pure. Sees ids, edges, and the words of texts; of SQL it knows that a name can only be meant where it stands.

use std::collections::{BTreeMap, BTreeSet};

use nexus_schema::catalog::{Catalog, Entry, Kind, Object, ObjectId};
use nexus_schema::kinds::{ConstraintBody, Function};

use crate::kinds;
use crate::sql::mentions;

/// A part of a schema, in wholes: a table is in it with its columns, its keys and all that is said of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part {
    /// Relations by their schema.
    relations: BTreeMap<String, BTreeSet<String>>,
    others: BTreeSet<ObjectId>,
}

/// Why no part of a schema bounds a change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Boundless {
    /// Something answers to statements whatever they are about, or its text is for PostgreSQL alone to read.
    #[error("{0} may answer to anything")]
    Answers(ObjectId),
    /// What changes may give a new meaning to texts that do not name it.
    #[error("{0} may be meant without its name")]
    Meant(ObjectId),
    /// A body makes up statements while it runs.
    #[error("{0} may name anything when it runs")]
    Dynamic(ObjectId),
}

impl Part {
    fn of_wholes(wholes: &BTreeSet<Whole<'_>>) -> Self {
        let mut part = Self::default();
        for whole in wholes {
            match whole {
                Whole::Relation(schema, name) => {
                    part.relations.entry((*schema).to_owned()).or_default().insert((*name).to_owned());
                }
                Whole::Other(id) => {
                    part.others.insert((*id).clone());
                }
            }
        }
        part
    }

    /// Whether an object is in it.
    pub fn holds(&self, id: &ObjectId) -> bool {
        match Whole::of(id) {
            Whole::Relation(schema, name) => {
                self.relations.get(schema).is_some_and(|names| names.contains(name))
            }
            Whole::Other(id) => self.others.contains(id),
        }
    }

    /// What of a state is in it.
    #[must_use]
    pub fn of(&self, state: &Catalog) -> Catalog {
        let held = state.iter().filter(|(id, _)| self.holds(id));
        held.map(|(id, entry)| (id.clone(), entry.clone())).collect()
    }

    /// A state with this part of it as in another one.
    #[must_use]
    pub fn replaced(&self, state: &Catalog, by: &Catalog) -> Catalog {
        let outside = state.iter().filter(|(id, _)| !self.holds(id));
        outside.chain(by.iter()).map(|(id, entry)| (id.clone(), entry.clone())).collect()
    }

    /// How many of the tables of a state are in it.
    pub fn tables(&self, state: &Catalog) -> usize {
        state.of_kind(Kind::Table).filter(|(id, _)| self.holds(id)).count()
    }
}

/// What an object is a part of or said of, or itself. Relations of a schema share their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Whole<'a> {
    Relation(&'a str, &'a str),
    Other(&'a ObjectId),
}

impl<'a> Whole<'a> {
    fn of(id: &'a ObjectId) -> Self {
        let id = id.target().unwrap_or(id);
        match (id.kind(), id.path()) {
            (
                Kind::Table
                | Kind::View
                | Kind::MaterializedView
                | Kind::Column
                | Kind::Default
                | Kind::Constraint
                | Kind::Partition
                | Kind::Rule
                | Kind::Trigger
                | Kind::Policy
                | Kind::Seed,
                [schema, name, ..],
            ) => Self::Relation(schema, name),
            _ => Self::Other(id),
        }
    }

    /// Whether it is in every part.
    fn is_everywhere(self) -> bool {
        matches!(self, Self::Other(id) if is_everywhere(id.kind()))
    }
}

/// The part of the schema that a change from `prev`, as a server holds it, to `next`, which may be as its author wrote it,
/// can touch; `changed` are the objects that are not the same in both.
///
/// Fails where edges and names do not bound a change: the reason is told, and the whole has to be looked at.
///
/// ```
/// use nexus_migrate::extent::extent;
/// use nexus_schema::catalog::{Catalog, Kind, ObjectId};
/// use nexus_schema::kinds::{Enum, Schema};
///
/// let mut prev = Catalog::default();
/// prev.insert(ObjectId::new(Kind::Schema, ["public"]), Schema {});
/// let [mood, size, way] = ["mood", "size", "way"].map(|name| ObjectId::new(Kind::Enum, ["public", name]));
/// for id in [&mood, &size, &way] {
///     prev.insert(id.clone(), Enum { labels: vec!["a".into()] });
/// }
/// let part = extent(&prev, &prev, &[mood.clone()].into()).unwrap();
/// assert!(part.holds(&mood) && !part.holds(&size));
/// ```
pub fn extent(prev: &Catalog, next: &Catalog, changed: &BTreeSet<ObjectId>) -> Result<Part, Boundless> {
    for state in [prev, next] {
        if let Some((id, _)) = ANSWERING.iter().find_map(|kind| state.of_kind(*kind).next()) {
            return Err(Boundless::Answers(id.clone()));
        }
    }
    if let Some(id) = changed.iter().find(|id| is_meant_unnamed(id)) {
        return Err(Boundless::Meant(id.clone()));
    }
    let world = World { prev, next, changed };
    let (up, down) = world.edges();
    let mut touched: BTreeSet<Whole> = changed.iter().map(Whole::of).collect();
    touched.extend(world.namesakes());
    reach(&mut touched, |whole| match whole.is_everywhere() {
        // All stand on their schema, and what a role owns says so itself.
        true => BTreeSet::new(),
        false => down.get(&whole).cloned().unwrap_or_default(),
    });
    let mut wholes = touched;
    let all = [prev, next].into_iter().flat_map(Catalog::iter).map(|(id, _)| Whole::of(id));
    wholes.extend(all.filter(|whole| whole.is_everywhere()));
    let meant = world.meant();
    reach(&mut wholes, |whole| {
        let needed = [&up, &meant].into_iter().filter_map(|edges| edges.get(&whole));
        needed.flatten().copied().collect()
    });
    let part = Part::of_wholes(&wholes);
    match world.dynamic(&part) {
        Some(id) => Err(Boundless::Dynamic(id)),
        None => Ok(part),
    }
}

/// Kinds whose objects answer to statements about others, or whose text nobody here reads.
const ANSWERING: [Kind; 6] = [
    Kind::Raw,
    Kind::EventTrigger,
    Kind::DefaultPrivilege,
    Kind::Publication,
    Kind::Subscription,
    Kind::Setting,
];

/// Kinds that are few and that anything may need: they are in every part.
fn is_everywhere(kind: Kind) -> bool {
    is_named_to_be_meant(kind) || matches!(kind, Kind::Role | Kind::Membership | Kind::Schema)
}

/// Kinds whose objects texts mean without naming them: a cast, an operator and its class, what an extension brings.
fn is_named_to_be_meant(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Extension
            | Kind::Language
            | Kind::AccessMethod
            | Kind::Collation
            | Kind::Range
            | Kind::ShellType
            | Kind::BaseType
            | Kind::ForeignDataWrapper
            | Kind::Server
            | Kind::UserMapping
            | Kind::Cast
            | Kind::Operator
            | Kind::OperatorFamily
            | Kind::OperatorClass
            | Kind::Conversion
            | Kind::Transform
            | Kind::TextSearchParser
            | Kind::TextSearchTemplate
            | Kind::TextSearchDictionary
            | Kind::TextSearchConfiguration
    )
}

fn is_meant_unnamed(id: &ObjectId) -> bool {
    is_named_to_be_meant(id.kind()) || id.kind() == Kind::ExtensionDependency
}

/// Adds what `next` gives for each, and what it gives for that.
fn reach<'a>(found: &mut BTreeSet<Whole<'a>>, next: impl Fn(Whole<'a>) -> BTreeSet<Whole<'a>>) {
    let mut open: Vec<Whole<'a>> = found.iter().copied().collect();
    while let Some(whole) = open.pop() {
        open.extend(next(whole).into_iter().filter(|more| found.insert(*more)));
    }
}

type Edges<'a> = BTreeMap<Whole<'a>, BTreeSet<Whole<'a>>>;

struct World<'a> {
    prev: &'a Catalog,
    next: &'a Catalog,
    changed: &'a BTreeSet<ObjectId>,
}

impl<'a> World<'a> {
    /// All objects of both states.
    fn objects(&self) -> impl Iterator<Item = (&'a ObjectId, &'a Entry)> {
        self.prev.iter().chain(self.next.iter())
    }

    /// From each whole to those that it needs, and from each to those that stand on it.
    fn edges(&self) -> (Edges<'a>, Edges<'a>) {
        let (mut up, mut down) = (Edges::new(), Edges::new());
        for (id, entry) in self.objects() {
            let from = Whole::of(id);
            for needed in &entry.requires {
                let to = Whole::of(needed);
                if to == from {
                    continue;
                }
                up.entry(from).or_default().insert(to);
                // A tree of tables is one thing.
                if matches!(id.kind(), Kind::Table | Kind::Partition) && needed.kind() == Kind::Table {
                    up.entry(to).or_default().insert(from);
                }
                if !is_foreign_key(&entry.object) || self.changed.contains(needed) || self.moves_rows(needed)
                {
                    down.entry(to).or_default().insert(from);
                }
            }
        }
        (up, down)
    }

    /// Whether rows of the table of an object come, go or change, which foreign keys look at.
    fn moves_rows(&self, id: &ObjectId) -> bool {
        let [schema, table, ..] = id.path() else { return false };
        let mut seeds = self.changed.range(ObjectId::new(Kind::Seed, [schema, table])..);
        let is_its_row = |id: &ObjectId| {
            id.kind() == Kind::Seed && id.path().starts_with(&[schema.clone(), table.clone()])
        };
        seeds.next().is_some_and(is_its_row)
    }

    /// Wholes with texts in which a name stands that something new has, or something that goes: the text may mean another
    /// object than it did.
    fn namesakes(&self) -> BTreeSet<Whole<'a>> {
        let comes_or_goes = |id: &&ObjectId| self.prev.contains(id) != self.next.contains(id);
        let new = self.changed.iter().filter(|id| has_name(id)).filter(comes_or_goes);
        let names: BTreeSet<&str> = new.map(ObjectId::own_name).collect();
        if names.is_empty() {
            return BTreeSet::new();
        }
        let texts = self.next.iter().filter(|(_, entry)| has_text(&entry.object));
        let named = texts.filter(|(_, entry)| {
            let mut found = false;
            strings(&entry.object, &mut |text| {
                found = found || mentions(text).iter().any(|word| names.contains(word.as_str()));
            });
            found
        });
        named.map(|(id, _)| Whole::of(id)).collect()
    }

    /// From each whole to those that its texts may mean: of what changes, anything that has a name that stands there; of
    /// what a server has read already, bodies alone are open.
    fn meant(&self) -> Edges<'a> {
        let mut named: BTreeMap<&str, BTreeSet<Whole>> = BTreeMap::new();
        for (id, _) in self.objects().filter(|(id, _)| has_name(id)) {
            named.entry(id.own_name()).or_default().insert(Whole::of(id));
        }
        let mut meant = Edges::new();
        for (id, entry) in self.objects() {
            let mut look = |text: &str| {
                for word in mentions(text).iter().map(String::as_str).chain([text]) {
                    let found = named.get(word).into_iter().flatten().copied();
                    meant.entry(Whole::of(id)).or_default().extend(found);
                }
            };
            if self.changed.contains(id) && !id.kind().is_facet() && id.kind() != Kind::Seed {
                strings(&entry.object, &mut look);
            } else if let Some(body) = kinds::body(&entry.object) {
                look(body);
            }
        }
        meant
    }

    /// A function in the part whose body makes up what it runs, or is in a language that nobody here reads.
    fn dynamic(&self, part: &Part) -> Option<ObjectId> {
        let held = [self.prev, self.next].into_iter().flat_map(|state| state.of_kind(Kind::Function));
        let mut held = held.filter(|(id, _)| part.holds(id));
        held.find(|(_, entry)| makes_up_statements(&entry.object)).map(|(id, _)| id.clone())
    }
}

/// Whether it has a name of its own in a schema, by which texts can mean it.
fn has_name(id: &ObjectId) -> bool {
    id.kind() != Kind::Schema && id.kind().lives_in_schema() && id.whole().is_empty()
}

/// A foreign key stands on the columns and the key that it names, and on nothing else of their table.
fn is_foreign_key(object: &Object) -> bool {
    matches!(object, Object::Constraint(it) if matches!(it.body, ConstraintBody::ForeignKey { .. }))
}

/// Whether an object has a text in which others are named.
fn has_text(object: &Object) -> bool {
    match object {
        Object::Column(column) => column.generated.is_some(),
        Object::Default(_)
        | Object::Constraint(_)
        | Object::DomainCheck(_)
        | Object::Index(_)
        | Object::Statistics(_)
        | Object::Function(_)
        | Object::Aggregate(_)
        | Object::View(_)
        | Object::MaterializedView(_)
        | Object::Rule(_)
        | Object::Trigger(_)
        | Object::Policy(_) => true,
        _ => false,
    }
}

fn makes_up_statements(object: &Object) -> bool {
    let Object::Function(Function { language, .. }) = object else { return false };
    match language.as_str() {
        "internal" => false,
        "sql" | "plpgsql" => {
            let body = kinds::body(object).unwrap_or_default();
            mentions(body).iter().any(|word| DYNAMIC.iter().any(|known| word.starts_with(known)))
        }
        _ => true,
    }
}

/// Words with which a body runs a text, or looks at what is not named.
const DYNAMIC: [&str; 8] =
    ["execute", "query_to_", "cursor_to_", "table_to_", "schema_to_", "database_to_", "ts_stat", "dblink"];

/// Hands on every string in an object.
fn strings(object: &Object, look: &mut impl FnMut(&str)) {
    fn walk(value: &serde_json::Value, look: &mut impl FnMut(&str)) {
        match value {
            serde_json::Value::String(text) => look(text),
            serde_json::Value::Array(values) => values.iter().for_each(|value| walk(value, look)),
            serde_json::Value::Object(fields) => fields.values().for_each(|value| walk(value, look)),
            _ => {}
        }
    }
    if let Ok(value) = serde_json::to_value(object) {
        walk(&value, look);
    }
}
