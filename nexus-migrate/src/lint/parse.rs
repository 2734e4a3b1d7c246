//! From the words of a statement to what it sets out to do.
//!
//! Reads no more of SQL than rules need: what it does not know is [`Deed::Other`].

use super::deed::{Action, Column, Constraint, Deed, NewIndex, NewTable, What};
use super::words::Words;

const COLUMN_STOPS: [&str; 14] = [
    "constraint",
    "not",
    "null",
    "default",
    "check",
    "references",
    "unique",
    "primary",
    "generated",
    "collate",
    "using",
    "storage",
    "compression",
    "deferrable",
];

/// Reads the words of a statement.
pub(super) fn deed(words: &[String]) -> Deed {
    read(Words(words)).unwrap_or(Deed::Other)
}

fn read(mut it: Words<'_>) -> Option<Deed> {
    let deed = match it.next()? {
        "begin" | "start" => Deed::Begin,
        "commit" | "end" => Deed::Commit,
        "rollback" | "abort" if !it.has("to") => Deed::Rollback,
        "set" => {
            let _ = it.eat("local") || it.eat("session");
            if it.eat("time zone") {
                Deed::Set { name: "timezone".into(), value: it.text().trim_matches('\'').to_lowercase() }
            } else {
                let name = it.name()?;
                let _ = it.eat("to") || it.eat("=");
                Deed::Set { name, value: it.text().trim_matches('\'').to_lowercase() }
            }
        }
        "create" => create(it)?,
        "alter" => alter(it)?,
        "drop" => drop_(it)?,
        "truncate" => {
            it.eat("table");
            let mut names = it.until(&["restart", "continue", "cascade", "restrict"]);
            names.eat("table");
            Deed::Truncate { tables: names.relations() }
        }
        "reindex" => {
            it.parens();
            let what = it.next()?.to_owned();
            let concurrently = it.eat("concurrently");
            Deed::Reindex { what, name: it.relation().unwrap_or_default(), concurrently }
        }
        "cluster" => {
            it.parens();
            it.eat("verbose");
            Deed::Cluster { table: it.relation().unwrap_or_default() }
        }
        "vacuum" => {
            let options = it.parens();
            let mut full = options.is_some_and(|options| options.has("full") && !options.has("false"));
            while matches!(it.peek(), "full" | "freeze" | "verbose" | "analyze") {
                full |= it.next() == Some("full");
            }
            Deed::Vacuum { full, tables: it.relations() }
        }
        "refresh" if it.eat("materialized view") => {
            let concurrently = it.eat("concurrently");
            Deed::Refresh { view: it.relation()?, concurrently }
        }
        "update" => {
            it.eat("only");
            let table = it.relation()?;
            Deed::Change { verb: "updated", table: (!it.has("where")).then_some(table) }
        }
        "delete" if it.eat("from") => {
            it.eat("only");
            let table = it.relation()?;
            Deed::Change { verb: "deleted", table: (!it.has("where")).then_some(table) }
        }
        "insert" | "merge" | "copy" => Deed::Change { verb: "written", table: None },
        "grant" | "revoke" => Deed::Rights { what: it.text() },
        _ => Deed::Other,
    };
    Some(deed)
}

fn create(mut it: Words<'_>) -> Option<Deed> {
    if it.eat("or") {
        it.next();
    }
    let temporary = it.eat("temporary") || it.eat("temp");
    it.eat("unlogged");
    let unique = it.eat("unique");
    match it.next()? {
        "index" => {
            let concurrently = it.eat("concurrently");
            let if_not_exists = it.eat("if not exists");
            let name = if it.peek() == "on" { String::new() } else { it.name()? };
            it.eat("on");
            let only = it.eat("only");
            let table = it.relation()?;
            if it.eat("using") {
                it.next();
            }
            let mut columns = Vec::new();
            let mut mentions = Vec::new();
            for piece in it.parens()?.split() {
                match piece.0 {
                    [name, ..] if piece.0.get(1).is_none_or(|next| next != "(") && name != "(" => {
                        columns.push(name.clone());
                    }
                    words => mentions.extend_from_slice(words),
                }
            }
            if it.has("where") {
                it.until(&["where"]);
                mentions.extend_from_slice(it.0);
            }
            Some(Deed::CreateIndex(NewIndex {
                name,
                table,
                concurrently,
                only,
                if_not_exists,
                columns,
                mentions,
            }))
        }
        _ if unique => None,
        "table" => create_table(it, temporary).map(Deed::CreateTable),
        "domain" => {
            let name = it.relation()?;
            it.eat("as");
            let base = it.until(&["constraint", "not", "null", "check", "default", "collate"]).text();
            Some(Deed::CreateDomain { name, base, checked: it.has("check") || it.has("not") })
        }
        "type" => {
            let name = it.relation()?;
            it.eat("as enum").then_some(Deed::CreateEnum { name })
        }
        "policy" => Some(Deed::Rights { what: format!("create policy {}", it.text()) }),
        _ => None,
    }
}

fn create_table(mut it: Words<'_>, temporary: bool) -> Option<NewTable> {
    it.eat("if not exists");
    let mut table = NewTable { name: it.relation()?, temporary, ..NewTable::default() };
    if it.eat("partition of") {
        table.partition_of = it.relation();
        table.is_default = it.0.last().is_some_and(|last| last == "default");
        return Some(table);
    }
    if let Some(parts) = it.parens() {
        for part in parts.split() {
            match part.peek() {
                "like" => {}
                "constraint" | "check" | "foreign" | "unique" | "primary" | "exclude" => {
                    table.constraints.extend(constraint(part));
                }
                _ => table.columns.extend(column(part)),
            }
        }
    }
    Some(table)
}

fn column(mut it: Words<'_>) -> Option<Column> {
    let mut column = Column { name: it.next()?.to_owned(), ..Column::default() };
    column.type_ = it.until(&COLUMN_STOPS).text();
    while let Some(word) = it.next() {
        match word {
            "constraint" => drop(it.next()),
            "not" if it.eat("null") => column.not_null = true,
            "default" => column.default = Some(it.until(&COLUMN_STOPS).0.to_vec()),
            "check" => column.check = it.parens().map(|words| words.0.to_vec()),
            "references" => column.references = it.relation(),
            "unique" => column.key = Some("unique"),
            "primary" => column.key = Some("primary key"),
            "generated" => {
                column.identity = it.has("identity");
                column.stored = it.has("stored");
                column.is_virtual = !column.identity && !column.stored;
            }
            _ => {}
        }
    }
    Some(column)
}

fn constraint(mut it: Words<'_>) -> Option<Constraint> {
    let name = if it.eat("constraint") { it.next()?.to_owned() } else { String::new() };
    let not_valid = it.0.windows(2).any(|pair| matches!(pair, [a, b] if a == "not" && b == "valid"));
    let mut using_index = None;
    let mut columns = Vec::new();
    let names = |words: Option<Words<'_>>| -> Vec<String> {
        let pieces = words.map(|words| words.split()).unwrap_or_default();
        pieces.iter().filter_map(|piece| piece.0.first().cloned()).collect()
    };
    let what = match it.next()? {
        "check" => What::Check(it.parens()?.0.to_vec()),
        "foreign" => {
            it.eat("key");
            columns = names(it.parens());
            it.eat("references");
            What::ForeignKey(it.relation()?)
        }
        word @ ("unique" | "primary" | "exclude") => {
            let key = match word {
                "unique" => "unique",
                "primary" => "primary key",
                _ => "exclude",
            };
            it.eat("key");
            it.eat("nulls not distinct");
            if it.eat("using index") {
                using_index = it.name();
            } else {
                columns = names(it.parens());
            }
            What::Key(key)
        }
        "not" if it.eat("null") => {
            columns.extend(it.next().map(str::to_owned));
            What::NotNull
        }
        _ => return None,
    };
    Some(Constraint { name, what, columns, not_valid, using_index })
}

fn alter(mut it: Words<'_>) -> Option<Deed> {
    let what = match it.next()? {
        "materialized" => {
            it.eat("view");
            "materialized view"
        }
        "default" => return Some(Deed::Rights { what: "default privileges".into() }),
        "policy" => return Some(Deed::Rights { what: format!("alter policy {}", it.text()) }),
        what => what,
    };
    match what {
        "table" | "foreign" | "materialized view" => {
            it.eat("table");
            it.eat("if exists");
            it.eat("only");
            let table = it.relation()?;
            it.eat("*");
            let actions = it.split().into_iter().map(|part| action(part).unwrap_or(Action::Other)).collect();
            Some(Deed::AlterTable { table, actions })
        }
        "domain" => {
            let name = it.relation()?;
            let adds = it.eat("add") && !it.0.ends_with(&["not".into(), "valid".into()]);
            let reads = adds || it.eat("validate") || it.eat("set not null");
            Some(Deed::AlterDomain { name, reads })
        }
        what => {
            it.eat("if exists");
            let name = it.relation()?;
            it.eat("rename").then(|| Deed::Rename { what: what.to_owned(), name })
        }
    }
}

fn action(mut it: Words<'_>) -> Option<Action> {
    Some(match it.next()? {
        "add" => match it.peek() {
            "constraint" | "check" | "foreign" | "unique" | "primary" | "exclude" => {
                Action::AddConstraint(constraint(it)?)
            }
            _ => {
                it.eat("column");
                it.eat("if not exists");
                Action::AddColumn(column(it)?)
            }
        },
        "drop" if it.eat("constraint") => {
            it.eat("if exists");
            Action::DropConstraint(it.next()?.to_owned())
        }
        "drop" => {
            it.eat("column");
            it.eat("if exists");
            Action::DropColumn(it.next()?.to_owned())
        }
        "validate" if it.eat("constraint") => Action::Validate(it.next()?.to_owned()),
        "alter" if it.peek() != "constraint" => {
            it.eat("column");
            let column = it.next()?.to_owned();
            if it.eat("set not null") {
                Action::SetNotNull(column)
            } else if it.eat("drop not null") {
                Action::DropNotNull(column)
            } else if it.eat("set expression") {
                Action::SetExpression(column)
            } else if it.eat("set data type") || it.eat("type") {
                let type_ = it.until(&["using", "collate"]).text();
                let collate = it.eat("collate") && it.name().is_some();
                let using = it.eat("using").then(|| it.0.to_vec());
                Action::SetType { column, type_, using, collate }
            } else {
                Action::Other
            }
        }
        "set" => match it.next()? {
            word @ ("logged" | "unlogged" | "access" | "tablespace") => Action::Store(word.to_owned()),
            "schema" => Action::SetSchema,
            _ => Action::Other,
        },
        "attach" if it.eat("partition") => Action::Attach { child: it.relation()? },
        "detach" => Action::Detach { concurrently: it.has("concurrently") },
        "rename" if it.eat("to") => Action::RenameTo,
        "rename" if it.peek() == "constraint" => Action::Other,
        "rename" => {
            it.eat("column");
            Action::RenameColumn(it.next()?.to_owned())
        }
        "disable" if it.eat("row") => Action::Rights("row level security is switched off".into()),
        "no" if it.eat("force") => Action::Rights("row level security no longer binds the owner".into()),
        "owner" => Action::Rights("another role owns it".into()),
        _ => Action::Other,
    })
}

fn drop_(mut it: Words<'_>) -> Option<Deed> {
    let mut what = it.next()?.to_owned();
    if matches!(what.as_str(), "materialized" | "foreign") {
        what = format!("{what} {}", it.next()?);
    }
    let concurrently = it.eat("concurrently");
    it.eat("if exists");
    let names = it.until(&["cascade", "restrict", "on"]);
    Some(match what.as_str() {
        "table" | "foreign table" => Deed::DropTable { tables: names.relations() },
        "index" => Deed::DropIndex { indexes: names.relations(), concurrently },
        "policy" => Deed::Rights { what: format!("drop policy {}", names.text()) },
        _ => Deed::DropOther { what, name: names.relations().first().cloned().unwrap_or_default() },
    })
}
