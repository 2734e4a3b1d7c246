//! What steps do to relations, as another server shows it to another session.
//!
//! Shares nothing with `measure` but the connection: a second session looks at `pg_locks` while the step's transaction is
//! open, and at `pg_class` and `pg_stat_user_tables` once it is committed, in a database where each step is committed by
//! itself. What runs in no transaction is stopped by a client that stands in its way, and looked at there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::join;
use nexus_migrate::change::Change;
use nexus_migrate::db::{Scratch, Session};
use nexus_migrate::doors::{make_roles, materialize};
use nexus_migrate::measure::Mode;
use nexus_migrate::plan::{Segment, Step};
use nexus_migrate::precheck::{Precheck, STAND_IN};
use nexus_migrate::prove::populate;
use nexus_migrate::sql::dotted;

pub(crate) type Problem = Box<dyn std::error::Error + Send + Sync>;

/// What one step was seen to do to relations that were there before its transaction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sight {
    /// The modes in which relations were locked by then, of those that this step locked, in the server's words.
    pub(crate) locks: BTreeMap<String, BTreeSet<String>>,
    /// Of what runs in no transaction, the tables that were there: on indexes locks come and go.
    pub(crate) tables: Option<BTreeSet<String>>,
    /// Whether the locks could be seen: nobody sees those of a statement that is over before anybody looks.
    pub(crate) locks_seen: bool,
    pub(crate) rewritten: BTreeSet<String>,
    pub(crate) rebuilt: BTreeSet<String>,
    pub(crate) scanned: BTreeSet<String>,
}

/// A relation as everybody sees it.
#[derive(Debug, Clone)]
struct Visible {
    name: String,
    kind: String,
    file: String,
    scans: i64,
    /// The table, of an index.
    table: Option<u32>,
}

type World = BTreeMap<u32, Visible>;

const WORLD: &str = "SELECT c.oid, c.oid::regclass::text, c.relkind, c.relfilenode, s.seq_scan, i.indrelid
FROM pg_class c LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid LEFT JOIN pg_index i ON i.indexrelid = c.oid
WHERE c.oid >= 16384 AND c.relkind <> 't' AND c.relpersistence <> 't'
  AND c.relnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname LIKE 'pg\\_%' OR nspname = 'information_schema')";

/// A row that is taken out may be one that another refers to.
const ROUNDS: usize = 4;

/// Runs the way forward on a server and says what each of its steps did. Steps that fail on rows are run without any.
pub(crate) async fn witness(scratch: &Scratch, change: &Change) -> Result<Vec<Sight>, Problem> {
    match watch(scratch, change, true).await {
        Ok(sights) => Ok(sights),
        Err(_) => watch(scratch, change, false).await,
    }
}

async fn watch(scratch: &Scratch, change: &Change, with_rows: bool) -> Result<Vec<Sight>, Problem> {
    let (mut held, mut eye) = stage(scratch, change, with_rows).await?;
    let mut sights = Vec::new();
    for segment in change.up.segments() {
        let known = world(&mut eye).await?;
        if segment.is_transactional() {
            sights.extend(locks_of(&mut held, &mut eye, &segment, &known).await?);
        } else {
            for step in segment.steps {
                sights.push(met(&mut held, &mut eye, step, &known).await?);
            }
        }
    }
    let (mut apart, mut eye) = stage(scratch, change, with_rows).await?;
    let mut at = sights.iter_mut();
    for segment in change.up.segments() {
        let known = world(&mut eye).await?;
        let mut before = known.clone();
        let mut settings = String::new();
        for step in segment.steps {
            if step.sql.starts_with("SET LOCAL") {
                settings += &format!("{};", step.sql);
            }
            let sql = match segment.is_transactional() {
                true => {
                    format!("BEGIN; SET LOCAL check_function_bodies = off; {settings}{}; COMMIT", step.sql)
                }
                false => step.sql.clone(),
            };
            apart.run(&sql).await?;
            let after = flushed(&mut apart, &mut eye).await?;
            work(at.next().ok_or("a step has a sight")?, &known, &before, &after);
            // An index that is made again goes on as it was, also where a later step does that.
            let gone = before.into_iter().filter(|(oid, old)| is_index(old) && !after.contains_key(oid));
            let gone = gone.map(|(oid, old)| (oid, again(&after, &old).cloned().unwrap_or(old)));
            before = gone.collect();
            before.extend(after);
        }
    }
    Ok(sights)
}

/// A database in the state before, and somebody who looks on.
async fn stage(scratch: &Scratch, change: &Change, with_rows: bool) -> Result<(Session, Session), Problem> {
    let mut session = scratch.fresh().await?;
    materialize(&mut session, &change.prev).await?;
    make_roles(&mut session, &change.next).await?;
    if with_rows {
        populate(&mut session, &change.prev, &change.up.rules).await?;
        session.run(&format!("{STAND_IN}; SET session_replication_role = replica")).await?;
        // Rows that the change would refuse are gone before it begins, as they must be anywhere.
        for rule in (0..ROUNDS).flat_map(|_| &change.up.rules) {
            let query = Precheck::on(&rule.precheck.places(), session.server_version_num());
            let gone =
                format!("DELETE FROM {} WHERE (tableoid, ctid) IN ({query})", dotted(rule.table.path()));
            session.run(&gone).await?;
        }
        session.run("RESET session_replication_role").await?;
    }
    let mut eye = Session::connect(session.url()).await?;
    eye.run("SET search_path = ''").await?;
    flushed(&mut session, &mut eye).await?;
    Ok((session, eye))
}

async fn flushed(session: &mut Session, eye: &mut Session) -> Result<World, Problem> {
    session.run("SELECT pg_stat_force_next_flush()").await?;
    world(eye).await
}

async fn world(eye: &mut Session) -> Result<World, Problem> {
    let mut world = World::new();
    for row in eye.rows(WORLD).await? {
        let [Some(oid), Some(name), Some(kind), Some(file), scans, table] = row.as_slice() else {
            return Err("a relation has an id, a name, a kind and a file".into());
        };
        let scans = scans.as_deref().unwrap_or("0").parse()?;
        let table = table.as_deref().and_then(|table| table.parse().ok());
        world.insert(
            oid.parse()?,
            Visible { name: name.clone(), kind: kind.clone(), file: file.clone(), scans, table },
        );
    }
    Ok(world)
}

/// The locks that each step of a transaction adds, looked up while it is open.
async fn locks_of(
    session: &mut Session,
    eye: &mut Session,
    segment: &Segment<'_>,
    known: &World,
) -> Result<Vec<Sight>, Problem> {
    let pid = session.backend_pid();
    let mut sights = Vec::new();
    let mut so_far: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    session.run("BEGIN; SET LOCAL check_function_bodies = off").await?;
    for step in segment.steps {
        if let Err(error) = session.run(&step.sql).await {
            session.run("ROLLBACK").await?;
            return Err(error.into());
        }
        let now = held(eye, pid, known).await?;
        let mut sight = Sight { locks_seen: true, ..Sight::default() };
        for (relation, modes) in &now {
            // A weaker lock beside a stronger one changes nothing for anybody.
            if strongest(modes) > so_far.get(relation).and_then(strongest) {
                sight.locks.insert(relation.clone(), modes.clone());
            }
        }
        so_far = now;
        sights.push(sight);
    }
    session.run("COMMIT").await?;
    Ok(sights)
}

/// The strongest of some locks.
pub(crate) fn strongest<'a>(modes: impl IntoIterator<Item = &'a String>) -> Option<Mode> {
    modes.into_iter().filter_map(|mode| Mode::of_server(mode)).max()
}

async fn held(
    eye: &mut Session,
    pid: u32,
    known: &World,
) -> Result<BTreeMap<String, BTreeSet<String>>, Problem> {
    let sql = format!(
        "SELECT relation, mode FROM pg_locks WHERE pid = {pid} AND locktype = 'relation' AND relation >= 16384"
    );
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in eye.rows(&sql).await? {
        let [Some(oid), Some(mode)] = row.as_slice() else { return Err("a lock is on something".into()) };
        if let Some(relation) = known.get(&oid.parse()?) {
            found.entry(relation.name.clone()).or_default().insert(mode.clone());
        }
    }
    Ok(found)
}

/// A statement that runs in no transaction, stopped by a writer with a snapshot who was there before it.
async fn met(session: &mut Session, eye: &mut Session, step: &Step, known: &World) -> Result<Sight, Problem> {
    let pid = session.backend_pid();
    let mut writer = Session::connect(session.url()).await?;
    writer.run("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1").await?;
    // Who changes rows waits for locks of tables, who builds for writers.
    let mode = if step.sql.contains("DO $") { "SHARE" } else { "ROW EXCLUSIVE" };
    let tables = known.values().filter(|it| matches!(it.kind.as_str(), "r" | "p")).map(|it| it.name.clone());
    let tables: BTreeSet<String> = tables.collect();
    for table in &tables {
        writer.run(&format!("LOCK TABLE {table} IN {mode} MODE")).await?;
    }
    let done = AtomicBool::new(false);
    let work = async {
        let outcome = session.run(&step.sql).await;
        done.store(true, Ordering::SeqCst);
        outcome
    };
    let look = async {
        let mut sight = Sight { tables: Some(tables), ..Sight::default() };
        let mut writer = Some(writer);
        while !done.load(Ordering::SeqCst) {
            let waits =
                format!("SELECT 1 FROM pg_stat_activity WHERE pid = {pid} AND wait_event_type = 'Lock'");
            let stopped = writer.is_some() && !eye.rows(&waits).await?.is_empty();
            if stopped || writer.is_none() {
                for (relation, modes) in held(eye, pid, known).await? {
                    sight.locks.entry(relation).or_default().extend(modes);
                }
            }
            if stopped {
                // It may wait between two transactions of its own.
                sight.locks_seen = !sight.locks.is_empty();
                if let Some(mut writer) = writer.take() {
                    writer.run("ROLLBACK").await?;
                }
            } else if writer.is_some() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
        Ok::<_, Problem>(sight)
    };
    let (outcome, sight) = join(work, look).await;
    outcome?;
    sight
}

fn is_index(relation: &Visible) -> bool {
    matches!(relation.kind.as_str(), "i" | "I")
}

/// An index of the same name, on the same table.
fn again<'a>(world: &'a World, old: &Visible) -> Option<&'a Visible> {
    world.values().find(|new| is_index(old) && new.name == old.name && new.table == old.table)
}

/// What differs between two moments, of relations that are in `known`; an index that was made again has its name.
fn work(sight: &mut Sight, known: &World, before: &World, after: &World) {
    for (oid, old) in before.iter().filter(|(oid, _)| known.contains_key(oid)) {
        let name = known.get(oid).map_or(&old.name, |it| &it.name);
        let Some(new) = after.get(oid).or_else(|| again(after, old)) else { continue };
        if new.file != old.file && is_index(old) {
            sight.rebuilt.insert(name.clone());
        } else if new.file != old.file && matches!(new.kind.as_str(), "r" | "m") {
            sight.rewritten.insert(name.clone());
        }
        if new.scans > old.scans {
            sight.scanned.insert(name.clone());
        }
    }
}
