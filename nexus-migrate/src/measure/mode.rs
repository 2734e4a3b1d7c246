//! Lock modes of tables, and what their clients cannot do meanwhile: table 13.2 of the manual.

use std::collections::BTreeSet;

use serde::Serialize;

/// A table-level lock, the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Reading.
    AccessShare,
    /// Locking rows.
    RowShare,
    /// Writing rows.
    RowExclusive,
    /// VACUUM, and DDL that lets clients go on.
    ShareUpdateExclusive,
    /// No writing, by anybody.
    Share,
    /// No writing, and one such at a time.
    ShareRowExclusive,
    /// Only reading goes on.
    Exclusive,
    /// Nothing goes on.
    AccessExclusive,
}

/// What a client does to a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Client {
    /// INSERT, UPDATE, DELETE, MERGE.
    Write,
    /// SELECT … FOR KEY SHARE, as a foreign key's check does it.
    LockRows,
    /// SELECT.
    Read,
}

impl Client {
    const ALL: [Self; 3] = [Self::Write, Self::LockRows, Self::Read];

    /// The word for it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Write => "write",
            Self::LockRows => "lock rows of",
            Self::Read => "read",
        }
    }

    /// The lock that it needs.
    fn needs(self) -> Mode {
        match self {
            Self::Write => Mode::RowExclusive,
            Self::LockRows => Mode::RowShare,
            Self::Read => Mode::AccessShare,
        }
    }
}

impl Mode {
    /// Every mode, the weakest first, with the word of `pg_locks` and those of SQL.
    const ALL: [(Self, &'static str, &'static str); 8] = [
        (Self::AccessShare, "AccessShareLock", "ACCESS SHARE"),
        (Self::RowShare, "RowShareLock", "ROW SHARE"),
        (Self::RowExclusive, "RowExclusiveLock", "ROW EXCLUSIVE"),
        (Self::ShareUpdateExclusive, "ShareUpdateExclusiveLock", "SHARE UPDATE EXCLUSIVE"),
        (Self::Share, "ShareLock", "SHARE"),
        (Self::ShareRowExclusive, "ShareRowExclusiveLock", "SHARE ROW EXCLUSIVE"),
        (Self::Exclusive, "ExclusiveLock", "EXCLUSIVE"),
        (Self::AccessExclusive, "AccessExclusiveLock", "ACCESS EXCLUSIVE"),
    ];

    /// Reads the word of `pg_locks`, such as `AccessExclusiveLock`.
    pub fn of_server(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, server, _)| *server == word).map(|(mode, ..)| *mode)
    }

    /// Reads the words of SQL in lower case with underscores, as a schema file has them: `share_update_exclusive`.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.iter().find(|(mode, ..)| mode.key() == key).map(|(mode, ..)| *mode)
    }

    /// The words of SQL, such as `ACCESS EXCLUSIVE`.
    pub fn words(self) -> &'static str {
        Self::ALL.iter().find(|(mode, ..)| *mode == self).map_or("", |(.., words)| words)
    }

    /// The words of SQL in lower case with underscores.
    pub fn key(self) -> String {
        self.words().to_lowercase().replace(' ', "_")
    }

    /// Whether it keeps anybody from anything but DDL.
    pub fn is_felt(self) -> bool {
        self >= Self::Share
    }

    /// Which clients wait while it is held on what they need.
    pub fn blocks(self) -> BTreeSet<Client> {
        let waits = |client: &Client| match client.needs() {
            Self::AccessShare => self == Self::AccessExclusive,
            Self::RowShare => self >= Self::Exclusive,
            _ => self >= Self::Share,
        };
        Client::ALL.into_iter().filter(waits).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_wait_as_the_manual_says() {
        let blocks = |mode: Mode| mode.blocks().into_iter().map(Client::words).collect::<Vec<_>>();
        assert!(Mode::ShareUpdateExclusive.blocks().is_empty());
        for mode in [Mode::Share, Mode::ShareRowExclusive] {
            assert_eq!(blocks(mode), ["write"]);
        }
        assert_eq!(blocks(Mode::Exclusive), ["write", "lock rows of"]);
        assert_eq!(blocks(Mode::AccessExclusive), ["write", "lock rows of", "read"]);
    }

    #[test]
    fn modes_have_three_names() {
        for (mode, server, words) in Mode::ALL {
            assert_eq!(Mode::of_server(server), Some(mode));
            assert_eq!(Mode::of_key(&mode.key()), Some(mode));
            assert_eq!(mode.words(), words);
        }
        assert_eq!(Mode::of_key("access"), None);
    }
}
