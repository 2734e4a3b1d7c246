//! That nothing stays behind.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Instant;

use nexus_migrate::db::{Origin, Prefer, Scratch, ScratchOptions, Session};

use crate::{native, one, servers, socket_folder, start};

#[tokio::test]
async fn a_session_in_the_middle_of_something_does_not_hold_up_the_end() {
    for scratch in servers("abandoned sessions").await {
        let mut session = scratch.fresh().await.unwrap();
        session.run("CREATE TABLE t (a int)").await.unwrap();
        session.run("BEGIN; LOCK TABLE t").await.unwrap();
        drop(session);
        let second = scratch.fresh().await.unwrap();
        scratch.stop().await.unwrap();
        drop(second);
    }
}

#[tokio::test]
async fn a_stopped_native_server_leaves_nothing() {
    let Some(scratch) = native("stop").await else {
        return;
    };
    let mut session = scratch.fresh().await.unwrap();
    let beside = scratch.fresh().await.unwrap();
    let folders = BTreeSet::from([folder(&mut session).await, socket_folder(&beside)]);
    assert!(folders.iter().all(|it| it.exists()) && folders.len() == 2);
    let servers = servers_in(&folders);
    scratch.stop().await.unwrap();
    assert!(folders.iter().all(|it| !it.exists()), "{folders:?}");
    assert!(servers.iter().all(|it| !it.exists()), "{servers:?}");
    assert!(session.run("SELECT 1").await.is_err());
}

#[tokio::test]
async fn a_dropped_native_server_leaves_nothing() {
    let Some(scratch) = native("drop").await else {
        return;
    };
    let session = scratch.fresh().await.unwrap();
    let folders = BTreeSet::from([socket_folder(&session)]);
    let servers = servers_in(&folders);
    drop((scratch, session));
    until("the folder is gone", || folders.iter().all(|it| !it.exists())).await;
    until("the server is gone", || servers.iter().all(|it| !it.exists())).await;
}

#[tokio::test]
async fn the_embedded_server_leaves_nothing() {
    if !cfg!(feature = "embedded") {
        return;
    }
    let scratch = start(Prefer::Embedded).await.unwrap();
    let sessions = [scratch.fresh().await.unwrap(), scratch.fresh().await.unwrap()];
    let folders = sessions.each_ref().map(socket_folder);
    assert!(folders.iter().all(|it| it.exists()));
    drop(scratch);
    drop(sessions);
    assert!(folders.iter().all(|it| !it.exists()), "{folders:?}");
}

#[tokio::test]
async fn what_killed_runs_left_is_swept() {
    let Some(scratch) = native("sweep").await else {
        return;
    };
    let session = scratch.fresh().await.unwrap();
    let living = socket_folder(&session);
    let orphan = living.with_file_name("nexus-scratch-1-orphan");
    std::fs::create_dir_all(orphan.join("data/base")).unwrap();
    std::fs::write(orphan.join("owner.lock"), "").unwrap();
    let again = start(Prefer::Native).await.unwrap();
    assert!(!orphan.exists());
    assert!(living.exists());
    again.stop().await.unwrap();
}

#[tokio::test]
async fn a_development_server_gets_databases_and_keeps_none() {
    let Some(host) = native("development url").await else {
        return;
    };
    let mut admin = host.fresh().await.unwrap();
    let names = "SELECT coalesce(string_agg(datname, ' ' ORDER BY datname), '') FROM pg_database
                 WHERE datname <> current_database() AND datname ~ '^nexus_scratch'";
    // What a killed run left, and what another program made.
    admin.run("CREATE DATABASE nexus_scratch_4000000000_7").await.unwrap();
    admin.run("CREATE DATABASE nexus_scratch_ours").await.unwrap();
    let options = ScratchOptions { dev_url: Some(admin.url().to_owned()), ..ScratchOptions::default() };
    for stopping in [true, false] {
        let scratch = Scratch::start(&options).await.unwrap();
        assert_eq!(scratch.server().origin, Origin::Url);
        assert!(!scratch.private_roles());
        let mut first = scratch.fresh().await.unwrap();
        let mut second = scratch.fresh().await.unwrap();
        first.run("CREATE TABLE t (a int)").await.unwrap();
        assert_eq!(one(&mut second, "SELECT to_regclass('t')").await, "");
        let there = one(&mut admin, names).await;
        assert_eq!(there.split(' ').count(), 3, "{there}");
        if stopping {
            scratch.stop().await.unwrap();
        } else {
            drop(scratch);
        }
        assert_eq!(one(&mut admin, names).await, "nexus_scratch_ours");
    }
}

/// Returns the folder of a native server, as the server itself knows it.
async fn folder(session: &mut Session) -> PathBuf {
    let data = PathBuf::from(one(session, "SHOW data_directory").await);
    data.parent().unwrap().to_owned()
}

/// Returns what stands for the server processes of `folders` in `/proc`, where there is one.
fn servers_in(folders: &BTreeSet<PathBuf>) -> Vec<PathBuf> {
    let pid = |folder: &PathBuf| {
        let text = std::fs::read_to_string(folder.join("data/postmaster.pid")).unwrap();
        Path::new("/proc").join(text.lines().next().unwrap())
    };
    folders.iter().map(pid).collect()
}

/// Waits for something that other processes do.
async fn until(what: &str, done: impl Fn() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed().as_secs() < 20, "{what}");
        tokio::task::yield_now().await;
    }
}
