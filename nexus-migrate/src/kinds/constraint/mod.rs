//! Constraints of tables.

pub(super) mod online;

use nexus_schema::catalog::{Kind, Object, ObjectId};
use nexus_schema::kinds::{Action, Constraint, ConstraintBody, Match, TableForm};

use super::{Claim, Cx, Verb, Way, inheritance, marks};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for Constraint {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, cx: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        if !(self.inherited.0 && comes_from_parent(cx, id)) {
            online::add(self, cx, id, out);
            marks::again(cx, &id.ancestor(Kind::Table, 2), id.name(), out);
        }
    }

    fn drop(&self, cx: &Cx, id: &ObjectId, out: &mut Steps) {
        if let Some((other, part)) = online::part(self, cx, id) {
            let mut gentle = Steps::default();
            gentle.own(part);
            out.gently(&other, alter(id).and("DROP CONSTRAINT").ident(id.name()), gentle);
        } else if !self.inherited.0 {
            drop_for_some(cx, id, out);
        } else if !goes_with_parent(cx, id) {
            let table = id.ancestor(Kind::Table, 2);
            if cx.prev.contains(&table.as_kind(Kind::Partition)) {
                // The parent's may go before the partition is detached, and takes this one along.
                out.run(alter(id).and("DROP CONSTRAINT IF EXISTS").ident(id.name()));
            } else {
                // The table leaves the parent first; a column may be gone by then, and this with it.
                out.later([table], alter(id).and("DROP CONSTRAINT IF EXISTS").ident(id.name()));
            }
        }
    }

    fn alter(&self, cx: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        let Self { body, deferrable, initially_deferred, valid, inherited, not_enforced } = next;
        // PostgreSQL 18 can bring a foreign key into force, checking it, and out of it.
        let forced = self.not_enforced != *not_enforced;
        let waits = (*deferrable, *initially_deferred);
        let restated = forced || (self.deferrable, self.initially_deferred) != waits;
        let is_foreign = matches!(body, ConstraintBody::ForeignKey { .. });
        if !alike(&self.body, body) || restated && !is_foreign || self.valid && !valid {
            return Way::Rebuild;
        }
        if let (Some((options, tablespace)), Some((after, moved))) = (storage(&self.body), storage(body)) {
            // The index of a partitioned table holds nothing that could be set; nothing else differs by now.
            if self.body != *body && is_partitioned(cx, id) {
                return Way::Rebuild;
            }
            let index = || Pen::kw("ALTER INDEX").name([id.schema(), id.name()]);
            super::options::change(index, options, after, out);
            if tablespace != moved {
                out.run(index().and("SET TABLESPACE").ident(moved.unwrap_or("pg_default")));
            }
        }
        if inherited.0 && comes_from_parent(cx, id) {
            return Way::InPlace;
        }
        if restated {
            let mut pen = alter(id).and("ALTER CONSTRAINT").ident(id.name());
            pen = pen.and(if *deferrable { "DEFERRABLE" } else { "NOT DEFERRABLE" });
            pen = pen.and_if(*initially_deferred, "INITIALLY DEFERRED");
            out.run(pen.and_if(forced, if *not_enforced { "NOT ENFORCED" } else { "ENFORCED" }));
        }
        if !self.valid && *valid && !forced {
            let validate = alter(id).and("VALIDATE CONSTRAINT").ident(id.name());
            let mut gentle = Steps::default();
            gentle.own(validate.clone());
            out.gently(&id.ancestor(Kind::Table, 2), validate, gentle);
        }
        Way::InPlace
    }

    fn replace(&self, cx: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Option<ObjectId> {
        online::replace(self, next, cx, id, out)
    }

    fn absorbed_by(&self, id: &ObjectId) -> Option<ObjectId> {
        let inline = !matches!(self.body, ConstraintBody::ForeignKey { .. }) && self.valid;
        inline.then(|| id.ancestor(Kind::Table, 2))
    }

    fn dropped_with(&self, cx: &Cx, id: &ObjectId) -> Vec<ObjectId> {
        let table = id.ancestor(Kind::Table, 2);
        let holds_partitions = |id: &ObjectId| {
            cx.prev
                .entry(id)
                .is_some_and(|entry| entry.requires.iter().any(|needed| needed.kind() == Kind::Partition))
        };
        match &self.body {
            // Partitions go one by one, each when no key holds it.
            ConstraintBody::ForeignKey { .. } if !self.inherited.0 && holds_partitions(id) => Vec::new(),
            // Two tables that refer to each other can only go when one of the keys has gone first.
            ConstraintBody::ForeignKey { table: other, .. }
                if !self.inherited.0
                    && *other != *table.path()
                    && !cx.next.contains(&ObjectId::new(Kind::Table, other.clone())) =>
            {
                Vec::new()
            }
            ConstraintBody::PrimaryKey { columns, .. }
            | ConstraintBody::Unique { columns, .. }
            | ConstraintBody::ForeignKey { columns, .. } => {
                let columns = columns.iter().map(|column| table.child(Kind::Column, column));
                columns.chain([table.clone()]).collect()
            }
            ConstraintBody::Check { .. } | ConstraintBody::Definition(_) => vec![table],
        }
    }

    fn in_the_way(&self, needed: &ObjectId) -> bool {
        match &self.body {
            ConstraintBody::ForeignKey { .. } => matches!(needed.kind(), Kind::Constraint | Kind::Index),
            ConstraintBody::PrimaryKey { .. } | ConstraintBody::Unique { .. } => false,
            ConstraintBody::Check { .. } | ConstraintBody::Definition(_) => {
                !matches!(needed.kind(), Kind::Table | Kind::Column)
            }
        }
    }

    fn pins(&self, cx: &Cx, id: &ObjectId) -> Vec<ObjectId> {
        let table = id.ancestor(Kind::Table, 2);
        match &self.body {
            // Its columns are not null for as long as it is there.
            ConstraintBody::PrimaryKey { columns, .. } => {
                columns.iter().map(|column| table.child(Kind::Column, column)).collect()
            }
            // A logged table refers to no other one.
            ConstraintBody::ForeignKey { table: other, .. } => {
                let changes = |id: &ObjectId| match (cx.prev.get(id), cx.next.get(id)) {
                    (Some(Object::Table(prev)), Some(Object::Table(next))) => prev.logged != next.logged,
                    _ => false,
                };
                [table, ObjectId::new(Kind::Table, other.clone())].into_iter().filter(changes).collect()
            }
            _ => Vec::new(),
        }
    }

    fn outlives(&self, needed: &ObjectId) -> bool {
        // A check that came from a parent becomes the child's own.
        matches!(self.body, ConstraintBody::Check { .. }) && needed.kind() == Kind::Constraint
    }

    fn yields(&self, needed: &ObjectId) -> bool {
        // Both sides of a foreign key change, and not at once.
        matches!(self.body, ConstraintBody::ForeignKey { .. }) || self.in_the_way(needed)
    }

    fn claims(&self, id: &ObjectId) -> Option<Claim> {
        match self.body {
            ConstraintBody::PrimaryKey { .. } | ConstraintBody::Unique { .. } => {
                Claim::relation(id.schema(), id.name())
            }
            _ => None,
        }
    }
}

/// Whether the table stays a partition as it is: its parent then brings its constraints along and takes them away.
fn stays_attached(cx: &Cx, id: &ObjectId) -> bool {
    let attachment = id.ancestor(Kind::Table, 2).as_kind(Kind::Partition);
    matches!((cx.prev.get(&attachment), cx.next.get(&attachment)), (Some(before), Some(after)) if before == after)
}

/// Whether a parent brings the constraint along.
fn comes_from_parent(cx: &Cx, id: &ObjectId) -> bool {
    let table = id.ancestor(Kind::Table, 2);
    let is_new_child = || {
        let inherits =
            matches!(cx.next.get(&table), Some(Object::Table(table)) if !table.inherits.is_empty());
        inherits && !cx.prev.contains(&table)
    };
    let leads = || inheritance::leading_constraint(cx, id).is_some_and(|leader| cx.next.contains(&leader));
    // A parent's foreign key comes to a partition whichever is first, the key or the attachment.
    let is_key = || {
        let is = |object: &Object| {
            matches!(object, Object::Constraint(Constraint { body: ConstraintBody::ForeignKey { .. }, .. }))
        };
        cx.next.contains(&table.as_kind(Kind::Partition)) && cx.next.get(id).is_some_and(is)
    };
    stays_attached(cx, id) || is_new_child() || leads() || is_key()
}

/// Whether the drop of a parent's constraint takes this one away.
fn goes_with_parent(cx: &Cx, id: &ObjectId) -> bool {
    let leads = |leader: ObjectId| cx.prev.contains(&leader);
    stays_attached(cx, id) || inheritance::leading_constraint(cx, id).is_some_and(leads)
}

/// Drops a constraint, and with it those of children that go too; a child may keep its own.
fn drop_for_some(cx: &Cx, id: &ObjectId, out: &mut Steps) {
    let table = id.ancestor(Kind::Table, 2);
    let of_children = inheritance::children(cx.prev, &table)
        .into_iter()
        .map(|child| child.child(Kind::Constraint, id.name()));
    let (kept, gone): (Vec<_>, Vec<_>) = of_children
        .filter(|child| matches!(cx.prev.get(child), Some(Object::Constraint(constraint)) if constraint.inherited.0))
        .partition(|child| !cx.next.contains(id) && cx.prev.get(child) == cx.next.get(child));
    if kept.is_empty() {
        out.run(alter(id).and("DROP CONSTRAINT").ident(id.name()));
        return;
    }
    out.run(Pen::kw("ALTER TABLE ONLY").name(table.path()).and("DROP CONSTRAINT").ident(id.name()));
    for child in gone {
        drop_for_some(cx, &child, out);
    }
}

fn alter(id: &ObjectId) -> Pen {
    Pen::kw("ALTER TABLE").name(id.ancestor(Kind::Table, 2).path())
}

/// Where a constraint stands among those of its table.
pub(super) fn rank(constraint: &Constraint) -> u8 {
    match constraint.body {
        ConstraintBody::PrimaryKey { .. } => 0,
        ConstraintBody::Unique { .. } => 1,
        ConstraintBody::Definition(_) => 2,
        ConstraintBody::Check { .. } => 3,
        ConstraintBody::ForeignKey { .. } => 4,
    }
}

/// `CONSTRAINT name …`, as a piece of `CREATE TABLE` or after `ADD`.
pub(super) fn named(id: &ObjectId, constraint: &Constraint) -> Pen {
    let Constraint { body, deferrable, initially_deferred, valid, inherited: _, not_enforced } = constraint;
    let pen = Pen::kw("CONSTRAINT").ident(id.name());
    let pen = match body {
        ConstraintBody::PrimaryKey { columns, include, options, tablespace, without_overlaps } => {
            let pen =
                pen.and("PRIMARY KEY").list(until(columns, without_overlaps.then_some("WITHOUT OVERLAPS")));
            key(pen, include, options, tablespace.as_deref())
        }
        ConstraintBody::Unique {
            columns,
            include,
            nulls_not_distinct,
            options,
            tablespace,
            without_overlaps,
        } => {
            let pen = pen.and(if *nulls_not_distinct { "UNIQUE NULLS NOT DISTINCT" } else { "UNIQUE" });
            let pen = pen.list(until(columns, without_overlaps.then_some("WITHOUT OVERLAPS")));
            key(pen, include, options, tablespace.as_deref())
        }
        ConstraintBody::Check { expr, no_inherit } => {
            pen.and("CHECK").list([Pen::new().sql(expr)]).and_if(*no_inherit, "NO INHERIT")
        }
        ConstraintBody::ForeignKey {
            columns,
            table,
            target,
            match_,
            on_update,
            on_delete,
            on_delete_columns,
            period,
        } => {
            let pen = pen.and("FOREIGN KEY").list(over(columns, *period));
            let pen = pen.and("REFERENCES").name(table).list(over(target, *period));
            let pen = pen.and_if(*match_ == Match::Full, "MATCH FULL");
            let pen = action(action(pen, "ON UPDATE", *on_update), "ON DELETE", *on_delete);
            if on_delete_columns.is_empty() { pen } else { pen.idents(on_delete_columns) }
        }
        // The server's text ends with what is said below.
        ConstraintBody::Definition(sql) => return pen.sql(sql),
    };
    let pen = waits(pen, *deferrable, *initially_deferred);
    pen.and_if(!valid, "NOT VALID").and_if(*not_enforced, "NOT ENFORCED")
}

/// When it is checked.
fn waits(pen: Pen, deferrable: bool, initially_deferred: bool) -> Pen {
    pen.and_if(deferrable, "DEFERRABLE").and_if(initially_deferred, "INITIALLY DEFERRED")
}

/// Columns, the last of which has words behind it.
fn until(columns: &[String], words: Option<&'static str>) -> Vec<Pen> {
    let mut pieces: Vec<_> = columns.iter().map(|column| Pen::new().ident(column)).collect();
    if let (Some(words), Some(last)) = (words, pieces.last_mut()) {
        *last = std::mem::take(last).and(words);
    }
    pieces
}

/// Columns, the last of which may be a period.
fn over(columns: &[String], period: bool) -> Vec<Pen> {
    let last = columns.len().saturating_sub(1);
    let piece = |(n, column): (usize, &String)| {
        let pen = Pen::new();
        pen.and_if(period && n == last, "PERIOD").ident(column)
    };
    columns.iter().enumerate().map(piece).collect()
}

fn key(mut pen: Pen, include: &[String], options: &[String], tablespace: Option<&str>) -> Pen {
    if !include.is_empty() {
        pen = pen.and("INCLUDE").idents(include);
    }
    if !options.is_empty() {
        pen = pen.and("WITH").options(options);
    }
    match tablespace {
        Some(tablespace) => pen.and("USING INDEX TABLESPACE").ident(tablespace),
        None => pen,
    }
}

/// How the index of a key is stored: its parameters and its tablespace.
fn storage(body: &ConstraintBody) -> Option<(&[String], Option<&str>)> {
    match body {
        ConstraintBody::PrimaryKey { options, tablespace, .. }
        | ConstraintBody::Unique { options, tablespace, .. } => Some((options, tablespace.as_deref())),
        ConstraintBody::Check { .. } | ConstraintBody::ForeignKey { .. } | ConstraintBody::Definition(_) => {
            None
        }
    }
}

/// Whether two constraints demand the same of rows.
pub(crate) fn same_demand(prev: &Constraint, next: &Constraint) -> bool {
    alike(&prev.body, &next.body)
}

/// Whether two bodies demand the same, however their indexes are stored.
fn alike(prev: &ConstraintBody, next: &ConstraintBody) -> bool {
    let mut plain = [prev.clone(), next.clone()];
    for body in &mut plain {
        if let ConstraintBody::PrimaryKey { options, tablespace, .. }
        | ConstraintBody::Unique { options, tablespace, .. } = body
        {
            *options = Vec::new().into();
            *tablespace = None;
        }
    }
    let [prev, next] = plain;
    prev == next
}

fn is_partitioned(cx: &Cx, id: &ObjectId) -> bool {
    let table = id.ancestor(Kind::Table, 2);
    matches!(cx.next.get(&table), Some(Object::Table(table)) if matches!(table.form, TableForm::Partitioned(_)))
}

fn action(pen: Pen, on: &'static str, action: Action) -> Pen {
    let word = match action {
        Action::NoAction => return pen,
        Action::Restrict => "RESTRICT",
        Action::Cascade => "CASCADE",
        Action::SetNull => "SET NULL",
        Action::SetDefault => "SET DEFAULT",
    };
    pen.and(on).and(word)
}
