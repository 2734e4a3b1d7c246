//! Tables, and the one statement that makes a table with the parts that came along.

pub(super) mod carry;

use nexus_schema::catalog::{Kind, Object, ObjectId};
use nexus_schema::kinds::{Column, QualifiedName, Sql, Table, TableForm};

use super::marks::{self, Marks};
use super::{Claim, Cx, Verb, Way, column, constraint, inheritance, partition};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for Table {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, cx: &Cx, id: &ObjectId, absorbed: &[(&ObjectId, &Object)], out: &mut Steps) {
        let Self { form, logged, options, inherits, of_type, access_method, tablespace, .. } = self;
        let mut columns: Vec<(&ObjectId, &Column)> = Vec::new();
        let mut constraints = Vec::new();
        for (part, object) in absorbed {
            match object {
                Object::Column(column) if !column.inherited.0 => columns.push((part, column)),
                Object::Constraint(body) if inherits.is_empty() || !body.inherited.0 => {
                    constraints.push((*part, body))
                }
                _ => {}
            }
        }
        columns.sort_by_key(|(_, column)| column.ordinal.0);
        constraints.sort_by_key(|(part, body)| (constraint::rank(body), part.name()));
        let default_of = |part: &ObjectId| -> Option<&Sql> {
            absorbed.iter().find_map(|(other, object)| match object {
                Object::Default(default) if **other == part.as_kind(Kind::Default) => Some(&default.expr),
                _ => None,
            })
        };
        let pieces = columns.iter().map(|(part, column)| column::piece(part, column, default_of(part)));
        let of_parents = absorbed.iter().filter_map(|(part, object)| match object {
            Object::Column(column) if column.inherited.0 => column::not_null::of_table(part.name(), column),
            _ => None,
        });
        let pieces = pieces
            .chain(of_parents)
            .chain(constraints.iter().map(|(part, body)| constraint::named(part, body)));
        let words = match form {
            TableForm::Foreign { .. } => "CREATE FOREIGN TABLE",
            _ if *logged => "CREATE TABLE",
            _ => "CREATE UNLOGGED TABLE",
        };
        let mut pen = Pen::kw(words).name(id.path());
        pen = match of_type {
            Some(of_type) => {
                let pieces = columns
                    .iter()
                    .filter_map(|(part, column)| column::typed_piece(part, column, default_of(part)));
                let pieces: Vec<_> = pieces
                    .chain(constraints.iter().map(|(part, body)| constraint::named(part, body)))
                    .collect();
                let of = pen.and("OF").name(of_type);
                if pieces.is_empty() { of } else { of.lines(pieces) }
            }
            None => pen.lines(pieces),
        };
        if !inherits.is_empty() {
            pen = pen.and("INHERITS").list(inherits.iter().map(|parent| Pen::new().name(parent)));
        }
        pen = match form {
            TableForm::Ordinary => pen,
            TableForm::Partitioned(key) => pen.and("PARTITION BY").sql(key),
            TableForm::Foreign { server, options } => {
                pen.and("SERVER").ident(server).foreign_options(options)
            }
        };
        if let Some(method) = access_method {
            pen = pen.and("USING").ident(method);
        }
        if !options.is_empty() {
            pen = pen.and("WITH").options(options);
        }
        if let Some(tablespace) = tablespace {
            pen = pen.and("TABLESPACE").ident(tablespace);
        }
        out.run(pen);
        for (part, column) in &columns {
            column::extras(&Column::of_type(&column.type_, 0), column, part, out);
        }
        for (part, object) in absorbed {
            if let Object::Column(column) = object
                && column.inherited.0
                && let Some(brought) = inheritance::brought_by(cx.next, inherits, part.name())
            {
                column::change(cx, &brought, column, part, out);
            }
        }
        inherited_defaults(self, cx, absorbed, out);
        own_marks(&Table::default(), self, id, out);
        if let (true, Some(Object::Table(prev))) = (carry::is_reshaped(cx, id), cx.prev.get(id)) {
            carry::carry(cx, id, prev, out);
        }
    }

    fn drop(&self, cx: &Cx, id: &ObjectId, out: &mut Steps) {
        if carry::is_reshaped(cx, id) {
            carry::aside(cx, id, out);
            return;
        }
        match self.form {
            // Its rows live elsewhere, and go on living there.
            TableForm::Foreign { .. } => out.run(Pen::kw("DROP FOREIGN TABLE").name(id.path())),
            TableForm::Ordinary | TableForm::Partitioned(_) => {
                let plain = Pen::kw("DROP TABLE").name(id.path());
                // A partition that is dropped keeps clients out of its parent; one that has left does not.
                let attachment = match cx.prev.get(&id.as_kind(Kind::Partition)) {
                    Some(Object::Partition(it))
                        if it.dropped_with(cx, &id.as_kind(Kind::Partition)).contains(id) =>
                    {
                        Some(it)
                    }
                    _ => None,
                };
                let leave = attachment.and_then(|it| {
                    Some((partition::online::parent_of(it), partition::online::leave(it, cx.prev, id)?))
                });
                let keys = cx.prev.under(Kind::Constraint, id.path()).filter_map(|(key, entry)| match &entry
                    .object
                {
                    Object::Constraint(it) => constraint::online::part(it, cx, key),
                    _ => None,
                });
                // The other table of a key is not kept for as long as this one takes to go.
                for (_, part) in keys {
                    out.own_if_busy(id, part);
                }
                match leave.filter(|(parent, _)| cx.next.contains(parent)) {
                    Some((parent, leave)) => {
                        let mut gentle = Steps::default();
                        gentle.outside(leave);
                        gentle.run(plain.clone());
                        out.gently(&parent, plain, gentle);
                    }
                    None => out.run(plain),
                }
                out.loses(id);
            }
        }
    }

    fn alter(&self, cx: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        let Self { form, logged, options, inherits, of_type, access_method, tablespace, .. } = next;
        match (&self.form, form) {
            (
                TableForm::Foreign { server, options },
                TableForm::Foreign { server: next_server, options: next_options },
            ) if server == next_server => {
                let alter = || Pen::kw("ALTER FOREIGN TABLE").name(id.path());
                super::options::change_foreign(alter, options, next_options, out);
            }
            (prev, next) if prev == next => {}
            _ => return Way::Rebuild,
        }
        let alter = || Pen::kw("ALTER TABLE").name(id.path());
        if self.logged != *logged {
            out.run(alter().and(if *logged { "SET LOGGED" } else { "SET UNLOGGED" }));
            sequences_apart(cx, id, *logged, out);
        }
        super::options::change(alter, &self.options, options, out);
        for parent in self.inherits.iter().filter(|p| !inherits.contains(p)) {
            out.run(alter().and("NO INHERIT").name(parent));
        }
        for parent in inherits.iter().filter(|p| !self.inherits.contains(p)) {
            out.later(shared(cx, id, parent), alter().and("INHERIT").name(parent));
        }
        if self.of_type != *of_type {
            out.run(match of_type {
                Some(of_type) => alter().and("OF").name(of_type),
                None => alter().and("NOT OF"),
            });
        }
        if self.access_method != *access_method {
            out.run(alter().and("SET ACCESS METHOD").ident(access_method.as_deref().unwrap_or("heap")));
        }
        if self.tablespace != *tablespace {
            out.run(alter().and("SET TABLESPACE").ident(tablespace.as_deref().unwrap_or("pg_default")));
        }
        own_marks(self, next, id, out);
        Way::InPlace
    }

    fn dropped_with(&self, cx: &Cx, id: &ObjectId) -> Vec<ObjectId> {
        carry::carried_from(cx, id).into_iter().collect()
    }

    fn claims(&self, id: &ObjectId) -> Option<Claim> {
        Claim::relation(id.schema(), id.name())
    }
}

/// Sequences that the table's columns own become logged or unlogged with it (PostgreSQL's page of ALTER TABLE); those that
/// are to differ from it are told so.
fn sequences_apart(cx: &Cx, id: &ObjectId, logged: bool, out: &mut Steps) {
    let owns = |object: &Object| matches!(object, Object::Sequence(it) if it.owned_by.as_ref().is_some_and(|column| column.starts_with(id.path())));
    for (sequence, entry) in cx.next.of_kind(Kind::Sequence) {
        let Object::Sequence(next) = &entry.object else { continue };
        let is_owned = cx.prev.get(sequence).is_some_and(owns);
        if is_owned && next.logged != logged {
            let pen = Pen::kw("ALTER SEQUENCE").name(sequence.path());
            out.later([sequence.clone()], pen.and(if next.logged { "SET LOGGED" } else { "SET UNLOGGED" }));
        }
    }
}

/// What a table must have of a parent before it becomes its child, on both sides: columns and checks; and the parent.
fn shared(cx: &Cx, id: &ObjectId, parent: &QualifiedName) -> Vec<ObjectId> {
    let of_parent = [Kind::Column, Kind::Constraint]
        .into_iter()
        .flat_map(|kind| cx.next.under(kind, parent))
        .map(|(part, _)| part);
    let parent = [ObjectId::new(Kind::Table, parent.clone())];
    of_parent.flat_map(|part| [part.clone(), id.child(part.kind(), part.name())]).chain(parent).collect()
}

/// Columns that a parent has too bring its default along; a child that has another one, or none, says so.
fn inherited_defaults(table: &Table, cx: &Cx, absorbed: &[(&ObjectId, &Object)], out: &mut Steps) {
    for (part, object) in absorbed {
        let Object::Column(column) = object else { continue };
        let alter = Pen::kw("ALTER TABLE ONLY")
            .name(part.path().iter().take(2))
            .and("ALTER COLUMN")
            .ident(part.name());
        let default = part.as_kind(Kind::Default);
        let of_parent = table.inherits.iter().any(|parent| {
            let default = ObjectId::new(Kind::Table, parent.clone()).child(Kind::Default, part.name());
            cx.prev.contains(&default) || cx.next.contains(&default)
        });
        match absorbed.iter().find(|(other, _)| **other == default) {
            // A column of the child's own said it where it was made.
            Some((_, Object::Default(own))) if column.inherited.0 => {
                out.run(alter.and("SET DEFAULT").sql(&own.expr));
            }
            None if of_parent && !cx.next.contains(&default) => out.run(alter.and("DROP DEFAULT")),
            _ => {}
        }
    }
}

/// What is set on a table: row security, and the marks that it puts on its indexes.
fn own_marks(prev: &Table, next: &Table, id: &ObjectId, out: &mut Steps) {
    let Table { row_security, force_row_security, replica_identity, clustered_on, .. } = next;
    let alter = || Pen::kw("ALTER TABLE").name(id.path());
    if prev.row_security != *row_security {
        out.run(alter().and(if *row_security {
            "ENABLE ROW LEVEL SECURITY"
        } else {
            "DISABLE ROW LEVEL SECURITY"
        }));
    }
    if prev.force_row_security != *force_row_security {
        let word =
            if *force_row_security { "FORCE ROW LEVEL SECURITY" } else { "NO FORCE ROW LEVEL SECURITY" };
        out.run(alter().and(word));
    }
    let before =
        Marks { replica_identity: &prev.replica_identity, clustered_on: prev.clustered_on.as_deref() };
    let after = Marks { replica_identity, clustered_on: clustered_on.as_deref() };
    marks::change(before, after, id, out);
}
