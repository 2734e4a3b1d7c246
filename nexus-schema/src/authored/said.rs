//! What can be said of any object: the keys that tables, columns and the rarer kinds share.
//!
//! Which of them a kind takes is PostgreSQL's to say: what has an owner, privileges or labels there has them here.

use super::decode::{Cx, Decode, Definitions, Entries, Spanned, shapes};
use crate::catalog::Kind;
use crate::yaml::Node;

type Text = Spanned<String>;

shapes! {
    /// What a role may do.
    Privileges "grant" Never short "privileges" {
        "privileges" privileges: Vec<Text> = "What it may do, such as select.",
        "grantable" grantable: Vec<Text> = "What it may do and let others do.",
        "by" by: Entries<Given> = "What others than the owner let it do, by those roles.",
    }
    /// What a role may do because another one said so.
    Given "grant of another" Never short "privileges" {
        "privileges" privileges: Vec<Text> = "What it may do, such as select.",
        "grantable" grantable: Vec<Text> = "What it may do and let others do.",
    }
}

/// What is said of an object.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Said {
    pub(crate) description: Option<Text>,
    pub(crate) was: Option<Text>,
    pub(crate) owner: Option<Text>,
    pub(crate) grants: Option<Entries<Privileges>>,
    pub(crate) owner_privileges: Option<Privileges>,
    pub(crate) security_labels: Option<Entries<Text>>,
    pub(crate) depends_on_extensions: Option<Vec<Text>>,
}

/// Keys with what they mean.
pub(crate) type Keys = &'static [(&'static str, &'static str)];

const DESCRIPTION: (&str, &str) = ("description", "What it is for.");
const WAS: (&str, &str) = ("was", "The name it had before.");
const OWNER: (&str, &str) = ("owner", "The role that owns it, if not the database's owner.");
const GRANTS: (&str, &str) = ("grants", "What roles may do with it; `public` is everybody.");
const OWNER_PRIVILEGES: (&str, &str) = ("owner_privileges", "What is left to the owner, if not everything.");
const EXTENSIONS: (&str, &str) = ("depends_on_extensions", "Extensions that take it along when they go.");
const LABELS: (&str, &str) = ("security_labels", "Security labels by provider.");

/// The keys that a kind of object takes on top of its own.
pub(crate) const fn keys(kind: Kind) -> Keys {
    match kind {
        Kind::Schema
        | Kind::Language
        | Kind::Enum
        | Kind::Domain
        | Kind::Composite
        | Kind::Range
        | Kind::BaseType
        | Kind::Sequence
        | Kind::Table => &[DESCRIPTION, WAS, OWNER, GRANTS, OWNER_PRIVILEGES, LABELS],
        Kind::Function | Kind::Aggregate | Kind::View | Kind::MaterializedView => {
            &[DESCRIPTION, WAS, OWNER, GRANTS, OWNER_PRIVILEGES, LABELS, EXTENSIONS]
        }
        Kind::ForeignDataWrapper | Kind::Server => &[DESCRIPTION, WAS, OWNER, GRANTS, OWNER_PRIVILEGES],
        Kind::Column => &[DESCRIPTION, WAS, GRANTS, OWNER_PRIVILEGES, LABELS],
        Kind::Publication | Kind::Subscription | Kind::EventTrigger => &[DESCRIPTION, WAS, OWNER, LABELS],
        Kind::Collation
        | Kind::Statistics
        | Kind::OperatorFamily
        | Kind::OperatorClass
        | Kind::Conversion
        | Kind::TextSearchDictionary
        | Kind::TextSearchConfiguration => &[DESCRIPTION, WAS, OWNER],
        Kind::Operator => &[DESCRIPTION, OWNER],
        Kind::Index | Kind::Trigger => &[DESCRIPTION, WAS, EXTENSIONS],
        Kind::DomainCheck
        | Kind::Constraint
        | Kind::Rule
        | Kind::Policy
        | Kind::TextSearchParser
        | Kind::TextSearchTemplate => &[DESCRIPTION, WAS],
        Kind::Role => &[DESCRIPTION, LABELS],
        Kind::Extension | Kind::AccessMethod | Kind::Cast | Kind::Transform => &[DESCRIPTION],
        Kind::Membership
        | Kind::ShellType
        | Kind::UserMapping
        | Kind::Default
        | Kind::Partition
        | Kind::PublicationTable
        | Kind::PublicationSchema
        | Kind::Setting
        | Kind::ExtensionDependency
        | Kind::Owner
        | Kind::Grant
        | Kind::DefaultPrivilege
        | Kind::Comment
        | Kind::SecurityLabel
        | Kind::Seed
        | Kind::Raw => &[],
    }
}

impl Said {
    /// Reads the value of one of the keys.
    pub(crate) fn set(&mut self, key: &str, node: &Node, cx: &mut Cx<'_>) {
        match key {
            "description" => self.description = Decode::decode(node, cx),
            "was" => self.was = Decode::decode(node, cx),
            "owner" => self.owner = Decode::decode(node, cx),
            "grants" => self.grants = Decode::decode(node, cx),
            "owner_privileges" => self.owner_privileges = Decode::decode(node, cx),
            "security_labels" => self.security_labels = Decode::decode(node, cx),
            "depends_on_extensions" => self.depends_on_extensions = Decode::decode(node, cx),
            _ => unreachable!("only keys of a kind are set"),
        }
    }

    /// The JSON Schema of one of the keys.
    pub(crate) fn schema(key: &str, definitions: &mut Definitions) -> serde_json::Value {
        match key {
            "grants" => <Entries<Privileges> as Decode>::schema(definitions),
            "owner_privileges" => <Privileges as Decode>::schema(definitions),
            "security_labels" => <Entries<Text> as Decode>::schema(definitions),
            "depends_on_extensions" => <Vec<Text> as Decode>::schema(definitions),
            _ => <Text as Decode>::schema(definitions),
        }
    }
}
