//! Tries every cell on scratch: as the role, with rows, in a transaction that is taken back.

use nexus_schema::catalog::{Catalog, Kind, Object, ObjectId};
use nexus_schema::document::{ColumnPolicy, Declared};
use nexus_schema::kinds::{Column, Generated, Identity, Policy, TableForm};

use super::live::{self, Asked};
use super::{CREATE, Cell, EVERYBODY, Matrix, Sight, cells};
use crate::db::{DbError, Session};
use crate::doors::{self, Bench, DoorError};
use crate::prove;
use crate::sql::Pen;

/// A role that nothing is granted to, for as long as a transaction lasts.
const NOBODY: &str = "nexus_nobody";
/// A schema in which a role may make a table that refers to another.
const PROBE: &str = "nexus_probe";

/// `insufficient_privilege`.
const REFUSED: &str = "42501";
/// `feature_not_supported`: a table that others refer to is not truncated, and that is looked at after privileges.
const REFERRED_TO: &str = "0A000";

/// Builds the schema on scratch, puts rows into it, and tries everything as every role.
pub async fn attempt(bench: &mut Bench, declared: &Declared) -> Result<Matrix, DoorError> {
    let mut session = bench.fresh().await?;
    let state = doors::declare(&mut session, declared).await?;
    let unfilled = prove::fill_tables(&mut session, &state).await?;
    let mut matrix = Matrix { server: session.version(), cells: cells(declared), ..Matrix::default() };
    if let Some(server) = bench.server() {
        matrix.server = server.to_string();
    }
    let asked = live::ask(&mut session, &matrix.cells).await?;
    for (cell, asked) in matrix.cells.iter_mut().zip(&asked) {
        let tried = match statement(&declared.catalog, cell) {
            Some(statement) => try_as(&mut session, &cell.role, &statement).await?,
            None => None,
        };
        cell.tried = tried.is_some();
        cell.found = tried.unwrap_or(*asked == Asked::May);
    }
    for (policy, of) in &declared.access.policies {
        sights(&mut session, &declared.catalog, policy, of, &mut matrix).await?;
    }
    matrix.findings = live::unpinned(&mut session).await?;
    matrix.unchecked.extend(unfilled.into_iter().map(|table| format!("no rows in {table}")));
    Ok(matrix)
}

/// A statement that does what a cell is about, and nothing else that needs a privilege.
fn statement(catalog: &Catalog, cell: &Cell) -> Option<String> {
    let on = || cell.on.path();
    if cell.verb == CREATE {
        let table = [cell.on.name(), PROBE];
        return Some(Pen::kw("CREATE TABLE").name(table).text("()").end());
    }
    if matches!(catalog.get(&cell.on), Some(Object::Table(table)) if matches!(table.form, TableForm::Foreign { .. }))
    {
        // Its rows are somebody else's.
        return None;
    }
    let columns = catalog.columns(&cell.on);
    let pen = match cell.verb {
        "SELECT" => Pen::kw("SELECT count(t.*) FROM").name(on()).and("AS t"),
        "DELETE" => Pen::kw("DELETE FROM").name(on()),
        "TRUNCATE" => Pen::kw("TRUNCATE").name(on()),
        "UPDATE" => {
            let (column, _) = columns.iter().find(|(_, column)| column.generated.is_none())?;
            Pen::kw("UPDATE").name(on()).and("SET").ident(column.name()).and("= DEFAULT")
        }
        "INSERT" => {
            let given: Vec<_> =
                columns.iter().filter(|(_, column)| takes_values(column)).map(|(id, _)| id.name()).collect();
            let nulls = given.iter().map(|_| Pen::kw("NULL"));
            let insert = Pen::kw("INSERT INTO").name(on());
            match given.is_empty() {
                true => insert.and("DEFAULT VALUES"),
                // A row of other values than the table's own would need more than this privilege.
                false => insert.idents(&given).and("SELECT").commas(nulls).and("WHERE false"),
            }
        }
        _ => refer(catalog, &cell.on)?,
    };
    Some(pen.end())
}

/// A table of the role's own that refers to this one.
fn refer(catalog: &Catalog, table: &ObjectId) -> Option<Pen> {
    let key = catalog.primary_key(table);
    if key.is_empty() {
        return None;
    }
    let mut parts = Vec::new();
    for name in key {
        let Some(Object::Column(column)) = catalog.get(&table.child(Kind::Column, name.as_str())) else {
            return None;
        };
        parts.push(Pen::new().ident(name).text(&column.type_));
    }
    parts.push(Pen::kw("FOREIGN KEY").idents(key).and("REFERENCES").name(table.path()).idents(key));
    Some(Pen::kw("CREATE TABLE").name([PROBE, "refers"]).list(parts))
}

fn takes_values(column: &Column) -> bool {
    let Column { generated, identity, .. } = column;
    let always = matches!(identity, Some(Identity { always: true, .. }));
    let computed: &Option<Generated> = generated;
    computed.is_none() && !always
}

/// Runs a statement as a role and takes it back. Tells whether it was let; nothing where it failed for another reason.
async fn try_as(session: &mut Session, role: &str, statement: &str) -> Result<Option<bool>, DbError> {
    begin_as(session, role, &[]).await?;
    let done = session.run(statement).await;
    session.run("ROLLBACK").await?;
    Ok(match done {
        Ok(()) => Some(true),
        Err(error) => match error.code() {
            Some(REFUSED) => Some(false),
            // What rows and their rules say is said after privileges are looked at.
            Some(code) if code.starts_with("23") => Some(true),
            Some(REFERRED_TO) if statement.starts_with("TRUNCATE") => Some(true),
            Some(_) => None,
            None => return Err(error),
        },
    })
}

/// Begins a transaction in which the session is a role and says this of itself.
async fn begin_as(session: &mut Session, role: &str, says: &[(&str, &str)]) -> Result<(), DbError> {
    let mut script = Pen::kw("BEGIN");
    let role = if role == EVERYBODY { NOBODY } else { role };
    if role == NOBODY {
        script = script.then(Pen::kw("CREATE ROLE").ident(NOBODY));
    }
    script = script.then(Pen::kw("CREATE SCHEMA").ident(PROBE).and("AUTHORIZATION").ident(role));
    for (setting, value) in says {
        let set = Pen::kw("SELECT set_config(").literal(setting).text(",").literal(value).text(", true)");
        script = script.then(set);
    }
    session.run(&script.then(Pen::kw("SET LOCAL ROLE").ident(role)).end()).await
}

/// What each role sees of a table through a policy of a column.
async fn sights(
    session: &mut Session,
    catalog: &Catalog,
    policy: &ObjectId,
    of: &ColumnPolicy,
    matrix: &mut Matrix,
) -> Result<(), DbError> {
    let table = policy.ancestor(Kind::Table, 2);
    let column = of.column.name();
    let count = Pen::kw("SELECT").ident(column).text("::text, count(*) FROM").name(table.path());
    let count = count.and("WHERE").ident(column).and("IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 2");
    let values = session.rows(&count.end()).await?;
    let value = |n: usize| values.get(n).and_then(|row| row.first()).cloned().flatten();
    let Some(mine) = value(0) else {
        matrix.unchecked.push(format!("{policy}: no rows to look for"));
        return Ok(());
    };
    let own = values.first().and_then(|row| row.get(1)).cloned().flatten().and_then(|n| n.parse().ok());
    let roles: Vec<_> = super::roles(&matrix.cells).into_iter().map(String::from).collect();
    for role in roles {
        let may = |verb: &str| {
            let same = |cell: &&Cell| cell.role == role && cell.on == table && cell.verb == verb;
            matrix.cells.iter().find(same).is_some_and(|cell| cell.found)
        };
        let (select, update, insert) = (may("SELECT"), may("UPDATE"), may("INSERT"));
        if !select || is_unbound(session, &role, &table).await? {
            continue;
        }
        if !is_alone(catalog, policy, &role) {
            matrix.unchecked.push(format!("{policy} for {role}: other policies let rows through as well"));
            continue;
        }
        let mut add = |what, declared, found| {
            let (policy, role) = (policy.clone(), role.clone());
            matrix.sights.push(Sight { policy, role, what, declared, found });
        };
        let all = Pen::kw("SELECT count(*) FROM").name(table.path());
        let says = [(of.setting.as_str(), mine.as_str())];
        add("reads its own rows", own.unwrap_or_default(), number(session, &role, &says, &all).await?);
        add("reads without saying who it is", 0, number(session, &role, &[], &all).await?);
        if update {
            let touched = Pen::kw("WITH u AS (UPDATE").name(table.path()).and("SET").ident(column).and("=");
            let touched = touched.ident(column).and("RETURNING 1) SELECT count(*) FROM u");
            add(
                "updates its own rows",
                own.unwrap_or_default(),
                number(session, &role, &says, &touched).await?,
            );
        }
        if let (true, Some(other)) = (insert, value(1)) {
            let strange = strange(session, catalog, &table, column, &other).await?;
            begin_as(session, &role, &says).await?;
            let done = session.run(&strange.end()).await;
            session.run("ROLLBACK").await?;
            let let_in = !done.is_err_and(|error| error.code() == Some(REFUSED));
            add("inserts rows of others", 0, let_in.into());
        }
    }
    Ok(())
}

/// Inserts a row that is there once more, one of another tenant.
async fn strange(
    session: &mut Session,
    catalog: &Catalog,
    table: &ObjectId,
    column: &str,
    value: &str,
) -> Result<Pen, DbError> {
    let row = Pen::kw("SELECT to_jsonb(t)::text FROM").name(table.path()).and("AS t WHERE").ident(column);
    let row = session.rows(&row.text("::text =").literal(value).and("LIMIT 1").end()).await?;
    let row = row.into_iter().flatten().flatten().next().unwrap_or_default();
    let columns = catalog.columns(table);
    let given: Vec<_> =
        columns.iter().filter(|(_, column)| takes_values(column)).map(|(id, _)| id.name()).collect();
    let insert = Pen::kw("INSERT INTO").name(table.path()).idents(&given);
    let from = Pen::kw("SELECT").commas(given.iter().map(|name| Pen::new().ident(name)));
    let from =
        from.and("FROM jsonb_populate_record(NULL::").name(table.path()).text(",").literal(&row).text(")");
    Ok(insert.pen(from))
}

/// Whether row security does not bind a role: it owns the table, or nothing binds it.
async fn is_unbound(session: &mut Session, role: &str, table: &ObjectId) -> Result<bool, DbError> {
    let query = Pen::kw(
        "SELECT rolsuper OR rolbypassrls OR pg_has_role(rolname, relowner, 'USAGE') AND NOT relforcerowsecurity",
    );
    let query = query.and("FROM pg_roles, pg_class WHERE rolname =").literal(role);
    let query = query.and("AND pg_class.oid =").literal(&crate::sql::dotted(table.path())).text("::regclass");
    Ok(session.rows(&query.end()).await? == [[Some("t".to_owned())]])
}

/// Whether no other policy lets a role see more, or less, than this one.
fn is_alone(catalog: &Catalog, policy: &ObjectId, role: &str) -> bool {
    let table = policy.ancestor(Kind::Table, 2);
    let is_for = |policy: &Policy| policy.roles.is_empty() || policy.roles.iter().any(|other| other == role);
    let all = catalog.under(Kind::Policy, table.path()).filter(|(_, entry)| match &entry.object {
        Object::Policy(policy) => is_for(policy),
        _ => false,
    });
    let all: Vec<_> = all.map(|(id, _)| id).collect();
    let plain = |policy: &Policy| policy.permissive && policy.command == "ALL";
    all == [policy] && matches!(catalog.get(policy), Some(Object::Policy(policy)) if plain(policy))
}

/// The number that a query gives a role that says this of itself.
async fn number(
    session: &mut Session,
    role: &str,
    says: &[(&str, &str)],
    query: &Pen,
) -> Result<u64, DbError> {
    begin_as(session, role, says).await?;
    let rows = session.rows(&query.clone().end()).await;
    session.run("ROLLBACK").await?;
    let number = rows?.into_iter().flatten().flatten().next();
    Ok(number.and_then(|text| text.parse().ok()).unwrap_or_default())
}
