//! Indexes with which given queries would be faster, by what the planner says.
//!
//! What the planner says is asked of the database itself where `hypopg` is installed, with indexes that are not there;
//! else of tables on scratch that are filled by the statistics of the database, with indexes that are.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use nexus_schema::catalog::{Catalog, Object, ObjectId};
use nexus_schema::kinds::TableForm;
use serde_json::Value;

use super::{Finding, fill, grouped, short, snippet};
use crate::db::{DbError, Session};
use crate::doors::{self, Bench, DoorError};
use crate::sql::{Pen, quote_name};

/// A query of somebody's file.
#[derive(Debug, Clone)]
pub struct Query {
    /// What it says.
    pub text: String,
    /// Where in its file it stands.
    pub span: Range<usize>,
}

/// What was found of queries.
#[derive(Debug, Default)]
pub struct QueryAdvice {
    /// Findings, each with the place of its query in the list.
    pub findings: Vec<(usize, Finding)>,
    /// What could not be judged, a sentence each.
    pub unseen: Vec<String>,
    /// Who was asked.
    pub asked: String,
}

/// An index is worth it that saves this part of a query's cost, in percent.
const WORTH: f64 = 50.0;
/// Cheaper queries are cheap enough.
const CHEAP: f64 = 10.0;
/// The most indexes that are tried for a query.
const TRIED: usize = 24;

/// Who is asked what a query costs.
enum Way {
    /// The database, through the extension in this schema, spelled.
    Hypothetical(String),
    /// Filled tables on scratch.
    Scratch,
}

/// Looks for an index for each query. `session` is on the database, which is only read.
pub async fn advise(
    session: &mut Session,
    bench: &mut Bench,
    queries: &[Query],
) -> Result<QueryAdvice, DoorError> {
    let mut advice = QueryAdvice::default();
    let catalog = doors::look(session, None, None).await?;
    let hypopg = session.rows(include_str!("hypopg.sql")).await?.into_iter().flatten().flatten().next();
    if let Some(schema) = hypopg {
        session.run("SET plan_cache_mode = force_generic_plan").await?;
        advice.asked = format!("PostgreSQL {}, with indexes of hypopg's", session.version());
        let way = Way::Hypothetical(schema);
        for (n, query) in queries.iter().enumerate() {
            judge(session, &way, &catalog, n, query, &mut advice).await?;
        }
        return Ok(advice);
    }
    bench.want_major(Some(session.server_version_num() / 10_000));
    let mut scratch = bench.fresh().await?;
    doors::materialize(&mut scratch, &catalog).await?;
    scratch.run("SET plan_cache_mode = force_generic_plan").await?;
    let mut tables = BTreeSet::new();
    for query in queries {
        // What is wrong with a query is told when it is its turn.
        if let Ok(Ok(plan)) = explain(&mut scratch, &query.text).await {
            tables.extend(relations(&plan).into_values());
        }
    }
    tables.retain(|id| catalog.contains(id));
    if !tables.is_empty() {
        let counts = super::Figures::ask(session).await?;
        let known = fill::ask(session, &tables).await?;
        let mut most = 0;
        for table in &tables {
            let path = [table.schema().to_owned(), table.name().to_owned()];
            let rows = counts.tables.get(&path).map_or(0, super::figures::Table::rows);
            match fill::fill(&mut scratch, &catalog, table, rows, &known).await {
                Ok(()) => most = most.max(rows.clamp(1, fill::MOST)),
                Err(why) => advice.unseen.push(format!("queries on `{}`: {why}", short(table))),
            }
        }
        advice.asked = format!(
            "{}, on up to {} rows a table made by the statistics of the database",
            bench.server().map(ToString::to_string).unwrap_or_default(),
            grouped(most)
        );
    }
    for (n, query) in queries.iter().enumerate() {
        judge(&mut scratch, &Way::Scratch, &catalog, n, query, &mut advice).await?;
    }
    Ok(advice)
}

/// Tries indexes for one query.
async fn judge(
    session: &mut Session,
    way: &Way,
    catalog: &Catalog,
    n: usize,
    query: &Query,
    advice: &mut QueryAdvice,
) -> Result<(), DbError> {
    let plan = match explain(session, &query.text).await? {
        Ok(plan) => plan,
        Err(error) => {
            advice.unseen.push(format!("query {}: {error}", n + 1));
            return Ok(());
        }
    };
    let now = cost(&plan);
    if now < CHEAP {
        return Ok(());
    }
    let mut best: Option<(f64, ObjectId, Vec<String>)> = None;
    for (table, columns) in candidates(catalog, &plan) {
        let Some(then) = cost_with(session, way, catalog, &table, &columns, &query.text).await? else {
            continue;
        };
        // Of two that save about the same, the one with fewer columns.
        if best.as_ref().is_none_or(|(least, _, _)| then < *least * 0.95) {
            best = Some((then, table, columns));
        }
    }
    let Some((then, table, columns)) = best.filter(|(then, _, _)| now - then >= now * WORTH / 100.0) else {
        return Ok(());
    };
    let title = format!(
        "an index on {} of `{}` would make this query cheaper: {now:.0} -> {then:.0}, as {} counts",
        columns.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
        short(&table),
        advice.asked
    );
    let part = snippet::new_index(catalog, &table, &columns);
    let finding = Finding::new("NX0815", [table], title).help(snippet::put_in(&part));
    advice.findings.push((n, finding));
    Ok(())
}

/// The plan of a query, whatever its parameters are. The inner failure is the query's.
async fn explain(session: &mut Session, query: &str) -> Result<Result<Value, DbError>, DbError> {
    if let Err(error) = session.run(&format!("PREPARE nexus_query AS {query}")).await {
        return if error.code().is_some() { Ok(Err(error)) } else { Err(error) };
    }
    let explained = plan_of(session).await;
    session.run("DEALLOCATE nexus_query").await?;
    match explained {
        Err(error) if error.code().is_none() => Err(error),
        explained => Ok(explained),
    }
}

async fn plan_of(session: &mut Session) -> Result<Value, DbError> {
    let count = "SELECT cardinality(parameter_types) FROM pg_prepared_statements WHERE name = 'nexus_query'";
    let count = session.rows(count).await?.into_iter().flatten().flatten().next();
    let count = count.and_then(|text| text.parse::<usize>().ok()).unwrap_or_default();
    let pen = Pen::kw("EXPLAIN (FORMAT JSON, VERBOSE) EXECUTE nexus_query");
    let pen = if count == 0 { pen } else { pen.list((0..count).map(|_| Pen::kw("NULL"))) };
    let rows = session.rows(&pen.end()).await?;
    let text: String = rows.into_iter().flatten().flatten().collect();
    let plan = serde_json::from_str::<Value>(&text).ok();
    plan.and_then(|plan| Some(plan.get(0)?.get("Plan")?.clone()))
        .ok_or_else(|| DbError::Protocol("a plan is not as expected".into()))
}

/// What the query would cost with an index; nothing where the index cannot be.
async fn cost_with(
    session: &mut Session,
    way: &Way,
    catalog: &Catalog,
    table: &ObjectId,
    columns: &[String],
    query: &str,
) -> Result<Option<f64>, DbError> {
    let (name, _) = snippet::index_on(catalog, table, columns);
    let index = Pen::kw("CREATE INDEX").ident(&name).and("ON").name(table.path()).idents(columns);
    let (begin, make, end) = match way {
        Way::Hypothetical(schema) => {
            let call = |function: &str| Pen::kw("SELECT").text(&format!("{schema}.{function}"));
            let make = call("hypopg_create_index").literals([index.end()]);
            (None, make.end(), call("hypopg_reset()").end())
        }
        Way::Scratch => (Some("BEGIN"), index.end(), "ROLLBACK".into()),
    };
    if let Some(begin) = begin {
        session.run(begin).await?;
    }
    let plan = match session.run(&make).await {
        Ok(()) => explain(session, query).await?.ok(),
        Err(error) if error.code().is_some() => None,
        Err(error) => return Err(error),
    };
    session.run(&end).await?;
    Ok(plan.map(|plan| cost(&plan)))
}

fn cost(plan: &Value) -> f64 {
    plan.get("Total Cost").and_then(Value::as_f64).unwrap_or_default()
}

/// A node and all below it.
fn nodes(plan: &Value) -> Vec<&Value> {
    let mut all = vec![plan];
    let mut at = 0;
    while let Some(node) = all.get(at) {
        all.extend(node.get("Plans").and_then(Value::as_array).into_iter().flatten());
        at += 1;
    }
    all
}

/// The tables of a plan by the names that it gives them.
fn relations(plan: &Value) -> BTreeMap<String, ObjectId> {
    let text = |node: &Value, key: &str| node.get(key).and_then(Value::as_str).map(str::to_owned);
    let table = |node: &&Value| {
        let path = [text(node, "Schema")?, text(node, "Relation Name")?];
        Some((text(node, "Alias")?, ObjectId::new(nexus_schema::catalog::Kind::Table, path)))
    };
    nodes(plan).iter().filter_map(table).collect()
}

/// Columns of a table by what a plan does with them.
#[derive(Debug, Default)]
struct Used {
    equal: Vec<String>,
    compared: Vec<String>,
    sorted: Vec<String>,
}

/// Indexes that a plan could make use of, those with fewer columns first.
fn candidates(catalog: &Catalog, plan: &Value) -> Vec<(ObjectId, Vec<String>)> {
    let relations = relations(plan);
    let mut used: BTreeMap<&ObjectId, Used> = BTreeMap::new();
    for node in nodes(plan) {
        for (key, value) in node.as_object().into_iter().flatten() {
            let texts: Vec<&str> = match value {
                Value::String(text) if key.ends_with("Cond") || key.ends_with("Filter") => vec![text],
                Value::Array(items) if key == "Sort Key" || key == "Group Key" => {
                    items.iter().filter_map(Value::as_str).collect()
                }
                _ => continue,
            };
            for (alias, column, is_equal) in texts.into_iter().flat_map(mentions) {
                let Some(table) = relations.get(&alias) else { continue };
                if !catalog.contains(&table.child(nexus_schema::catalog::Kind::Column, column.as_str())) {
                    continue;
                }
                let used = used.entry(table).or_default();
                let list = match (key.ends_with("Key"), is_equal) {
                    (true, _) => &mut used.sorted,
                    (false, true) => &mut used.equal,
                    (false, false) => &mut used.compared,
                };
                if !list.contains(&column) {
                    list.push(column);
                }
            }
        }
    }
    let mut all: BTreeSet<(usize, &ObjectId, Vec<String>)> = BTreeSet::new();
    for (table, Used { mut equal, compared, sorted }) in used {
        if !matches!(catalog.get(table), Some(Object::Table(it)) if it.form == TableForm::Ordinary) {
            continue;
        }
        equal.sort();
        let mut add = |columns: Vec<String>| {
            let is_one = columns.iter().collect::<BTreeSet<_>>().len() == columns.len();
            if !columns.is_empty() && is_one {
                all.insert((columns.len(), table, columns));
            }
        };
        for first in equal.iter().chain(&compared).chain(&sorted) {
            add(vec![first.clone()]);
            for second in equal.iter().chain(&compared).chain(&sorted).filter(|_| equal.contains(first)) {
                add(vec![first.clone(), second.clone()]);
            }
        }
        let whole: Vec<_> = equal.iter().take(3).cloned().collect();
        add([whole.clone(), compared.iter().take(1).cloned().collect()].concat());
        add([whole, sorted.iter().take(2).cloned().collect()].concat());
        add(sorted.iter().take(3).cloned().collect());
    }
    all.into_iter().take(TRIED).map(|(_, table, columns)| (table.clone(), columns)).collect()
}

/// The columns that an expression of a plan names, as `alias.column`, and whether each is compared by `=`.
fn mentions(text: &str) -> Vec<(String, String, bool)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = text.get(at..).unwrap_or_default();
        if c == '\'' {
            // A literal; a quote in it is doubled, and is then the beginning of another one.
            at += rest.get(1..).and_then(|rest| rest.find('\'')).map_or(rest.len(), |end| end + 2);
            continue;
        }
        let pair = name(rest).and_then(|(alias, one)| {
            let (column, two) = name(rest.get(one..)?.strip_prefix('.')?)?;
            Some((alias, column, one + 1 + two))
        });
        if let Some((alias, column, length)) = pair {
            let before = text.get(..at).unwrap_or_default().trim_end_matches(['(', ' ']);
            let after = rest.get(length..).unwrap_or_default();
            // A cast may stand between a column and the sign.
            let after =
                after.split(['=', '<', '>', '~', '!']).next().map_or(after, |cast| &after[cast.len()..]);
            let is_equal = after.starts_with("= ") || before.ends_with(" =");
            found.push((alias, column, is_equal));
            at += length;
        } else {
            at += name(rest).map_or(c.len_utf8(), |(_, length)| length);
        }
    }
    found
}

/// The name that a text begins with, as it is, and how many bytes it takes.
fn name(text: &str) -> Option<(String, usize)> {
    if let Some(quoted) = text.strip_prefix('"') {
        let mut end = 0;
        loop {
            end += quoted.get(end..)?.find('"')?;
            if quoted.get(end + 1..)?.starts_with('"') {
                end += 2;
            } else {
                return Some((quoted.get(..end)?.replace("\"\"", "\""), end + 2));
            }
        }
    }
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let end = text.find(|c: char| !is_part(c)).unwrap_or(text.len());
    let name = text.get(..end).filter(|name| !name.is_empty())?;
    (quote_name(name) == name || !name.is_ascii()).then(|| (name.to_owned(), end))
}

#[cfg(test)]
mod tests {
    use super::mentions;

    #[test]
    fn plans_name_columns_with_their_tables() {
        let told = |text: &str| {
            let found = mentions(text).into_iter();
            found.map(|(alias, column, equal)| format!("{alias}|{column}|{equal}")).collect::<Vec<_>>()
        };
        assert_eq!(told("(o.status = 'a.b = c.d'::text)"), ["o|status|true"]);
        assert_eq!(told("((o.at > now()) AND (1 = o.n))"), ["o|at|false", "o|n|true"]);
        assert_eq!(told("(\"a \"\"b\".\"c.d\")::text = $1"), ["a \"b|c.d|true"]);
        assert_eq!(told("o.at DESC"), ["o|at|false"]);
        assert_eq!(told("it's (u.x = 1)"), [""; 0]);
        assert_eq!(told("12.5 < 3"), [""; 0]);
    }
}
