//! The lease: a row that says who migrates this ledger, renewed while it does.
//!
//! Advisory locks keep runs apart; the lease is the second belt, for where a lock can outlive or predecease its
//! session: poolers and failovers. Its token is a fence: a step commits only under the token that its run took,
//! and whoever takes the lease over changes the token, which waits for the step's transaction (a key of the row).

use std::time::{Duration, Instant};

use super::{ApplyError, Event, lock};
use crate::db::{DbError, Session};
use crate::sql::Pen;

/// How often a lease is renewed; it lasts 30 s.
pub(super) const RENEWAL: Duration = Duration::from_secs(5);

/// A lease that this run took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lease {
    ledger: String,
    token: i64,
}

impl Lease {
    /// Takes the lease over this ledger, as soon as nobody alive holds it.
    pub(super) async fn take(
        session: &mut Session,
        ledger: &str,
        limit: Duration,
        ears: &dyn Fn(Event),
    ) -> Result<Self, ApplyError> {
        let take = include_str!("lease_take.sql").split_once("FROM me, wanted").map(|(before, after)| {
            Pen::new()
                .and(before)
                .and("FROM me, (SELECT")
                .literal(ledger)
                .and("::text AS ledger) AS wanted")
                .and(after)
                .end()
        });
        let take = take.expect("the query names what is wanted");
        let begin = Instant::now();
        let mut attempt = 0;
        loop {
            let rows = session.rows(&take).await.map_err(ApplyError::database("take the lease"))?;
            if let Some(token) = rows.into_iter().flatten().flatten().next().and_then(|t| t.parse().ok()) {
                return Ok(Self { ledger: ledger.into(), token });
            }
            let waited = begin.elapsed();
            if waited >= limit {
                let query = Pen::kw("SELECT backend FROM nexus.lease WHERE ledger =").literal(ledger).end();
                let holder = session.rows(&query).await.ok().into_iter().flatten().flatten().flatten().next();
                return Err(ApplyError::Locked { waited, holder });
            }
            if attempt == 0 {
                ears(Event::Waiting);
            }
            tokio::time::sleep(lock::poll(attempt).min(limit - waited)).await;
            attempt += 1;
        }
    }

    /// Lengthens the lease; `false` means that somebody else has it now.
    pub(super) async fn renew(&self, session: &mut Session) -> Result<bool, DbError> {
        let renew = Pen::kw("UPDATE")
            .and("nexus.lease SET until = clock_timestamp() + interval '30 s' WHERE ledger =")
            .literal(&self.ledger)
            .and("AND token =")
            .number(self.token)
            .and("RETURNING token");
        Ok(!session.rows(&renew.end()).await?.is_empty())
    }

    /// Returns the query that has a row while the lease is ours, and keeps it ours until the transaction ends.
    pub(super) fn fence(&self) -> String {
        self.held(Pen::kw("token")).end()
    }

    /// Returns the value `run` while the lease is ours, and NULL once it is not; keeps it ours until the transaction ends.
    pub(super) fn fenced(&self, run: i64) -> Pen {
        Pen::kw("(").pen(self.held(Pen::new().number(run))).and(")")
    }

    /// The query for `what`, which has a row while the lease is ours and keeps it so.
    fn held(&self, what: Pen) -> Pen {
        Pen::kw("SELECT")
            .pen(what)
            .and("FROM nexus.lease WHERE ledger =")
            .literal(&self.ledger)
            .and("AND token =")
            .number(self.token)
            .and("FOR KEY SHARE")
    }

    /// Returns the statement that gives it back.
    pub(super) fn release(&self) -> String {
        Pen::kw("UPDATE")
            .and("nexus.lease SET until = clock_timestamp() WHERE ledger =")
            .literal(&self.ledger)
            .and("AND token =")
            .number(self.token)
            .end()
    }
}
