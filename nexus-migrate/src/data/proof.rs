//! Erases a person on scratch, with a canary in every tagged column, and looks for the canaries everywhere.

use nexus_schema::catalog::{Catalog, Kind, Object, ObjectId};
use nexus_schema::document::Declared;
use nexus_schema::kinds::{Column, TableForm};
use nexus_schema::types::{Builtin, TypeRef};
use serde::Serialize;

use super::{Reach, Subject, collect, erase};
use crate::db::{DbError, Session};
use crate::doors::{self, Bench, DoorError};
use crate::prove::fill_tables;
use crate::sql::Pen;

/// Lets sequences go on where no row is: the rows that are there took no numbers from them.
const NUMBERS: &str = include_str!("numbers.sql");

/// The first of the rows that are found.
const ONE_ROW: &str = " AND o.ctid = (SELECT min(ctid) FROM nexus_of)";

/// What became of the canaries.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Canaries {
    /// The server.
    pub server: String,
    /// How many tagged columns got a canary.
    pub columns: usize,
    /// In how many rows canaries stood before, the trail included.
    pub before: u64,
    /// In how many after.
    pub after: u64,
    /// In which tables after.
    pub left: Vec<String>,
    /// How many rows of others there were, and how many of them are gone.
    pub others: u64,
    /// How many of them are gone.
    pub lost: u64,
    /// What could not be tried.
    pub untried: Vec<String>,
}

impl Canaries {
    /// Whether canaries were there, and none is left, and nobody else's row is gone.
    pub fn holds(&self) -> bool {
        self.columns > 0 && self.before > 0 && self.after == 0 && self.lost == 0 && self.untried.is_empty()
    }
}

/// Proves on scratch that erasing leaves nothing tagged of a person behind.
pub async fn prove(bench: &mut Bench, declared: &Declared, reach: &Reach) -> Result<Canaries, DoorError> {
    let mut canaries = Canaries::default();
    let mut session = bench.fresh().await?;
    let state = doors::declare(&mut session, declared).await?;
    let unfilled = fill_tables(&mut session, &state).await?;
    session.run(NUMBERS).await?;
    if let Some(server) = bench.server() {
        canaries.server = server.to_string();
    }
    let touched =
        |line: &&String| reach.tables.iter().any(|reached| line.starts_with(&format!("{}:", reached.table)));
    canaries.untried.extend(unfilled.iter().filter(touched).map(|line| format!("no rows in {line}")));
    let Some(root) = reach.tables.first() else { return Ok(canaries) };
    let key = root.key.iter().map(|name| Pen::new().ident(name).text("::text"));
    let first = Pen::kw("SELECT").commas(key).and("FROM").name(root.table.path()).and("ORDER BY 1 LIMIT 1");
    let Some(key) = session.rows(&first.end()).await?.into_iter().flatten().flatten().next() else {
        return Ok(canaries);
    };
    let subject = Subject { table: root.table.clone(), key };
    refer(&mut session, reach, &subject, &mut canaries).await?;
    session.run("BEGIN").await?;
    for statement in collect(reach, &subject) {
        session.run(&statement).await?;
    }
    let values = plant(&mut session, declared, reach, &mut canaries).await?;
    canaries.columns = values.len();
    canaries.before = count(&mut session, &declared.catalog, &values, &mut Vec::new()).await?;
    let before = others(&mut session, reach).await?;
    for statement in erase(reach) {
        session.run(&statement).await?;
    }
    canaries.after = count(&mut session, &declared.catalog, &values, &mut canaries.left).await?;
    canaries.others = before;
    canaries.lost = before.saturating_sub(others(&mut session, reach).await?);
    session.run("ROLLBACK").await?;
    Ok(canaries)
}

/// Lets a row of every referring table refer to the person, a row of its own for each foreign key.
async fn refer(
    session: &mut Session,
    reach: &Reach,
    subject: &Subject,
    canaries: &mut Canaries,
) -> Result<(), DbError> {
    // What a row refers to is found from the person down.
    let mut theirs: Vec<(ObjectId, String)> = Vec::new();
    if let Some(root) = reach.tables.first() {
        let same =
            Pen::new().ident(root.key.first().map_or("", String::as_str)).text("=").literal(&subject.key);
        theirs.push((root.table.clone(), same.end()));
    }
    for (at, edge) in reach.edges.iter().enumerate() {
        let Some((_, parent)) = theirs.iter().find(|(table, _)| *table == edge.parent).cloned() else {
            continue;
        };
        let set = edge.columns.iter().zip(&edge.target).map(|(column, target)| {
            let value = Pen::kw("SELECT").ident(target).and("FROM").name(edge.parent.path()).and("WHERE");
            Pen::new().ident(column).text("=").list([value.text(&parent).and("LIMIT 1")])
        });
        let row = Pen::kw("SELECT ctid, tableoid FROM")
            .name(edge.child.path())
            .and("ORDER BY tableoid, ctid LIMIT 1 OFFSET");
        let row = row.number(i64::try_from(at % 3).unwrap_or_default());
        let update = Pen::kw("UPDATE").name(edge.child.path()).and("SET").commas(set);
        let update = update.and("WHERE (ctid, tableoid) IN").list([row]).and("RETURNING 1");
        let script = format!("SET session_replication_role = replica;\n{}", update.end());
        let done = session.rows(&script).await;
        session.run("RESET session_replication_role").await?;
        match done {
            Ok(rows) if !rows.is_empty() => {}
            Ok(_) => continue,
            Err(error) => {
                let columns = edge.columns.join(", ");
                canaries
                    .untried
                    .push(format!("{}.{columns} cannot be made to refer: {error}", edge.child.name()));
                continue;
            }
        }
        let columns = edge.columns.iter().zip(&edge.target).map(|(column, target)| {
            let value = Pen::kw("SELECT").ident(target).and("FROM").name(edge.parent.path()).and("WHERE");
            Pen::new().ident(column).text("=").list([value.text(&parent).and("LIMIT 1")]).end()
        });
        let same: Vec<_> = columns.collect();
        theirs.push((edge.child.clone(), same.join(" AND ")));
    }
    Ok(())
}

/// Puts a canary into each tagged column of the rows that are found, and into the trail as if nothing masked it.
async fn plant(
    session: &mut Session,
    declared: &Declared,
    reach: &Reach,
    canaries: &mut Canaries,
) -> Result<Vec<String>, DbError> {
    let mut values = Vec::new();
    for (place, reached) in reach.tables.iter().enumerate() {
        let keys = ["pg_temp".to_owned(), format!("nexus_of_{place}")];
        let same = || {
            let pairs = reached
                .key
                .iter()
                .map(|name| Pen::new().name(["t", name.as_str()]).text("=").name(["o", name.as_str()]).end());
            pairs.collect::<Vec<_>>().join(" AND ")
        };
        for (column, _) in &reached.tagged {
            let Some(Object::Column(is)) = declared.catalog.get(column) else { continue };
            if reached.key.iter().any(|name| name == column.name()) {
                continue;
            }
            let mut why = "no value stands nowhere else".to_owned();
            let tries = candidates(is, values.len());
            // Where values have to differ, one row gets it.
            let tries = tries.iter().flat_map(|value| [(value, ""), (value, ONE_ROW)]);
            for (value, which) in tries {
                let update =
                    Pen::kw("UPDATE").name(reached.table.path()).and("AS t SET").ident(column.name());
                let update = update.text("=").literal(value).and("FROM").name(keys.clone()).and("AS o WHERE");
                let which = which.replace("nexus_of", &keys.join("."));
                let update = update.text(&same()).text(&which).and("RETURNING").name(["t", column.name()]);
                session.run("SAVEPOINT canary").await?;
                match session.rows(&update.text("::text").end()).await {
                    Ok(rows) => {
                        session.run("RELEASE canary").await?;
                        match rows.into_iter().flatten().flatten().next() {
                            Some(value) => {
                                trail(session, reached, &keys, column.name()).await?;
                                values.push(value);
                                why.clear();
                            }
                            None => "no row".clone_into(&mut why),
                        }
                        break;
                    }
                    Err(error) => {
                        session.run("ROLLBACK TO canary").await?;
                        why = error.to_string();
                    }
                }
            }
            if !why.is_empty() {
                canaries.untried.push(format!(
                    "no canary in {}.{}: {why}",
                    reached.table.name(),
                    column.name()
                ));
            }
        }
    }
    Ok(values)
}

/// Writes what stands in a column into the trail, unmasked.
async fn trail(
    session: &mut Session,
    reached: &super::Reached,
    keys: &[String; 2],
    column: &str,
) -> Result<(), DbError> {
    let Some(trail) = &reached.trail else { return Ok(()) };
    let key = || reached.key.iter().map(|name| Pen::new().name(["o", name.as_str()]));
    let record = match reached.key_is_id {
        true => Pen::new().commas(key()),
        false => Pen::kw("md5(jsonb_build_array(").commas(key()).text(")::text)::uuid"),
    };
    let insert = Pen::kw("INSERT INTO").name(trail.path());
    let insert = insert.text("(table_name, record_id, action, old_values, new_values) SELECT");
    let value = || Pen::kw("jsonb_build_object(").literal(column).text(",").name(["t", column]).text(")");
    let insert = insert.literal(reached.table.name()).text(",").pen(record).text(", 'UPDATE',");
    let insert =
        insert.pen(value()).text(",").pen(value()).and("FROM").name(reached.table.path()).and("AS t JOIN");
    let same = reached
        .key
        .iter()
        .map(|name| Pen::new().name(["t", name.as_str()]).text("=").name(["o", name.as_str()]).end());
    let same: Vec<_> = same.collect();
    session.run(&insert.name(keys.clone()).and("AS o ON").text(&same.join(" AND ")).end()).await
}

/// Values that stand nowhere else, for a column to take one of.
fn candidates(column: &Column, n: usize) -> Vec<String> {
    use Builtin as B;
    let Ok(type_) = TypeRef::parse(&column.type_) else { return Vec::new() };
    let word = format!("canary{n}qz");
    let texts = || vec![word.clone(), format!("{word}@example.com"), format!("Z{n}~"), format!("+9{n}17")];
    if type_.array {
        return vec![format!("{{{word}}}"), format!("{{9170{n}}}")];
    }
    match type_.builtin() {
        Some(B::Date) => vec![format!("{}-07-19", 1711 + n)],
        Some(B::Timestamp | B::TimestampTz) => vec![format!("{}-07-19 17:19:23", 1711 + n)],
        Some(B::Inet | B::Cidr) => vec![format!("203.0.113.{}/32", 17 + n % 200)],
        Some(B::Uuid) => vec![format!("ca9a12ee-0000-4000-8000-{n:012}")],
        Some(B::Int2) => vec![format!("{}", 29_171 + n)],
        Some(B::Int4 | B::Int8 | B::Float8) => vec![format!("{}", 917_171_700 + n)],
        Some(B::Numeric) => vec![format!("{}", 91_717 + n), format!("9.{}", 17 + n), format!("0.{}", 17 + n)],
        Some(B::Json | B::Jsonb) => {
            vec![format!("\"{word}\""), format!("{{\"a\": \"{word}\"}}"), format!("[\"{word}\"]")]
        }
        Some(B::Bytea) => vec![format!("\\xca9a12{n:04x}")],
        Some(B::Bool) => Vec::new(),
        _ => texts(),
    }
}

/// In how many rows of all tables any of the values stands.
async fn count(
    session: &mut Session,
    catalog: &Catalog,
    values: &[String],
    places: &mut Vec<String>,
) -> Result<u64, DbError> {
    let mut found = 0;
    let is_foreign = |object: &Object| matches!(object, Object::Table(table) if matches!(table.form, TableForm::Foreign { .. }));
    for (table, _) in catalog.of_kind(Kind::Table).filter(|(_, entry)| !is_foreign(&entry.object)) {
        let list = values.iter().map(|value| Pen::new().literal(value));
        // In a row's text and in JSON a quote is doubled; canaries have none but those of JSON itself.
        let query = Pen::kw("SELECT count(*) FROM ONLY")
            .name(table.path())
            .and("AS t WHERE EXISTS (SELECT FROM unnest(ARRAY[");
        let query = query
            .commas(list)
            .text("]::text[]) v WHERE position(trim(v, '\"{}[]') IN replace(t::text, '\"\"', '\"')) > 0)");
        let number = session.rows(&query.end()).await?.into_iter().flatten().flatten().next();
        let number: u64 = number.and_then(|text| text.parse().ok()).unwrap_or_default();
        if number > 0 {
            places.push(format!("{table}: {number}"));
        }
        found += number;
    }
    Ok(found)
}

/// How many rows there are in the reached tables that are not the person's.
async fn others(session: &mut Session, reach: &Reach) -> Result<u64, DbError> {
    let mut all = 0;
    for (place, reached) in reach.tables.iter().enumerate() {
        let same = reached
            .key
            .iter()
            .map(|name| Pen::new().name(["t", name.as_str()]).text("=").name(["o", name.as_str()]).end());
        let same: Vec<_> = same.collect();
        let query = Pen::kw("SELECT count(*) FROM")
            .name(reached.table.path())
            .and("AS t WHERE NOT EXISTS (SELECT FROM");
        let query = query.name(["pg_temp".to_owned(), format!("nexus_of_{place}")]).and("AS o WHERE");
        let number = session.rows(&query.text(&same.join(" AND ")).text(")").end()).await?;
        let number = number.into_iter().flatten().flatten().next();
        all += number.and_then(|text| text.parse::<u64>().ok()).unwrap_or_default();
    }
    Ok(all)
}
