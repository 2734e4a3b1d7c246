//! `speed DATABASE_URL`: what generated code costs beside what one would write by hand, on an empty database.
//!
//! Rounds alternate, and the least of each counts.

use std::time::{Duration, Instant};

use nexus_example_service::MIGRATIONS;
use nexus_example_service::models::{NewUser, User};
use nexus_schema::runtime::prelude::*;
use sqlx::postgres::PgPoolCopyExt;
use sqlx::{AssertSqlSafe, PgPool};

const MANY: usize = 100_000;
const SINGLE: usize = 2_000;
const ROUNDS: usize = 10;

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let url = std::env::args().nth(1).ok_or("usage: speed DATABASE_URL")?;
    let pool = PgPool::connect(&url).await?;
    MIGRATIONS.run(&pool).await?;
    let mut least = [Duration::MAX; 6];
    for round in 0..ROUNDS {
        clear(&pool).await?;
        let rows: Vec<_> = (0..MANY).map(new).collect();
        timed(&mut least[0], async { Ok(User::insert_many(&pool, &rows).await.map(|_| ())?) }).await?;
        clear(&pool).await?;
        timed(&mut least[1], copy(&pool)).await?;
        let mut both = [(2, false), (3, true)];
        if round.is_multiple_of(2) {
            both.reverse();
        }
        for (place, by_hand) in both {
            // Each finds the table as empty as the other does.
            clear(&pool).await?;
            let base = place * 1_000_000 + round * SINGLE;
            timed(&mut least[place], async {
                for n in base..base + SINGLE {
                    match by_hand {
                        true => insert(&pool, &new(n)).await?,
                        false => User::insert(&pool, &new(n)).await?,
                    };
                }
                Ok(())
            })
            .await?;
            timed(&mut least[place + 2], async {
                for n in base..base + SINGLE {
                    let email = email(n);
                    let found = match by_hand {
                        true => get(&pool, &email).await?,
                        false => User::BY_EMAIL.get(&pool, &email).await?,
                    };
                    assert!(found.is_some());
                }
                Ok(())
            })
            .await?;
        }
    }
    let seconds = least.map(|least| least.as_secs_f64());
    println!(
        "{MANY} rows: {:.3} s, COPY {:.3} s, {:.2} of its speed",
        seconds[0],
        seconds[1],
        seconds[1] / seconds[0]
    );
    let each = |place: usize| 1e6 * seconds[place] / SINGLE as f64;
    for (what, ours, by_hand) in [("insert", 2, 3), ("get", 4, 5)] {
        let more = 100.0 * (each(ours) / each(by_hand) - 1.0);
        println!("one {what}: {:.0} µs, by hand {:.0} µs, {more:+.1} %", each(ours), each(by_hand));
    }
    Ok(())
}

async fn timed(least: &mut Duration, work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let start = Instant::now();
    work.await?;
    *least = (*least).min(start.elapsed());
    Ok(())
}

async fn clear(pool: &PgPool) -> Result<(), Failure> {
    sqlx::query("TRUNCATE users CASCADE").execute(pool).await?;
    Ok(())
}

fn email(n: usize) -> String {
    format!("user{n}@example.com")
}

fn new(n: usize) -> NewUser {
    NewUser {
        first_name: Some("Ada".into()),
        ..NewUser::new(email(n), format!("user{n}"), "argon2id$v=19$m=65536,t=3,p=4".into())
    }
}

/// The same rows and columns as text, which is what `COPY` takes fastest from a program.
async fn copy(pool: &PgPool) -> Result<(), Failure> {
    let mut text = String::new();
    for n in 0..MANY {
        let row = new(n);
        text.push_str(&format!("{}\t{}\t{}\tAda\t\\N\t\\N\n", row.email, row.username, row.password_hash));
    }
    let into = "COPY users (email, username, password_hash, first_name, last_name, last_login) FROM STDIN";
    let mut copy = pool.copy_in_raw(into).await?;
    copy.send(text.into_bytes()).await?;
    copy.finish().await?;
    Ok(())
}

async fn insert(pool: &PgPool, new: &NewUser) -> Result<User, Failure> {
    let text = "INSERT INTO users (email, username, password_hash, first_name, last_name, last_login) \
                VALUES ($1, $2, $3, $4, $5, $6) RETURNING *";
    let row = sqlx::query_as(text)
        .bind(&new.email)
        .bind(&new.username)
        .bind(&new.password_hash)
        .bind(&new.first_name)
        .bind(&new.last_name)
        .bind(new.last_login)
        .fetch_one(pool)
        .await?;
    Ok(row)
}

async fn get(pool: &PgPool, email: &str) -> Result<Option<User>, Failure> {
    let text = format!("{} WHERE email = $1", User::SELECT);
    Ok(sqlx::query_as(AssertSqlSafe(text)).bind(email).fetch_optional(pool).await?)
}
