//! The fleet file: which databases, or which schemas of them, are migrated together, and how carefully.
//!
//! ```yaml
//! nexus: 1
//! url: postgres://app:${DB_PASSWORD}@db.internal/{name}   # {name} is the target's; ${…} the environment's
//! width: 16            # so many at once
//! failures: 1          # stop beginning new ones after so many have failed
//! canary: [acme]       # these first, one by one
//! targets:
//!   - acme
//!   - globex
//!   - { name: initech, url: "postgres://app@other.internal/initech" }
//!   - { name: hooli, schema: tenant_hooli, url: "postgres://app@db.internal/shared" }
//! ```

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;

use crate::commands::{CommandError, Failure};

/// A fleet as its file has it, with every URL complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fleet {
    /// How many targets are migrated at once.
    pub width: usize,
    /// After how many failures no other target begins.
    pub failures: usize,
    /// How many of the targets go first, one by one.
    pub canaries: usize,
    /// The targets, canaries first.
    pub targets: Vec<Target>,
}

/// A database, or a schema in one.
#[derive(Clone, PartialEq, Eq)]
pub struct Target {
    /// What it is called.
    pub name: String,
    /// Where it is.
    pub url: String,
    /// The schema, where the database has several tenants.
    pub schema: Option<String>,
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, url, schema } = self;
        let url = crate::db::redact_url(url);
        f.debug_struct("Target").field("name", name).field("url", &url).field("schema", schema).finish()
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    nexus: u32,
    url: Option<String>,
    #[serde(default = "width")]
    width: usize,
    #[serde(default = "failures")]
    failures: usize,
    #[serde(default)]
    canary: Vec<String>,
    targets: Vec<Entry>,
}

fn width() -> usize {
    8
}

fn failures() -> usize {
    1
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Entry {
    Name(String),
    Whole(Whole),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole {
    name: String,
    url: Option<String>,
    schema: Option<String>,
}

impl Fleet {
    /// Reads a fleet file; `environment` answers for `${…}`.
    pub fn read(path: &Path, environment: &dyn Fn(&str) -> Option<String>) -> Result<Self, CommandError> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            let failure = Failure::new(format!("cannot read `{}`", path.display()));
            CommandError::Usage(failure.source(error))
        })?;
        Self::parse(&text, environment).map_err(|what| {
            let failure = Failure::new(format!("`{}` is not a fleet file", path.display()));
            CommandError::Found(failure.source(what))
        })
    }

    fn parse(text: &str, environment: &dyn Fn(&str) -> Option<String>) -> Result<Self, String> {
        // No snippets: a line of the file may hold a password.
        let options = serde_saphyr::options! { with_snippet: false };
        let file: File =
            serde_saphyr::from_str_with_options(text, options).map_err(|error| error.to_string())?;
        let File { nexus, url, width, failures, canary, targets } = file;
        if nexus != 1 {
            return Err(format!("it has format {nexus}; this version reads format 1"));
        }
        let mut seen = BTreeSet::new();
        let mut complete = Vec::new();
        for entry in targets {
            let Whole { name, url: own, schema } = match entry {
                Entry::Name(name) => Whole { name, url: None, schema: None },
                Entry::Whole(whole) => whole,
            };
            if !seen.insert(name.clone()) {
                return Err(format!("the target `{name}` is there twice"));
            }
            let Some(url) = own.as_ref().or(url.as_ref()) else {
                return Err(format!("the target `{name}` has no `url`, and the file has none for all"));
            };
            let url = expanded(&url.replace("{name}", &escaped(&name)), environment)?;
            complete.push(Target { name, url, schema });
        }
        if let Some(unknown) = canary.iter().find(|name| !seen.contains(*name)) {
            return Err(format!("`canary` names `{unknown}`, which is no target"));
        }
        let (mut first, rest): (Vec<_>, Vec<_>) =
            complete.into_iter().partition(|target| canary.contains(&target.name));
        let canaries = first.len();
        first.extend(rest);
        Ok(Self { width: width.max(1), failures: failures.max(1), canaries, targets: first })
    }
}

/// A name as a part of a URL.
fn escaped(name: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
    name.bytes()
        .map(|byte| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

fn expanded(url: &str, environment: &dyn Fn(&str) -> Option<String>) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = url;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}').ok_or("a `${` in a URL has no `}`")?;
        let value = environment(name).ok_or_else(|| format!("the environment has no `{name}`"))?;
        out.push_str(before);
        out.push_str(&escaped(&value));
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Fleet, String> {
        Fleet::parse(text, &|name| (name == "PW").then(|| "s/cret".into()))
    }

    #[test]
    fn canaries_come_first_and_urls_are_complete() {
        let fleet = parse(
            "nexus: 1\nurl: 'postgres://app:${PW}@db/{name}'\ncanary: [b]\ntargets:\n  - a x\n  - b\n  - { name: c, schema: s, url: 'postgres://other/c' }\n",
        )
        .expect("a fleet");
        let seen: Vec<_> =
            fleet.targets.iter().map(|target| (target.name.as_str(), target.url.as_str())).collect();
        assert_eq!(
            seen,
            [
                ("b", "postgres://app:s%2Fcret@db/b"),
                ("a x", "postgres://app:s%2Fcret@db/a%20x"),
                ("c", "postgres://other/c")
            ]
        );
        assert_eq!((fleet.canaries, fleet.width, fleet.failures), (1, 8, 1));
        assert!(!format!("{fleet:?}").contains("cret"), "{fleet:?}");
    }

    #[test]
    fn what_is_wrong_is_named() {
        let cases = [
            ("nexus: 2\ntargets: []\n", "it has format 2; this version reads format 1"),
            ("nexus: 1\ntargets: [a]\n", "the target `a` has no `url`, and the file has none for all"),
            ("nexus: 1\nurl: x\ntargets: [a, a]\n", "the target `a` is there twice"),
            ("nexus: 1\nurl: x\ncanary: [b]\ntargets: [a]\n", "`canary` names `b`, which is no target"),
            ("nexus: 1\nurl: '${NO}'\ntargets: [a]\n", "the environment has no `NO`"),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text).expect_err("refuses"), expected);
        }
        assert!(parse("nexus: 1\ntargets: []\nwitdh: 3\n").expect_err("refuses").contains("witdh"));
    }
}
