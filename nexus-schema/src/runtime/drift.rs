//! Whether a database is the one that the models were generated from.

use std::fmt;

use sqlx::{AssertSqlSafe, Executor, PgExecutor, PgPool, Row};

use super::TableMeta;
use crate::statements;

/// Everything that models were generated from, as far as a database can be held to it.
#[derive(Debug, Clone, Copy)]
pub struct Schema {
    /// SHA-256 of the catalog's lines, in hexadecimal: the same as in the header of generated files.
    pub hash: &'static str,
    /// The tables and views.
    pub models: &'static [&'static TableMeta],
    /// The columns whose values are enums because of default rows.
    pub lookups: &'static [LookupMeta],
}

/// A column whose values are an enum because of the default rows of its table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LookupMeta {
    /// Schema and name of the table.
    pub table: (&'static str, &'static str),
    /// The column.
    pub column: &'static str,
    /// What the enum has variants for.
    pub values: &'static [&'static str],
}

/// What differs between models and a database.
#[derive(Debug)]
pub enum Drift {
    /// The database is another one, in these places; never empty.
    Differs(Vec<Difference>),
    /// The database could not be read.
    Database(sqlx::Error),
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The table or column, or the statement.
    pub of: String,
    /// What is wrong with it.
    pub what: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.of, self.what)
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Differs(all) => {
                write!(f, "the database differs from the models")?;
                all.iter().try_for_each(|difference| write!(f, "\n  {difference}"))
            }
            Self::Database(_) => f.write_str("cannot compare the database with the models"),
        }
    }
}

impl std::error::Error for Drift {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Differs(_) => None,
            Self::Database(error) => Some(error),
        }
    }
}

impl From<sqlx::Error> for Drift {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

/// Tables, views and their columns. The search path is empty meanwhile, so that types of users have their schemas.
const COLUMNS: &str = "\
SELECT n.nspname::text, c.relname::text, a.attname::text,
       pg_catalog.format_type(a.atttypid, a.atttypmod),
       a.attnotnull OR (t.typtype = 'd' AND t.typnotnull),
       a.atthasdef OR a.attidentity <> '' OR t.typdefault IS NOT NULL,
       c.relkind IN ('v', 'm')
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
  AND n.nspname = ANY ($1)
ORDER BY n.nspname, c.relname, a.attnum";

struct Found {
    table: (String, String),
    name: String,
    sql_type: String,
    not_null: bool,
    has_default: bool,
    is_view: bool,
}

impl Schema {
    /// Compares tables, columns, types, nullability and defaults with a database, such as at start-up.
    ///
    /// Tables and columns that only the database has are not counted: a migration may run ahead of its service. But a
    /// column that an insert has to give, and of which the models know nothing, is a difference. So is a row that an enum
    /// of default rows has no variant for, and a variant that has no row.
    pub async fn verify(&self, db: &PgPool) -> Result<(), Drift> {
        let mut all = Vec::new();
        let found = self.columns(db).await?;
        for model in self.models {
            self.compare(model, &found, &mut all);
        }
        for lookup in self.lookups {
            let is_there = |found: &Found| {
                (found.table.0.as_str(), found.table.1.as_str()) == lookup.table
                    && found.name == lookup.column
            };
            if found.iter().any(is_there) {
                lookup.compare(db, &mut all).await?;
            }
        }
        if all.is_empty() { Ok(()) } else { Err(Drift::Differs(all)) }
    }

    async fn columns(&self, db: &PgPool) -> Result<Vec<Found>, sqlx::Error> {
        let mut schemas: Vec<&str> = self.models.iter().map(|model| model.schema).collect();
        schemas.sort_unstable();
        schemas.dedup();
        let mut transaction = db.begin().await?;
        transaction.execute("SET LOCAL search_path = ''").await?;
        let rows = read(&mut *transaction, &schemas).await?;
        transaction.rollback().await?;
        rows.iter()
            .map(|row| {
                Ok(Found {
                    table: (row.try_get(0)?, row.try_get(1)?),
                    name: row.try_get(2)?,
                    sql_type: row.try_get(3)?,
                    not_null: row.try_get(4)?,
                    has_default: row.try_get(5)?,
                    is_view: row.try_get(6)?,
                })
            })
            .collect()
    }

    fn compare(&self, model: &TableMeta, found: &[Found], all: &mut Vec<Difference>) {
        let (schema, name) = (model.schema, model.name);
        let columns: Vec<_> = found.iter().filter(|f| f.table.0 == schema && f.table.1 == name).collect();
        if columns.is_empty() {
            all.push(Difference { of: format!("{schema}.{name}"), what: "is not there".to_owned() });
            return;
        }
        for wanted in model.columns {
            let of = format!("{schema}.{name}.{}", wanted.name);
            let Some(found) = columns.iter().find(|column| column.name == wanted.name) else {
                all.push(Difference { of, what: "is not there".to_owned() });
                continue;
            };
            let mut differs = |what: String| all.push(Difference { of: of.clone(), what });
            if plain(&found.sql_type) != plain(wanted.sql_type) {
                differs(format!("has type {}, and not {}", found.sql_type, wanted.sql_type));
            }
            if found.is_view {
                continue;
            }
            match (found.not_null, wanted.nullable()) {
                (true, true) => differs("refuses NULL, which the models may send".to_owned()),
                (false, false) => differs("can be NULL, which the models cannot read".to_owned()),
                _ => {}
            }
            if wanted.has_default() && !found.has_default {
                differs("has no default, which the models count on".to_owned());
            }
        }
        let is_known = |column: &&&Found| model.columns.iter().any(|known| known.name == column.name);
        for column in columns.iter().filter(|column| !is_known(column)) {
            if column.not_null && !column.has_default && !column.is_view {
                let of = format!("{schema}.{name}.{}", column.name);
                all.push(Difference {
                    of,
                    what: "has to be given, and the models do not know it".to_owned(),
                });
            }
        }
    }
}

impl LookupMeta {
    async fn compare(&self, db: &PgPool, all: &mut Vec<Difference>) -> Result<(), sqlx::Error> {
        let text = statements::select(self.table, [self.column]);
        let mut found: Vec<String> = sqlx::query_scalar(AssertSqlSafe(text)).fetch_all(db).await?;
        found.sort_unstable();
        let of = || format!("{}.{}", self.table.0, self.table.1);
        let mut differs = |what: String| all.push(Difference { of: of(), what });
        for value in self.values.iter().filter(|value| !found.iter().any(|found| found == *value)) {
            differs(format!("lacks the row `{value}`, which the models know"));
        }
        for value in found.iter().filter(|found| !self.values.contains(&found.as_str())) {
            differs(format!("has the row `{value}`, which the models do not know"));
        }
        Ok(())
    }
}

async fn read(db: impl PgExecutor<'_>, schemas: &[&str]) -> Result<Vec<sqlx::postgres::PgRow>, sqlx::Error> {
    sqlx::query(COLUMNS).bind(schemas).fetch_all(db).await
}

/// A type's name without the schema that names without one are in, and without quotes, which do not tell types apart
/// here.
fn plain(sql_type: &str) -> String {
    sql_type.strip_prefix("public.").unwrap_or(sql_type).replace('"', "")
}
