//! What stands inside of the rarer objects in a file: user mappings in a server, tables in a publication, and so on.

use super::Keyword;
use super::decode::{Entries, Loose, Members, Spanned, shapes, words};

type Text = Spanned<String>;
type Flag = Spanned<bool>;

/// What default privileges are on: PostgreSQL's own keywords.
pub(crate) type Class = Keyword<9>;

words! {
    Class {
        "tables" => Keyword("TABLES"),
        "sequences" => Keyword("SEQUENCES"),
        "functions" => Keyword("FUNCTIONS"),
        "types" => Keyword("TYPES"),
        "schemas" => Keyword("SCHEMAS"),
        "large_objects" => Keyword("LARGE OBJECTS"),
    }
}

shapes! {
    /// No parts.
    Nothing "nothing" Never {}
    /// The attributes of a composite type.
    Attributes "composite type" Never {
        "attributes" attributes: Members<Attribute> = "The attributes in their order.",
    }
    /// An attribute of a composite type.
    Attribute "attribute" Never short "type" {
        "type" type_: Text = "Its type.",
        "collation" collation: Text = "A collation other than the type's.",
        "description" description: Text = "What it holds.",
        "was" was: Text = "The name it had before.",
    }
    /// How roles are known to a server.
    UserMappings "server" Never {
        "user_mappings" user_mappings: Entries<Entries<Spanned<Loose>>> = "Options by role; `public` is everybody. No passwords.",
    }
    /// What a publication tells of.
    Published "publication" Never {
        "tables" tables: Members<PublishedTable> = "Tables by name, or as a list.",
        "schemas" schemas: Vec<Text> = "Schemas with all their tables.",
    }
    /// A table of a publication.
    PublishedTable "published table" Names {
        "columns" columns: Vec<Text> = "The columns that are told; all if none is given.",
        "where" filter: Text = "Which rows are told.",
    }
    /// What a role is a member of.
    Memberships "role" Never {
        "member_of" member_of: Members<Membership> = "Roles it is a member of, by name or as a list.",
    }
    /// How a role is a member.
    Membership "membership" Names {
        "admin" admin: Flag = "Whether it may take in others.",
        "inherit" inherit: Flag = "Whether it has the role's privileges by itself (PostgreSQL 16).",
        "no_set" no_set: Flag = "Whether it may not become the role (PostgreSQL 16).",
    }
    /// Privileges on objects yet to be made.
    DefaultPrivileges "default privilege" Never {
        "for" for_: Text = "The role that will make the objects.",
        "in" in_: Text = "The schema; every one if it is not given.",
        "on" on: Spanned<Class> = "tables, sequences, functions, types, schemas or large_objects.",
        "to" to: Text = "The role that gets the privileges; `public` is everybody.",
        "privileges" privileges: Vec<Text> = "What it may do, such as select.",
        "grantable" grantable: Vec<Text> = "What it may do and let others do.",
    }
}
