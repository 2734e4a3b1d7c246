//! Objects that go when an extension goes.

use nexus_schema::catalog::{Object, ObjectId};
use nexus_schema::kinds::ExtensionDependency;

use super::target::{self, Words};
use super::{Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for ExtensionDependency {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let Self {} = self;
        if let Some(target) = id.target() {
            out.run(alter(target).and("DEPENDS ON EXTENSION").ident(id.name()));
        }
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        if let Some(target) = id.target() {
            out.run(alter(target).and("NO DEPENDS ON EXTENSION").ident(id.name()));
        }
    }

    fn alter(&self, _: &Cx, _: &ObjectId, _: &Self, _: &mut Steps) -> Way {
        Way::InPlace
    }

    fn dropped_with(&self, _: &Cx, id: &ObjectId) -> Vec<ObjectId> {
        id.target().into_iter().cloned().collect()
    }
}

fn alter(target: &ObjectId) -> Pen {
    Pen::kw("ALTER").pen(target::spell(target, Words::Alter))
}
