//! Runs the README: each block after `<!-- tour -->`, in order, in one folder.

mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// What only works on a live database.
const LIVE: [&str; 4] = ["DATABASE_URL", "nexus apply", "nexus status", "psql"];

#[tokio::test]
async fn every_command_of_the_tour_runs() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = fs::read_to_string(readme).expect("the repository has a README");
    let blocks = tour(&readme);
    assert!(!blocks.is_empty(), "the README has a tour");
    let server = support::native("the tour on a live database").await;
    if server.is_none() && cfg!(not(feature = "embedded")) {
        return;
    }
    let url = match &server {
        Some(server) => Some(server.database().await),
        None => None,
    };
    let dir = tempfile::tempdir().expect("a temp dir");
    for (line, block) in blocks {
        if url.is_none() && LIVE.iter().any(|word| block.contains(word)) {
            continue;
        }
        let mut command = Command::new("bash");
        command.args(["-eu", "-o", "pipefail", "-c", &block]).current_dir(dir.path()).stdin(Stdio::null());
        command.env("PATH", path()).env_remove("DATABASE_URL");
        command.envs(url.iter().map(|url| ("DATABASE_URL", url)));
        let output = command.output().expect("there is a bash");
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        assert!(
            output.status.success(),
            "README.md:{line}: {}\n{block}\n{}{}",
            output.status,
            text(&output.stdout),
            text(&output.stderr)
        );
    }
}

/// The blocks of the tour, each with its line.
fn tour(readme: &str) -> Vec<(usize, String)> {
    let mut blocks = Vec::new();
    let mut lines = readme.lines().zip(1..);
    while let Some((line, _)) = lines.next() {
        if line.trim() != "<!-- tour -->" {
            continue;
        }
        let (fence, number) = lines.next().expect("a block follows");
        assert_eq!(fence.trim(), "```sh", "README.md:{number}");
        let block: Vec<_> = lines.by_ref().map(|(line, _)| line).take_while(|line| *line != "```").collect();
        blocks.push((number, block.join("\n")));
    }
    blocks
}

/// The search path, with the real binary first.
fn path() -> std::ffi::OsString {
    let binary = Path::new(env!("CARGO_BIN_EXE_nexus"));
    let ours = binary.parent().expect("a program is in a folder").to_path_buf();
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(std::iter::once(ours).chain(std::env::split_paths(&path)))
        .expect("parts of a path can be joined again")
}
