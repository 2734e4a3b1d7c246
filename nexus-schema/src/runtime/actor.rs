//! Who acts: what a transaction says of itself to triggers of `audit:` and to policies of a column.

use std::fmt;
use std::net::IpAddr;

use sqlx::postgres::PgConnection;
use sqlx::{Acquire, Postgres, Transaction};

use super::Id;

/// Who acts in a transaction, from where, and by which program.
///
/// The trail of `audit:` keeps it, and a policy that is a column lets through the rows that are its own. What is said
/// ends with the transaction, so that a connection of a pool never speaks for somebody who used it before.
///
/// ```no_run
/// use nexus_schema::runtime::Actor;
///
/// # async fn example(pool: sqlx::PgPool, me: uuid::Uuid) -> Result<(), sqlx::Error> {
/// let actor = Actor::new(me).ip_address([192, 0, 2, 7]).user_agent("shop/1.0").says("tenant", 7);
/// let mut work = actor.begin(&pool).await?;
/// sqlx::query("UPDATE users SET is_active = false").execute(&mut *work).await?;
/// work.commit().await
/// # }
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Actor {
    names: Vec<String>,
    values: Vec<String>,
}

impl Actor {
    /// The one with this key: an id of generated code, or what it wraps. The trail takes a UUID.
    pub fn new(id: impl Acting) -> Self {
        Self::default().says("actor", id.text())
    }

    /// Nobody in particular, as in a job that runs by itself.
    pub fn nobody() -> Self {
        Self::default()
    }

    /// Where the request comes from; else the trail has the address of the connection.
    #[must_use]
    pub fn ip_address(self, address: impl Into<IpAddr>) -> Self {
        self.says("ip_address", address.into())
    }

    /// The program that asks.
    #[must_use]
    pub fn user_agent(self, program: impl Into<String>) -> Self {
        self.says("user_agent", program.into())
    }

    /// Says something else: the setting `nexus.` and this name, as `tenant` for the policy `tenant`.
    #[must_use]
    pub fn says(mut self, name: &str, value: impl fmt::Display) -> Self {
        let name = format!("nexus.{name}");
        // NUL can be no part of a text of the server.
        let value = value.to_string().replace('\0', "");
        match self.names.iter().position(|known| *known == name) {
            Some(place) => self.values[place] = value,
            None => {
                self.names.push(name);
                self.values.push(value);
            }
        }
        self
    }

    /// Begins a transaction in which this one acts. Fails as [`sqlx::Acquire::begin`] does, and where the server takes a
    /// name for none of a setting.
    pub async fn begin<'c>(
        &self,
        db: impl Acquire<'c, Database = Postgres>,
    ) -> Result<Transaction<'c, Postgres>, sqlx::Error> {
        let mut transaction = db.begin().await?;
        self.acts_in(&mut transaction).await?;
        Ok(transaction)
    }

    /// Acts in a transaction that is open, to its end. Outside of a transaction it says nothing to anybody.
    pub async fn acts_in(&self, transaction: &mut PgConnection) -> Result<(), sqlx::Error> {
        let say =
            "SELECT set_config(name, value, true) FROM unnest($1::text[], $2::text[]) AS s (name, value)";
        sqlx::query(say).bind(&self.names).bind(&self.values).execute(transaction).await?;
        Ok(())
    }
}

/// Who acts is somebody's data.
impl fmt::Debug for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Actor").field("says", &self.names).finish_non_exhaustive()
    }
}

/// What can be the key of the one who acts.
pub trait Acting {
    /// It as a text, also where [`std::fmt::Display`] hides it.
    fn text(&self) -> String;
}

impl<R, T: fmt::Display> Acting for Id<R, T> {
    fn text(&self) -> String {
        self.0.to_string()
    }
}

impl<R, T: fmt::Display> Acting for &Id<R, T> {
    fn text(&self) -> String {
        self.0.to_string()
    }
}

impl Acting for uuid::Uuid {
    fn text(&self) -> String {
        self.to_string()
    }
}

impl Acting for i64 {
    fn text(&self) -> String {
        self.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::Actor;

    #[test]
    fn what_is_said_last_counts_and_nothing_is_shown() {
        let actor = Actor::new(7).says("tenant", "secret").says("tenant", "a\0b");
        assert_eq!(actor.values, ["7", "ab"]);
        assert_eq!(format!("{actor:?}"), "Actor { says: [\"nexus.actor\", \"nexus.tenant\"], .. }");
    }
}
