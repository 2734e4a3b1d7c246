//! What to write instead: the safe form of a statement that hurts.

use super::deed::{Action, Column, Constraint, Deed, What};

/// What to do about clients that wait, one action each.
pub(super) fn instead(deed: &Deed) -> Vec<String> {
    let texts = match deed {
        Deed::AlterTable { actions, .. } => actions.iter().filter_map(of_action).collect(),
        Deed::CreateIndex(_) => vec![
            "CREATE INDEX CONCURRENTLY, outside of a transaction; on a partitioned table CREATE INDEX … ON ONLY, then \
             CONCURRENTLY on each partition, then ALTER INDEX … ATTACH PARTITION",
        ],
        Deed::CreateTable(_) => vec![
            "CREATE TABLE … (LIKE …), add a validated CHECK to the default partition that keeps the new rows out of it, \
             then ATTACH PARTITION",
        ],
        Deed::Reindex { .. } => vec!["REINDEX … CONCURRENTLY, outside of a transaction"],
        Deed::Cluster { .. } | Deed::Vacuum { .. } => {
            vec!["rewrite it online with pg_repack, or plan for the time that it takes"]
        }
        Deed::Refresh { .. } => {
            vec!["REFRESH MATERIALIZED VIEW CONCURRENTLY, with a unique index on the view"]
        }
        Deed::AlterDomain { .. } => {
            vec![
                "put the CHECK on the tables instead, NOT VALID first: VALIDATE of a domain locks writers out too",
            ]
        }
        Deed::Truncate { .. } => vec!["delete in batches where the table is in use"],
        Deed::Change { .. } => vec!["change rows in a transaction of their own, in batches"],
        _ => Vec::new(),
    };
    let mut texts: Vec<String> = texts.into_iter().map(str::to_owned).collect();
    texts.dedup();
    texts
}

fn of_action(action: &Action) -> Option<&'static str> {
    Some(match action {
        Action::AddColumn(column) => of_column(column),
        Action::AddConstraint(constraint) => of_constraint(constraint),
        Action::SetNotNull(_) => {
            "ADD CONSTRAINT … CHECK (column IS NOT NULL) NOT VALID; commit; VALIDATE CONSTRAINT; then SET NOT NULL, which \
             reads nothing any more, and drop the check; on PostgreSQL 18 ADD CONSTRAINT … NOT NULL … NOT VALID, VALIDATE"
        }
        Action::SetType { .. } => {
            "add a column of the new type, keep it filled by a trigger, fill it in batches, and switch; where only an index \
             or a check is in the way, drop it CONCURRENTLY first and make it again afterwards"
        }
        Action::SetExpression(_) | Action::Store(_) => {
            "rewrite it online with pg_repack, or plan for the time that it takes"
        }
        Action::Attach { .. } => {
            "add a CHECK with the bounds to the partition, NOT VALID; commit; VALIDATE; then ATTACH; with a default \
             partition, first a validated CHECK on it that keeps these rows out"
        }
        Action::Validate(_) => {
            "commit before VALIDATE CONSTRAINT: the lock of the earlier statement is held until then"
        }
        _ => return None,
    })
}

fn of_column(column: &Column) -> &'static str {
    if column.check.is_some() {
        "add the column alone, then the CHECK NOT VALID; commit; VALIDATE CONSTRAINT"
    } else if column.key.is_some() {
        "add the column alone, CREATE UNIQUE INDEX CONCURRENTLY, then ADD CONSTRAINT … USING INDEX"
    } else if column.references.is_some() {
        "add the column alone, then the foreign key NOT VALID; commit; VALIDATE CONSTRAINT"
    } else if column.stored {
        "add a plain column, keep it filled by a trigger, fill it in batches; on PostgreSQL 18 a VIRTUAL column"
    } else {
        "add the column without a default and with its plain type; SET DEFAULT for new rows; fill the old ones in batches"
    }
}

fn of_constraint(constraint: &Constraint) -> &'static str {
    match constraint.what {
        What::Check(_) | What::ForeignKey(_) | What::NotNull => {
            "ADD CONSTRAINT … NOT VALID; commit; VALIDATE CONSTRAINT, which lets clients go on"
        }
        What::Key("exclude") => "there is no online form: make a new table with it and move the rows",
        What::Key(_) if constraint.using_index.is_some() => {
            "SET NOT NULL on its columns first, by a validated CHECK"
        }
        What::Key(_) => {
            "CREATE UNIQUE INDEX CONCURRENTLY, then ADD CONSTRAINT … USING INDEX, which is instant"
        }
    }
}
