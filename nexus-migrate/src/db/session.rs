//! One connection: SQL text in, text rows out.
//!
//! Speaks the simple query protocol only, so that several statements go in one trip and every value comes
//! back in the server's own spelling. Knows nothing about what the statements mean.

use std::fmt;
use std::future::poll_fn;
use std::str::FromStr;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions, PgRow};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Either, PgPool, Row, ValueRef};

use super::error::DbError;
use super::lease::Lease;
use super::url::redact_url;

/// The rows of one statement; each value is the server's text for it, or nothing for NULL.
pub type ResultSet = Vec<Vec<Option<String>>>;

/// What every session asks its server first.
const GREETING: &str = "SELECT current_setting('server_version_num'), pg_backend_pid()";

/// One connection to a PostgreSQL server.
///
/// A failed statement leaves the session usable, as in `psql`, with two exceptions on the embedded server: see
/// [`Origin::Embedded`](super::Origin::Embedded).
/// `COPY … TO STDOUT` and `COPY … FROM STDIN` are not possible.
pub struct Session {
    // Declared before the lease: the connection closes before its server goes.
    connection: PgConnection,
    url: String,
    version_num: u32,
    backend_pid: u32,
    lease: Option<Lease>,
}

impl Session {
    /// Connects to the server and database of `url`.
    ///
    /// Takes what sqlx takes: `postgres://user:password@host:port/database?sslmode=…`, with a Unix socket as
    /// a percent-encoded host or as `?host=/folder`. Where the URL is silent, `PGHOST`, `PGUSER`,
    /// `PGPASSWORD` and the like, and the password file, speak. The application name is `nexus`.
    ///
    /// Fails with [`DbError::Connect`], which shows the URL without its password.
    pub async fn connect(url: &str) -> Result<Self, DbError> {
        Self::connect_as(url, "nexus").await
    }

    /// Connects under another application name.
    pub(super) async fn connect_as(url: &str, application: &str) -> Result<Self, DbError> {
        Self::open(url, application)
            .await
            .map_err(|source| DbError::Connect { url: redact_url(url), source: Box::new(source) })
    }

    /// Ties the life of a scratch server to this session.
    pub(super) fn hold(mut self, lease: Lease) -> Self {
        self.lease = Some(lease);
        self
    }

    async fn open(url: &str, application: &str) -> Result<Self, DbError> {
        let options =
            PgConnectOptions::from_str(url)?.application_name(application).disable_statement_logging();
        let mut session = Self {
            connection: PgConnection::connect_with(&options).await?,
            url: url.to_owned(),
            version_num: 0,
            backend_pid: 0,
            lease: None,
        };
        let greeting = session.rows(GREETING).await?;
        let mut numbers = greeting.iter().flatten().map(|value| {
            let text = value.as_deref().unwrap_or_default();
            text.parse::<u32>().map_err(|_| DbError::Protocol(format!("`{text}` is not a number")))
        });
        session.version_num = numbers.next().transpose()?.unwrap_or_default();
        session.backend_pid = numbers.next().transpose()?.unwrap_or_default();
        Ok(session)
    }

    /// Runs the statements of `sql` and drops their rows.
    ///
    /// Several statements in one text are one transaction unless they say otherwise, as the simple query
    /// protocol has it: <https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-MULTI-STATEMENT>.
    pub async fn run(&mut self, sql: &str) -> Result<(), DbError> {
        self.visit(sql, |_| Ok(())).await
    }

    /// Runs `sql` and returns the rows of its last statement.
    pub async fn rows(&mut self, sql: &str) -> Result<ResultSet, DbError> {
        Ok(self.result_sets(sql).await?.pop().unwrap_or_default())
    }

    /// Runs `sql` and returns the rows of every statement, in order.
    ///
    /// Set *n* belongs to statement *n*: a statement without rows has an empty set. A statement that is only
    /// white space or a comment is none for the server and has no set.
    pub async fn result_sets(&mut self, sql: &str) -> Result<Vec<ResultSet>, DbError> {
        let mut sets = Vec::new();
        let mut set = ResultSet::new();
        self.visit(sql, |event| {
            match event {
                Either::Left(()) => sets.push(std::mem::take(&mut set)),
                Either::Right(row) => set.push(owned(&values(&row)?)),
            }
            Ok(())
        })
        .await?;
        Ok(sets)
    }

    /// Runs `sql` and hands every row to `take` as it comes, with the number of its statement from 0.
    ///
    /// Nothing is kept meanwhile, and the server goes on while `take` works. A failure of `take` is returned after
    /// the last statement, so that the session is as usable as before; rows after it are passed over.
    pub async fn each_row<E: From<DbError>>(
        &mut self,
        sql: &str,
        mut take: impl FnMut(usize, &[Option<&str>]) -> Result<(), E>,
    ) -> Result<(), E> {
        let (mut statement, mut outcome) = (0, Ok(()));
        self.visit(sql, |event| {
            match event {
                Either::Left(()) => statement += 1,
                Either::Right(row) if outcome.is_ok() => outcome = take(statement, &values(&row)?),
                Either::Right(_) => {}
            }
            Ok(())
        })
        .await?;
        outcome
    }

    /// Returns the server's version as a number, such as 150018.
    #[must_use]
    pub fn server_version_num(&self) -> u32 {
        self.version_num
    }

    /// Returns the server's version, such as `15.18`.
    #[must_use]
    pub fn version(&self) -> String {
        format!("{}.{}", self.version_num / 10_000, self.version_num % 10_000)
    }

    /// Returns the id of the server process of this session, as `pg_stat_activity` and `pg_locks` show it.
    ///
    /// The embedded server has one process for all and always says 1.
    #[must_use]
    pub fn backend_pid(&self) -> u32 {
        self.backend_pid
    }

    /// Returns the URL that this session was opened with; `psql` and `pg_dump` take it too.
    ///
    /// It may hold a password: show it only through [`redact_url`]. The embedded server takes one connection
    /// at a time, so there nobody else can use it while this session lives.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Opens a pool of sessions on the same database, for code that takes one.
    ///
    /// Fails as [`Session::connect`] does; on the embedded server, which has one connection, it waits in vain.
    pub async fn pool(&self) -> Result<PgPool, DbError> {
        let pool = PgPoolOptions::new().max_connections(5).connect(&self.url).await;
        pool.map_err(|source| DbError::Connect {
            url: redact_url(&self.url),
            source: Box::new(source.into()),
        })
    }

    /// Says goodbye to the server and closes the connection.
    ///
    /// Dropping a session closes it too, only less politely.
    pub async fn close(self) -> Result<(), DbError> {
        let Self { connection, lease, url: _, version_num: _, backend_pid: _ } = self;
        let closed = connection.close().await;
        drop(lease);
        Ok(closed?)
    }

    /// Closes the connection and keeps the database: others may use it meanwhile, also where one at a time can.
    pub async fn pause(self) -> Result<Paused, DbError> {
        let Self { connection, url, lease, version_num: _, backend_pid: _ } = self;
        connection.close().await?;
        Ok(Paused { url, lease })
    }

    /// Runs `sql`, calling `take` for every row and at the end of every statement.
    async fn visit(
        &mut self,
        sql: &str,
        mut take: impl FnMut(Either<(), PgRow>) -> Result<(), DbError>,
    ) -> Result<(), DbError> {
        if let Some(lease) = &self.lease {
            lease.before(sql).await?;
        }
        // The text is the author's on purpose: running it is what a session is for.
        let mut events = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_many(&mut self.connection);
        while let Some(event) = poll_fn(|cx| events.as_mut().poll_next(cx)).await {
            take(event?.map_left(|_| ()))?;
        }
        Ok(())
    }
}

/// A database of a scratch server that stays, without a connection.
pub struct Paused {
    url: String,
    lease: Option<Lease>,
}

impl Paused {
    /// Returns the URL of the database.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Connects again; fails as [`Session::connect`] does, and then the database stays.
    pub async fn resume(&mut self) -> Result<Session, DbError> {
        let session = Session::connect(&self.url).await?;
        Ok(match self.lease.take() {
            Some(lease) => session.hold(lease),
            None => session,
        })
    }
}

impl fmt::Debug for Paused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Paused").field("url", &redact_url(&self.url)).finish_non_exhaustive()
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("url", &redact_url(&self.url))
            .field("version", &self.version())
            .field("backend_pid", &self.backend_pid)
            .finish_non_exhaustive()
    }
}

fn owned(values: &[Option<&str>]) -> Vec<Option<String>> {
    values.iter().map(|value| value.map(str::to_owned)).collect()
}

fn values(row: &PgRow) -> Result<Vec<Option<&str>>, DbError> {
    (0..row.len())
        .map(|at| {
            let value = row.try_get_raw(at)?;
            if value.is_null() {
                return Ok(None);
            }
            match value.as_str() {
                Ok(text) => Ok(Some(text)),
                Err(error) => Err(DbError::Protocol(format!("a value is not text: {error}"))),
            }
        })
        .collect()
}
