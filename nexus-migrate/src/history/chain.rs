//! The text of `nexus.sum`: a hash chain over the names and contents of all files of the directory.
//!
//! Each line is `<link> <content> <file>`: the link is SHA-256 over the previous link, the content's hash and
//! the name. So a line cannot be changed, moved or taken out without every later one; and because each line
//! names its content's hash too, the file that was edited can be named. Knows no file system.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::HistoryError;

/// The files of a directory that count, by name.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// Returns the text of `nexus.sum` for these files.
pub(super) fn print(files: &Files) -> String {
    let mut link = String::new();
    let mut out = String::new();
    for (name, content) in files {
        let content = hash(&[content]);
        link = next_link(&link, &content, name);
        out.push_str(&format!("{link} {content} {name}\n"));
    }
    out
}

/// Checks the chain itself, then every file against it; fails with the first difference.
pub(super) fn verify(sum: &str, files: &Files) -> Result<(), HistoryError> {
    let recorded = read(sum)?;
    for (name, content) in &recorded {
        let Some(actual) = files.get(*name) else {
            return Err(HistoryError::Missing { file: (*name).into() });
        };
        if hash(&[actual]) != *content {
            return Err(HistoryError::Edited { file: (*name).into() });
        }
    }
    match files.keys().find(|name| !recorded.contains_key(name.as_str())) {
        Some(name) => Err(HistoryError::Unknown { file: name.clone() }),
        None => Ok(()),
    }
}

fn read(sum: &str) -> Result<BTreeMap<&str, &str>, HistoryError> {
    let mut link = String::new();
    let mut recorded = BTreeMap::new();
    for (n, line) in sum.split_inclusive('\n').enumerate() {
        let broken = HistoryError::ChainBroken { line: n + 1 };
        // Nothing but what `print` writes: not even another line ending.
        let Some(line) = line.strip_suffix('\n') else { return Err(broken) };
        let mut words = line.splitn(3, ' ');
        let (Some(written), Some(content), Some(name)) = (words.next(), words.next(), words.next()) else {
            return Err(broken);
        };
        link = next_link(&link, content, name);
        if link != written || recorded.insert(name, content).is_some() {
            return Err(broken);
        }
    }
    Ok(recorded)
}

fn next_link(link: &str, content: &str, name: &str) -> String {
    hash(&[link.as_bytes(), b" ", content.as_bytes(), b" ", name.as_bytes(), b"\n"])
}

pub(super) fn hash(parts: &[&[u8]]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part);
    }
    nexus_schema::hex(&digest.finalize())
}
