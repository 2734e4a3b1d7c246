//! The rows of a table before, under the names of the state after, as the FROM of a query.

use std::collections::{BTreeMap, BTreeSet};

use nexus_schema::catalog::{Kind, Object, ObjectId};
use nexus_schema::kinds::{Column, Sql};

use super::{Ends, Rule};
use crate::kinds;
use crate::precheck::{NAMED, Precheck};
use crate::sql::{Pen, quote_name};

/// What is shown of a value that its author tagged as not to be shown.
const HIDDEN: &str = "(hidden)";

/// A table that is there before and after.
pub(super) struct Source<'a> {
    pub(super) ends: &'a Ends<'a>,
    /// The table, by its name after.
    pub(super) table: &'a ObjectId,
}

impl<'a> Source<'a> {
    pub(super) fn column(&self, name: &str) -> ObjectId {
        self.table.child(Kind::Column, name)
    }

    pub(super) fn before(&self, name: &str) -> Option<&'a Column> {
        let id = self.column(name);
        match self.ends.prev.get(&id) {
            Some(Object::Column(column)) if !self.ends.lost.contains(&id) => Some(column),
            _ => None,
        }
    }

    pub(super) fn after(&self, name: &str) -> Option<&'a Column> {
        match self.ends.next.get(&self.column(name)) {
            Some(Object::Column(column)) => Some(column),
            _ => None,
        }
    }

    /// The name that the database has for a column now.
    pub(super) fn former(&self, name: &str) -> String {
        (self.ends.former)(&self.column(name)).name().to_owned()
    }

    /// What the column will hold, said of the row as it is; nothing where that cannot be said.
    fn value(&self, name: &str) -> Option<Pen> {
        let after = self.after(name)?;
        if let Some(before) = self.before(name) {
            let former = self.former(name);
            if before.type_ == after.type_ {
                return Some(Pen::new().ident(&former));
            }
            return Some(Pen::new().text(&kinds::cast(&former, &before.type_, &after.type_)));
        }
        if after.generated.is_some() || after.identity.is_some() {
            return None;
        }
        match self.ends.next.get(&self.column(name).as_kind(Kind::Default)) {
            // What a function gives is not there to be asked for.
            Some(Object::Default(default)) => {
                is_constant(&default.expr).then(|| Pen::new().sql(&default.expr))
            }
            _ => Some(Pen::kw("NULL::").text(&after.type_)),
        }
    }

    /// Whether the rows can be spoken of as they are.
    pub(super) fn is_plain(&self, columns: &BTreeSet<String>) -> bool {
        columns.iter().all(|name| {
            self.former(name) == *name
                && matches!((self.before(name), self.after(name)), (Some(before), Some(after)) if before.type_ == after.type_)
        })
    }

    /// `public.t AS t`, or `(SELECT … FROM public.t) AS t` where names or types change. Nothing where a column cannot be
    /// said.
    pub(super) fn rows(&self, columns: &BTreeSet<String>) -> Option<Pen> {
        let former = (self.ends.former)(self.table);
        let alias = self.table.name();
        if self.is_plain(columns) {
            return Some(Pen::new().name(former.path()).and("AS").ident(alias));
        }
        let mut pieces: BTreeMap<String, Pen> = BTreeMap::new();
        // What names a row comes along under its own name, where that is not another column's now.
        for name in self.key() {
            pieces.insert(name.clone(), Pen::new().ident(&name));
        }
        for name in columns {
            pieces.insert(name.clone(), self.value(name)?.and("AS").ident(name));
        }
        let select = Pen::kw("SELECT tableoid, ctid,").commas(pieces.into_values());
        let inner = select.and("FROM").name(former.path());
        Some(Pen::new().list([inner]).and("AS").ident(alias))
    }

    /// The rows with a column as it is, under its own name and the one that a domain gives its value.
    /// Where that is of another type than before, `to`, it is carried over by its text.
    pub(super) fn with_value(&self, name: &str, to: Option<&str>) -> Pen {
        let value = Pen::new().ident(&self.former(name));
        let mut pieces: BTreeMap<String, Pen> = BTreeMap::new();
        for key in self.key().into_iter().filter(|key| key != "value") {
            pieces.insert(key.clone(), Pen::new().ident(&key));
        }
        pieces.insert(name.to_owned(), value.clone().and("AS").ident(name));
        let carried = match to {
            Some(to) => Pen::new().text(&format!("{}::text::{to}", value.end())),
            None => value,
        };
        pieces.insert("value".to_owned(), carried.and("AS").ident("value"));
        let inner = Pen::kw("SELECT tableoid, ctid,").commas(pieces.into_values());
        let inner = inner.and("FROM").name((self.ends.former)(self.table).path());
        Pen::kw("FROM").list([inner]).and("AS").ident(self.table.name())
    }

    /// The columns that name a row now: those of the primary key, unless one of them must not be shown.
    fn key(&self) -> Vec<String> {
        let key = self.ends.prev.primary_key(self.table);
        let key: Vec<_> = key.iter().map(|name| self.former(name)).collect();
        if key.iter().any(|name| self.is_hidden(name)) { Vec::new() } else { key }
    }

    fn is_hidden(&self, name: &str) -> bool {
        let former = (self.ends.former)(self.table).child(Kind::Column, name);
        [self.column(name), former].iter().any(|id| self.ends.hidden.contains(id))
    }

    /// What a query over [`Source::rows`] begins with so that all of it goes on, places included, and something else.
    pub(super) fn all(&self, columns: &BTreeSet<String>) -> Pen {
        if self.is_plain(columns) { Pen::kw("SELECT *, tableoid, ctid,") } else { Pen::kw("SELECT *,") }
    }

    /// Statements that make all rows alike in some columns, each as another row.
    pub(super) fn alike(&self, columns: &BTreeSet<String>) -> Vec<String> {
        let names: Vec<_> = columns.iter().map(|name| self.former(name)).collect();
        let former = (self.ends.former)(self.table);
        let table = || Pen::new().name(former.path());
        let alike = |at: i64| {
            let one = Pen::kw("SELECT").commas(names.iter().map(|name| Pen::new().ident(name)));
            let one = one.and("FROM").pen(table()).and("ORDER BY tableoid, ctid LIMIT 1 OFFSET").number(at);
            Pen::kw("UPDATE").pen(table()).and("SET").idents(&names).and("=").list([one]).end()
        };
        (0..8).map(alike).collect()
    }

    /// The rule whose rows `tail` finds, showing the columns that have to do with it.
    pub(super) fn rule(&self, by: &ObjectId, problem: String, shown: &BTreeSet<String>, tail: Pen) -> Rule {
        let tail = tail.end();
        let mut names = self.key();
        if names.is_empty() {
            names.push("ctid".into());
        }
        let mut pieces: Vec<_> = names.iter().map(|name| as_text(name)).collect();
        let order = i64::try_from(pieces.len()).unwrap_or(1);
        for name in shown.iter().filter(|name| !names.contains(name)).cloned().collect::<Vec<_>>() {
            pieces.push(match self.is_hidden(&name) {
                true => Pen::new().literal(HIDDEN).and("AS").ident(&name),
                false => as_text(&name),
            });
            names.push(name);
        }
        let query = Pen::kw("SELECT count(*) OVER () AS rows,").commas(pieces).text(&tail);
        let order = (2..=order + 1).map(|place| Pen::new().number(place));
        let query = query.and("ORDER BY").commas(order).and("LIMIT").number(NAMED);
        let table = (self.ends.former)(self.table);
        let (said, query) = ((table.to_string(), by.to_string()), query.end());
        let precheck =
            Precheck { table: said.0, by: said.1, problem, columns: names, query, tail, keeps: false };
        Rule { table, hints: Vec::new(), breaks: Vec::new(), precheck }
    }
}

fn as_text(name: &str) -> Pen {
    Pen::new().text(&format!("left({}::text, 100) AS {}", quote_name(name), quote_name(name)))
}

/// Whether a default is the same for every row, and can be had without asking anything: a literal.
fn is_constant(expr: &Sql) -> bool {
    let mut quoted = false;
    let calls = expr.as_str().chars().any(|c| {
        quoted ^= c == '\'';
        !quoted && c == '('
    });
    !calls && !expr.as_str().to_ascii_uppercase().contains("CURRENT_")
}
