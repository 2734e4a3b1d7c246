//! The bodies of the functions that keep a trail.

use std::collections::BTreeMap;

use super::{FILLED, Problem};
use crate::catalog::{Catalog, ObjectId};
use crate::check::literal::quote_literal;
use crate::document::Tags;
use crate::kinds::Column;
use crate::types::{Builtin, TypeRef, quote_ident};

/// What stands for a value that is personal or sensitive.
const MASK: &str = "'***'";

/// The id of what is done to no single row.
const NO_ROW: &str = "'00000000-0000-0000-0000-000000000000'::uuid";

/// How many columns one call takes: a function has at most 100 arguments.
const AT_ONCE: usize = 50;

/// A table whose changes are kept.
pub(super) struct Audited {
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
    pub(super) fn of(
        catalog: &Catalog,
        tags: &BTreeMap<ObjectId, Tags>,
        table: &ObjectId,
    ) -> Result<Self, Problem> {
        let key = catalog.primary_key(table).to_vec();
        if key.is_empty() {
            return Err(Problem {
                what: format!("`{}` has no primary key, so its changes cannot be told apart", table.name()),
                help: "give it one".to_owned(),
            });
        }
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

    pub(super) fn for_each_row(&self, trail: &str) -> String {
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

    pub(super) fn for_each_statement(&self, trail: &str) -> String {
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
