//! Changes of a history as they were written, whatever became of the chain: where two branches met, and what a history
//! is made of anew.
//!
//! Each proof file says after which version its change was written and of which files it consists. So the branches of
//! a directory that git has merged can be told apart, although its chain and its snapshot are those of one of them,
//! or of none. Knows no file system.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::chain::{self, Files};
use super::name::LOCK;
use super::{HistoryError, Migration, migrations};

/// What one run of `generate` wrote.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Its migrations, in order.
    pub migrations: Vec<Migration>,
    /// What was proved of them.
    pub proof: serde_json::Value,
    /// What it stands for, where it was squashed: versions and their checksums.
    pub replaces: Vec<Replaced>,
}

/// A migration that another one stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replaced {
    /// Its version.
    pub version: i64,
    /// Its checksum, as hexadecimal digits.
    pub checksum: String,
}

/// Where a change stands in a history; kept in its proof file under `history`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    /// The version after which it was written; none for the first.
    pub(super) after: Option<i64>,
    /// Its files, with their hashes.
    pub(super) files: BTreeMap<String, String>,
    /// What it stands for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) replaces: Vec<Replaced>,
}

/// The key of a [`Place`] in a proof file.
const KEY: &str = "history";

impl Place {
    /// Reads it from a proof.
    pub(super) fn of(proof: &serde_json::Value) -> Option<Self> {
        serde_json::from_value(proof.get(KEY)?.clone()).ok()
    }

    /// Takes it out of a proof, which is then what the prover said.
    pub(super) fn without(mut proof: serde_json::Value) -> serde_json::Value {
        if let Some(fields) = proof.as_object_mut() {
            fields.remove(KEY);
        }
        proof
    }
}

impl Change {
    /// The newest version.
    pub fn version(&self) -> Option<i64> {
        self.migrations.last().map(|m| m.version)
    }

    /// Returns the files that hold it, written after the version `after`.
    pub(super) fn files(&self, after: Option<i64>) -> Files {
        let mut files = Files::new();
        for migration in &self.migrations {
            files.insert(migration.up_file(), migration.up.clone().into_bytes());
            if let Some(down) = &migration.down {
                files.insert(migration.down_file(), down.clone().into_bytes());
            }
        }
        let hashes = files.iter().map(|(name, content)| (name.clone(), chain::hash(&[content]))).collect();
        let place = Place { after, files: hashes, replaces: self.replaces.clone() };
        let mut fields = match Place::without(self.proof.clone()) {
            serde_json::Value::Object(fields) => fields,
            _ => serde_json::Map::new(),
        };
        fields.insert(KEY.into(), serde_json::json!(place));
        let mut text = serde_json::to_string_pretty(&fields).expect("a JSON value always prints");
        text.push('\n');
        if let Some(version) = self.version() {
            files.insert(format!("{version}.proof.json"), text.into_bytes());
        }
        files
    }
}

/// A directory in which branches met.
#[derive(Debug, Clone, PartialEq)]
pub struct Fork {
    /// What they have in common.
    pub base: Vec<Change>,
    /// The changes of each branch, by the version of its first one.
    pub branches: Vec<Vec<Change>>,
    /// Which of them `nexus.sum` vouches for, if it does for one.
    pub vouched: Option<usize>,
}

impl Fork {
    /// The newest version of each branch.
    pub fn heads(&self) -> Vec<i64> {
        self.branches.iter().filter_map(|branch| branch.last()?.version()).collect()
    }

    /// Finds it; nothing where each change was written after the one before.
    pub(super) fn find(files: &Files, sum: Option<&str>) -> Result<Option<Self>, HistoryError> {
        let mut next: BTreeMap<Option<i64>, Vec<Change>> = BTreeMap::new();
        let mut strangers = Vec::new();
        for (after, change) in changes(files)? {
            let (Written::After(version) | Written::Nowhere(version)) = after;
            if matches!(after, Written::Nowhere(_)) {
                strangers.push(version);
            }
            next.entry(version).or_default().push(change);
        }
        let mut base = Vec::new();
        let mut at = None;
        while let Some(mut here) = next.remove(&at) {
            if here.len() > 1 {
                // A file that no proof speaks of is no branch.
                if strangers.contains(&at) {
                    return Ok(None);
                }
                here.sort_by_key(Change::version);
                let branches: Vec<_> = here.into_iter().map(|first| branch(first, &mut next)).collect();
                let vouched = sum.and_then(|sum| vouched(sum, &branches));
                return Ok(Some(Self { base, branches, vouched }));
            }
            let Some(only) = here.pop() else { break };
            at = only.version();
            base.push(only);
        }
        Ok(None)
    }
}

fn branch(first: Change, next: &mut BTreeMap<Option<i64>, Vec<Change>>) -> Vec<Change> {
    let mut branch = vec![first];
    while let Some(mut here) = branch.last().and_then(Change::version).and_then(|at| next.remove(&Some(at))) {
        // A fork within a branch is one more branch of it, in the order of versions.
        here.sort_by_key(Change::version);
        branch.append(&mut here);
    }
    branch
}

/// The branch all of whose files the chain has, where the others have some that it has not.
fn vouched(sum: &str, branches: &[Vec<Change>]) -> Option<usize> {
    let has = |branch: &Vec<Change>| {
        branch
            .iter()
            .flat_map(|change| &change.migrations)
            .all(|m| sum.contains(&format!(" {}\n", m.up_file())))
    };
    let mut all = branches.iter().enumerate().filter(|(_, branch)| has(branch)).map(|(n, _)| n);
    all.next().filter(|_| all.next().is_none())
}

/// After which version a change was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// Its proof says so.
    After(Option<i64>),
    /// No proof says so: after what comes before it.
    Nowhere(Option<i64>),
}

/// Every change, and after which version it was written.
pub(super) fn changes(files: &Files) -> Result<Vec<(Written, Change)>, HistoryError> {
    let mut of_file: BTreeMap<String, i64> = BTreeMap::new();
    let mut places: BTreeMap<i64, (Place, serde_json::Value)> = BTreeMap::new();
    for (file, content) in files {
        let Some(version) = file.strip_suffix(".proof.json").and_then(|version| version.parse().ok()) else {
            continue;
        };
        let proof: serde_json::Value = serde_json::from_slice(content).unwrap_or_default();
        let place = Place::of(&proof).unwrap_or_default();
        for (name, hash) in &place.files {
            if files.get(name).is_some_and(|content| chain::hash(&[content]) != *hash) {
                return Err(HistoryError::Edited { file: name.clone() });
            }
            of_file.insert(name.clone(), version);
        }
        places.insert(version, (place, Place::without(proof)));
    }
    let mut found: BTreeMap<i64, (Written, Change)> = BTreeMap::new();
    let mut open: Vec<Migration> = Vec::new();
    let before =
        |first: i64| Written::Nowhere(places.range(..first).next_back().map(|(version, _)| *version));
    for migration in migrations(files)? {
        let version = migration.version;
        if let Some(last) = of_file.get(&migration.up_file()) {
            let (place, proof) = places.get(last).cloned().unwrap_or_default();
            let change = || Change { migrations: Vec::new(), proof, replaces: place.replaces };
            found
                .entry(*last)
                .or_insert_with(|| (Written::After(place.after), change()))
                .1
                .migrations
                .push(migration);
            continue;
        }
        open.push(migration);
        if let Some((_, proof)) = places.get(&version) {
            let migrations = std::mem::take(&mut open);
            let first = migrations.first().map_or(version, |m| m.version);
            let change = Change { migrations, proof: proof.clone(), replaces: Vec::new() };
            found.insert(version, (before(first), change));
        }
    }
    if let (Some(first), Some(last)) = (open.first().map(|m| m.version), open.last().map(|m| m.version)) {
        let change = Change { migrations: open, proof: serde_json::Value::Null, replaces: Vec::new() };
        found.insert(last, (before(first), change));
    }
    Ok(found.into_values().collect())
}

/// Whether a chain that does not hold may be that of a branch, and not one that was tampered with.
pub(super) fn may_be_of_a_branch(error: &HistoryError) -> bool {
    match error {
        HistoryError::Unknown { .. }
        | HistoryError::ChainBroken { .. }
        | HistoryError::NoSum { .. }
        | HistoryError::Missing { .. } => true,
        HistoryError::Edited { file } => file == LOCK,
        _ => false,
    }
}
