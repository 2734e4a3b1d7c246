//! Tables without a key, keys whose numbers run out, and foreign keys too narrow for what they refer to.

use std::collections::{BTreeMap, BTreeSet};

use nexus_schema::catalog::{Catalog, Kind, Object, ObjectId};
use nexus_schema::diagnostic::Severity;
use nexus_schema::kinds::{
    Column, Constraint, ConstraintBody, Identity, Ordinal, Sequence, SequenceOptions, TableForm,
};

use super::figures::{Counter, Figures};
use super::{Finding, grouped, short, snippet};

/// From which part of its numbers on a counter is told, in percent.
const TOLD: i64 = 50;
/// From which part on it is an error.
const URGENT: i64 = 80;

pub(super) fn judge(catalog: &Catalog, figures: &Figures, highest: &[(ObjectId, i64)]) -> Vec<Finding> {
    let mut findings = without_key(catalog, figures);
    findings.extend(figures.counters.iter().filter_map(|counter| near_its_end(catalog, counter)));
    findings.extend(highest.iter().filter_map(|(column, value)| full(catalog, column, *value)));
    findings.extend(narrow(catalog));
    findings
}

/// Tables whose rows nothing tells apart.
fn without_key(catalog: &Catalog, figures: &Figures) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (id, entry) in catalog.of_kind(Kind::Table) {
        let Object::Table(table) = &entry.object else { continue };
        let is_part = catalog.contains(&id.as_kind(Kind::Partition));
        if matches!(table.form, TableForm::Foreign { .. }) || is_part || !catalog.primary_key(id).is_empty() {
            continue;
        }
        let title = format!(
            "`{}` has no primary key: nothing names one of its rows, and logical replication cannot change one",
            short(id)
        );
        let finding = Finding::new("NX0806", [id.clone()], title);
        let mut part = snippet::table(id);
        let keys = catalog.under(Kind::Constraint, id.path()).filter_map(|(_, entry)| match &entry.object {
            Object::Constraint(Constraint { body: ConstraintBody::Unique { columns, .. }, .. }) => {
                Some(columns)
            }
            _ => None,
        });
        let refuses_null = |name: &String| matches!(catalog.get(&id.child(Kind::Column, name.as_str())), Some(Object::Column(it)) if it.not_null);
        let known =
            keys.filter(|columns| columns.iter().all(refuses_null)).min_by_key(|columns| columns.len());
        let is_partitioned = matches!(table.form, TableForm::Partitioned(_));
        let new = || (!is_partitioned).then(|| new_name(catalog, id));
        findings.push(match (known.cloned(), new()) {
            (Some(columns), _) => {
                part.insert(id.child(Kind::Constraint, format!("{}_pkey", id.name())), primary(columns.clone()));
                let help = snippet::put_in(&part);
                finding.help(format!("{help}\nits unique constraint on {} can go then", columns.join(", ")))
            }
            (None, Some(name)) => {
                let identity = Identity { always: true, options: SequenceOptions::of_type("bigint") };
                let column =
                    Column { not_null: true, identity: Some(identity), ..Column::of_type("bigint", 1) };
                part.insert(id.child(Kind::Column, name.as_str()), column);
                part.insert(id.child(Kind::Constraint, format!("{}_pkey", id.name())), primary(vec![name]));
                finding
                    .help(snippet::put_in(&part))
                    .help(format!("or name columns that tell rows apart under `primary_key:`; {} now", count(figures, id)))
            }
            (None, None) => {
                finding.help("in the schema file, name columns under `primary_key:`, those that it is partitioned by among them")
            }
        });
    }
    findings
}

fn count(figures: &Figures, table: &ObjectId) -> String {
    let path = [table.schema().to_owned(), table.name().to_owned()];
    let rows = figures.tables.get(&path).map_or(0, super::figures::Table::rows);
    format!("about {} row{}", grouped(rows), if rows == 1 { "" } else { "s" })
}

/// A name for a key that no column has.
fn new_name(catalog: &Catalog, table: &ObjectId) -> String {
    let is_free = |name: &str| !catalog.contains(&table.child(Kind::Column, name));
    let names = [String::from("id"), format!("{}_id", table.name())];
    names.into_iter().find(|name| is_free(name)).unwrap_or_else(|| "row_id".into())
}

fn primary(columns: Vec<String>) -> Constraint {
    Constraint::plain(ConstraintBody::PrimaryKey {
        columns,
        include: Vec::new(),
        options: Vec::new().into(),
        tablespace: None,
        without_overlaps: false,
    })
}

/// The highest and the lowest number of a type.
fn range(type_: &str) -> Option<(i64, i64)> {
    match type_ {
        "smallint" => Some((i16::MIN.into(), i16::MAX.into())),
        "integer" => Some((i32::MIN.into(), i32::MAX.into())),
        "bigint" => Some((i64::MIN, i64::MAX)),
        _ => None,
    }
}

/// How many of the numbers from `first` to `last` are gone at `now`, in tenths of a percent.
fn gone(first: i64, now: i64, last: i64) -> i64 {
    let whole = (i128::from(last) - i128::from(first)).abs() + 1;
    let done = (i128::from(now) - i128::from(first)).abs() + 1;
    i64::try_from(done * 1000 / whole).unwrap_or(1000).min(1000)
}

fn percent(tenths: i64) -> String {
    format!("{}.{} %", tenths / 10, tenths % 10)
}

fn severity(tenths: i64) -> Severity {
    if tenths >= URGENT * 10 { Severity::Error } else { Severity::Warning }
}

/// A sequence of whose numbers many are gone, those that its column can hold.
fn near_its_end(catalog: &Catalog, counter: &Counter) -> Option<Finding> {
    let Counter { sequence, type_, step, min, max, last, column } = counter;
    let is_up = *step > 0;
    let holds = column.as_ref().and_then(|(_, type_)| range(type_));
    let (lowest, highest) = holds.unwrap_or((i64::MIN, i64::MAX));
    let (first, end) = if is_up { (*min, *max.min(&highest)) } else { (*max, *min.max(&lowest)) };
    let used = gone(first, *last, end);
    if used < TOLD * 10 {
        return None;
    }
    let sequence = ObjectId::new(Kind::Sequence, sequence.clone());
    let column = column.as_ref().map(|(path, type_)| (ObjectId::new(Kind::Column, path.clone()), type_));
    let what = column.as_ref().map_or_else(|| short(&sequence), |(id, _)| short(id));
    let title = format!(
        "{} of the numbers of `{what}` are used: it is at {} of {}",
        percent(used),
        grouped(*last),
        grouped(end)
    );
    let of = column.iter().map(|(id, _)| id.clone()).chain([sequence.clone()]);
    let mut finding = Finding::new("NX0807", of, title);
    finding.severity = severity(used);
    let mut part = Catalog::default();
    // Foreign tables and the like are not among the objects.
    if let Some((column, held)) = &column
        && held.as_str() != "bigint"
    {
        widen(catalog, column, &mut part);
    }
    if let Some(Object::Sequence(is)) = catalog.get(&sequence) {
        // One that ends before its type does was told to.
        let own = SequenceOptions::of_type(type_);
        let options =
            SequenceOptions { max: if is_up { i64::MAX } else { is.options.max }, ..is.options.clone() };
        if is_up && is.options.max <= own.max && own.max < i64::MAX || *max < i64::MAX && is_up {
            part.insert(sequence, Sequence { data_type: "bigint".into(), options, ..is.clone() });
        }
    }
    Some(with_part(finding, &part))
}

fn with_part(finding: Finding, part: &Catalog) -> Finding {
    if part.is_empty() {
        return finding.help("in the schema file, give it other numbers: a greater `max`, or another step");
    }
    let finding = finding.help(snippet::put_in(part));
    if part.of_kind(Kind::Column).next().is_none() {
        return finding;
    }
    finding.help(
        "on a table in use, with `was:` and `strategy: expand_contract`: another type of number rewrites the table at once \
         else",
    )
}

/// Puts a column and all that refer to it into a part, as numbers of eight bytes.
fn widen(catalog: &Catalog, column: &ObjectId, part: &mut Catalog) {
    let Some(Object::Column(is)) = catalog.get(column) else { return };
    if part.contains(column) || range(&is.type_).is_none() || is.type_ == "bigint" {
        return;
    }
    let identity = is.identity.as_ref().map(|identity| {
        let SequenceOptions { start, increment, .. } = identity.options;
        let usual = SequenceOptions::of_type("bigint");
        Identity { always: identity.always, options: SequenceOptions { start, increment, ..usual } }
    });
    let identity = identity.filter(|it| it.options.increment > 0).or_else(|| is.identity.clone());
    let wide = Column { type_: "bigint".into(), identity, ..is.clone() };
    snippet::add_column(part, catalog, column, wide);
    for (referring, _) in referring(catalog, column) {
        widen(catalog, &referring, part);
    }
}

/// The columns that refer to a column, each with the foreign key.
fn referring<'a>(catalog: &'a Catalog, column: &ObjectId) -> Vec<(ObjectId, &'a ObjectId)> {
    let mut found = Vec::new();
    for (id, entry) in catalog.of_kind(Kind::Constraint) {
        if let Object::Constraint(constraint) = &entry.object
            && let ConstraintBody::ForeignKey { columns, table, target, .. } = &constraint.body
            && table.as_slice() == column.ancestor(Kind::Table, 2).path()
        {
            let pairs = columns.iter().zip(target).filter(|(_, target)| *target == column.name());
            let table = id.ancestor(Kind::Table, 2);
            found.extend(pairs.map(|(name, _)| (table.child(Kind::Column, name.as_str()), id)));
        }
    }
    found
}

/// Numbers that a program counts and that are keys: an index knows the highest.
pub(super) fn uncounted(catalog: &Catalog, figures: &Figures) -> Vec<ObjectId> {
    let counted: BTreeSet<&[String; 3]> =
        figures.counters.iter().filter_map(|counter| Some(&counter.column.as_ref()?.0)).collect();
    let mut columns = BTreeSet::new();
    for (id, _) in catalog.of_kind(Kind::Table) {
        let Some(first) = catalog.primary_key(id).first() else { continue };
        let column = id.child(Kind::Column, first.as_str());
        let is_narrow = matches!(catalog.get(&column), Some(Object::Column(it))
            if it.identity.is_none() && matches!(it.type_.as_str(), "smallint" | "integer"));
        let refers = catalog.under(Kind::Constraint, id.path()).any(|(_, entry)| {
            matches!(&entry.object, Object::Constraint(Constraint { body: ConstraintBody::ForeignKey { columns, .. }, .. })
                if columns.contains(first))
        });
        let is_counted = counted.iter().any(|path| path.as_slice() == column.path());
        let is_part = catalog.contains(&id.as_kind(Kind::Partition));
        if is_narrow && !refers && !is_counted && !is_part {
            columns.insert(column);
        }
    }
    columns.into_iter().collect()
}

/// A key of whose numbers many are gone.
fn full(catalog: &Catalog, column: &ObjectId, value: i64) -> Option<Finding> {
    let Some(Object::Column(is)) = catalog.get(column) else { return None };
    let (_, end) = range(&is.type_)?;
    let used = gone(1, value.max(1), end);
    if used < TOLD * 10 {
        return None;
    }
    let title = format!(
        "{} of the numbers of `{}` are used: the highest is {} of {}",
        percent(used),
        short(column),
        grouped(value),
        grouped(end)
    );
    let mut finding = Finding::new("NX0807", [column.clone()], title);
    finding.severity = severity(used);
    let mut part = Catalog::default();
    widen(catalog, column, &mut part);
    Some(with_part(finding, &part))
}

/// Foreign keys that cannot hold every number of the key that they refer to.
fn narrow(catalog: &Catalog) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut wide: BTreeMap<&ObjectId, &Column> = BTreeMap::new();
    for (id, entry) in catalog.of_kind(Kind::Column) {
        if let Object::Column(column) = &entry.object {
            wide.insert(id, column);
        }
    }
    for (id, is) in &wide {
        let Some((_, end)) = range(&is.type_) else { continue };
        for (referring, key) in referring(catalog, id) {
            let Some(other) = wide.get(&referring) else { continue };
            let inherited = matches!(catalog.get(key), Some(Object::Constraint(it)) if it.inherited.0);
            if inherited || range(&other.type_).is_none_or(|(_, holds)| holds >= end) {
                continue;
            }
            let title = format!(
                "`{}` is {} and refers to `{}`, which is {}: it cannot refer to every row",
                short(&referring),
                other.type_,
                short(id),
                is.type_
            );
            let mut part = Catalog::default();
            let ordinal = Ordinal(other.ordinal.0);
            let column = Column { type_: is.type_.clone(), ordinal, ..(*other).clone() };
            snippet::add_column(&mut part, catalog, &referring, column);
            let of = [referring, key.clone()];
            findings.push(with_part(Finding::new("NX0808", of, title), &part));
        }
    }
    findings
}
