//! Where servers of this user may live and whom they run as: PostgreSQL refuses to run as root.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::db::folder::{self, SOCKET_LIMIT};
use crate::db::scratch::error::ScratchError;

/// Accounts that root may lend to a server, best first.
const CANDIDATES: [&str; 2] = ["postgres", "nobody"];

/// An account, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) uid: u32,
    pub(super) gid: u32,
}

/// What this user's servers have in common.
#[derive(Debug, Clone)]
pub(super) struct Site {
    /// Our own user id.
    pub(super) uid: u32,
    /// The account to run servers as, if our own will not do.
    pub(super) account: Option<Account>,
    /// The folder for their folders.
    pub(super) base: PathBuf,
    /// All folders where former runs may have left theirs.
    pub(super) bases: Vec<PathBuf>,
}

impl Site {
    /// Looks at who we are and where there is room.
    pub(super) fn survey() -> Result<Self, ScratchError> {
        let missing = |reason: &str| ScratchError::Folder {
            path: std::env::temp_dir(),
            source: io::Error::new(io::ErrorKind::NotFound, reason),
        };
        let uid = number(&["-u"]).ok_or_else(|| missing("`id -u` does not tell who we are"))?;
        let account = match uid {
            0 => Some(lent().ok_or_else(|| {
                missing("root may not run PostgreSQL, and there is no account `postgres` or `nobody` to run it as")
            })?),
            _ => None,
        };
        let bases = folder::bases();
        let fits = |base: &&PathBuf| {
            base.as_os_str().len() <= SOCKET_LIMIT && (account.is_none() || open_to_all(base))
        };
        let base =
            bases.iter().find(fits).ok_or_else(|| missing("no folder is open to the server's account"))?;
        Ok(Self { uid, account, base: base.clone(), bases })
    }
}

fn lent() -> Option<Account> {
    CANDIDATES
        .iter()
        .find_map(|name| Some(Account { uid: number(&["-u", name])?, gid: number(&["-g", name])? }))
}

/// Tells whether any account can make files in `folder`.
fn open_to_all(folder: &Path) -> bool {
    let mode = |path: &Path| path.metadata().map_or(0, |meta| meta.permissions().mode());
    mode(folder) & 0o003 == 0o003 && folder.ancestors().all(|path| mode(path) & 0o001 != 0)
}

fn number(args: &[&str]) -> Option<u32> {
    let output = Command::new("id").args(args).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.trim().parse().ok()
}
