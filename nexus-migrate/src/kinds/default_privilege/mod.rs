//! Default privileges: what new objects allow from birth.

use nexus_schema::catalog::{Kind, Object, ObjectId};
use nexus_schema::kinds::DefaultPrivilege;

use super::privileges::{Around, May, of_public};
use super::{Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for DefaultPrivilege {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        around(id).turn(&birthright(id), &may(self), out);
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        around(id).turn(&may(self), &birthright(id), out);
    }

    fn alter(&self, _: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        around(id).turn(&may(self), &may(next), out);
        Way::InPlace
    }

    fn answers_to_others(&self) -> bool {
        true
    }

    fn rests_during_creation(&self) -> bool {
        true
    }
}

/// Role, schema or nothing, class of objects, holder or nothing.
fn parts(id: &ObjectId) -> [&str; 4] {
    [0, 1, 2, 3].map(|n| id.path().get(n).map_or("", String::as_str))
}

fn may(privilege: &DefaultPrivilege) -> May {
    let DefaultPrivilege { privileges, grantable } = privilege;
    May::These(privileges.clone(), grantable.clone())
}

/// What the holder may do with such objects when nobody says anything; what is said of a schema comes on top.
fn birthright(id: &ObjectId) -> May {
    let [role, schema, class, holder] = parts(id);
    match class {
        _ if !schema.is_empty() => May::nothing(),
        _ if holder == role => May::All,
        "FUNCTIONS" if holder.is_empty() => of_public(Kind::Function),
        "TYPES" if holder.is_empty() => of_public(Kind::BaseType),
        _ => May::nothing(),
    }
}

fn around(id: &ObjectId) -> Around<'_> {
    let [role, schema, class, holder] = parts(id);
    let first = Pen::kw("ALTER DEFAULT PRIVILEGES FOR ROLE").ident(role);
    Around {
        first: if schema.is_empty() { first } else { first.and("IN SCHEMA").ident(schema) },
        column: None,
        on: Pen::new().option_word(class),
        holder: Pen::new().role(holder),
        grantor: None,
    }
}
