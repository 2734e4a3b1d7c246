//! Grows the two closed enums, `Kind` and `Object`, from the one list of kinds.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

use super::ObjectId;
use crate::kinds;

macro_rules! define {
    ($($(#[$doc:meta])* $kind:ident $tag:literal,)*) => {
        /// What an object is. The order is the order in which people read a schema.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind { $($(#[$doc])* $kind,)* }

        impl Kind {
            /// Every kind, in order.
            pub const ALL: &'static [Kind] = &[$(Kind::$kind,)*];

            /// The word for this kind in files and messages, such as `materialized view`.
            pub fn tag(self) -> &'static str {
                match self { $(Kind::$kind => $tag,)* }
            }

            /// The kind with this tag.
            pub fn from_tag(tag: &str) -> Option<Kind> {
                match tag { $($tag => Some(Kind::$kind),)* _ => None }
            }
        }

        /// An object of any kind.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
        #[serde(untagged)]
        pub enum Object { $($(#[$doc])* $kind(kinds::$kind),)* }

        impl Object {
            /// What kind of object this is.
            pub fn kind(&self) -> Kind {
                match self { $(Object::$kind(_) => Kind::$kind,)* }
            }

            /// What the object's own fields and path say it needs; a server knows more.
            pub fn requires(&self, id: &ObjectId) -> BTreeSet<ObjectId> {
                match self { $(Object::$kind(object) => kinds::Noun::requires(object, id),)* }
            }

            /// Reads an object of a known kind from JSON in the shape of that kind's struct.
            pub fn from_json(kind: Kind, json: &str) -> Result<Object, serde_json::Error> {
                match kind { $(Kind::$kind => serde_json::from_str(json).map(Object::$kind),)* }
            }
        }

        $(impl From<kinds::$kind> for Object {
            fn from(object: kinds::$kind) -> Self { Object::$kind(object) }
        })*
    };
}

crate::for_each_kind!(define);

impl Kind {
    /// Whether an object of this kind is said of another one, whose id its own carries.
    pub fn is_facet(self) -> bool {
        matches!(
            self,
            Kind::ExtensionDependency | Kind::Owner | Kind::Grant | Kind::Comment | Kind::SecurityLabel
        )
    }

    /// Whether an object of this kind lives in a schema, which its path begins with.
    pub fn lives_in_schema(self) -> bool {
        match self {
            Kind::Schema
            | Kind::Collation
            | Kind::Enum
            | Kind::Domain
            | Kind::DomainCheck
            | Kind::Composite
            | Kind::Range
            | Kind::ShellType
            | Kind::BaseType
            | Kind::Sequence
            | Kind::Table
            | Kind::Column
            | Kind::Default
            | Kind::Constraint
            | Kind::Index
            | Kind::Partition
            | Kind::Statistics
            | Kind::Function
            | Kind::Aggregate
            | Kind::Operator
            | Kind::OperatorFamily
            | Kind::OperatorClass
            | Kind::Conversion
            | Kind::TextSearchParser
            | Kind::TextSearchTemplate
            | Kind::TextSearchDictionary
            | Kind::TextSearchConfiguration
            | Kind::View
            | Kind::MaterializedView
            | Kind::Rule
            | Kind::Trigger
            | Kind::Policy
            | Kind::Seed => true,
            Kind::Role
            | Kind::Membership
            | Kind::Extension
            | Kind::Language
            | Kind::AccessMethod
            | Kind::ForeignDataWrapper
            | Kind::Server
            | Kind::UserMapping
            | Kind::Cast
            | Kind::Transform
            | Kind::Publication
            | Kind::PublicationTable
            | Kind::PublicationSchema
            | Kind::Subscription
            | Kind::EventTrigger
            | Kind::Setting
            | Kind::ExtensionDependency
            | Kind::Owner
            | Kind::Grant
            | Kind::DefaultPrivilege
            | Kind::Comment
            | Kind::SecurityLabel
            | Kind::Raw => false,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}
