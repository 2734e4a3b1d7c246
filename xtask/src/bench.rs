//! What our commands take beside those of others on the same work, against the ratios that were asked.
//!
//! Knows how the example `bench` of nexus-migrate is called and what it prints, and nothing of schemas. Prints nothing;
//! what it returns is Markdown, as docs/performance.md has it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::cargo::cargo;
use crate::scale::Report;

/// How many tables are tried, where nobody says.
const SIZES: [u32; 4] = [13, 100, 1_000, 5_000];
/// How often each thing is done, where nobody says: less often where it takes long.
const ROUNDS: fn(u32) -> u32 = |tables| if tables < 1_000 { 7 } else { 3 };

/// What `cargo xtask bench` is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Where the programs of others are installed, besides `PATH`.
    pub peers: Option<String>,
    /// How often each thing is done.
    pub rounds: Option<u32>,
    /// How many tables to try.
    pub sizes: Vec<u32>,
}

impl Options {
    /// Reads `--peers DIR`, `--rounds N` and numbers of tables.
    pub fn parse(args: &[&str]) -> Result<Self, String> {
        let number = |text: &str, what: &str| {
            text.parse().ok().filter(|n| *n > 0).ok_or_else(|| format!("`{text}` is not a number of {what}"))
        };
        match args {
            [] => Ok(Self::default()),
            ["--peers", folder, rest @ ..] => {
                Ok(Self { peers: Some((*folder).into()), ..Self::parse(rest)? })
            }
            ["--rounds", rounds, rest @ ..] => {
                Ok(Self { rounds: Some(number(rounds, "rounds")?), ..Self::parse(rest)? })
            }
            [size, rest @ ..] => {
                let size = number(size, "tables")?;
                let mut options = Self::parse(rest)?;
                options.sizes.insert(0, size);
                Ok(options)
            }
        }
    }
}

/// What is asked of one work at one size: so many times what another one takes, or so many seconds.
struct Bound {
    tables: u32,
    work: &'static str,
    peer: Option<&'static str>,
    most: f64,
}

const fn ratio(tables: u32, work: &'static str, peer: &'static str, most: f64) -> Bound {
    Bound { tables, work, peer: Some(peer), most }
}

const BOUNDS: [Bound; 9] = [
    Bound { tables: 13, work: "check", peer: None, most: 0.020 },
    ratio(13, "generate, one column", "drizzle-kit", 1.0),
    ratio(1_000, "generate, one column", "drizzle-kit", 0.6),
    ratio(5_000, "generate, 5 % of the tables", "pgdelta", 0.5),
    ratio(1_000, "diff of two databases", "migra", 0.1),
    ratio(1_000, "diff of two databases", "pgdelta", 0.1),
    ratio(5_000, "reading a database", "pg_dump", 1.0),
    ratio(1_000, "models", "sqlc", 0.2),
    ratio(1_000, "apply to an empty database", "psql", 1.1),
];

/// Who is ours in every work.
const OURS: &str = "nexus";

/// What one of them took for one work: the least, the middle and the most seconds, or why there are none.
#[derive(Debug, Clone, PartialEq)]
struct Took {
    work: String,
    name: String,
    seconds: Result<[f64; 3], String>,
}

/// What the example said.
#[derive(Debug, Clone, Default, PartialEq)]
struct Said {
    versions: Vec<(String, String)>,
    took: Vec<Took>,
}

impl Said {
    fn read(text: &str) -> Self {
        let mut said = Self::default();
        for line in text.lines() {
            match line.split('\t').collect::<Vec<_>>().as_slice() {
                ["version", name, version] => said.versions.push(((*name).into(), (*version).into())),
                ["took", work, name, took] => {
                    let seconds = match took.strip_prefix("- ") {
                        Some(why) => Err(why.to_owned()),
                        None => three(took).ok_or_else(|| "no figures".to_owned()),
                    };
                    said.took.push(Took { work: (*work).into(), name: (*name).into(), seconds });
                }
                _ => {}
            }
        }
        said
    }

    fn middle(&self, work: &str, name: &str) -> Option<f64> {
        let took = self.took.iter().find(|took| took.work == work && took.name == name)?;
        took.seconds.as_ref().ok().map(|[_, middle, _]| *middle)
    }
}

/// The least, the middle one and the most.
fn three(text: &str) -> Option<[f64; 3]> {
    let mut all: Vec<f64> = text.split(' ').map(str::parse).collect::<Result<_, _>>().ok()?;
    all.sort_by(f64::total_cmp);
    Some([*all.first()?, *all.get(all.len() / 2)?, *all.last()?])
}

/// Builds what is measured and runs it for each size. Fails where it cannot be run.
pub fn run(root: &Path, options: &Options) -> Result<Report, String> {
    let release = build(root)?;
    let peers = options.peers.as_deref().map(std::path::absolute).transpose().map_err(|e| e.to_string())?;
    let peers = peers.unwrap_or_else(|| "-".into());
    let sizes = if options.sizes.is_empty() { &SIZES[..] } else { &options.sizes };
    let mut report = Report { holds: true, text: machine() };
    let mut asked = Vec::new();
    for (n, tables) in sizes.iter().enumerate() {
        let rounds = options.rounds.unwrap_or_else(|| ROUNDS(*tables));
        let mut command = Command::new(release.join("examples").join("bench"));
        command.arg(release.join("nexus")).arg(&peers).args([rounds.to_string(), tables.to_string()]);
        let output = command.current_dir(root).stdin(Stdio::null()).stderr(Stdio::inherit()).output();
        let output = output.map_err(|error| format!("cannot run the example `bench`: {error}"))?;
        if !output.status.success() {
            return Err(format!("the example `bench` fails for {tables} tables"));
        }
        let said = Said::read(&String::from_utf8_lossy(&output.stdout));
        if n == 0 {
            report.text.push_str(&versions(&said));
        }
        report.text.push_str(&table(*tables, rounds, &said));
        asked.extend(judge(*tables, &said, &mut report.holds));
    }
    if !asked.is_empty() {
        report.text.push_str("\n| Asked | seen | |\n| --- | ---: | --- |\n");
        report.text.extend(asked);
    }
    Ok(report)
}

fn build(root: &Path) -> Result<PathBuf, String> {
    let mut build = cargo();
    build.args(["build", "--quiet", "--locked", "--release", "-p", "nexus-migrate", "--no-default-features"]);
    build.args(["--bin", "nexus", "--example", "bench"]).current_dir(root);
    let built = build.status().map_err(|error| format!("cannot run cargo: {error}"))?;
    if !built.success() {
        return Err("what is measured does not build".into());
    }
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into);
    Ok(target.join("release"))
}

/// When and on what it was measured.
fn machine() -> String {
    let field = |file: &str, name: &str| {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_once(':').map_or_else(|| "unknown".to_owned(), |(_, value)| value.trim().to_owned())
    };
    let date = Command::new("date").args(["-u", "+%F"]).output();
    let date = date.map(|it| String::from_utf8_lossy(&it.stdout).trim().to_owned()).unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory: u64 =
        field("/proc/meminfo", "MemTotal").split(' ').next().and_then(|kib| kib.parse().ok()).unwrap_or(0);
    let processor = field("/proc/cpuinfo", "model name");
    format!("{date}, {processor}, {cores} cores, {} GiB.\n", memory.div_ceil(1024 * 1024))
}

fn versions(said: &Said) -> String {
    let list: Vec<String> =
        said.versions.iter().map(|(name, version)| format!("{name}: {version}")).collect();
    format!("{}.\n", list.join("; "))
}

fn table(tables: u32, rounds: u32, said: &Said) -> String {
    let mut out = format!(
        "\n**{tables} tables**, {rounds} rounds in turn; seconds, the middle one (least to most)\n\n| Work | | seconds | nexus takes |\n| --- | --- | ---: | ---: |\n"
    );
    let mut last = "";
    for Took { work, name, seconds } in &said.took {
        let shown = if work == last { "" } else { work };
        last = work;
        let (seconds, ratio) = match seconds {
            Err(why) => (format!("not measured: {why}"), String::new()),
            Ok([least, middle, most]) => {
                let ours = said.middle(work, OURS).filter(|_| name != OURS);
                let ratio = ours.map(|ours| format!("{:.2} ×", ours / middle)).unwrap_or_default();
                (format!("{middle:.3} ({least:.3} to {most:.3})"), ratio)
            }
        };
        out.push_str(&format!("| {shown} | {name} | {seconds} | {ratio} |\n"));
    }
    out
}

/// A line for each bound of a size, and whether all hold.
fn judge(tables: u32, said: &Said, holds: &mut bool) -> Vec<String> {
    let mut lines = Vec::new();
    for Bound { work, peer, most, .. } in BOUNDS.iter().filter(|bound| bound.tables == tables) {
        let ours = said.middle(work, OURS);
        let (asked, seen) = match peer {
            None => (format!("at most {most} s"), ours),
            Some(peer) => {
                let theirs = said.middle(work, peer);
                (format!("at most {most} × {peer}"), ours.zip(theirs).map(|(ours, theirs)| ours / theirs))
            }
        };
        let (shown, word) = match seen {
            None => ("-".to_owned(), "not measured"),
            Some(seen) if seen <= *most => (format!("{seen:.3}"), "held"),
            Some(seen) => {
                *holds = false;
                (format!("{seen:.3}"), "**not held**")
            }
        };
        lines.push(format!("| {tables} tables, {work}: {asked} | {shown} | {word} |\n"));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str = "version\tpsql\t15\ntook\tcheck\tnexus\t0.03 0.01 0.02\ntook\tgenerate, one column\tnexus\t0.2\ntook\tgenerate, one column\tdrizzle-kit\t- not on this machine\n";

    #[test]
    fn the_lines_of_the_example_are_read() {
        let said = Said::read(SAID);
        assert_eq!(said.versions, [("psql".to_owned(), "15".to_owned())]);
        assert_eq!(said.middle("check", "nexus"), Some(0.02));
        assert_eq!(said.middle("generate, one column", "drizzle-kit"), None);
        assert!(table(13, 3, &said).contains("not measured: not on this machine"));
    }

    #[test]
    fn what_was_asked_is_held_or_not_or_not_measured() {
        let judged = |text: &str| {
            let mut holds = true;
            let lines = judge(13, &Said::read(text), &mut holds).concat();
            (holds, lines)
        };
        let (holds, lines) = judged(SAID);
        assert!(holds && lines.contains("held") && lines.contains("not measured"), "{lines}");
        let (holds, lines) = judged("took\tcheck\tnexus\t0.021\n");
        assert!(!holds && lines.contains("**not held**"), "{lines}");
    }

    #[test]
    fn arguments_are_read() {
        let asked = Options { peers: Some("p".into()), rounds: Some(3), sizes: vec![13, 100] };
        assert_eq!(Options::parse(&["13", "--peers", "p", "100", "--rounds", "3"]), Ok(asked));
        assert!(Options::parse(&["--rounds", "0"]).is_err());
        assert!(Options::parse(&["--size"]).is_err());
    }
}
