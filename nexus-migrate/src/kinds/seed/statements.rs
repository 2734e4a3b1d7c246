//! The statements that write rows of default data, and the queries that look for them.

use nexus_schema::catalog::{Catalog, Kind, Object, ObjectId};
use nexus_schema::kinds::{OnEdit, Seed};
use nexus_schema::types::{Builtin, TypeRef};

use crate::sql::{Pen, dotted, quote_name};

/// What the table is called in a statement.
const SEEDED: &str = "seeded";

fn literal(value: Option<&str>) -> Pen {
    match value {
        Some(text) => Pen::new().literal(text),
        None => Pen::kw("NULL"),
    }
}

fn table(id: &ObjectId) -> Pen {
    Pen::new().name(id.path().iter().take(2)).and("AS").name([SEEDED])
}

fn is_key(id: &ObjectId, seed: &Seed) -> Pen {
    let values = id.path().iter().skip(2);
    let pairs = seed
        .key
        .iter()
        .zip(values)
        .map(|(column, value)| Pen::new().name([SEEDED, column]).and("=").literal(value));
    conjunction(pairs)
}

fn conjunction(pieces: impl IntoIterator<Item = Pen>) -> Pen {
    let mut all = Pen::new();
    for (n, piece) in pieces.into_iter().enumerate() {
        all = all.and_if(n > 0, "AND").pen(piece);
    }
    all
}

/// The columns that a row gives, in order: what new rows alone get first, then the rest.
fn columns(seed: &Seed) -> Vec<&String> {
    let kept = seed.values.keys().filter(|column| !seed.on_insert.0.contains_key(*column));
    let key_first = seed.key.iter();
    let rest = kept.filter(|column| !seed.key.contains(column));
    seed.on_insert.0.keys().chain(key_first).chain(rest).collect()
}

/// The columns that a row has besides its key.
fn own(seed: &Seed) -> Vec<&String> {
    seed.values.keys().filter(|column| !seed.key.contains(column)).collect()
}

/// Whether two rows of one table can stand in one statement.
pub(crate) fn alike(a: &Seed, b: &Seed) -> bool {
    a.key == b.key
        && columns(a) == columns(b)
        && a.policy.on_edit == b.policy.on_edit
        && a.policy.on_edit != OnEdit::Fail
}

/// From how many rows on they are written column by column: the server reads a few long literals in half the time of many
/// short ones, and nobody reads so many rows.
const MANY: usize = 200;

/// What a row gives for a column.
fn given<'a>(seed: &'a Seed, column: &str) -> Option<&'a str> {
    let new = seed.on_insert.0.get(column).map(String::as_str);
    new.or_else(|| seed.values.get(column)?.as_deref())
}

/// A text as a value of its column's type, so that what is too long is refused as it is elsewhere, and not cut off as by
/// an explicit cast; nothing for types that have a length where none is written.
fn cast(catalog: &Catalog, id: &ObjectId, column: &str) -> Option<Pen> {
    let name = Pen::new().name(["seed", column]);
    let Some(Object::Column(it)) = catalog.get(&id.ancestor(Kind::Table, 2).child(Kind::Column, column))
    else {
        return None;
    };
    let type_ = TypeRef { modifiers: Vec::new(), ..TypeRef::parse(&it.type_).ok()? };
    match type_.builtin() {
        Some(Builtin::Bpchar | Builtin::Bit) => None,
        Some(Builtin::Text | Builtin::Varchar) if !type_.array => Some(name),
        _ => Some(Pen::new().text(&format!("{}::{type_}", name.end()))),
    }
}

/// Whether the table fills a column by counting, and takes no value for it otherwise.
fn is_counted(catalog: &Catalog, id: &ObjectId, column: &str) -> bool {
    let column = catalog.get(&id.ancestor(Kind::Table, 2).child(Kind::Column, column));
    let identity = match column {
        Some(Object::Column(column)) => column.identity.as_ref(),
        _ => None,
    };
    identity.is_some_and(|identity| identity.always)
}

/// One INSERT for rows that are [`alike`]; `catalog` has their table.
pub(crate) fn insert(catalog: &Catalog, id: &ObjectId, seeds: &[&Seed]) -> Pen {
    let Some(first) = seeds.first() else { return Pen::new() };
    let names = columns(first);
    let pen = Pen::kw("INSERT INTO").pen(table(id)).idents(&names);
    // The author gives ids on purpose where the table would count by itself.
    let counts = names.iter().any(|column| is_counted(catalog, id, column));
    let pen = pen.and_if(counts, "OVERRIDING SYSTEM VALUE");
    let casts: Option<Vec<_>> = names.iter().map(|column| cast(catalog, id, column)).collect();
    let pen = match casts.filter(|_| seeds.len() >= MANY) {
        Some(casts) => {
            let lists = names
                .iter()
                .map(|column| Pen::new().text_array(seeds.iter().map(|seed| given(seed, column))));
            pen.and("\nSELECT").commas(casts).and("\nFROM unnest").lines(lists).and("AS seed").idents(&names)
        }
        None => {
            let row = |seed: &&Seed| Pen::new().list(names.iter().map(|column| literal(given(seed, column))));
            pen.and("VALUES").rows(seeds.iter().map(row))
        }
    };
    let pen = pen.and("\nON CONFLICT").idents(&first.key);
    let own = own(first);
    if own.is_empty() || first.policy.on_edit != OnEdit::Overwrite {
        return pen.and("DO NOTHING");
    }
    let set = own.iter().map(|column| Pen::new().ident(column).and("=").name(["excluded", column.as_str()]));
    let side = |of: &str| Pen::new().list(own.iter().map(|column| value(catalog, id, of, column)));
    let differs = side(SEEDED).and("IS DISTINCT FROM").pen(side("excluded"));
    pen.and("DO UPDATE SET").commas(set).and("\nWHERE").pen(differs)
}

/// Makes the row what `next` says, if it is as it was; if it is to be overwritten, whatever it is.
pub(super) fn update(catalog: &Catalog, id: &ObjectId, last: &Seed, next: &Seed) -> Pen {
    let overwrites = next.policy.on_edit == OnEdit::Overwrite;
    let is_set = |column: &&&String| overwrites || last.values.get(**column) != next.values.get(**column);
    let own = own(next);
    let set = own.iter().filter(is_set).map(|column| {
        Pen::new().ident(column).and("=").pen(literal(next.values.get(*column).and_then(|it| it.as_deref())))
    });
    let condition =
        if overwrites { is(catalog, id, next, "IS DISTINCT FROM") } else { is(catalog, id, last, SAME) };
    let pen = Pen::kw("UPDATE").pen(table(id)).and("SET").commas(set);
    pen.and("WHERE").pen(conjunction([Some(is_key(id, next)), condition].into_iter().flatten()))
}

/// Takes the row away, if it is as it was.
pub(super) fn delete(catalog: &Catalog, id: &ObjectId, last: &Seed) -> Pen {
    let condition = [Some(is_key(id, last)), is(catalog, id, last, SAME)];
    Pen::kw("DELETE FROM").pen(table(id)).and("WHERE").pen(conjunction(condition.into_iter().flatten()))
}

const SAME: &str = "IS NOT DISTINCT FROM";

/// The condition that the row has, or has not, the values of a seed; nothing where it has none besides its key.
fn is(catalog: &Catalog, id: &ObjectId, seed: &Seed, how: &'static str) -> Option<Pen> {
    let own = own(seed);
    let values =
        own.iter().map(|column| literal(seed.values.get(*column).and_then(|value| value.as_deref())));
    let row = Pen::new().list(own.iter().map(|column| value(catalog, id, SEEDED, column)));
    (!own.is_empty()).then(|| row.and(how).list(values))
}

/// The condition that the row is neither as it was nor as it is to be.
pub(crate) fn edited(catalog: &Catalog, id: &ObjectId, last: Option<&Seed>, next: Option<&Seed>) -> Pen {
    let Some(seed) = next.or(last) else { return Pen::new() };
    // What has no columns but its key is no different anywhere.
    let differs = |seed: &Seed| is(catalog, id, seed, "IS DISTINCT FROM").unwrap_or_else(|| Pen::kw("false"));
    let ends = [Some(is_key(id, seed)), last.map(differs), next.map(differs)];
    conjunction(ends.into_iter().flatten())
}

/// Statements that may edit the row.
pub(crate) fn edits(id: &ObjectId, seed: &Seed) -> Vec<String> {
    let own = own(seed).into_iter().flat_map(|column| {
        ["= NULL", "= DEFAULT"].map(|value| {
            let set = Pen::kw("UPDATE").pen(table(id)).and("SET").ident(column).and(value);
            set.and("WHERE").pen(is_key(id, seed)).end()
        })
    });
    own.collect()
}

/// A column's value as two of them can be compared: as text where the type has no equality of its own.
fn value(catalog: &Catalog, id: &ObjectId, of: &str, column: &str) -> Pen {
    let name = Pen::new().name([of, column]);
    match catalog.get(&id.ancestor(Kind::Table, 2).child(Kind::Column, column)) {
        Some(Object::Column(it)) if !has_equality(catalog, &it.type_) => {
            Pen::new().text(&format!("{}::text", name.end()))
        }
        _ => name,
    }
}

/// Whether `=` of a type says that two values are the same; of some types it is missing, or compares sizes
/// (<https://www.postgresql.org/docs/current/functions-geometry.html>).
fn has_equality(catalog: &Catalog, type_: &str) -> bool {
    use Builtin as B;
    let mut at = TypeRef::parse(type_).ok();
    // Domains stand on each other a few times at most.
    for _ in 0..32 {
        let Some(type_) = at else { return true };
        if let Some(builtin) = type_.builtin() {
            let is_odd = matches!(
                builtin,
                B::Json
                    | B::JsonPath
                    | B::Xml
                    | B::Point
                    | B::Line
                    | B::Lseg
                    | B::Box
                    | B::Path
                    | B::Polygon
                    | B::Circle
            );
            return !is_odd;
        }
        let id = ObjectId::new(Kind::Domain, [type_.schema.as_deref().unwrap_or_default(), &type_.name]);
        at = match catalog.get(&id) {
            Some(Object::Domain(domain)) => TypeRef::parse(&domain.base).ok(),
            _ => None,
        };
    }
    true
}

/// A query for the rows with the given keys: `values` of each kept column as text, in the order of their names.
///
/// All seeds must be of one table in `catalog`, and alike in key and kept columns.
pub(crate) fn query(catalog: &Catalog, table: &ObjectId, seeds: &[(&ObjectId, &Seed)]) -> Pen {
    let Some((_, first)) = seeds.first() else { return Pen::new() };
    rows(table, first).pen(have_keys(catalog, table, seeds))
}

/// A query for where the rows with the given keys are: their tables and places.
pub(crate) fn found(catalog: &Catalog, table: &ObjectId, seeds: &[(&ObjectId, &Seed)]) -> Pen {
    let from = Pen::kw("SELECT tableoid, ctid FROM").name(table.path()).and("AS").name([SEEDED]);
    from.pen(have_keys(catalog, table, seeds))
}

fn have_keys(catalog: &Catalog, table: &ObjectId, seeds: &[(&ObjectId, &Seed)]) -> Pen {
    let Some((_, first)) = seeds.first() else { return Pen::new() };
    let key = Pen::new().list(first.key.iter().map(|column| Pen::new().name([SEEDED, column])));
    let lists = (0..first.key.len()).map(|at| {
        Pen::new().text_array(seeds.iter().map(|(id, _)| id.path().get(at + 2).map(String::as_str)))
    });
    let names: Vec<_> = (1..=first.key.len()).map(|n| format!("k{n}")).collect();
    let typed = first.key.iter().zip(&names).map(|(column, name)| {
        let name = Pen::new().ident(name);
        match catalog.get(&table.child(Kind::Column, column)) {
            Some(Object::Column(column)) => name.text("::").text(&column.type_),
            _ => name,
        }
    });
    let select = Pen::kw("SELECT").commas(typed).and("FROM unnest").list(lists).and("AS keys").idents(&names);
    Pen::kw("WHERE").pen(key).and("IN").list([select])
}

/// A query for all rows of a table, by their keys, in the shape of [`query`].
pub(crate) fn all(table: &ObjectId, shape: &Seed) -> Pen {
    let key = shape.key.iter().map(|column| Pen::new().name([SEEDED, column.as_str()]));
    rows(table, shape).and("ORDER BY").commas(key)
}

fn rows(table: &ObjectId, shape: &Seed) -> Pen {
    let texts = shape.key.iter().chain(shape.values.keys()).map(|column| Pen::new().text(&text_of(column)));
    Pen::kw("SELECT").commas(texts).and("FROM").name(table.path()).and("AS").name([SEEDED])
}

fn text_of(column: &str) -> String {
    let name = dotted([SEEDED, column]);
    format!("{name}::text AS {}", quote_name(column))
}
