//! What a statement sets out to do, as far as rules without a server need to know.

/// A statement by what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Deed {
    Begin,
    Commit,
    Rollback,
    Set {
        name: String,
        value: String,
    },
    CreateTable(NewTable),
    AlterTable {
        table: String,
        actions: Vec<Action>,
    },
    DropTable {
        tables: Vec<String>,
    },
    Truncate {
        tables: Vec<String>,
    },
    CreateIndex(NewIndex),
    DropIndex {
        indexes: Vec<String>,
        concurrently: bool,
    },
    Reindex {
        what: String,
        name: String,
        concurrently: bool,
    },
    Cluster {
        table: String,
    },
    Vacuum {
        full: bool,
        tables: Vec<String>,
    },
    Refresh {
        view: String,
        concurrently: bool,
    },
    CreateDomain {
        name: String,
        base: String,
        checked: bool,
    },
    AlterDomain {
        name: String,
        reads: bool,
    },
    CreateEnum {
        name: String,
    },
    /// INSERT, UPDATE, DELETE; `table` is named where all its rows are changed.
    Change {
        verb: &'static str,
        table: Option<String>,
    },
    Rename {
        what: String,
        name: String,
    },
    DropOther {
        what: String,
        name: String,
    },
    Rights {
        what: String,
    },
    Other,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct NewTable {
    pub(super) name: String,
    pub(super) columns: Vec<Column>,
    pub(super) constraints: Vec<Constraint>,
    pub(super) partition_of: Option<String>,
    pub(super) is_default: bool,
    pub(super) temporary: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) type_: String,
    /// The words of the default.
    pub(super) default: Option<Vec<String>>,
    pub(super) not_null: bool,
    pub(super) check: Option<Vec<String>>,
    pub(super) references: Option<String>,
    pub(super) key: Option<&'static str>,
    pub(super) identity: bool,
    pub(super) stored: bool,
    pub(super) is_virtual: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    Check(Vec<String>),
    ForeignKey(String),
    /// `unique`, `primary key` or `exclude`.
    Key(&'static str),
    NotNull,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Constraint {
    pub(super) name: String,
    pub(super) what: What,
    pub(super) columns: Vec<String>,
    pub(super) not_valid: bool,
    pub(super) using_index: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NewIndex {
    pub(super) name: String,
    pub(super) table: String,
    pub(super) concurrently: bool,
    pub(super) only: bool,
    pub(super) if_not_exists: bool,
    /// Plain columns.
    pub(super) columns: Vec<String>,
    /// Words of expressions and of the predicate.
    pub(super) mentions: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Action {
    AddColumn(Column),
    DropColumn(String),
    AddConstraint(Constraint),
    DropConstraint(String),
    Validate(String),
    SetType {
        column: String,
        type_: String,
        using: Option<Vec<String>>,
        collate: bool,
    },
    SetNotNull(String),
    DropNotNull(String),
    SetExpression(String),
    /// LOGGED, UNLOGGED, ACCESS METHOD, TABLESPACE: another file.
    Store(String),
    Attach {
        child: String,
    },
    Detach {
        concurrently: bool,
    },
    RenameColumn(String),
    RenameTo,
    SetSchema,
    Rights(String),
    Other,
}
