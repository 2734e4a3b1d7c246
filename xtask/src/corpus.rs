//! The score on the corpus of schema pairs, there and back, against the floor it may not fall below.
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
    let floor = Both::read_floor(&text)?;
    let nexus = match &options.nexus {
        Some(program) => std::path::absolute(program).map_err(|error| error.to_string())?,
        None => beside_us()?,
    };
    let tool = format!("'{}' diff --from {{old}} --to {{new}}", nexus.display());
    let every = options.sample.unwrap_or(1).to_string();
    // Each case has a line there; the printed total does not tell the ways apart.
    let cases = std::env::temp_dir().join(format!("nexus-corpus-{}.jsonl", std::process::id()));
    let output = Command::new("python3")
        .args([
            "converge.py",
            "--tool",
            tool.as_str(),
            "--every",
            every.as_str(),
            "--back",
            "--show",
            "--out",
        ])
        .arg(&cases)
        .args(["pairs", "real"])
        .current_dir(&corpus)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cannot run python3: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let lines = std::fs::read_to_string(&cases);
    let _ = std::fs::remove_file(&cases);
    let lines = lines.map_err(|error| format!("the judge gave no score ({error}):\n{said}"))?;
    Ok(judge(floor, Both::read_cases(&lines), &broken(&said), options.sample))
}

/// The program that was built into the folder of this one.
pub(crate) fn beside_us() -> Result<PathBuf, String> {
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

/// The scores of the two ways.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Both {
    forth: Score,
    back: Score,
}

impl Both {
    /// Reads `forth converged N`, `forth stable N`, `forth of M` and the same for `back`, a line each.
    fn read_floor(text: &str) -> Result<Self, String> {
        let number = |words: &str| {
            let value = text
                .lines()
                .find_map(|line| line.strip_prefix(words)?.strip_prefix(' ')?.trim().parse().ok());
            value.ok_or_else(|| format!("{FLOOR}: no line `{words} N`"))
        };
        let score = |way: &str| {
            Ok::<_, String>(Score {
                converged: number(&format!("{way} converged"))?,
                stable: number(&format!("{way} stable"))?,
                of: number(&format!("{way} of"))?,
            })
        };
        Ok(Self { forth: score("forth")?, back: score("back")? })
    }

    /// Counts the judge's lines, a JSON object for each case and way; quotes within its texts are escaped.
    fn read_cases(lines: &str) -> Self {
        let mut both = Self::default();
        for line in lines.lines() {
            let says = |what: &str| line.contains(what);
            let score = match (says(r#""way": "forth""#), says(r#""way": "back""#)) {
                (true, _) => &mut both.forth,
                (_, true) => &mut both.back,
                // What could not be judged is missing from the count, and told elsewhere.
                _ => continue,
            };
            score.of += 1;
            score.converged += u32::from(says(r#""verdict": "converged""#));
            score.stable += u32::from(says(r#""stable": true"#));
        }
        both
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

fn judge(floor: Both, score: Both, broken: &[&str], sample: Option<u32>) -> Report {
    let mut report = Report { holds: true, text: String::from("corpus:") };
    for (way, score) in [("forth", score.forth), ("back", score.back)] {
        let Score { converged, stable, of } = score;
        report.text.push_str(&format!(" {way} converged {converged}, stable {stable} of {of}."));
    }
    for case in broken {
        report.holds = false;
        report.text.push_str(&format!("\nbroken: {case}"));
    }
    let whole = sample.is_none_or(|n| n == 1);
    for (way, floor, score) in [("forth", floor.forth, score.forth), ("back", floor.back, score.back)] {
        if score.of == 0 {
            report.holds = false;
            report.text.push_str(&format!("\nno case was judged {way}"));
            continue;
        }
        let Score { converged, stable, of } = if whole { floor } else { part(floor, score.of) };
        if score.converged < converged || score.stable < stable || whole && score.of < of {
            report.holds = false;
            report
                .text
                .push_str(&format!("\nlower than the floor {way}: converged {converged}, stable {stable}"));
        }
    }
    if whole && report.holds && score != floor {
        report.text.push_str(&format!("\nhigher than the floor; write into {FLOOR}:"));
        for (way, Score { converged, stable, of }) in [("forth", score.forth), ("back", score.back)] {
            report
                .text
                .push_str(&format!("\n{way} converged {converged}\n{way} stable {stable}\n{way} of {of}"));
        }
    }
    report
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

    const WAY: Score = Score { converged: 300, stable: 290, of: 437 };
    const BOTH: Both = Both { forth: WAY, back: WAY };

    #[test]
    fn the_judges_lines_are_counted_by_way() {
        let lines = r#"{"case": "a", "verdict": "converged", "stable": true, "way": "forth"}
{"case": "a", "verdict": "converged", "stable": false, "why": "\"way\": \"forth\"", "way": "back"}
{"case": "b", "verdict": "diverges", "why": "x", "way": "forth"}
{"case": "c", "verdict": "skipped", "why": "y"}"#;
        let forth = Score { converged: 1, stable: 1, of: 2 };
        assert_eq!(Both::read_cases(lines), Both { forth, back: Score { converged: 1, stable: 0, of: 1 } });
    }

    #[test]
    fn the_floor_has_a_line_for_each_number() {
        let text = "# so\nforth converged 300\nforth stable 290\nforth of 437\nback converged 300\nback stable 290\nback of 437\n";
        assert_eq!(Both::read_floor(text), Ok(BOTH));
        assert!(Both::read_floor("forth converged 300\n").is_err());
    }

    #[test]
    fn neither_score_may_fall() {
        let holds = |converged, stable, of| {
            let score = Score { converged, stable, of };
            let there = judge(BOTH, Both { forth: score, back: WAY }, &[], None).holds;
            let back = judge(BOTH, Both { forth: WAY, back: score }, &[], None).holds;
            assert_eq!(there, back);
            there
        };
        assert!(holds(300, 290, 437));
        assert!(holds(301, 290, 437));
        assert!(!holds(299, 290, 437));
        assert!(!holds(300, 289, 437));
        assert!(!holds(300, 290, 430), "cases that cannot be judged do not vanish");
        let higher = Both { back: Score { converged: 301, ..WAY }, ..BOTH };
        assert!(judge(BOTH, higher, &[], None).text.contains("back converged 301\nback stable 290"));
    }

    #[test]
    fn a_sample_has_its_share_of_the_floor() {
        let holds = |converged| {
            let score = Score { converged, stable: converged, of: 44 };
            judge(BOTH, Both { forth: score, back: score }, &[], Some(10)).holds
        };
        assert!(holds(30));
        assert!(holds(25));
        assert!(!holds(15));
        assert!(!judge(BOTH, Both::default(), &[], Some(10)).holds, "no case at all is no success");
    }

    #[test]
    fn a_case_that_breaks_is_told_whatever_the_score() {
        let said = "pairs/a (forth): timeout: \npairs/b (forth): tool failed: note: run with `RUST_BACKTRACE=1`\n\
                    pairs/c (back): does not apply: ERROR:  syntax error at or near \"x\"\npairs/d (back): tool failed: \n\
                    pairs/e (forth): tool failed:   cast a to b\npairs/f (forth): diverges: -a\n";
        assert_eq!(broken(said).len(), 4);
        assert!(!judge(BOTH, BOTH, &broken(said), None).holds);
    }

    #[test]
    fn arguments_are_read() {
        let both = Options { nexus: Some("a".into()), sample: Some(7) };
        assert_eq!(Options::parse(&["--sample", "7", "--nexus", "a"]), Ok(both));
        assert!(Options::parse(&["--sample", "0"]).is_err());
        assert!(Options::parse(&["--nexsu"]).is_err());
    }
}
