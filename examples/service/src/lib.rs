//! A small service on the NEXUS platform's schema: a user, an account, two transactions, and what is left.
//!
//! The models come from the workspace's `schema.yaml` when this crate is compiled; the tables come from `migrations/`.

#![forbid(unsafe_code)]

use std::fmt;

use rust_decimal::Decimal;
use sqlx::migrate::Migrator;
use sqlx::types::chrono::Utc;
use sqlx::{PgConnection, PgPool};

use models::{
    Account, AccountId, AccountPatch, NewAccount, NewTransaction, NewUser, Transaction, User, UserId,
};
use nexus_schema::runtime::Drift;
use nexus_schema::runtime::prelude::*;

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
    /// The database is not the one that the models were generated from.
    #[error("the models are of another schema")]
    Drift(#[from] Drift),
    /// A row was refused.
    #[error("cannot write")]
    Write(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A query failed.
    #[error("cannot use the database")]
    Query(#[from] sqlx::Error),
    /// What was just written is not there.
    #[error("no such row")]
    Missing,
}

impl<C: Constraint> From<WriteError<C>> for Error {
    fn from(error: WriteError<C>) -> Self {
        Self::Write(Box::new(error))
    }
}

/// Brings the database up to date, opens an account, moves money and reads everything back.
///
/// May run again on the same database: the user and the account are found by their keys, and the transactions add up.
pub async fn run(pool: PgPool) -> Result<Summary, Error> {
    MIGRATIONS.run(&pool).await?;
    models::SCHEMA.verify(&pool).await?;
    let mut tx = pool.begin().await?;
    let user = sign_up(&mut tx, "ada@example.com", "ada").await?;
    let account = open_account(&mut tx, user.id, "NX-0001").await?;
    book(&mut tx, account.id, Decimal::new(10_000, 2), "deposit").await?;
    book(&mut tx, account.id, Decimal::new(-12_50, 2), "payment").await?;
    tx.commit().await?;
    summary(&pool, user).await
}

/// Finds the user by their address, or makes one; either way they have logged in now.
async fn sign_up(db: &mut PgConnection, email: &str, username: &str) -> Result<User, Error> {
    let new = NewUser {
        last_login: Some(Utc::now().naive_utc()),
        ..NewUser::new(email.into(), username.into(), "argon2id$…".into())
    };
    Ok(User::BY_EMAIL.upsert(db, &new).await?)
}

async fn open_account(db: &mut PgConnection, user: UserId, number: &str) -> Result<Account, Error> {
    let new = NewAccount {
        user_id: Some(user),
        ..NewAccount::new("Everyday".into(), number.into(), "checking".into())
    };
    Ok(Account::BY_ACCOUNT_NUMBER.upsert(db, &new).await?)
}

async fn book(db: &mut PgConnection, id: AccountId, amount: Decimal, kind: &str) -> Result<(), Error> {
    let new = NewTransaction { account_id: Some(id), ..NewTransaction::new(amount, kind.into()) };
    Transaction::insert(&mut *db, &new).await?;
    let account = Account::BY_ID.get(&mut *db, &id).await?.ok_or(Error::Missing)?;
    let balance = account.balance.unwrap_or_default() + amount;
    let patch = AccountPatch { balance: balance.into(), ..AccountPatch::default() };
    Account::BY_ID.update(db, &id, &patch).await?;
    Ok(())
}

async fn summary(pool: &PgPool, user: User) -> Result<Summary, Error> {
    let profile: Profile = User::BY_ID.get_as(pool, &user.id).await?.ok_or(Error::Missing)?;
    let accounts = Account::TO_USER.children(pool, &[user]).await?.into_values().flatten();
    let accounts: Vec<Account> = accounts.collect();
    let transactions = Transaction::TO_ACCOUNT.children(pool, &accounts).await?;
    Ok(Summary {
        username: profile.username,
        accounts: accounts.len(),
        transactions: transactions.values().map(Vec::len).sum(),
        balance: accounts.iter().filter_map(|account| account.balance).sum(),
    })
}
