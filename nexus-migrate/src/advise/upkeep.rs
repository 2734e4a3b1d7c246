//! What keeps tables small and plans good: cleaning up, room for updates, statistics.

use nexus_schema::catalog::{Catalog, Kind, Object, ObjectId};
use nexus_schema::kinds::{Constraint, ConstraintBody, Table, TableForm};

use super::figures::{self, Figures};
use super::{Finding, grouped, short, snippet};

/// Fewer dead rows than these are no matter.
const DEAD: i64 = 1_000;
/// Fewer updates than these say nothing.
const UPDATES: i64 = 1_000;
/// Which part of updates may find no room on their page, in percent.
const MOVED: i64 = 20;
/// Which part of updates must stay on their page where nobody counts those that found no room, in percent.
const HOT: i64 = 50;

pub(super) fn judge(catalog: &Catalog, figures: &Figures) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !figures.server.cleans && !figures.server.is_replica {
        let title = "autovacuum is off on this server: dead rows stay, statistics grow old, and transaction ids run out";
        findings.push(
            Finding::new("NX0811", [], title)
                .help("set `autovacuum = on` in the server's settings; no schema file can"),
        );
    }
    for (id, entry) in catalog.of_kind(Kind::Table) {
        let Object::Table(table) = &entry.object else { continue };
        if has(table, "autovacuum_enabled").is_some_and(is_off) {
            let options = table.options.iter().filter(|it| option(it).0 == "autovacuum_enabled").cloned();
            let part = with_options(id, options.collect());
            let title = format!(
                "autovacuum is off for `{}`: its dead rows stay, and its statistics grow old",
                short(id)
            );
            findings.push(Finding::new("NX0811", [id.clone()], title).help(snippet::take_out(&part)));
        }
        let [schema, name] = id.path() else { continue };
        let Some(counted) = figures.tables.get(&[schema.clone(), name.clone()]) else { continue };
        findings.extend(dead(id, table, counted));
        findings.extend(cramped(id, table, counted));
        findings.extend(unknown(id, table, counted));
    }
    findings.extend(unproved(catalog));
    findings
}

/// An option of a table, as `name` and value.
fn option(option: &str) -> (&str, &str) {
    option.split_once('=').unwrap_or((option, ""))
}

fn has<'a>(table: &'a Table, name: &str) -> Option<&'a str> {
    table.options.iter().map(|it| option(it)).find(|(own, _)| *own == name).map(|(_, value)| value)
}

/// Whether a value is one that PostgreSQL takes for false: it takes beginnings of the words too.
fn is_off(value: &str) -> bool {
    let value = value.to_lowercase();
    value == "0"
        || value == "of"
        || ["false", "no", "off"]
            .iter()
            .any(|word| !value.is_empty() && word.starts_with(&value) && value != "o")
}

fn with_options(id: &ObjectId, options: Vec<String>) -> Catalog {
    let mut part = Catalog::default();
    part.insert(id.clone(), Table { options: options.into(), ..Table::default() });
    part
}

/// Dead rows that autovacuum is behind with: twice as many as it begins at.
fn dead(id: &ObjectId, table: &Table, counted: &figures::Table) -> Option<Finding> {
    let figures::Table { dead, bearable, live, .. } = counted;
    if *dead < DEAD || dead / 2 <= *bearable {
        return None;
    }
    let of_all = dead.saturating_mul(100) / (dead.saturating_add(*live)).max(1);
    let title = format!(
        "{of_all} % of the rows of `{}` are dead: {}, and autovacuum should have begun at {}",
        short(id),
        grouped(*dead),
        grouped(*bearable)
    );
    let finding = Finding::new("NX0812", [id.clone()], title)
        .help("look for old transactions and replication slots, which keep dead rows (pg_stat_activity, pg_replication_slots)");
    let scale = has(table, "autovacuum_vacuum_scale_factor").and_then(|scale| scale.parse::<f64>().ok());
    Some(match scale {
        Some(scale) if scale <= 0.02 => finding,
        _ => {
            let part = with_options(id, vec!["autovacuum_vacuum_scale_factor=0.02".into()]);
            finding.help(snippet::put_in(&part))
        }
    })
}

/// Updates that find no room on their page.
fn cramped(id: &ObjectId, table: &Table, counted: &figures::Table) -> Option<Finding> {
    let figures::Table { updates, hot, moved, .. } = counted;
    let full = has(table, "fillfactor").is_none_or(|factor| factor == "100");
    if *updates < UPDATES || !full || table.form != TableForm::Ordinary {
        return None;
    }
    let part_of = |some: i64| some.saturating_mul(100) / updates;
    let what = match moved {
        Some(moved) if part_of(*moved) >= MOVED => {
            format!("{} % of {} updates found no room on their page", part_of(*moved), grouped(*updates))
        }
        None if part_of(*hot) < HOT => {
            format!("only {} % of {} updates stayed on their page", part_of(*hot), grouped(*updates))
        }
        _ => return None,
    };
    let title = format!("{what} of `{}`: each of them writes to every index", short(id));
    let part = with_options(id, vec!["fillfactor=90".into()]);
    let mut finding = Finding::new("NX0813", [id.clone()], title).help(snippet::put_in(&part));
    if moved.is_none() {
        finding = finding.help("that is of no use where the updates change a column that an index has");
    }
    Some(finding)
}

/// Tables of which the planner knows nothing.
fn unknown(id: &ObjectId, table: &Table, counted: &figures::Table) -> Option<Finding> {
    if counted.is_analyzed || !counted.has_rows {
        return None;
    }
    let is_whole = matches!(table.form, TableForm::Partitioned(_));
    let help = match is_whole {
        true => {
            "the schema file stays as it is: run ANALYZE on it now and then, as autovacuum looks at partitions alone"
        }
        false => "the schema file stays as it is: run ANALYZE on it; after an upgrade, on the whole database",
    };
    let title = format!("`{}` has never been analyzed: plans for it are guesses", short(id));
    Some(Finding::new("NX0814", [id.clone()], title).help(help))
}

/// Constraints that rows which were there may break.
fn unproved(catalog: &Catalog) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (id, entry) in catalog.of_kind(Kind::Constraint) {
        let Object::Constraint(constraint) = &entry.object else { continue };
        let is_told =
            matches!(constraint.body, ConstraintBody::Check { .. } | ConstraintBody::ForeignKey { .. });
        if constraint.valid || constraint.not_enforced || constraint.inherited.0 || !is_told {
            continue;
        }
        let title = format!(
            "`{}` is not validated: rows that were there before it may break it, and the planner does not rely on it",
            short(id)
        );
        let part = snippet::of_table(
            &id.ancestor(Kind::Table, 2),
            id,
            Constraint { valid: true, ..constraint.clone() },
        );
        let of = [id.clone(), id.ancestor(Kind::Table, 2)];
        findings.push(Finding::new("NX0816", of, title).help(snippet::put_in(&part)));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::{Catalog, Figures, figures::Server, is_off, judge};

    #[test]
    fn a_server_that_cleans_up_and_a_replica_are_not_told_of() {
        let said = |cleans, is_replica| {
            let server = Server { cleans, is_replica, ..Server::default() };
            judge(&Catalog::default(), &Figures { server, ..Figures::default() }).len()
        };
        assert_eq!([said(false, false), said(true, false), said(false, true)], [1, 0, 0]);
    }

    #[test]
    fn booleans_are_read_as_the_server_does() {
        assert!(["false", "off", "no", "f", "n", "0", "OFF", "of"].into_iter().all(is_off));
        assert!(!["true", "on", "1", "", "o"].into_iter().any(is_off));
    }
}
