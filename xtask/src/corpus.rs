//! The score on the corpus of schema pairs, against the floor it may not fall below.
//!
//! Knows how the judge (`converge.py`) is called and what it prints, and nothing of schemas. Prints nothing.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const FLOOR: &str = "xtask/corpus-floor.txt";

/// What `cargo xtask corpus` is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// The program to judge; the one built beside this one if absent.
    pub nexus: Option<PathBuf>,
    /// Look at every so-manieth case only.
    pub sample: Option<u32>,
}

impl Options {
    /// Reads `--nexus PROGRAM` and `--sample N`.
    pub fn parse(args: &[&str]) -> Result<Self, String> {
        match args {
            [] => Ok(Self::default()),
            ["--nexus", program, rest @ ..] => {
                Ok(Self { nexus: Some(PathBuf::from(program)), ..Self::parse(rest)? })
            }
            ["--sample", n, rest @ ..] => {
                let n = n.parse().ok().filter(|n| *n > 0).ok_or("--sample takes a number from 1")?;
                Ok(Self { sample: Some(n), ..Self::parse(rest)? })
            }
            [other, ..] => Err(format!("unknown argument {other}: known are --nexus PROGRAM and --sample N")),
        }
    }
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Whether the score is no lower than the floor and nothing broke.
    pub holds: bool,
    /// What to tell.
    pub text: String,
}

/// Runs the judge. Fails where it cannot be run; a missing corpus is no failure.
pub fn run(root: &Path, options: &Options) -> Result<Report, String> {
    let corpus = root.join("../shared/corpus");
    if !corpus.join("converge.py").is_file() {
        return Ok(Report { holds: true, text: "corpus left out: ../shared is not there".into() });
    }
    let text = std::fs::read_to_string(root.join(FLOOR)).map_err(|error| format!("{FLOOR}: {error}"))?;
    let floor = Score::read_floor(&text)?;
    let nexus = match &options.nexus {
        Some(program) => std::path::absolute(program).map_err(|error| error.to_string())?,
        None => beside_us()?,
    };
    let tool = format!("'{}' diff --from {{old}} --to {{new}}", nexus.display());
    let every = options.sample.unwrap_or(1).to_string();
    let output = Command::new("python3")
        .args(["converge.py", "--tool", tool.as_str(), "--every", every.as_str(), "--show", "pairs", "real"])
        .current_dir(&corpus)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cannot run python3: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let Some(score) = said.lines().rev().find_map(Score::read_total) else {
        return Err(format!("the judge gave no score:\n{said}"));
    };
    Ok(judge(floor, score, &broken(&said), options.sample))
}

/// The program that was built into the folder of this one.
fn beside_us() -> Result<PathBuf, String> {
    let me = std::env::current_exe().map_err(|error| format!("cannot find the target folder: {error}"))?;
    let name = format!("nexus{}", std::env::consts::EXE_SUFFIX);
    let here = me.ancestors().skip(1).take(2).map(|folder| folder.join(&name)).find(|it| it.is_file());
    here.ok_or_else(|| {
        "no `nexus` is built: run `cargo build -p nexus-migrate`, or give --nexus PROGRAM".into()
    })
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Score {
    converged: u32,
    stable: u32,
    of: u32,
}

impl Score {
    /// Reads `converged N`, `stable N` and `of M`, a line each.
    fn read_floor(text: &str) -> Result<Self, String> {
        let number = |word: &str| {
            let value =
                text.lines().find_map(|line| line.strip_prefix(word)?.strip_prefix(' ')?.trim().parse().ok());
            value.ok_or_else(|| format!("{FLOOR}: no line `{word} N`"))
        };
        Ok(Self { converged: number("converged")?, stable: number("stable")?, of: number("of")? })
    }

    /// Reads the judge's last line: `total: converged N of M, stable K of M`.
    fn read_total(line: &str) -> Option<Self> {
        let (converged, stable) = line.strip_prefix("total: converged ")?.split_once(", stable ")?;
        let (converged, of) = converged.split_once(" of ")?;
        let (stable, _) = stable.split_once(" of ")?;
        Some(Self { converged: converged.parse().ok()?, stable: stable.parse().ok()?, of: of.parse().ok()? })
    }
}

/// Cases that crash, hang, are not even SQL, or could not be judged: whatever the score, these may not be.
fn broken(said: &str) -> Vec<&str> {
    said.lines()
        .filter(|line| {
            line.contains("): timeout")
                || line.contains(": harness: ")
                || line.contains("): does not apply: ") && line.contains("syntax error")
                // A panic's last line is the hint; a killed program says nothing.
                || line.contains("): tool failed: ") && (line.contains("RUST_BACKTRACE") || line.contains("panicked"))
                || line.trim_end().ends_with("): tool failed:")
        })
        .collect()
}

fn judge(floor: Score, score: Score, broken: &[&str], sample: Option<u32>) -> Report {
    let Score { converged, stable, of } = score;
    let mut text = format!("corpus: converged {converged} of {of}, stable {stable} of {of}");
    let mut holds = true;
    for case in broken {
        holds = false;
        text.push_str(&format!("\nbroken: {case}"));
    }
    if of == 0 {
        return Report { holds: false, text: text + "\nno case was judged" };
    }
    let whole = sample.is_none_or(|n| n == 1);
    let wanted = if whole { floor } else { part(floor, of) };
    let lower = converged < wanted.converged || stable < wanted.stable || whole && of < floor.of;
    if lower {
        holds = false;
        let Score { converged, stable, of } = wanted;
        let at_least = if whole { format!(" of {of}") } else { String::new() };
        text.push_str(&format!("\nlower than the floor: converged {converged}, stable {stable}{at_least}"));
    } else if whole && score != floor && holds {
        text.push_str(&format!(
            "\nhigher than the floor; write into {FLOOR}:\nconverged {converged}\nstable {stable}\nof {of}"
        ));
    }
    Report { holds, text }
}

/// The floor for a part of the cases: its share, less two standard deviations, for a part is not the whole.
fn part(floor: Score, of: u32) -> Score {
    let share = |count: u32| {
        let p = f64::from(count) / f64::from(floor.of.max(1));
        let n = f64::from(of);
        let least = n * p - 2.0 * (n * p * (1.0 - p)).max(0.0).sqrt();
        // Between 0 and `of` by construction.
        (0..=of).rev().find(|count| f64::from(*count) <= least.max(0.0)).unwrap_or(0)
    };
    Score { converged: share(floor.converged), stable: share(floor.stable), of }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOOR: Score = Score { converged: 300, stable: 290, of: 437 };

    #[test]
    fn the_judges_last_line_is_the_score() {
        let line = "total: converged 12 of 15, stable 11 of 15";
        assert_eq!(Score::read_total(line), Some(Score { converged: 12, stable: 11, of: 15 }));
        assert_eq!(Score::read_total("real: converged 1 of 1, stable 1 of 1"), None);
        assert_eq!(Score::read_floor("# so\nconverged 300\nstable 290\nof 437\n"), Ok(FLOOR));
        assert!(Score::read_floor("converged 300\n").is_err());
    }

    #[test]
    fn the_score_may_not_fall() {
        let holds = |converged, stable, of| judge(FLOOR, Score { converged, stable, of }, &[], None).holds;
        assert!(holds(300, 290, 437));
        assert!(holds(301, 290, 437));
        assert!(!holds(299, 290, 437));
        assert!(!holds(300, 289, 437));
        assert!(!holds(300, 290, 430), "cases that cannot be judged do not vanish");
        assert!(
            judge(FLOOR, Score { converged: 301, ..FLOOR }, &[], None)
                .text
                .contains("converged 301\nstable 290")
        );
    }

    #[test]
    fn a_sample_has_its_share_of_the_floor() {
        let holds =
            |converged| judge(FLOOR, Score { converged, stable: converged, of: 44 }, &[], Some(10)).holds;
        assert!(holds(30));
        assert!(holds(25));
        assert!(!holds(15));
        assert!(!judge(FLOOR, Score::default(), &[], Some(10)).holds, "no case at all is no success");
    }

    #[test]
    fn a_case_that_breaks_is_told_whatever_the_score() {
        let said = "pairs/a (forth): timeout: \npairs/b (forth): tool failed: note: run with `RUST_BACKTRACE=1`\n\
                    pairs/c (forth): does not apply: ERROR:  syntax error at or near \"x\"\npairs/d (forth): tool failed: \n\
                    pairs/e (forth): tool failed:   cast a to b\npairs/f (forth): diverges: -a\n";
        assert_eq!(broken(said).len(), 4);
        assert!(!judge(FLOOR, FLOOR, &broken(said), None).holds);
    }

    #[test]
    fn arguments_are_read() {
        let both = Options { nexus: Some("a".into()), sample: Some(7) };
        assert_eq!(Options::parse(&["--sample", "7", "--nexus", "a"]), Ok(both));
        assert!(Options::parse(&["--sample", "0"]).is_err());
        assert!(Options::parse(&["--nexsu"]).is_err());
    }
}
