//! Tables below other tables: by `inherits`, or as partitions.
//!
//! One forest for both, so that no table can come to be below itself by a path through the two.

use std::collections::{BTreeMap, BTreeSet};

use super::{Named, Resolver};
use crate::authored::Table;
use crate::catalog::{Kind, ObjectId};
use crate::kinds::{self, Sql};
use crate::report::Spot;

type Path = [String; 2];

/// Which tables each table is below.
#[derive(Debug, Default)]
pub(super) struct Parents(BTreeMap<Path, BTreeSet<Path>>);

impl Parents {
    /// Puts a table below another; where that would close a circle, returns the circle instead.
    fn put(&mut self, child: &Path, parent: &Path) -> Result<(), Vec<Path>> {
        match self.way(parent, child) {
            Some(way) => Err(way),
            None => {
                self.0.entry(child.clone()).or_default().insert(parent.clone());
                Ok(())
            }
        }
    }

    /// The tables from one up to another, both included.
    fn way(&self, from: &Path, to: &Path) -> Option<Vec<Path>> {
        let mut below: BTreeMap<&Path, Option<&Path>> = BTreeMap::from([(from, None)]);
        let mut next = vec![from];
        while let Some(at) = next.pop() {
            if at == to {
                let steps = std::iter::successors(Some(at), |at| below.get(at).copied().flatten());
                let mut way: Vec<_> = steps.cloned().collect();
                way.reverse();
                return Some(way);
            }
            for parent in self.0.get(at).into_iter().flatten() {
                if !below.contains_key(parent) {
                    below.insert(parent, Some(at));
                    next.push(parent);
                }
            }
        }
        None
    }
}

impl Resolver<'_> {
    /// The tables that a table inherits from.
    pub(super) fn inherited(&mut self, id: &ObjectId, is: &Table) -> Vec<Path> {
        let mut found = Vec::new();
        for parent in is.inherits.iter().flatten() {
            if let Some(path) = self.existing(parent)
                && self.below(id, &path, parent.spot)
            {
                found.push(path);
            }
        }
        found
    }

    pub(super) fn partition(&mut self, table: &Named<'_, Table>) {
        let id = ObjectId::new(Kind::Table, table.path.clone());
        let Some(of) = &table.is.partition_of else { return };
        let Some(parent) = of.table.as_ref().and_then(|table| self.existing(table)) else { return };
        let Some(bound) = &of.bound else {
            self.report
                .error("NX0213", of.spot, "a partition without bounds", "")
                .help("add `bound: DEFAULT`, say");
            return;
        };
        if self.below(&id, &parent, of.spot) {
            let partition = kinds::Partition { parent, bound: Sql(bound.value.clone()) };
            self.add(id.as_kind(Kind::Partition), partition, of.spot);
        }
    }

    /// Puts a table below another; a circle is recorded, and is not made.
    fn below(&mut self, id: &ObjectId, parent: &Path, spot: Spot) -> bool {
        let child = [id.schema().to_owned(), id.name().to_owned()];
        let Err(way) = self.parents.put(&child, parent) else { return true };
        let circle: Vec<_> = std::iter::once(&child).chain(&way).map(|[_, name]| name.as_str()).collect();
        let title = match way.len() {
            1 => format!("the table `{}` cannot be below itself", id.name()),
            _ => format!("the table `{}` would be below itself: {}", id.name(), circle.join(" → ")),
        };
        let found = self.report.error("NX0208", spot, title, "");
        let found = match self.places.get(&ObjectId::new(Kind::Table, parent.clone())) {
            Some(&place) if way.len() > 1 => found.also(place, "the table above it"),
            _ => found,
        };
        found.help("a table inherits from, or is a partition of, a table that is not below it");
        false
    }
}
