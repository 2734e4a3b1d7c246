//! What `nexus import` writes leads to the state it was made from, and is written again from what it leads to.
//!
//! Both ends of every case of `cases/` are imported. Cases in `NOT_YET` cannot be, each for the reason beside it, and
//! a fix is noticed. NEXUS_CASE=part runs one.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use nexus_migrate::change::change;
use nexus_migrate::commands::import::written;
use nexus_migrate::db::{ScratchOptions, Session};
use nexus_migrate::doors::{self, Bench, State};
use nexus_migrate::introspect::introspect;
use nexus_schema::document::{self, Database};
use nexus_schema::printed::{About, print};
use support::case::{Case, files};
use support::project::{Project, reference_for_nobody};

type Problem = Box<dyn std::error::Error + Send + Sync>;

/// Cases with a state that a schema file cannot hold, from a major on.
const NOT_YET: &[(&str, u32, &str)] = &[
    ("subscription after", 15, "the reader takes a name in a connection that looks like a password for one"),
    (
        "index_of_a_parent before",
        15,
        "from a file, an index that lacks parts is made before the partitions, which get them",
    ),
    (
        "index_of_a_parent after",
        15,
        "from a file, an index that lacks parts is made before the partitions, which get them",
    ),
    (
        "generated_in_a_tree before",
        15,
        "generated columns of a tree are added to its tables, and so come last",
    ),
    (
        "generated_in_a_tree after",
        15,
        "generated columns of a tree are added to its tables, and so come last",
    ),
    ("schema_public_gone after", 15, "a schema file always has the schema public"),
    (
        "type_under_everything before",
        15,
        "two tables that need each other by a rule and a foreign key are not dropped",
    ),
    (
        "type_under_everything after",
        15,
        "two tables that need each other by a rule and a foreign key are not dropped",
    ),
    ("comment_on_not_null after", 17, "there is no key for a comment on a domain's not-null constraint"),
];

/// How many run side by side, each on a server of its own.
const WORKERS: usize = 2;

#[tokio::test(flavor = "multi_thread")]
async fn every_case_is_imported_and_comes_back() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let all: Vec<PathBuf> = files(&folder).into_iter().chain(files(&folder.join("known"))).collect();
    let mut workers = Vec::new();
    for worker in 0..WORKERS {
        let mine: Vec<_> = all.iter().skip(worker).step_by(WORKERS).cloned().collect();
        workers.push(tokio::spawn(async move {
            let mut bench = Bench::new(ScratchOptions::default());
            let mut results = Vec::new();
            let major = bench.scratch().await.map_or(0, |scratch| scratch.server().major());
            for file in mine {
                let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                let is_known = file.parent().is_some_and(|folder| folder.ends_with("known"));
                let case = Case::read(&file);
                if !case.is_for(major) {
                    eprintln!("not here: {name} shows what a later PostgreSQL has");
                    continue;
                }
                for block in ["before", "after"] {
                    let result = round_trip(&mut bench, &case, block).await;
                    // What the planner cannot make yet cannot come back either.
                    if !(is_known && result.is_err()) {
                        results.push((format!("{name} {block}"), major, result));
                    }
                }
            }
            bench.stop().await;
            results
        }));
    }
    let mut wrong = Vec::new();
    let mut run = 0;
    for worker in workers {
        for (name, major, result) in worker.await.expect("a case fails by returning") {
            let known = NOT_YET.iter().find(|(known, from, _)| *known == name && major >= *from);
            match (result, known) {
                (Ok(Some(why)), _) => support::left_out(&name, &why),
                (Ok(None), None) => run += 1,
                (Ok(None), Some(_)) => wrong.push(format!("{name} comes back now: take it off the list")),
                (Err(problem), Some((_, _, why))) => eprintln!("not yet: {name}, {why}: {problem}"),
                (Err(problem), None) => wrong.push(format!("{name}: {problem}")),
            }
        }
    }
    eprintln!("{run} states come back");
    assert!(wrong.is_empty(), "{} states do not come back:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

/// Imports the state that a block makes; says why where the server cannot make it.
async fn round_trip(bench: &mut Bench, case: &Case, block: &str) -> Result<Option<String>, Problem> {
    if let Err(error) = bench.scratch().await {
        return Ok(Some(error.to_string()));
    }
    let mut session = bench.fresh().await?;
    if let Some(extension) = case.settings.get("extension") {
        let available = format!("SELECT 1 FROM pg_available_extensions WHERE name = '{extension}'");
        if session.rows(&available).await?.is_empty() {
            return Ok(Some(format!("no extension {extension}")));
        }
    }
    if case.start(&mut session, block).await.is_err() {
        // What this server cannot make is for the test of the cases to say.
        return Ok(Some("the server refuses the block".into()));
    }
    comes_back(bench, session).await.map(|()| None)
}

/// The state of a session leads to a file, the file to a plan, the plan to a state that is the same and gives the
/// same file.
async fn comes_back(bench: &mut Bench, mut session: Session) -> Result<(), Problem> {
    let catalog = introspect(&mut session).await?;
    drop(session);
    let about =
        About { database: Database { name: "app".into(), ..Database::default() }, ..About::default() };
    let state = || State { catalog: catalog.clone(), ..State::default() };
    let text = written(bench, state(), &about).await.map_err(|error| told(&error))?;
    let (declared, _) = document::parse("schema.yaml", &text).map_err(|error| error.render_short())?;
    let next = doors::authored(bench, &declared).await?;
    let empty = State { catalog: doors::empty(), ..State::default() };
    let sql = change(bench, empty, State { authored: false, ..next }).await?.up.to_sql();
    let mut session = bench.fresh().await?;
    doors::make_roles(&mut session, &catalog).await?;
    session.run(&sql).await.map_err(|error| format!("{error}:\n{sql}"))?;
    let again = introspect(&mut session).await?;
    drop(session);
    let second = print(&again, &about).text;
    if second != text {
        let differs = similar::TextDiff::from_lines(&text, &second).unified_diff().to_string();
        return Err(format!("the second file is another one:\n{differs}").into());
    }
    let rest = change(bench, state(), State { catalog: again, ..State::default() }).await?.up.to_sql();
    if rest.is_empty() { Ok(()) } else { Err(format!("not in the file:\n{rest}\n{text}").into()) }
}

/// Names and texts that break whoever writes them carelessly, in every place that a file has for one.
const HOSTILE: &str = r##"
CREATE SCHEMA "yes";
CREATE SCHEMA "a.b: c";
CREATE TYPE "null" AS ENUM ('yes', 'no', 'null', '1', ' a', 'a ', '#', ': ', '', E'\t', E'a\r\nb', '💥', '"', '''', '\', '[x]', '{y}');
CREATE TYPE "a.b: c"." t " AS ENUM ('~');
CREATE DOMAIN "1" AS text DEFAULT E'a: b # c\n\td' CHECK (VALUE <> E'x\r: #');
CREATE SEQUENCE "a.b: c"."- s" START 5 INCREMENT -2 MINVALUE -9 MAXVALUE 5 CYCLE;
CREATE TABLE "on" ("true" int PRIMARY KEY, "~" "null" DEFAULT 'no', "a: b" text DEFAULT E'multi\nline ', "#" text DEFAULT ' trailing ',
    "'" text DEFAULT 'null', "\" text DEFAULT E'back\\slash', "é" timestamptz DEFAULT '2020-01-01 00:00:00+00',
    "x y" jsonb DEFAULT '{"a": [1, 2.50, null, "yes"], "": {"#": "\u2028"}}',
    "[" text[] DEFAULT '{yes,NULL,"",a b}', "{" numeric(5,2) DEFAULT -1.50, "," "1", "?" bool DEFAULT false,
    " lead" "a.b: c"." t ", "now" text DEFAULT 'now()');
CREATE TABLE "a.b: c"."on.t(x)" ("r.x" int REFERENCES "on" ON DELETE SET NULL, "r(y)" int, "r.x, z" int, UNIQUE ("r(y)", "r.x, z"),
    CONSTRAINT "f: k" FOREIGN KEY ("r(y)", "r.x, z") REFERENCES "a.b: c"."on.t(x)" ("r(y)", "r.x, z"),
    CHECK ("r(y)" > 0), CONSTRAINT "- c" CHECK ("r.x" <> 1 AND 'a''b: #' <> ''));
CREATE INDEX " i " ON "on" ("a: b" DESC NULLS LAST, lower("#")) WHERE "a: b" <> E'\t';
CREATE FUNCTION "a.b: c"."f x"("a" text DEFAULT E'x: y\n', "on" int DEFAULT 1) RETURNS text LANGUAGE plpgsql
    SET "app.x" TO 'a, b: #' AS E'\r\nBEGIN\r\n\tRETURN ''a: b # c'';\r\nEND';
CREATE FUNCTION "tr"() RETURNS trigger LANGUAGE plpgsql AS E'  BEGIN\n\n  RETURN NEW; -- # : \n  END \n\n';
CREATE TRIGGER "yes" BEFORE INSERT ON "on" FOR EACH ROW EXECUTE FUNCTION tr('', 'a: b', 'null', '1', E'a\nb', '''');
CREATE VIEW "no" AS SELECT 'a: b # c'::text AS "1", E'\t- x\n'::text AS "yes", "true" FROM "on";
COMMENT ON TABLE "on" IS E'first: line\n\n  # second\n';
COMMENT ON COLUMN "on"."true" IS 'yes';
COMMENT ON COLUMN "on"."~" IS E'\ttab';
COMMENT ON COLUMN "on"."#" IS E'\u2028 \u0085 \ufeff';
COMMENT ON SCHEMA "yes" IS '- a';
COMMENT ON TYPE "null" IS E' \n ';
"##;

#[tokio::test(flavor = "multi_thread")]
async fn hostile_names_and_texts_come_back() {
    let mut bench = Bench::new(ScratchOptions::default());
    if let Err(error) = bench.scratch().await {
        return support::left_out("hostile names", &error.to_string());
    }
    let mut session = bench.fresh().await.expect("makes a database");
    session.run(HOSTILE).await.expect("PostgreSQL takes it");
    let came = comes_back(&mut bench, session).await;
    bench.stop().await;
    if let Err(problem) = came {
        panic!("{problem}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_repositorys_database_is_read_as_one_would_write_it() {
    let Some(server) = support::server().await else { return };
    let url = server.database().await;
    let project = Project::new(&reference_for_nobody());
    let plan = project.nexus(&["diff", "--from", "empty", "--to", "schema.yaml"]).ends(0);
    let mut session = Session::connect(&url).await.expect("connects");
    session.run(&plan.out).await.expect("the plan runs");
    session.close().await.expect("closes");

    let first =
        project.nexus(&["import", "--from", &url, "-o", "new.yaml", "--name", "nexus_platform"]).ends(0);
    assert_eq!(first.out, "");
    let path = project.dir.path().join("new.yaml");
    let text = fs::read_to_string(&path).expect("reads");
    insta::assert_snapshot!(
        "platform",
        text.replace(&format!("postgres: {}", server.major()), "postgres: N")
    );
    let none = project.nexus(&["diff", "--from", &url, "--to", "new.yaml", "--exit-code"]).ends(0);
    assert_eq!(none.out, "");
    // Which rows belong to the schema, a database cannot say.
    let rest = project.nexus(&["diff", "--from", "new.yaml", "--to", "schema.yaml", "--json"]).ends(0);
    let rest: serde_json::Value = serde_json::from_str(&rest.out).expect("is JSON");
    let steps = rest["steps"].as_array().expect("a plan has steps");
    assert!(!steps.is_empty() && steps.iter().all(|step| step["object"][0] == "seed"), "{rest:#}");

    let with_rows = ["import", "--from", &url, "-o", "rows.yaml", "--seeds", "roles,api_endpoints"];
    project.nexus(&with_rows).ends(0);
    let none = project.nexus(&["diff", "--from", &url, "--to", "rows.yaml", "--exit-code"]).ends(0);
    assert_eq!(none.out, "");
    let rows = fs::read_to_string(project.dir.path().join("rows.yaml")).expect("reads");
    assert!(rows.contains("  roles:\n    key: [id]\n    rows:\n      - "), "{rows}");
    let unknown = project.nexus(&["import", "--from", &url, "--seeds", "rolls"]).ends(2);
    assert!(unknown.err.contains("there is no table `rolls`"), "{}", unknown.err);

    let refused = project.nexus(&["import", "--from", &url, "-o", "new.yaml"]).ends(2);
    assert!(refused.err.contains("`new.yaml` is there already"), "{}", refused.err);
    project.nexus(&["import", "--from", "schema.yaml", "-o", "new.yaml", "--force"]).ends(0);
    let whole = fs::read_to_string(&path).expect("reads");
    assert!(whole.contains("seeds:") && whole.contains("group: Core Tables"), "{whole}");
    let same = project.nexus(&["diff", "--from", "new.yaml", "--to", "schema.yaml", "--exit-code"]).ends(0);
    assert_eq!(same.out, "");
    let json = project.nexus(&["import", "--from", "schema.yaml", "--json"]).ends(0);
    let json: serde_json::Value = serde_json::from_str(&json.out).expect("is JSON");
    assert_eq!(json["text"], whole);
    project.nexus(&["import", "--from", "nothing.yaml"]).ends(2);
}

fn told(error: &nexus_migrate::commands::CommandError) -> String {
    use nexus_migrate::commands::CommandError as E;
    match error {
        E::Author(diagnostics) => diagnostics.render_short(),
        E::Found(failure) | E::Usage(failure) | E::World(failure) => {
            format!("{} {}", failure.message, failure.causes().join(": "))
        }
    }
}
