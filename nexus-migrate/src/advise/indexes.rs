//! Indexes that are missing, that say the same twice, that nobody uses, and that are broken.

use std::collections::{BTreeMap, BTreeSet};

use nexus_schema::catalog::{Catalog, Kind, Object, ObjectId};
use nexus_schema::kinds::{Constraint, ConstraintBody, Index, IndexKey, Sql};

use super::figures::Figures;
use super::{Finding, grouped, short, snippet};

/// What finds rows of a table: an index, or the one behind a key.
struct Lookup<'a> {
    id: &'a ObjectId,
    /// The index, unless a key owns it.
    index: Option<&'a Index>,
    keys: Vec<IndexKey>,
    include: BTreeSet<&'a str>,
    unique: bool,
    nulls_not_distinct: bool,
    method: &'a str,
    predicate: Option<&'a Sql>,
}

impl<'a> Lookup<'a> {
    fn of(id: &'a ObjectId, object: &'a Object) -> Option<Self> {
        match object {
            Object::Index(index) if index.valid => {
                let Index { unique, nulls_not_distinct, method, keys, include, predicate, .. } = index;
                // What is counted of values does not tell indexes apart.
                let keys = keys.iter().map(|key| IndexKey { statistics: None, ..key.clone() }).collect();
                Some(Self {
                    id,
                    index: Some(index),
                    keys,
                    include: include.iter().map(String::as_str).collect(),
                    unique: *unique,
                    nulls_not_distinct: *nulls_not_distinct,
                    method,
                    predicate: predicate.as_ref(),
                })
            }
            Object::Constraint(Constraint { body, .. }) => {
                let (columns, include, distinct) = match body {
                    ConstraintBody::PrimaryKey { columns, include, without_overlaps: false, .. } => {
                        (columns, include, true)
                    }
                    ConstraintBody::Unique {
                        columns,
                        include,
                        nulls_not_distinct,
                        without_overlaps: false,
                        ..
                    } => (columns, include, !nulls_not_distinct),
                    _ => return None,
                };
                Some(Self {
                    id,
                    index: None,
                    keys: columns.iter().map(|name| plain(name)).collect(),
                    include: include.iter().map(String::as_str).collect(),
                    unique: true,
                    nulls_not_distinct: !distinct,
                    method: "btree",
                    predicate: None,
                })
            }
            _ => None,
        }
    }

    /// Whether it finds the rows that have given values in these columns.
    fn finds(&self, columns: &[String]) -> bool {
        let first: BTreeSet<_> =
            self.keys.iter().take(columns.len()).filter_map(|key| key.column.as_deref()).collect();
        let wanted: BTreeSet<_> = columns.iter().map(String::as_str).collect();
        let fits = match self.method {
            "btree" => first == wanted,
            "hash" => self.keys.len() == 1 && first == wanted,
            _ => false,
        };
        // A key with a NULL refers to nothing, so an index may leave it out.
        let leaves_out_nulls = |predicate: &Sql| {
            columns
                .iter()
                .any(|name| predicate.as_str() == format!("({} IS NOT NULL)", crate::sql::quote_name(name)))
        };
        fits && self.predicate.is_none_or(leaves_out_nulls)
    }

    fn is_like(&self, other: &Self) -> bool {
        self.method == other.method
            && self.keys == other.keys
            && self.predicate == other.predicate
            && self.include == other.include
    }

    /// Whether what it finds, `other` finds as well, which goes on with more keys.
    fn begins(&self, other: &Self) -> bool {
        let carries = |name: &&str| {
            other.include.contains(name) || other.keys.iter().any(|key| key.column.as_deref() == Some(name))
        };
        self.method == "btree"
            && other.method == "btree"
            && self.keys.len() < other.keys.len()
            && other.keys.starts_with(&self.keys)
            && self.predicate == other.predicate
            && self.include.iter().all(carries)
    }

    /// Whether rows that this one refuses are refused without it too.
    fn is_as_strict(&self, other: &Self) -> bool {
        !other.unique || self.unique && self.nulls_not_distinct == other.nulls_not_distinct
    }

    fn name(&self) -> String {
        format!("`{}`", short(self.id))
    }
}

/// The key of an index that is a column and nothing else.
pub(super) fn plain(name: &str) -> IndexKey {
    IndexKey {
        column: Some(name.to_owned()),
        expr: None,
        collation: None,
        opclass: None,
        descending: false,
        nulls_first: false,
        statistics: None,
    }
}

pub(super) fn judge(
    catalog: &Catalog,
    figures: &Figures,
    days: u32,
    unseen: &mut Vec<String>,
) -> Vec<Finding> {
    let mut lookups: BTreeMap<ObjectId, Vec<Lookup<'_>>> = BTreeMap::new();
    let constraints = catalog.of_kind(Kind::Constraint);
    for (id, entry) in constraints.chain(catalog.of_kind(Kind::Index)) {
        let table = match &entry.object {
            Object::Index(index) => ObjectId::new(Kind::Table, [id.schema(), &index.table]),
            _ => id.ancestor(Kind::Table, 2),
        };
        if let Some(lookup) = Lookup::of(id, &entry.object).filter(|_| catalog.contains(&table)) {
            lookups.entry(table).or_default().push(lookup);
        }
    }
    let mut findings = missing(catalog, figures, &lookups);
    let mut needless = BTreeSet::new();
    for (table, lookups) in &lookups {
        findings.extend(doubled(catalog, table, lookups, figures, &mut needless));
    }
    findings.extend(unused(catalog, figures, days, &lookups, &needless, unseen));
    findings.extend(broken(figures));
    findings
}

/// Foreign keys whose referencing rows no index finds.
fn missing(
    catalog: &Catalog,
    figures: &Figures,
    lookups: &BTreeMap<ObjectId, Vec<Lookup<'_>>>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut told = BTreeSet::new();
    for (id, entry) in catalog.of_kind(Kind::Constraint) {
        let Object::Constraint(constraint) = &entry.object else { continue };
        let ConstraintBody::ForeignKey { columns, table: target, period: false, .. } = &constraint.body
        else {
            continue;
        };
        let table = id.ancestor(Kind::Table, 2);
        let is_found = lookups.get(&table).is_some_and(|all| all.iter().any(|it| it.finds(columns)));
        // A partition's key is its parent's.
        if is_found
            || constraint.inherited.0
            || constraint.not_enforced
            || !told.insert((table.clone(), columns.clone()))
        {
            continue;
        }
        let target = short(&ObjectId::new(Kind::Table, target.clone()));
        let what = columns.iter().map(|name| format!("`{}.{name}`", short(&table))).collect::<Vec<_>>();
        let (what, verb) = (what.join(", "), if columns.len() == 1 { "refers" } else { "refer" });
        let title = format!(
            "{what} {verb} to `{target}`, and no index begins with it: when a row of `{target}` is deleted or its key \
             changes, all of `{}` is read ({})",
            short(&table),
            rows(figures, &table)
        );
        let of = columns.iter().map(|name| table.child(Kind::Column, name.as_str())).chain([id.clone()]);
        let index = snippet::new_index(catalog, &table, columns);
        findings.push(Finding::new("NX0801", of, title).help(snippet::put_in(&index)));
    }
    findings
}

fn rows(figures: &Figures, table: &ObjectId) -> String {
    let [schema, name] = table.path() else { return String::new() };
    let path = [schema.clone(), name.clone()];
    let rows = figures.tables.get(&path).map_or(0, super::figures::Table::rows);
    format!("about {} row{}", grouped(rows), if rows == 1 { "" } else { "s" })
}

/// Indexes that do what another one of the table does.
fn doubled<'a>(
    catalog: &Catalog,
    table: &ObjectId,
    lookups: &[Lookup<'a>],
    figures: &Figures,
    needless: &mut BTreeSet<&'a ObjectId>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, it) in lookups.iter().enumerate().rev() {
        // A part of an index goes with the whole; a key is more than its index.
        let Some(index) = it.index.filter(|index| index.parent.is_none()) else { continue };
        if is_wanted(catalog, table, it.id.name()) {
            continue;
        }
        let others = || {
            let others = lookups.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, other)| other);
            others.filter(|other| !needless.contains(other.id) && other.is_as_strict(it))
        };
        let alike = others().find(|other| it.is_like(other));
        let longer = || others().find(|other| it.begins(other) && !it.unique);
        let (code, title) = match (alike, longer()) {
            (Some(other), _) => {
                let title =
                    format!("{} is the same index as {} on `{}`", it.name(), other.name(), short(table));
                ("NX0802", title)
            }
            (None, Some(other)) => {
                let title = format!(
                    "{} is the beginning of {} on `{}`, which finds the same rows",
                    it.name(),
                    other.name(),
                    short(table)
                );
                ("NX0803", title)
            }
            (None, None) => continue,
        };
        let title = format!("{title}{}", bytes(figures, it.id));
        let part = snippet::of_table(table, it.id, index.clone());
        findings
            .push(Finding::new(code, [it.id.clone(), table.clone()], title).help(snippet::take_out(&part)));
        needless.insert(it.id);
    }
    findings
}

/// Whether the table names the index for something else than finding rows.
fn is_wanted(catalog: &Catalog, table: &ObjectId, index: &str) -> bool {
    matches!(catalog.get(table), Some(Object::Table(table))
        if table.clustered_on.as_deref() == Some(index) || table.replica_identity.strip_prefix(' ') == Some(index))
}

/// Indexes that nobody has used for so many days.
fn unused(
    catalog: &Catalog,
    figures: &Figures,
    days: u32,
    lookups: &BTreeMap<ObjectId, Vec<Lookup<'_>>>,
    needless: &BTreeSet<&ObjectId>,
    unseen: &mut Vec<String>,
) -> Vec<Finding> {
    let server = &figures.server;
    if !server.counts {
        unseen.push("which indexes are used: the server does not count (track_counts is off)".into());
        return Vec::new();
    }
    if server.seconds < u64::from(days) * 86_400 {
        unseen.push(format!(
            "which indexes are used: the server has counted since {} alone, and {days} days are asked for (--days)",
            server.since
        ));
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (table, lookups) in lookups {
        let keys: Vec<&Vec<String>> = catalog
            .under(Kind::Constraint, table.path())
            .filter_map(|(_, entry)| match &entry.object {
                Object::Constraint(Constraint {
                    body: ConstraintBody::ForeignKey { columns, .. }, ..
                }) => Some(columns),
                _ => None,
            })
            .collect();
        for it in lookups {
            let Some(index) = it.index.filter(|index| index.parent.is_none() && !index.unique) else {
                continue;
            };
            let Some(counted) = counted(figures, it.id) else { continue };
            // What serves a foreign key is used when a row of the other table goes, which may be once a year.
            let serves = keys.iter().any(|columns| it.finds(columns));
            let is_read = figures.tables.get(&counted.table).is_some_and(|table| table.reads > 0);
            if counted.scans > 0
                || serves
                || needless.contains(it.id)
                || is_wanted(catalog, table, it.id.name())
                || !(is_read || counted.is_partitioned)
            {
                continue;
            }
            let here = if server.is_replica { "on this replica" } else { "on this server" };
            let title = format!(
                "nobody has used {} on `{}` {here} since {}, and every change of a row pays for it{}",
                it.name(),
                short(table),
                server.since,
                bytes(figures, it.id)
            );
            let part = snippet::of_table(table, it.id, index.clone());
            let elsewhere = if server.is_replica { "the primary" } else { "its replicas" };
            let finding = Finding::new("NX0804", [it.id.clone(), table.clone()], title)
                .help(format!(
                    "see that nobody uses it on {elsewhere}, and for no report that runs once in a while"
                ))
                .help(snippet::take_out(&part));
            findings.push(finding);
        }
    }
    findings
}

fn counted<'a>(figures: &'a Figures, index: &ObjectId) -> Option<&'a super::figures::Index> {
    let path = [index.schema().to_owned(), index.name().to_owned()];
    figures.indexes.get(&path)
}

fn bytes(figures: &Figures, index: &ObjectId) -> String {
    let bytes = counted(figures, index).map_or(0, |index| index.bytes);
    match bytes >> 20 {
        0 => String::new(),
        mib => format!(" ({} MiB)", grouped(mib)),
    }
}

/// Indexes that a build left behind unfinished.
fn broken(figures: &Figures) -> Vec<Finding> {
    let mut findings = Vec::new();
    for ([schema, name], index) in &figures.indexes {
        if index.is_valid {
            continue;
        }
        let id = ObjectId::new(Kind::Index, [schema, name]);
        let table = ObjectId::new(Kind::Table, index.table.clone());
        let (title, help) = if index.is_partitioned {
            (
                format!(
                    "`{}` on `{}` lacks parts on some partitions: no query uses it",
                    short(&id),
                    short(&table)
                ),
                "in the schema file, give each partition an index with `part_of:`; a migration attaches them",
            )
        } else {
            (
                format!(
                    "`{}` on `{}` is not valid: a build of it was broken off. Queries do not use it, and changes of rows pay \
                     for it",
                    short(&id),
                    short(&table)
                ),
                "the schema file stays as it is: `nexus drift --format sql` writes the statements that take the rest away or \
                 build it again",
            )
        };
        findings.push(Finding::new("NX0805", [id, table], title).help(help));
    }
    findings
}
