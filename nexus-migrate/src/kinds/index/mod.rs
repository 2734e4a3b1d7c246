//! Indexes that no constraint owns.

use nexus_schema::catalog::{Catalog, Entry, Kind, Object, ObjectId};
use nexus_schema::kinds::{Constraint, ConstraintBody, Index, IndexKey, TableForm};

use super::{Claim, Cx, Verb, Way, marks, temporary};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for Index {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, cx: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let (plain, concurrently) = statements(self, cx, id);
        match concurrently {
            Some(concurrently) if !(self.unique && cx.prev.contains(id)) => {
                let mut gentle = Steps::default();
                gentle.outside(concurrently);
                out.gently(&relation(cx.next, self, id), plain, gentle);
            }
            _ => out.run(plain),
        }
        complete(self, cx, id, out);
    }

    fn drop(&self, cx: &Cx, id: &ObjectId, out: &mut Steps) {
        if self.parent.is_some() && stays_attached(cx, id, self) {
            return;
        }
        let plain = Pen::kw("DROP INDEX").name(id.path());
        // Until a unique one is there again, nothing would hold; and a partition is not away for longer than it must.
        let comes_back = self.attached_by(id).is_some_and(|attachment| cx.next.contains(&attachment));
        if is_partitioned(cx.prev, id, self) || self.unique && cx.next.contains(id) || comes_back {
            out.run(plain);
            return;
        }
        let mut gentle = Steps::default();
        gentle.outside(Pen::kw("DROP INDEX CONCURRENTLY").name(id.path()));
        out.gently(&relation(cx.prev, self, id), plain, gentle);
    }

    fn replace(&self, cx: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Option<ObjectId> {
        let is_part = self.parent.is_some() || next.parent.is_some();
        if is_part || is_partitioned(cx.prev, id, self) || self.table != next.table {
            return None;
        }
        // A foreign key that comes, or comes again with its key, would take the old one for its own.
        let changes = |id: &ObjectId| cx.prev.get(id) != cx.next.get(id);
        let takes = |(key, entry): (&ObjectId, &Entry)| match &entry.object {
            Object::Constraint(Constraint { body: ConstraintBody::ForeignKey { table, .. }, .. }) => {
                [id.schema(), self.table.as_str()] == table.each_ref().map(String::as_str)
                    && (changes(key) || entry.requires.iter().any(changes))
            }
            _ => false,
        };
        if self.unique && cx.next.of_kind(Kind::Constraint).any(takes) {
            return None;
        }
        let (_, concurrently) = statements(next, cx, id);
        let aside = temporary::name("old", id);
        out.run(Pen::kw("ALTER INDEX").name(id.path()).and("RENAME TO").ident(&aside));
        out.outside(concurrently?);
        complete(next, cx, id, out);
        out.outside(Pen::kw("DROP INDEX CONCURRENTLY").name([id.schema(), &aside]));
        Some(relation(cx.prev, self, id))
    }

    fn alter(&self, cx: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        let Self { keys, options, tablespace, valid, parent, .. } = next;
        let plain = |keys: &[IndexKey]| -> Vec<IndexKey> {
            keys.iter().map(|key| IndexKey { statistics: None, ..key.clone() }).collect()
        };
        let same_but = Self {
            keys: self.keys.clone(),
            options: self.options.clone(),
            tablespace: self.tablespace.clone(),
            valid: self.valid,
            parent: self.parent.clone(),
            ..next.clone()
        };
        let partitioned = is_partitioned(cx.next, id, next);
        if same_but != *self
            || plain(&self.keys) != plain(keys)
            || self.valid && !valid
            || partitioned && self.options != *options
        {
            return Way::Rebuild;
        }
        if self.parent != *parent && stays_attached(cx, id, next) {
            match (&self.parent, parent) {
                (None, Some(parent)) => out.run(attach(id, parent)),
                // An index can only leave with its partition.
                _ => return Way::Rebuild,
            }
        }
        let alter = || Pen::kw("ALTER INDEX").name(id.path());
        super::options::change(alter, &self.options, options, out);
        if self.tablespace != *tablespace {
            out.run(alter().and("SET TABLESPACE").ident(tablespace.as_deref().unwrap_or("pg_default")));
        }
        statistics(&self.keys, keys, id, out);
        // That of a partitioned table is valid once all its parts are attached.
        if !self.valid && *valid && !partitioned {
            out.run(Pen::kw("REINDEX INDEX").name(id.path()));
        }
        Way::InPlace
    }

    fn dropped_with(&self, cx: &Cx, id: &ObjectId) -> Vec<ObjectId> {
        let [table, view] = relations(self, id);
        let columns = self.keys.iter().filter_map(|key| key.column.as_ref()).chain(&self.include);
        let mut with: Vec<_> = columns.map(|column| table.child(Kind::Column, column)).collect();
        if let Some(parent) = &self.parent
            && stays_attached(cx, id, self)
        {
            with.push(ObjectId::new(Kind::Index, parent.clone()));
        }
        with.extend([table, view]);
        with
    }

    fn attached_by(&self, id: &ObjectId) -> Option<ObjectId> {
        self.parent.is_some().then(|| ObjectId::new(Kind::Partition, [id.schema(), &self.table]))
    }

    fn in_the_way(&self, needed: &ObjectId) -> bool {
        !matches!(needed.kind(), Kind::Table | Kind::Column)
    }

    fn holds(&self, needed: &ObjectId) -> bool {
        // An index that lacks parts is made after the partitions, and goes before or after them.
        needed.kind() != Kind::Partition
    }

    fn claims(&self, id: &ObjectId) -> Option<Claim> {
        Claim::relation(id.schema(), id.name())
    }
}

/// What an index has that its statement cannot say.
fn complete(index: &Index, cx: &Cx, id: &ObjectId, out: &mut Steps) {
    statistics(&[], &index.keys, id, out);
    if let Some(parent) = &index.parent
        && stays_attached(cx, id, index)
    {
        out.run(attach(id, parent));
    }
    for relation in relations(index, id) {
        marks::again(cx, &relation, id.name(), out);
    }
}

/// The statement that makes the index, and the one that does so while clients write to a table that holds rows.
fn statements(index: &Index, cx: &Cx, id: &ObjectId) -> (Pen, Option<Pen>) {
    let Index {
        table,
        unique,
        nulls_not_distinct,
        method,
        keys,
        include,
        predicate,
        options,
        tablespace,
        valid: _,
        parent: _,
    } = index;
    let partitioned = is_partitioned(cx.next, id, index);
    let mut rest = Pen::new().ident(id.name());
    // The partitions' indexes have names of their own, and are attached one by one.
    rest = rest.and(if partitioned { "ON ONLY" } else { "ON" }).name([id.schema(), table]);
    if method != "btree" {
        rest = rest.and("USING").ident(method);
    }
    rest = rest.list(keys.iter().map(key));
    if !include.is_empty() {
        rest = rest.and("INCLUDE").idents(include);
    }
    rest = rest.and_if(*nulls_not_distinct, "NULLS NOT DISTINCT");
    if !options.is_empty() {
        rest = rest.and("WITH").options(options);
    }
    if let Some(tablespace) = tablespace {
        rest = rest.and("TABLESPACE").ident(tablespace);
    }
    if let Some(predicate) = predicate {
        rest = rest.and("WHERE").sql(predicate);
    }
    let create = Pen::kw(if *unique { "CREATE UNIQUE INDEX" } else { "CREATE INDEX" });
    // That of a partitioned table is made of no rows: the partitions' indexes are what takes long.
    let concurrently = (!partitioned).then(|| create.clone().and("CONCURRENTLY").pen(rest.clone()));
    (create.pen(rest), concurrently)
}

/// The relation that the index is on.
fn relation(state: &Catalog, index: &Index, id: &ObjectId) -> ObjectId {
    let [table, view] = relations(index, id);
    if state.contains(&view) { view } else { table }
}

/// What the index may be on.
fn relations(index: &Index, id: &ObjectId) -> [ObjectId; 2] {
    [Kind::Table, Kind::MaterializedView].map(|kind| ObjectId::new(kind, [id.schema(), &index.table]))
}

/// Whether the partition stays where it is, so that its parent's index brings this one along.
fn stays_attached(cx: &Cx, id: &ObjectId, index: &Index) -> bool {
    let attachment = ObjectId::new(Kind::Partition, [id.schema(), &index.table]);
    cx.next.contains(&attachment) && cx.prev.get(&attachment) == cx.next.get(&attachment)
}

fn is_partitioned(state: &Catalog, id: &ObjectId, index: &Index) -> bool {
    let [table, _] = relations(index, id);
    matches!(state.get(&table), Some(Object::Table(table)) if matches!(table.form, TableForm::Partitioned(_)))
}

fn attach(id: &ObjectId, parent: &[String; 2]) -> Pen {
    Pen::kw("ALTER INDEX").name(parent).and("ATTACH PARTITION").name(id.path())
}

fn key(key: &IndexKey) -> Pen {
    let IndexKey { column, expr, collation, opclass, descending, nulls_first, statistics: _ } = key;
    let mut pen = match (column, expr) {
        (Some(column), _) => Pen::new().ident(column),
        (None, Some(expr)) => Pen::new().sql(expr),
        (None, None) => Pen::new(),
    };
    if let Some(collation) = collation {
        pen = pen.and("COLLATE").sql(collation);
    }
    if let Some(opclass) = opclass {
        pen = pen.sql(opclass);
    }
    // NULLS LAST goes with upwards, NULLS FIRST with downwards.
    pen = pen.and_if(*descending, "DESC");
    match (descending, nulls_first) {
        (true, false) => pen.and("NULLS LAST"),
        (false, true) => pen.and("NULLS FIRST"),
        _ => pen,
    }
}

fn statistics(prev: &[IndexKey], next: &[IndexKey], id: &ObjectId, out: &mut Steps) {
    for (n, key) in next.iter().enumerate() {
        if prev.get(n).and_then(|key| key.statistics) != key.statistics {
            let place = i64::try_from(n + 1).unwrap_or(i64::MAX);
            let target = key.statistics.map_or(-1, i64::from);
            out.run(
                Pen::kw("ALTER INDEX")
                    .name(id.path())
                    .and("ALTER COLUMN")
                    .number(place)
                    .and("SET STATISTICS")
                    .number(target),
            );
        }
    }
}
