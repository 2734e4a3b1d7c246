//! Default privileges: what new objects allow from birth.

use std::collections::BTreeSet;

use nexus_schema::catalog::{Object, ObjectId};
use nexus_schema::kinds::DefaultPrivilege;

use super::{Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for DefaultPrivilege {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        if is_born(id) {
            out.run(revoke_all(id));
        }
        give(self, id, out);
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(revoke_all(id));
        if is_born(id) {
            let privileges = BTreeSet::from(["ALL".to_owned()]);
            give(&Self { privileges, grantable: BTreeSet::new() }, id, out);
        }
    }

    fn alter(&self, _: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        out.run(revoke_all(id));
        give(next, id, out);
        Way::InPlace
    }

    fn rests_during_creation(&self) -> bool {
        true
    }
}

/// Role, schema or nothing, class of objects, holder or nothing.
fn parts(id: &ObjectId) -> [&str; 4] {
    let part = |n: usize| id.path().get(n).map_or("", String::as_str);
    [part(0), part(1), part(2), part(3)]
}

/// Whether the holder has privileges on such objects when nobody says anything (the manual's table of default access
/// privileges): their maker all, PUBLIC those on functions and types.
fn is_born(id: &ObjectId) -> bool {
    let [role, schema, class, holder] = parts(id);
    schema.is_empty() && (holder == role || holder.is_empty() && matches!(class, "FUNCTIONS" | "TYPES"))
}

fn alter(id: &ObjectId) -> Pen {
    let [role, schema, ..] = parts(id);
    let pen = Pen::kw("ALTER DEFAULT PRIVILEGES FOR ROLE").ident(role);
    if schema.is_empty() { pen } else { pen.and("IN SCHEMA").ident(schema) }
}

fn give(privilege: &DefaultPrivilege, id: &ObjectId, out: &mut Steps) {
    let DefaultPrivilege { privileges, grantable } = privilege;
    let [_, _, class, holder] = parts(id);
    for (words, with_option) in [(privileges, false), (grantable, true)] {
        if !words.is_empty() {
            let list = words.iter().map(|word| Pen::new().option_word(word));
            let on = alter(id).and("GRANT").commas(list).and("ON").option_word(class);
            out.run(on.and("TO").role(holder).and_if(with_option, "WITH GRANT OPTION"));
        }
    }
}

fn revoke_all(id: &ObjectId) -> Pen {
    let [_, _, class, holder] = parts(id);
    alter(id).and("REVOKE ALL ON").option_word(class).and("FROM").role(holder)
}
