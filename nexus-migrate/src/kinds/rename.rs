//! New names and new schemas for what stays the object that it was.

use nexus_schema::catalog::{Catalog, Kind, Object, ObjectId};
use nexus_schema::kinds::ConstraintBody;

use super::inheritance;
use super::target::{self, Words};
use crate::sql::Pen;

/// The statements that give `before` the name of `after`, and its schema; none for kinds that PostgreSQL cannot rename.
///
/// Both ids are of one kind. What is part of another object goes where that one goes: only its own name counts. An
/// enum's label and a composite type's attribute are named by the type's kind and one more name.
pub fn rename(before: &ObjectId, after: &ObjectId) -> Vec<Pen> {
    let mut steps = Vec::new();
    let mut at = before.clone();
    if before.schema() != after.schema() && moves(before) {
        steps.push(alter(&at).and("SET SCHEMA").ident(after.schema()));
        at = at.in_schema(after.schema());
    }
    if at.own_name() != after.own_name()
        && let Some(pen) = name(&at)
    {
        let to = after.own_name();
        steps.push(if is_label(&at) { pen.and("TO").literal(to) } else { pen.and("TO").ident(to) });
    }
    steps
}

/// Whether an object has the name that a parent's has, and only changes it with that one: a check that is inherited.
pub fn is_led(state: &Catalog, id: &ObjectId) -> bool {
    let is_check = |id: &ObjectId| matches!(state.get(id), Some(Object::Constraint(it)) if matches!(it.body, ConstraintBody::Check { no_inherit: false, .. }));
    let parents = || inheritance::parents(state, &id.ancestor(Kind::Table, 2));
    is_check(id) && parents().into_iter().any(|parent| is_check(&parent.child(Kind::Constraint, id.name())))
}

fn alter(id: &ObjectId) -> Pen {
    Pen::kw("ALTER").pen(target::spell(id, Words::Alter))
}

fn is_label(id: &ObjectId) -> bool {
    id.kind() == Kind::Enum && id.path().len() == 3
}

/// `ALTER … RENAME …`, up to the new name.
fn name(id: &ObjectId) -> Option<Pen> {
    let whole = |words: &'static str| Pen::kw(words).name(id.path().iter().take(2));
    Some(match id.kind() {
        Kind::Enum if is_label(id) => whole("ALTER TYPE").and("RENAME VALUE").literal(id.name()),
        Kind::Composite if id.path().len() == 3 => {
            whole("ALTER TYPE").and("RENAME ATTRIBUTE").ident(id.name())
        }
        Kind::Column => whole("ALTER TABLE").and("RENAME COLUMN").ident(id.name()),
        Kind::Constraint => whole("ALTER TABLE").and("RENAME CONSTRAINT").ident(id.name()),
        Kind::DomainCheck => whole("ALTER DOMAIN").and("RENAME CONSTRAINT").ident(id.name()),
        Kind::Schema
        | Kind::Language
        | Kind::Collation
        | Kind::Enum
        | Kind::Domain
        | Kind::Composite
        | Kind::Range
        | Kind::BaseType
        | Kind::Sequence
        | Kind::ForeignDataWrapper
        | Kind::Server
        | Kind::Table
        | Kind::Index
        | Kind::Statistics
        | Kind::Function
        | Kind::Aggregate
        | Kind::OperatorFamily
        | Kind::OperatorClass
        | Kind::Conversion
        | Kind::TextSearchParser
        | Kind::TextSearchTemplate
        | Kind::TextSearchDictionary
        | Kind::TextSearchConfiguration
        | Kind::View
        | Kind::MaterializedView
        | Kind::Rule
        | Kind::Trigger
        | Kind::Policy
        | Kind::Publication
        | Kind::Subscription
        | Kind::EventTrigger => alter(id).and("RENAME"),
        // PostgreSQL has no statement, a name is not what they are known by, or they take another's name.
        Kind::Role
        | Kind::Membership
        | Kind::Extension
        | Kind::AccessMethod
        | Kind::ShellType
        | Kind::UserMapping
        | Kind::Default
        | Kind::Partition
        | Kind::Cast
        | Kind::Operator
        | Kind::Transform
        | Kind::PublicationTable
        | Kind::PublicationSchema
        | Kind::Setting
        | Kind::ExtensionDependency
        | Kind::Owner
        | Kind::Grant
        | Kind::DefaultPrivilege
        | Kind::Comment
        | Kind::SecurityLabel
        | Kind::Seed
        | Kind::Raw => return None,
    })
}

/// Whether an object can be moved to another schema by itself; an index lives where its table does.
fn moves(id: &ObjectId) -> bool {
    let part = match id.kind() {
        Kind::Function | Kind::Aggregate | Kind::OperatorFamily | Kind::OperatorClass | Kind::Operator => {
            false
        }
        _ => id.path().len() > 2,
    };
    id.kind().lives_in_schema()
        && !part
        && !matches!(id.kind(), Kind::Schema | Kind::Index | Kind::Partition | Kind::ShellType)
}
