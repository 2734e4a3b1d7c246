//! The `nexus` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    nexus_migrate::cli::main()
}
