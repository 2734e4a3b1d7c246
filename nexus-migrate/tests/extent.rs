//! What is planned and proved on the part of a schema that a change can touch is what is planned and proved on all of it.
//!
//! The cases of `cases/` are put into a schema of many tables; NEXUS_EXTENT=all takes all of them and not every ninth.

#[path = "support/large.rs"]
mod large;
mod support;

use std::path::Path;

use nexus_migrate::change::{Change, change};
use nexus_migrate::db::{ScratchOptions, Session};
use nexus_migrate::diff::diff;
use nexus_migrate::doors::{Bench, State, materialize};
use nexus_migrate::extent::extent;
use nexus_migrate::introspect::introspect;
use nexus_migrate::prove::{Claim, Proof, prove};
use nexus_schema::catalog::Catalog;
use support::case::{Case, files};
use support::project::Project;

type Problem = Box<dyn std::error::Error>;

/// So many tables stand beside a case and have nothing to do with it.
const BESIDE: usize = 12;

#[tokio::test]
async fn a_part_is_planned_and_proved_as_the_whole_is() {
    let mut bench = Bench::new(ScratchOptions::default());
    if let Err(error) = bench.scratch().await {
        return support::left_out("a_part_is_planned_and_proved_as_the_whole_is", &error.to_string());
    }
    let every = if std::env::var_os("NEXUS_EXTENT").is_some() { 1 } else { 9 };
    let cases = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases"));
    let (mut bounded, mut wrong) = (0, Vec::new());
    for file in cases.iter().step_by(every) {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        match agree(&mut bench, &Case::read(file)).await {
            Ok(is_bounded) => bounded += usize::from(is_bounded),
            Err(problem) => wrong.push(format!("{name}: {problem}")),
        }
    }
    bench.stop().await;
    eprintln!("{bounded} of {} cases are bounded", cases.iter().step_by(every).count());
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(bounded * 3 > cases.iter().step_by(every).count(), "a part bounds most changes");
}

/// Whether a part bounds the case; fails where it comes out otherwise than the whole.
async fn agree(bench: &mut Bench, case: &Case) -> Result<bool, Problem> {
    let major = bench.scratch().await?.server().major();
    if !case.is_for(major) || case.settings.contains_key("extension") {
        return Ok(false);
    }
    let mut ends = [bench.fresh().await?, bench.fresh().await?];
    let mut states = Vec::new();
    for (session, block) in ends.iter_mut().zip(["before", "after"]) {
        states.push(beside(session, case, block).await?);
    }
    drop(ends);
    let [prev, next] = states.as_slice() else { return Err("a change has two ends".into()) };
    let changed = diff(prev, next).into_keys().collect();
    let Ok(part) = extent(prev, next, &changed) else { return Ok(false) };
    let (little, smaller) = (part.of(prev), part.of(next));
    if little.len() * 2 > prev.len() {
        return Err("the part holds what has nothing to do with the change".into());
    }
    if part.replaced(prev, &smaller) != *next {
        return Err("outside of the part something differs".into());
    }
    let (whole, whole_proof) = proved(bench, prev, next).await?;
    let (of_part, part_proof) = proved(bench, &little, &smaller).await?;
    same("the plan", &whole.up.to_sql(), &of_part.up.to_sql())?;
    same("the plan back", &whole.down.to_sql(), &of_part.down.to_sql())?;
    let seen = |proof: &Proof| {
        let Proof {
            server,
            scope: _,
            forward,
            backward,
            renames,
            prechecks,
            unasked,
            loses,
            retypes,
            rows,
            steps,
        } = proof;
        // Where nothing was there before, steps share one look.
        let steps: Vec<_> = steps.iter().filter(|it| !it.observation.lines().is_empty()).collect();
        let rows = (&rows.dropped, &rows.converted, &rows.refused, &rows.lost);
        format!(
            "{server} {forward:?} {backward:?} {renames:?} {prechecks:#?} {unasked:?} {loses:?} {retypes:?} {rows:?} {steps:#?}"
        )
    };
    same("the proof", &seen(&whole_proof), &seen(&part_proof))?;
    Ok(true)
}

/// The state of a case with other tables beside it.
async fn beside(session: &mut Session, case: &Case, block: &str) -> Result<Catalog, Problem> {
    for batch in large::sql(BESIDE) {
        session.run(&batch).await?;
    }
    case.start(session, block).await.map_err(|error| error.to_string())?;
    Ok(introspect(session).await?)
}

async fn proved(bench: &mut Bench, prev: &Catalog, next: &Catalog) -> Result<(Change, Proof), Problem> {
    let state = |catalog: &Catalog| State { catalog: catalog.clone(), ..State::default() };
    let change = change(bench, state(prev), state(next)).await?;
    let mut session = bench.fresh().await?;
    materialize(&mut session, prev).await?;
    let proof = prove(bench, &mut session, &Claim::of(&change)).await?;
    Ok((change, proof))
}

fn same(what: &str, whole: &str, part: &str) -> Result<(), Problem> {
    match whole == part {
        true => Ok(()),
        false => Err(format!("{what} is another one:\n{whole}\nand on the part:\n{part}").into()),
    }
}

#[test]
fn a_migration_that_was_proved_on_a_part_is_the_one_that_the_whole_gives() {
    const TABLES: usize = 60;
    let mut written = Vec::new();
    for args in [&["generate", "--allow", "data-loss"][..], &["generate", "--allow", "data-loss", "--whole"]]
    {
        let project = Project::new(&large::yaml(TABLES, large::Edit::None));
        let first = project.nexus(&["generate", "-n", "initial"]);
        assert_eq!(first.code, Some(0), "{}", first.err);
        let old = project.files();
        std::fs::write(project.dir.path().join("schema.yaml"), large::yaml(TABLES, large::Edit::Twentieth))
            .expect("writes");
        let ran = project.nexus(args);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        let is_partial = ran.err.contains(&format!("of {TABLES}, those that the change can touch"));
        assert_eq!(is_partial, args.len() == 3, "{}", ran.err);
        let statements = |bytes: Vec<u8>| {
            let text = String::from_utf8(bytes).expect("files are text");
            let lines = text
                .lines()
                .filter(|line| !line.starts_with("-- Proved on") && !line.contains("\"version\""));
            lines.map(str::to_owned).collect::<Vec<_>>()
        };
        let new =
            project.files().into_iter().filter(|(name, _)| !old.contains_key(name) || name == "nexus.lock");
        let kept = new.filter(|(name, _)| name.ends_with(".sql") || name == "nexus.lock");
        written.push(kept.map(|(_, text)| statements(text)).collect::<Vec<_>>());
        assert_eq!(project.nexus(&["generate", "--check"]).code, Some(0), "nothing more is due");
    }
    assert_eq!(written[0], written[1]);
}
