//! Rows that exclude each other: exclusion constraints of plain columns, and keys without overlaps.

use std::collections::BTreeSet;

use nexus_schema::catalog::ObjectId;
use nexus_schema::kinds::Sql;

use super::Rule;
use super::source::Source;
use crate::sql::{Pen, quote_name};

/// What two rows may not have in common.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Exclusion {
    /// Columns, each with the operator that does not hold for all of them at once.
    pairs: Vec<(String, String)>,
    /// The rows that it is about.
    predicate: Option<String>,
}

impl Exclusion {
    /// A key whose last column is a range.
    pub(super) fn of_periods(key: &[String]) -> Self {
        let last = key.len().saturating_sub(1);
        let operator = |n| if n == last { "&&" } else { "=" };
        let pairs = key.iter().enumerate().map(|(n, name)| (name.clone(), operator(n).to_owned())).collect();
        Self { pairs, predicate: None }
    }

    /// Reads what the server writes of an exclusion, such as `EXCLUDE USING gist (room WITH =, during WITH &&)`.
    ///
    /// Nothing where it says more of a column than its name, and where no column must be equal: then every row would
    /// have to be held against every other one.
    pub(super) fn read(sql: &Sql, columns: &BTreeSet<String>) -> Option<Self> {
        let (_, rest) = sql.as_str().strip_prefix("EXCLUDE USING ")?.split_once(" (")?;
        let mut pairs = Vec::new();
        let mut rest = rest;
        loop {
            let spelled = |name: &str| rest.strip_prefix(quote_name(name).as_str())?.strip_prefix(" WITH ");
            let (name, after) = columns.iter().find_map(|name| Some((name, spelled(name)?)))?;
            let end = after.find([',', ')'])?;
            let (operator, after) = after.split_at(end);
            // One of another schema is written in parentheses.
            if operator.is_empty() || !operator.chars().all(|c| "+-*/<>=~!@#%^&|`?".contains(c)) {
                return None;
            }
            pairs.push((name.clone(), operator.to_owned()));
            match after.strip_prefix(", ") {
                Some(more) => rest = more,
                None => {
                    rest = after.strip_prefix(')')?;
                    break;
                }
            }
        }
        let rest = rest.strip_suffix(" INITIALLY DEFERRED").unwrap_or(rest);
        let rest = rest.strip_suffix(" DEFERRABLE").unwrap_or(rest);
        let predicate = match rest.strip_prefix(" WHERE (") {
            Some(predicate) => Some(predicate.strip_suffix(')')?.to_owned()),
            None if rest.is_empty() => None,
            None => return None,
        };
        pairs.iter().any(|(_, operator)| operator == "=").then_some(Self { pairs, predicate })
    }
}

/// Rows that an earlier row excludes.
pub(super) fn clashes(source: &Source<'_>, by: &ObjectId, exclusion: &Exclusion) -> Option<Rule> {
    let Exclusion { pairs, predicate } = exclusion;
    let columns: BTreeSet<String> = pairs.iter().map(|(name, _)| name.clone()).collect();
    // The predicate may speak of any column: rows are taken as they are.
    if predicate.is_some() && !source.is_plain(&columns) {
        return None;
    }
    let rows = || {
        let rows = source.all(&columns).and("true AS nexus_here FROM").pen(source.rows(&columns)?);
        Some(match predicate {
            Some(predicate) => rows.and("WHERE").list([Pen::new().text(predicate)]),
            None => rows,
        })
    };
    let own = Pen::new().ident(source.table.name()).end();
    let same = pairs.iter().map(|(name, operator)| {
        let name = quote_name(name);
        format!("nexus_other.{name} {operator} {own}.{name}")
    });
    let earlier = format!("(nexus_other.tableoid, nexus_other.ctid) < ({own}.tableoid, {own}.ctid)");
    let conditions: Vec<_> = same.chain([earlier]).collect();
    let other =
        Pen::kw("SELECT FROM").list([rows()?]).and("AS nexus_other WHERE").text(&conditions.join(" AND "));
    let tail = Pen::kw("FROM").list([rows()?]).and("AS").ident(source.table.name());
    let tail = tail.and("WHERE EXISTS").list([other]);
    let said: Vec<_> =
        pairs.iter().map(|(name, operator)| format!("{} {operator}", quote_name(name))).collect();
    let mut rule = source.rule(by, format!("another row excludes it: {}", said.join(", ")), &columns, tail);
    rule.breaks = source.alike(&columns);
    Some(rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(sql: &str) -> Option<Exclusion> {
        let columns = ["room", "during", "Odd, name"].map(str::to_owned);
        Exclusion::read(&Sql(sql.into()), &BTreeSet::from(columns))
    }

    fn exclusion(pairs: &[(&str, &str)], predicate: Option<&str>) -> Exclusion {
        let pairs =
            pairs.iter().map(|(name, operator)| ((*name).to_owned(), (*operator).to_owned())).collect();
        Exclusion { pairs, predicate: predicate.map(str::to_owned) }
    }

    #[test]
    fn what_the_server_writes_is_read() {
        let both = [("room", "="), ("during", "&&")];
        assert_eq!(read("EXCLUDE USING gist (room WITH =, during WITH &&)"), Some(exclusion(&both, None)));
        let deferred = "EXCLUDE USING gist (room WITH =, during WITH &&) WHERE ((room > 0)) DEFERRABLE INITIALLY DEFERRED";
        assert_eq!(read(deferred), Some(exclusion(&both, Some("(room > 0)"))));
        let odd = [("Odd, name", "="), ("during", "&&")];
        assert_eq!(
            read("EXCLUDE USING gist (\"Odd, name\" WITH =, during WITH &&)"),
            Some(exclusion(&odd, None))
        );
    }

    #[test]
    fn what_is_more_than_columns_is_left_to_the_step() {
        for sql in [
            "EXCLUDE USING gist (during WITH &&)",
            "EXCLUDE USING gist (lower(room) WITH =, during WITH &&)",
            "EXCLUDE USING gist (room COLLATE \"C\" WITH =, during WITH &&)",
            "EXCLUDE USING gist (room WITH OPERATOR(s.=), during WITH &&)",
            "EXCLUDE USING gist (room WITH =, during WITH &&) INCLUDE (x)",
            "TRIGGER",
        ] {
            assert_eq!(read(sql), None, "{sql}");
        }
    }
}
