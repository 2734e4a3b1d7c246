//! Runs the statements of files on scratch, one by one, and looks at what each of them does.

use nexus_schema::diagnostic::Diagnostics;

use super::deed::Deed;
use super::{Finding, Reading, Script, diagnostics, not_understood, object, parse, said, statements};
use crate::db::{DbError, Session};
use crate::hazard::{Class, Hazard, of_observation};
use crate::measure::{Before, Company, Observation, Watch, alone_since};

/// What was found while files ran.
#[derive(Debug)]
pub struct Run {
    findings: Vec<Finding>,
}

impl Run {
    /// Whether a statement failed on the rows that were there: then nobody saw what it does, nor what those after it do to
    /// the state that they would meet.
    pub fn is_refused(&self) -> bool {
        self.findings.iter().any(is_about_rows)
    }

    /// With what was found in a run on tables without rows, where nothing fails on them; of this one, only what it
    /// failed on remains.
    #[must_use]
    pub fn and_without_rows(mut self, other: Self) -> Self {
        self.findings.retain(is_about_rows);
        self.findings.extend(other.findings);
        self
    }

    /// The findings under their places.
    pub fn diagnostics(self, scripts: &[Script]) -> Diagnostics {
        diagnostics(scripts, self.findings)
    }
}

fn is_about_rows(finding: &Finding) -> bool {
    finding.hazard.class == Class::RejectedRows
}

/// Runs the files on the state of the session's database.
///
/// Statements that fail are findings; the rest of the file is run all the same. Fails where the session does.
pub async fn run(session: &mut Session, company: Company, scripts: &[Script]) -> Result<Run, DbError> {
    let mut findings = Vec::new();
    let mut reading = Reading::default();
    for (file, script) in scripts.iter().enumerate() {
        session.run("DISCARD ALL").await?;
        session.run("SET timezone = 'UTC'").await?;
        reading.begin_file(script);
        let before = Before::now(session).await?;
        let mut stage = Stage { before, company, watch: None };
        if script.is_one_transaction() {
            stage.begin(session).await?;
        }
        for statement in statements(file, script, &mut findings) {
            let deed = parse::deed(&statement.words);
            let mut note = |hazard: Hazard| {
                let severity = hazard.class.severity();
                findings.push(Finding { script: file, span: statement.span.clone(), hazard, severity });
            };
            let sql = script.text.get(statement.span.clone()).unwrap_or_default();
            if statement.words.first().is_some_and(|word| word == "copy")
                && statement.words.contains(&"stdin".into())
            {
                note(not_understood("rows that come with the file are not read"));
                continue;
            }
            match stage.perform(session, &deed, sql).await? {
                Ok(observation) => {
                    for hazard in of_observation(&observation) {
                        let is_long = hazard.class == Class::LongBlock;
                        note(if is_long { reading.advise(hazard, &deed) } else { hazard });
                    }
                    said::hazards(&reading.known, file, &deed).into_iter().for_each(&mut note);
                }
                Err(error) => {
                    note(failure(&error, &deed, statement.problem.as_deref(), stage.watch.is_some()))
                }
            }
            reading.follow(&deed, file);
        }
        if stage.watch.is_some() {
            let end = if script.is_one_transaction() { "COMMIT" } else { "ROLLBACK" };
            session.run(end).await.ok();
        }
    }
    Ok(Run { findings })
}

fn failure(error: &DbError, deed: &Deed, problem: Option<&str>, in_transaction: bool) -> Hazard {
    if let Some(problem) = problem {
        return not_understood(problem);
    }
    let said = error.to_string();
    let is_about_rows = error.code().is_some_and(|code| code.starts_with("22") || code.starts_with("23"));
    if is_about_rows {
        return Hazard::new(
            Class::RejectedRows,
            object(deed),
            format!("it fails on rows that are there: {said}"),
        )
        .help("look for such rows first, and mend them in a step before");
    }
    let hazard = Hazard::new(Class::Fails, object(deed), format!("it fails: {said}"));
    match error.code() {
        Some("25001") if in_transaction => {
            hazard.help("run it outside of a transaction, in a file of its own")
        }
        Some("55P04") => hazard.help("commit the new value before it is used"),
        _ => hazard,
    }
}

/// Where statements are run.
#[derive(Debug)]
struct Stage {
    before: Before,
    company: Company,
    /// The open transaction of the file.
    watch: Option<Watch>,
}

impl Stage {
    async fn begin(&mut self, session: &mut Session) -> Result<(), DbError> {
        session.run("BEGIN").await?;
        self.watch = Some(Watch::since(session, self.before).await?);
        Ok(())
    }

    /// Runs a statement. The outer failure is that of the session, the inner one the statement's.
    async fn perform(
        &mut self,
        session: &mut Session,
        deed: &Deed,
        sql: &str,
    ) -> Result<Result<Observation, DbError>, DbError> {
        let nothing = || Ok(Ok(Observation::default()));
        match (deed, &mut self.watch) {
            (Deed::Begin, None) => {
                if let Err(error) = session.run(sql).await {
                    return server_said(error);
                }
                self.watch = Some(Watch::since(session, self.before).await?);
                nothing()
            }
            (Deed::Commit | Deed::Rollback, Some(_)) => {
                self.watch = None;
                match session.run(sql).await {
                    Ok(()) => nothing(),
                    Err(error) => server_said(error),
                }
            }
            (Deed::Commit | Deed::Rollback, None) => nothing(),
            (_, Some(watch)) => {
                // A statement that fails takes nothing with it.
                session.run("SAVEPOINT nexus_lint").await?;
                if let Err(error) = session.run(sql).await {
                    session.run("ROLLBACK TO nexus_lint").await?;
                    return server_said(error);
                }
                Ok(Ok(watch.look(session).await?))
            }
            (_, None) => self.by_itself(session, sql).await,
        }
    }

    async fn by_itself(
        &self,
        session: &mut Session,
        sql: &str,
    ) -> Result<Result<Observation, DbError>, DbError> {
        session.run("BEGIN").await?;
        let mut watch = Watch::since(session, self.before).await?;
        match session.run(sql).await {
            Ok(()) => {
                let seen = watch.look(session).await?;
                match session.run("COMMIT").await {
                    Ok(()) => Ok(Ok(seen)),
                    Err(error) => server_said(error),
                }
            }
            Err(error) => {
                session.run("ROLLBACK").await?;
                match error.code() {
                    // It wants to be alone, or to end transactions itself.
                    Some("25001" | "2D000") => {
                        match alone_since(session, sql, self.company, self.before).await {
                            Ok(seen) => Ok(Ok(seen)),
                            Err(error) => server_said(error),
                        }
                    }
                    _ => server_said(error),
                }
            }
        }
    }
}

/// Tells a refusal of the server, which is the statement's, from the end of the session.
fn server_said(error: DbError) -> Result<Result<Observation, DbError>, DbError> {
    if error.code().is_some() { Ok(Err(error)) } else { Err(error) }
}
