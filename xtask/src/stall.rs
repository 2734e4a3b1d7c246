//! How long clients of a large table wait while a plan runs, against the bound that holds wherever PostgreSQL has a way.
//!
//! Knows how the example `stall` of nexus-migrate is called and what it prints, and nothing of schemas. Prints nothing.

use std::path::{Path, PathBuf};

use crate::cargo::example;
use crate::scale::Report;

/// How many rows there are, where nobody says.
const ROWS: u32 = 1_000_000;
/// So many milliseconds a client may wait.
const BOUND: u32 = 50;
/// Changes for which PostgreSQL has no way that leads to the same state.
const WITHOUT: [&str; 2] = ["int to bigint", "ADD COLUMN of a domain with CHECK"];

/// What `cargo xtask stall` is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// The example, where it is built already.
    pub program: Option<PathBuf>,
    /// How many rows the table has.
    pub rows: Option<u32>,
    /// Only changes with this in their names.
    pub only: Option<String>,
}

impl Options {
    /// Reads `--program FILE`, `--rows N` and a part of a change's name.
    pub fn parse(args: &[&str]) -> Result<Self, String> {
        match args {
            [] => Ok(Self::default()),
            ["--program", program, rest @ ..] => {
                Ok(Self { program: Some(PathBuf::from(program)), ..Self::parse(rest)? })
            }
            ["--rows", rows, rest @ ..] => {
                let rows = rows.parse().ok().filter(|n| *n > 0).ok_or("--rows takes a number from 1")?;
                Ok(Self { rows: Some(rows), ..Self::parse(rest)? })
            }
            [only] if !only.starts_with("--") => Ok(Self { only: Some((*only).into()), ..Self::default() }),
            [other, ..] => {
                Err(format!("unknown argument {other}: known are --program FILE, --rows N and a name"))
            }
        }
    }
}

/// What one change costs: the worst SELECT and UPDATE and all of it, in milliseconds, plain and usual.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Cost {
    plain: [u32; 3],
    usual: [u32; 3],
    name: String,
}

impl Cost {
    /// Reads a line of the example.
    fn read(line: &str) -> Option<Self> {
        let mut words = line.splitn(7, ' ');
        let mut three = || -> Option<[u32; 3]> {
            Some([words.next()?.parse().ok()?, words.next()?.parse().ok()?, words.next()?.parse().ok()?])
        };
        let (plain, usual) = (three()?, three()?);
        Some(Self { plain, usual, name: words.next()?.into() })
    }

    fn is_too_long(&self) -> bool {
        let [select, update, _] = self.usual;
        select.max(update) > BOUND && !WITHOUT.contains(&self.name.as_str())
    }
}

/// Runs the example. Fails where it cannot be run.
pub fn run(root: &Path, options: &Options) -> Result<Report, String> {
    let mut command = example(root, "stall", options.program.as_deref())?;
    command.arg(options.rows.unwrap_or(ROWS).to_string()).args(&options.only);
    let output = command.output().map_err(|error| format!("cannot run the example `stall`: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let costs: Vec<Cost> = said.lines().filter_map(Cost::read).collect();
    if !output.status.success() || costs.is_empty() {
        return Err(format!("the example `stall` gave no figures: {said}"));
    }
    Ok(tell(&costs))
}

const HEADER: &str = "worst wait in ms              plain (total)            usual (total)
change                            SELECT / UPDATE          SELECT / UPDATE";

fn tell(costs: &[Cost]) -> Report {
    let mut report = Report { holds: true, text: HEADER.into() };
    for cost in costs {
        let Cost { plain: [select, update, total], usual, name } = cost;
        let [gently, writing, all] = usual;
        report.text.push_str(&format!(
            "\n{name:<48} {select:>6} / {update:<6} ({total:>6})  {gently:>6} / {writing:<6} ({all:>6})"
        ));
        if cost.is_too_long() {
            report.holds = false;
            report.text.push_str(&format!("  too long: the bound is {BOUND} ms"));
        } else if WITHOUT.contains(&name.as_str()) {
            report.text.push_str("  there is no other way to the same state");
        }
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_the_example_are_read() {
        let cost = Cost::read("140 129 143 5 4 139 SET NOT NULL").expect("a line");
        assert_eq!(
            (cost.plain, cost.usual, cost.name.as_str()),
            ([140, 129, 143], [5, 4, 139], "SET NOT NULL")
        );
        assert_eq!(Cost::read("140 129 143 5 4 SET NOT NULL"), None);
    }

    #[test]
    fn who_waits_for_too_long_is_told_but_where_there_is_no_way() {
        let told = |line: &str| tell(&[Cost::read(line).expect("a line")]).holds;
        assert!(told("140 129 143 50 50 139 SET NOT NULL"));
        assert!(!told("140 129 143 5 51 139 SET NOT NULL"));
        assert!(told("1869 1873 1900 1869 1873 1900 int to bigint"));
    }

    #[test]
    fn arguments_are_read() {
        let asked = Options { program: Some("a".into()), rows: Some(7), only: Some("INDEX".into()) };
        assert_eq!(Options::parse(&["--rows", "7", "--program", "a", "INDEX"]), Ok(asked));
        assert!(Options::parse(&["--rows", "0"]).is_err());
        assert!(Options::parse(&["--row"]).is_err());
    }
}
