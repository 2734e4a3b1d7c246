//! Rows that belong to the schema.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{Named, Resolver, TableFacts};
use crate::authored::decode::{Entries, Literal, Spanned};
use crate::authored::{File, Seeds};
use crate::catalog::{Kind, ObjectId};
use crate::document::{DeclaredSeeds, SeedGroup};
use crate::kinds::{OnInsert, Ordinal, Seed, SeedPolicy};
use crate::report::{Spot, did_you_mean};
use crate::rust::names::is_ident;
use crate::types::Builtin;

/// A namespace of derived ids: UUIDv5 of the OID namespace and a text. Never change one: ids in databases follow from it.
fn namespace(of: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, of.as_bytes())
}

/// The id that a seeded row gets where its table has a single uuid as primary key.
///
/// Several values are written with their lengths and in a namespace of their own, so that no two keys are one text.
pub(crate) fn derived_id(schema: &str, table: &str, key: &[String]) -> String {
    let id = match key {
        [value] => Uuid::new_v5(&namespace("nexus seed"), format!("{schema}.{table}/{value}").as_bytes()),
        values => {
            let parts = [schema, table].into_iter().chain(values.iter().map(String::as_str));
            let text: String = parts.map(|part| format!("{}:{part}", part.len())).collect();
            Uuid::new_v5(&namespace("nexus seed of several values"), text.as_bytes())
        }
    };
    id.to_string()
}

/// The rows met so far, each with the environments it is for; none are all.
type Seen = BTreeMap<ObjectId, Vec<(Vec<String>, Spot)>>;

/// In the light of what a row is read.
#[derive(Clone, Copy)]
struct Rows<'a> {
    table: &'a ObjectId,
    facts: &'a TableFacts,
    key: &'a [String],
    policy: SeedPolicy,
    only: &'a [String],
    spot: Spot,
}

/// What is chosen, or else what is usual.
fn value<T: Copy + Default>(word: &Option<Spanned<T>>) -> T {
    word.as_ref().map(|word| word.value).unwrap_or_default()
}

impl Resolver<'_> {
    pub(super) fn seeds(&mut self, files: &[File]) {
        let mut ordinal = 0;
        let mut seen = Seen::new();
        let all = files.iter().flat_map(|file| file.seeds.iter().flat_map(|seeds| &seeds.0));
        for (name, seeds) in all {
            let Some(name) = name else { continue };
            let Some(path) = self.existing(name) else { continue };
            let Some(facts) = self.tables.get(&path).cloned() else { continue };
            let table = Named { path, spot: name.spot, is: seeds };
            self.seed(&table, &facts, &mut ordinal, &mut seen);
        }
    }

    fn seed(&mut self, table: &Named<'_, Seeds>, facts: &TableFacts, ordinal: &mut u32, seen: &mut Seen) {
        let id = ObjectId::new(Kind::Table, table.path.clone());
        let named = table.is.key.as_deref().unwrap_or_default();
        if named.is_empty() {
            if table.is.key.is_some() || !table.is.given.contains("key") {
                let title = format!("the seeds of `{}` have no key", id.name());
                let help = "add `key: [name]`, the columns a row is found by";
                self.report.error("NX0217", table.spot, title, "").help(help);
            }
            return;
        }
        if !named.iter().all(|column| self.known_column(&id, column)) {
            return;
        }
        let key = self.columns_of(&id, named);
        let mut sorted = key.clone();
        sorted.sort();
        let unique = facts.uniques.iter().any(|(_, columns)| {
            let mut columns = columns.clone();
            columns.sort();
            columns == sorted
        });
        if !unique && !facts.open && facts.unique_index(&sorted).is_none() {
            let title = format!(
                "`{}` is not unique in `{}`, so it cannot tell rows apart",
                key.join(", "),
                id.name()
            );
            self.report
                .error("NX0218", named[0].spot, title, "")
                .help("name a primary key or unique columns");
        }
        let policy = SeedPolicy { on_edit: value(&table.is.on_edit), delete: value(&table.is.delete) };
        let only: Vec<String> = table.is.only.iter().flatten().map(|name| name.value.clone()).collect();
        for name in table.is.only.iter().flatten().filter(|name| name.value.is_empty()) {
            self.report
                .error("NX0107", name.spot, "an environment has no name", "")
                .help("write `only: [dev]`");
        }
        if let (Some(only), []) = (&table.is.only, only.as_slice()) {
            let spot = only.first().map_or(table.spot, |name| name.spot);
            self.report.error("NX0107", spot, "`only:` names no environment", "").help("write `only: [dev]`");
        }
        let rows = Rows { table: &id, facts, key: &key, policy, only: &only, spot: table.spot };
        let plain = table.is.rows.iter().map(|rows| (None, rows));
        let headed = table.is.groups.iter().flat_map(|groups| &groups.0);
        let headed = headed.map(|(title, rows)| (Some(title.value.clone()), rows));
        let mut groups = Vec::new();
        for (title, list) in plain.chain(headed) {
            let mut made = Vec::new();
            for row in list {
                *ordinal += 1;
                made.extend(self.row(&rows, row, *ordinal, seen));
            }
            groups.push(SeedGroup { title, rows: made });
        }
        self.as_enum(&table.is.as_enum, &rows, groups.iter().all(|group| group.rows.is_empty()));
        // Documents show what every database has.
        if !only.is_empty() {
            return;
        }
        let title = table.is.title.as_ref().map(|title| title.value.clone());
        self.seeds.push(DeclaredSeeds { table: id, title, groups });
    }

    /// Takes down that the values of the key are an enum in Rust, if they can be one.
    fn as_enum(&mut self, name: &Option<Spanned<String>>, rows: &Rows<'_>, none: bool) {
        let Some(name) = name else { return };
        if !is_ident(&name.value) {
            let title = format!("`{}` is not a name in Rust", name.value.escape_debug());
            self.report.error("NX0408", name.spot, title, "").help("use letters, digits and `_`");
            return;
        }
        let is_text = |column: &String| {
            let type_ = rows.facts.columns.get(column)?.type_.as_ref()?;
            let (bare, _) = self.bare(type_)?;
            Some(!bare.array && matches!(bare.builtin(), Some(Builtin::Text | Builtin::Varchar)))
        };
        let (what, help) = match rows.key {
            [column] if is_text(column) != Some(true) => {
                (format!("`{column}` is no text"), "key the rows by a column of type `text`")
            }
            [_] if !rows.only.is_empty() => {
                ("they are not for every database".to_owned(), "leave `only:` out, or `as_enum:`")
            }
            [_] if none => ("there are none".to_owned(), "give it rows, or leave `as_enum:` out"),
            [column] => {
                let column = rows.table.child(Kind::Column, column);
                self.rust.entry(column).or_default().lookup = Some(name.value.clone());
                return;
            }
            _ => ("their key has several columns".to_owned(), "key the rows by one column"),
        };
        let title = format!("the rows of `{}` cannot be an enum: {what}", rows.table.name());
        self.report.error("NX0228", name.spot, title, "").help(help);
    }

    /// Reads a row; returns its id unless its key is wrong.
    fn row(
        &mut self,
        rows: &Rows<'_>,
        row: &Entries<Literal>,
        ordinal: u32,
        seen: &mut Seen,
    ) -> Option<ObjectId> {
        let Rows { table, facts, key, policy, only, spot: table_spot } = *rows;
        let spot = row.0.first().map_or(table_spot, |(name, _)| name.spot);
        let mut values = BTreeMap::new();
        for (name, literal) in &row.0 {
            let Some(column) = facts.columns.get(&name.value) else {
                self.unknown_column(table, facts, name);
                continue;
            };
            if column.generated {
                let title = format!("`{}` is computed, so a row cannot give it", name.value);
                self.report.error("NX0219", name.spot, title, "").help("leave it out");
                continue;
            }
            let Some(text) = column.type_.as_ref().and_then(|type_| self.text_of(literal, type_)) else {
                continue;
            };
            if text.is_none() && column.not_null {
                let title = format!("`{}` cannot be NULL", name.value);
                self.report
                    .error("NX0219", literal.spot, title, "")
                    .also(column.spot, "the column is `not_null`")
                    .help("give it a value");
            }
            values.insert(name.value.clone(), text);
        }
        let mut texts = Vec::new();
        for column in key {
            match values.get(column) {
                Some(Some(text)) => texts.push(text.clone()),
                Some(None) => {
                    let title = format!("this row has NULL in its key column `{column}`");
                    self.report.error("NX0219", spot, title, "").help("a key needs a value");
                    return None;
                }
                None => {
                    if !row.0.iter().any(|(name, _)| name.value == *column) {
                        let title = format!("this row does not give its key column `{column}`");
                        self.report.error("NX0219", spot, title, "").help(format!("add `{column}:`"));
                    }
                    return None;
                }
            }
        }
        let mut on_insert = BTreeMap::new();
        if let Some((_, primary)) = &facts.primary
            && let [column] = primary.as_slice()
            && !row.0.iter().any(|(name, _)| name.value == *column)
            && facts.columns.get(column).and_then(|c| c.type_.as_ref()).is_some_and(|type_| {
                !type_.array
                    && self.bare(type_).is_some_and(|(bare, _)| bare.builtin() == Some(Builtin::Uuid))
            })
        {
            on_insert.insert(column.clone(), derived_id(table.schema(), table.name(), &texts));
        }
        for (name, column) in &facts.columns {
            let given = row.0.iter().any(|(given, _)| given.value == *name) || on_insert.contains_key(name);
            if column.not_null && !column.filled && !given {
                let title = format!("this row does not give `{name}`, which has no default");
                self.report
                    .error("NX0219", spot, title, "")
                    .also(column.spot, "the column is `not_null`")
                    .help(format!("add `{name}:` to the row, or a default to the column"));
            }
        }
        let path = table.path().iter().chain(&texts).cloned();
        let id = ObjectId::new(Kind::Seed, path);
        let earlier = seen.entry(id.clone()).or_default();
        let meets = |other: &Vec<String>| {
            only.is_empty() || other.is_empty() || only.iter().any(|name| other.contains(name))
        };
        let first = earlier.iter().find(|(other, _)| meets(other)).map(|(_, spot)| *spot);
        earlier.push((only.to_vec(), spot));
        if let Some(earlier) = first {
            let title = format!("two rows of `{}` have the key `{}`", table.name(), texts.join(", "));
            self.report
                .error("NX0220", spot, title, "the second one")
                .also(earlier, "the first one")
                .help("keep one of the two");
        }
        let (key, on_insert) = (key.to_vec(), OnInsert(on_insert));
        let seed = Seed { key, values, on_insert, ordinal: Ordinal(ordinal), policy };
        for environment in only {
            self.environments.entry(environment.clone()).or_default().insert(id.clone(), seed.clone());
        }
        if only.is_empty() {
            self.add(id.clone(), seed, spot);
        }
        Some(id)
    }

    fn unknown_column(&mut self, table: &ObjectId, facts: &TableFacts, name: &Spanned<String>) {
        let help = did_you_mean(&name.value, facts.columns.keys().map(String::as_str));
        let title = format!("the table `{}` has no column `{}`", table.name(), name.value);
        self.report
            .error("NX0204", name.spot, title, "")
            .also(facts.spot, "the table")
            .help(help.unwrap_or_else(|| "add the column, or leave the value out".into()));
    }
}

#[cfg(test)]
mod tests {
    use super::derived_id;

    #[test]
    fn ids_of_databases_stay_what_they_are() {
        // Computed by the rule in docs/schema.md with another implementation of UUIDv5.
        let one = |values: &[&str]| {
            derived_id("public", "roles", &values.iter().map(|v| (*v).into()).collect::<Vec<_>>())
        };
        assert_eq!(one(&["admin"]), "e492b49b-95c1-50ed-856a-e5994ba32acd");
        assert_eq!(one(&["a", "b"]), "e9e9bf25-c1b5-5237-b01e-084d080ded59");
    }

    #[test]
    fn different_keys_have_different_ids() {
        let id = |values: &[&str]| {
            derived_id("public", "t", &values.iter().map(|v| (*v).into()).collect::<Vec<_>>())
        };
        let keys: &[&[&str]] = &[
            &["a/b"],
            &["a", "b"],
            &["a/b", "c"],
            &["a", "b/c"],
            &["a", "b", "c"],
            &["1:a1:b"],
            &["", "ab"],
            &["ab", ""],
        ];
        let ids: std::collections::BTreeSet<_> = keys.iter().map(|key| id(key)).collect();
        assert_eq!(ids.len(), keys.len());
    }
}
