//! What a database remembers, against the directory: which files a run has to run.

use std::time::Duration;

use super::error::{ApplyError, Named};
use super::lease::Lease;
use super::ledger::{Begun, Ledger, Row};
use super::limits::Class;
use super::step::Job;
use super::{Options, Way, status};
use crate::db::Session;
use crate::history::{History, Migration, Replaced};

/// What a database remembers, read once under the lock.
pub(super) struct Books {
    pub(super) ledger: Ledger,
    rows: Vec<Row>,
    pub(super) steps: Vec<Begun>,
    /// Squashed changes whose originals the ledger has.
    adopted: Vec<(Vec<i64>, Vec<Replaced>)>,
}

impl Books {
    /// Reads the ledger and fails unless it agrees with the directory.
    pub(super) async fn read(session: &mut Session, history: &History) -> Result<Self, ApplyError> {
        let reading = || ApplyError::database("read the ledger");
        let ledger = Ledger::find(session).await.map_err(reading())?;
        let rows = ledger.rows(session).await.map_err(reading())?;
        let steps = ledger.steps(session).await.map_err(reading())?;
        status::compare(&rows, &steps, history).agree()?;
        let adopted = status::adopted(&rows, history);
        Ok(Self { ledger, rows, steps, adopted })
    }

    fn has(&self, migration: &Migration) -> bool {
        self.rows.iter().any(|row| row.version == migration.version)
            || self.adopted.iter().any(|(versions, _)| versions.contains(&migration.version))
    }

    /// Whether the ledger is to be told of squashed changes.
    pub(super) fn adopts(&self) -> bool {
        !self.adopted.is_empty()
    }

    /// Returns the statements that put squashed changes into the ledger in the place of what they stand for.
    pub(super) fn adoption(&self, history: &History, run: i64, lease: &Lease) -> Vec<String> {
        let mut words = Vec::new();
        for (versions, of) in &self.adopted {
            words.extend(of.iter().map(|it| self.ledger.forget(it.version)));
            for m in history.migrations().iter().filter(|m| versions.contains(&m.version)) {
                words.push(self.ledger.record(m, Way::Up, Duration::ZERO));
                words.push(Ledger::whole_step(lease.fenced(run), m, Way::Up, "recorded"));
            }
        }
        words
    }

    /// The migrations that the journal has as applied and the ledger does not.
    ///
    /// Where sqlx took them back, the catalog is another one since; where it is not, somebody took out the rows.
    pub(super) fn removed(&self, jobs: &[Job<'_>]) -> Vec<Named> {
        let done = |job: &&Job<'_>| {
            self.steps.iter().any(|s| s.version == job.migration.version && s.way == Way::Up && s.done)
        };
        jobs.iter().filter(|job| job.way == Way::Up).filter(done).map(Job::named).collect()
    }

    /// The files to run, in order.
    pub(super) fn jobs<'a>(
        &self,
        history: &'a History,
        options: &Options,
        way: Way,
    ) -> Result<Vec<Job<'a>>, ApplyError> {
        let known = |version: &i64| history.migrations().iter().any(|m| m.version == *version);
        if let Some(version) =
            options.to.filter(|version| !(way == Way::Down && *version == 0 || known(version)))
        {
            return Err(ApplyError::NoSuchVersion(version));
        }
        let job = |migration: &'a Migration| Job { migration, way, class: Class::of(history, migration) };
        match way {
            Way::Up => {
                self.is_not_half_back(history)?;
                let wanted = |m: &&Migration| options.to.is_none_or(|to| m.version <= to) && !self.has(m);
                Ok(history.migrations().iter().filter(wanted).map(job).collect())
            }
            Way::Down => {
                let to = options.to.unwrap_or(0);
                let back: Vec<&Migration> =
                    history.migrations().iter().filter(|m| m.version > to && self.has(m)).collect();
                self.goes_back(history, &back)?;
                Ok(back.into_iter().rev().map(job).collect())
            }
        }
    }

    /// Fails unless the migrations are whole changes that have a way back.
    fn goes_back(&self, history: &History, back: &[&Migration]) -> Result<(), ApplyError> {
        if let Some(one) = back.iter().find(|m| m.down.is_none()) {
            return Err(ApplyError::NoWayBack(Named::from(*one)));
        }
        for change in history.changes() {
            let going = |m: &Migration| back.iter().any(|other| other.version == m.version);
            let some = change.iter().any(going);
            // A run that was killed on the way back has taken the newest ones of a change away already.
            let stays = change.iter().find(|m| some && !going(m) && self.has(m));
            let open = change.iter().find(|m| some && !self.has(m) && !self.is_on_the_way_back(m));
            if let (Some(first), Some(_)) = (change.first(), stays.or(open)) {
                let newest = change.last().unwrap_or(first);
                let whole = stays.is_some();
                return Err(ApplyError::PartOfChange { first: first.into(), newest: newest.into(), whole });
            }
        }
        Ok(())
    }

    /// Whether the newest that the journal has of a migration is that it was taken back.
    fn is_on_the_way_back(&self, migration: &Migration) -> bool {
        self.steps.iter().any(|step| step.version == migration.version && step.way == Way::Down)
    }

    /// Fails where a run was killed between the down files of one change: what is left of it goes back first.
    fn is_not_half_back(&self, history: &History) -> Result<(), ApplyError> {
        for change in history.changes() {
            let gone = change.iter().find(|m| !self.has(m) && self.is_on_the_way_back(m));
            let left = change.iter().find(|m| self.has(m));
            if let (Some(_), Some(left)) = (gone, left) {
                return Err(ApplyError::HalfBack(left.into()));
            }
        }
        Ok(())
    }
}
