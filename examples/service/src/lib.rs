//! A small service on the NEXUS platform's schema: a user, an account, two transactions, and what is left.
//!
//! The models come from the workspace's `schema.yaml` when this crate is compiled; the tables come from `migrations/`.

#![forbid(unsafe_code)]

use std::fmt;

use rust_decimal::Decimal;
use sqlx::migrate::Migrator;
use sqlx::{AssertSqlSafe, PgConnection, PgPool};

use models::{Account, AccountId, Transaction, User, UserId};

/// The models of the workspace's `schema.yaml`.
pub mod models {
    nexus_macros::schema!("../../schema.yaml");
}

/// A row of one's own, checked against the same schema: the part of a user that a page shows.
#[derive(Debug, Clone, PartialEq, nexus_macros::Row)]
#[nexus(table = "users", file = "../../schema.yaml")]
pub struct Profile {
    /// Who.
    pub id: UserId,
    /// The name on the page.
    pub username: String,
    /// Whether the account is in use.
    pub is_active: Option<bool>,
}

/// The migrations that `nexus generate` wrote, part of the program: it needs no folder where it runs.
pub static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");

/// What the service did and found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The user's name.
    pub username: String,
    /// Their accounts.
    pub accounts: usize,
    /// The transactions on them.
    pub transactions: usize,
    /// What is left on the accounts.
    pub balance: Decimal,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { username, accounts, transactions, balance } = self;
        write!(f, "{username}: {accounts} account(s), {transactions} transaction(s), balance {balance}")
    }
}

/// Why the service stopped.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The migrations could not be applied.
    #[error("cannot migrate the database")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// A query failed.
    #[error("cannot use the database")]
    Query(#[from] sqlx::Error),
}

/// Brings the database up to date, opens an account, moves money and reads everything back.
///
/// May run again on the same database: the user and the account are found by their keys, and the transactions add up.
pub async fn run(pool: PgPool) -> Result<Summary, Error> {
    MIGRATIONS.run(&pool).await?;
    let mut tx = pool.begin().await?;
    let user = sign_up(&mut tx, "ada@example.com", "ada").await?;
    let account = open_account(&mut tx, user, "NX-0001").await?;
    book(&mut tx, account, Decimal::new(10_000, 2), "deposit").await?;
    book(&mut tx, account, Decimal::new(-12_50, 2), "payment").await?;
    tx.commit().await?;
    summary(&pool, user).await
}

async fn sign_up(db: &mut PgConnection, email: &str, username: &str) -> Result<UserId, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO users (email, username, password_hash) VALUES ($1, $2, 'argon2id$…') \
         ON CONFLICT (email) DO UPDATE SET last_login = now() RETURNING id",
    )
    .bind(email)
    .bind(username)
    .fetch_one(db)
    .await
}

async fn open_account(db: &mut PgConnection, user: UserId, number: &str) -> Result<AccountId, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO accounts (user_id, account_name, account_number, account_type) \
         VALUES ($1, 'Everyday', $2, 'checking') \
         ON CONFLICT (account_number) DO UPDATE SET is_active = true RETURNING id",
    )
    .bind(user)
    .bind(number)
    .fetch_one(db)
    .await
}

async fn book(
    db: &mut PgConnection,
    account: AccountId,
    amount: Decimal,
    kind: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO transactions (account_id, amount, transaction_type) VALUES ($1, $2, $3)")
        .bind(account)
        .bind(amount)
        .bind(kind)
        .execute(&mut *db)
        .await?;
    sqlx::query("UPDATE accounts SET balance = balance + $2 WHERE id = $1")
        .bind(account)
        .bind(amount)
        .execute(db)
        .await?;
    Ok(())
}

async fn summary(pool: &PgPool, user: UserId) -> Result<Summary, Error> {
    let whole = format!("{} WHERE id = $1", User::SELECT);
    let found: User = sqlx::query_as(AssertSqlSafe(whole)).bind(user).fetch_one(pool).await?;
    let part = format!("{} WHERE id = $1", Profile::SELECT);
    let profile: Profile = sqlx::query_as(AssertSqlSafe(part)).bind(user).fetch_one(pool).await?;
    assert_eq!((found.id, &found.username), (profile.id, &profile.username), "both rows are of one user");

    let of_user = format!("{} WHERE user_id = $1", Account::SELECT);
    let accounts: Vec<Account> = sqlx::query_as(AssertSqlSafe(of_user)).bind(user).fetch_all(pool).await?;
    let ids: Vec<AccountId> = accounts.iter().map(|account| account.id).collect();
    let of_accounts = format!("{} WHERE account_id = ANY($1)", Transaction::SELECT);
    let transactions: Vec<Transaction> =
        sqlx::query_as(AssertSqlSafe(of_accounts)).bind(ids).fetch_all(pool).await?;
    Ok(Summary {
        username: profile.username,
        accounts: accounts.len(),
        transactions: transactions.len(),
        balance: accounts.iter().filter_map(|account| account.balance).sum(),
    })
}
