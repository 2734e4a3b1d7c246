//! Composite types.

use std::collections::BTreeSet;

use nexus_schema::catalog::{Catalog, Kind, Object, ObjectId};
use nexus_schema::kinds::{Attribute, Composite};

use super::{Claim, Cx, Verb, Way, swap};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for Composite {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, cx: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let create = |attributes: &[Attribute]| {
            Pen::kw("CREATE TYPE").name(id.path()).and("AS").list(attributes.iter().map(attribute))
        };
        match cx.prev.get(id) {
            Some(Object::Composite(prev)) if names(prev) != names(self) && keeps_order(prev, self) => {
                // Values are carried over by their text, which takes the same attributes on both sides.
                let between = retyped(prev, self);
                out.run(create(&between));
                out.complete(columns_made_of(cx.prev, id), take_and_add(id, &between, &self.attributes));
            }
            _ => out.run(create(&self.attributes)),
        }
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(Pen::kw("DROP TYPE").name(id.path()));
    }

    fn alter(&self, cx: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        if !keeps_order(self, next) {
            return Way::Rebuild;
        }
        // A type in use cannot change the type of an attribute; another type can take over values by their text.
        let kept = |attribute: &&Attribute| named(next, &attribute.name).is_some();
        if !self.attributes.iter().filter(kept).eq(retyped(self, next).iter().filter(kept)) {
            return Way::Swap;
        }
        for step in take_and_add(id, &self.attributes, &next.attributes) {
            out.run(step);
        }
        for column in columns_made_of(cx.prev, id) {
            out.retypes(&column);
        }
        // What is added is in nobody's way.
        let goes = self.attributes.iter().any(|attribute| named(next, &attribute.name).is_none());
        if goes { Way::InPlaceAlone } else { Way::InPlace }
    }

    fn swaps_with(&self, cx: &Cx, id: &ObjectId, needed: &ObjectId) -> bool {
        let takes_over = matches!(cx.next.get(id), Some(Object::Composite(next)) if keeps_order(self, next));
        swap::is_type(needed.kind()) && takes_over
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

fn names(of: &Composite) -> Vec<&str> {
    of.attributes.iter().map(|attribute| attribute.name.as_str()).collect()
}

fn named<'a>(of: &'a Composite, name: &str) -> Option<&'a Attribute> {
    of.attributes.iter().find(|attribute| attribute.name == name)
}

/// Whether the attributes that stay do so in their order, and new ones come last: PostgreSQL can put them nowhere else.
fn keeps_order(prev: &Composite, next: &Composite) -> bool {
    let kept: Vec<_> = names(prev).into_iter().filter(|name| named(next, name).is_some()).collect();
    names(next).starts_with(&kept)
}

/// The attributes of one end with the types that they have at the other, where they stay; with text, where they go.
fn retyped(prev: &Composite, next: &Composite) -> Vec<Attribute> {
    let gone = |name: &String| Attribute { name: name.clone(), type_: "text".into(), collation: None };
    let after = |name: &String| named(next, name).cloned().unwrap_or_else(|| gone(name));
    prev.attributes.iter().map(|attribute| after(&attribute.name)).collect()
}

/// Takes attributes away and adds others.
fn take_and_add(id: &ObjectId, prev: &[Attribute], next: &[Attribute]) -> Vec<Pen> {
    let alter = || Pen::kw("ALTER TYPE").name(id.path());
    let missing = |one: &[Attribute], other: &[Attribute]| -> Vec<Attribute> {
        let is_there = |name: &str| other.iter().any(|attribute| attribute.name == name);
        one.iter().filter(|attribute| !is_there(&attribute.name)).cloned().collect()
    };
    let gone = missing(prev, next).into_iter().map(|gone| alter().and("DROP ATTRIBUTE").ident(&gone.name));
    let new = missing(next, prev).into_iter().map(|new| alter().and("ADD ATTRIBUTE").pen(attribute(&new)));
    gone.chain(new).collect()
}

fn attribute(attribute: &Attribute) -> Pen {
    let Attribute { name, type_, collation } = attribute;
    let piece = Pen::new().ident(name).text(type_);
    match collation {
        Some(collation) => piece.and("COLLATE").sql(collation),
        None => piece,
    }
}
