//! Comments on anything.

use nexus_schema::catalog::{Kind, Object, ObjectId};
use nexus_schema::kinds::Comment;

use super::target::{self, Words};
use super::{Cx, Verb, Way, swap};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for Comment {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, cx: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        if let Some(target) = id.target() {
            out.run(
                Pen::kw("COMMENT ON")
                    .pen(target::spell_in(cx.next, target, Words::Comment))
                    .and("IS")
                    .literal(&self.text),
            );
        }
    }

    fn drop(&self, cx: &Cx, id: &ObjectId, out: &mut Steps) {
        if let Some(target) = id.target() {
            out.run(
                Pen::kw("COMMENT ON")
                    .pen(target::spell_in(cx.prev, target, Words::Comment))
                    .and("IS")
                    .pen(birth(target)),
            );
        }
    }

    fn alter(&self, cx: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        next.create(cx, id, &[], out);
        Way::InPlace
    }

    fn yields(&self, needed: &ObjectId) -> bool {
        // Another type takes the old one's place, and is born without anything said of it.
        swap::is_type(needed.kind())
    }

    fn dropped_with(&self, cx: &Cx, id: &ObjectId) -> Vec<ObjectId> {
        let Some(target) = id.target() else { return Vec::new() };
        match cx.prev.get(target) {
            // A partition's copy of a trigger goes with the parent's, and never by itself.
            Some(Object::Trigger(trigger)) if trigger.inherited => trigger.dropped_with(cx, target),
            _ => vec![target.clone()],
        }
    }
}

/// What the object says of itself when nobody says anything: the schema public is born with a comment.
fn birth(target: &ObjectId) -> Pen {
    if target.kind() == Kind::Schema && target.name() == "public" {
        Pen::new().literal("standard public schema")
    } else {
        Pen::kw("NULL")
    }
}
