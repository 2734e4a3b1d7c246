//! Asks a database what roles may do; nothing in it is changed.

use std::collections::BTreeSet;

use nexus_schema::catalog::{Kind, Object, ObjectId};
use nexus_schema::document::Declared;

use super::{Cell, Matrix, cells};
use crate::db::{DbError, Session};
use crate::sql::Pen;

const PRIVILEGES: &str = include_str!("live.sql");
const STRANGERS: &str = include_str!("strangers.sql");
const UNPINNED: &str = include_str!("unpinned.sql");
const POWERS: &str = include_str!("powers.sql");

/// What a server says of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    May,
    MayNot,
    NoRole,
    NoObject,
}

/// Compares a database with the declaration, by reading alone.
pub async fn look(session: &mut Session, declared: &Declared) -> Result<Matrix, DbError> {
    let mut matrix = Matrix { server: session.version(), cells: cells(declared), ..Matrix::default() };
    let asked = ask(session, &matrix.cells).await?;
    let mut missing = BTreeSet::new();
    for (cell, asked) in matrix.cells.iter_mut().zip(&asked) {
        cell.found = *asked == Asked::May;
        match asked {
            Asked::NoRole => missing.insert(format!("there is no role {}", cell.role)),
            Asked::NoObject => missing.insert(format!("there is no {}", cell.on)),
            Asked::May | Asked::MayNot => false,
        };
    }
    matrix.findings.extend(missing);
    for row in session.rows(&with(&matrix.cells, Some(declared), STRANGERS)).await? {
        if let [Some(on), Some(role), Some(privilege)] = row.as_slice() {
            matrix.findings.push(format!("{role} may {privilege} on {on}, which nobody declared"));
        }
    }
    for row in session.rows(&with(&matrix.cells, None, POWERS)).await? {
        if let [Some(role), Some(power)] = row.as_slice()
            && !is_declared(declared, role)
        {
            matrix.findings.push(format!("{role} {power}, which nobody declared"));
        }
    }
    matrix.findings.extend(unpinned(session).await?);
    for policy in declared.access.policies.keys() {
        matrix
            .unchecked
            .push(format!("{policy}: rows are looked at on scratch alone; `nexus diff` compares policies"));
    }
    Ok(matrix)
}

/// Whether such powers are part of the declaration.
fn is_declared(declared: &Declared, role: &str) -> bool {
    match declared.catalog.get(&ObjectId::new(Kind::Role, [role])) {
        Some(Object::Role(role)) => role.superuser || role.bypass_rls || role.create_role,
        _ => false,
    }
}

/// What the server says of each cell, in their order.
pub(super) async fn ask(session: &mut Session, cells: &[Cell]) -> Result<Vec<Asked>, DbError> {
    let rows = session.rows(&with(cells, None, PRIVILEGES)).await?;
    let asked = rows.into_iter().flatten().map(|word| match word.as_deref() {
        Some("true") => Asked::May,
        Some("role") => Asked::NoRole,
        Some("object") => Asked::NoObject,
        _ => Asked::MayNot,
    });
    Ok(asked.collect())
}

/// Functions that run with their owner's rights and are not pinned, a sentence each.
pub(super) async fn unpinned(session: &mut Session) -> Result<Vec<String>, DbError> {
    let rows = session.rows(UNPINNED).await?;
    let names = rows.into_iter().flatten().flatten();
    Ok(names
        .map(|name| format!("{name} runs with its owner's rights and has no search_path of its own (NX0226)"))
        .collect())
}

/// A query that can read the cells, and the columns on which something is declared.
fn with(cells: &[Cell], declared: Option<&Declared>, query: &str) -> String {
    let rows = cells.iter().enumerate().map(|(at, cell)| {
        let (schema, relation) = match cell.on.kind() {
            Kind::Schema => (cell.on.name(), ""),
            _ => (cell.on.schema(), cell.on.name()),
        };
        let texts = [cell.role.as_str(), schema, relation, cell.verb];
        let at = Pen::new().number(i64::try_from(at).unwrap_or_default());
        Pen::new().list([at].into_iter().chain(texts.map(|text| Pen::new().literal(text))))
    });
    let mut pen =
        Pen::kw("WITH nexus_cells (at, role, schema, relation, verb) AS (VALUES").rows(rows).text(")");
    if let Some(declared) = declared {
        let said = declared.catalog.of_kind(Kind::Grant).filter_map(|(id, _)| {
            let column = id.target().filter(|target| target.kind() == Kind::Column)?;
            let role =
                id.path().first().filter(|role| !role.is_empty()).map_or(super::EVERYBODY, String::as_str);
            let [schema, table, name] = column.path() else { return None };
            Some([schema.as_str(), table, name, role])
        });
        // There is always one row, so that the list is never empty.
        let said = [[""; 4]].into_iter().chain(said);
        let rows = said.map(|texts| Pen::new().list(texts.map(|text| Pen::new().literal(text))));
        pen = pen.text(", nexus_columns (schema, relation, name, role) AS (VALUES").rows(rows).text(")");
    }
    // Comments of the query come with it.
    format!("{}\n{query}", pen.end())
}
