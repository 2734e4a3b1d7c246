//! What `audit:` makes: triggers that keep every change of a table's rows in the table `audit_logs`.
//!
//! A function for each table, in which all columns are spelled out, costs a third of one that looks them up in the
//! catalog or compares rows as JSON. It runs as its owner, so that nobody who may change a row needs any right on the
//! trail, and names everything in full, so that no `search_path` leads it elsewhere.

use std::collections::BTreeMap;

use super::{Named, Resolver, names};
use crate::authored::Table;
use crate::catalog::{Catalog, Kind, Object, ObjectId};
use crate::check::literal::quote_literal;
use crate::document::{Audit, Tags};
use crate::kinds::{self, Body, Column, ConstraintBody};
use crate::types::{Builtin, TypeRef, quote_ident};

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

/// The id of what is done to no single row.
const NO_ROW: &str = "'00000000-0000-0000-0000-000000000000'::uuid";

/// What stands for a value that is personal or sensitive.
const MASK: &str = "'***'";

/// The server's own names first; a temporary table could be taken for a type otherwise.
const PATH: &str = "search_path=pg_catalog, pg_temp";

/// How many columns one call takes: a function has at most 100 arguments.
const AT_ONCE: usize = 50;

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
    let mut does = super::touch_function("");
    does.body = Body::Text(body);
    does.security_definer = true;
    does.settings = settings.into();
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
            function: [table.schema().to_owned(), name.clone()],
            old_table: sees("INSERT").then(|| "old_rows".to_owned()),
            new_table: sees("DELETE").then(|| "new_rows".to_owned()),
            ..super::touch_trigger(table.schema(), "")
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

/// A table whose changes are kept.
struct Audited {
    /// Its name as a literal.
    name: String,
    key: Vec<String>,
    /// Whether the key is one `uuid`, as the trail's `record_id` is.
    key_is_id: bool,
    columns: Vec<Kept>,
}

/// A column whose changes are kept.
struct Kept {
    /// Its name as an identifier, and as a literal.
    ident: String,
    literal: String,
    masked: bool,
    /// Whether values are compared as texts: a type may have no equality, or one that means something else.
    as_text: bool,
    in_key: bool,
}

impl Audited {
    fn of(catalog: &Catalog, tags: &BTreeMap<ObjectId, Tags>, table: &ObjectId) -> Result<Self, Problem> {
        let key = catalog.under(Kind::Constraint, table.path()).find_map(|(_, entry)| match &entry.object {
            Object::Constraint(constraint) => match &constraint.body {
                ConstraintBody::PrimaryKey { columns, .. } => Some(columns.clone()),
                _ => None,
            },
            _ => None,
        });
        let Some(key) = key else {
            return Err(Problem {
                what: format!("`{}` has no primary key, so its changes cannot be told apart", table.name()),
                help: "give it one".to_owned(),
            });
        };
        let mut columns = Vec::new();
        let mut key_is_id = false;
        for (id, column) in catalog.columns(table) {
            let in_key = key.iter().any(|name| name == id.name());
            key_is_id |= key.len() == 1 && in_key && column.type_ == "uuid";
            if column.generated.is_some() {
                continue;
            }
            let tags = tags.get(id);
            columns.push(Kept {
                ident: quote_ident(id.name()),
                literal: quote_literal(id.name()),
                masked: tags.is_some_and(|tags| tags.pii || tags.sensitive),
                as_text: !has_plain_equality(column),
                in_key,
            });
        }
        Ok(Self {
            name: quote_literal(table.name()),
            key: key.iter().map(|name| quote_ident(name)).collect(),
            key_is_id,
            columns,
        })
    }

    /// The id of a row in the trail: its key, or one that is made from its key.
    fn record(&self, row: &str) -> String {
        let key: Vec<_> = self.key.iter().map(|name| format!("{row}.{name}")).collect();
        if self.key_is_id {
            key.concat()
        } else {
            format!("md5(jsonb_build_array({})::text)::uuid", key.join(", "))
        }
    }

    /// All values of a row as JSON.
    fn whole(&self, row: &str) -> String {
        let parts = self.columns.chunks(AT_ONCE).map(|columns| {
            let pairs: Vec<_> =
                columns.iter().map(|column| format!("{}, {}", column.literal, column.value(row))).collect();
            format!("jsonb_build_object({})", pairs.join(", "))
        });
        parts.collect::<Vec<_>>().join(" || ")
    }

    /// What of the key stands in the trail even where it did not change: what `record_id` does not tell.
    fn key_values(&self, row: &str) -> String {
        let key = self.columns.iter().filter(|column| column.in_key && !self.key_is_id);
        let pairs: Vec<_> = key.map(|column| format!("{}, {}", column.literal, column.value(row))).collect();
        format!("jsonb_build_object({})", pairs.join(", "))
    }

    fn for_each_row(&self, trail: &str) -> String {
        let mut changes = String::new();
        for column in &self.columns {
            changes += &format!(
                "    IF {} THEN\n      changed := true;\n      before := before || jsonb_build_object({name}, {});\n      \
                 after := after || jsonb_build_object({name}, {});\n    END IF;\n",
                column.differs("OLD", "NEW"),
                column.value("OLD"),
                column.value("NEW"),
                name = column.literal,
            );
        }
        format!(
            "
DECLARE
  changed boolean := false;
  before jsonb;
  after jsonb;
  row_id uuid;
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    row_id := {NO_ROW};
  ELSIF TG_OP = 'INSERT' THEN
    row_id := {new_id};
    after := {new};
  ELSIF TG_OP = 'DELETE' THEN
    row_id := {old_id};
    before := {old};
  ELSE
    row_id := {new_id};
    before := {old_key};
    after := {new_key};
{changes}    IF NOT changed THEN
      RETURN NULL;
    END IF;
  END IF;
  INSERT INTO {trail} ({columns})
  VALUES ({name}, row_id, TG_OP, before, after, {who});
  RETURN NULL;
END
",
            new_id = self.record("NEW"),
            old_id = self.record("OLD"),
            new = self.whole("NEW"),
            old = self.whole("OLD"),
            new_key = self.key_values("NEW"),
            old_key = self.key_values("OLD"),
            columns = FILLED.join(", "),
            name = self.name,
            who = who(),
        )
    }

    fn for_each_statement(&self, trail: &str) -> String {
        let values: Vec<_> = self
            .columns
            .iter()
            .map(|column| {
                format!(
                    "      ({}, to_jsonb({}), to_jsonb({}), {}, {})",
                    column.literal,
                    column.json("o"),
                    column.json("n"),
                    column.differs("o", "n"),
                    column.in_key && !self.key_is_id,
                )
            })
            .collect();
        let same: Vec<_> = self.key.iter().map(|name| format!("o.{name} = n.{name}")).collect();
        let insert = format!("INSERT INTO {trail} ({})", FILLED.join(", "));
        let (name, who) = (&self.name, who());
        format!(
            "
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    {insert}
    VALUES ({name}, {NO_ROW}, TG_OP, NULL, NULL, {who});
  ELSIF TG_OP = 'INSERT' THEN
    {insert}
    SELECT {name}, {new_id}, TG_OP, NULL, {new}, {who}
    FROM new_rows n;
  ELSIF TG_OP = 'DELETE' THEN
    {insert}
    SELECT {name}, {old_id}, TG_OP, {old}, NULL, {who}
    FROM old_rows o;
  ELSE
    {insert}
    SELECT {name}, CASE WHEN n.{first} IS NULL THEN {old_id} ELSE {new_id} END, TG_OP, d.before, d.after, {who}
    FROM old_rows o FULL JOIN new_rows n ON {same}
    CROSS JOIN LATERAL (
      SELECT jsonb_object_agg(v.name, v.before), jsonb_object_agg(v.name, v.after), bool_or(v.differs)
      FROM (VALUES
{values}) AS v (name, before, after, differs, is_key)
      WHERE v.differs OR v.is_key) AS d (before, after, changed)
    WHERE d.changed;
  END IF;
  RETURN NULL;
END
",
            new_id = self.record("n"),
            old_id = self.record("o"),
            new = self.whole("n"),
            old = self.whole("o"),
            first = self.key.first().map_or("", String::as_str),
            same = same.join(" AND "),
            values = values.join(",\n"),
        )
    }
}

impl Kept {
    /// The value as it stands in the trail.
    fn value(&self, row: &str) -> String {
        let column = format!("{row}.{}", self.ident);
        if self.masked { format!("CASE WHEN {column} IS NOT NULL THEN {MASK} END") } else { column }
    }

    /// [`Self::value`] with a type of its own.
    fn json(&self, row: &str) -> String {
        if self.masked { format!("({})::text", self.value(row)) } else { self.value(row) }
    }

    fn differs(&self, one: &str, other: &str) -> String {
        let cast = if self.as_text { "::text" } else { "" };
        let name = &self.ident;
        format!("{one}.{name}{cast} IS DISTINCT FROM {other}.{name}{cast}")
    }
}

/// Whether the column's type has an equality that tells any two values apart.
fn has_plain_equality(column: &Column) -> bool {
    use Builtin as B;
    let type_ = TypeRef::parse(&column.type_).ok();
    type_.filter(|type_| !type_.array).and_then(|type_| type_.builtin()).is_some_and(|builtin| {
        matches!(
            builtin,
            B::Bool
                | B::Int2
                | B::Int4
                | B::Int8
                | B::Numeric
                | B::Text
                | B::Varchar
                | B::Uuid
                | B::Date
                | B::Timestamp
                | B::TimestampTz
                | B::Time
                | B::Bytea
                | B::Jsonb
                | B::Inet
        )
    })
}

/// Who changed it, from where, by which program: what the session says of itself.
fn who() -> String {
    let said = |name: &str| format!("nullif(current_setting('nexus.{name}', true), '')");
    format!(
        "{}::uuid, coalesce({}::inet, inet_client_addr()), {}",
        said("actor"),
        said("ip_address"),
        said("user_agent")
    )
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
