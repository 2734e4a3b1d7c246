//! Composite types.

use std::collections::BTreeSet;

use nexus_schema::catalog::{Catalog, Kind, Object, ObjectId};
use nexus_schema::kinds::{Attribute, Composite};

use super::{Claim, Cx, Verb, Way, swap};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for Composite {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        out.run(Pen::kw("CREATE TYPE").name(id.path()).and("AS").list(self.attributes.iter().map(attribute)));
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(Pen::kw("DROP TYPE").name(id.path()));
    }

    fn alter(&self, cx: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        let alter = || Pen::kw("ALTER TYPE").name(id.path());
        let named = |list: &[Attribute], name: &str| list.iter().find(|a| a.name == name).cloned();
        let kept = |list: &[Attribute], other: &[Attribute]| -> Vec<String> {
            list.iter().filter(|a| named(other, &a.name).is_some()).map(|a| a.name.clone()).collect()
        };
        let new_at_end =
            next.attributes.iter().rev().skip_while(|a| named(&self.attributes, &a.name).is_none());
        let in_order = kept(&self.attributes, &next.attributes) == kept(&next.attributes, &self.attributes)
            && new_at_end.clone().all(|a| named(&self.attributes, &a.name).is_some());
        if !in_order {
            return Way::Rebuild;
        }
        // A type in use cannot change the type of an attribute; another type can take over values by their text.
        if names(&self.attributes) == names(&next.attributes) {
            return Way::Swap;
        }
        for gone in self.attributes.iter().filter(|a| named(&next.attributes, &a.name).is_none()) {
            out.run(alter().and("DROP ATTRIBUTE").ident(&gone.name));
        }
        for after in &next.attributes {
            match named(&self.attributes, &after.name) {
                None => out.run(alter().and("ADD ATTRIBUTE").pen(attribute(after))),
                Some(before) if before != *after => {
                    let Attribute { name, type_, collation } = after;
                    let retype = alter().and("ALTER ATTRIBUTE").ident(name).and("TYPE").text(type_);
                    out.run(match collation {
                        Some(collation) => retype.and("COLLATE").sql(collation),
                        None => retype,
                    });
                }
                Some(_) => {}
            }
        }
        for column in columns_made_of(cx.prev, id) {
            out.retypes(&column);
        }
        Way::InPlaceAlone
    }

    fn swaps_with(&self, cx: &Cx, id: &ObjectId, needed: &ObjectId) -> bool {
        // Text carries values over only where the attributes are the same ones.
        let same = matches!(cx.next.get(id), Some(Object::Composite(next)) if names(&self.attributes) == names(&next.attributes));
        swap::is_type(needed.kind()) && same
    }

    fn yields(&self, needed: &ObjectId) -> bool {
        swap::is_type(needed.kind())
    }

    fn claims(&self, id: &ObjectId) -> Option<Claim> {
        Claim::data_type(id)
    }
}

/// The columns that hold values of the type, itself or inside of other types.
fn columns_made_of(state: &Catalog, id: &ObjectId) -> Vec<ObjectId> {
    let mut made = BTreeSet::from([id.clone()]);
    let mut known = 0;
    while known != made.len() {
        known = made.len();
        let more = state.iter().filter(|(other, entry)| {
            (swap::is_type(other.kind()) || other.kind() == Kind::Column)
                && entry.requires.iter().any(|needed| swap::is_type(needed.kind()) && made.contains(needed))
        });
        let more: Vec<_> = more.map(|(other, _)| other.clone()).collect();
        made.extend(more);
    }
    made.into_iter().filter(|id| id.kind() == Kind::Column).collect()
}

fn names(attributes: &[Attribute]) -> Vec<&str> {
    attributes.iter().map(|attribute| attribute.name.as_str()).collect()
}

fn attribute(attribute: &Attribute) -> Pen {
    let Attribute { name, type_, collation } = attribute;
    let piece = Pen::new().ident(name).text(type_);
    match collation {
        Some(collation) => piece.and("COLLATE").sql(collation),
        None => piece,
    }
}
