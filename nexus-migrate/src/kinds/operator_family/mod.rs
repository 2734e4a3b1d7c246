//! Operator families.

use nexus_schema::catalog::{Object, ObjectId};
use nexus_schema::kinds::{OperatorFamily, Sql};

use super::{Cx, Verb, Way, target};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for OperatorFamily {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        out.run(Pen::kw("CREATE OPERATOR FAMILY").pen(target::with_method(id)));
        add(id, self.members.iter(), out);
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(Pen::kw("DROP OPERATOR FAMILY").pen(target::with_method(id)));
    }

    fn alter(&self, _: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        let Self { members } = next;
        let gone: Vec<_> =
            self.members.iter().filter(|member| !members.contains(member)).map(place).collect();
        if !gone.is_empty() {
            out.run(alter(id).and("DROP").commas(gone));
        }
        add(id, members.iter().filter(|member| !self.members.contains(member)), out);
        Way::InPlace
    }

    fn in_the_way(&self, _: &ObjectId) -> bool {
        true
    }
}

fn alter(id: &ObjectId) -> Pen {
    Pen::kw("ALTER OPERATOR FAMILY").pen(target::with_method(id))
}

fn add<'a>(id: &ObjectId, members: impl Iterator<Item = &'a Sql>, out: &mut Steps) {
    let pieces: Vec<_> = members.map(|member| Pen::new().sql(member)).collect();
    if !pieces.is_empty() {
        out.run(alter(id).and("ADD").rows(pieces));
    }
}

/// How a member is named: `OPERATOR 1 (a, b)` of `OPERATOR 1 s.=(a, b)`, and so with functions.
fn place(member: &Sql) -> Pen {
    let text = member.as_str();
    let word: Vec<&str> = text.splitn(3, ' ').take(2).collect();
    Pen::new().text(&word.join(" ")).text(first_parentheses(text))
}

fn first_parentheses(text: &str) -> &str {
    let (mut quoted, mut open) = (false, None);
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted => open = open.or(Some(at)),
            ')' if !quoted => return text.get(open.unwrap_or(at)..=at).unwrap_or_default(),
            _ => {}
        }
    }
    ""
}
