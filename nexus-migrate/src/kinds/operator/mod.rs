//! Operators.

use nexus_schema::catalog::{Object, ObjectId};
use nexus_schema::kinds::{Operator, QualifiedName, Sql};

use super::{Cx, Verb, Way, target};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for Operator {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let Self { function, commutator, negator, restrict, join, hashes, merges } = self;
        let mut pieces = vec![Pen::kw("FUNCTION =").sql(function)];
        if let [_, _, left, right] = id.path() {
            if !left.is_empty() {
                pieces.push(Pen::kw("LEFTARG =").text(left));
            }
            pieces.push(Pen::kw("RIGHTARG =").text(right));
        }
        // One that is not there yet gets its name now and its definition later.
        pieces.extend(commutator.as_ref().map(|other| named("COMMUTATOR =", other)));
        pieces.extend(negator.as_ref().map(|other| named("NEGATOR =", other)));
        pieces.extend(restrict.as_ref().map(|function| Pen::kw("RESTRICT =").sql(function)));
        pieces.extend(join.as_ref().map(|function| Pen::kw("JOIN =").sql(function)));
        pieces.extend(hashes.then(|| Pen::kw("HASHES")));
        pieces.extend(merges.then(|| Pen::kw("MERGES")));
        let [schema, name] = [id.schema(), id.path().get(1).map_or("", String::as_str)];
        out.run(Pen::kw("CREATE OPERATOR").pen(target::operator_name([schema, name])).lines(pieces));
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(Pen::kw("DROP OPERATOR").pen(target::operator(id)));
    }

    fn alter(&self, _: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        // The rest can be set from PostgreSQL 17 on only, and not be taken back.
        if *self != (Self { restrict: self.restrict.clone(), join: self.join.clone(), ..next.clone() }) {
            return Way::Rebuild;
        }
        let mut pieces = Vec::new();
        if self.restrict != next.restrict {
            pieces.push(estimator("RESTRICT =", next.restrict.as_ref()));
        }
        if self.join != next.join {
            pieces.push(estimator("JOIN =", next.join.as_ref()));
        }
        out.run(Pen::kw("ALTER OPERATOR").pen(target::operator(id)).and("SET").list(pieces));
        Way::InPlace
    }

    fn in_the_way(&self, _: &ObjectId) -> bool {
        true
    }
}

fn named(word: &'static str, [schema, name]: &QualifiedName) -> Pen {
    Pen::kw(word).and("OPERATOR").list([target::operator_name([schema, name])])
}

fn estimator(word: &'static str, function: Option<&Sql>) -> Pen {
    match function {
        Some(function) => Pen::kw(word).sql(function),
        None => Pen::kw(word).and("NONE"),
    }
}
