//! What roles may do with objects.

use std::collections::BTreeSet;

use nexus_schema::catalog::{Kind, Object, ObjectId};
use nexus_schema::kinds::Grant;

use super::target::{self, Words};
use super::{Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for Grant {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let Some(target) = id.target() else { return };
        // What a new object allows by itself may be more than what is wanted.
        if born_with(id, target) {
            out.run(revoke_all(id, target));
        }
        give(self, id, target, out);
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        let Some(target) = id.target() else { return };
        out.run(revoke_all(id, target));
        if let Some(privileges) = birthright(id, target) {
            give(&Grant { privileges, grantable: BTreeSet::new() }, id, target, out);
        }
    }

    fn alter(&self, _: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        if let Some(target) = id.target() {
            out.run(revoke_all(id, target));
            give(next, id, target, out);
        }
        Way::InPlace
    }

    fn in_the_way(&self, needed: &ObjectId) -> bool {
        // Another type takes the old one's place, and is born without anything said of it.
        needed.kind() == Kind::Enum
    }

    fn dropped_with(&self, _: &Cx, id: &ObjectId) -> Vec<ObjectId> {
        id.target().into_iter().cloned().collect()
    }
}

fn is_owner(id: &ObjectId) -> bool {
    id.path().len() == 2
}

/// The words of who holds the grant: a role, PUBLIC, or the owner, who is the one who runs this.
fn holder(pen: Pen, id: &ObjectId) -> Pen {
    if is_owner(id) { pen.and("CURRENT_USER") } else { pen.role(id.name()) }
}

fn born_with(id: &ObjectId, target: &ObjectId) -> bool {
    target.kind() != Kind::Column && (is_owner(id) || birthright(id, target).is_some())
}

/// What a new object lets this holder do (the manual's table of default access privileges).
fn birthright(id: &ObjectId, target: &ObjectId) -> Option<BTreeSet<String>> {
    let words: &[&str] = match (target.kind(), id.name()) {
        (Kind::Column, _) => return None,
        _ if is_owner(id) => &["ALL"],
        (Kind::Function | Kind::Aggregate, "") => &["EXECUTE"],
        (Kind::Enum | Kind::Domain | Kind::Composite | Kind::Range, "") => &["USAGE"],
        (Kind::Schema, "") if target.name() == "public" => &["USAGE"],
        _ => return None,
    };
    Some(words.iter().map(|word| (*word).to_owned()).collect())
}

fn privileges(pen: Pen, words: &BTreeSet<String>, target: &ObjectId) -> Pen {
    let pieces = words.iter().map(|word| {
        let piece = Pen::new().option_word(word);
        if target.kind() == Kind::Column { piece.idents([target.name()]) } else { piece }
    });
    pen.commas(pieces)
}

fn give(grant: &Grant, id: &ObjectId, target: &ObjectId, out: &mut Steps) {
    let Grant { privileges: plain, grantable } = grant;
    for (words, with_option) in [(plain, false), (grantable, true)] {
        if !words.is_empty() {
            let on = privileges(Pen::kw("GRANT"), words, target)
                .and("ON")
                .pen(target::spell(target, Words::Grant));
            out.run(holder(on.and("TO"), id).and_if(with_option, "WITH GRANT OPTION"));
        }
    }
}

fn revoke_all(id: &ObjectId, target: &ObjectId) -> Pen {
    let all = Pen::kw("REVOKE ALL");
    let all = if target.kind() == Kind::Column { all.idents([target.name()]) } else { all };
    holder(all.and("ON").pen(target::spell(target, Words::Grant)).and("FROM"), id)
}
