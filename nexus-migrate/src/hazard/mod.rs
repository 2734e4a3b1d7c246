//! What may hurt when a change runs: classes with codes, and findings of them.
//!
//! Knows observations and plans; knows no file, no server and no schema file. `docs/hazards.md` lists the classes.

mod allowance;
mod measured;
mod planned;

use nexus_schema::diagnostic::Severity;
use serde::Serialize;

pub use allowance::{Allowance, Judged, judge, over_budget};
pub use measured::of_observation;
pub use planned::of_plan;

/// What kind of harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Rows or values are gone.
    DataLoss,
    /// Clients wait for work that grows with a table.
    LongBlock,
    /// A table is written anew.
    Rewrite,
    /// Rows that are there may be refused.
    RejectedRows,
    /// Programs that run on the state before may fail on the state after.
    AppBreaking,
    /// The way back does not restore what was there.
    Irreversible,
    /// Who may do what is another thing afterwards.
    Authorisation,
    /// Many rows are locked until the transaction ends.
    BulkChange,
    /// A lock is stronger than the budget allows.
    OverBudget,
    /// A statement fails.
    Fails,
    /// Nobody understood the statement.
    NotUnderstood,
    /// An allowance matches nothing.
    UnusedAllowance,
}

impl Class {
    /// Every class, in the order of their codes.
    pub const ALL: [Self; 12] = [
        Self::DataLoss,
        Self::LongBlock,
        Self::Rewrite,
        Self::RejectedRows,
        Self::AppBreaking,
        Self::Irreversible,
        Self::Authorisation,
        Self::BulkChange,
        Self::OverBudget,
        Self::Fails,
        Self::NotUnderstood,
        Self::UnusedAllowance,
    ];

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::DataLoss => "NX0501",
            Self::LongBlock => "NX0502",
            Self::Rewrite => "NX0503",
            Self::RejectedRows => "NX0504",
            Self::AppBreaking => "NX0505",
            Self::Irreversible => "NX0506",
            Self::Authorisation => "NX0507",
            Self::BulkChange => "NX0508",
            Self::OverBudget => "NX0509",
            Self::Fails => "NX0510",
            Self::NotUnderstood => "NX0511",
            Self::UnusedAllowance => "NX0512",
        }
    }

    /// The name by which it is allowed, such as `data-loss`.
    pub fn key(self) -> &'static str {
        match self {
            Self::DataLoss => "data-loss",
            Self::LongBlock => "long-block",
            Self::Rewrite => "rewrite",
            Self::RejectedRows => "rejected-rows",
            Self::AppBreaking => "app-breaking",
            Self::Irreversible => "irreversible",
            Self::Authorisation => "authorisation",
            Self::BulkChange => "bulk-change",
            Self::OverBudget => "over-budget",
            Self::Fails => "fails",
            Self::NotUnderstood => "not-understood",
            Self::UnusedAllowance => "unused-allowance",
        }
    }

    /// Reads a name or a code.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.key() == text || class.code().eq_ignore_ascii_case(text))
    }

    /// How bad it is where nothing else is said.
    pub fn severity(self) -> Severity {
        match self {
            Self::DataLoss | Self::LongBlock | Self::OverBudget | Self::Fails => Severity::Error,
            Self::RejectedRows
            | Self::Rewrite
            | Self::AppBreaking
            | Self::Irreversible
            | Self::Authorisation
            | Self::BulkChange
            | Self::NotUnderstood
            | Self::UnusedAllowance => Severity::Warning,
        }
    }
}

/// Something that may hurt.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Hazard {
    /// What kind of harm.
    pub class: Class,
    /// To what, as SQL names it: `public.users.last_name`.
    pub object: String,
    /// One sentence, without a full stop.
    pub what: String,
    /// What to do, one action each.
    pub help: Vec<String>,
}

impl Hazard {
    /// A hazard without advice.
    pub fn new(class: Class, object: impl Into<String>, what: impl Into<String>) -> Self {
        Self { class, object: object.into(), what: what.into(), help: Vec::new() }
    }

    /// With the next action.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Class;

    #[test]
    fn classes_have_names_and_codes_of_their_own() {
        let names: BTreeSet<_> = Class::ALL.iter().flat_map(|class| [class.key(), class.code()]).collect();
        assert_eq!(names.len(), 2 * Class::ALL.len());
        for class in Class::ALL {
            assert_eq!(Class::parse(class.key()), Some(class));
            assert_eq!(Class::parse(class.code()), Some(class));
        }
        assert_eq!(Class::parse("data"), None);
    }
}
