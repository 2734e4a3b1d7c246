//! The statements on one table as functions: every value is a parameter, and each text comes from `statements`.

use std::any::Any;
use std::collections::BTreeMap;
use std::marker::PhantomData;

use sqlx::postgres::{PgArguments, PgHasArrayType};
use sqlx::{Arguments, AssertSqlSafe, Encode, PgExecutor, Postgres, Type};

use super::as_key::Cursor;
use super::insert::insert_one;
use super::value::{Field, Parameter};
use super::{
    AsKey, KeyMeta, Model, PageMeta, RelationMeta, Table, TableMeta, Value, Values, WriteError, rule,
};
use crate::statements;

/// The error of a write to the table of `R`.
pub(super) type Refused<R> = WriteError<<R as Model>::Constraint>;

/// A unique key of the table of `R`, with values of type `K`.
///
/// Generated code has a constant for each: `User::BY_EMAIL.get(&pool, "ada@example.com")`.
pub struct Key<R, K> {
    /// Its place in [`TableMeta::keys`].
    place: usize,
    of: PhantomData<fn() -> (R, K)>,
}

impl<R, K> Key<R, K> {
    #[doc(hidden)]
    pub const fn new(place: usize) -> Self {
        Self { place, of: PhantomData }
    }
}

impl<R: Model, K> Key<R, K> {
    /// What it is.
    pub const fn meta(&self) -> KeyMeta {
        R::META.keys[self.place]
    }

    /// Reads the row with this key.
    pub async fn get<Q: AsKey<K> + ?Sized>(
        &self,
        db: impl PgExecutor<'_>,
        key: &Q,
    ) -> Result<Option<R>, sqlx::Error> {
        let mut arguments = PgArguments::default();
        key.add(&mut arguments).map_err(sqlx::Error::Encode)?;
        sqlx::query_as_with(self.meta().select, arguments).fetch_optional(db).await
    }

    /// Reads a part of the row with this key: a struct of one's own with `#[derive(Row)]`.
    pub async fn get_as<P, Q>(&self, db: impl PgExecutor<'_>, key: &Q) -> Result<Option<P>, sqlx::Error>
    where
        P: Table + for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow> + Send + Unpin,
        Q: AsKey<K> + ?Sized,
    {
        let mut arguments = PgArguments::default();
        key.add(&mut arguments).map_err(sqlx::Error::Encode)?;
        let text =
            format!("{} WHERE {}", P::SELECT, statements::equal(&typed(R::META, self.meta().columns), 1));
        sqlx::query_as_with(AssertSqlSafe(text), arguments).fetch_optional(db).await
    }

    /// Changes the row with this key and returns it as it is now; `None` where there is no such row.
    ///
    /// A patch that keeps everything reads the row.
    pub async fn update<Q: AsKey<K> + ?Sized>(
        &self,
        db: impl PgExecutor<'_>,
        key: &Q,
        patch: &R::Patch,
    ) -> Result<Option<R>, Refused<R>> {
        match self.patched(key, patch, None)? {
            None => Ok(self.get(db, key).await?),
            Some((text, arguments)) => {
                Ok(sqlx::query_as_with(AssertSqlSafe(text), arguments).fetch_optional(db).await?)
            }
        }
    }

    /// Changes the row with this key if its lock still has the value `seen`, and returns it as it is now.
    ///
    /// A lock that counts is counted up; one that dates is left to the trigger that sets it. Fails with
    /// [`WriteError::Stale`] where the row has changed or is gone.
    pub async fn update_locked<Q: AsKey<K> + ?Sized, V: Value>(
        &self,
        db: impl PgExecutor<'_>,
        key: &Q,
        seen: &V,
        patch: &R::Patch,
    ) -> Result<R, Refused<R>> {
        match self.patched(key, patch, Some(seen))? {
            None => Err(WriteError::Stale),
            Some((text, arguments)) => {
                let row = sqlx::query_as_with(AssertSqlSafe(text), arguments).fetch_optional(db).await?;
                row.ok_or(WriteError::Stale)
            }
        }
    }

    /// Deletes the row with this key, and says whether there was one.
    pub async fn delete<Q: AsKey<K> + ?Sized>(
        &self,
        db: impl PgExecutor<'_>,
        key: &Q,
    ) -> Result<bool, Refused<R>> {
        let mut arguments = PgArguments::default();
        key.add(&mut arguments).map_err(sqlx::Error::Encode)?;
        let text = delete(R::META, self.meta());
        let done = sqlx::query_with(AssertSqlSafe(text), arguments).execute(db).await?;
        Ok(done.rows_affected() > 0)
    }

    /// Inserts a row, or changes the one that has this key already to what `new` gives; returns what is stored.
    ///
    /// Columns that `new` leaves to their defaults stay as they are on a row that is there.
    pub async fn upsert(&self, db: impl PgExecutor<'_>, new: &R::New) -> Result<R, Refused<R>> {
        let (text, arguments) = insert_one::<R>(new, Some(self.meta()))?;
        Ok(sqlx::query_as_with(AssertSqlSafe(text), arguments).fetch_one(db).await?)
    }

    fn patched<Q: AsKey<K> + ?Sized>(
        &self,
        key: &Q,
        patch: &R::Patch,
        seen: Option<&dyn Value>,
    ) -> Result<Option<(String, PgArguments)>, Refused<R>> {
        let mut values = Values::default();
        R::patch_fields(patch, &mut values);
        rule::check(R::META, R::META.changeable(), &values.0)?;
        let mut sets = Vec::new();
        let mut arguments = PgArguments::default();
        for (column, field) in R::META.changeable().zip(&values.0).filter(|(_, field)| field.is_sent()) {
            arguments.add(Parameter(field)).map_err(sqlx::Error::Encode)?;
            sets.push(format!("{} = ${}", crate::types::quote_ident(column.name), sets.len() + 1));
        }
        if sets.is_empty() && seen.is_none() {
            return Ok(None);
        }
        let first = arguments.len() + 1;
        key.add(&mut arguments).map_err(sqlx::Error::Encode)?;
        let mut condition = statements::equal(&typed(R::META, self.meta().columns), first);
        if let (Some(seen), Some(lock)) = (seen, R::META.lock) {
            arguments.add(Parameter(&Field::Known(seen))).map_err(sqlx::Error::Encode)?;
            let lock = typed(R::META, &[lock]);
            condition = format!("{condition} AND {}", statements::equal(&lock, arguments.len()));
            sets.extend(counted(&lock));
        }
        if sets.is_empty() {
            return Ok(None);
        }
        Ok(Some((statements::update(relation(R::META), &sets, &condition, &returned(R::META)), arguments)))
    }
}

/// `version = version + 1`, where the lock is a number that the patch does not set.
fn counted(lock: &[statements::Column<'_>]) -> Option<String> {
    let (name, type_) = lock.first()?;
    let counts = ["smallint", "integer", "bigint"].contains(type_);
    let name = crate::types::quote_ident(name);
    counts.then(|| format!("{name} = {name} + 1"))
}

/// An order in which the table of `R` is read page by page, with cursors of type `C`.
///
/// Generated code has a constant for each index that can: `Post::PAGE_BY_CREATED_AT`.
pub struct Page<R, C> {
    /// Its place in [`TableMeta::pages`].
    place: usize,
    of: PhantomData<fn() -> (R, C)>,
}

impl<R, C> Page<R, C> {
    #[doc(hidden)]
    pub const fn new(place: usize) -> Self {
        Self { place, of: PhantomData }
    }
}

impl<R: Model, C: AsKey<C> + Cursor> Page<R, C> {
    /// Its statements.
    pub const fn meta(&self) -> PageMeta {
        R::META.pages[self.place]
    }

    /// The cursor behind a row.
    pub fn cursor(&self, row: &R) -> C {
        let fields = fields(row);
        let mut values = self.meta().columns.iter().filter_map(|column| value(R::META, &fields, column));
        C::take(&mut values).expect("the generator gives a page the types of its columns")
    }

    /// The first rows.
    pub async fn first(&self, db: impl PgExecutor<'_>, limit: u32) -> Result<Vec<R>, sqlx::Error> {
        sqlx::query_as(self.meta().first).bind(i64::from(limit)).fetch_all(db).await
    }

    /// The rows behind a cursor, which [`Page::cursor`] makes of the last row of the page before.
    pub async fn after(
        &self,
        db: impl PgExecutor<'_>,
        cursor: &C,
        limit: u32,
    ) -> Result<Vec<R>, sqlx::Error> {
        let mut arguments = PgArguments::default();
        cursor.add(&mut arguments).map_err(sqlx::Error::Encode)?;
        arguments.add(i64::from(limit)).map_err(sqlx::Error::Encode)?;
        sqlx::query_as_with(self.meta().after, arguments).fetch_all(db).await
    }
}

/// A foreign key of the table of `R` to the table of `P`, by values of type `K`: both ends in one statement each.
///
/// Generated code has a constant for each: `Account::TO_USER.parents(&pool, &accounts)`.
pub struct Relation<R, P, K> {
    /// Its place in [`TableMeta::relations`].
    place: usize,
    of: PhantomData<Ends<R, P, K>>,
}

type Ends<R, P, K> = fn() -> (R, P, K);

impl<R, P, K> Relation<R, P, K> {
    #[doc(hidden)]
    pub const fn new(place: usize) -> Self {
        Self { place, of: PhantomData }
    }
}

impl<R, P, K> Relation<R, P, K>
where
    R: Model,
    P: Model,
    K: Ord + Clone + Send + Sync + PgHasArrayType + Type<Postgres> + for<'q> Encode<'q, Postgres> + 'static,
{
    /// What it is.
    pub const fn meta(&self) -> RelationMeta {
        R::META.relations[self.place]
    }

    /// The rows that these rows refer to, by key.
    pub async fn parents(&self, db: impl PgExecutor<'_>, rows: &[R]) -> Result<BTreeMap<K, P>, sqlx::Error> {
        let target = self.meta().target;
        let mut keys: Vec<K> = rows.iter().filter_map(|row| key(row, self.meta().columns)).collect();
        keys.sort_unstable();
        keys.dedup();
        let text = any(P::META, target);
        let found: Vec<P> = sqlx::query_as(AssertSqlSafe(text)).bind(keys).fetch_all(db).await?;
        Ok(found.into_iter().filter_map(|row| Some((key(&row, target)?, row))).collect())
    }

    /// The rows that refer to these rows, by key; one that nothing refers to has none.
    pub async fn children(
        &self,
        db: impl PgExecutor<'_>,
        parents: &[P],
    ) -> Result<BTreeMap<K, Vec<R>>, sqlx::Error> {
        let columns = self.meta().columns;
        let keys: Vec<K> = parents.iter().filter_map(|row| key(row, self.meta().target)).collect();
        let text = any(R::META, columns);
        let found: Vec<R> = sqlx::query_as(AssertSqlSafe(text)).bind(keys).fetch_all(db).await?;
        let mut all = BTreeMap::<K, Vec<R>>::new();
        for row in found {
            if let Some(key) = key(&row, columns) {
                all.entry(key).or_default().push(row);
            }
        }
        Ok(all)
    }
}

/// The fields of a row.
fn fields<R: Table>(row: &R) -> Values<'_> {
    let mut values = Values::default();
    row.fields(&mut values);
    values
}

/// The value of a column among the fields of a row; `None` where it is NULL.
fn value<'a>(table: &TableMeta, fields: &Values<'a>, column: &str) -> Option<&'a dyn Any> {
    let place = table.columns.iter().position(|known| known.name == column)?;
    match fields.0.get(place)? {
        Field::Known(value) => value.inner(),
        Field::Own(_) => None,
    }
}

/// The value of the one column of a foreign key, at either end; `None` where it is NULL.
fn key<R: Table, K: Clone + 'static>(row: &R, columns: &[&str]) -> Option<K> {
    let fields = fields(row);
    value(R::META, &fields, columns.first()?)?.downcast_ref::<K>().cloned()
}

/// `SELECT` of the rows whose value of the one column of a foreign key is in a list.
pub(super) fn any(table: &TableMeta, columns: &[&str]) -> String {
    let columns = typed(table, columns);
    let (name, type_) = columns.first().copied().unwrap_or_default();
    let (name, type_) = (crate::types::quote_ident(name), statements::unbounded(type_));
    format!("{} WHERE {name} = ANY($1::{type_}[])", table.select)
}

/// Schema and name of the table.
pub(super) fn relation(table: &TableMeta) -> statements::Relation<'static> {
    (table.schema, table.name)
}

/// All columns: what a write returns.
pub(super) fn returned(table: &TableMeta) -> Vec<&'static str> {
    table.columns.iter().map(|column| column.name).collect()
}

/// Columns with their types.
pub(super) fn typed(table: &TableMeta, columns: &[&str]) -> Vec<statements::Column<'static>> {
    columns
        .iter()
        .filter_map(|name| table.column(name))
        .map(|column| (column.name, column.sql_type))
        .collect()
}

pub(super) fn delete(table: &TableMeta, key: KeyMeta) -> String {
    statements::delete(relation(table), &statements::equal(&typed(table, key.columns), 1))
}
