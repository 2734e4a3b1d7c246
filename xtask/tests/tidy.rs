//! The repository keeps its own rules.

use std::path::Path;

use xtask::tidy::{Repo, check};

#[test]
fn the_repository_is_tidy() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies inside the repository");
    let repo = Repo::open(root).expect("git lists the files");
    let findings: Vec<String> = check(&repo).iter().map(ToString::to_string).collect();
    assert!(findings.is_empty(), "cargo xtask tidy finds:\n{}", findings.join("\n"));
}
