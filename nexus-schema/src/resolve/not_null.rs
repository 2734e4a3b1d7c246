//! How columns refuse NULL, and what PostgreSQL 18 can say of a constraint.

use super::{Resolver, flag, value};
use crate::authored::Column;
use crate::authored::decode::Spanned;
use crate::catalog::{Kind, ObjectId};
use crate::kinds;
use crate::report::Spot;

impl Resolver<'_> {
    /// Whether a column refuses NULL; contradictions are recorded.
    pub(super) fn not_null(&mut self, is: &Column, in_key: bool) -> bool {
        let refused = is
            .not_null
            .as_ref()
            .map(|given| (given.refused.as_ref().is_none_or(|flag| flag.value), given.spot));
        let nullable = is.nullable.as_ref().filter(|nullable| nullable.value);
        let both = refused.zip(is.nullable.as_ref()).filter(|((one, _), other)| *one == other.value);
        if let Some(((_, one), other)) = both {
            self.report
                .error("NX0215", other.spot, "`not_null` and `nullable` contradict each other", "")
                .also(one, "the other one")
                .help("keep one of the two");
        } else if let (true, Some(nullable)) = (in_key, nullable) {
            self.report
                .error("NX0215", nullable.spot, "a column of the primary key cannot be nullable", "")
                .help("remove `nullable: true`");
        }
        in_key
            || refused.is_some_and(|(refused, _)| refused)
            || is.nullable.as_ref().is_some_and(|nullable| !nullable.value)
    }

    /// What the constraint behind NOT NULL says beyond it.
    pub(super) fn not_null_as(&mut self, is: &Column) -> kinds::NotNull {
        let Some(given) = &is.not_null else { return kinds::NotNull::default() };
        let spots = [
            given.name.as_ref().map(|name| name.spot),
            given.not_valid.as_ref().map(|flag| flag.spot),
            given.no_inherit.as_ref().map(|flag| flag.spot),
            given.description.as_ref().map(|text| text.spot),
        ];
        if let Some(spot) = spots.into_iter().flatten().next() {
            self.eighteen(spot, "a not-null constraint that says more than that");
        }
        if let Some(name) = &given.name {
            super::names::check(&name.value, "constraint", name.spot, self.report);
        }
        kinds::NotNull {
            name: value(&given.name),
            not_valid: flag(&given.not_valid),
            no_inherit: flag(&given.no_inherit),
        }
    }

    /// A comment on the constraint behind NOT NULL, which is no object of its own.
    pub(super) fn said_of_not_null(&mut self, column: &ObjectId, is: &Column) {
        let Some(given) = is.not_null.as_ref().filter(|given| given.description.is_some()) else { return };
        let table = column.ancestor(Kind::Table, 2);
        let name = value(&given.name)
            .unwrap_or_else(|| super::names::make(table.name(), Some(column.name()), "not_null"));
        let part = table.child(Kind::Constraint, name);
        self.comment(&part, &given.description);
        self.said_needs(&part, column);
    }

    /// A flag that only PostgreSQL 18 knows.
    pub(super) fn later(&mut self, given: &Option<Spanned<bool>>, what: &str) -> bool {
        let Some(given) = given.as_ref().filter(|flag| flag.value) else { return false };
        self.eighteen(given.spot, what);
        true
    }

    /// Records what needs PostgreSQL 18, where the file says that it is for an earlier one.
    fn eighteen(&mut self, spot: Spot, what: &str) {
        if self.database.postgres.is_some_and(|major| major < 18) {
            self.report
                .error("NX0216", spot, format!("{what} needs PostgreSQL 18"), "")
                .help("remove it, or set `postgres: 18` under `database:`");
        }
    }
}
