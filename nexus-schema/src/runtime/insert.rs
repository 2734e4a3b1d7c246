//! Inserting rows, one or very many.

use std::collections::BTreeMap;

use sqlx::postgres::PgArguments;
use sqlx::{Acquire, Arguments, AssertSqlSafe, PgExecutor, Postgres};

use super::query::{Refused, relation, returned};
use super::value::{Field, List, Parameter};
use super::{KeyMeta, Model, TableMeta, Values, rule};
use crate::statements;

/// The most parameters that a statement can have.
const PARAMETERS: usize = u16::MAX as usize;

/// Writes of whole rows.
pub trait Insert: Model {
    /// Inserts a row and returns it as it is stored.
    ///
    /// Fails with the rules that the row breaks before anything is sent, and else with the constraint it breaks.
    fn insert<'a, E: PgExecutor<'a> + 'a>(
        db: E,
        new: &'a Self::New,
    ) -> impl Future<Output = Result<Self, Refused<Self>>> + Send + 'a
    where
        Self: 'a,
    {
        async move {
            let (text, arguments) = insert_one::<Self>(new, None)?;
            Ok(sqlx::query_as_with(AssertSqlSafe(text), arguments).fetch_one(db).await?)
        }
    }

    /// Inserts rows, as many in one statement as go, and returns how many there are now more.
    ///
    /// One array a column, so that the number of parameters is no limit; a table with columns that are lists
    /// gets a statement for every so many rows. They are all inserted, or none.
    fn insert_many<'a, A: Acquire<'a, Database = Postgres> + Send + 'a>(
        db: A,
        new: &'a [Self::New],
    ) -> impl Future<Output = Result<u64, Refused<Self>>> + Send + 'a
    where
        Self: 'a,
    {
        async move {
            let statements = insert_many::<Self>(new)?;
            let mut transaction = db.begin().await?;
            let mut count = 0;
            for (text, arguments) in statements {
                let done =
                    sqlx::query_with(AssertSqlSafe(text), arguments).execute(&mut *transaction).await?;
                count += done.rows_affected();
            }
            transaction.commit().await?;
            Ok(count)
        }
    }
}

impl<R: Model> Insert for R {}

/// The statement for one row, and its parameters.
pub(super) fn insert_one<R: Model>(
    new: &R::New,
    key: Option<KeyMeta>,
) -> Result<(String, PgArguments), Refused<R>> {
    let mut values = Values::default();
    R::new_fields(new, &mut values);
    rule::check(R::META, R::META.writable(), &values.0)?;
    let given: Vec<_> = R::META.writable().zip(&values.0).filter(|(_, field)| field.is_sent()).collect();
    let mut arguments = PgArguments::default();
    arguments.reserve(given.len(), 16 * given.len());
    for (_, field) in &given {
        arguments.add(Parameter(field)).map_err(sqlx::Error::Encode)?;
    }
    if key.is_none() && given.len() == values.0.len() {
        return Ok((R::META.insert[0].to_owned(), arguments));
    }
    let columns: Vec<_> = given.iter().map(|(column, _)| (column.name, column.sql_type)).collect();
    Ok((insert_text(R::META, &columns, key), arguments))
}

pub(super) fn insert_text(
    table: &TableMeta,
    columns: &[statements::Column<'_>],
    key: Option<KeyMeta>,
) -> String {
    let conflict = key.map_or_else(String::new, |key| {
        let kept = |name: &&str| !key.columns.contains(name) && !table.primary_key.contains(name);
        let update: Vec<_> = columns.iter().map(|(name, _)| *name).filter(kept).collect();
        statements::on_conflict(key.columns, &update)
    });
    statements::insert(relation(table), columns, &conflict, &returned(table))
}

/// The statements for many rows: rows that give the same columns go together.
fn insert_many<R: Model>(new: &[R::New]) -> Result<Vec<(String, PgArguments)>, Refused<R>> {
    let mut groups = BTreeMap::<Vec<bool>, Vec<Vec<Field<'_>>>>::new();
    for new in new {
        let mut values = Values::default();
        R::new_fields(new, &mut values);
        rule::check(R::META, R::META.writable(), &values.0)?;
        let given = values.0.iter().map(Field::is_sent).collect();
        groups.entry(given).or_default().push(values.0);
    }
    let mut statements = Vec::new();
    for (given, rows) in groups {
        let places: Vec<_> = (0..given.len()).filter(|place| given[*place]).collect();
        let columns: Vec<_> = R::META.writable().map(|c| (c.name, c.sql_type)).collect();
        let columns: Vec<_> = places.iter().map(|place| columns[*place]).collect();
        if R::META.insert[1].is_empty() || columns.is_empty() {
            let most =
                (PARAMETERS / columns.len().max(1)).min(if columns.is_empty() { 1 } else { PARAMETERS });
            for rows in rows.chunks(most) {
                statements.push(rows_as_lists::<R>(&columns, &places, rows)?);
            }
        } else {
            statements.push(rows_as_arrays::<R>(&columns, &places, &rows)?);
        }
    }
    Ok(statements)
}

fn rows_as_arrays<R: Model>(
    columns: &[statements::Column<'_>],
    places: &[usize],
    rows: &[Vec<Field<'_>>],
) -> Result<(String, PgArguments), Refused<R>> {
    let mut arguments = PgArguments::default();
    for place in places {
        let list = List(rows.iter().map(|fields| Parameter(&fields[*place])).collect());
        arguments.add(list).map_err(sqlx::Error::Encode)?;
    }
    let whole = places.len() == R::META.writable().count();
    let text = if whole {
        R::META.insert[1].to_owned()
    } else {
        statements::insert_arrays(relation(R::META), columns)
    };
    Ok((text, arguments))
}

fn rows_as_lists<R: Model>(
    columns: &[statements::Column<'_>],
    places: &[usize],
    rows: &[Vec<Field<'_>>],
) -> Result<(String, PgArguments), Refused<R>> {
    let mut arguments = PgArguments::default();
    for fields in rows {
        for place in places {
            arguments.add(Parameter(&fields[*place])).map_err(sqlx::Error::Encode)?;
        }
    }
    Ok((statements::insert_rows(relation(R::META), columns, rows.len(), ""), arguments))
}
