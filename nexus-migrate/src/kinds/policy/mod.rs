//! Row security policies.

use nexus_schema::catalog::{Kind, Object, ObjectId};
use nexus_schema::kinds::Policy;

use super::{Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for Policy {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let Self { command, permissive, .. } = self;
        let pen = named(Pen::kw("CREATE POLICY"), id).and_if(!permissive, "AS RESTRICTIVE");
        let pen = if command == "ALL" { pen } else { pen.and("FOR").option_word(command) };
        out.run(conditions(pen, self));
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(named(Pen::kw("DROP POLICY"), id));
    }

    fn alter(&self, _: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        let Self { command, permissive, roles: _, using, check } = next;
        let takes_away = self.using.is_some() && using.is_none() || self.check.is_some() && check.is_none();
        if self.command != *command || self.permissive != *permissive || takes_away {
            return Way::Rebuild;
        }
        out.run(conditions(named(Pen::kw("ALTER POLICY"), id), next));
        Way::InPlace
    }

    fn dropped_with(&self, _: &Cx, id: &ObjectId) -> Vec<ObjectId> {
        vec![id.ancestor(Kind::Table, 2)]
    }

    fn in_the_way(&self, _: &ObjectId) -> bool {
        true
    }
}

fn named(pen: Pen, id: &ObjectId) -> Pen {
    pen.ident(id.name()).and("ON").name(id.path().iter().take(2))
}

fn conditions(pen: Pen, policy: &Policy) -> Pen {
    let Policy { command: _, permissive: _, roles, using, check } = policy;
    let mut pen = match roles.as_slice() {
        [] => pen.and("TO").role(""),
        roles => pen.and("TO").commas(roles.iter().map(|role| Pen::new().ident(role))),
    };
    if let Some(using) = using {
        pen = pen.and("USING").list([Pen::new().sql(using)]);
    }
    if let Some(check) = check {
        pen = pen.and("WITH CHECK").list([Pen::new().sql(check)]);
    }
    pen
}
