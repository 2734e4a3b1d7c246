//! Rules for where there is no server to ask: which statements let clients wait for work that grows with a table.
//!
//! What is certain of PostgreSQL 15 to 18 is said as such; where it hangs on what no file has said, it "may" be.

use nexus_schema::types::TypeRef;

use super::deed::{Action, Column, Constraint, Deed, What};
use super::known::{Known, Table};
use super::types::{Cost, cost, likely_cost};

/// Whether clients wait for long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    No,
    /// They may, for this reason.
    May(String),
    /// They do, for this reason.
    Does(String),
}

use Verdict::{Does, May, No};

/// What a statement meets.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scene<'a> {
    pub(super) known: &'a Known,
    /// The file that it stands in.
    pub(super) file: usize,
    /// Whether the session's time zone is UTC; nobody knows it until a file says so.
    pub(super) utc: Option<bool>,
    /// A table on which the transaction holds a lock already that lets clients wait.
    pub(super) held: Option<&'a str>,
}

/// Functions that give the same answer for a whole statement, so that a default of them needs no new table.
const STEADY: [&str; 24] = [
    "now",
    "transaction_timestamp",
    "statement_timestamp",
    "current_setting",
    "to_timestamp",
    "date_trunc",
    "lower",
    "upper",
    "concat",
    "coalesce",
    "nullif",
    "greatest",
    "least",
    "make_date",
    "make_interval",
    "jsonb_build_object",
    "jsonb_build_array",
    "json_build_object",
    "array_fill",
    "md5",
    "current_schema",
    "row",
    "array",
    "cast",
];

/// The table that a statement locks so that clients notice, and keeps locked until its transaction ends.
pub(super) fn locks<'a>(scene: &Scene<'a>, deed: &'a Deed) -> Option<&'a str> {
    let table = match deed {
        Deed::AlterTable { table, actions } => {
            let is_mild = |action: &Action| matches!(action, Action::Validate(_) | Action::Attach { .. });
            (!actions.iter().all(is_mild)).then_some(table)?
        }
        Deed::DropTable { tables } | Deed::Truncate { tables } => tables.first()?,
        Deed::CreateIndex(index) if !index.concurrently => &index.table,
        _ => return None,
    };
    (!scene.known.is_new(table, scene.file)).then_some(table)
}

/// The verdict on a statement.
pub(super) fn long(scene: &Scene<'_>, deed: &Deed) -> Verdict {
    let verdict = alone(scene, deed);
    match (verdict, scene.held) {
        (No, Some(table)) if reads(scene, deed) => {
            Does(format!("{table} is locked since an earlier statement of the transaction"))
        }
        (verdict, _) => verdict,
    }
}

/// Whether a statement reads or changes all of a table, in whatever lock.
fn reads(scene: &Scene<'_>, deed: &Deed) -> bool {
    match deed {
        Deed::AlterTable { table, actions } => {
            !scene.known.is_new(table, scene.file)
                && actions.iter().any(|action| matches!(action, Action::Validate(_)))
        }
        Deed::Change { table: Some(table), .. } => !scene.known.is_new(table, scene.file),
        _ => false,
    }
}

fn alone(scene: &Scene<'_>, deed: &Deed) -> Verdict {
    let Scene { known, file, .. } = *scene;
    match deed {
        Deed::AlterTable { table, actions } => {
            let verdicts = actions.iter().map(|action| act(scene, table, action));
            verdicts
                .max_by_key(|verdict| match verdict {
                    No => 0,
                    May(_) => 1,
                    Does(_) => 2,
                })
                .unwrap_or(No)
        }
        Deed::CreateIndex(index) => {
            let is_there = index.if_not_exists && known.index(&index.name).is_some();
            if index.concurrently || index.only || is_there || known.is_new(&index.table, file) {
                return No;
            }
            Does(format!("an index is built while {} cannot be written", index.table))
        }
        Deed::CreateTable(new) => {
            let parent = new.partition_of.as_ref().and_then(|parent| known.tables.get(parent));
            match parent.and_then(|parent| parent.default_partition.as_ref()) {
                Some(default) if !known.is_new(default, file) && !has_checks(known, default) => {
                    Does(format!("the default partition {default} is read from end to end"))
                }
                _ => No,
            }
        }
        Deed::Truncate { tables } => match tables.iter().find(|table| !known.is_new(table, file)) {
            Some(table) => Does(format!("{table} gets new files")),
            None => No,
        },
        Deed::Reindex { concurrently: false, what, name } => {
            let table = known.index(name).map_or(name.as_str(), |(table, _)| table);
            if known.is_new(table, file) { No } else { Does(format!("the {what} is built again")) }
        }
        Deed::Cluster { table } if !known.is_new(table, file) => Does(format!("{table} is written anew")),
        Deed::Vacuum { full: true, .. } => Does("the table is written anew".into()),
        Deed::Refresh { concurrently: false, view } => Does(format!("{view} is written anew")),
        Deed::AlterDomain { name, reads: true } => {
            let uses =
                |column: &Column| TypeRef::parse(&column.type_).is_ok_and(|type_| *name == dotted(&type_));
            let mut users = known.tables.iter().filter(|(_, table)| table.columns.values().any(uses));
            match users.next() {
                Some((table, _)) if known.is_new(table, file) => No,
                Some((table, _)) => Does(format!("{table} is read from end to end")),
                None => May("every table with a column of the domain is read from end to end".into()),
            }
        }
        _ => No,
    }
}

fn dotted(type_: &TypeRef) -> String {
    format!("{}.{}", type_.schema.as_deref().unwrap_or("public"), type_.name)
}

fn has_checks(known: &Known, table: &str) -> bool {
    known.tables.get(table).is_some_and(|table| table.checks.iter().any(|check| check.valid))
}

/// Whether a file makes the table, so that nothing of it is unsaid.
fn is_whole(table: Option<&Table>) -> bool {
    table.is_some_and(|table| table.made_by.is_some())
}

fn act(scene: &Scene<'_>, name: &str, action: &Action) -> Verdict {
    let Scene { known, file, .. } = *scene;
    if known.is_new(name, file) {
        // A new table has no rows, and nobody uses it; a child that is attached to it may be an old one.
        return match action {
            Action::Attach { child } if !known.is_new(child, file) => attach(scene, name, child),
            _ => No,
        };
    }
    let table = known.tables.get(name);
    match action {
        Action::AddColumn(column) => add_column(scene, name, column),
        Action::AddConstraint(constraint) => add_constraint(scene, name, table, constraint),
        Action::SetNotNull(column) => {
            let is_proved = table.is_some_and(|table| {
                table.checks.iter().any(|check| check.valid && proves_not_null(&check.words, column))
                    || table.columns.get(column).is_some_and(|column| column.not_null)
            });
            match is_proved {
                true => No,
                false if is_whole(table) => Does(format!("{name} is read from end to end")),
                false => May(format!("{name} is read from end to end, unless a validated CHECK proves it")),
            }
        }
        Action::SetType { column, type_, using, collate } => {
            set_type(scene, name, table, column, type_, using.as_deref(), *collate)
        }
        Action::SetExpression(_) | Action::Store(_) => Does(format!("{name} is written anew")),
        Action::Attach { child } => attach(scene, name, child),
        _ => No,
    }
}

fn attach(scene: &Scene<'_>, name: &str, child: &str) -> Verdict {
    let Scene { known, file, .. } = *scene;
    let default = known.tables.get(name).and_then(|table| table.default_partition.as_ref());
    if let Some(default) = default.filter(|default| !has_checks(known, default)) {
        return Does(format!("the default partition {default} is read from end to end"));
    }
    match known.tables.get(child) {
        _ if known.is_new(child, file) || has_checks(known, child) => No,
        table if is_whole(table) => Does(format!("{child} is read from end to end")),
        _ => May(format!("{child} is read from end to end, unless a validated CHECK proves its bounds")),
    }
}

fn add_column(scene: &Scene<'_>, name: &str, column: &Column) -> Verdict {
    let Scene { known, .. } = *scene;
    let anew = || Does(format!("{name} is written anew"));
    if column.identity || column.stored || column.type_.contains("serial") {
        return anew();
    }
    if let Some(function) = column.default.as_ref().and_then(|words| changing(words)) {
        return match function {
            "gen_random_uuid" | "random" | "clock_timestamp" | "timeofday" | "nextval"
            | "uuid_generate_v4" | "uuid_generate_v1" | "uuidv4" | "uuidv7" => anew(),
            _ => May(format!("{name} is written anew, if {function}() is volatile")),
        };
    }
    if let Ok(type_) = TypeRef::parse(&column.type_)
        && !type_.array
        && type_.builtin().is_none()
        && !known.is_enum(&type_)
        && type_.name != "citext"
    {
        match known.domain(&type_) {
            Some(domain) if domain.checked => return anew(),
            Some(_) => {}
            None => {
                return May(format!("{name} is written anew, if {} is a domain with a check", column.type_));
            }
        }
    }
    if column.check.is_some() {
        return Does(format!("{name} is read from end to end for the check"));
    }
    if column.key.is_some() {
        return Does(format!("an index is built while {name} is locked"));
    }
    if column.references.is_some() && column.default.is_some() {
        return Does(format!("{name} and the table it refers to are read from end to end"));
    }
    No
}

/// The first function in a default that is not known to be steady.
fn changing(words: &[String]) -> Option<&str> {
    let calls = words.windows(2).filter(|pair| matches!(pair, [_, open] if open == "("));
    let name = |pair: &'_ [String]| pair[0].chars().next().is_some_and(|c| c.is_alphabetic() || c == '_');
    let called = calls.filter(|pair| name(pair)).map(|pair| pair[0].as_str());
    let is_type = |word: &str| TypeRef::parse(word).is_ok_and(|type_| type_.builtin().is_some());
    let mut called = called.filter(|word| !STEADY.contains(word) && !is_type(word));
    called.next()
}

fn add_constraint(scene: &Scene<'_>, name: &str, table: Option<&Table>, it: &Constraint) -> Verdict {
    let Scene { known, file, .. } = *scene;
    match &it.what {
        _ if it.not_valid => No,
        What::Check(_) | What::NotNull => Does(format!("{name} is read from end to end")),
        What::ForeignKey(to) => {
            let parent = if known.is_new(to, file) { String::new() } else { format!(" and {to}") };
            Does(format!("{name}{parent} are read from end to end"))
        }
        What::Key("primary key") if it.using_index.is_some() => {
            let columns = it.using_index.as_deref().and_then(|index| known.index(index)).map(|(_, it)| it);
            let is_not_null = |column: &String| {
                table.and_then(|table| table.columns.get(column)).is_some_and(|column| column.not_null)
            };
            match columns {
                Some(index) if index.columns.iter().all(is_not_null) => No,
                Some(_) if is_whole(table) => Does(format!("{name} is read from end to end for NOT NULL")),
                _ => May(format!("{name} is read from end to end, unless its columns are NOT NULL already")),
            }
        }
        What::Key(_) if it.using_index.is_some() => No,
        What::Key(_) => Does(format!("an index is built while {name} is locked")),
    }
}

fn set_type(
    scene: &Scene<'_>,
    name: &str,
    table: Option<&Table>,
    column: &str,
    type_: &str,
    using: Option<&[String]>,
    collate: bool,
) -> Verdict {
    let Scene { known, utc, .. } = *scene;
    let anew = || Does(format!("{name} is written anew"));
    let Ok(to) = TypeRef::parse(type_) else { return May(format!("{name} is written anew")) };
    let checked = known.domain(&to).is_some_and(|domain| domain.checked);
    let Some(base) = known.base(type_) else { return anew() };
    // A cast to the type itself changes nothing.
    let plain_cast = |words: &[String]| {
        matches!(words, [name, ..] if name == column)
            && words.get(1).is_some_and(|word| word == "::" || word == ":")
    };
    let is_converted = using.is_some_and(|words| !plain_cast(words) && words != [column]);
    let mentions = |words: &Vec<String>| words.iter().any(|word| word == column);
    let on_it =
        table.is_some_and(|it| it.indexes.values().any(|index| index.columns.iter().any(|it| it == column)));
    let in_it = table.is_some_and(|it| it.indexes.values().any(|index| mentions(&index.mentions)));
    let in_check = table.is_some_and(|it| it.checks.iter().any(|check| mentions(&check.words)));
    let from = table.and_then(|table| table.columns.get(column)).and_then(|it| known.base(&it.type_));
    let Some(from) = from else {
        if is_converted || checked {
            return anew();
        }
        if in_it || in_check {
            return Does(format!("{name}, its indexes or its checks are gone through for {column}"));
        }
        let is_unknown = to.builtin().is_none() && known.domain(&to).is_none();
        return match likely_cost(&base) {
            Cost::Catalog if !collate => No,
            _ if using.is_some() && base.name == "text"
                || base.name == "character varying" && using.is_some() =>
            {
                No
            }
            _ if is_unknown => May(format!("{name} is written anew, whatever {type_} is")),
            _ => May(format!("{name} or an index is written anew, as the type before has it")),
        };
    };
    let mut price = cost(&from, &base, utc.unwrap_or(true));
    if checked || is_converted {
        price = Cost::Table;
    }
    if collate {
        price = if price == Cost::Catalog { Cost::Indexes } else { price };
    }
    let is_same = from == base && !collate;
    match price {
        Cost::Table => anew(),
        _ if is_same => No,
        Cost::Indexes if on_it || in_it => Does(format!("indexes of {name} are built again")),
        Cost::Catalog if in_it => Does(format!("indexes of {name} are built again")),
        _ if in_check => Does(format!("{name} is read from end to end for its checks")),
        _ => No,
    }
}

/// Whether a check proves that a column holds no NULL: it says so, alone or in a conjunction.
pub(super) fn proves_not_null(words: &[String], column: &str) -> bool {
    let mut depth = 0_usize;
    let mut terms = vec![Vec::new()];
    for word in words {
        match word.as_str() {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            "and" if depth == 0 => {
                terms.push(Vec::new());
                continue;
            }
            "or" if depth == 0 => return false,
            _ => {}
        }
        if let Some(term) = terms.last_mut() {
            term.push(word.as_str());
        }
    }
    terms.iter().any(|term| {
        let term: &[&str] = match term.as_slice() {
            ["(", inside @ .., ")"] if !inside.contains(&"(") => inside,
            term => term,
        };
        matches!(term, [name, "is", "not", "null"] if *name == column)
    })
}
