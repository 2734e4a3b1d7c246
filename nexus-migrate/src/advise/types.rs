//! Types that PostgreSQL keeps for old times' sake and advises against.
//!
//! The list is that of <https://wiki.postgresql.org/wiki/Don%27t_Do_This>.

use std::collections::BTreeMap;

use nexus_schema::catalog::{Catalog, Kind, Object, ObjectId};
use nexus_schema::kinds::{Column, Identity, SequenceOptions};

use super::figures::Figures;
use super::{Finding, grouped, short, snippet};

/// The better type, and why.
fn better(type_: &str) -> Option<(String, &'static str)> {
    let (element, array) = type_.strip_suffix("[]").map_or((type_, ""), |element| (element, "[]"));
    let (type_, why) = match element {
        "money" => (
            "numeric(19,4)".into(),
            "what it is worth hangs on the server's lc_monetary, and it has no fractions of a cent",
        ),
        "time with time zone" => {
            ("timestamp with time zone".into(), "without a date nobody knows the offset of a time zone")
        }
        "character" | "bpchar" => ("text".into(), "it is padded with blanks that comparisons pass over"),
        "timestamp without time zone" => (
            "timestamp with time zone".into(),
            "it is a picture of a clock and no point in time: what it means hangs on who reads it",
        ),
        _ if element.starts_with("character(") => {
            let length = element.trim_start_matches("character");
            (format!("character varying{length}"), "it is padded with blanks that comparisons pass over")
        }
        _ if element.starts_with("timestamp(0)") => (
            "timestamp with time zone".into(),
            "it rounds, and so can be half a second in the future; `date_trunc` cuts off",
        ),
        _ if element.starts_with("timestamp(") && element.ends_with("without time zone") => (
            element.replace("without", "with"),
            "it is a picture of a clock and no point in time: what it means hangs on who reads it",
        ),
        _ if element.starts_with("time(") && element.ends_with("with time zone") => {
            ("timestamp with time zone".into(), "without a date nobody knows the offset of a time zone")
        }
        _ => return None,
    };
    Some((type_ + array, why))
}

pub(super) fn judge(catalog: &Catalog, figures: &Figures) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (table, _) in catalog.of_kind(Kind::Table) {
        // What a partition has, its parent has.
        if catalog.contains(&table.as_kind(Kind::Partition)) {
            continue;
        }
        let mut by_type: BTreeMap<&str, Vec<(&ObjectId, &Column)>> = BTreeMap::new();
        for (id, column) in catalog.columns(table) {
            if better(&column.type_).is_some() && !column.inherited.0 {
                by_type.entry(&column.type_).or_default().push((id, column));
            }
        }
        for (type_, columns) in by_type {
            let Some((new, why)) = better(type_) else { continue };
            let names: Vec<_> = columns.iter().map(|(id, _)| format!("`{}`", id.name())).collect();
            let verb = if names.len() == 1 { "is" } else { "are" };
            let title = format!("{} of `{}` {verb} {type_}: {why}", names.join(", "), short(table));
            let mut part = Catalog::default();
            for (id, column) in &columns {
                let column = Column { type_: new.clone(), ..(*column).clone() };
                snippet::add_column(&mut part, catalog, id, column);
            }
            let of = columns.iter().map(|(id, _)| (*id).clone());
            findings.push(Finding::new("NX0809", of, title).help(snippet::put_in(&part)));
        }
        findings.extend(
            catalog.columns(table).into_iter().filter_map(|(id, is)| serial(catalog, figures, id, is)),
        );
    }
    findings
}

/// A column that counts with a sequence of its own in its default.
fn serial(catalog: &Catalog, figures: &Figures, id: &ObjectId, column: &Column) -> Option<Finding> {
    let owned = catalog.of_kind(Kind::Sequence).find(|(_, entry)| {
        matches!(&entry.object, Object::Sequence(it) if it.owned_by.as_ref().is_some_and(|of| of.as_slice() == id.path()))
    });
    let (sequence, _) = owned?;
    let is_asked = matches!(catalog.get(&id.as_kind(Kind::Default)), Some(Object::Default(it))
        if it.expr.as_str().starts_with("nextval("));
    if !is_asked || column.identity.is_some() || column.inherited.0 {
        return None;
    }
    let last = figures.counters.iter().find(|counter| counter.sequence.as_slice() == sequence.path());
    let last = last.map_or(0, |counter| counter.last);
    // Some room for what is counted until the migration runs.
    let start = last.saturating_add(last / 10).saturating_add(1001);
    let usual = SequenceOptions::of_type(&column.type_);
    let options = SequenceOptions { start: start.min(usual.max), ..usual };
    let title = format!(
        "`{}` counts with a sequence in its default, as serial does: grants and copies of the table miss the sequence, and \
         nothing keeps others from giving numbers",
        short(id)
    );
    let mut part = Catalog::default();
    let identity = Some(Identity { always: false, options });
    snippet::add_column(&mut part, catalog, id, Column { not_null: true, identity, ..column.clone() });
    let help = format!(
        "{}\nand take `{}` out of `sequences:`; `start` must be above the highest number when the migration runs ({} now)",
        snippet::put_in(&part),
        short(sequence),
        grouped(last)
    );
    Some(Finding::new("NX0810", [id.clone(), sequence.clone()], title).help(help))
}

#[cfg(test)]
mod tests {
    use super::better;

    #[test]
    fn better_types_keep_what_the_old_ones_said() {
        let table = [
            ("character(3)", Some("character varying(3)")),
            ("character(3)[]", Some("character varying(3)[]")),
            ("timestamp(3) without time zone", Some("timestamp(3) with time zone")),
            ("timestamp(0) without time zone", Some("timestamp with time zone")),
            ("timestamp(0) with time zone", Some("timestamp with time zone")),
            ("timestamp(3) with time zone", None),
            ("timestamp with time zone", None),
            ("time(3) with time zone", Some("timestamp with time zone")),
            ("time without time zone", None),
            ("character varying(3)", None),
            ("money[]", Some("numeric(19,4)[]")),
            ("\"char\"", None),
        ];
        for (old, new) in table {
            assert_eq!(better(old).map(|(type_, _)| type_).as_deref(), new, "{old}");
        }
    }
}
