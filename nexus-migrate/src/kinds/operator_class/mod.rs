//! Operator classes.

use nexus_schema::catalog::{Object, ObjectId};
use nexus_schema::kinds::OperatorClass;

use super::{Cx, Verb, Way, target};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for OperatorClass {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let Self { default, type_, family, storage, members } = self;
        let create = Pen::kw("CREATE OPERATOR CLASS").name(id.path().iter().take(2));
        let create = create.and_if(*default, "DEFAULT").and("FOR TYPE").text(type_);
        let create = create.and("USING").ident(id.name()).and("FAMILY").name(family).and("AS");
        let mut pieces: Vec<_> = members.iter().map(|member| Pen::new().sql(member)).collect();
        // A class without members has to say something, and that it stores its own type says nothing.
        if let Some(storage) = storage.as_ref().or(pieces.is_empty().then_some(type_)) {
            pieces.push(Pen::kw("STORAGE").text(storage));
        }
        out.run(create.rows(pieces));
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(Pen::kw("DROP OPERATOR CLASS").pen(target::with_method(id)));
    }

    fn alter(&self, _: &Cx, _: &ObjectId, _: &Self, _: &mut Steps) -> Way {
        Way::Rebuild
    }

    fn in_the_way(&self, _: &ObjectId) -> bool {
        true
    }
}
