//! A plan as text: SQL that psql can run, and pages for people and machines.

use std::fmt::Write as _;

use nexus_schema::catalog::Kind;

use super::Plan;
use super::step::{Action, Step, Transaction};
use crate::markdown::{Page, code};
use crate::sql::comment_lines;

/// Steps that run in one transaction.
#[derive(Debug, Clone, Copy)]
pub struct Segment<'a> {
    /// The steps, at least one.
    pub steps: &'a [Step],
}

impl Segment<'_> {
    /// Whether it runs in a transaction; else it is one statement, which cannot.
    pub fn is_transactional(&self) -> bool {
        self.steps.iter().all(|step| step.transaction != Transaction::Outside)
    }

    /// The statements, each ended by a semicolon and a newline, with what they need in force around them.
    pub fn statements(&self) -> String {
        let mut out = String::new();
        if self.is_transactional() && self.steps.iter().any(|step| step.makes_function()) {
            // Bodies may name what comes later; what they name is checked when they run.
            out.push_str("SET LOCAL check_function_bodies = off;\n\n");
        }
        for step in self.steps {
            out.push_str(&step.sql);
            out.push_str(";\n");
        }
        out
    }
}

impl Step {
    fn makes_function(&self) -> bool {
        self.id.kind() == Kind::Function && matches!(self.action, Action::Create | Action::Alter)
    }

    /// The verb in the words of a person.
    pub fn verb(&self) -> &'static str {
        match self.action {
            Action::Drop => "drop",
            Action::Rename => "rename",
            Action::Alter => "alter",
            Action::Create => "create",
        }
    }
}

impl Plan {
    /// The steps, cut where a commit must come between.
    pub fn segments(&self) -> Vec<Segment<'_>> {
        let together = |a: &Step, b: &Step| {
            a.transaction == b.transaction
                && matches!(a.transaction, Transaction::Shared | Transaction::CommitAfter)
        };
        self.steps.chunk_by(together).map(|steps| Segment { steps }).collect()
    }

    /// SQL that psql can run as it stands, a transaction per segment; empty for an empty plan.
    pub fn to_sql(&self) -> String {
        self.scripts().join("\n")
    }

    /// [`Plan::to_sql`] in pieces, each to be sent to a server by itself.
    pub fn scripts(&self) -> Vec<String> {
        let script = |segment: &Segment| match segment.is_transactional() {
            true => format!("BEGIN;\n{}COMMIT;\n", segment.statements()),
            false => segment.statements(),
        };
        self.segments().iter().map(script).collect()
    }

    /// A list of what is done, a line a step.
    pub fn to_human(&self) -> String {
        if self.is_empty() {
            return "nothing to do\n".into();
        }
        let mut out = String::new();
        for step in &self.steps {
            let sign = match step.action {
                Action::Drop => '-',
                Action::Create => '+',
                Action::Rename | Action::Alter => '~',
            };
            let _ = writeln!(out, "{sign} {} {}", step.verb(), step.id);
            for line in step.sql.lines() {
                let _ = writeln!(out, "    {line}");
            }
            for lost in &step.loses {
                let _ = writeln!(out, "    ! loses the data of {lost}");
            }
        }
        out
    }

    /// Markdown for a review: a table of steps and the SQL.
    pub fn to_markdown(&self) -> String {
        if self.is_empty() {
            return "Nothing to do.\n".into();
        }
        let row = |step: &Step| {
            let data = if step.loses.is_empty() { "kept" } else { "**lost**" };
            [step.verb().to_owned(), code(&step.id.to_string()), data.to_owned()]
        };
        let mut page = Page::default();
        page.table(["step", "object", "data"], self.steps.iter().map(row).collect());
        page.block("sql", &self.to_sql());
        page.finish()
    }

    /// The steps as JSON.
    pub fn to_json(&self) -> serde_json::Value {
        let step = |step: &Step| {
            serde_json::json!({
                "action": step.verb(),
                "object": step.id,
                "name": step.id.to_string(),
                "sql": step.sql,
                "commit_after": step.transaction == Transaction::CommitAfter,
                "own_transaction": step.transaction == Transaction::Own,
                "outside_transaction": step.transaction == Transaction::Outside,
                "loses": step.loses.iter().map(ToString::to_string).collect::<Vec<_>>(),
            })
        };
        serde_json::json!({ "steps": self.steps.iter().map(step).collect::<Vec<_>>() })
    }

    /// What the plan does, as comment lines for the head of a migration; comments on objects are counted, not listed.
    pub fn summary(&self) -> String {
        let (comments, rest): (Vec<_>, Vec<_>) =
            self.steps.iter().partition(|step| step.id.kind() == Kind::Comment);
        let lines = rest.iter().map(|step| comment_lines(&format!("  {} {}", step.verb(), step.id)));
        let mut out: String = lines.collect();
        if !comments.is_empty() {
            out.push_str(&comment_lines(&format!("  and {} comments", comments.len())));
        }
        out
    }
}
