//! The statements on one table as functions: every value is a parameter, and each text comes from `statements`.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use sqlx::postgres::{PgArguments, PgHasArrayType};
use sqlx::{Arguments, AssertSqlSafe, Encode, PgExecutor, Postgres, Type};

use super::insert::{insert_one, insert_text};
use super::value::{Field, Parameter};
use super::{AsKey, ColumnMeta, KeyMeta, Model, PageMeta, Table, Value, Values, WriteError, rule};
use crate::statements;

/// The error of a write to the table of `R`.
pub(super) type Refused<R> = WriteError<<R as Model>::Constraint>;

/// A unique key of the table of `R`, with values of type `K`.
///
/// Generated code has a constant for each: `User::BY_EMAIL.get(&pool, "ada@example.com")`.
pub struct Key<R, K> {
    /// Its place in [`Model::KEYS`].
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
        R::KEYS[self.place]
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
        let text = format!("{} WHERE {}", P::SELECT, statements::equal(&typed::<R>(self.meta().columns), 1));
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
        let text = delete::<R>(self.meta());
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
        rule::check(R::NAME, R::RULES, changeable::<R>().map(|c| c.name), &values.0)?;
        let mut sets = Vec::new();
        let mut arguments = PgArguments::default();
        for (column, field) in changeable::<R>().zip(&values.0).filter(|(_, field)| field.is_sent()) {
            arguments.add(Parameter(field)).map_err(sqlx::Error::Encode)?;
            sets.push(format!("{} = ${}", crate::types::quote_ident(column.name), sets.len() + 1));
        }
        if sets.is_empty() && seen.is_none() {
            return Ok(None);
        }
        let first = arguments.len() + 1;
        key.add(&mut arguments).map_err(sqlx::Error::Encode)?;
        let mut condition = statements::equal(&typed::<R>(self.meta().columns), first);
        if let (Some(seen), Some(lock)) = (seen, R::LOCK) {
            arguments.add(Parameter(&Field::Known(seen))).map_err(sqlx::Error::Encode)?;
            let lock = typed::<R>(&[lock]);
            condition = format!("{condition} AND {}", statements::equal(&lock, arguments.len()));
            sets.extend(counted(&lock));
        }
        if sets.is_empty() {
            return Ok(None);
        }
        Ok(Some((statements::update(relation::<R>(), &sets, &condition, &returned::<R>()), arguments)))
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
    /// Its place in [`Model::PAGES`].
    place: usize,
    cursor: fn(&R) -> C,
}

impl<R, C> Page<R, C> {
    #[doc(hidden)]
    pub const fn new(place: usize, cursor: fn(&R) -> C) -> Self {
        Self { place, cursor }
    }

    /// The cursor behind a row.
    pub fn cursor(&self, row: &R) -> C {
        (self.cursor)(row)
    }
}

impl<R: Model, C: AsKey<C>> Page<R, C> {
    /// Its statements.
    pub const fn meta(&self) -> PageMeta {
        R::PAGES[self.place]
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
    key: fn(&R) -> Option<&K>,
    target: fn(&P) -> &K,
    column: statements::Column<'static>,
    target_column: statements::Column<'static>,
}

impl<R, P, K> Relation<R, P, K> {
    #[doc(hidden)]
    pub const fn new(
        column: statements::Column<'static>,
        target_column: statements::Column<'static>,
        key: fn(&R) -> Option<&K>,
        target: fn(&P) -> &K,
    ) -> Self {
        Self { key, target, column, target_column }
    }
}

impl<R, P, K> Relation<R, P, K>
where
    R: Model,
    P: Model,
    K: Ord + Clone + Send + Sync + PgHasArrayType + Type<Postgres> + for<'q> Encode<'q, Postgres>,
{
    /// The rows that these rows refer to, by key.
    pub async fn parents(&self, db: impl PgExecutor<'_>, rows: &[R]) -> Result<BTreeMap<K, P>, sqlx::Error> {
        let mut keys: Vec<&K> = rows.iter().filter_map(self.key).collect();
        keys.sort_unstable();
        keys.dedup();
        let text = any(P::SELECT, self.target_column);
        let found: Vec<P> = sqlx::query_as(AssertSqlSafe(text)).bind(keys).fetch_all(db).await?;
        Ok(found.into_iter().map(|row| ((self.target)(&row).clone(), row)).collect())
    }

    /// The rows that refer to these rows, by key; one that nothing refers to has none.
    pub async fn children(
        &self,
        db: impl PgExecutor<'_>,
        parents: &[P],
    ) -> Result<BTreeMap<K, Vec<R>>, sqlx::Error> {
        let keys: Vec<&K> = parents.iter().map(self.target).collect();
        let text = any(R::SELECT, self.column);
        let found: Vec<R> = sqlx::query_as(AssertSqlSafe(text)).bind(keys).fetch_all(db).await?;
        let mut all = BTreeMap::<K, Vec<R>>::new();
        for row in found {
            if let Some(key) = (self.key)(&row).cloned() {
                all.entry(key).or_default().push(row);
            }
        }
        Ok(all)
    }
}

fn any(select: &str, (name, type_): statements::Column<'_>) -> String {
    format!(
        "{select} WHERE {} = ANY($1::{}[])",
        crate::types::quote_ident(name),
        statements::unbounded(type_)
    )
}

/// Schema and name of the table.
pub(super) fn relation<R: Model>() -> statements::Relation<'static> {
    (R::SCHEMA, R::NAME)
}

/// The columns of a new row.
pub(super) fn writable<R: Model>() -> impl Iterator<Item = ColumnMeta> {
    R::COLUMNS.iter().filter(|column| column.writable()).copied()
}

/// The columns of a patch.
pub(super) fn changeable<R: Model>() -> impl Iterator<Item = ColumnMeta> {
    writable::<R>().filter(|column| !R::PRIMARY_KEY.contains(&column.name))
}

pub(super) fn returned<R: Model>() -> Vec<&'static str> {
    R::COLUMNS.iter().map(|column| column.name).collect()
}

/// Columns with their types.
fn typed<R: Model>(names: &[&'static str]) -> Vec<statements::Column<'static>> {
    let type_of =
        |name: &str| R::COLUMNS.iter().find(|column| column.name == name).map_or("", |c| c.sql_type);
    names.iter().map(|name| (*name, type_of(name))).collect()
}

fn delete<R: Model>(key: KeyMeta) -> String {
    statements::delete(relation::<R>(), &statements::equal(&typed::<R>(key.columns), 1))
}

/// Every statement on the table of `R`, as it is when nothing is left out.
pub(super) fn statements<R: Model>() -> Vec<String> {
    let all: Vec<_> = writable::<R>().map(|c| (c.name, c.sql_type)).collect();
    let mut texts = vec![R::SELECT.to_owned(), R::INSERT[0].to_owned(), insert_text::<R>(&[], None)];
    texts.push(statements::insert_rows(relation::<R>(), &all, 2, ""));
    if !R::INSERT[1].is_empty() {
        texts.push(R::INSERT[1].to_owned());
    }
    for key in R::KEYS {
        texts.push(key.select.to_owned());
        texts.push(delete::<R>(*key));
        texts.push(insert_text::<R>(&all, Some(*key)));
        let sets: Vec<_> = changeable::<R>()
            .enumerate()
            .map(|(n, c)| format!("{} = ${}", crate::types::quote_ident(c.name), n + 1))
            .collect();
        if !sets.is_empty() {
            let mut condition = statements::equal(&typed::<R>(key.columns), sets.len() + 1);
            if let Some(lock) = R::LOCK {
                let next = sets.len() + key.columns.len() + 1;
                condition = format!("{condition} AND {}", statements::equal(&typed::<R>(&[lock]), next));
            }
            texts.push(statements::update(relation::<R>(), &sets, &condition, &returned::<R>()));
        }
    }
    for page in R::PAGES {
        texts.extend([page.first.to_owned(), page.after.to_owned()]);
    }
    for relation in R::RELATIONS {
        if let [column] = relation.columns {
            texts.push(any(R::SELECT, typed::<R>(&[column])[0]));
        }
    }
    texts
}
