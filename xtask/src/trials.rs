//! Runs the trials of `apply` at full size: kills, races, tampering, fleets, speed.
//!
//! Knows how the example `trials` of nexus-migrate is called, and nothing of what it does. Prints nothing.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::cargo::cargo;

/// A trial, and how large it is where nobody says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trial {
    /// Its name: `crash`, `race`.
    pub name: &'static str,
    /// How many.
    pub size: &'static str,
    /// Whether it runs the program `nexus`.
    pub program: bool,
}

/// All trials.
pub const TRIALS: [Trial; 5] = [
    Trial { name: "crash", size: "2000", program: true },
    Trial { name: "race", size: "1000", program: false },
    Trial { name: "tamper", size: "1500", program: false },
    Trial { name: "fleet", size: "1000", program: true },
    Trial { name: "speed", size: "500", program: true },
];

/// Builds what a trial needs and runs it; returns whether it held. `args` are its size and its seed.
pub fn run(root: &Path, name: &str, args: &[&str]) -> Result<bool, String> {
    let trial = TRIALS.iter().find(|trial| trial.name == name).ok_or_else(|| format!("no trial `{name}`"))?;
    let mut build = cargo();
    build.args(["build", "--quiet", "--locked", "--release", "-p", "nexus-migrate", "--no-default-features"]);
    build.args(["--bin", "nexus", "--example", "trials"]).current_dir(root);
    let built = build.status().map_err(|error| format!("cannot run cargo: {error}"))?;
    if !built.success() {
        return Err("the trials do not build".into());
    }
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into);
    let release = target.join("release");
    let mut command = Command::new(release.join("examples").join("trials"));
    command.arg(trial.name);
    if trial.program {
        command.arg(release.join("nexus"));
    }
    if args.is_empty() {
        command.arg(trial.size);
    }
    command.args(args).current_dir(root).stdin(Stdio::null());
    let status = command.status().map_err(|error| format!("cannot run the trials: {error}"))?;
    match status.code() {
        Some(0) => Ok(true),
        Some(1) => Ok(false),
        _ => Err(format!("the trial `{name}` could not run")),
    }
}
