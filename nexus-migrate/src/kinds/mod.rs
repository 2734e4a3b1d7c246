//! What each kind of object *does*: how it is read, created, changed and dropped.
//!
//! One folder a kind. The passes over them (`introspect`, `diff`, `plan`, `prove`) name no kind; they reach a kind
//! through [`Verb`], by the dispatch that grows from the one list in nexus-schema.

mod access_method;
mod aggregate;
mod base_type;
mod cast;
mod collation;
mod column;
mod comment;
mod composite;
mod constraint;
mod conversion;
mod default;
mod default_privilege;
mod domain;
mod domain_check;
mod enum_type;
mod event_trigger;
mod extension;
mod extension_dependency;
mod foreign_data_wrapper;
mod function;
pub(crate) mod grant;
mod index;
mod inheritance;
mod language;
mod marks;
mod materialized_view;
pub(crate) mod membership;
mod operator;
mod operator_class;
mod operator_family;
mod options;
mod owner;
mod partition;
mod policy;
mod privileges;
mod publication;
mod publication_schema;
mod publication_table;
mod range;
mod raw;
mod rename;
pub(crate) mod role;
mod rule;
mod schema;
mod security_label;
pub(crate) mod seed;
mod sequence;
mod server;
mod setting;
mod shell_type;
mod statistics;
mod subscription;
pub(crate) mod swap;
mod table;
mod target;
pub mod temporary;
mod text_search_configuration;
mod text_search_dictionary;
mod text_search_parser;
mod text_search_template;
mod transform;
mod trigger;
mod user_mapping;
mod view;

use nexus_schema::catalog::{Catalog, Entry, Kind, Object, ObjectId};

pub(crate) use column::{cast, would_cut};
pub(crate) use constraint::same_demand;
pub use rename::{is_led, rename};

use crate::plan::{Steps, Traffic};

/// The two ends of a change, for rules that must look at other objects.
#[derive(Clone, Copy)]
pub struct Cx<'a> {
    /// The state before.
    pub prev: &'a Catalog,
    /// The state after.
    pub next: &'a Catalog,
    /// Who uses it meanwhile.
    pub traffic: &'a Traffic,
}

/// How a changed object gets from one state to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// By the steps that were written.
    InPlace,
    /// By the steps that were written, for which everything that needs the object must be out of the way.
    InPlaceAlone,
    /// Only by dropping it and creating it again.
    Rebuild,
    /// By another type that takes its place, to which what is of this type is carried over.
    Swap,
}

/// What a kind does. Implemented by the structs of `nexus_schema::kinds`.
pub trait Verb: Sized {
    /// A query whose rows are the objects of this kind: the address (`class`, `oid`, `sub`), the path and the object
    /// as JSON, in id order. For an object said of another one the address is the other's.
    const CATALOG: &'static str;

    /// Writes the steps that make the object. `absorbed` are objects that came with [`Verb::absorbed_by`].
    fn create(&self, cx: &Cx, id: &ObjectId, absorbed: &[(&ObjectId, &Object)], out: &mut Steps);

    /// Writes the steps that take the object away.
    fn drop(&self, cx: &Cx, id: &ObjectId, out: &mut Steps);

    /// Writes the steps from this state to `next`.
    fn alter(&self, cx: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way;

    /// Writes the steps by which `next` takes this object's place before it goes, and returns the relation whose clients
    /// would miss it meanwhile; nothing where there is no such way.
    fn replace(&self, _cx: &Cx, _id: &ObjectId, _next: &Self, _out: &mut Steps) -> Option<ObjectId> {
        None
    }

    /// The object whose creation can bring this one along in the same statement.
    fn absorbed_by(&self, _id: &ObjectId) -> Option<ObjectId> {
        None
    }

    /// The objects whose drop takes this one away too.
    fn dropped_with(&self, _cx: &Cx, _id: &ObjectId) -> Vec<ObjectId> {
        Vec::new()
    }

    /// The object whose change of the same sort brings this one's about, as a parent's does a partition's.
    fn follows(&self, _cx: &Cx, _id: &ObjectId) -> Option<ObjectId> {
        None
    }

    /// Whether the object stands in the way when one it needs is changed alone.
    fn in_the_way(&self, _needed: &ObjectId) -> bool {
        false
    }

    /// Text that may name other objects without the server's knowing, such as a body that is only read when it runs.
    fn body(&self) -> Option<&str> {
        None
    }

    /// Whether it must be gone while another type takes the place of the one it needs, or of a needed column's.
    fn yields(&self, needed: &ObjectId) -> bool {
        self.in_the_way(needed)
    }

    /// Whether, being made of it, it is a type whose place another one takes along with the one it needs.
    fn swaps_with(&self, _cx: &Cx, _id: &ObjectId, _needed: &ObjectId) -> bool {
        false
    }

    /// The type in whose place another one comes so that this can be made, where the one that is there cannot take it.
    fn displaces(&self, _cx: &Cx, _id: &ObjectId) -> Option<ObjectId> {
        None
    }

    /// The tables that it makes one: what one of them gets, the other gets too for as long as it is there.
    fn joins(&self, _id: &ObjectId) -> Vec<ObjectId> {
        Vec::new()
    }

    /// The attachment by which another object holds this one: it goes while its table is no partition.
    fn attached_by(&self, _id: &ObjectId) -> Option<ObjectId> {
        None
    }

    /// Writes the steps that carry the object over when another type has taken the place of the one it needs; `false`
    /// where it is not carried.
    fn carry(&self, _cx: &Cx, _id: &ObjectId, _needed: &ObjectId, _out: &mut Steps) -> bool {
        false
    }

    /// Whether the object stays as it is when one it needs is made anew.
    fn outlives(&self, _needed: &ObjectId) -> bool {
        false
    }

    /// Whether what it needs can only go after it.
    fn holds(&self, _needed: &ObjectId) -> bool {
        true
    }

    /// The objects that keep something for as long as it is there: their changes wait for its end.
    fn pins(&self, _cx: &Cx, _id: &ObjectId) -> Vec<ObjectId> {
        Vec::new()
    }

    /// Whether it has to be out of force while other objects are made, because it would change them.
    fn rests_during_creation(&self) -> bool {
        false
    }

    /// Whether it answers to the making and dropping of others, wherever they are: it is made after them, and dropped
    /// before them.
    fn answers_to_others(&self) -> bool {
        false
    }

    /// Where it stands among those of its kind in the same place, where people see an order; else 0.
    fn place(&self) -> u32 {
        0
    }

    /// The name that the object holds and that only one object can hold at a time.
    fn claims(&self, _id: &ObjectId) -> Option<Claim> {
        None
    }
}

/// A name that only one object can hold at a time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Claim {
    space: &'static str,
    path: Vec<String>,
}

impl Claim {
    /// A name among relations and indexes of a schema.
    pub fn relation(schema: &str, name: &str) -> Option<Self> {
        Some(Self { space: "relation", path: vec![schema.into(), name.into()] })
    }

    /// A name among types of a schema.
    pub fn data_type(id: &ObjectId) -> Option<Self> {
        Some(Self { space: "type", path: id.path().to_vec() })
    }

    /// A name among functions of a schema.
    pub fn routine(id: &ObjectId) -> Option<Self> {
        Some(Self { space: "routine", path: id.path().to_vec() })
    }
}

macro_rules! dispatch {
    ($($(#[$doc:meta])* $kind:ident $tag:literal,)*) => {
        /// The catalog query of a kind.
        pub fn catalog_query(kind: Kind) -> &'static str {
            match kind { $(Kind::$kind => <nexus_schema::kinds::$kind as Verb>::CATALOG,)* }
        }

        /// [`Verb::create`] of any object.
        pub fn create(cx: &Cx, id: &ObjectId, object: &Object, absorbed: &[(&ObjectId, &Object)], out: &mut Steps) {
            match object { $(Object::$kind(object) => Verb::create(object, cx, id, absorbed, out),)* }
        }

        /// [`Verb::drop`] of any object.
        pub fn drop(cx: &Cx, id: &ObjectId, object: &Object, out: &mut Steps) {
            match object { $(Object::$kind(object) => Verb::drop(object, cx, id, out),)* }
        }

        /// [`Verb::alter`] of any object; objects of two kinds are always a rebuild.
        pub fn alter(cx: &Cx, id: &ObjectId, prev: &Object, next: &Object, out: &mut Steps) -> Way {
            match (prev, next) {
                $((Object::$kind(prev), Object::$kind(next)) => Verb::alter(prev, cx, id, next, out),)*
                _ => Way::Rebuild,
            }
        }

        /// [`Verb::replace`] of any object; nothing for objects of two kinds.
        pub fn replace(cx: &Cx, id: &ObjectId, prev: &Object, next: &Object, out: &mut Steps) -> Option<ObjectId> {
            match (prev, next) {
                $((Object::$kind(prev), Object::$kind(next)) => Verb::replace(prev, cx, id, next, out),)*
                _ => None,
            }
        }

        /// [`Verb::absorbed_by`] of any object.
        pub fn absorbed_by(id: &ObjectId, object: &Object) -> Option<ObjectId> {
            match object { $(Object::$kind(object) => Verb::absorbed_by(object, id),)* }
        }

        /// [`Verb::dropped_with`] of any object.
        pub fn dropped_with(cx: &Cx, id: &ObjectId, object: &Object) -> Vec<ObjectId> {
            match object { $(Object::$kind(object) => Verb::dropped_with(object, cx, id),)* }
        }

        /// [`Verb::follows`] of any object.
        pub fn follows(cx: &Cx, id: &ObjectId, object: &Object) -> Option<ObjectId> {
            match object { $(Object::$kind(object) => Verb::follows(object, cx, id),)* }
        }

        /// [`Verb::in_the_way`] of any object.
        pub fn in_the_way(entry: &Entry, needed: &ObjectId) -> bool {
            match &entry.object { $(Object::$kind(object) => Verb::in_the_way(object, needed),)* }
        }

        /// [`Verb::body`] of any object.
        pub fn body(object: &Object) -> Option<&str> {
            match object { $(Object::$kind(object) => Verb::body(object),)* }
        }

        /// [`Verb::yields`] of any object.
        pub fn yields(entry: &Entry, needed: &ObjectId) -> bool {
            match &entry.object { $(Object::$kind(object) => Verb::yields(object, needed),)* }
        }

        /// [`Verb::swaps_with`] of any object.
        pub fn swaps_with(cx: &Cx, id: &ObjectId, entry: &Entry, needed: &ObjectId) -> bool {
            match &entry.object { $(Object::$kind(object) => Verb::swaps_with(object, cx, id, needed),)* }
        }

        /// [`Verb::displaces`] of any object.
        pub fn displaces(cx: &Cx, id: &ObjectId, object: &Object) -> Option<ObjectId> {
            match object { $(Object::$kind(object) => Verb::displaces(object, cx, id),)* }
        }

        /// [`Verb::joins`] of any object.
        pub fn joins(id: &ObjectId, object: &Object) -> Vec<ObjectId> {
            match object { $(Object::$kind(object) => Verb::joins(object, id),)* }
        }

        /// [`Verb::attached_by`] of any object.
        pub fn attached_by(id: &ObjectId, object: &Object) -> Option<ObjectId> {
            match object { $(Object::$kind(object) => Verb::attached_by(object, id),)* }
        }

        /// [`Verb::carry`] of any object.
        pub fn carry(cx: &Cx, id: &ObjectId, entry: &Entry, needed: &ObjectId, out: &mut Steps) -> bool {
            match &entry.object { $(Object::$kind(object) => Verb::carry(object, cx, id, needed, out),)* }
        }

        /// [`Verb::holds`] of any object.
        pub fn holds(entry: &Entry, needed: &ObjectId) -> bool {
            match &entry.object { $(Object::$kind(object) => Verb::holds(object, needed),)* }
        }

        /// [`Verb::pins`] of any object.
        pub fn pins(cx: &Cx, id: &ObjectId, object: &Object) -> Vec<ObjectId> {
            match object { $(Object::$kind(object) => Verb::pins(object, cx, id),)* }
        }

        /// [`Verb::outlives`] of any object.
        pub fn outlives(entry: &Entry, needed: &ObjectId) -> bool {
            match &entry.object { $(Object::$kind(object) => Verb::outlives(object, needed),)* }
        }

        /// [`Verb::rests_during_creation`] of any object.
        pub fn rests_during_creation(object: &Object) -> bool {
            match object { $(Object::$kind(object) => Verb::rests_during_creation(object),)* }
        }

        /// [`Verb::answers_to_others`] of any object.
        pub fn answers_to_others(object: &Object) -> bool {
            match object { $(Object::$kind(object) => Verb::answers_to_others(object),)* }
        }

        /// [`Verb::place`] of any object.
        pub fn place(object: &Object) -> u32 {
            match object { $(Object::$kind(object) => Verb::place(object),)* }
        }

        /// [`Verb::claims`] of any object.
        pub fn claims(id: &ObjectId, object: &Object) -> Option<Claim> {
            match object { $(Object::$kind(object) => Verb::claims(object, id),)* }
        }
    };
}

nexus_schema::for_each_kind!(dispatch);
