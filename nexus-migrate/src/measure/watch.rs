//! A transaction, watched from within: what each of its statements adds.

use super::relations::{Held, Relations};
use super::{Before, Observation};
use crate::db::{DbError, Session};

/// Looks after each statement of an open transaction.
///
/// Locks are kept until the end of a transaction, and its counters and files are its own: so one look after a
/// statement, compared with the one before, tells what it did.
#[derive(Debug)]
pub struct Watch {
    known: Relations,
    held: Held,
    last: Relations,
}

impl Watch {
    /// Begins to watch; the transaction must be open.
    pub async fn begin(session: &mut Session) -> Result<Self, DbError> {
        Self::since(session, Before::EVER).await
    }

    /// Begins to watch relations that were there before that; the transaction must be open.
    pub async fn since(session: &mut Session, before: Before) -> Result<Self, DbError> {
        let known = Relations::read(session).await?.made(before);
        Ok(Self { held: Held::new(), last: known.clone(), known })
    }

    /// Whether nothing was there before, so that nothing can be noticed.
    pub fn is_idle(&self) -> bool {
        self.known.newest() == 0
    }

    /// What happened since the last look.
    pub async fn look(&mut self, session: &mut Session) -> Result<Observation, DbError> {
        self.run(session, "").await
    }

    /// Runs a statement, and says what happened since the last look; one trip to the server.
    pub async fn run(&mut self, session: &mut Session, sql: &str) -> Result<Observation, DbError> {
        if self.is_idle() {
            session.run(sql).await?;
            return Ok(Observation::default());
        }
        let (locks, touched) =
            (self.known.locks_of("pg_backend_pid()"), Relations::touched(self.known.newest()));
        let mut answers = session.result_sets(&format!("{sql};\n{locks};\n{touched}")).await?;
        let now = Relations::parse(answers.pop().unwrap_or_default());
        let held = self.known.held(answers.pop().unwrap_or_default());
        let taken = held.iter().filter(|(oid, mode)| self.held.get(oid).is_none_or(|before| before < mode));
        let taken: Held = taken.map(|(oid, mode)| (*oid, *mode)).collect();
        let mut seen = self.last.work(&now, &self.known);
        seen.locks = self.known.named(&taken);
        seen.blocked = self.known.blocked(&held);
        seen.long = seen.works() && !seen.blocked.is_empty();
        self.held = held;
        self.last.follow(&now);
        Ok(seen)
    }
}
