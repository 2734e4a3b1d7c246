//! `nexus explain`: what a code means, from the same page that people read.

use super::{CommandError, Failure};

const PAGE: &str = include_str!("codes.md");

/// What is known of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explanation {
    /// The code, such as `NX0203`.
    pub code: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// What it means and what to do, with examples, in Markdown.
    pub text: &'static str,
}

/// Every code in order.
///
/// ```
/// let all = nexus_migrate::commands::explain::all();
/// assert!(all.is_sorted_by_key(|it| it.code));
/// ```
pub fn all() -> Vec<Explanation> {
    let sections = PAGE.split("\n## ").skip(1);
    sections
        .filter_map(|section| {
            let (head, text) = section.split_once('\n')?;
            let (code, title) = head.split_once(": ")?;
            Some(Explanation { code, title, text: text.trim() })
        })
        .collect()
}

/// Explains one code, however its letters are written; fails where there is no such code.
///
/// ```
/// let explained = nexus_migrate::commands::explain::explain("nx0203").unwrap();
/// assert_eq!(explained.title, "a foreign key to columns that are not unique");
/// ```
pub fn explain(code: &str) -> Result<Explanation, CommandError> {
    let found = all().into_iter().find(|it| it.code.eq_ignore_ascii_case(code));
    found.ok_or_else(|| {
        let failure = Failure::new(format!("there is no code `{code}`"));
        CommandError::Usage(failure.help("`nexus explain` lists all of them"))
    })
}
