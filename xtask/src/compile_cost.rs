//! What generated models cost a compilation: `cargo check` of so many tables, beside plain structs for the same tables.
//!
//! Net of dependencies, and of what rustc needs to begin: the time of an empty package with the same dependencies is
//! taken off. With `--sea-orm` also beside SeaORM's entities for the same tables, whose dependencies take minutes. Rounds alternate, and the least of each counts, because others use the machine too.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// How much is measured.
pub struct Options {
    tables: usize,
    rounds: usize,
    sea_orm: bool,
}

/// What was measured.
pub struct Report {
    /// A table for people.
    pub text: String,
    /// Whether models cost no more than plain structs, and 0.6 times what entities do.
    pub holds: bool,
}

const PACKAGES: [&str; 4] = ["empty", "plain", "models", "rows"];

/// Those with SeaORM: nothing, and its entities.
const SEA_ORM: [&str; 2] = ["sea-orm-empty", "sea-orm"];

impl Options {
    /// Reads `[--tables N] [--rounds N]`.
    pub fn parse(args: &[&str]) -> Result<Self, String> {
        let mut options = Self { tables: 300, rounds: 5, sea_orm: args.contains(&"--sea-orm") };
        let args: Vec<_> = args.iter().copied().filter(|arg| *arg != "--sea-orm").collect();
        for pair in args.chunks(2) {
            let number = |text: &str| text.parse::<usize>().map_err(|_| format!("{text} is no number"));
            match pair {
                ["--tables", n] => options.tables = number(n)?.max(1),
                ["--rounds", n] => options.rounds = number(n)?.max(1),
                _ => {
                    return Err(
                        "usage: cargo xtask compile-cost [--tables N] [--rounds N] [--sea-orm]".into()
                    );
                }
            }
        }
        Ok(options)
    }
}

/// Measures in packages of their own below `target`.
pub fn run(root: &Path, options: &Options) -> Result<Report, String> {
    let home = target(root).join("compile-cost");
    let example = |what: &str, tables: usize| {
        let tables = tables.to_string();
        let args = [
            "run",
            "--locked",
            "--release",
            "-p",
            "nexus-schema",
            "--no-default-features",
            "--features",
            "pretty",
        ];
        let args =
            args.iter().chain(&["--example", "cost", "--", what, &tables]).copied().collect::<Vec<_>>();
        output(Command::new("cargo").args(args).current_dir(root))
    };
    let mut packages = Vec::from(PACKAGES);
    let mut sources = vec![String::new()];
    for what in &PACKAGES[1..] {
        sources.push(example(what, options.tables)?);
    }
    if options.sea_orm {
        packages.extend(SEA_ORM);
        sources.extend([String::new(), example("sea-orm", options.tables)?]);
    }
    let generation = example("time", 1_000)?;
    for (name, source) in packages.iter().zip(&sources) {
        package(root, &home.join(name), name, source)?;
        check(&home.join(name))?;
    }
    let mut least = vec![Duration::MAX; packages.len()];
    for round in 0..options.rounds {
        for (name, least) in packages.iter().zip(&mut least) {
            let file = home.join(name).join("src/lib.rs");
            let text =
                std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
            // Another last line, so that Cargo does not take it for done.
            let text = format!("{}\n// {round}\n", text.trim_end_matches(|c: char| c != '}' && c != ';'));
            std::fs::write(&file, text).map_err(|error| format!("{}: {error}", file.display()))?;
            *least = (*least).min(check(&home.join(name))?);
        }
    }
    let net = |place: usize| least[place].saturating_sub(least[0]).as_secs_f64();
    let (plain, models, rows) = (net(1), net(2), net(3));
    let ratio = models / plain.max(f64::EPSILON);
    let mut text =
        format!("cargo check of {} tables with 12 columns, net of an empty package\n", options.tables);
    let _ = writeln!(text, "  empty   {:>6.2} s", least[0].as_secs_f64());
    let _ = writeln!(text, "  plain   {plain:>6.2} s  structs with #[derive(sqlx::FromRow)]");
    let _ = writeln!(text, "  models  {models:>6.2} s  {ratio:.2} times plain");
    let of_rows = rows / plain.max(f64::EPSILON);
    let _ = writeln!(text, "  rows    {rows:>6.2} s  {of_rows:.2} times plain, with `parts: rows`");
    let mut holds = ratio <= 1.0 && of_rows <= 1.0;
    if let [_, _, _, _, empty, entities] = least[..] {
        let entities = entities.saturating_sub(empty).as_secs_f64();
        let ratio = models / entities.max(f64::EPSILON);
        let _ =
            writeln!(text, "  sea-orm {entities:>6.2} s  models are {ratio:.2} times entities of SeaORM 2");
        holds &= ratio <= 0.6;
    }
    let _ = write!(text, "generation of 1,000 tables, optimized: {}", generation.trim());
    Ok(Report { text, holds })
}

/// Where Cargo puts what it builds.
pub(crate) fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}

/// Writes a package with one source file, whose dependencies are those of generated models.
pub(crate) fn package(root: &Path, folder: &Path, name: &str, source: &str) -> Result<(), String> {
    let sea_orm = match SEA_ORM.contains(&name) {
        true => {
            "sea-orm = { version = \"2\", default-features = false, features = [\"macros\", \"with-chrono\", \"with-json\", \
             \"with-rust_decimal\", \"with-uuid\", \"sqlx-postgres\", \"runtime-tokio\"] }\n"
        }
        false => "",
    };
    let toml = format!(
        "[package]\nname = \"cost-{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         nexus-schema = {{ path = {:?}, default-features = false, features = [\"runtime\"] }}\n\
         serde_json = \"1\"\n\
         sqlx = {{ version = \"0.9\", default-features = false, features = [\"postgres\", \"runtime-tokio\", \"derive\", \
         \"macros\", \"uuid\", \"chrono\", \"rust_decimal\", \"json\", \"ipnetwork\"] }}\n{sea_orm}",
        root.join("nexus-schema")
    );
    let write = |path: PathBuf, text: &str| {
        std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
    };
    std::fs::create_dir_all(folder.join("src")).map_err(|error| format!("{}: {error}", folder.display()))?;
    write(folder.join("Cargo.toml"), &toml)?;
    write(folder.join("src/lib.rs"), source)?;
    std::fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).map_err(|error| error.to_string())?;
    Ok(())
}

/// Checks a package, and says how long it took.
pub(crate) fn check(folder: &Path) -> Result<Duration, String> {
    let start = Instant::now();
    output(Command::new("cargo").arg("check").current_dir(folder).env("CARGO_INCREMENTAL", "0"))?;
    Ok(start.elapsed())
}

fn output(command: &mut Command) -> Result<String, String> {
    let done = command.output().map_err(|error| format!("cargo: {error}"))?;
    if !done.status.success() {
        return Err(format!("{command:?} fails:\n{}", String::from_utf8_lossy(&done.stderr)));
    }
    String::from_utf8(done.stdout).map_err(|error| error.to_string())
}
