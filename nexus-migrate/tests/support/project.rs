//! A project in a folder of its own, and the real binary at work in it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use nexus_migrate::db::Session;
use similar::TextDiff;
use sqlx::Connection;
use sqlx::migrate::Migrator;
use sqlx::postgres::PgConnection;
use tempfile::TempDir;

use super::{Server, dump};

/// A project: a folder with the repository's schema file.
pub(crate) struct Project {
    pub(crate) dir: TempDir,
    /// Where states are built, if not on the best server of the machine.
    pub(crate) dev_url: Option<String>,
}

impl Project {
    pub(crate) fn new(schema: &str) -> Self {
        let dir = tempfile::tempdir().expect("a temp dir");
        fs::write(dir.path().join("schema.yaml"), schema).expect("writes");
        Self { dir, dev_url: None }
    }

    pub(crate) fn edit(&self, from: &str, to: &str) {
        let path = self.dir.path().join("schema.yaml");
        let text = fs::read_to_string(&path).expect("reads");
        assert!(text.contains(from), "the schema has no `{from}`");
        fs::write(path, text.replacen(from, to, 1)).expect("writes");
    }

    pub(crate) fn nexus(&self, args: &[&str]) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nexus"));
        command.args(args).current_dir(self.dir.path()).stdin(Stdio::null());
        command.env_remove("DATABASE_URL");
        if let Some(url) = &self.dev_url {
            command.env("NEXUS_DEV_URL", url);
        }
        let Output { status, stdout, stderr } = command.output().expect("runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
        Ran { args: args.join(" "), code: status.code(), out: text(stdout), err: text(stderr) }
    }

    /// Name and content of every file in the migrations directory.
    pub(crate) fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let entries = fs::read_dir(self.migrations()).expect("the directory exists").flatten();
        entries
            .map(|entry| {
                let name = entry.file_name().to_string_lossy().into_owned();
                (name, fs::read(entry.path()).expect("reads"))
            })
            .collect()
    }

    /// The newest migration's text.
    pub(crate) fn newest(&self) -> String {
        let mut ups: Vec<_> =
            self.files().into_iter().filter(|(name, _)| name.ends_with(".up.sql")).collect();
        String::from_utf8(ups.pop().expect("there is a migration").1).expect("migrations are UTF-8")
    }

    pub(crate) fn migrations(&self) -> PathBuf {
        self.dir.path().join("migrations")
    }
}

/// What a command did.
pub(crate) struct Ran {
    args: String,
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Self {
        let Self { args, out, err, .. } = &self;
        assert_eq!(self.code, Some(code), "nexus {args}\n{out}\n{err}");
        self
    }
}

/// The schema file of the repository.
pub(crate) fn reference() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema.yaml");
    fs::read_to_string(path).expect("the repository has a schema file")
}

/// The same without a word of who may do what: a database tells roles from others only where a file names them.
pub(crate) fn reference_for_nobody() -> String {
    let text = reference();
    let (head, rest) = text.split_once("\naccess:\n").expect("it says who may do what");
    let (_, rest) = rest.split_once("\n\n").expect("an empty line ends it");
    let rest = rest.lines().filter(|line| !line.starts_with("    access:"));
    format!("{head}\n\n{}\n", rest.collect::<Vec<_>>().join("\n"))
}

/// Applies the history with `nexus` and with sqlx, and looks at both databases.
pub(crate) async fn both_ways_to_apply(server: &Server, project: &Project) {
    let (ours, theirs) = server.two().await;
    let first = project.nexus(&["apply", "--database-url", &ours]).ends(0);
    assert!(first.out.contains("applied "), "{}", first.out);
    let dump = server.dump(&ours);
    let again = project.nexus(&["apply", "--database-url", &ours]).ends(0);
    assert_eq!(again.out, "");
    assert_eq!(server.dump(&ours), dump, "applying again changes nothing");
    project.nexus(&["status", "--database-url", &ours]).ends(0);

    let there = project.nexus(&["diff", "--from", "schema.yaml", "--to", &ours, "--exit-code"]).ends(0);
    assert_eq!(there.out, "");
    let back = project.nexus(&["diff", "--from", &ours, "--to", "schema.yaml", "--exit-code"]).ends(0);
    assert_eq!(back.out, "");

    let migrator = Migrator::new(project.migrations()).await.expect("sqlx reads the directory");
    let mut connection = PgConnection::connect(&theirs).await.expect("connects");
    migrator.run_direct(None, &mut connection, false).await.expect("sqlx applies");
    connection.close().await.expect("closes");
    let same = project.nexus(&["diff", "--from", &ours, "--to", &theirs]).ends(0);
    let foreign: Vec<_> = same.out.lines().filter(|line| !is_ours(line)).collect();
    assert!(foreign.is_empty(), "{}", same.out);
    if let (Some(ours), Some(theirs)) = (dump_of(server, &ours), dump_of(server, &theirs)) {
        let differs = TextDiff::from_lines(&ours, &theirs).unified_diff().to_string();
        assert_eq!(differs, "", "pg_dump sees no difference");
    }
    project.nexus(&["status", "--database-url", &theirs]).ends(0);
    let taken = project.nexus(&["apply", "--database-url", &theirs]).ends(0);
    assert_eq!(taken.out, "", "what sqlx applied is applied");

    let mut session = Session::connect(&ours).await.expect("connects");
    let seeds = session.rows("SELECT string_agg(name, ' ' ORDER BY name) FROM roles").await.expect("answers");
    assert_eq!(seeds, [[Some("admin manager user viewer".to_owned())]]);
}

/// What differs between two states only because one has our journal.
fn is_ours(line: &str) -> bool {
    line.contains("nexus") || matches!(line, "BEGIN;" | "COMMIT;")
}

/// A dump without our schema, the ledger's rows, and the times at which rows were made.
fn dump_of(server: &Server, url: &str) -> Option<String> {
    let args = ["--exclude-schema=nexus", "--exclude-table-data=_sqlx_migrations"];
    let dump = dump(url, server.major(), &args)?;
    let line = |line: &str| {
        line.split('\t')
            .map(|value| if is_time(value) { "now" } else { value })
            .collect::<Vec<_>>()
            .join("\t")
            + "\n"
    };
    Some(dump.lines().map(line).collect())
}

/// Tells `2026-01-02 03:04:05.678901` from other values.
fn is_time(value: &str) -> bool {
    let form: String = value.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    form.starts_with("0000-00-00 00:00:00")
}
