//! A throw-away PostgreSQL for one test, from whatever the machine has installed.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use nexus_migrate::db::Session;
use tempfile::TempDir;

/// A running server; stopped when dropped.
pub(crate) struct Native {
    bin: PathBuf,
    dir: TempDir,
    account: Option<(u32, u32)>,
    databases: AtomicU32,
}

/// Starts a server. `None` where the machine has none, unless NEXUS_REQUIRE_NATIVE is set.
pub(crate) async fn server() -> Option<Native> {
    let Some(bin) = installed() else {
        let required = std::env::var_os("NEXUS_REQUIRE_NATIVE").is_some_and(|value| value == "1");
        assert!(!required, "NEXUS_REQUIRE_NATIVE is set and there is no PostgreSQL on this machine");
        eprintln!("left out: there is no PostgreSQL on this machine");
        return None;
    };
    let dir = tempfile::Builder::new().prefix("nx").tempdir().expect("a temp dir");
    let account = account(dir.path());
    if let Some((uid, gid)) = account {
        chown(dir.path(), Some(uid), Some(gid)).expect("gives the directory away");
    }
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).expect("opens the directory");
    let native = Native { bin, dir, account, databases: AtomicU32::new(0) };
    native.run("initdb", &["-D", "data", "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8", "--locale=C"]);
    let options = format!("-c listen_addresses= -c fsync=off -k {}", native.dir.path().display());
    native.run("pg_ctl", &["-D", "data", "-l", "log", "-o", &options, "-w", "start"]);
    Some(native)
}

impl Native {
    /// Makes an empty database and returns its URL.
    pub(crate) async fn database(&self) -> String {
        let name = format!("d{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let mut session = Session::connect(&self.url("postgres")).await.expect("connects");
        session.run(&format!("CREATE DATABASE {name} TEMPLATE template0")).await.expect("creates a database");
        self.url(&name)
    }

    /// Returns what `pg_dump` writes of a database, without its changing marks.
    #[allow(dead_code, reason = "not every test file looks at dumps")]
    pub(crate) fn dump(&self, url: &str) -> String {
        let name = url.rsplit('/').next().expect("a URL of ours ends in the name");
        let host = self.dir.path().display().to_string();
        let dump = self.run("pg_dump", &["-h", &host, "-U", "postgres", name]);
        let lines =
            dump.lines().filter(|line| !line.starts_with("\\restrict") && !line.starts_with("\\unrestrict"));
        lines.map(|line| format!("{line}\n")).collect()
    }

    fn url(&self, name: &str) -> String {
        format!("postgres://postgres@{}/{name}", self.dir.path().display().to_string().replace('/', "%2F"))
    }

    fn run(&self, program: &str, args: &[&str]) -> String {
        let mut command = Command::new(self.bin.join(program));
        // A file for stdout: a server that pg_ctl starts would keep a pipe open.
        let out = self.dir.path().join(format!("{program}.out"));
        let stdout = fs::File::create(&out).expect("creates a file");
        command.args(args).current_dir(self.dir.path()).stdin(Stdio::null()).stdout(stdout);
        command.stderr(
            fs::File::create(self.dir.path().join(format!("{program}.err"))).expect("creates a file"),
        );
        if let Some((uid, gid)) = self.account {
            command.uid(uid).gid(gid);
        }
        let status = command.status().expect("starts");
        let read = |path: &Path| fs::read_to_string(path).unwrap_or_default();
        let errors = self.dir.path().join(format!("{program}.err"));
        assert!(status.success(), "{program}: {}{}", read(&errors), read(&self.dir.path().join("log")));
        read(&out)
    }
}

impl Drop for Native {
    fn drop(&mut self) {
        self.run("pg_ctl", &["-D", "data", "-m", "immediate", "-w", "stop"]);
    }
}

fn installed() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).collect::<Vec<_>>();
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut debian: Vec<_> = debian.map(|entry| entry.path().join("bin")).collect();
    debian.sort();
    let folders = on_path.into_iter().chain(debian.into_iter().rev());
    folders.into_iter().find(|folder| folder.join("initdb").exists() && folder.join("pg_dump").exists())
}

/// The account for the server, which refuses to run as root.
fn account(dir: &Path) -> Option<(u32, u32)> {
    use std::os::unix::fs::MetadataExt;
    if fs::metadata(dir).expect("just made").uid() != 0 {
        return None;
    }
    let accounts = fs::read_to_string("/etc/passwd").unwrap_or_default();
    ["postgres", "nobody"].iter().find_map(|name| {
        let fields = accounts.lines().map(|line| line.split(':').collect::<Vec<_>>());
        let fields = fields.into_iter().find(|fields| fields.first() == Some(name))?;
        Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?))
    })
}
