//! Cases of `cases/`, read from their files.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use nexus_migrate::db::Session;

/// The cases of a folder, those with a part of NEXUS_CASE in their names if it is set.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let wanted = std::env::var("NEXUS_CASE").unwrap_or_default();
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .filter(|path| wanted.split(',').any(|part| path.to_string_lossy().contains(part)))
        .collect();
    files.sort();
    files
}

/// A case: settings before its blocks, and blocks of SQL by name.
#[derive(Default)]
pub(crate) struct Case {
    pub(crate) settings: BTreeMap<String, String>,
    pub(crate) blocks: BTreeMap<String, String>,
}

impl Case {
    /// Whether a server of this major has what the case shows.
    pub(crate) fn is_for(&self, major: u32) -> bool {
        self.settings.get("major").is_none_or(|least| least.parse().is_ok_and(|least: u32| least <= major))
    }

    pub(crate) fn read(file: &Path) -> Self {
        let text = fs::read_to_string(file).expect("a case is a file in UTF-8");
        let mut case = Self::default();
        let mut open: Option<String> = None;
        for line in text.lines() {
            match &open {
                Some(_) if line == "```" => open = None,
                Some(block) => {
                    let block = case.blocks.entry(block.clone()).or_default();
                    block.push_str(line);
                    block.push('\n');
                }
                None => {
                    if let Some(name) = line.strip_prefix("```sql ") {
                        case.blocks.insert(name.to_owned(), String::new());
                        open = Some(name.to_owned());
                    } else if let Some((key, value)) = line.split_once(": ")
                        && ["roles", "extension", "loses", "dump", "prove", "witness", "major"].contains(&key)
                    {
                        case.settings.insert(key.to_owned(), value.to_owned());
                    }
                }
            }
        }
        assert!(open.is_none(), "{}: a block has no end", file.display());
        for name in case.blocks.keys() {
            let names = ["before", "after", "plan", "plain", "rows", "keep"];
            assert!(names.contains(&name.as_str()), "{}: unknown block {name}", file.display());
        }
        case
    }

    pub(crate) fn block(&self, name: &str) -> &str {
        self.blocks.get(name).map_or("", String::as_str)
    }

    /// Runs a block in a session, after making the roles that it names.
    pub(crate) async fn start(
        &self,
        session: &mut Session,
        block: &str,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        for role in self.settings.get("roles").into_iter().flat_map(|roles| roles.split(", ")) {
            let exists = format!("SELECT 1 FROM pg_roles WHERE rolname = '{role}'");
            if session.rows(&exists).await?.is_empty() {
                session.run(&format!("CREATE ROLE {role}")).await?;
            }
        }
        session.run(self.block(block)).await.map_err(|error| format!("{block}: {error}"))?;
        Ok(())
    }
}
