//! Whether proofs record what another session sees on a second server, over the pairs of schemas of the corpus.
//!
//! Knows how the example `certificates` of nexus-migrate is called and what it prints, and nothing of schemas. Prints nothing.

use std::path::{Path, PathBuf};

use crate::cargo::example;
use crate::scale::Report;

/// So many transitions the corpus has at least that can be compared.
const LEAST: usize = 300;

/// What `cargo xtask certificates` is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// The example, where it is built already.
    pub program: Option<PathBuf>,
    /// Look at every so-manieth pair only.
    pub sample: Option<usize>,
}

impl Options {
    /// Reads `--program FILE` and `--sample N`.
    pub fn parse(args: &[&str]) -> Result<Self, String> {
        match args {
            [] => Ok(Self::default()),
            ["--program", program, rest @ ..] => {
                Ok(Self { program: Some(PathBuf::from(program)), ..Self::parse(rest)? })
            }
            ["--sample", n, rest @ ..] => {
                let n = n.parse().ok().filter(|n| *n > 0).ok_or("--sample takes a number from 1")?;
                Ok(Self { sample: Some(n), ..Self::parse(rest)? })
            }
            [other, ..] => Err(format!("unknown argument {other}: known are --program FILE and --sample N")),
        }
    }
}

/// Runs the example. Fails where it cannot be run; a missing corpus is no failure.
pub fn run(root: &Path, options: &Options) -> Result<Report, String> {
    let pairs = root.join("../shared/corpus/pairs");
    if !pairs.is_dir() {
        return Ok(Report { holds: true, text: "certificates left out: ../shared is not there".into() });
    }
    let mut command = example(root, "certificates", options.program.as_deref())?;
    let every = options.sample.unwrap_or(1);
    command.arg(every.to_string()).arg(&pairs);
    let output =
        command.output().map_err(|error| format!("cannot run the example `certificates`: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        return Err(format!("the example `certificates` failed: {said}"));
    }
    Ok(tell(&said, if every == 1 { LEAST } else { 1 }))
}

/// What one way sums up to.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    transitions: usize,
    off: usize,
    steps: usize,
    unseen: usize,
    /// Locks, rewrites, rebuilds and scans that both saw.
    facts: [usize; 4],
}

const KINDS: [&str; 4] = ["locks", "rewrites", "rebuilds", "scans"];

fn tell(said: &str, least: usize) -> Report {
    let mut sums = [("forth", Sum::default()), ("back", Sum::default())];
    let mut out = 0;
    let mut differs = [0; 4];
    let mut words = String::new();
    let mut name = "";
    for line in said.lines() {
        if let Some(difference) = line.strip_prefix("  ") {
            for (count, kind) in differs.iter_mut().zip(KINDS) {
                *count += usize::from(difference.starts_with(kind));
            }
            words.push_str(&format!("\n{name}: {difference}"));
            continue;
        }
        let parts: Vec<&str> = line.split(' ').collect();
        let [verdict @ ("same" | "off"), way, pair, numbers @ ..] = parts.as_slice() else {
            out += usize::from(line.starts_with("out ") && !line.ends_with(" nothing to do"));
            continue;
        };
        name = pair;
        let mut numbers = numbers.iter().map(|number| number.parse().unwrap_or(0));
        for (_, sum) in sums.iter_mut().filter(|(it, _)| it == way) {
            sum.transitions += 1;
            sum.off += usize::from(*verdict == "off");
            sum.steps += numbers.next().unwrap_or(0);
            sum.unseen += numbers.next().unwrap_or(0);
            for (fact, more) in sum.facts.iter_mut().zip(&mut numbers) {
                *fact += more;
            }
        }
    }
    let mut text = String::from(
        "way    transitions  steps  seen alike: locks  rewrites  rebuilds  scans  locks unseen  off",
    );
    for (way, Sum { transitions, off, steps, unseen, facts: [locks, rewrites, rebuilds, scans] }) in sums {
        text.push_str(&format!(
            "\n{way:<6} {transitions:>11} {steps:>6} {locks:>18} {rewrites:>9} {rebuilds:>9} {scans:>6} {unseen:>13} {off:>4}"
        ));
    }
    let all: usize = sums.iter().map(|(_, sum)| sum.transitions).sum();
    let wrong = KINDS.iter().zip(differs).map(|(kind, count)| format!("{kind} {count}"));
    text.push_str(&format!(
        "\n{all} transitions; steps seen otherwise: {}; {out} left out",
        wrong.collect::<Vec<_>>().join(", ")
    ));
    text.push_str(&words);
    let holds = all >= least && sums.iter().all(|(_, sum)| sum.off == 0);
    if all < least {
        text.push_str(&format!("\ntoo few: {least} are asked for"));
    }
    Report { holds, text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transitions_are_summed_up_by_way() {
        let said = "same forth a/b 3 1 4 0 0 2\nout back a/b nothing to do\nout forth c/d no role\nsame back e/f 1 0 2 1 1 1\n";
        let report = tell(said, 2);
        assert!(report.holds, "{}", report.text);
        assert!(report.text.contains(
            "2 transitions; steps seen otherwise: locks 0, rewrites 0, rebuilds 0, scans 0; 1 left out"
        ));
        assert!(!tell(said, 3).holds, "too few are no certificate");
    }

    #[test]
    fn what_differs_is_told_with_its_pair() {
        let report = tell(
            "same forth a/b 1 0 1 0 0 0\noff back a/b 1 0 1 0 0 0\n  scans of alter column x: recorded {}\n",
            1,
        );
        assert!(!report.holds);
        assert!(report.text.ends_with("\na/b: scans of alter column x: recorded {}"), "{}", report.text);
        assert!(report.text.contains("scans 1"));
    }

    #[test]
    fn arguments_are_read() {
        let asked = Options { program: Some("a".into()), sample: Some(7) };
        assert_eq!(Options::parse(&["--sample", "7", "--program", "a"]), Ok(asked));
        assert!(Options::parse(&["--sample", "0"]).is_err());
        assert!(Options::parse(&["--all"]).is_err());
    }
}
