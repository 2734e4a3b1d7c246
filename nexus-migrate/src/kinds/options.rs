//! Storage parameters and their kin, which tables, indexes, materialized views and columns share; and options of
//! foreign-data wrappers, which wrappers, servers, user mappings, foreign tables and their columns share.

use crate::plan::Steps;
use crate::sql::Pen;

/// Writes the steps from one list of `name=value` to another; `alter` begins each statement.
pub(super) fn change(alter: impl Fn() -> Pen, prev: &[String], next: &[String], out: &mut Steps) {
    let gone: Vec<_> = prev.iter().filter(|old| !next.iter().any(|new| name(old) == name(new))).collect();
    if !gone.is_empty() {
        out.run(alter().and("RESET").option_names(gone));
    }
    let set: Vec<_> = next.iter().filter(|new| !prev.contains(new)).cloned().collect();
    if !set.is_empty() {
        out.run(alter().and("SET").options(&set));
    }
}

/// Writes the step from one list of a wrapper's options to another; `alter` begins the statement.
pub(super) fn change_foreign(alter: impl Fn() -> Pen, prev: &[String], next: &[String], out: &mut Steps) {
    let has = |list: &[String], option: &String| list.iter().any(|other| name(other) == name(option));
    let gone = prev.iter().filter(|old| !has(next, old)).map(|old| Pen::kw("DROP").ident(name(old)));
    let set = next.iter().filter(|new| has(prev, new) && !prev.contains(new));
    let set = set.map(|new| Pen::kw("SET").foreign_option(new));
    let added = next.iter().filter(|new| !has(prev, new)).map(|new| Pen::kw("ADD").foreign_option(new));
    let pieces: Vec<_> = gone.chain(set).chain(added).collect();
    if !pieces.is_empty() {
        out.run(alter().and("OPTIONS").list(pieces));
    }
}

fn name(option: &str) -> &str {
    option.split('=').next().unwrap_or(option)
}

#[cfg(test)]
mod tests {
    use crate::kinds::catalog_query;
    use nexus_schema::catalog::Kind;

    /// Options whose values are secrets are left out by their names, in the same words wherever options are read.
    #[test]
    fn no_query_reads_secrets() {
        const SECRET: &str = r"!~* '(passw(or)?d(?!_required$)|passphrase|secret|token$|(api|access|private)_?key$|^scram_\w+_key$)'";
        let kinds = [Kind::ForeignDataWrapper, Kind::Server, Kind::UserMapping, Kind::Table, Kind::Column];
        for kind in kinds.into_iter().chain([Kind::Subscription]) {
            assert!(catalog_query(kind).contains(SECRET), "the query of {kind} has no such condition");
        }
    }
}
