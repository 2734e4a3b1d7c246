//! The text of every statement on one table, for the generator's constants and for what is put together at run time.
//!
//! Knows names and types as texts. Nothing here is a value: those are always parameters.

use crate::types::{TypeRef, quote_ident};

/// The column of a statement: its name, and its type as `format_type` spells it.
pub type Column<'a> = (&'a str, &'a str);

/// What a statement is on: schema and name, unquoted.
pub type Relation<'a> = (&'a str, &'a str);

/// `schema.name`, quoted where SQL needs it.
pub fn qualified((schema, name): Relation<'_>) -> String {
    format!("{}.{}", quote_ident(schema), quote_ident(name))
}

/// The names of columns, quoted and with commas between them.
pub fn names<'a>(columns: impl IntoIterator<Item = &'a str>) -> String {
    columns.into_iter().map(quote_ident).collect::<Vec<_>>().join(", ")
}

/// `SELECT` of columns from a relation.
///
/// ```
/// let text = nexus_schema::statements::select(("public", "users"), ["id", "user"]);
/// assert_eq!(text, "SELECT id, \"user\" FROM public.users");
/// ```
pub fn select<'a>(from: Relation<'_>, columns: impl IntoIterator<Item = &'a str>) -> String {
    format!("SELECT {} FROM {}", names(columns), qualified(from))
}

/// `a = $1 AND b = $2`, with casts where a parameter would be taken for another type; parameters begin at `first`.
pub fn equal(key: &[Column<'_>], first: usize) -> String {
    let one = |(n, (name, type_)): (usize, &Column<'_>)| {
        format!("{} = {}", quote_ident(name), parameter(first + n, type_))
    };
    key.iter().enumerate().map(one).collect::<Vec<_>>().join(" AND ")
}

/// `INSERT` of one row, with what it returns.
///
/// ```
/// let columns = [("email", "text"), ("age", "integer")];
/// let text = nexus_schema::statements::insert(("public", "users"), &columns, "", &["id"]);
/// assert_eq!(text, "INSERT INTO public.users (email, age) VALUES ($1, $2) RETURNING id");
/// ```
pub fn insert(into: Relation<'_>, columns: &[Column<'_>], conflict: &str, returning: &[&str]) -> String {
    insert_rows(into, columns, 1, conflict) + &self::returning(returning)
}

/// `INSERT` of several rows as lists of values.
pub fn insert_rows(into: Relation<'_>, columns: &[Column<'_>], rows: usize, conflict: &str) -> String {
    let table = qualified(into);
    if columns.is_empty() {
        return format!("INSERT INTO {table} DEFAULT VALUES{conflict}");
    }
    let row = |n: usize| {
        let all = (0..columns.len()).map(|c| format!("${}", n * columns.len() + c + 1));
        format!("({})", all.collect::<Vec<_>>().join(", "))
    };
    let rows = (0..rows).map(row).collect::<Vec<_>>().join(", ");
    let names = names(columns.iter().map(|(name, _)| *name));
    format!("INSERT INTO {table} ({names}) VALUES {rows}{conflict}")
}

/// `INSERT` of any number of rows, one array for each column.
///
/// ```
/// let columns = [("code", "character varying(3)")];
/// let text = nexus_schema::statements::insert_arrays(("public", "countries"), &columns);
/// assert_eq!(text, "INSERT INTO public.countries (code) SELECT * FROM UNNEST($1::character varying[])");
/// ```
pub fn insert_arrays(into: Relation<'_>, columns: &[Column<'_>]) -> String {
    let arrays =
        columns.iter().enumerate().map(|(n, (_, type_))| format!("${}::{}[]", n + 1, unbounded(type_)));
    let arrays = arrays.collect::<Vec<_>>().join(", ");
    let names = names(columns.iter().map(|(name, _)| *name));
    format!("INSERT INTO {} ({names}) SELECT * FROM UNNEST({arrays})", qualified(into))
}

/// What an insert does about a row with the same key: it takes over the columns of `update`.
pub fn on_conflict(key: &[&str], update: &[&str]) -> String {
    let target = names(key.iter().copied());
    // One column is always set, so that the row that is there is returned.
    let update = if update.is_empty() { &key[..key.len().min(1)] } else { update };
    let sets = update.iter().map(|name| format!("{0} = EXCLUDED.{0}", quote_ident(name)));
    format!(" ON CONFLICT ({target}) DO UPDATE SET {}", sets.collect::<Vec<_>>().join(", "))
}

/// `UPDATE` of the rows that `condition` is true of.
pub fn update(of: Relation<'_>, sets: &[String], condition: &str, returning: &[&str]) -> String {
    format!("UPDATE {} SET {} WHERE {condition}", qualified(of), sets.join(", "))
        + &self::returning(returning)
}

/// `DELETE` of the rows that `condition` is true of.
pub fn delete(from: Relation<'_>, condition: &str) -> String {
    format!("DELETE FROM {} WHERE {condition}", qualified(from))
}

/// A page of rows behind a cursor, or the first one: `order` is what the rows are ordered by, all in one direction.
///
/// ```
/// use nexus_schema::statements::{Order, page};
/// let order = [("created_at", "timestamp with time zone"), ("id", "uuid")];
/// let text = page("SELECT id FROM public.users", &order, Order::Descending, true);
/// assert!(text.ends_with("WHERE (created_at, id) < ($1, $2) ORDER BY created_at DESC, id DESC LIMIT $3"));
/// ```
pub fn page(select: &str, order: &[Column<'_>], direction: Order, behind: bool) -> String {
    let (sign, word) = match direction {
        Order::Ascending => (">", ""),
        Order::Descending => ("<", " DESC"),
    };
    let columns: Vec<_> = order.iter().map(|(name, _)| quote_ident(name)).collect();
    let by = columns.iter().map(|name| format!("{name}{word}")).collect::<Vec<_>>().join(", ");
    if !behind {
        return format!("{select} ORDER BY {by} LIMIT $1");
    }
    let cursor = order.iter().enumerate().map(|(n, (_, type_))| parameter(n + 1, type_));
    let cursor = cursor.collect::<Vec<_>>().join(", ");
    let limit = order.len() + 1;
    format!("{select} WHERE ({}) {sign} ({cursor}) ORDER BY {by} LIMIT ${limit}", columns.join(", "))
}

/// Which way rows are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The least first.
    Ascending,
    /// The greatest first.
    Descending,
}

/// ` RETURNING a, b`, or nothing.
pub fn returning(columns: &[&str]) -> String {
    match columns {
        [] => String::new(),
        columns => format!(" RETURNING {}", names(columns.iter().copied())),
    }
}

/// `$n`, with a cast where the comparison would else be another type's: sqlx sends a `String` as `text`, and `citext = text`
/// compares as text.
pub fn parameter(n: usize, type_: &str) -> String {
    let plain = TypeRef::parse(type_).ok().filter(|found| !found.array);
    let name = plain.as_ref().map_or("", |found| found.name.as_str());
    match name {
        "citext" | "bpchar" | "character" | "name" | "json" | "cidr" => {
            format!("${n}::{}", unbounded(type_))
        }
        _ => format!("${n}"),
    }
}

/// A type without its length, precision or scale: a cast to `varchar(3)` would cut what an insert refuses.
pub fn unbounded(type_: &str) -> String {
    let Ok(mut found) = TypeRef::parse(type_) else { return type_.to_owned() };
    found.modifiers.clear();
    if found.schema.is_none() && found.name == "character" {
        // Without a length `character` is of length 1.
        found.name = "bpchar".to_owned();
    }
    found.to_string()
}
