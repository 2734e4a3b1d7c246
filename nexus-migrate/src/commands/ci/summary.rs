//! The summary for people, and the report for programs.

use nexus_schema::diagnostic::{Color, Diagnostic, Severity};
use serde_json::{Value, json};

use super::{Check, CiReport, Verdict};
use crate::markdown::{Page, code, text};

impl CiReport {
    /// A comment for a review: a table of the checks, what failed in full, and the findings.
    pub fn to_markdown(&self) -> String {
        let mut page = Page::default();
        page.heading(3, &format!("nexus: {}", if self.passed() { "passed" } else { "failed" }));
        let row = |check: &Check| {
            let word = match check.verdict {
                Verdict::Passed => "✅ passed",
                Verdict::Failed => "❌ failed",
                Verdict::Skipped => "➖ skipped",
                Verdict::NotRun => "⚠️ not run",
            };
            [check.name.to_owned(), word.to_owned(), words(&check.said)]
        };
        page.table(["check", "", ""], self.checks.iter().map(row).collect());
        for check in self.checks.iter().filter(|check| !check.detail.trim().is_empty()) {
            let title = words(&format!("{}: {}", check.name, check.said));
            page.paragraph(&format!("<details><summary>{title}</summary>"));
            page.block("text", &check.detail);
            page.paragraph("</details>");
        }
        if !self.findings.is_empty() {
            let row = |finding: &Diagnostic| {
                let place = finding.place().map(|at| code(&format!("{}:{}", at.file, at.line)));
                let mark = match finding.severity {
                    Severity::Error => "❌",
                    Severity::Warning => "⚠️",
                };
                let said = std::iter::once(&finding.title).chain(&finding.help).map(|line| words(line));
                let said = said.collect::<Vec<_>>().join("<br>");
                [format!("{mark} {}", finding.code), place.unwrap_or_default(), said]
            };
            page.table(["finding", "where", ""], self.findings.iter().map(row).collect());
        }
        if self.known > 0 {
            page.paragraph(&format!("Known findings in the baseline: {}.", self.known));
        }
        page.finish()
    }

    /// A line for each check with what failed, then the findings as rustc shows them.
    pub fn to_human(&self, color: Color) -> String {
        let mut out = String::new();
        for check in &self.checks {
            out.push_str(&format!("{:<8} {:<11} {}\n", check.verdict.word(), check.name, check.said));
            for line in check.detail.lines() {
                out.push_str(&format!("                     {line}\n"));
            }
        }
        if self.known > 0 {
            out.push_str(&format!("{} known findings are in the baseline\n", self.known));
        }
        if !self.findings.is_empty() {
            out.push('\n');
            out.push_str(&self.findings.render_human(color));
        }
        out
    }

    /// `passed`, the `checks`, the `findings`, and how many are `known`.
    pub fn to_json(&self) -> Value {
        json!({
            "passed": self.passed(), "checks": self.checks, "findings": self.findings.to_json(), "known": self.known,
        })
    }
}

/// A text in which nothing is markup, and nobody is called by name.
fn words(of: &str) -> String {
    text(of).replace('@', "&#64;")
}
