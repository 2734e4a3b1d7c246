//! Every statement that the models can send, held to a server: it prepares each, and says of which types it is.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgStatement, PgTypeInfo};
use sqlx::{AssertSqlSafe, Column, Connection, Either, Executor, PgPool, SqlSafeStr, Statement, TypeInfo};

use super::insert::insert_text;
use super::query::{any, delete, relation, returned, typed};
use super::{ColumnMeta, Difference, Drift, Schema, TableMeta};
use crate::statements;

impl Schema {
    /// Has the database prepare every statement that the models can send, in a test say, and returns how many there are.
    ///
    /// Fails with each that it refuses, and with each whose parameters or columns it takes for other types than the
    /// models have. A domain counts as what it is over, and types with the same bytes,
    /// such as `character varying` and `text`, as one.
    pub async fn prepare_all(&self, db: &PgPool) -> Result<usize, Drift> {
        let all: Vec<_> = self.models.iter().flat_map(|table| of(table)).collect();
        let types = Types::read(db, &all).await?;
        let mut differences = Vec::new();
        let mut session = db.acquire().await?;
        // A statement that was sent before would be found with the types that it was sent with.
        session.clear_cached_statements().await?;
        for wanted in &all {
            let mut differs = |what: String| differences.push(Difference { of: wanted.text.clone(), what });
            match session.prepare(AssertSqlSafe(wanted.text.clone()).into_sql_str()).await {
                Ok(found) => types.compare(wanted, &found, &mut differs),
                Err(error) => differs(error.to_string()),
            }
        }
        if differences.is_empty() { Ok(all.len()) } else { Err(Drift::Differs(differences)) }
    }
}

/// A statement with the types that the models have for it, as SQL spells them.
struct Wanted {
    text: String,
    parameters: Vec<String>,
    columns: &'static [ColumnMeta],
}

/// The types of a database by name, and what its domains are over.
struct Types {
    named: BTreeMap<String, Oid>,
    domains: BTreeMap<u32, Oid>,
    /// Types whose values have the bytes of another: `character varying` and `text`.
    alike: BTreeSet<(u32, u32)>,
}

impl Types {
    async fn read(db: &PgPool, all: &[Wanted]) -> Result<Self, sqlx::Error> {
        let columns = all.iter().flat_map(|wanted| wanted.columns).map(|column| column.sql_type.to_owned());
        let mut names: Vec<String> =
            all.iter().flat_map(|w| w.parameters.iter().cloned()).chain(columns).collect();
        names.sort_unstable();
        names.dedup();
        let named: Vec<(String, Oid)> =
            sqlx::query_as("SELECT t, pg_catalog.to_regtype(t)::oid FROM UNNEST($1::text[]) AS t WHERE pg_catalog.to_regtype(t) IS NOT NULL")
                .bind(names)
                .fetch_all(db)
                .await?;
        let domains: Vec<(Oid, Oid)> =
            sqlx::query_as("SELECT oid, typbasetype FROM pg_catalog.pg_type WHERE typtype = 'd'")
                .fetch_all(db)
                .await?;
        let alike: Vec<(Oid, Oid)> =
            sqlx::query_as("SELECT castsource, casttarget FROM pg_catalog.pg_cast WHERE castmethod = 'b'")
                .fetch_all(db)
                .await?;
        Ok(Self {
            named: named.into_iter().collect(),
            alike: alike.into_iter().map(|(one, other)| (one.0, other.0)).collect(),
            domains: domains.into_iter().map(|(domain, over)| (domain.0, over)).collect(),
        })
    }

    fn compare(&self, wanted: &Wanted, found: &PgStatement, differs: &mut impl FnMut(String)) {
        if let Some(Either::Left(parameters)) = found.parameters() {
            if parameters.len() != wanted.parameters.len() {
                differs(format!(
                    "takes {} parameters, and not {}",
                    parameters.len(),
                    wanted.parameters.len()
                ));
            }
            for (n, (found, wanted)) in parameters.iter().zip(&wanted.parameters).enumerate() {
                self.same(&format!("parameter ${}", n + 1), found, wanted, differs);
            }
        }
        let columns = found.columns();
        if columns.len() != wanted.columns.len() {
            differs(format!("returns {} columns, and not {}", columns.len(), wanted.columns.len()));
        }
        for (found, wanted) in columns.iter().zip(wanted.columns) {
            if found.name() != wanted.name {
                differs(format!("returns the column {} in the place of {}", found.name(), wanted.name));
            }
            self.same(&format!("column {}", wanted.name), found.type_info(), wanted.sql_type, differs);
        }
    }

    fn same(&self, of: &str, found: &PgTypeInfo, wanted: &str, differs: &mut impl FnMut(String)) {
        let wanted_oid = self.named.get(wanted).map(|oid| self.over(*oid));
        let same = match (wanted_oid, found.oid().map(|oid| self.over(oid))) {
            (Some(wanted), Some(found)) => wanted == found || self.alike.contains(&(wanted.0, found.0)),
            _ => false,
        };
        if !same {
            differs(format!("{of} is of type {}, and not {wanted}", found.name()));
        }
    }

    /// What a domain is over in the end; any other type itself.
    fn over(&self, oid: Oid) -> Oid {
        std::iter::successors(Some(oid), |oid| self.domains.get(&oid.0).copied()).last().unwrap_or(oid)
    }
}

/// Every statement on a table, as it is when nothing is left out.
fn of(table: &'static TableMeta) -> Vec<Wanted> {
    let mut all = Vec::new();
    let whole = table.columns;
    let mut add = |text: String, parameters: Vec<&str>, columns: &'static [ColumnMeta]| {
        let parameters = parameters.into_iter().map(str::to_owned).collect();
        all.push(Wanted { text, parameters, columns });
    };
    let types = |columns: &[&str]| -> Vec<&str> {
        typed(table, columns).into_iter().map(|(_, type_)| type_).collect()
    };
    add(table.select.to_owned(), vec![], whole);
    if table.insert[0].is_empty() {
        return all;
    }
    let given: Vec<_> = table.writable().map(|column| (column.name, column.sql_type)).collect();
    let given_types: Vec<_> = given.iter().map(|(_, type_)| *type_).collect();
    add(table.insert[0].to_owned(), given_types.clone(), whole);
    add(insert_text(table, &[], None), vec![], whole);
    if !given.is_empty() {
        let two = [given_types.clone(), given_types.clone()].concat();
        add(statements::insert_rows(relation(table), &given, 2, ""), two, &[]);
    }
    let lists = |types: &[&str]| -> Vec<String> {
        types.iter().map(|type_| format!("{}[]", statements::unbounded(type_))).collect()
    };
    let many = lists(&given_types);
    if !table.insert[1].is_empty() {
        add(table.insert[1].to_owned(), many.iter().map(String::as_str).collect(), &[]);
    }
    for key in table.keys {
        add(key.select.to_owned(), types(key.columns), whole);
        add(delete(table, *key), types(key.columns), &[]);
        add(insert_text(table, &given, Some(*key)), given_types.clone(), whole);
        let changed: Vec<_> = table.changeable().map(|column| column.sql_type).collect();
        if !changed.is_empty() {
            let sets = table.changeable().enumerate();
            let sets: Vec<_> =
                sets.map(|(n, c)| format!("{} = ${}", crate::types::quote_ident(c.name), n + 1)).collect();
            let lock: Vec<_> = table.lock.into_iter().collect();
            let mut condition = statements::equal(&typed(table, key.columns), sets.len() + 1);
            if !lock.is_empty() {
                let next = sets.len() + key.columns.len() + 1;
                condition = format!("{condition} AND {}", statements::equal(&typed(table, &lock), next));
            }
            let parameters = [changed, types(key.columns), types(&lock)].concat();
            add(statements::update(relation(table), &sets, &condition, &returned(table)), parameters, whole);
        }
    }
    for page in table.pages {
        add(page.first.to_owned(), vec!["bigint"], whole);
        add(page.after.to_owned(), [types(page.columns), vec!["bigint"]].concat(), whole);
    }
    for relation in table.relations.iter().filter(|relation| relation.columns.len() == 1) {
        let list = lists(&types(relation.columns));
        add(any(table, relation.columns), list.iter().map(String::as_str).collect(), whole);
    }
    all
}
