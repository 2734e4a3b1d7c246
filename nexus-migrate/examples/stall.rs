//! Measures how long a plan keeps a reader and a writer waiting, on a table of so many rows.
//!
//! Prints a line for each change: the worst wait of a SELECT and of an UPDATE and how long all took, in milliseconds, of
//! the plain plan and then of the usual one; and the name of the change. `cargo xtask stall` runs it and knows the bound.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use nexus_migrate::change::change;
use nexus_migrate::db::{Prefer, Scratch, ScratchOptions, Session};
use nexus_migrate::doors::{Bench, State};
use nexus_migrate::introspect::introspect;
use nexus_migrate::plan::{Plan, Traffic};

type Problem = Box<dyn Error + Send + Sync>;

/// How often a plan is tried that keeps somebody waiting for longer than this: what else the machine does only ever adds.
const ROUNDS: usize = 4;
const LONG: Duration = Duration::from_millis(50);

const TABLES: &str = "CREATE TABLE u (id int PRIMARY KEY);
CREATE TABLE t (id int PRIMARY KEY, n int, a int, b int, at timestamp, v varchar(20));";

/// The changes of facts 2.4, and some of 2.6: what they are called, what is there besides, and what is done.
const CHANGES: [(&str, &str, &str); 15] = [
    ("SET NOT NULL", "", "ALTER TABLE t ALTER a SET NOT NULL"),
    ("ADD CHECK", "", "ALTER TABLE t ADD CONSTRAINT c CHECK (a >= 0)"),
    ("ADD FOREIGN KEY", "", "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES u"),
    ("CREATE INDEX", "", "CREATE INDEX i ON t (a)"),
    ("DROP INDEX", "CREATE INDEX i ON t (a);", "DROP INDEX i"),
    ("index replaced", "CREATE INDEX i ON t (a);", "DROP INDEX i; CREATE INDEX i ON t (a, b)"),
    ("ADD UNIQUE", "", "ALTER TABLE t ADD CONSTRAINT k UNIQUE (a)"),
    ("ADD COLUMN uuid DEFAULT gen_random_uuid()", "", "ALTER TABLE t ADD c uuid DEFAULT gen_random_uuid()"),
    (
        "ADD COLUMN timestamptz NOT NULL DEFAULT now()",
        "",
        "ALTER TABLE t ADD c timestamptz NOT NULL DEFAULT now()",
    ),
    ("timestamp to timestamptz", "", "ALTER TABLE t ALTER at TYPE timestamptz"),
    ("the same, column indexed", "CREATE INDEX i ON t (at);", "ALTER TABLE t ALTER at TYPE timestamptz"),
    ("varchar to text", "", "ALTER TABLE t ALTER v TYPE text"),
    ("the same, index on lower(v)", "CREATE INDEX i ON t (lower(v));", "ALTER TABLE t ALTER v TYPE text"),
    ("int to bigint", "", "ALTER TABLE t ALTER a TYPE bigint"),
    (
        "ADD COLUMN of a domain with CHECK",
        "CREATE DOMAIN d AS int CHECK (VALUE > 0);",
        "ALTER TABLE t ADD c d",
    ),
];

#[tokio::main(flavor = "multi_thread", worker_threads = 3)]
async fn main() -> Result<(), Problem> {
    let mut args = std::env::args().skip(1);
    let rows: u32 = args.next().ok_or("how many rows?")?.parse()?;
    let only = args.next().unwrap_or_default();
    let options = ScratchOptions { prefer: Prefer::Native, ..ScratchOptions::default() };
    let scratch = Scratch::start(&options).await?;
    let mut bench = Bench::new(options);
    for (name, before, what) in CHANGES.iter().filter(|(name, ..)| name.contains(&only)) {
        let before = format!("{TABLES}\n{before}");
        let mut figures = Vec::new();
        for traffic in [Traffic::none(), Traffic::default()] {
            let plan = planned(&mut bench, &before, what, traffic).await?;
            let mut best = stall(&scratch, &before, rows, &plan).await?;
            for _ in 1..ROUNDS {
                if best.select.max(best.update) > LONG {
                    let again = stall(&scratch, &before, rows, &plan).await?;
                    best.select = best.select.min(again.select);
                    best.update = best.update.min(again.update);
                    best.total = best.total.min(again.total);
                }
            }
            let in_ms = [best.select, best.update, best.total].map(|it| it.as_millis().to_string());
            figures.push(in_ms.join(" "));
        }
        println!("{} {name}", figures.join(" "));
    }
    bench.stop().await;
    scratch.stop().await?;
    Ok(())
}

async fn planned(bench: &mut Bench, before: &str, what: &str, traffic: Traffic) -> Result<Plan, Problem> {
    let mut session = bench.fresh().await?;
    session.run(before).await?;
    let prev = introspect(&mut session).await?;
    session.run(what).await?;
    let next = introspect(&mut session).await?;
    let prev = State { catalog: prev, ..State::default() };
    Ok(change(bench, prev, State { catalog: next, traffic, ..State::default() }).await?.up)
}

struct Stall {
    select: Duration,
    update: Duration,
    total: Duration,
}

/// Runs a plan on tables full of rows, while others read and write them.
async fn stall(scratch: &Scratch, before: &str, rows: u32, plan: &Plan) -> Result<Stall, Problem> {
    let mut session = scratch.fresh().await?;
    session.run(before).await?;
    session.run("INSERT INTO u SELECT n FROM generate_series(0, 999) AS n").await?;
    let fill = format!(
        "INSERT INTO t SELECT n, n, n, n % 1000, timestamp '2020-01-01' + n * interval '1 second', 'v' || n
         FROM generate_series(1, {rows}) AS n"
    );
    session.run(&fill).await?;
    session.run("VACUUM ANALYZE t").await?;
    session.run("CHECKPOINT").await?;
    let done = Arc::new(AtomicBool::new(false));
    let client = |sql: &'static str| {
        let (done, url) = (Arc::clone(&done), session.url().to_owned());
        tokio::spawn(async move { worst(&url, sql, rows, &done).await })
    };
    let reader = client("SELECT n FROM t WHERE id =");
    let writer = client("UPDATE t SET n = n + 1 WHERE id =");
    tokio::time::sleep(Duration::from_millis(300)).await;
    let start = Instant::now();
    let mut outcome = Ok(());
    for sql in plan.scripts() {
        outcome = session.run(&sql).await;
        if outcome.is_err() {
            break;
        }
    }
    let total = start.elapsed();
    done.store(true, Ordering::SeqCst);
    let (select, update) = (reader.await??, writer.await??);
    outcome?;
    Ok(Stall { select, update, total })
}

/// The longest that a client waits for an answer.
async fn worst(url: &str, sql: &str, rows: u32, done: &AtomicBool) -> Result<Duration, Problem> {
    let mut session = Session::connect(url).await?;
    let mut worst = Duration::ZERO;
    let mut id = 1;
    while !done.load(Ordering::SeqCst) {
        // Here and there in the table, and not the same twice in a row.
        id = (id + 7919) % rows + 1;
        let start = Instant::now();
        session.run(&format!("{sql} {id}")).await?;
        worst = worst.max(start.elapsed());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    session.close().await?;
    Ok(worst)
}
