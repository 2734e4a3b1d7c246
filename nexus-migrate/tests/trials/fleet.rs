//! Migrates a fleet of tenants, one of which fails, beside a plain loop of `psql` of the same width.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Instant;

use super::servers::{Cluster, rows};

/// What became of it.
#[derive(Debug)]
pub(crate) struct Outcome {
    tenants: u32,
    /// Seconds of both runs together.
    ours: f64,
    /// Seconds of the loop; none where there is no `psql`.
    psql: Option<f64>,
    pub(crate) faults: Vec<String>,
}

/// So much longer than the loop may both runs take.
const RATIO: f64 = 1.3;

impl Outcome {
    pub(crate) fn text(&self) -> String {
        let Self { tenants, ours, psql, .. } = self;
        let beside = psql.map_or("no psql to compare with".into(), |psql| {
            format!("a loop of psql {psql:.1} s, ratio {:.2}", ours / psql)
        });
        format!(
            "{tenants} tenants in two runs, the first stopped by a tenant that fails: {ours:.1} s; {beside}"
        )
    }

    /// Whether it took too long.
    pub(crate) fn is_slow(&self) -> bool {
        self.psql.is_some_and(|psql| self.ours > psql * RATIO)
    }
}

const WIDTH: usize = 8;

pub(crate) async fn run(nexus: &Path, tenants: u32) -> Result<Outcome, String> {
    let mut cluster = Cluster::start().await?;
    let here = tempfile::tempdir().map_err(|error| error.to_string())?;
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations");
    let names: Vec<String> = (0..tenants).map(|n| format!("tenant_{n:04}")).collect();
    create(&mut cluster, &names).await;
    let psql = psql(&cluster, &migrations, &names)?;
    for name in &names {
        cluster.drop(name).await;
    }
    create(&mut cluster, &names).await;

    // Early, so that some are left which do not begin, however fast the machine is.
    let broken = &names[names.len() / 3];
    let url = cluster.url(broken);
    rows(&url, "CREATE TABLE users (in_the_way int)").await;
    let fleet = here.path().join("fleet.yaml");
    let list: String = names.iter().map(|name| format!("  - {name}\n")).collect();
    let text = format!(
        "nexus: 1\nurl: '{}'\nwidth: {WIDTH}\ncanary: [{}]\ntargets:\n{list}",
        cluster.url("{name}"),
        names[1]
    );
    std::fs::write(&fleet, text).map_err(|error| error.to_string())?;
    let apply = || -> (Output, f64) {
        let mut command = Command::new(nexus);
        command.args(["apply", "--json", "--fleet"]).arg(&fleet).arg("--dir").arg(&migrations);
        command.env_remove("DATABASE_URL").env_remove("NEXUS_DEV_URL").stdin(Stdio::null());
        let begin = Instant::now();
        let output = command.output().expect("nexus starts");
        (output, begin.elapsed().as_secs_f64())
    };
    let mut faults = Vec::new();
    let (first, before) = apply();
    let report: serde_json::Value =
        serde_json::from_slice(&first.stdout).map_err(|error| error.to_string())?;
    let targets = report["targets"].as_array().cloned().unwrap_or_default();
    let count = |fate: &str| {
        targets.iter().filter(|told| told["fate"] == fate || told["fate"].get(fate).is_some()).count()
    };
    let failed: Vec<_> = targets.iter().filter(|told| told["fate"].get("failed").is_some()).collect();
    if first.status.code() != Some(1) || failed.len() != 1 || failed[0]["name"] != **broken {
        faults.push(format!("the tenant that fails is not told: {failed:?}"));
    }
    if targets.first().is_none_or(|told| told["name"] != *names[1]) {
        faults.push("the canary is not the first".into());
    }
    if count("not_begun") == 0 || count("applied") + count("not_begun") + 1 != names.len() {
        faults.push(format!("{} were applied and {} not begun", count("applied"), count("not_begun")));
    }
    rows(&url, "DROP TABLE users").await;
    let (second, after) = apply();
    if second.status.code() != Some(0) {
        faults.push(format!("the second run fails: {}", String::from_utf8_lossy(&second.stdout)));
    }
    let ledger = "SELECT count(*) FROM _sqlx_migrations WHERE success";
    let all = ups(&migrations)?.len().to_string();
    for name in &names {
        if rows(&cluster.url(name), ledger).await.concat() != [all.as_str()] {
            faults.push(format!("{name} is not migrated"));
        }
    }
    Ok(Outcome { tenants, ours: before + after, psql, faults })
}

async fn create(cluster: &mut Cluster, names: &[String]) {
    for name in names {
        cluster.create(name).await;
    }
}

/// Runs the loop; returns how many seconds it took.
fn psql(cluster: &Cluster, migrations: &Path, names: &[String]) -> Result<Option<f64>, String> {
    let Some(program) = program() else { return Ok(None) };
    let mut xargs = Command::new("xargs");
    xargs.args(["-P", &WIDTH.to_string(), "-I", "{}"]).arg(program);
    xargs.args(["-X", "-q", "-1", "-v", "ON_ERROR_STOP=1"]);
    for up in ups(migrations)? {
        xargs.arg("-f").arg(up);
    }
    xargs.arg(cluster.url("{}"));
    xargs.stdin(Stdio::piped()).stdout(Stdio::null());
    let begin = Instant::now();
    let mut child = xargs.spawn().map_err(|error| error.to_string())?;
    let mut input = child.stdin.take().ok_or("no pipe")?;
    std::io::Write::write_all(&mut input, names.join("\n").as_bytes()).map_err(|error| error.to_string())?;
    drop(input);
    let status = child.wait().map_err(|error| error.to_string())?;
    if status.success() { Ok(Some(begin.elapsed().as_secs_f64())) } else { Err("psql fails".into()) }
}

/// The up files, in their order.
fn ups(migrations: &Path) -> Result<Vec<PathBuf>, String> {
    let files = std::fs::read_dir(migrations).map_err(|error| error.to_string())?.flatten();
    let is_up = |path: &PathBuf| path.to_string_lossy().ends_with(".up.sql");
    let mut ups: Vec<_> = files.map(|entry| entry.path()).filter(is_up).collect();
    ups.sort();
    Ok(ups)
}

fn program() -> Option<PathBuf> {
    let usual = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let folders = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect::<Vec<_>>();
    let all = usual.map(|entry| entry.path().join("bin")).chain(folders);
    all.map(|folder| folder.join("psql")).find(|path| path.is_file())
}
