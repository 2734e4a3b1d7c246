//! Hazards that a statement's words tell, whatever it locks: what it takes away, and what programs rely on.

use super::deed::{Action, Deed};
use super::known::Known;
use crate::hazard::{Class, Hazard};

/// The hazards of a statement in this file, but for the time that clients wait.
pub(super) fn hazards(known: &Known, file: usize, deed: &Deed) -> Vec<Hazard> {
    let mut found = Vec::new();
    let old = |table: &&String| !known.is_new(table, file);
    match deed {
        Deed::DropTable { tables } => {
            for table in tables.iter().filter(old) {
                found.push(
                    Hazard::new(Class::DataLoss, table, format!("the rows of {table} are gone"))
                        .help("drop it in a later release than the last program that uses it"),
                );
            }
        }
        Deed::Truncate { tables } => {
            for table in tables.iter().filter(old) {
                found.push(Hazard::new(Class::DataLoss, table, format!("the rows of {table} are gone")));
            }
        }
        Deed::DropOther { what, name } if matches!(what.as_str(), "schema" | "database" | "owned") => {
            found.push(Hazard::new(Class::DataLoss, name, format!("all that is in {what} {name} is gone")));
        }
        Deed::AlterTable { table, actions } if old(&table) => {
            found.extend(actions.iter().filter_map(|action| of_action(table, action)));
        }
        Deed::Rename { what, name } if matches!(what.as_str(), "type" | "schema" | "view") => {
            found.push(
                Hazard::new(Class::AppBreaking, name, format!("programs that say {what} {name} fail"))
                    .help("make the new name beside the old one, and drop the old one in a later release"),
            );
        }
        Deed::Rights { what } => found.extend(of_rights("", what)),
        Deed::Change { verb, table: Some(table) } if old(&table) => {
            found.push(
                Hazard::new(
                    Class::BulkChange,
                    table,
                    format!("all rows of {table} are {verb} at once, and locked until the transaction ends"),
                )
                .help("change rows in batches of some thousands, each in a transaction of its own"),
            );
        }
        _ => {}
    }
    found
}

fn of_action(table: &str, action: &Action) -> Option<Hazard> {
    let later = "make the new name beside the old one, and drop the old one in a later release";
    Some(match action {
        Action::DropColumn(column) => Hazard::new(
            Class::DataLoss,
            format!("{table}.{column}"),
            format!("the values of {table}.{column} are gone"),
        )
        .help("drop it in a later release than the last program that reads it"),
        Action::RenameColumn(column) => {
            let what = format!("programs that say {table}.{column} fail");
            Hazard::new(Class::AppBreaking, format!("{table}.{column}"), what).help(later)
        }
        Action::RenameTo | Action::SetSchema => {
            Hazard::new(Class::AppBreaking, table, format!("programs that say {table} fail")).help(later)
        }
        Action::SetType { column, .. } => {
            let what = format!(
                "prepared statements that return {table}.{column} fail once: the cached plan has another type"
            );
            Hazard::new(Class::AppBreaking, format!("{table}.{column}"), what)
                .help("let programs prepare again after SQLSTATE 0A000")
        }
        Action::AddColumn(column)
            if column.not_null
                && column.default.is_none()
                && !column.identity
                && !column.stored
                && !column.type_.contains("serial") =>
        {
            let what = format!(
                "{table}.{} has no value for the rows that are there, nor for programs that do not know it",
                column.name
            );
            Hazard::new(Class::RejectedRows, format!("{table}.{}", column.name), what)
                .help("give it a default, or add it nullable, fill it, and SET NOT NULL in a later step")
        }
        Action::Rights(what) => return of_rights(table, what),
        _ => return None,
    })
}

fn of_rights(table: &str, what: &str) -> Option<Hazard> {
    let widens = what.starts_with("row level")
        || what.starts_with("another role")
        || what.starts_with("drop policy")
        || what.ends_with(" to public")
        || what.contains("all privileges");
    widens.then(|| Hazard::new(Class::Authorisation, table, format!("rights are widened: {what}")))
}
