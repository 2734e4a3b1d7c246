//! Changes of a column's type: which write the table anew, and which build indexes again.
//!
//! Measured on PostgreSQL 15 to 18; only for where there is no server to ask.

use nexus_schema::types::{Builtin, TypeRef};

/// What a change of type costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cost {
    /// The catalog only; indexes keep their files.
    Catalog,
    /// Indexes on the column are built again.
    Indexes,
    /// The table is written anew.
    Table,
}

/// The cost from one type to another. `utc` says whether the session's time zone is UTC.
pub(super) fn cost(from: &TypeRef, to: &TypeRef, utc: bool) -> Cost {
    if from == to {
        return Cost::Catalog;
    }
    if from.array || to.array {
        return Cost::Table;
    }
    let (Some(old), Some(new)) = (from.builtin(), to.builtin()) else {
        let to_citext =
            to.name == "citext" && matches!(from.builtin(), Some(Builtin::Text | Builtin::Varchar));
        return if to_citext { Cost::Indexes } else { Cost::Table };
    };
    let first = |type_: &TypeRef| type_.modifiers.first().copied();
    // No length is as long as can be.
    let grows = match (first(from), first(to)) {
        (_, None) => true,
        (Some(old), Some(new)) => new >= old,
        (None, Some(_)) => false,
    };
    let free = |is_free: bool| if is_free { Cost::Catalog } else { Cost::Table };
    match (old, new) {
        (Builtin::Varchar | Builtin::Text, Builtin::Text) => Cost::Catalog,
        (Builtin::Text, Builtin::Varchar) => free(to.modifiers.is_empty()),
        (Builtin::Varchar, Builtin::Varchar) | (Builtin::Varbit, Builtin::Varbit) => free(grows),
        (Builtin::Numeric, Builtin::Numeric) => {
            let scale = |type_: &TypeRef| type_.modifiers.get(1).copied().unwrap_or(0);
            free(grows && (to.modifiers.is_empty() || scale(from) == scale(to)))
        }
        (Builtin::Timestamp, Builtin::TimestampTz) | (Builtin::TimestampTz, Builtin::Timestamp) => {
            if utc && precision(to) >= precision(from) { Cost::Indexes } else { Cost::Table }
        }
        (old, new) if old == new && has_precision(new) => free(precision(to) >= precision(from)),
        (Builtin::Cidr, Builtin::Inet) => Cost::Catalog,
        _ => Cost::Table,
    }
}

/// The cost to a type from one that is not known: the least that is likely.
pub(super) fn likely_cost(to: &TypeRef) -> Cost {
    let Some(new) = to.builtin() else { return Cost::Table };
    match new {
        // As precise as can be, as long as can be.
        _ if has_precision(new) && new != Builtin::TimestampTz && precision(to) == 6 => Cost::Catalog,
        Builtin::Varchar if to.modifiers.is_empty() => Cost::Catalog,
        Builtin::Varbit | Builtin::Inet => Cost::Catalog,
        _ => Cost::Table,
    }
}

fn has_precision(type_: Builtin) -> bool {
    matches!(
        type_,
        Builtin::Timestamp | Builtin::TimestampTz | Builtin::Time | Builtin::TimeTz | Builtin::Interval
    )
}

fn precision(type_: &TypeRef) -> i32 {
    type_.modifiers.first().copied().unwrap_or(6)
}
