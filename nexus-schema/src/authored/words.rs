//! The words of closed choices, and what they stand for.

use super::decode::{Cx, Scalar, words};
use crate::kinds::{Action, Match, OnEdit, OnRemoval, Volatility};
use crate::yaml::{Node, Value};

/// Up or down.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Nulls {
    First,
    #[default]
    Last,
}

/// How an identity column takes values of others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Generation {
    Always,
    #[default]
    ByDefault,
}

/// What the words of a trigger stand for: PostgreSQL's own keywords.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Keyword<const SET: usize>(pub(crate) &'static str);

/// When a trigger fires.
pub(crate) type Timing = Keyword<0>;
/// On what a trigger fires.
pub(crate) type Event = Keyword<1>;
/// For what a trigger fires.
pub(crate) type ForEach = Keyword<2>;
/// Whether a trigger fires.
pub(crate) type Enabled = Keyword<3>;
/// What a policy is for.
pub(crate) type Command = Keyword<4>;
/// Whether a function may run in a parallel worker.
pub(crate) type Parallel = Keyword<5>;
/// How a column's long values are kept.
pub(crate) type Storage = Keyword<6>;
/// What extended statistics count.
pub(crate) type StatisticsKind = Keyword<7>;
/// What of an old row replication is told.
pub(crate) type OldRow = Keyword<8>;
/// How strong a lock is: PostgreSQL's words.
pub(crate) type LockMode = Keyword<10>;
/// What may hurt when a change runs.
pub(crate) type HazardClass = Keyword<11>;
/// How a column comes to its new name and type.
pub(crate) type Strategy = Keyword<12>;

/// What an actor may do with a table.
pub(crate) type Verb = Keyword<13>;

/// Whose rights a function runs with, and where it looks for names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Definer {
    /// The caller's rights.
    Caller,
    /// Its owner's, with a `search_path` of its own.
    Pinned,
    /// Its owner's, with the caller's `search_path`.
    Unpinned,
}

impl Scalar for Definer {
    fn scalar(node: &Node, cx: &mut Cx<'_>) -> Option<Self> {
        match &node.value {
            Value::Bool(false) => Some(Self::Caller),
            Value::Bool(true) => Some(Self::Pinned),
            Value::Text(text) if text == "unpinned" => Some(Self::Unpinned),
            _ => {
                cx.expected("`true`, `false` or `unpinned`", node);
                None
            }
        }
    }

    fn schema() -> serde_json::Value {
        serde_json::json!({ "enum": [true, false, "unpinned"] })
    }
}

/// Which parts of its models a table has.
pub(crate) type Parts = Keyword<15>;

/// What rules a table falls under.
pub(crate) type Regime = Keyword<14>;

/// What becomes of data when the person that it is of is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Erase {
    /// The row goes.
    Delete,
    /// The value becomes NULL.
    Null,
    /// The row stays, and what is tagged in it becomes something else.
    Anonymise,
    /// It stays as it is.
    Keep,
}

impl Erase {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Delete => "delete",
            Self::Null => "null",
            Self::Anonymise => "anonymise",
            Self::Keep => "keep",
        }
    }
}

/// How changes of a table's rows are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audit {
    /// By a trigger that runs for each row.
    Row,
    /// By triggers that run once a statement: cheaper where statements change many rows.
    Statement,
}

/// How changes of rows are kept: a flag, or for what the triggers run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AuditWord(pub(crate) Option<Audit>);

impl Scalar for AuditWord {
    fn scalar(node: &Node, cx: &mut Cx<'_>) -> Option<Self> {
        if let Value::Bool(on) = node.value {
            return Some(Self(on.then_some(Audit::Row)));
        }
        Audit::scalar(node, cx).map(|audit| Self(Some(audit)))
    }

    fn schema() -> serde_json::Value {
        serde_json::json!({ "enum": [true, false, "row", "statement"] })
    }
}

words! {
    Erase {
        "delete" => Erase::Delete,
        "null" => Erase::Null,
        "anonymise" => Erase::Anonymise,
        "keep" => Erase::Keep,
    }
    Regime { "gdpr" => Keyword("gdpr"), "sox" => Keyword("sox"), "hipaa" => Keyword("hipaa"), }
    Parts { "all" => Keyword("all"), "rows" => Keyword("rows"), }
    Audit { "row" => Audit::Row, "statement" => Audit::Statement, }
    Action {
        "no_action" => Action::NoAction,
        "restrict" => Action::Restrict,
        "cascade" => Action::Cascade,
        "set_null" => Action::SetNull,
        "set_default" => Action::SetDefault,
    }
    OnEdit { "keep" => OnEdit::Keep, "overwrite" => OnEdit::Overwrite, "fail" => OnEdit::Fail, }
    OnRemoval { "never" => OnRemoval::Never, "unchanged" => OnRemoval::Unchanged, }
    Match { "simple" => Match::Simple, "full" => Match::Full, }
    Volatility {
        "immutable" => Volatility::Immutable,
        "stable" => Volatility::Stable,
        "volatile" => Volatility::Volatile,
    }
    Nulls { "first" => Nulls::First, "last" => Nulls::Last, }
    Generation { "always" => Generation::Always, "by_default" => Generation::ByDefault, }
    Timing {
        "before" => Keyword("BEFORE"),
        "after" => Keyword("AFTER"),
        "instead_of" => Keyword("INSTEAD OF"),
    }
    Event {
        "insert" => Keyword("INSERT"),
        "update" => Keyword("UPDATE"),
        "delete" => Keyword("DELETE"),
        "truncate" => Keyword("TRUNCATE"),
    }
    Strategy { "expand_contract" => Keyword("expand_contract"), }
    ForEach { "row" => Keyword("ROW"), "statement" => Keyword("STATEMENT"), }
    Enabled {
        "origin" => Keyword("origin"),
        "disabled" => Keyword("disabled"),
        "replica" => Keyword("replica"),
        "always" => Keyword("always"),
    }
    Command {
        "all" => Keyword("ALL"),
        "select" => Keyword("SELECT"),
        "insert" => Keyword("INSERT"),
        "update" => Keyword("UPDATE"),
        "delete" => Keyword("DELETE"),
    }
    Verb {
        "select" => Keyword("SELECT"),
        "insert" => Keyword("INSERT"),
        "update" => Keyword("UPDATE"),
        "delete" => Keyword("DELETE"),
        "truncate" => Keyword("TRUNCATE"),
        "references" => Keyword("REFERENCES"),
        "trigger" => Keyword("TRIGGER"),
    }
    Parallel {
        "unsafe" => Keyword("unsafe"),
        "restricted" => Keyword("restricted"),
        "safe" => Keyword("safe"),
    }
    Storage {
        "plain" => Keyword("plain"),
        "external" => Keyword("external"),
        "extended" => Keyword("extended"),
        "main" => Keyword("main"),
    }
    StatisticsKind {
        "ndistinct" => Keyword("ndistinct"),
        "dependencies" => Keyword("dependencies"),
        "mcv" => Keyword("mcv"),
    }
    LockMode {
        "access_share" => Keyword("access_share"),
        "row_share" => Keyword("row_share"),
        "row_exclusive" => Keyword("row_exclusive"),
        "share_update_exclusive" => Keyword("share_update_exclusive"),
        "share" => Keyword("share"),
        "share_row_exclusive" => Keyword("share_row_exclusive"),
        "exclusive" => Keyword("exclusive"),
        "access_exclusive" => Keyword("access_exclusive"),
    }
    HazardClass {
        "data-loss" => Keyword("data-loss"),
        "long-block" => Keyword("long-block"),
        "over-budget" => Keyword("over-budget"),
    }
    OldRow {
        "default" => Keyword("default"),
        "full" => Keyword("full"),
        "nothing" => Keyword("nothing"),
    }
}
