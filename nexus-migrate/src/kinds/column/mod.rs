//! Columns of tables.

mod backfill;
mod cast;
pub(super) mod not_null;
mod tree;

use std::collections::BTreeSet;

use nexus_schema::catalog::{Catalog, Entry, Kind, Object, ObjectId};
use nexus_schema::kinds::{Column, Identity, Sql, TableForm};

use cast::{is_timestamp, is_timestamp_pair};

pub(crate) use cast::{cast, would_cut};

use super::{Cx, Verb, Way, inheritance, sequence, swap};
use crate::plan::Steps;
use crate::sql::Pen;
use tree::{drop_for_some, drops_default, first_leader, gone_with, keep_below, new_leader};

impl Verb for Column {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, cx: &Cx, id: &ObjectId, absorbed: &[(&ObjectId, &Object)], out: &mut Steps) {
        let table = id.ancestor(Kind::Table, 2);
        if let Some((leader, Object::Column(parent))) = new_leader(cx, id) {
            let mut own = Steps::default();
            let first = first_leader(cx, &leader);
            let mut brought = inheritance::brought(parent);
            // What does not go down from the parent came from the first of them.
            if let Some(Object::Column(first)) = cx.next.get(&first) {
                brought.compression.clone_from(&first.compression);
            }
            change(cx, &brought, self, id, &mut own);
            if drops_default(cx, id, &first) {
                own.run(alter_only(id).and("DROP DEFAULT"));
            }
            out.after([leader], own);
            return;
        }
        if self.inherited.0 && !cx.prev.contains(&table) {
            return;
        }
        let default = absorbed.iter().find_map(|(_, object)| match object {
            Object::Default(default) => Some(&default.expr),
            _ => None,
        });
        let plain = alter_table(id).and("ADD COLUMN").pen(piece(id, self, default));
        match default.filter(|_| backfill::is_due(cx, self, id)) {
            Some(default) => out.gently(&table, plain, backfill::add(self, id, default)),
            None => out.run(plain),
        }
        extras(&Column::of_type(&self.type_, 0), self, id, out);
    }

    fn drop(&self, cx: &Cx, id: &ObjectId, out: &mut Steps) {
        if self.inherited.0 {
            // The parent stays, or else its drop would do it: the table leaves the parent first.
            let table = id.ancestor(Kind::Table, 2);
            // Where the parent's column goes as well, and goes first, it takes this one along.
            let parents = inheritance::parents(cx.prev, &table);
            let of_parents = parents.into_iter().map(|parent| parent.child(Kind::Column, id.name()));
            let may_be_gone =
                of_parents.into_iter().any(|column| cx.prev.contains(&column) && !cx.next.contains(&column));
            let words = if may_be_gone { "DROP COLUMN IF EXISTS" } else { "DROP COLUMN" };
            out.later([table], alter_table(id).and(words).ident(id.name()));
        } else {
            drop_for_some(cx, id, out);
        }
        // What is computed can be computed again, unless the column comes back as one that is not.
        let is_plain = |object: &Object| matches!(object, Object::Column(next) if next.generated.is_none());
        if self.generated.is_none() || cx.next.get(id).is_some_and(is_plain) {
            out.loses(id);
            for column in gone_with(cx, id) {
                out.loses(&column);
            }
        }
    }

    fn alter(&self, cx: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        let leaders = inheritance::changed_above(cx, id);
        let mut own = Steps::default();
        if leaders.is_empty() {
            let way = change(cx, self, next, id, out);
            if inheritance::goes_down(self, next) {
                keep_below(cx, id, out);
            }
            return way;
        }
        let way = change(cx, &inheritance::after_parent(cx, id, self), next, id, &mut own);
        keep_below(cx, id, &mut own);
        out.after(leaders, own);
        let retyped = (&self.type_, &self.collation) != (&next.type_, &next.collation);
        if self.type_ != next.type_ {
            out.retypes(id);
        }
        if retyped && way == Way::InPlace { Way::InPlaceAlone } else { way }
    }

    fn absorbed_by(&self, id: &ObjectId) -> Option<ObjectId> {
        Some(id.ancestor(Kind::Table, 2))
    }

    fn dropped_with(&self, _: &Cx, id: &ObjectId) -> Vec<ObjectId> {
        vec![id.ancestor(Kind::Table, 2)]
    }

    fn place(&self) -> u32 {
        self.ordinal.0
    }

    fn follows(&self, cx: &Cx, id: &ObjectId) -> Option<ObjectId> {
        inheritance::leading_column(cx, id)
    }

    fn in_the_way(&self, needed: &ObjectId) -> bool {
        self.generated.is_some() && needed.kind() != Kind::Table
    }

    fn holds(&self, needed: &ObjectId) -> bool {
        // Its table leaves the parent first: the parent's column can go before this one does.
        needed.kind() != Kind::Column || self.generated.is_some()
    }

    fn carry(&self, cx: &Cx, id: &ObjectId, needed: &ObjectId, out: &mut Steps) -> bool {
        let Some(Object::Column(next)) = cx.next.get(id) else { return false };
        if self.generated.is_some() || self.type_ != next.type_ {
            return false;
        }
        swap::carry(cx, id, &next.type_, out);
        if needed.kind() != Kind::Enum {
            out.retypes(id);
        }
        true
    }
}

/// Writes the steps from one column to the other.
pub(super) fn change(cx: &Cx, prev: &Column, next: &Column, id: &ObjectId, out: &mut Steps) -> Way {
    let Column { type_, collation, identity, generated, inherited: _, .. } = next;
    if prev.generated != *generated {
        match (&prev.generated, generated) {
            // Only dropping the expression keeps the column; its values are computed, so nothing else is lost.
            // Not so where there are tables below those below: PostgreSQL goes down one floor, and is refused there.
            (Some(before), None)
                if before.stored && !inheritance::is_deep(cx.prev, &id.ancestor(Kind::Table, 2)) =>
            {
                out.run(alter(id).and("DROP EXPRESSION"));
            }
            // What is computed when read can be computed another way, and no row is touched (PostgreSQL 18).
            (Some(before), Some(after)) if !before.stored && !after.stored => {
                let set = alter_only(id).and("SET EXPRESSION AS");
                out.run(set.list([Pen::new().sql(&after.expr)]));
            }
            _ => return Way::Rebuild,
        }
    }
    let retyped = prev.type_ != *type_ || prev.collation != *collation;
    let identity_in_the_way = retyped && prev.identity.is_some();
    if prev.identity.is_some() && (identity.is_none() || identity_in_the_way) {
        out.run(alter(id).and("DROP IDENTITY"));
    }
    not_null::loosen(prev, next, id, out);
    if retyped {
        let mut pen = alter(id).and("TYPE").text(type_);
        if let Some(collation) = collation {
            pen = pen.and("COLLATE").sql(collation);
        }
        let table = id.ancestor(Kind::Table, 2);
        if prev.type_ != *type_
            && generated.is_none()
            && !is_timestamp_pair(&prev.type_, type_)
            && !would_cut(&prev.type_, type_)
            && !has_foreign_part(cx.prev, &table)
        {
            pen = pen.and("USING").text(&cast(id.name(), &prev.type_, type_));
        }
        // Whoever runs it, values without a time zone are in UTC; and where no rows need to change, none do (facts 2.2).
        let zoned = |type_: &str| is_timestamp(type_).then(|| type_.ends_with("with time zone"));
        let shifts =
            zoned(&prev.type_).is_some() && zoned(type_).is_some() && zoned(&prev.type_) != zoned(type_);
        if shifts {
            out.run(Pen::kw("SET LOCAL TIME ZONE 'UTC'"));
        }
        out.run(pen);
        if shifts {
            out.run(Pen::kw("SET LOCAL TIME ZONE DEFAULT"));
        }
        if prev.type_ != *type_ {
            out.retypes(id);
        }
    }
    let mut tighter = Steps::default();
    not_null::tighten(prev, next, id, &mut tighter);
    // A check would go along with a table that leaves, and be missed in one that comes.
    let is_still = inheritance::stays_whole(cx, &id.ancestor(Kind::Table, 2));
    *out = std::mem::take(out).and(if is_still { tighter } else { tighter.plainly() });
    match (prev.identity.as_ref().filter(|_| !identity_in_the_way), identity) {
        (None, Some(after)) => out.run(alter(id).and("ADD").pen(identity_piece(after, type_))),
        (Some(before), Some(after)) if before != after => {
            let mut pen = alter(id);
            if before.always != after.always {
                pen = pen.and(if after.always { "SET GENERATED ALWAYS" } else { "SET GENERATED BY DEFAULT" });
            }
            out.run(pen.pen(sequence::set_options(&before.options, &after.options)));
        }
        _ => {}
    }
    tell_wrapper(&prev.fdw_options, next, id, out);
    extras(prev, next, id, out);
    if retyped { Way::InPlaceAlone } else { Way::InPlace }
}

fn alter_table(id: &ObjectId) -> Pen {
    Pen::kw("ALTER TABLE").name(id.ancestor(Kind::Table, 2).path())
}

fn alter(id: &ObjectId) -> Pen {
    alter_table(id).and("ALTER COLUMN").ident(id.name())
}

fn alter_only(id: &ObjectId) -> Pen {
    Pen::kw("ALTER TABLE ONLY").name(id.ancestor(Kind::Table, 2).path()).and("ALTER COLUMN").ident(id.name())
}

/// Whether a table is foreign, or one below it is: there is no USING then, and nothing to convert.
pub(super) fn has_foreign_part(state: &Catalog, table: &ObjectId) -> bool {
    let is_foreign = |id: &ObjectId| matches!(state.get(id), Some(Object::Table(it)) if matches!(it.form, TableForm::Foreign { .. }));
    let is_child = |entry: &Entry, of: &ObjectId| match &entry.object {
        Object::Partition(it) => it.parent.as_slice() == of.path(),
        Object::Table(it) => it.inherits.iter().any(|parent| parent.as_slice() == of.path()),
        _ => false,
    };
    let mut open = vec![table.clone()];
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        if is_foreign(&id) {
            return true;
        }
        if seen.insert(id.clone()) {
            let all = state.of_kind(Kind::Partition).chain(state.of_kind(Kind::Table));
            open.extend(
                all.filter(|(_, entry)| is_child(entry, &id)).map(|(child, _)| child.as_kind(Kind::Table)),
            );
        }
    }
    false
}

/// The storage that a built-in type has of itself. `SET STORAGE DEFAULT` would say it, from PostgreSQL 16 on.
pub(super) fn own_storage(type_: &str) -> &'static str {
    let base = type_.split('(').next().unwrap_or_default();
    match base {
        "numeric" | "inet" | "cidr" if !type_.ends_with(']') => "main",
        "tsquery" | "int2vector" | "oidvector" => "plain",
        _ => "extended",
    }
}

fn identity_piece(identity: &Identity, type_: &str) -> Pen {
    let Identity { always, options } = identity;
    let pen =
        Pen::kw(if *always { "GENERATED ALWAYS AS IDENTITY" } else { "GENERATED BY DEFAULT AS IDENTITY" });
    let counting = sequence::options(&sequence::born(type_, options), options).end();
    if counting.is_empty() { pen } else { pen.text(&format!("({counting})")) }
}

/// A column as a piece of `CREATE TABLE` or `ADD COLUMN`.
pub(super) fn piece(id: &ObjectId, column: &Column, default: Option<&Sql>) -> Pen {
    let Column { type_, collation, compression, fdw_options, .. } = column;
    let mut pen = Pen::new().ident(id.name()).text(type_);
    if let Some(compression) = compression {
        pen = pen.and("COMPRESSION").ident(compression);
    }
    pen = pen.foreign_options(fdw_options);
    if let Some(collation) = collation {
        pen = pen.and("COLLATE").sql(collation);
    }
    rules(pen, column, default)
}

/// A column of a typed table, which has only rules to say, if it has any.
pub(super) fn typed_piece(id: &ObjectId, column: &Column, default: Option<&Sql>) -> Option<Pen> {
    let rules = rules(Pen::new(), column, default).end();
    (!rules.is_empty()).then(|| Pen::new().ident(id.name()).and("WITH OPTIONS").text(&rules))
}

fn rules(mut pen: Pen, column: &Column, default: Option<&Sql>) -> Pen {
    let Column { type_, identity, generated, .. } = column;
    if let Some(generated) = generated {
        let word = if generated.stored { "STORED" } else { "VIRTUAL" };
        pen = pen.and("GENERATED ALWAYS AS").list([Pen::new().sql(&generated.expr)]).and(word);
    }
    if let Some(default) = default {
        pen = pen.and("DEFAULT").sql(default);
    }
    if let Some(not_null) = not_null::inline(column) {
        pen = pen.pen(not_null);
    }
    match identity {
        Some(identity) => pen.pen(identity_piece(identity, type_)),
        None => pen,
    }
}

/// What a foreign table tells its wrapper of a column.
pub(super) fn tell_wrapper(prev: &[String], next: &Column, id: &ObjectId, out: &mut Steps) {
    super::options::change_foreign(|| alter(id), prev, &next.fdw_options, out);
}

/// What is only ever set by ALTER: storage, statistics target, options; and compression of an existing column.
pub(super) fn extras(prev: &Column, next: &Column, id: &ObjectId, out: &mut Steps) {
    let Column { storage, compression, statistics, options, .. } = next;
    if prev.storage != *storage {
        out.run(match storage {
            Some(storage) => alter(id).and("SET STORAGE").option_word(storage),
            None => alter(id).and("SET STORAGE").option_word(own_storage(&next.type_)),
        });
    }
    let is_new = prev.ordinal.0 == 0;
    if is_new && next.not_null_as.not_valid {
        not_null::tighten(prev, next, id, out);
    }
    if prev.compression != *compression && !is_new {
        out.run(alter(id).and("SET COMPRESSION").ident(compression.as_deref().unwrap_or("default")));
    }
    if prev.statistics != *statistics {
        out.run(alter(id).and("SET STATISTICS").number(statistics.map_or(-1, i64::from)));
    }
    super::options::change(|| alter(id), &prev.options, options, out);
}
