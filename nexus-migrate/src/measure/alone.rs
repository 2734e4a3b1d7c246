//! A statement that cannot run in a transaction, watched from other sessions.
//!
//! Clients come by in turn: each holds what a writer holds, and leaves when the statement waits for it. So the
//! statement stops wherever it waits for anybody, and what it holds there is looked up at leisure: no race decides what
//! is seen.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::join;

use super::relations::{Held, Relations};
use super::{Before, Blocked, Client, Observation, Seen};
use crate::db::{DbError, Session};

/// Whether others can be there while a statement runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Company {
    /// The server takes more sessions on the same database.
    Others,
    /// It has one connection.
    Nobody,
}

/// How often the statement may wait for a client; no statement that we know does so more than five times a table.
const TURNS: usize = 256;
/// How long a look waits for the next one.
const BLINK: Duration = Duration::from_millis(1);

/// Runs a statement by itself and says what it did. Nothing is left open on the session, whatever comes of it.
pub async fn alone(session: &mut Session, sql: &str, company: Company) -> Result<Observation, DbError> {
    alone_since(session, sql, company, Before::EVER).await
}

/// As [`alone`], of relations that were there before that.
pub async fn alone_since(
    session: &mut Session,
    sql: &str,
    company: Company,
    before: Before,
) -> Result<Observation, DbError> {
    session.run("SELECT pg_stat_force_next_flush()").await?;
    let known = Relations::read(session).await?.made(before);
    let looks = match company {
        Company::Nobody => {
            session.run(sql).await?;
            Vec::new()
        }
        Company::Others => watched(session, sql, &known).await?,
    };
    session.run("SELECT pg_stat_force_next_flush()").await?;
    let mut end = Relations::read(session).await?;
    end.count_all();
    let mut start = known.clone();
    start.count_all();
    let mut seen = start.work(&end, &known);
    let mut held = Held::new();
    let mut blocked: BTreeMap<String, BTreeSet<Client>> = BTreeMap::new();
    for Look { locks, relations } in &looks {
        for (oid, mode) in locks {
            let strongest = held.entry(*oid).or_insert(*mode);
            *strongest = (*strongest).max(*mode);
        }
        let waiting = relations.blocked(locks);
        if !waiting.is_empty() {
            // What is still to be done when the lock is asked for is done under it.
            let rest = relations.work(&end, &known);
            seen.long |= !(rest.rewritten.is_empty() && rest.rebuilt.is_empty());
        }
        for Blocked { table, clients } in waiting {
            blocked.entry(table).or_default().extend(clients);
        }
    }
    seen.locks = known.named(&held);
    seen.blocked = blocked.into_iter().map(|(table, clients)| Blocked { table, clients }).collect();
    seen.seen = if company == Company::Others { Seen::Sampled } else { Seen::Left };
    Ok(seen)
}

/// What a statement held at one place where it waited, and what the database looked like to others.
#[derive(Debug)]
struct Look {
    locks: Held,
    relations: Relations,
}

async fn watched(session: &mut Session, sql: &str, known: &Relations) -> Result<Vec<Look>, DbError> {
    let url = session.url().to_owned();
    let eye = Session::connect(&url).await?;
    let mut first = Session::connect(&url).await?;
    let second = Session::connect(&url).await?;
    let pid = session.backend_pid().to_string();
    // The first stands in the way of every lock that anybody could notice.
    first.run(COME_IN).await?;
    let tables: Vec<&str> = known.tables().collect();
    if !tables.is_empty() {
        first.run(&lock(&tables, "SHARE UPDATE EXCLUSIVE")).await?;
    }
    let done = AtomicBool::new(false);
    let work = async {
        let outcome = session.run(sql).await;
        done.store(true, Ordering::SeqCst);
        outcome
    };
    // The clients are gone when the looking ends, however it ends: nobody is left to wait for.
    let (outcome, looks) = join(work, look(eye, [first, second], &pid, known, &done)).await;
    outcome?;
    looks
}

async fn look(
    mut eye: Session,
    mut clients: [Session; 2],
    pid: &str,
    known: &Relations,
    done: &AtomicBool,
) -> Result<Vec<Look>, DbError> {
    let mut looks = Vec::new();
    while !done.load(Ordering::SeqCst) {
        if !waits(&mut eye, pid).await? {
            tokio::time::sleep(BLINK).await;
            continue;
        }
        looks.push(Look {
            locks: known.locks(&mut eye, pid).await?,
            relations: Relations::read(&mut eye).await?,
        });
        let [leaves, comes] = &mut clients;
        if looks.len() < TURNS {
            comes.run(COME_IN).await?;
            for table in known.tables() {
                // Who would have to wait does not come: that is what is looked for.
                comes.run("SAVEPOINT door").await?;
                if comes.run(&format!("{} NOWAIT", lock(&[table], "ROW EXCLUSIVE"))).await.is_err() {
                    comes.run("ROLLBACK TO door").await?;
                }
            }
        }
        leaves.run("ROLLBACK").await?;
        clients.reverse();
    }
    Ok(looks)
}

/// Begins a transaction with a snapshot, which some statements wait for.
const COME_IN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1";

fn lock(tables: &[&str], mode: &str) -> String {
    format!("LOCK TABLE {} IN {mode} MODE", tables.join(", "))
}

/// Whether a server process waits for a lock.
async fn waits(eye: &mut Session, pid: &str) -> Result<bool, DbError> {
    let rows = eye.rows(&format!("SELECT 1 FROM pg_locks WHERE pid = {pid} AND NOT granted")).await?;
    Ok(!rows.is_empty())
}
