//! The measured statements of `cases.txt`.

use std::collections::{BTreeMap, BTreeSet};

/// The state that the statements are run on.
pub(crate) const BASE: &str = include_str!("base.sql");
/// Rows for it.
pub(crate) const ROWS: &str = include_str!("rows.sql");

/// A statement and what it was seen to do.
#[derive(Debug, Default)]
pub(crate) struct Golden {
    pub(crate) name: String,
    /// The first major that has it.
    pub(crate) from: u32,
    /// What is there before.
    pub(crate) setup: Vec<String>,
    /// What is said in the same session before it.
    pub(crate) before: Vec<String>,
    /// Whether it runs in no transaction.
    pub(crate) alone: bool,
    pub(crate) sql: String,
    sees: BTreeMap<u32, String>,
}

/// What a statement was seen to do; relations without their schema.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) fails: bool,
    pub(crate) locks: BTreeMap<String, String>,
    pub(crate) rewrites: BTreeSet<String>,
    pub(crate) rebuilds: BTreeSet<String>,
    pub(crate) scans: BTreeSet<String>,
    pub(crate) blocks: BTreeMap<String, String>,
}

impl Seen {
    /// The rule at the head of `cases.txt`.
    pub(crate) fn is_long(&self) -> bool {
        let works = !self.rewrites.is_empty() || !self.scans.is_empty();
        works && !self.blocks.is_empty()
    }
}

/// The statements that a major has.
pub(crate) fn all(major: u32) -> Vec<Golden> {
    let blocks = include_str!("cases.txt").split("\n[").skip(1);
    let case = |block: &str| {
        let (name, rest) = block.split_once("]\n").expect("a block begins with a name");
        let mut case = Golden { name: name.to_owned(), ..Golden::default() };
        for line in rest.lines().filter(|line| !line.is_empty()) {
            let (key, value) = line.split_once(' ').unwrap_or((line, ""));
            match key {
                "from" => case.from = value.parse().expect("a major"),
                "setup" => case.setup.push(value.to_owned()),
                "before" => case.before.push(value.to_owned()),
                "alone" => case.alone = true,
                "sql" => case.sql = value.to_owned(),
                sees => {
                    let major = sees.strip_prefix("sees").expect("a key");
                    case.sees.insert(major.parse().unwrap_or_default(), value.to_owned());
                }
            }
        }
        case
    };
    blocks.map(case).filter(|case| case.from <= major).collect()
}

impl Golden {
    /// What was seen on this major.
    pub(crate) fn seen(&self, major: u32) -> Seen {
        let line = self.sees.range(..=major).next_back().expect("a case says what is seen").1;
        let mut seen = Seen::default();
        for part in line.split(" | ") {
            let (key, value) = part.split_once(' ').unwrap_or((part, ""));
            let names = || value.split(' ').map(str::to_owned).collect();
            let pairs = || {
                let pair = |pair: &str| pair.split_once(' ').map(|(a, b)| (a.to_owned(), b.to_owned()));
                value.split("; ").filter_map(pair).collect()
            };
            match key {
                "nothing" => {}
                "fails" => seen.fails = true,
                "locks" => seen.locks = pairs(),
                "rewrites" => seen.rewrites = names(),
                "rebuilds" => seen.rebuilds = names(),
                "scans" => seen.scans = names(),
                "blocks" => seen.blocks = pairs(),
                _ => panic!("`{key}` is no key"),
            }
        }
        seen
    }
}
