//! What `audit:` makes: triggers that keep every change of a table's rows in the table `audit_logs`.
//!
//! A function for each table, in which all columns are spelled out, costs a third of one that looks them up in the
//! catalog or compares rows as JSON. It runs as its owner, so that nobody who may change a row needs any right on the
//! trail, and names everything in full, so that no `search_path` leads it elsewhere.

mod body;

use std::collections::BTreeMap;

use body::Audited;

use super::programs::{trigger_for, trigger_function};
use super::{Named, Resolver, names};
use crate::authored::Table;
use crate::catalog::{Catalog, Kind, Object, ObjectId};
use crate::document::{Audit, Tags};
use crate::kinds::{self, Body};
use crate::types::quote_ident;

/// The table that holds the trail, in the schema of the audited table or in `public`.
const TRAIL: &str = "audit_logs";

/// The columns of the trail that the triggers fill.
const FILLED: [&str; 8] = [
    "table_name",
    "record_id",
    "action",
    "old_values",
    "new_values",
    "changed_by",
    "ip_address",
    "user_agent",
];

/// The server's own names first; a temporary table could be taken for a type otherwise.
const PATH: &str = "search_path=pg_catalog, pg_temp";

impl Resolver<'_> {
    /// The trail of a table; says what is missing for it.
    pub(super) fn audit(&mut self, table: &Named<'_, Table>) {
        let Some(word) = &table.is.audit else { return };
        let Some(audit) = word.value.0 else { return };
        let id = ObjectId::new(Kind::Table, table.path.clone());
        let made = match objects(&self.catalog, &self.tags, &id, audit) {
            Ok(made) => made,
            Err(Problem { what, help }) => {
                self.report.error("NX0224", word.spot, what, "").help(help);
                return;
            }
        };
        for (id, object) in made {
            names::check(id.own_name(), id.kind().tag(), word.spot, self.report);
            if self.catalog.contains(&id) {
                let title = format!("`audit` makes a {} `{}`, which there is", id.kind(), id.own_name());
                let found = self.report.error("NX0402", word.spot, title, "");
                let found = match self.places.get(&id) {
                    Some(&other) => found.also(other, "the other one"),
                    None => found,
                };
                found.help("remove or rename that one");
                return;
            }
            self.add(id, object, word.spot);
        }
    }
}

/// Why a table cannot be audited, and what to do.
pub(crate) struct Problem {
    what: String,
    help: String,
}

/// The functions and triggers that keep the trail of a table.
pub(crate) fn objects(
    catalog: &Catalog,
    tags: &BTreeMap<ObjectId, Tags>,
    table: &ObjectId,
    audit: Audit,
) -> Result<Vec<(ObjectId, Object)>, Problem> {
    let trail = trail(catalog, table)?;
    let audited = Audited::of(catalog, tags, table)?;
    let name = format!("audit_{}", table.name());
    let function = ObjectId::new(Kind::Function, [table.schema(), &name, ""]);
    let (body, settings) = match audit {
        Audit::Row => (audited.for_each_row(&trail), vec![PATH.to_owned()]),
        // Without it the plan that was made for the one row of a first statement serves for a hundred thousand.
        Audit::Statement => {
            (audited.for_each_statement(&trail), vec!["enable_nestloop=off".to_owned(), PATH.to_owned()])
        }
    };
    let does = kinds::Function {
        body: Body::Text(body),
        security_definer: true,
        settings: settings.into(),
        ..trigger_function()
    };
    let mut made = vec![(function, Object::Function(does))];
    let triggers: &[(&str, &[&str])] = match audit {
        Audit::Row => &[("", &["INSERT", "UPDATE", "DELETE"]), ("_truncate", &["TRUNCATE"])],
        Audit::Statement => &[
            ("_insert", &["INSERT"]),
            ("_update", &["UPDATE"]),
            ("_delete", &["DELETE"]),
            ("_truncate", &["TRUNCATE"]),
        ],
    };
    for (suffix, events) in triggers {
        let whole = events.contains(&"TRUNCATE");
        let statement = audit == Audit::Statement || whole;
        let sees = |event: &str| statement && !whole && !events.contains(&event);
        let trigger = kinds::Trigger {
            timing: "AFTER".into(),
            events: events.iter().map(|event| (*event).to_owned()).collect(),
            for_each_row: !statement,
            old_table: sees("INSERT").then(|| "old_rows".to_owned()),
            new_table: sees("DELETE").then(|| "new_rows".to_owned()),
            ..trigger_for([table.schema().to_owned(), name.clone()])
        };
        made.push((table.child(Kind::Trigger, format!("{name}{suffix}")), Object::Trigger(trigger)));
    }
    Ok(made)
}

/// The table of the trail, spelled in full.
fn trail(catalog: &Catalog, table: &ObjectId) -> Result<String, Problem> {
    let near = [table.schema(), "public"].map(|schema| ObjectId::new(Kind::Table, [schema, TRAIL]));
    let Some(trail) = near.iter().find(|trail| catalog.contains(trail)) else {
        return Err(Problem {
            what: format!("there is no table `{TRAIL}` to keep the changes of `{}` in", table.name()),
            help: format!("declare `{TRAIL}` with the columns {}", FILLED.join(", ")),
        });
    };
    if trail == table {
        return Err(Problem {
            what: format!("`{TRAIL}` cannot keep its own changes"),
            help: "remove `audit:` here".to_owned(),
        });
    }
    let missing: Vec<_> =
        FILLED.into_iter().filter(|name| !catalog.contains(&trail.child(Kind::Column, *name))).collect();
    if !missing.is_empty() {
        return Err(Problem {
            what: format!("`{TRAIL}` cannot keep the changes of `{}`: it lacks columns", table.name()),
            help: format!("add to it: {}", missing.join(", ")),
        });
    }
    Ok(format!("{}.{}", quote_ident(trail.schema()), quote_ident(trail.name())))
}

#[cfg(test)]
mod tests {
    use crate::document::parse;

    fn mistakes(tables: &str) -> String {
        let text = format!("nexus: 1\ndatabase: {{ name: a }}\ntables:\n{tables}");
        parse("s.yaml", &text).expect_err("it is wrong").render_short()
    }

    #[test]
    fn what_is_missing_is_said() {
        let alone = mistakes("  t: { audit: true, columns: { id: { type: uuid, primary_key: true } } }\n");
        assert!(alone.contains("NX0224") && alone.contains("audit_logs"), "{alone}");
        let thin = mistakes(
            "  t: { audit: true, columns: { id: { type: uuid, primary_key: true } } }\n  audit_logs: { columns: { action: text } }\n",
        );
        assert!(thin.contains("it lacks columns"), "{thin}");
        let own = mistakes("  audit_logs: { audit: true, columns: { action: text } }\n");
        assert!(own.contains("its own changes"), "{own}");
        let word = mistakes("  t: { audit: often, columns: { id: { type: uuid, primary_key: true } } }\n");
        assert!(word.contains("NX0105"), "{word}");
    }
}
