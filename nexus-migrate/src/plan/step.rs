//! What a plan is made of.

use nexus_schema::catalog::ObjectId;

use crate::sql::Pen;

/// What a step does to its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Takes it away.
    Drop,
    /// Gives it another name.
    Rename,
    /// Changes it in place.
    Alter,
    /// Makes it.
    Create,
}

/// How a step stands to transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Transaction {
    /// It can share one with others.
    Shared,
    /// It can share one, but what comes after must wait for the commit.
    CommitAfter,
    /// It takes long, and must not while stronger locks are held: it has one to itself.
    Own,
    /// It cannot run in one.
    Outside,
}

/// One statement of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What it does.
    pub action: Action,
    /// To which object.
    pub id: ObjectId,
    /// The statement, without a semicolon.
    pub sql: String,
    /// How it stands to transactions.
    pub transaction: Transaction,
    /// Tables and columns whose rows or values are gone after it.
    pub loses: Vec<ObjectId>,
    /// Columns whose values are converted by it.
    pub retypes: Vec<ObjectId>,
}

/// Where a kind writes its steps.
#[derive(Debug, Clone, Default)]
pub struct Steps {
    pub(super) now: Vec<Written>,
    pub(super) later: Vec<Later>,
    pub(super) loses: Vec<ObjectId>,
    pub(super) retypes: Vec<ObjectId>,
}

/// Statements that wait for other objects.
#[derive(Debug, Clone)]
pub(super) struct Later {
    pub(super) needs: Vec<ObjectId>,
    pub(super) steps: Vec<Written>,
    pub(super) stance: Stance,
}

/// How what is written for later stands to what else needs its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stance {
    /// In any order.
    Beside,
    /// Before it, unless it is waited for.
    Ahead,
    /// Before it, as a part of the object's own change.
    Own,
}

#[derive(Debug, Clone)]
pub(super) struct Written {
    pub(super) sql: String,
    pub(super) transaction: Transaction,
    /// What does the same while clients go on using a table.
    pub(super) gentle: Option<Gentle>,
}

/// Statements in the place of one that would keep clients out of a table for long.
#[derive(Debug, Clone)]
pub(super) struct Gentle {
    pub(super) relation: ObjectId,
    pub(super) steps: Vec<Written>,
}

impl Written {
    fn new(pen: Pen, transaction: Transaction) -> Self {
        Self { sql: pen.end(), transaction, gentle: None }
    }
}

impl Steps {
    /// A statement.
    pub fn run(&mut self, pen: Pen) {
        self.now.push(Written::new(pen, Transaction::Shared));
    }

    /// A statement whose effect can only be used after a commit.
    pub fn commit_after(&mut self, pen: Pen) {
        self.now.push(Written::new(pen, Transaction::CommitAfter));
    }

    /// A statement that takes long under a weak lock.
    pub fn own(&mut self, pen: Pen) {
        self.now.push(Written::new(pen, Transaction::Own));
    }

    /// A statement that cannot run in a transaction.
    pub fn outside(&mut self, pen: Pen) {
        self.now.push(Written::new(pen, Transaction::Outside));
    }

    /// A statement that keeps clients out of `relation` for long, and what does the same while they go on using it: the
    /// planner takes one of both.
    pub fn gently(&mut self, relation: &ObjectId, plain: Pen, gentle: Self) {
        let gentle = Gentle { relation: relation.clone(), steps: gentle.now };
        self.now.push(Written { gentle: Some(gentle), ..Written::new(plain, Transaction::Shared) });
    }

    /// A statement that must wait until these objects exist too; those that are not made by the plan do not count.
    pub fn later(&mut self, needs: impl IntoIterator<Item = ObjectId>, pen: Pen) {
        self.wait(needs, [pen], Stance::Beside);
    }

    /// Statements that complete the object: they wait until these objects exist too, and nothing else that needs the
    /// object is made before them.
    pub fn complete(
        &mut self,
        needs: impl IntoIterator<Item = ObjectId>,
        pens: impl IntoIterator<Item = Pen>,
    ) {
        self.wait(needs, pens, Stance::Ahead);
    }

    fn wait(
        &mut self,
        needs: impl IntoIterator<Item = ObjectId>,
        pens: impl IntoIterator<Item = Pen>,
        stance: Stance,
    ) {
        let written = |pen: Pen| Written::new(pen, Transaction::Shared);
        let steps = pens.into_iter().map(written).collect();
        self.later.push(Later { needs: needs.into_iter().collect(), steps, stance });
    }

    /// All that `steps` writes, but only when these objects are as they will be; what needs the object waits for it.
    pub fn after(&mut self, needs: impl IntoIterator<Item = ObjectId>, steps: Self) {
        let Self { now, later, loses, retypes } = steps;
        let needs: Vec<_> = needs.into_iter().collect();
        if !now.is_empty() {
            self.later.push(Later { needs: needs.clone(), steps: now, stance: Stance::Own });
        }
        let own = |more: Later| Later { needs: [more.needs.clone(), needs.clone()].concat(), ..more };
        self.later.extend(later.into_iter().map(own));
        self.loses.extend(loses);
        self.retypes.extend(retypes);
    }

    /// A statement that has a transaction to itself, and is only needed where clients use `relation`.
    pub fn own_if_busy(&mut self, relation: &ObjectId, pen: Pen) {
        let gentle = Gentle { relation: relation.clone(), steps: vec![Written::new(pen, Transaction::Own)] };
        self.now.push(Written { sql: String::new(), transaction: Transaction::Shared, gentle: Some(gentle) });
    }

    /// Only plain ways: where the gentle one would meet what else is done.
    #[must_use]
    pub fn plainly(mut self) -> Self {
        self.now.iter_mut().for_each(|written| written.gentle = None);
        self
    }

    /// Only gentle ways, where there are two: for what is itself part of one.
    #[must_use]
    pub fn opened(mut self) -> Self {
        let ways = std::mem::take(&mut self.now).into_iter();
        self.now = ways
            .flat_map(|written| match written.gentle {
                Some(gentle) => gentle.steps,
                None => vec![written],
            })
            .collect();
        self
    }

    /// What is written here, and then what is written there.
    #[must_use]
    pub fn and(mut self, more: Self) -> Self {
        let Self { now, later, loses, retypes } = more;
        self.now.extend(now);
        self.later.extend(later);
        self.loses.extend(loses);
        self.retypes.extend(retypes);
        self
    }

    /// The rows of a table or the values of a column are gone afterwards.
    pub fn loses(&mut self, id: &ObjectId) {
        self.loses.push(id.clone());
    }

    /// The values of a column are converted.
    pub fn retypes(&mut self, id: &ObjectId) {
        self.retypes.push(id.clone());
    }
}
