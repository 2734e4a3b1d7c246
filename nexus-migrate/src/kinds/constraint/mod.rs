//! Constraints of tables.

use nexus_schema::catalog::{Kind, Object, ObjectId};
use nexus_schema::kinds::{Action, Constraint, ConstraintBody, Match};

use super::{Claim, Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for Constraint {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, cx: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        if !(self.inherited && comes_from_parent(cx, id)) {
            out.run(alter(id).and("ADD").pen(named(id, self)));
        }
    }

    fn drop(&self, cx: &Cx, id: &ObjectId, out: &mut Steps) {
        let attachment = id.ancestor(Kind::Partition, 2);
        let parts = cx.prev.get(&attachment).is_some_and(|it| cx.next.get(&attachment) != Some(it));
        if !self.inherited || parts {
            out.run(alter(id).and("DROP CONSTRAINT").ident(id.name()));
        }
    }

    fn alter(&self, _: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        let Self { body, deferrable, initially_deferred, valid, inherited: _ } = next;
        if self.body != *body || self.valid && !valid {
            return Way::Rebuild;
        }
        if (self.deferrable, self.initially_deferred) != (*deferrable, *initially_deferred) {
            if !matches!(body, ConstraintBody::ForeignKey { .. }) {
                return Way::Rebuild;
            }
            let pen = alter(id).and("ALTER CONSTRAINT").ident(id.name());
            out.run(
                pen.and(if *deferrable { "DEFERRABLE" } else { "NOT DEFERRABLE" })
                    .and_if(*initially_deferred, "INITIALLY DEFERRED"),
            );
        }
        if !self.valid && *valid {
            out.run(alter(id).and("VALIDATE CONSTRAINT").ident(id.name()));
        }
        Way::InPlace
    }

    fn absorbed_by(&self, id: &ObjectId) -> Option<ObjectId> {
        let inline = !matches!(self.body, ConstraintBody::ForeignKey { .. }) && self.valid;
        inline.then(|| id.ancestor(Kind::Table, 2))
    }

    fn dropped_with(&self, cx: &Cx, id: &ObjectId) -> Vec<ObjectId> {
        let table = id.ancestor(Kind::Table, 2);
        match &self.body {
            // Two tables that refer to each other can only go when one of the keys has gone first.
            ConstraintBody::ForeignKey { table: other, .. }
                if *other != *table.path()
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
                !matches!(needed.kind(), Kind::Table | Kind::Column | Kind::Function)
            }
        }
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

/// Whether the table stays the child of the same parent, which then brings its constraints along.
fn comes_from_parent(cx: &Cx, id: &ObjectId) -> bool {
    let table = id.ancestor(Kind::Table, 2);
    let attachment = table.as_kind(Kind::Partition);
    if let Some(Object::Table(after)) = cx.next.get(&table)
        && !after.inherits.is_empty()
    {
        return true;
    }
    matches!((cx.prev.get(&attachment), cx.next.get(&attachment)), (Some(before), Some(after)) if before == after)
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
    let Constraint { body, deferrable, initially_deferred, valid, inherited: _ } = constraint;
    let pen = Pen::kw("CONSTRAINT").ident(id.name());
    let pen = match body {
        ConstraintBody::PrimaryKey { columns, include, options } => {
            key(pen.and("PRIMARY KEY").idents(columns), include, options)
        }
        ConstraintBody::Unique { columns, include, nulls_not_distinct, options } => {
            let unique = if *nulls_not_distinct { "UNIQUE NULLS NOT DISTINCT" } else { "UNIQUE" };
            key(pen.and(unique).idents(columns), include, options)
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
        } => {
            let pen = pen.and("FOREIGN KEY").idents(columns).and("REFERENCES").name(table).idents(target);
            let pen = pen.and_if(*match_ == Match::Full, "MATCH FULL");
            let pen = action(action(pen, "ON UPDATE", *on_update), "ON DELETE", *on_delete);
            if on_delete_columns.is_empty() { pen } else { pen.idents(on_delete_columns) }
        }
        // The server's text ends with what is said below.
        ConstraintBody::Definition(sql) => return pen.sql(sql),
    };
    pen.and_if(*deferrable, "DEFERRABLE")
        .and_if(*initially_deferred, "INITIALLY DEFERRED")
        .and_if(!valid, "NOT VALID")
}

fn key(pen: Pen, include: &[String], options: &[String]) -> Pen {
    let pen = if include.is_empty() { pen } else { pen.and("INCLUDE").idents(include) };
    if options.is_empty() { pen } else { pen.and("WITH").options(options) }
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
