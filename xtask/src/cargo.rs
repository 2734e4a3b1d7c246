//! How cargo is called, and through it the examples of nexus-migrate that measure.

use std::path::Path;
use std::process::{Command, Stdio};

/// Cargo, the one that runs this program if it does.
pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// An example of nexus-migrate by its name, in the repository: the program given, or else a release build. It speaks to
/// people on stderr.
///
/// Fails where the program's path means nothing.
pub(crate) fn example(root: &Path, name: &str, program: Option<&Path>) -> Result<Command, String> {
    let mut command = match program {
        Some(program) => Command::new(std::path::absolute(program).map_err(|error| error.to_string())?),
        None => {
            let mut cargo = cargo();
            cargo.args(["run", "--quiet", "--locked", "--release", "-p", "nexus-migrate"]);
            cargo.args(["--no-default-features", "--example", name, "--"]);
            cargo
        }
    };
    command.current_dir(root).stderr(Stdio::inherit());
    Ok(command)
}
