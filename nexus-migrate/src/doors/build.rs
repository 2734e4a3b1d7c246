//! Makes a state on an empty database.

use std::collections::BTreeSet;
use std::path::PathBuf;

use nexus_schema::catalog::{Catalog, Kind, Object, ObjectId};
use nexus_schema::document::Place;

use super::empty;
use crate::db::{DbError, Session};
use crate::kinds::role;
use crate::plan::{Plan, PlanError, Step, Traffic, plan};
use crate::sql::{Pen, quote_literal};

/// A state cannot be made on scratch.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The server refused an object.
    #[error("{}PostgreSQL refuses {id}", at(.place))]
    Refused {
        /// The object.
        id: ObjectId,
        /// Where its author wrote it.
        place: Option<Place>,
        /// The statement.
        sql: String,
        /// What the server said.
        source: DbError,
    },
    /// A migration of the history fails on an empty database.
    #[error("{file} does not run on scratch")]
    Migration {
        /// The file.
        file: String,
        /// What the server said.
        source: DbError,
    },
    /// A SQL file fails.
    #[error("{} does not run on scratch", path.display())]
    Script {
        /// The file.
        path: PathBuf,
        /// What the server said.
        source: DbError,
    },
    /// The steps cannot be ordered.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The server is gone.
    #[error(transparent)]
    Db(#[from] DbError),
}

fn at(place: &Option<Place>) -> String {
    place.as_ref().map(|p| format!("{}:{}:{}: ", p.file.display(), p.line, p.column)).unwrap_or_default()
}

/// Makes everything in `catalog`. Objects whose text names others that come later are tried again after them:
/// what an expression or a body needs is the server's to say.
pub(super) async fn build(
    session: &mut Session,
    catalog: &Catalog,
    place: impl Fn(&ObjectId) -> Option<Place>,
) -> Result<(), BuildError> {
    let plan = plan(&empty(), catalog, &Traffic::none())?;
    let all = at_once(&plan);
    if session.run(&format!("SET check_function_bodies = off;\nBEGIN;\n{all}COMMIT;\n")).await.is_ok() {
        return Ok(());
    }
    session.run("ROLLBACK").await?;
    in_rounds(session, plan.steps, place).await
}

/// Makes everything in `catalog` in a transaction that is left open; tells whether it could be made so. If not, the
/// transaction is gone, and all of it with it.
pub(super) async fn try_out(session: &mut Session, catalog: &Catalog) -> Result<bool, BuildError> {
    let all = at_once(&plan(&empty(), catalog, &Traffic::none())?);
    session.run("BEGIN;\nSET LOCAL check_function_bodies = off").await?;
    if roles(session, catalog).await.is_ok() && session.run(&all).await.is_ok() {
        return Ok(true);
    }
    session.run("ROLLBACK").await?;
    Ok(false)
}

/// All steps as one text.
fn at_once(plan: &Plan) -> String {
    plan.steps.iter().map(|step| format!("{};\n", step.sql)).collect()
}

async fn in_rounds(
    session: &mut Session,
    mut open: Vec<Step>,
    place: impl Fn(&ObjectId) -> Option<Place>,
) -> Result<(), BuildError> {
    loop {
        let before = open.len();
        let mut first_error = None;
        let mut again = Vec::new();
        for step in open {
            let Err(source) = session.run(&step.sql).await else { continue };
            let may_come = source.code().is_some_and(|code| NAMES_SOMETHING_MISSING.contains(&code));
            let error = BuildError::Refused {
                id: step.id.clone(),
                place: place(&step.id),
                sql: step.sql.clone(),
                source,
            };
            if !may_come {
                return Err(error);
            }
            first_error.get_or_insert(error);
            again.push(step);
        }
        open = again;
        match first_error {
            None => return Ok(()),
            Some(error) if open.len() == before => return Err(error),
            Some(_) => {}
        }
    }
}

/// Undefined table, column, function, object, schema (appendix A of the manual).
const NAMES_SOMETHING_MISSING: [&str; 5] = ["42P01", "42703", "42883", "42704", "3F000"];

/// Runs a migration file as an applier would: in one transaction, or as it stands.
pub(super) async fn run_file(session: &mut Session, sql: &str, transactional: bool) -> Result<(), DbError> {
    if !transactional {
        return session.run(sql).await;
    }
    match session.run(&format!("BEGIN;\n{sql}\nCOMMIT;")).await {
        Ok(()) => Ok(()),
        Err(error) => {
            let _ = session.run("ROLLBACK").await;
            Err(error)
        }
    }
}

/// Makes the roles that a state names, without any right to log in, where they are missing.
pub(super) async fn roles(session: &mut Session, catalog: &Catalog) -> Result<(), BuildError> {
    let mut named: BTreeSet<&str> = BTreeSet::new();
    let mut superusers: BTreeSet<&str> = BTreeSet::new();
    for (id, entry) in catalog.iter() {
        match &entry.object {
            Object::Owner(owner) => {
                named.insert(&owner.role);
                if id.target().is_some_and(|target| is_owned_by_superusers(target.kind())) {
                    superusers.insert(&owner.role);
                }
            }
            object => named.extend(role::named(id, object)),
        }
    }
    named.remove("");
    if named.is_empty() {
        return Ok(());
    }
    let list: Vec<_> = named.iter().map(|role| quote_literal(role)).collect();
    let there =
        session.rows(&format!("SELECT rolname FROM pg_roles WHERE rolname IN ({})", list.join(", "))).await?;
    let there: BTreeSet<_> = there.into_iter().flatten().flatten().collect();
    for role in named.into_iter().filter(|role| !there.contains(*role)) {
        let there = Pen::kw("SELECT FROM pg_catalog.pg_roles WHERE rolname =").literal(role);
        let create = Pen::kw("CREATE ROLE").ident(role).and("NOLOGIN");
        let create = create.and_if(superusers.contains(role), "SUPERUSER");
        session.run(&Pen::once_on_the_server(there, create).end()).await?;
    }
    Ok(())
}

/// Kinds that only a superuser can own; of publications, it is those with whole schemas or everything.
fn is_owned_by_superusers(kind: Kind) -> bool {
    matches!(kind, Kind::EventTrigger | Kind::ForeignDataWrapper | Kind::Publication | Kind::Subscription)
}
