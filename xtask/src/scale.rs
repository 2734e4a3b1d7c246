//! What reading and planning cost on schemas of any size, against the bounds they must keep.
//!
//! Knows how the example `scale` of nexus-migrate is called and what it prints, and nothing of schemas. Prints nothing.

use std::path::{Path, PathBuf};

use crate::cargo::example;

/// How many tables are tried, where nobody says.
const SIZES: [u32; 4] = [13, 100, 1_000, 5_000];

/// What `cargo xtask scale` is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// The example, where it is built already.
    pub program: Option<PathBuf>,
    /// How many tables to try.
    pub sizes: Vec<u32>,
}

impl Options {
    /// Reads `--program FILE` and numbers of tables.
    pub fn parse(args: &[&str]) -> Result<Self, String> {
        match args {
            [] => Ok(Self::default()),
            ["--program", program, rest @ ..] => {
                Ok(Self { program: Some(PathBuf::from(program)), ..Self::parse(rest)? })
            }
            [size, rest @ ..] => {
                let size = size.parse().map_err(|_| format!("`{size}` is not a number of tables"))?;
                let mut options = Self::parse(rest)?;
                options.sizes.insert(0, size);
                Ok(options)
            }
        }
    }
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Whether every bound holds.
    pub holds: bool,
    /// What to tell.
    pub text: String,
}

/// What one size costs.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Cost {
    tables: u32,
    objects: u32,
    /// Seconds; none where there is no `pg_dump`.
    dump: Option<f64>,
    read: f64,
    plan: f64,
    steps: u32,
    /// MiB; none where the system does not tell.
    peak: Option<f64>,
}

/// Reading may take so much longer than `pg_dump -s` of the same database.
const RATIO: f64 = 1.5;
/// The smallest schemas take no time to speak of: connecting outweighs it.
const READ_FLOOR: f64 = 0.5;
/// Comparing and planning a change to 5 % may take so many seconds.
const PLAN: f64 = 0.5;
/// So many MiB may be held at once.
const PEAK: f64 = 400.0;

impl Cost {
    /// Reads the line of the example.
    fn read(line: &str) -> Option<Self> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [tables, objects, dump, read, plan, steps, peak] = words.as_slice() else { return None };
        let perhaps = |word: &str| if word == "-" { Some(None) } else { word.parse().ok().map(Some) };
        Some(Self {
            tables: tables.parse().ok()?,
            objects: objects.parse().ok()?,
            dump: perhaps(dump)?,
            read: read.parse().ok()?,
            plan: plan.parse().ok()?,
            steps: steps.parse().ok()?,
            peak: perhaps(peak)?,
        })
    }

    fn too_much(&self) -> Vec<String> {
        let Self { read, dump, plan, peak, .. } = *self;
        let mut found = Vec::new();
        if dump.is_some_and(|dump| read > READ_FLOOR && read > dump * RATIO) {
            found.push(format!("reading takes more than {RATIO} times `pg_dump -s`"));
        }
        if plan > PLAN {
            found.push(format!("planning takes more than {PLAN} s"));
        }
        if peak.is_some_and(|peak| peak > PEAK) {
            found.push(format!("more than {PEAK} MiB are held"));
        }
        found
    }
}

/// Runs the example for every size, each in a process of its own. Fails where it cannot be run.
pub fn run(root: &Path, options: &Options) -> Result<Report, String> {
    let sizes = if options.sizes.is_empty() { &SIZES[..] } else { &options.sizes };
    let mut report = Report { holds: true, text: HEADER.into() };
    for size in sizes {
        let cost = measure(root, options.program.as_deref(), *size)?;
        tell(&cost, &mut report);
    }
    Ok(report)
}

const HEADER: &str = "tables  objects  pg_dump -s      read  ratio  plan of 5 %  steps      peak";

fn tell(cost: &Cost, report: &mut Report) {
    let Cost { tables, objects, dump, read, plan, steps, peak } = cost;
    let or = |value: Option<String>| value.unwrap_or_else(|| "-".into());
    report.text.push_str(&format!(
        "\n{tables:>6}  {objects:>7}  {:>10}  {read:>6.3} s  {:>5}  {plan:>9.3} s  {steps:>5}  {:>8}",
        or(dump.map(|dump| format!("{dump:.3} s"))),
        or(dump.map(|dump| format!("{:.2}", read / dump))),
        or(peak.map(|peak| format!("{peak:.0} MiB"))),
    ));
    for what in cost.too_much() {
        report.holds = false;
        report.text.push_str(&format!("\n        too much: {what}"));
    }
}

fn measure(root: &Path, program: Option<&Path>, size: u32) -> Result<Cost, String> {
    let mut command = example(root, "scale", program)?;
    let output = command
        .arg(size.to_string())
        .output()
        .map_err(|error| format!("cannot run the example `scale`: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let cost = said.lines().rev().find_map(Cost::read);
    cost.ok_or_else(|| format!("the example `scale` gave no figures for {size} tables: {said}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_the_example_is_read() {
        let cost = Cost::read("5000 114005 1.639 2.763 0.381 500 446").expect("a line");
        assert_eq!((cost.tables, cost.dump, cost.peak), (5000, Some(1.639), Some(446.0)));
        assert_eq!(Cost::read("13 301 - 0.1 0.0 1 -").map(|cost| (cost.dump, cost.peak)), Some((None, None)));
        assert_eq!(Cost::read("warming up"), None);
    }

    #[test]
    fn bounds_are_told_by_name() {
        let told = |line: &str| Cost::read(line).expect("a line").too_much().len();
        assert_eq!(told("5000 114005 2.0 2.9 0.4 500 390"), 0);
        assert_eq!(told("5000 114005 2.0 3.1 0.6 500 446"), 3);
        assert_eq!(told("13 301 0.1 0.4 0.0 1 7"), 0, "connecting outweighs so few");
        assert_eq!(told("5000 114005 - 9.9 0.4 500 -"), 0, "nothing to compare with");
    }

    #[test]
    fn arguments_are_read() {
        let asked = Options { program: Some("a".into()), sizes: vec![13, 100] };
        assert_eq!(Options::parse(&["13", "--program", "a", "100"]), Ok(asked));
        assert!(Options::parse(&["--size"]).is_err());
    }
}
