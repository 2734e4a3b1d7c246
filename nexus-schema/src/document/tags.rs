//! What files say that PostgreSQL has no place for, or that becomes other objects: tags, and who may do what.

use std::collections::{BTreeMap, BTreeSet};

use crate::authored::{Audit, Erase};
use crate::catalog::ObjectId;

/// What a column or table is tagged with: facts that PostgreSQL has no place for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tags {
    /// Holds personal data.
    pub pii: bool,
    /// Must not be shown: redacted wherever values are printed.
    pub sensitive: bool,
    /// How long it may be kept, in the author's words.
    pub retention: Option<String>,
    /// On what ground it is held, in the author's words.
    pub basis: Option<String>,
    /// What becomes of it when the person that it is of is erased.
    pub erase: Option<Erase>,
    /// What takes its place then, as SQL.
    pub erase_with: Option<String>,
    /// What rules the table falls under: `gdpr`, `sox`, `hipaa`.
    pub regimes: BTreeSet<String>,
    /// Changes of the table's rows are kept, and how.
    pub audit: Option<Audit>,
    /// About how many rows the table has where it is in use.
    pub rows: Option<u64>,
    /// Whether clients go on using the table while a plan runs.
    pub online: Option<bool>,
    /// The strongest lock that a plan may take on the table.
    pub max_lock: Option<String>,
}

/// Who may do what with the tables, as `access:` says it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// The role that owns what is declared.
    pub owner: Option<String>,
    /// The role that migrations run as.
    pub migrator: Option<String>,
    /// The roles that clients log in as, each with what it may do with which table, by PostgreSQL's own words. A table
    /// that is not here it may do nothing with.
    pub actors: BTreeMap<String, BTreeMap<ObjectId, BTreeSet<String>>>,
    /// The policies that let a session see the rows of one tenant or owner.
    pub policies: BTreeMap<ObjectId, ColumnPolicy>,
}

/// That a session sees the rows in which a column is what a setting of the session says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnPolicy {
    /// The column.
    pub column: ObjectId,
    /// The setting, such as `nexus.tenant`.
    pub setting: String,
}

impl Tags {
    /// How long it may be kept, as PostgreSQL reads an interval.
    pub fn kept_for(&self) -> Option<String> {
        self.retention.as_deref().and_then(interval)
    }
}

/// A span of time as people write it, such as `90d` or `12 months`, as PostgreSQL reads it.
pub(crate) fn interval(words: &str) -> Option<String> {
    let words = words.trim();
    let end = words.find(|c: char| !c.is_ascii_digit()).unwrap_or(words.len());
    let number: u32 = words[..end].parse().ok().filter(|number| (1..=100_000).contains(number))?;
    let unit = match words[end..].trim() {
        "h" | "hour" | "hours" => "hours",
        "d" | "day" | "days" => "days",
        "w" | "week" | "weeks" => "weeks",
        "mo" | "month" | "months" => "months",
        "y" | "year" | "years" => "years",
        _ => return None,
    };
    Some(format!("{number} {unit}"))
}
