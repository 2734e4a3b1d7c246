//! What only a person can know of a migration, put into the ledger under the same locks as a run.

use std::cell::RefCell;
use std::time::Duration;

use serde::Serialize;

use super::error::{ApplyError, Named};
use super::lease::Lease;
use super::ledger::{Ledger, RunEnd};
use super::{Event, Gate, Held, Options, State, Way, status};
use crate::history::{History, Migration};

/// What is the case with a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// It took effect: put it into the ledger.
    Applied,
    /// It did not, or no longer: take it out of the ledger.
    NotApplied,
    /// It was edited, and what is applied is as good as the file: record the file.
    Accepted,
}

/// Writes into the ledger what a person says of a version; runs none of its statements.
///
/// With [`Resolution::Applied`] the gate, if there is one, sees the database as it must be after that version. Fails with
/// [`ApplyError::Unresolvable`] where the word does not fit the state that the version is in.
pub async fn resolve(
    url: &str,
    history: &History,
    version: i64,
    how: Resolution,
    options: &Options,
    gate: Option<&mut dyn Gate>,
    on: &mut dyn FnMut(Event),
) -> Result<Named, ApplyError> {
    let on = RefCell::new(on);
    let ears = |event| (on.borrow_mut())(event);
    let Held { guard: _guard, mut session, lock } = Held::take(url, options, &ears).await?;
    let session = &mut session;
    let keeping = || ApplyError::database("write the ledger");
    let mut ledger = Ledger::find(session).await.map_err(keeping())?;
    let rows = ledger.rows(session).await.map_err(keeping())?;
    let steps = ledger.steps(session).await.map_err(keeping())?;
    let found = status::compare(&rows, &steps, history);
    let Some(found) = found.migrations.iter().find(|m| m.version == version) else {
        return Err(ApplyError::NoSuchVersion(version));
    };
    let named = Named::from(found);
    let fits = match how {
        Resolution::Applied => matches!(found.state, State::Pending | State::Interrupted | State::OutOfOrder),
        Resolution::NotApplied => {
            matches!(
                found.state,
                State::Applied | State::Edited | State::Missing | State::Unknown | State::Failed
            )
        }
        Resolution::Accepted => found.state == State::Edited,
    };
    if !fits {
        return Err(ApplyError::Unresolvable { migration: named, is: found.state.word() });
    }
    if let (Resolution::Applied, Some(gate)) = (how, gate) {
        gate.check(session, history, Some(version)).await.map_err(ApplyError::Gate)?;
    }
    ledger.make(session).await.map_err(keeping())?;
    let lease = Lease::take(session, ledger.name(), options.lock_wait, &ears).await?;
    let run = ledger.begin_run(session).await.map_err(keeping())?;
    let recorded = |m: &Migration| rows.iter().any(|row| row.version == m.version);
    // The files of one change come together: those before this one took effect as well.
    let together = history.change_of(version).iter().filter(|m| {
        m.version == version || how == Resolution::Applied && m.version < version && !recorded(m)
    });
    let mut words = vec!["BEGIN".to_owned()];
    if how != Resolution::Applied {
        words.push(ledger.forget(version));
    }
    for migration in together {
        let way = if how == Resolution::NotApplied { Way::Down } else { Way::Up };
        if way == Way::Up {
            words.push(ledger.record(migration, way, Duration::ZERO));
        }
        words.push(Ledger::whole_step(lease.fenced(run), migration, way, "resolved"));
    }
    words.push("COMMIT".to_owned());
    session.run(&words.join(";\n")).await.map_err(ApplyError::under_lease("write the ledger"))?;
    Ledger::end_run(session, run, RunEnd::Done, &lease).await.map_err(keeping())?;
    lock.release(session).await;
    Ok(named)
}
