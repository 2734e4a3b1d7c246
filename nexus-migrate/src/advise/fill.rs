//! Rows for tables on scratch that are to the planner what the rows of a database are: as many, up to a limit, with values
//! as many, as frequent, as wide and as ordered as its statistics say.

use std::collections::{BTreeMap, BTreeSet};

use nexus_schema::catalog::{Catalog, Kind, Object, ObjectId};
use nexus_schema::kinds::{ConstraintBody, TableForm};
use serde::Deserialize;

use crate::db::{DbError, Session};
use crate::sql::{Pen, quote_literal};

/// The most rows that a table gets.
pub(super) const MOST: i64 = 50_000;

/// What a server knows of the values of a column.
#[derive(Debug, Deserialize)]
pub(super) struct Values {
    null_frac: f64,
    n_distinct: f64,
    width: i64,
    is_ordered: bool,
    common: Vec<String>,
    often: Vec<f64>,
    low: Option<String>,
    high: Option<String>,
}

/// Asks a database what it knows of the columns of tables.
pub(super) async fn ask(
    session: &mut Session,
    tables: &BTreeSet<ObjectId>,
) -> Result<BTreeMap<Vec<String>, Values>, DbError> {
    let names =
        tables.iter().map(|id| Pen::new().list(id.path().iter().map(|name| Pen::new().literal(name))));
    let pen = Pen::kw("WITH nexus_wanted (schema, name) AS (VALUES").rows(names).text(")");
    let rows = session.rows(&format!("{}\n{}", pen.end(), include_str!("values.sql"))).await?;
    let known = rows.iter().filter_map(|row| match row.as_slice() {
        [Some(path), Some(values)] => {
            Some((serde_json::from_str(path).ok()?, serde_json::from_str(values).ok()?))
        }
        _ => None,
    });
    Ok(known.collect())
}

/// Fills a table on scratch, which may be any superuser's; fails with a sentence where it cannot be filled.
pub(super) async fn fill(
    session: &mut Session,
    catalog: &Catalog,
    table: &ObjectId,
    rows: i64,
    known: &BTreeMap<Vec<String>, Values>,
) -> Result<(), String> {
    match catalog.get(table) {
        Some(Object::Table(is)) if is.form == TableForm::Ordinary => {}
        _ => return Err("it is no ordinary table".into()),
    }
    let mut script =
        vec![String::from("SET session_replication_role = replica"), "SELECT setseed(0.5)".into()];
    for (id, entry) in catalog.under(Kind::Constraint, table.path()) {
        // What checks demand of values, statistics do not say.
        if matches!(&entry.object, Object::Constraint(it) if matches!(it.body, ConstraintBody::Check { .. }))
        {
            script.push(
                Pen::kw("ALTER TABLE")
                    .name(table.path())
                    .and("DROP")
                    .and("CONSTRAINT")
                    .ident(id.name())
                    .end(),
            );
        }
    }
    let count = rows.clamp(1, MOST);
    let (mut names, mut values) = (Vec::new(), Vec::new());
    for (id, column) in catalog.columns(table) {
        let value = match known.get(id.path()) {
            _ if column.generated.is_some() => continue,
            Some(known) => known.expression(&column.type_, count, rows),
            None => None,
        };
        let Some(value) = value else {
            script.push(
                Pen::kw("ALTER TABLE")
                    .name(table.path())
                    .and("ALTER")
                    .ident(id.name())
                    .and("DROP")
                    .and("NOT NULL")
                    .end(),
            );
            continue;
        };
        names.push(id.name());
        values.push(Pen::new().text(&value));
    }
    if names.is_empty() {
        return Err("nothing is known of its values: it was never analyzed".into());
    }
    let insert = Pen::kw("INSERT INTO")
        .name(table.path())
        .idents(names)
        .and("OVERRIDING SYSTEM VALUE SELECT")
        .commas(values);
    let series = [Pen::new().number(0), Pen::new().number(count - 1)];
    script.push(insert.and("FROM generate_series").list(series).text("AS n ON CONFLICT DO NOTHING").end());
    script.push(Pen::kw("ANALYZE").name(table.path()).end());
    script.push("RESET session_replication_role".into());
    for statement in script {
        match session.run(&statement).await {
            // A key, say, refuses NULL whatever is said.
            Err(error) if !statement.ends_with("NOT NULL") => return Err(error.to_string()),
            _ => {}
        }
    }
    Ok(())
}

impl Values {
    /// An expression over `n`, the number of the row of `count`, that stand for `rows`; none for a type that has no such.
    fn expression(&self, type_: &str, count: i64, rows: i64) -> Option<String> {
        let Self { null_frac, n_distinct, width, is_ordered, common, often, low, high } = self;
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "an estimate")]
        let distinct = match *n_distinct {
            part if part < 0.0 => (-part * count as f64) as i64,
            whole if whole > rows as f64 / 10.0 => (whole * count as f64 / rows.max(1) as f64) as i64,
            whole => whole as i64,
        };
        let distinct = distinct.clamp(1, count);
        // Values come in the order of rows where they did, else all over the table.
        let nth = match (is_ordered, distinct == count) {
            (true, _) => format!("(n::bigint * {distinct} / {count})"),
            (false, true) => format!("(n::bigint * 7919 % {count})"),
            (false, false) => format!("floor(random() * {distinct})::bigint"),
        };
        let own = spelled(type_, &nth, distinct, (low.as_deref(), high.as_deref()), *width);
        let is_key = *n_distinct == -1.0;
        let value = match own {
            Some(own) if common.is_empty() || is_key => own,
            own => {
                let mut sum = 0.0;
                let bounds = often.iter().scan((), |(), often| {
                    let from = sum;
                    sum += often;
                    Some(from.to_string())
                });
                let mut bounds: Vec<_> = bounds.collect();
                bounds.push(sum.to_string());
                let items = common.iter().map(|value| quote_literal(value)).collect::<Vec<_>>().join(", ");
                let common = format!(
                    "(ARRAY[{items}]::text[])[width_bucket(random(), ARRAY[{}]::float8[])]::{type_}",
                    bounds.join(", ")
                );
                match own {
                    Some(own) => format!("coalesce({common}, {own})"),
                    None if common.is_empty() || often.is_empty() => return None,
                    None => common,
                }
            }
        };
        Some(match *null_frac > 0.0 {
            true => format!("CASE WHEN random() < {null_frac} THEN NULL ELSE {value} END"),
            false => value,
        })
    }
}

/// The value with a number among so many, between these if they are known.
fn spelled(
    type_: &str,
    nth: &str,
    distinct: i64,
    ends: (Option<&str>, Option<&str>),
    width: i64,
) -> Option<String> {
    let base = type_.split(['(', ' ']).next().unwrap_or_default();
    let part = format!("{nth} / {distinct}::float8");
    let (low, high) = (ends.0.map(quote_literal), ends.1.map(quote_literal));
    let between = |zero: String| match (&low, &high) {
        (Some(low), Some(high)) => {
            format!("({low}::{type_} + (({high}::{type_} - {low}::{type_}) * ({part})))::{type_}")
        }
        _ => zero,
    };
    Some(match base {
        "smallint" | "integer" | "bigint" | "numeric" | "real" | "double" => match (&low, &high) {
            (Some(low), Some(high)) => {
                format!(
                    "({low}::numeric + trunc(({high}::numeric - {low}::numeric) * ({part})::numeric))::{type_}"
                )
            }
            _ => format!("{nth}::{type_}"),
        },
        "date" => match (&low, &high) {
            (Some(low), Some(high)) => {
                format!("({low}::date + (({high}::date - {low}::date) * ({part}))::integer)")
            }
            _ => format!("('2026-01-01'::date - {nth}::integer % 3650)"),
        },
        "timestamp" => {
            between(format!("('2026-01-01'::timestamp - ({part}) * '365 days'::interval)::{type_}"))
        }
        "uuid" => format!("md5({nth}::text)::uuid"),
        "text" | "character" | "bpchar" => {
            let most = type_.split(['(', ')']).nth(1).and_then(|most| most.parse::<i64>().ok());
            let digits = i64::try_from(distinct.to_string().len()).unwrap_or(1);
            let width = width.clamp(digits, 1000).min(most.unwrap_or(i64::MAX));
            format!("lpad({nth}::text, {width}, '0')::{type_}")
        }
        "boolean" => format!("({nth} % 2 = 0)"),
        _ => return None,
    })
}
