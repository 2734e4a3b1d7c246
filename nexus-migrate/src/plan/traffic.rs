//! Which tables clients use while a plan runs, and what its steps then do instead of keeping them out.
//!
//! A kind writes the statement that says what it means and beside it those that do the same at leisure
//! ([`Steps::gently`](super::Steps::gently)). Which of both a plan takes is decided here and nowhere else.

use std::collections::{BTreeMap, BTreeSet};

use nexus_schema::catalog::ObjectId;
use nexus_schema::kinds::Sql;

use super::scope::Scope;
use super::step::{Gentle, Later, Steps, Written};
use crate::kinds::Cx;

/// What is known of the clients of a database.
///
/// By default all tables are busy. Tables that a plan makes never are, nor those that are dropped and made again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Traffic {
    nobody: bool,
    calm: BTreeSet<ObjectId>,
    rewriting: BTreeSet<ObjectId>,
    lifted: BTreeMap<ObjectId, BTreeSet<ObjectId>>,
    bounds: BTreeMap<ObjectId, Sql>,
}

impl Traffic {
    /// Nobody uses the database, or nobody minds to wait: plans in as few statements and transactions as can be.
    ///
    /// ```
    /// use nexus_migrate::plan::Traffic;
    /// use nexus_schema::catalog::{Kind, ObjectId};
    ///
    /// let users = ObjectId::new(Kind::Table, ["public", "users"]);
    /// assert!(Traffic::default().is_busy(&users));
    /// assert!(!Traffic::none().is_busy(&users));
    /// assert!(!Traffic::default().but_for([users.clone()]).is_busy(&users));
    /// ```
    pub fn none() -> Self {
        Self { nobody: true, ..Self::default() }
    }

    /// The same, but these tables can be locked for as long as a statement takes.
    #[must_use]
    pub fn but_for(mut self, calm: impl IntoIterator<Item = ObjectId>) -> Self {
        self.calm.extend(calm);
        self
    }

    /// What is known of either.
    #[must_use]
    pub fn and(self, other: &Self) -> Self {
        let nobody = self.nobody || other.nobody;
        let mut both = Self { nobody, ..self.but_for(other.calm.iter().cloned()) };
        both.rewriting.extend(other.rewriting.iter().cloned());
        both.lifted.extend(other.lifted.clone());
        both.bounds.extend(other.bounds.clone());
        both
    }

    /// The same, and the statement that makes or changes this column writes its table anew.
    #[must_use]
    pub fn rewriting(mut self, column: ObjectId) -> Self {
        self.rewriting.insert(column);
        self
    }

    /// The same, and these objects are built or checked again when a column changes, unless they are gone meanwhile.
    #[must_use]
    pub fn lifting(mut self, column: ObjectId, lifted: BTreeSet<ObjectId>) -> Self {
        self.lifted.insert(column, lifted);
        self
    }

    /// The same, and the rows of a partition are those for which this holds.
    #[must_use]
    pub fn bounding(mut self, partition: ObjectId, holds: Sql) -> Self {
        self.bounds.insert(partition, holds);
        self
    }

    /// What holds for the rows of a partition, if anybody has said so.
    pub fn bound(&self, partition: &ObjectId) -> Option<&Sql> {
        self.bounds.get(partition)
    }

    /// Whether the plain statement for a column is known to write its table anew.
    pub fn rewrites(&self, column: &ObjectId) -> bool {
        self.rewriting.contains(column)
    }

    /// Whether an object is better gone while a column changes.
    pub fn lifts(&self, column: &ObjectId, object: &ObjectId) -> bool {
        self.lifted.get(column).is_some_and(|lifted| lifted.contains(object))
    }

    /// Whether clients must not be kept out of a table or materialized view.
    pub fn is_busy(&self, relation: &ObjectId) -> bool {
        !self.nobody && !self.calm.contains(relation)
    }
}

/// Whether clients use a relation while the plan runs.
pub(super) fn is_busy(cx: &Cx, scope: &Scope, relation: &ObjectId) -> bool {
    cx.traffic.is_busy(relation) && cx.prev.contains(relation) && !scope.created.contains(relation)
}

/// Takes one of the two ways that some steps have.
pub(super) fn choose(cx: &Cx, scope: &Scope, steps: Steps) -> Steps {
    let all = |written: Vec<Written>| -> Vec<Written> {
        let one = |written: Written| match written.gentle {
            Some(Gentle { relation, steps }) if is_busy(cx, scope, &relation) => steps,
            // Some need nothing in the plain way.
            Some(_) if written.sql.is_empty() => Vec::new(),
            _ => vec![Written { gentle: None, ..written }],
        };
        written.into_iter().flat_map(one).collect()
    };
    let Steps { now, later, loses, retypes } = steps;
    let later = later.into_iter().map(|more| Later { steps: all(more.steps), ..more }).collect();
    Steps { now: all(now), later, loses, retypes }
}
