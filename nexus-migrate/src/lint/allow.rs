//! Comments that allow what is found: `-- nexus: allow long-block the table is empty until Monday`.

use nexus_schema::diagnostic::Severity;

use super::Finding;
use crate::hazard::{Class, Hazard};

const MARK: &str = "nexus: allow";

/// An allowance, where it stands.
#[derive(Debug)]
struct Allowance {
    line: usize,
    span: std::ops::Range<usize>,
    class: Option<Class>,
    word: String,
    has_reason: bool,
}

/// Takes out what comments right above a statement allow, and returns what is wrong with the comments.
pub(super) fn heed(script: usize, text: &str, findings: &mut Vec<Finding>) -> Vec<Finding> {
    let allowances = allowances(text);
    let mut used = vec![false; allowances.len()];
    let comments: Vec<bool> = text.lines().map(|line| line.trim_start().starts_with("--")).collect();
    findings.retain(|finding| {
        let line = text.get(..finding.span.start).unwrap_or_default().matches('\n').count();
        let mut allowed = false;
        for above in (0..line).rev().take_while(|above| comments.get(*above) == Some(&true)) {
            for (n, allowance) in allowances.iter().enumerate() {
                let fits = allowance.line == above && allowance.class == Some(finding.hazard.class);
                if fits && allowance.has_reason {
                    used[n] = true;
                    allowed = true;
                }
            }
        }
        !allowed
    });
    let wrong = |(allowance, used): (&Allowance, bool)| {
        let what = match allowance.class {
            None => format!("`{}` is no class of hazards", allowance.word),
            Some(class) if !allowance.has_reason => format!("no reason is given to allow {}", class.key()),
            Some(class) if !used => format!("nothing below is {}", class.key()),
            Some(_) => return None,
        };
        let hazard = Hazard::new(Class::UnusedAllowance, "", what).help(
            "write `-- nexus: allow <class> <reason>` on the line before the statement, or take it out",
        );
        Some(Finding { script, span: allowance.span.clone(), hazard, severity: Severity::Warning })
    };
    allowances.iter().zip(used).filter_map(wrong).collect()
}

fn allowances(text: &str) -> Vec<Allowance> {
    let mut found = Vec::new();
    let mut at = 0;
    for (line, content) in text.split_inclusive('\n').enumerate() {
        let comment = content.trim().strip_prefix("--").map(str::trim);
        if let Some(rest) = comment.and_then(|comment| comment.strip_prefix(MARK)) {
            let (word, reason) = rest.trim().split_once(' ').unwrap_or((rest.trim(), ""));
            let start = at + (content.len() - content.trim_start().len());
            found.push(Allowance {
                line,
                span: start..start + content.trim().len(),
                class: Class::parse(word),
                word: word.to_owned(),
                has_reason: !reason.trim().is_empty(),
            });
        }
        at += content.len();
    }
    found
}
