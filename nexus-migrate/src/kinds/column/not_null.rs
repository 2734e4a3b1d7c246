//! Not-null constraints, which PostgreSQL 18 gives a name and a state.
//!
//! Where they have none of their own, what is written is what every major takes.

use nexus_schema::catalog::{Kind, ObjectId};
use nexus_schema::kinds::{Column, NotNull};

use super::super::temporary;
use super::{alter, alter_table};
use crate::plan::Steps;
use crate::sql::Pen;

/// As a piece of a column; one that is not valid can only be added later.
pub(super) fn inline(column: &Column) -> Option<Pen> {
    let NotNull { name, not_valid, no_inherit } = &column.not_null_as;
    (column.not_null && !not_valid)
        .then(|| constraint(name.as_deref()).and("NOT NULL").and_if(*no_inherit, "NO INHERIT"))
}

/// As a piece of a table whose column comes from a parent, where its name is its own.
pub(crate) fn of_table(column: &str, object: &Column) -> Option<Pen> {
    let NotNull { name, not_valid, no_inherit: _ } = &object.not_null_as;
    let name = name.as_deref().filter(|_| object.not_null && !not_valid)?;
    Some(constraint(Some(name)).and("NOT NULL").ident(column))
}

/// Takes away what is not wanted any more.
pub(super) fn loosen(prev: &Column, next: &Column, id: &ObjectId, out: &mut Steps) {
    if prev.not_null && (!next.not_null || doubted(prev, next)) {
        out.run(alter(id).and("DROP NOT NULL"));
    }
}

/// Adds what is wanted, and says what it says of itself.
pub(super) fn tighten(prev: &Column, next: &Column, id: &ObjectId, out: &mut Steps) {
    if !next.not_null {
        return;
    }
    let NotNull { name, not_valid, no_inherit } = &next.not_null_as;
    if !prev.not_null || doubted(prev, next) {
        let table = id.ancestor(Kind::Table, 2);
        if next.not_null_as == NotNull::default() {
            out.gently(&table, alter(id).and("SET NOT NULL"), by_check(id));
            return;
        }
        let pen =
            alter_table(id).and("ADD").pen(constraint(name.as_deref())).and("NOT NULL").ident(id.name());
        let pen = pen.and_if(*no_inherit, "NO INHERIT");
        if *not_valid {
            out.run(pen.and("NOT VALID"));
        } else {
            let mut gentle = Steps::default();
            gentle.run(pen.clone().and("NOT VALID"));
            gentle.own(alter_table(id).and("VALIDATE CONSTRAINT").ident(&named(&next.not_null_as, id)));
            out.gently(&table, pen, gentle);
        }
        return;
    }
    let before = &prev.not_null_as;
    if before.name != *name {
        let rename = alter_table(id).and("RENAME CONSTRAINT").ident(&named(before, id));
        out.run(rename.and("TO").ident(&named(&next.not_null_as, id)));
    }
    let called = named(&next.not_null_as, id);
    if before.no_inherit != *no_inherit {
        let pen = alter_table(id).and("ALTER CONSTRAINT").ident(&called);
        out.run(pen.and(if *no_inherit { "NO INHERIT" } else { "INHERIT" }));
    }
    if before.not_valid && !not_valid {
        let validate = alter_table(id).and("VALIDATE CONSTRAINT").ident(&called);
        let mut gentle = Steps::default();
        gentle.own(validate.clone());
        out.gently(&id.ancestor(Kind::Table, 2), validate, gentle);
    }
}

/// By a check that says the same, and that can be validated while clients write: where one holds, PostgreSQL need not
/// read the rows again (12 and later, facts L10).
fn by_check(id: &ObjectId) -> Steps {
    let mut out = Steps::default();
    let check = temporary::name("not_null", id);
    let holds = Pen::new().ident(id.name()).and("IS NOT NULL");
    let add = alter_table(id).and("ADD CONSTRAINT").ident(&check).and("CHECK").list([holds]);
    out.run(add.and("NOT VALID"));
    out.own(alter_table(id).and("VALIDATE CONSTRAINT").ident(&check));
    out.run(alter(id).and("SET NOT NULL"));
    out.run(alter_table(id).and("DROP CONSTRAINT").ident(&check));
    out
}

/// Whether a constraint that is known to hold becomes one that is not: PostgreSQL knows no way but a new one.
fn doubted(prev: &Column, next: &Column) -> bool {
    prev.not_null && next.not_null && !prev.not_null_as.not_valid && next.not_null_as.not_valid
}

fn constraint(name: Option<&str>) -> Pen {
    name.map_or_else(Pen::new, |name| Pen::kw("CONSTRAINT").ident(name))
}

/// Its name, which PostgreSQL makes of the table's and the column's where nothing else is said.
fn named(not_null: &NotNull, id: &ObjectId) -> String {
    let table = id.path().get(1).map_or("", String::as_str);
    not_null.name.clone().unwrap_or_else(|| format!("{table}_{}_not_null", id.name()))
}
