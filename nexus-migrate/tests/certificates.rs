//! What a proof records of locks and work is what another session sees on a second server: on a part of the cases.
//!
//! `cargo xtask certificates` looks at the whole corpus. NEXUS_CASE=part,part looks at those cases.

mod support;

#[path = "certificates/certify.rs"]
mod certify;
#[path = "certificates/witness.rs"]
mod witness;

use std::path::Path;

use certify::{Certificate, certify};
use nexus_migrate::db::{Prefer, Scratch, ScratchOptions};
use nexus_migrate::doors::{Bench, State};
use nexus_migrate::introspect::introspect;
use nexus_migrate::plan::Traffic;
use support::case::{Case, files};
use witness::Problem;

/// Every so-manieth case.
const EVERY: usize = 16;

#[tokio::test(flavor = "multi_thread")]
async fn proofs_record_what_others_see() {
    let options = || ScratchOptions { prefer: Prefer::Native, ..ScratchOptions::default() };
    let second = match Scratch::start(&options()).await {
        Ok(second) => second,
        Err(error) => return support::left_out("a second server", &error.to_string()),
    };
    let mut bench = Bench::new(options());
    let every = if std::env::var_os("NEXUS_CASE").is_some() { 1 } else { EVERY };
    let (mut transitions, mut facts, mut wrong) = (0, [0; 4], Vec::new());
    for file in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases")).into_iter().step_by(every) {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let case = Case::read(&file);
        if !case.is_for(second.server().major()) || case.settings.contains_key("extension") {
            continue;
        }
        for way in [["before", "after"], ["after", "before"]] {
            let outcome = one(&mut bench, &second, &case, way).await;
            let outcome = outcome.unwrap_or_else(|problem| panic!("{name}, {way:?}: {problem}"));
            let Some(Certificate { facts: seen, differs, .. }) = outcome else { continue };
            transitions += 1;
            for (sum, more) in facts.iter_mut().zip(seen) {
                *sum += more;
            }
            wrong.extend(differs.into_iter().map(|(what, it)| format!("{name}, {way:?}: {what} of {it}")));
        }
    }
    bench.stop().await;
    eprintln!("{transitions} transitions, {facts:?} locks, rewrites, rebuilds and scans seen alike");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(
        every == 1 || transitions > 10 && facts.iter().all(|count| *count > 0),
        "{transitions} {facts:?}"
    );
}

/// Forth by the usual plan, and back by the plain one.
async fn one(
    bench: &mut Bench,
    second: &Scratch,
    case: &Case,
    [from, to]: [&str; 2],
) -> Result<Option<Certificate>, Problem> {
    let mut sessions = [bench.fresh().await?, bench.fresh().await?];
    let [before, after] = &mut sessions;
    case.start(before, from).await?;
    case.start(after, to).await?;
    let prev = State { catalog: introspect(before).await?, ..State::default() };
    let traffic = if from == "before" { Traffic::default() } else { Traffic::none() };
    let next = State { catalog: introspect(after).await?, traffic, ..State::default() };
    drop(sessions);
    certify(bench, second, prev, next).await
}
