//! The schemas of `large` in the words of others: TypeScript for drizzle-kit, queries for sqlc.
//!
//! Says what each of them has a word for: drizzle-kit has none for comments, functions and triggers.

use super::large::{Edit, name};

/// The schema as drizzle-kit reads it.
pub(crate) fn typescript(tables: usize, edit: Edit) -> String {
    let mut out = String::from(
        "import { eq, sql } from 'drizzle-orm';
import { bigint, boolean, check, index, jsonb, numeric, pgSchema, text, timestamp, varchar } from 'drizzle-orm/pg-core';
",
    );
    for n in 0..4 {
        out += &format!("export const s{n} = pgSchema('s{n}');\n");
    }
    for n in 0..tables {
        table(n, edit.way(n), &mut out);
    }
    for n in (3..tables).step_by(10) {
        out += &format!(
            "export const v{n} = s{}.view('v{n}').as((qb) => qb.select({{ id: t{n}.id, name: t{n}.name, status: t{n}.status }}).from(t{n}).where(eq(t{n}.active, true)));\n",
            n % 4
        );
    }
    out
}

fn table(n: usize, way: Option<usize>, out: &mut String) {
    let identity = if n.is_multiple_of(4) { ".generatedByDefaultAsIdentity()" } else { "" };
    let references = match n % 2 {
        1 => format!(".references(() => t{}.id, {{ onDelete: 'cascade' }})", n / 2),
        _ => String::new(),
    };
    let length = if way == Some(2) { 40 } else { 20 };
    *out += &format!(
        "export const t{n} = s{}.table('t{n}', {{
  id: bigint('id', {{ mode: 'number' }}).primaryKey(){identity},
  owner_id: bigint('owner_id', {{ mode: 'number' }}).notNull(){references},
  name: text('name').notNull(),
  status: varchar('status', {{ length: {length} }}).notNull().default('new'),
  amount: numeric('amount', {{ precision: 12, scale: 2 }}).default('0.00'),
  active: boolean('active').notNull().default({}),
  payload: jsonb('payload'),
  created_at: timestamp('created_at', {{ withTimezone: true }}).notNull().defaultNow(),
  updated_at: timestamp('updated_at', {{ withTimezone: true }}),
",
        n % 4,
        way != Some(3),
    );
    if way == Some(0) {
        *out += "  note: text('note'),\n";
    }
    if way != Some(4) {
        *out += "  tags: text('tags').array(),\n";
    }
    *out += &format!("}}, (t) => [index('t{n}_owner').on(t.owner_id)");
    if way != Some(1) {
        *out += &format!(", index('t{n}_status').on(t.status, t.created_at.desc())");
    }
    if way != Some(4) {
        *out += &format!(", check('t{n}_sane', sql`${{t.amount}} >= 0`)");
    }
    *out += "]);\n";
}

/// What sqlc is configured with: `schema.sql` and `queries.sql` become Go.
pub(crate) const SQLC: &str = "\
version: '2'
sql:
  - engine: postgresql
    schema: schema.sql
    queries: queries.sql
    gen: { go: { package: db, out: out, sql_package: pgx/v5 } }
";

/// Four queries a table for sqlc: get, list, insert, delete. Our models have more without being asked.
pub(crate) fn queries(tables: usize) -> String {
    let four = |n: usize| {
        let t = name(n);
        format!(
            "-- name: GetT{n} :one\nSELECT * FROM {t} WHERE id = $1;
-- name: ListT{n} :many\nSELECT * FROM {t} ORDER BY id LIMIT $1;
-- name: InsertT{n} :one\nINSERT INTO {t} (id, owner_id, name) VALUES ($1, $2, $3) RETURNING *;
-- name: DeleteT{n} :exec\nDELETE FROM {t} WHERE id = $1;\n"
        )
    };
    (0..tables).map(four).collect()
}
