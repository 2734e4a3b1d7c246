//! A state on scratch for a short while.
//!
//! Made in a transaction that is taken back, where that goes: then the database is as empty as it was, and the next one
//! who asks gets it. A new database costs more than most questions do.

use nexus_schema::catalog::{Catalog, Kind};

use super::build::try_out;
use super::{Bench, DoorError, materialize};
use crate::db::Session;

/// A database in a state.
#[derive(Debug)]
pub struct Visit {
    /// A session on it.
    pub session: Session,
    /// Whether a transaction is open that made the state.
    within: bool,
    /// Whether something may have ended that transaction.
    spoilt: bool,
}

impl Visit {
    /// Makes a state, without a word on what else is on the server.
    pub async fn begin(bench: &mut Bench, state: &Catalog) -> Result<Self, DoorError> {
        let mut session = bench.fresh().await?;
        let within = try_out(&mut session, state).await?;
        if !within {
            materialize(&mut session, state).await?;
        }
        // Raw SQL may do anything.
        let spoilt = state.of_kind(Kind::Raw).next().is_some();
        Ok(Self { session, within, spoilt })
    }

    /// Makes a state on a database of its own, for what takes several transactions.
    pub async fn to_stay(bench: &mut Bench, state: &Catalog) -> Result<Self, DoorError> {
        let mut session = bench.fresh().await?;
        materialize(&mut session, state).await?;
        Ok(Self { session, within: false, spoilt: false })
    }

    /// Whether what is done happens in a transaction that is open.
    pub fn is_within(&self) -> bool {
        self.within
    }

    /// Takes it all back.
    pub async fn end(self, bench: &mut Bench) -> Result<(), DoorError> {
        let Self { mut session, within, spoilt } = self;
        if within && !spoilt {
            session.run("ROLLBACK").await?;
            bench.give_back(session);
        }
        Ok(())
    }
}
