//! Which values types refuse: another type of a column, and a type that is another than before.

use std::collections::BTreeMap;

use nexus_schema::catalog::{Catalog, Kind, Object, ObjectId};
use nexus_schema::kinds::Enum;

use super::Ends;
use super::source::Source;
use crate::sql::{Pen, dotted, quote_literal};

/// The condition on a value that another type refuses; nothing where it takes all, or where nobody can say before.
pub(super) fn refused_by_type(source: &Source<'_>, value: &str, prev: &str, next: &str) -> Option<Pen> {
    let (from, to) = (parts(prev), parts(next));
    let condition = match (from.name, to.name) {
        _ if prev.ends_with("[]") || next.ends_with("[]") => return None,
        (_, "text") | (_, "character varying") if to.digits.is_empty() => return None,
        ("smallint", "integer" | "bigint" | "numeric" | "real" | "double precision")
        | ("integer", "bigint" | "numeric" | "real" | "double precision")
        | ("bigint", "numeric" | "real" | "double precision")
        | ("real", "double precision")
            if to.digits.is_empty() =>
        {
            return None;
        }
        ("text" | "character varying" | "character", "character varying" | "character") => {
            let most = to.digits.first().copied().unwrap_or(1);
            if from.name != "text" && from.digits.first().is_some_and(|had| *had <= most) {
                return None;
            }
            format!("char_length(rtrim({value}::text, ' ')) > {most}")
        }
        ("smallint" | "integer" | "bigint" | "numeric", "smallint" | "integer" | "bigint") => {
            let (least, most) = match to.name {
                "smallint" => (i64::from(i16::MIN), i64::from(i16::MAX)),
                "integer" => (i64::from(i32::MIN), i64::from(i32::MAX)),
                _ => (i64::MIN, i64::MAX),
            };
            format!("round({value}::numeric) NOT BETWEEN {least} AND {most}")
        }
        ("real" | "double precision", "smallint" | "integer" | "bigint") => {
            let bound = match to.name {
                "smallint" => "32767.5",
                "integer" => "2147483647.5",
                _ => "9223372036854775000",
            };
            format!("NOT abs({value}::double precision) < {bound}")
        }
        ("smallint" | "integer" | "bigint" | "numeric", "numeric") if !to.digits.is_empty() => {
            let precision = to.digits.first().copied().unwrap_or(1000);
            let scale = to.digits.get(1).copied().unwrap_or(0);
            let whole = from.digits.first().zip(from.digits.get(1)).map(|(p, s)| p - s);
            if whole.is_some_and(|whole| whole <= precision - scale && from.digits.get(1) <= Some(&scale)) {
                return None;
            }
            format!(
                "{value}::numeric <> 'NaN' AND abs(round({value}::numeric, {scale})) >= 10::numeric ^ {}",
                precision - scale
            )
        }
        ("text" | "character varying" | "character", _) => {
            if let Some(id) = user_type(source.ends, next) {
                return of_new_type(source, &id, value);
            }
            format!("NOT pg_input_is_valid({value}::text, {})", quote_literal(next))
        }
        _ => match user_type(source.ends, next) {
            Some(id) => return of_new_type(source, &id, value),
            None => return None,
        },
    };
    Some(Pen::new().text(&condition))
}

fn of_new_type(source: &Source<'_>, id: &ObjectId, value: &str) -> Option<Pen> {
    match source.ends.next.get(id) {
        Some(Object::Enum(labels)) if !labels.labels.is_empty() => {
            let list: Vec<_> = labels.labels.iter().map(|label| quote_literal(label)).collect();
            Some(Pen::new().text(&format!("{value}::text NOT IN ({})", list.join(", "))))
        }
        // A type that changes itself, or is not there yet, cannot be asked.
        object if object.is_some() && source.ends.prev.get(id) == object => {
            let type_ = dotted(id.path());
            Some(Pen::new().text(&format!("NOT pg_input_is_valid({value}::text, {})", quote_literal(&type_))))
        }
        _ => None,
    }
}

struct Parts<'a> {
    name: &'a str,
    digits: Vec<i64>,
}

/// A type's spelling taken apart: `numeric(5,2)`.
fn parts(type_: &str) -> Parts<'_> {
    let (name, rest) = type_.split_once('(').unwrap_or((type_, ""));
    Parts { name, digits: rest.split([',', ')']).filter_map(|part| part.trim().parse().ok()).collect() }
}

/// The labels that the rows may have now, which become those of the state after.
pub(super) fn labels(ends: &Ends<'_>, id: &ObjectId, after: &Enum) -> String {
    let old = |label: &String| {
        let named = ObjectId::new(id.kind(), id.path().iter().cloned().chain([label.clone()]));
        quote_literal((ends.former)(&named).name())
    };
    after.labels.iter().map(old).collect::<Vec<_>>().join(", ")
}

/// Enums and domains that are another than before, by how they are spelled.
pub(super) fn changed_types(ends: &Ends<'_>) -> BTreeMap<String, ObjectId> {
    let checks = |state: &Catalog, id: &ObjectId| -> Vec<_> {
        let of_it = state.under(Kind::DomainCheck, id.path());
        of_it.map(|(check, entry)| (check.clone(), entry.object.clone())).collect()
    };
    let all = ends.next.of_kind(Kind::Enum).chain(ends.next.of_kind(Kind::Domain));
    let changed = all.filter(|(id, entry)| {
        ends.prev
            .get(id)
            .is_some_and(|before| *before != entry.object || checks(ends.prev, id) != checks(ends.next, id))
    });
    changed.map(|(id, _)| (dotted(id.path()), id.clone())).collect()
}

pub(super) fn user_type(ends: &Ends<'_>, spelled: &str) -> Option<ObjectId> {
    let kinds = [Kind::Enum, Kind::Domain, Kind::Composite, Kind::Range, Kind::BaseType];
    let mut all = kinds.iter().flat_map(|kind| ends.next.of_kind(*kind).map(|(id, _)| id));
    all.find(|id| dotted(id.path()) == spelled).cloned()
}
