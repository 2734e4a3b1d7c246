//! The long run of the laws: random schemas, walked from one to the next on a real server.
//!
//! Knows how the test is called, and nothing of schemas. What it says goes by as it comes.

use std::path::Path;

use crate::cargo::cargo;

/// What `cargo xtask laws` is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// How many pairs of schemas.
    pub pairs: u32,
    /// Which walks.
    pub seed: u32,
    /// At which pair of each walk to begin.
    pub first: u32,
    /// How often a pair that breaks a law is tried smaller.
    pub shrink: u32,
}

impl Options {
    /// Reads `--pairs N`, `--seed S`, `--first CASE` and `--shrink N`.
    pub fn parse(args: &[&str]) -> Result<Self, String> {
        let [word, value, rest @ ..] = args else {
            return match args {
                [] => Ok(Self { pairs: 10_000, seed: 7, first: 0, shrink: 0 }),
                _ => Err(format!("unknown argument {}: {KNOWN}", args.concat())),
            };
        };
        let mut options = Self::parse(rest)?;
        let number = value.parse().map_err(|_| format!("{word} takes a number"))?;
        match *word {
            "--pairs" => options.pairs = number,
            "--seed" => options.seed = number,
            "--first" => options.first = number,
            "--shrink" => options.shrink = number,
            _ => return Err(format!("unknown argument {word}: {KNOWN}")),
        }
        Ok(options)
    }
}

const KNOWN: &str = "known are --pairs N, --seed S, --first CASE and --shrink N";

/// Runs the test in a release build; returns whether every law held.
pub fn run(root: &Path, options: &Options) -> Result<bool, String> {
    let Options { pairs, seed, first, shrink } = options;
    let status = cargo()
        .args(["test", "--release", "--locked", "-p", "nexus-migrate", "--no-default-features", "--features"])
        .args(["nexus-schema/codegen,nexus-schema/pretty,nexus-schema/json-schema,nexus-schema/runtime"])
        .args(["--test", "laws", "--", "--nocapture"])
        .current_dir(root)
        .env("NEXUS_LAW_CASES", pairs.to_string())
        .env("NEXUS_LAW_SEED", seed.to_string())
        .env("NEXUS_LAW_FIRST", first.to_string())
        .env("NEXUS_LAW_SHRINK", shrink.to_string())
        .env("NEXUS_REQUIRE_NATIVE", "1")
        .env("RUST_BACKTRACE", "0")
        .status()
        .map_err(|error| format!("cannot run cargo: {error}"))?;
    Ok(status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_read() {
        let asked = Options { pairs: 9, seed: 3, first: 0, shrink: 5 };
        assert_eq!(Options::parse(&["--shrink", "5", "--pairs", "9", "--seed", "3"]), Ok(asked));
        assert!(Options::parse(&["--pairs"]).is_err());
        assert!(Options::parse(&["--pears", "9"]).is_err());
    }
}
