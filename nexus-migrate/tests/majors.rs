//! The main job on every PostgreSQL that NEXUS_PG_MATRIX names: folders of programs, separated by colons.

mod support;

use std::path::Path;

use nexus_migrate::db::{Prefer, Scratch, ScratchOptions};

use support::project::{Project, both_ways_to_apply, reference};
use support::{Server, version};

const MATRIX: &str = "NEXUS_PG_MATRIX";
/// Set for a run of this program on one folder.
const ONE: &str = "NEXUS_PG_ONE";

#[test]
fn the_main_job_on_every_server_of_the_matrix() {
    support::for_each_server(MATRIX, ONE, "the_main_job_on_one");
}

#[tokio::test]
async fn the_main_job_on_one() {
    let Some(folder) = std::env::var_os(ONE) else { return };
    let major = version(&Path::new(&folder).join("postgres")).expect("the folder has a server");
    let options = ScratchOptions { major: Some(major), prefer: Prefer::Native, dev_url: None };
    let server = Server::of(Scratch::start(&options).await.expect("starts"));
    assert_eq!(server.major(), major);
    let mut project = Project::new(&reference());
    project.dev_url = Some(server.database().await);
    let generated = project.nexus(&["generate"]).ends(0);
    assert!(generated.err.contains(&format!("proved on PostgreSQL {major}.")), "{}", generated.err);
    both_ways_to_apply(&server, &project).await;
    project.nexus(&["prove"]).ends(0);
    eprintln!("holds on PostgreSQL {major}");
}
