//! Manual pages, made from what `--help` says.

use std::fs;
use std::path::Path;

use clap::CommandFactory;
use clap_mangen::Man;

use super::args::Cli;
use super::show::FINE;
use super::terminal::Terminal;
use crate::commands::{CommandError, Failure};

/// Prints the page of `nexus`, or writes it with those of all commands to a folder: `nexus.1`, `nexus-check.1`.
pub(super) fn man(terminal: &Terminal, folder: Option<&Path>) -> Result<u8, CommandError> {
    let cli = Cli::command();
    let done = match folder {
        Some(folder) => fs::create_dir_all(folder)
            .and_then(|()| clap_mangen::generate_to(cli, folder))
            .map(|()| String::new()),
        None => {
            let mut page = Vec::new();
            Man::new(cli).render(&mut page).map(|()| String::from_utf8_lossy(&page).into_owned())
        }
    };
    let page = done.map_err(|e| CommandError::World(Failure::new("cannot write the manual").source(e)))?;
    terminal.data(&page)?;
    Ok(FINE)
}
