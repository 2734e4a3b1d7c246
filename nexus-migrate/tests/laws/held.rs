//! The laws, and the ground on which they are tried.
//!
//! A database is used again and again: what a pair leaves is dropped by its owner, which takes a twentieth of the time
//! that a new database takes. So the two schemas that everything lives in are always there.

use nexus_migrate::change::{Change, change};
use nexus_migrate::db::{Scratch, ScratchOptions, Session};
use nexus_migrate::doors::{Bench, State};
use nexus_migrate::introspect::introspect;
use nexus_migrate::prove::{Claim, prove};
use nexus_schema::catalog::Catalog;

pub(crate) type Problem = Box<dyn std::error::Error + Send + Sync>;

/// The roles that random schemas name, and the one that owns them.
const ROLES: &str = "CREATE ROLE \"law a\"; CREATE ROLE law_b; CREATE ROLE \"law o\" SUPERUSER";
/// What is there before anything is, and stays.
const BARE: &str = "CREATE SCHEMA s; SET SESSION AUTHORIZATION \"law o\"";
/// What makes a database bare again. One role after the other: PostgreSQL fails over default privileges of one for
/// another when both go at once (`could not find tuple for default ACL`).
const CLEAR: &str = "RESET ALL; RESET ROLE;
    DROP OWNED BY \"law a\" CASCADE; DROP OWNED BY law_b CASCADE; DROP OWNED BY \"law o\" CASCADE;
    COMMENT ON SCHEMA s IS NULL; REVOKE ALL ON SCHEMA s FROM PUBLIC;
    DO $clear$ BEGIN
        EXECUTE format('ALTER DATABASE %I RESET ALL', current_database());
        EXECUTE format('ALTER ROLE law_b IN DATABASE %I RESET ALL', current_database());
    END $clear$";

/// A scratch server, and databases on it that are as good as new.
pub(crate) struct Ground {
    /// Keeps the server alive where the bench works on it by its URL.
    server: Option<(Session, Scratch)>,
    bench: Bench,
    spare: Vec<Session>,
    bare: Catalog,
}

/// A state in a database.
pub(crate) struct Stand {
    session: Session,
    catalog: Catalog,
}

impl Ground {
    pub(crate) async fn open() -> Result<Self, Problem> {
        let scratch = Scratch::start(&ScratchOptions::default()).await?;
        let (server, options) = if scratch.second_sessions() {
            // Many databases on one server: its roles stay, and no server is started for a second session.
            let mut session = scratch.fresh().await?;
            session.run(ROLES).await?;
            let options =
                ScratchOptions { dev_url: Some(session.url().to_owned()), ..ScratchOptions::default() };
            (Some((session, scratch)), options)
        } else {
            scratch.stop().await?;
            (None, ScratchOptions::default())
        };
        let mut ground =
            Self { server, bench: Bench::new(options), spare: Vec::new(), bare: Catalog::default() };
        let mut session = ground.session().await?;
        ground.bare = introspect(&mut session).await?;
        ground.spare.push(session);
        Ok(ground)
    }

    pub(crate) async fn close(mut self) {
        self.spare.clear();
        self.bench.stop().await;
        if let Some((session, scratch)) = self.server {
            drop(session);
            let _ = scratch.stop().await;
        }
    }

    /// A session on a bare database.
    async fn session(&mut self) -> Result<Session, Problem> {
        if let Some(session) = self.spare.pop() {
            return Ok(session);
        }
        let mut session = self.bench.fresh().await?;
        if self.server.is_none() {
            session.run(ROLES).await?;
        }
        session.run(BARE).await?;
        Ok(session)
    }

    /// Builds a state and tries the laws of one state.
    pub(crate) async fn stand(&mut self, sql: &str) -> Result<Stand, Problem> {
        let mut session = self.session().await?;
        session.run(sql).await.map_err(|error| format!("the schema is wrong: {}\n{sql}", chain(&error)))?;
        let catalog = introspect(&mut session).await.map_err(|error| chain(&error))?;
        same(!sql.is_empty() || catalog == self.bare, "a database was not cleared", "")?;
        let lines = Catalog::from_lines(&catalog.to_lines())?;
        same(lines == catalog, "the lines of a state are not the state", "")?;
        let nothing = self.between(&catalog, &catalog).await?.up.to_sql();
        same(nothing.is_empty(), "a state differs from itself", &nothing)?;
        Ok(Stand { session, catalog })
    }

    /// Tries the laws of a pair, there and back with rows in all tables: what is left over, and which rows are gone
    /// though no step said so. The way from the empty schema is the one by which a state is made from nothing. Returns
    /// whether a step refused rows, and was tried without any.
    pub(crate) async fn pair(&mut self, prev: &mut Stand, next: &Stand) -> Result<bool, Problem> {
        let there = self.between(&prev.catalog, &next.catalog).await?;
        let plans = || format!("{}\nand back:\n{}", there.up.to_sql(), there.down.to_sql());
        let proof = prove(&mut self.bench, &mut prev.session, &Claim::of(&there))
            .await
            .map_err(|error| format!("{}\n{}", chain(&error), plans()))?;
        let seen = format!("{:?} {:?} {:?}", proof.forward, proof.backward, proof.rows.lost);
        same(proof.holds(), &seen, &plans())?;
        Ok(!proof.rows.refused.is_empty())
    }

    /// Takes a database back.
    pub(crate) async fn clear(&mut self, stand: Stand) {
        let Stand { mut session, catalog: _ } = stand;
        // Where a law broke, a transaction may be open. A proof may have gone on in another database, which is not ours.
        let _ = session.run("ROLLBACK").await;
        let ours = session.rows("SELECT session_user").await;
        let ours = ours.is_ok_and(|rows| rows.first().is_some_and(|row| row == &[Some("law o".to_owned())]));
        if ours && session.run(CLEAR).await.is_ok() {
            self.spare.push(session);
        }
    }

    /// Tries all laws on two schemas.
    pub(crate) async fn laws(&mut self, prev: &str, next: &str) -> Result<(), Problem> {
        let mut before = self.stand(prev).await?;
        let after = self.stand(next).await?;
        let held = self.pair(&mut before, &after).await;
        self.clear(before).await;
        self.clear(after).await;
        held.map(drop)
    }

    async fn between(&mut self, prev: &Catalog, next: &Catalog) -> Result<Change, Problem> {
        let state = |catalog: &Catalog| State { catalog: catalog.clone(), ..State::default() };
        Ok(change(&mut self.bench, state(prev), state(next)).await.map_err(|error| chain(&error))?)
    }
}

fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let sources = std::iter::successors(Some(error), |error| error.source());
    sources.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn same(holds: bool, law: &str, why: &str) -> Result<(), Problem> {
    if holds { Ok(()) } else { Err(format!("{law}: {why}").into()) }
}
