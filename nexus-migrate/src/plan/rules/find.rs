//! Which rules are new for rows that are there.

use std::collections::{BTreeMap, BTreeSet};

use nexus_schema::catalog::{Entry, Kind, Object, ObjectId};
use nexus_schema::kinds::{Column, Constraint, ConstraintBody, Domain, DomainCheck, Index, Match, TableForm};

use super::exclusion::{Exclusion, clashes};
use super::source::Source;
use super::types::{changed_types, labels, refused_by_type, user_type};
use super::{Ends, Rule};
use crate::kinds;
use crate::sql::{Pen, dotted, quote_name};

/// Values that some type or other reads, as literals.
const READABLE: &str =
    "'1' '2' '3' 'true' '2001-01-01' '00000000-0000-4000-8000-000000000001' '{}' '10.0.0.1' '12:34:01'";

pub(super) fn find(ends: &Ends<'_>) -> Vec<Rule> {
    let mut found = Vec::new();
    let types = changed_types(ends);
    for (table, entry) in ends.next.of_kind(Kind::Table) {
        let keeps_rows = |object: Option<&Object>| matches!(object, Some(Object::Table(it)) if !matches!(it.form, TableForm::Foreign { .. }));
        if !keeps_rows(Some(&entry.object)) || !keeps_rows(ends.prev.get(table)) || ends.lost.contains(table)
        {
            continue;
        }
        let source = Source { ends, table };
        for (id, column) in ends.next.columns(table) {
            of_column(&source, &types, id, column, &mut found);
        }
        for (id, entry) in ends.next.under(Kind::Constraint, table.path()) {
            if let Object::Constraint(constraint) = &entry.object {
                found.extend(of_constraint(&source, id, entry, constraint));
            }
        }
    }
    for (id, entry) in ends.next.of_kind(Kind::Index) {
        if let Object::Index(index) = &entry.object {
            found.extend(of_index(ends, id, index));
        }
    }
    found
}

fn of_column(
    source: &Source<'_>,
    types: &BTreeMap<String, ObjectId>,
    id: &ObjectId,
    after: &Column,
    found: &mut Vec<Rule>,
) {
    let name = id.name();
    if after.inherited.0 || after.generated.is_some() || is_led(source, name) {
        return;
    }
    let shown = BTreeSet::from([name.to_owned()]);
    let Some(before) = source.before(name) else {
        if after.not_null && after.identity.is_none() && !has_default(source, id, after) {
            let rows = source.rows(&BTreeSet::new()).unwrap_or_default();
            let problem = format!("{} is new, must not be NULL, and has no default", quote_name(name));
            found.push(source.rule(id, problem, &BTreeSet::new(), Pen::kw("FROM").pen(rows)));
        }
        return;
    };
    let is_bound = |column: &Column| column.not_null && !column.not_null_as.not_valid;
    let old = (source.ends.former)(id);
    let value = quote_name(old.name());
    // The value as it is: what it will be may not be possible.
    let as_it_is = |condition: Pen| {
        let former = (source.ends.former)(source.table);
        let rows = Pen::new().name(former.path()).and("AS").ident(source.table.name());
        Pen::kw("FROM").pen(rows).and("WHERE").pen(condition)
    };
    let shown_old = BTreeSet::from([old.name().to_owned()]);
    if is_bound(after) && !is_bound(before) {
        let condition = Pen::new().text(&value).and("IS NULL");
        let mut rule = source.rule(id, format!("{value} is NULL"), &shown_old, as_it_is(condition));
        let update = Pen::kw("UPDATE").name(rule.table.path()).and("SET").text(&value).and("= NULL");
        rule.breaks = vec![update.end()];
        found.push(rule);
    }
    if before.type_ != after.type_
        && let Some(condition) = refused_by_type(source, &value, &before.type_, &after.type_)
    {
        let problem = format!("{value} is no {}", after.type_);
        let mut rule = source.rule(id, problem, &shown_old, as_it_is(condition));
        rule.hints = vec![(old.name().to_owned(), READABLE.to_owned())];
        found.push(rule);
    }
    if before.type_ == after.type_ {
        of_own_type(source, types, name, &after.type_, &shown, found);
    }
}

/// Whether the same is asked of a table above, whose rows are this one's too.
fn is_led(source: &Source<'_>, name: &str) -> bool {
    let state = source.ends.next;
    let of_tree = match state.get(&source.table.as_kind(Kind::Partition)) {
        Some(Object::Partition(it)) => Some(it.parent.clone()),
        _ => None,
    };
    let inherited = match state.get(source.table) {
        Some(Object::Table(it)) => it.inherits.iter().cloned().collect(),
        _ => Vec::new(),
    };
    let asked = |source: &Source<'_>| {
        let of = |column: Option<&Column>| {
            column.map(|it| (it.type_.clone(), it.not_null, it.not_null_as.not_valid))
        };
        (of(source.before(name)), of(source.after(name)))
    };
    of_tree.into_iter().chain(inherited).any(|parent| {
        let parent = ObjectId::new(Kind::Table, parent);
        source.ends.prev.contains(&parent)
            && asked(&Source { ends: source.ends, table: &parent }) == asked(source)
    })
}

/// What a type refuses that keeps its name and changes.
fn of_own_type(
    source: &Source<'_>,
    types: &BTreeMap<String, ObjectId>,
    name: &str,
    type_: &str,
    shown: &BTreeSet<String>,
    found: &mut Vec<Rule>,
) {
    let ends = source.ends;
    let Some(id) = types.get(type_.trim_end_matches("[]")) else { return };
    match (ends.prev.get(id), ends.next.get(id)) {
        (Some(Object::Enum(before)), Some(Object::Enum(after))) => {
            let gone = before.labels.iter().any(|label| !after.labels.contains(label));
            let labels = labels(ends, id, after);
            let value = quote_name((ends.former)(&source.column(name)).name());
            let condition = if type_.ends_with("[]") {
                Pen::new().text(&format!(
                    "EXISTS (SELECT FROM unnest({value}::text[]) AS label WHERE label NOT IN ({labels}))"
                ))
            } else {
                Pen::new().text(&format!("{value}::text NOT IN ({labels})"))
            };
            if gone && !after.labels.is_empty() {
                let former = (ends.former)(source.table);
                let rows = Pen::kw("FROM").name(former.path()).and("AS").ident(source.table.name());
                let problem = format!("{value} has a value that {} no longer has", dotted(id.path()));
                let shown = BTreeSet::from([(ends.former)(&source.column(name)).name().to_owned()]);
                found.push(source.rule(id, problem, &shown, rows.and("WHERE").pen(condition)));
            }
        }
        (Some(Object::Domain(before)), Some(Object::Domain(after))) if !type_.ends_with("[]") => {
            of_domain(source, name, (id, before, after), shown, found);
        }
        _ => {}
    }
}

fn of_domain(
    source: &Source<'_>,
    name: &str,
    (id, before, after): (&ObjectId, &Domain, &Domain),
    shown: &BTreeSet<String>,
    found: &mut Vec<Rule>,
) {
    let ends = source.ends;
    let value = Pen::new().ident(name);
    let to = (before.base != after.base).then_some(after.base.as_str());
    let rows = |condition: Pen| source.with_value(name, to).and("WHERE").pen(condition);
    if after.not_null && !before.not_null {
        let tail = rows(value.clone().and("IS NULL"));
        found.push(source.rule(id, format!("{} is NULL", quote_name(name)), shown, tail));
    }
    for (check, entry) in ends.next.under(Kind::DomainCheck, id.path()) {
        let Object::DomainCheck(DomainCheck { expr, valid }) = &entry.object else { continue };
        let held = matches!(ends.prev.get(check), Some(Object::DomainCheck(it)) if it.expr == *expr && (it.valid || !valid));
        if held || !valid || !is_there(ends, entry) {
            continue;
        }
        let tail = rows(Pen::kw("NOT").list([Pen::new().sql(expr)]));
        let problem = format!("{} breaks the check of {}", quote_name(name), dotted(id.path()));
        let mut rule = source.rule(check, problem, shown, tail);
        rule.hints = vec![(source.former(name), expr.as_str().to_owned())];
        found.push(rule);
    }
}

fn of_constraint(source: &Source<'_>, id: &ObjectId, entry: &Entry, after: &Constraint) -> Option<Rule> {
    let ends = source.ends;
    if after.inherited.0 || !after.valid || after.not_enforced {
        return None;
    }
    let mut columns: BTreeSet<String> = entry
        .requires
        .iter()
        .filter(|needed| needed.kind() == Kind::Column && needed.ancestor(Kind::Table, 2) == *source.table)
        .map(|column| column.name().to_owned())
        .collect();
    if let Some(Object::Constraint(before)) = ends.prev.get(id)
        && before.valid
        && !before.not_enforced
        && kinds::same_demand(before, after)
        && columns
            .iter()
            .all(|name| source.before(name).map(|it| &it.type_) == source.after(name).map(|it| &it.type_))
    {
        return None;
    }
    let called = quote_name(id.name());
    match &after.body {
        ConstraintBody::Check { expr, .. } => {
            if !is_there(ends, entry) {
                return None;
            }
            let rows = source.rows(&columns)?;
            let tail = Pen::kw("FROM").pen(rows).and("WHERE NOT").list([Pen::new().sql(expr)]);
            let mut rule =
                source.rule(id, format!("it breaks {called}: {expr}", expr = expr.as_str()), &columns, tail);
            rule.hints = columns.iter().map(|name| (source.former(name), expr.as_str().to_owned())).collect();
            Some(rule)
        }
        ConstraintBody::PrimaryKey { columns: key, without_overlaps: false, .. } => twins(
            source,
            id,
            key.iter().map(|name| quote_name(name)).collect(),
            None,
            true,
            key.iter().cloned().collect(),
        ),
        ConstraintBody::Unique { columns: key, without_overlaps: false, nulls_not_distinct, .. } => twins(
            source,
            id,
            key.iter().map(|name| quote_name(name)).collect(),
            None,
            !nulls_not_distinct,
            key.iter().cloned().collect(),
        ),
        ConstraintBody::PrimaryKey { columns: key, .. } | ConstraintBody::Unique { columns: key, .. } => {
            clashes(source, id, &Exclusion::of_periods(key))
        }
        ConstraintBody::Definition(sql) => clashes(source, id, &Exclusion::read(sql, &columns)?),
        ConstraintBody::ForeignKey { columns: key, table, target, match_, period, .. } => {
            let other = ObjectId::new(Kind::Table, table.clone());
            // Rows of a table that is new come with it, if any.
            ends.prev.get(&other)?;
            columns = key.iter().cloned().collect();
            let rows = source.rows(&columns)?;
            let own = Pen::new().ident(source.table.name()).end();
            let former = (ends.former)(&other);
            let mine = |name: &String| format!("{own}.{}", quote_name(name));
            let theirs = |name: &String| {
                format!("there.{}", quote_name((ends.former)(&other.child(Kind::Column, name)).name()))
            };
            let given: Vec<_> = key.iter().map(|name| format!("{} IS NOT NULL", mine(name))).collect();
            let same: Vec<_> =
                key.iter().zip(target).map(|(a, b)| format!("{} = {}", theirs(b), mine(a))).collect();
            let refers = match same.split_last() {
                // Several rows together cover a period.
                Some((_, equal)) if *period => {
                    let (mine, theirs) = (key.last().map(mine)?, target.last().map(theirs)?);
                    let equal = equal.iter().cloned().chain([format!("{theirs} && {mine}")]);
                    format!(
                        "coalesce({mine} <@ (SELECT range_agg({theirs}) FROM {} AS there WHERE {}), false)",
                        dotted(former.path()),
                        equal.collect::<Vec<_>>().join(" AND ")
                    )
                }
                _ => {
                    format!(
                        "EXISTS (SELECT FROM {} AS there WHERE {})",
                        dotted(former.path()),
                        same.join(" AND ")
                    )
                }
            };
            let mut condition = format!("{} AND NOT {refers}", given.join(" AND "));
            if *match_ == Match::Full && key.len() > 1 {
                let some: Vec<_> = key.iter().map(|name| format!("{} IS NULL", mine(name))).collect();
                condition =
                    format!("({condition}) OR (({}) AND ({}))", some.join(" OR "), given.join(" OR "));
            }
            let list: Vec<_> = key.iter().map(|name| quote_name(name)).collect();
            let no = if *period { "rows that cover it" } else { "row" };
            let problem = format!("{} refers to no {no} of {}", list.join(", "), dotted(former.path()));
            let tail = Pen::kw("FROM").pen(rows).and("WHERE").text(&condition);
            let mut rule = source.rule(id, problem, &columns, tail);
            rule.breaks = vec![Pen::kw("DELETE FROM").name(former.path()).end()];
            Some(rule)
        }
    }
}

fn of_index(ends: &Ends<'_>, id: &ObjectId, after: &Index) -> Option<Rule> {
    let table = ObjectId::new(Kind::Table, [id.schema(), &after.table]);
    let (Some(Object::Table(_)), Some((table, _))) = (ends.prev.get(&table), ends.next.find(&table)) else {
        return None;
    };
    let source = Source { ends, table };
    let entry = ends.next.entry(id)?;
    let columns: BTreeSet<String> = entry
        .requires
        .iter()
        .filter(|needed| needed.kind() == Kind::Column)
        .map(|column| column.name().to_owned())
        .collect();
    let demands = |index: &Index| {
        let keys: Vec<_> = index
            .keys
            .iter()
            .map(|key| (key.column.clone(), key.expr.clone(), key.collation.clone()))
            .collect();
        (index.unique, index.nulls_not_distinct, keys, index.predicate.clone())
    };
    let held = matches!(ends.prev.get(id), Some(Object::Index(before)) if demands(before) == demands(after))
        && columns
            .iter()
            .all(|name| source.before(name).map(|it| &it.type_) == source.after(name).map(|it| &it.type_));
    if !after.unique || held || after.parent.is_some() || ends.lost.contains(table) || !is_there(ends, entry)
    {
        return None;
    }
    let key = |key: &nexus_schema::kinds::IndexKey| match (&key.column, &key.expr) {
        (Some(column), _) => quote_name(column),
        (None, Some(expr)) => expr.as_str().to_owned(),
        (None, None) => String::new(),
    };
    let keys = after.keys.iter().map(key).collect();
    let predicate = after.predicate.as_ref().map(|it| it.as_str().to_owned());
    twins(&source, id, keys, predicate, !after.nulls_not_distinct, columns)
}

/// Rows whose key another row has already.
fn twins(
    source: &Source<'_>,
    by: &ObjectId,
    keys: Vec<String>,
    predicate: Option<String>,
    nulls_differ: bool,
    columns: BTreeSet<String>,
) -> Option<Rule> {
    let rows = source.rows(&columns)?;
    let list = keys.join(", ");
    let mut conditions: Vec<String> = Vec::new();
    if nulls_differ {
        conditions.extend(keys.iter().map(|key| format!("{key} IS NOT NULL")));
    }
    conditions.extend(predicate.map(|predicate| format!("({predicate})")));
    let mut inner = source
        .all(&columns)
        .and("row_number() OVER (PARTITION BY")
        .text(&list)
        .and("ORDER BY tableoid, ctid) AS nexus_copy FROM")
        .pen(rows);
    if !conditions.is_empty() {
        inner = inner.and("WHERE").text(&conditions.join(" AND "));
    }
    let tail = Pen::kw("FROM").list([inner]).and("AS").ident(source.table.name()).and("WHERE nexus_copy > 1");
    let mut rule = source.rule(by, format!("another row has the same {list}"), &columns, tail);
    rule.breaks = source.alike(&columns);
    Some(rule)
}

fn has_default(source: &Source<'_>, id: &ObjectId, column: &Column) -> bool {
    let of_type =
        || match user_type(source.ends, &column.type_).and_then(|id| source.ends.next.get(&id).cloned()) {
            Some(Object::Domain(domain)) => domain.default.is_some(),
            _ => false,
        };
    source.ends.next.contains(&id.as_kind(Kind::Default)) || of_type()
}

/// Whether what an expression needs is there already, as it will be, apart from columns.
fn is_there(ends: &Ends<'_>, entry: &Entry) -> bool {
    let is_part = |id: &ObjectId| {
        matches!(id.kind(), Kind::Table | Kind::Column | Kind::Domain | Kind::Schema | Kind::Extension)
    };
    entry.requires.iter().filter(|id| !is_part(id)).all(|id| ends.prev.get(id) == ends.next.get(id))
}
