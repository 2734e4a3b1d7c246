//! Functions, procedures and window functions.

use nexus_schema::catalog::{Kind, Object, ObjectId};
use nexus_schema::kinds::{Body, Function, Routine, Volatility};

use super::{Claim, Cx, Verb, Way, swap, target};
use crate::plan::Steps;
use crate::sql::{Pen, dotted};

impl Verb for Function {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        out.run(definition(self, id, Pen::kw("CREATE")));
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(target::routine(Pen::kw("DROP").and(word(self.routine)), id));
    }

    fn alter(&self, _: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        // CREATE OR REPLACE cannot change the result, nor the names of arguments, nor take a default away.
        let replaceable =
            self.routine == next.routine && self.returns == next.returns && self.arguments == next.arguments;
        if !replaceable {
            return Way::Rebuild;
        }
        out.run(definition(next, id, Pen::kw("CREATE OR REPLACE")));
        Way::InPlace
    }

    fn in_the_way(&self, needed: &ObjectId) -> bool {
        swap::is_type(needed.kind()) || matches!(self.body, Body::Sql(_))
    }

    fn body(&self) -> Option<&str> {
        match &self.body {
            Body::Text(text) => Some(text),
            // The server read this one, and says what it needs; the other names nothing.
            Body::Sql(_) | Body::Symbol { .. } => None,
        }
    }

    /// The functions of a base type go with it, and cannot go before.
    fn dropped_with(&self, cx: &Cx, id: &ObjectId) -> Vec<ObjectId> {
        let needed = cx.prev.entry(id).into_iter().flat_map(|entry| &entry.requires);
        let names = needed.filter(|needed| needed.kind() == Kind::ShellType);
        let types = names.map(|name| name.as_kind(Kind::BaseType));
        let is_its_own =
            |base: &ObjectId| cx.prev.entry(base).is_some_and(|entry| entry.requires.contains(id));
        types.filter(is_its_own).collect()
    }

    fn claims(&self, id: &ObjectId) -> Option<Claim> {
        Claim::routine(id)
    }
}

fn word(routine: Routine) -> &'static str {
    match routine {
        Routine::Function | Routine::Window => "FUNCTION",
        Routine::Procedure => "PROCEDURE",
    }
}

fn definition(function: &Function, id: &ObjectId, verb: Pen) -> Pen {
    let Function {
        routine,
        arguments,
        returns,
        language,
        body,
        volatility,
        strict,
        security_definer,
        leakproof,
        parallel,
        cost,
        rows,
        support,
        settings,
        transforms,
    } = function;
    let name = dotted(id.path().iter().take(2));
    let mut pen = verb.and(word(*routine)).text(&format!("{name}({})", arguments.as_str()));
    if let Some(returns) = returns {
        pen = pen.and("RETURNS").sql(returns);
    }
    pen = pen.and("\n LANGUAGE").ident(language).and_if(*routine == Routine::Window, "WINDOW");
    if !transforms.is_empty() {
        pen = pen.and("TRANSFORM").commas(transforms.iter().map(|type_| Pen::kw("FOR TYPE").text(type_)));
    }
    pen = pen
        .and_if(*volatility == Volatility::Immutable, "IMMUTABLE")
        .and_if(*volatility == Volatility::Stable, "STABLE");
    pen = pen
        .and_if(*strict, "STRICT")
        .and_if(*security_definer, "SECURITY DEFINER")
        .and_if(*leakproof, "LEAKPROOF");
    pen = pen
        .and_if(parallel == "safe", "PARALLEL SAFE")
        .and_if(parallel == "restricted", "PARALLEL RESTRICTED");
    if let Some(cost) = cost {
        pen = pen.and("COST").option_number(cost);
    }
    if let Some(rows) = rows {
        pen = pen.and("ROWS").option_number(rows);
    }
    if let Some(support) = support {
        pen = pen.and("SUPPORT").sql(support);
    }
    for setting in settings.iter() {
        pen = pen.and("\n SET").setting(setting);
    }
    match body {
        Body::Text(text) => pen.and("\nAS").dollar(text),
        Body::Sql(sql) => pen.and("\n").sql(sql),
        Body::Symbol { file, symbol } => {
            pen.and("\nAS").commas([Pen::new().literal(file), Pen::new().literal(symbol)])
        }
    }
}
