//! File names and versions of migrations, in the form that sqlx's migrator reads.
//!
//! Knows no file system.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeDelta, Timelike, Utc};

/// What a file of a migrations directory is, by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FileName {
    /// `<version>_<name>.up.sql`
    Up { version: i64, name: String },
    /// `<version>_<name>.down.sql`
    Down { version: i64, name: String },
    /// `<version>.proof.json`
    Proof,
    /// `nexus.lock`
    Lock,
}

/// The snapshot's file name.
pub(super) const LOCK: &str = "nexus.lock";
/// The chain's file name.
pub(super) const SUM: &str = "nexus.sum";
/// The list of files that a batch under way takes out.
pub(super) const GONE: &str = "nexus.gone";
/// What a file is called until it is complete.
pub(super) const TEMPORARY: &str = ".tmp";

/// Reads a file name; `None` where it is not one of ours.
pub(super) fn parse(file: &str) -> Option<FileName> {
    if file == LOCK {
        return Some(FileName::Lock);
    }
    if let Some(version) = file.strip_suffix(".proof.json") {
        return parse_version(version).map(|_| FileName::Proof);
    }
    let (version, rest) = file.split_once('_')?;
    let version = parse_version(version)?;
    let checked = |name: &str| is_name(name).then(|| name.to_owned());
    match (rest.strip_suffix(".up.sql"), rest.strip_suffix(".down.sql")) {
        (Some(name), _) => Some(FileName::Up { version, name: checked(name)? }),
        (_, Some(name)) => Some(FileName::Down { version, name: checked(name)? }),
        _ => None,
    }
}

/// Whether the directory's rules apply to this file: not to hidden ones such as `.gitkeep`, nor to unfinished ones.
pub(super) fn counts(file: &str) -> bool {
    !(file == SUM || file.ends_with(TEMPORARY) || file.starts_with('.') && !file.ends_with(".sql"))
}

/// Whether a migration can have this name: what every file system, and sqlx, leaves as it is.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

fn parse_version(text: &str) -> Option<i64> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|version| digits && *version > 0)
}

/// Returns the version of a migration made at `at`: `yyyymmddhhmmss` in UTC.
///
/// ```
/// use chrono::{TimeZone, Utc};
/// let at = Utc.with_ymd_and_hms(2026, 3, 1, 23, 59, 59).unwrap();
/// assert_eq!(nexus_migrate::history::version_at(at), 20260301235959);
/// ```
pub fn version_at(at: DateTime<Utc>) -> i64 {
    digits(at.naive_utc())
}

/// Returns the version one second after `version`; the next number where `version` is not a point in time.
///
/// ```
/// assert_eq!(nexus_migrate::history::version_after(20260301235959), 20260302000000);
/// assert_eq!(nexus_migrate::history::version_after(7), 8);
/// ```
pub fn version_after(version: i64) -> i64 {
    let next = moment(version).and_then(|at| at.checked_add_signed(TimeDelta::seconds(1)));
    next.map_or(version.saturating_add(1), digits)
}

/// Returns `text` as a migration's name: lower case, every run of other signs as one `_`.
///
/// ```
/// assert_eq!(nexus_migrate::history::name_from("Add e-mail, twice!"), "add_e_mail_twice");
/// assert_eq!(nexus_migrate::history::name_from("…"), "migration");
/// ```
pub fn name_from(text: &str) -> String {
    let words: Vec<String> = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let mut name = words.join("_");
    name.truncate(80);
    let name = name.trim_end_matches('_');
    if name.is_empty() { "migration".into() } else { name.into() }
}

fn digits(at: NaiveDateTime) -> i64 {
    [at.month(), at.day(), at.hour(), at.minute(), at.second()]
        .into_iter()
        .fold(i64::from(at.year()), |version, part| version * 100 + i64::from(part))
}

fn moment(version: i64) -> Option<NaiveDateTime> {
    let part = |divisor: i64| u32::try_from(version / divisor % 100).ok();
    let year = i32::try_from(version / 10_000_000_000).ok().filter(|year| (1000..=9999).contains(year))?;
    NaiveDate::from_ymd_opt(year, part(100_000_000)?, part(1_000_000)?)?.and_hms_opt(
        part(10_000)?,
        part(100)?,
        part(1)?,
    )
}
