//! What `cargo xtask compile-cost` compiles: `cost models|rows|plain|sea-orm|yaml|time TABLES`, on stdout.
//!
//! A schema of so many tables with twelve columns each, as services have them.

use std::fmt::Write;
use std::time::Instant;

use nexus_schema::codegen::{Input, Options, Shape, source};
use nexus_schema::document::{self, Declared, Parts};

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [what, tables] = args.as_slice() else {
        panic!("usage: cost models|rows|plain|sea-orm|yaml|time TABLES")
    };
    let yaml = yaml(tables.parse().expect("a number of tables"));
    let declared = || -> Declared { document::parse("schema.yaml", &yaml).expect("the schema is sound").0 };
    match what.as_str() {
        "yaml" => print!("{yaml}"),
        "models" => print!("{}", source(&declared(), &Options::default()).expect("every type is known")),
        "rows" => {
            let mut declared = declared();
            declared.models.parts = Parts::Rows;
            print!("{}", source(&declared, &Options::default()).expect("every type is known"));
        }
        "plain" => print!("{}", plain(&declared())),
        "sea-orm" => print!("{}", sea_orm(&declared())),
        "time" => {
            let start = Instant::now();
            let declared = declared();
            let read = start.elapsed().as_secs_f64();
            let text = source(&declared, &Options::default()).expect("every type is known");
            let all = start.elapsed().as_secs_f64();
            println!("{:.3} s for {} bytes, after {read:.3} s for the YAML", all - read, text.len());
        }
        _ => panic!("usage: cost models|rows|plain|sea-orm|yaml|time TABLES"),
    }
}

fn yaml(tables: usize) -> String {
    let mut out = "nexus: 1\ndatabase: { name: cost, postgres: 15 }\ntables:\n".to_owned();
    for n in 0..tables {
        let other = n.saturating_sub(1);
        let _ = write!(
            out,
            "  table{n}_rows:
    description: Rows of the table {n}.
    columns:
      id: {{ type: uuid, primary_key: true, default_expr: gen_random_uuid(), description: Who it is }}
      owner_id: {{ type: uuid, not_null: true, references: table{other}_rows.id, description: Whose it is }}
      email: {{ type: text, not_null: true, unique: true, description: Where to write to }}
      nickname: {{ type: varchar(100), description: What it is called }}
      quantity: {{ type: integer, not_null: true, description: How many }}
      total: {{ type: bigint, not_null: true, description: How many in all }}
      parent_no: {{ type: bigint, description: What it is below }}
      is_active: {{ type: boolean, not_null: true, default: true, description: Whether it counts }}
      price: {{ type: \"numeric(12,2)\", not_null: true, description: What it costs }}
      created_at: {{ type: timestamptz, not_null: true, default_expr: now(), description: Since when }}
      updated_at: {{ type: timestamptz, description: When it changed }}
      data: {{ type: jsonb, not_null: true, description: What else there is }}
"
        );
    }
    out
}

/// The same rows as people write them for sqlx.
fn plain(declared: &Declared) -> String {
    let shape = Shape::new(&Input::from(declared)).expect("every type is known");
    let mut out = "//! Rows.\n".to_owned();
    for table in &shape.tables {
        let _ = writeln!(out, "/// A row.\n#[derive(sqlx::FromRow)]\npub struct {} {{", table.name);
        for column in &table.columns {
            let type_ = match column.type_.short().as_str() {
                "Uuid" => "sqlx::types::Uuid",
                "Decimal" => "sqlx::types::Decimal",
                "DateTime<Utc>" => "sqlx::types::chrono::DateTime<sqlx::types::chrono::Utc>",
                "Value" => "sqlx::types::JsonValue",
                id if id.ends_with("Id") => "sqlx::types::Uuid",
                other => other,
            }
            .to_owned();
            let type_ = if column.nullable { format!("Option<{type_}>") } else { type_ };
            let _ = writeln!(out, "    /// A column.\n    pub {}: {type_},", column.field);
        }
        let _ = writeln!(out, "}}");
    }
    out
}

/// The same tables as `sea-orm-cli generate entity` of SeaORM 2 writes them, one module a table.
fn sea_orm(declared: &Declared) -> String {
    let shape = Shape::new(&Input::from(declared)).expect("every type is known");
    let modules: Vec<_> = shape.tables.iter().map(|table| table.id.name().to_owned()).collect();
    let mut out = "//! Entities.\n".to_owned();
    for table in &shape.tables {
        let name = table.id.name();
        let _ = writeln!(out, "pub mod {name} {{\nuse sea_orm::entity::prelude::*;");
        let _ = writeln!(out, "#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Eq)]");
        let _ = writeln!(out, "#[sea_orm(table_name = {name:?})]\npub struct Model {{");
        for column in &table.columns {
            let (attribute, type_) = match column.sql_type.as_str() {
                "uuid" if column.id.name() == "id" => ("primary_key, auto_increment = false", "Uuid"),
                "uuid" => ("", "Uuid"),
                "text" => ("column_type = \"Text\", unique", "String"),
                "integer" => ("", "i32"),
                "bigint" => ("", "i64"),
                "boolean" => ("", "bool"),
                "numeric(12,2)" => ("column_type = \"Decimal(Some((12, 2)))\"", "Decimal"),
                "timestamp with time zone" => ("", "DateTimeWithTimeZone"),
                "jsonb" => ("column_type = \"JsonBinary\"", "Json"),
                _ => ("", "String"),
            };
            if !attribute.is_empty() {
                let _ = writeln!(out, "#[sea_orm({attribute})]");
            }
            let type_ = if column.nullable { format!("Option<{type_}>") } else { type_.to_owned() };
            let _ = writeln!(out, "pub {}: {type_},", column.field);
        }
        let _ = writeln!(
            out,
            "}}\n#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]\npub enum Relation {{"
        );
        let to =
            table.writes.iter().flat_map(|writes| &writes.relations).map(|relation| relation.table.name());
        let to: Vec<_> = to.collect();
        let refers = |other: &&String| {
            let of_other = shape.tables.iter().find(|table| table.id.name() == other.as_str());
            let mut relations =
                of_other.and_then(|table| table.writes.as_ref()).into_iter().flat_map(|w| &w.relations);
            relations.any(|relation| relation.table.name() == name)
        };
        let others = modules.iter().filter(|other| *other != name && refers(other));
        let mut related = String::new();
        for to in to {
            let _ = writeln!(
                out,
                "#[sea_orm(belongs_to = \"super::{to}::Entity\", from = \"Column::OwnerId\", \
                 to = \"super::{to}::Column::Id\", on_update = \"NoAction\", on_delete = \"NoAction\")]\n\
                 Owner,"
            );
            if to != name {
                let _ = writeln!(
                    related,
                    "impl Related<super::{to}::Entity> for Entity {{ fn to() -> RelationDef {{ Relation::Owner.def() }} }}"
                );
            }
        }
        for (n, other) in others.enumerate() {
            let _ = writeln!(out, "#[sea_orm(has_many = \"super::{other}::Entity\")]\nMany{n},");
            let _ = writeln!(
                related,
                "impl Related<super::{other}::Entity> for Entity {{ fn to() -> RelationDef {{ Relation::Many{n}.def() }} }}"
            );
        }
        let _ = writeln!(out, "}}\n{related}impl ActiveModelBehavior for ActiveModel {{}}\n}}");
    }
    out
}
