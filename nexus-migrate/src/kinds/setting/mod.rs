//! Settings of the database, and of roles in it. The database has no name here: it is the one that a plan runs in.

use nexus_schema::catalog::{Object, ObjectId};
use nexus_schema::kinds::Setting;

use super::{Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for Setting {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let Self { value } = self;
        out.run(alter(id, Pen::kw("SET").setting(&format!("{}={value}", id.name()))));
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(alter(id, Pen::kw("RESET").name(id.name().split('.'))));
    }

    fn alter(&self, cx: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        next.create(cx, id, &[], out);
        Way::InPlace
    }
}

fn alter(id: &ObjectId, what: Pen) -> Pen {
    match id.path().first().map_or("", String::as_str) {
        "" => Pen::in_this_database(Pen::kw("ALTER DATABASE"), what),
        role => Pen::in_this_database(Pen::kw("ALTER ROLE").ident(role).and("IN DATABASE"), what),
    }
}
