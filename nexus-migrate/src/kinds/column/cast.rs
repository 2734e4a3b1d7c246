//! How values of a column come to another type.

use crate::sql::quote_name;

/// Whether a cast cuts what is too long for the new type, where without USING the server refuses it.
pub(crate) fn would_cut(prev: &str, next: &str) -> bool {
    let texts = ["text", "character varying", "character"];
    let bits = ["bit", "bit varying"];
    let base = |t: &str| t.split('(').next().unwrap_or_default().to_owned();
    let both =
        |names: &[&str]| [prev, next].iter().all(|t| !t.ends_with(']') && names.contains(&base(t).as_str()));
    both(&texts) || both(&bits)
}

/// Whether a type is a point in time, with a time zone or without.
pub(super) fn is_timestamp(type_: &str) -> bool {
    type_.starts_with("timestamp") && !type_.ends_with(']')
}

/// Without USING the server can see that a UTC session needs no rewrite (facts 2.2).
pub(super) fn is_timestamp_pair(prev: &str, next: &str) -> bool {
    is_timestamp(prev) && is_timestamp(next)
}

/// The column as the new type: by a cast, or by its text where PostgreSQL has no cast of its own.
pub(crate) fn cast(name: &str, prev: &str, next: &str) -> String {
    let base = |t: &str| t.split(['(', '[']).next().unwrap_or(t).trim_end().to_owned();
    let is_text = |t: &str| matches!(t, "text" | "character varying" | "character");
    let numeric =
        |t: &str| matches!(t, "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision");
    let dated = |t: &str| t.starts_with("timestamp") || t == "date";
    let (from, to) = (base(prev), base(next));
    let direct = from == to
        || is_text(&from)
        || is_text(&to)
        || numeric(&from) && numeric(&to)
        || dated(&from) && dated(&to)
        || from == "jsonb" && (numeric(&to) || to == "boolean")
        || matches!(
            (from.as_str(), to.as_str()),
            ("integer", "boolean")
                | ("boolean", "integer")
                | ("inet" | "cidr", "inet" | "cidr")
                | ("oid", "integer" | "bigint")
                | ("integer" | "bigint", "oid")
                | ("money", "numeric")
                | ("integer" | "bigint" | "numeric", "money")
        );
    // An array and a scalar only meet in text.
    let through = match (prev.ends_with(']'), next.ends_with(']')) {
        (true, true) if !direct => "::text[]",
        (false, false) if !direct => "::text",
        (true, false) if !is_text(&to) => "::text",
        (false, true) if !is_text(&from) => "::text",
        _ => "",
    };
    format!("{}{through}::{next}", quote_name(name))
}
