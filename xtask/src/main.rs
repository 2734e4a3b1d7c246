//! `cargo xtask`: the only place of this crate that prints.

use std::path::Path;
use std::process::ExitCode;

use xtask::{
    bench, certificates, compile_cost, corpus, dist, laws, models_corpus, scale, stall, tidy, trials,
};

const USAGE: &str = "\
usage: cargo xtask tidy
       cargo xtask corpus [--nexus PROGRAM] [--sample N]
       cargo xtask laws [--pairs N] [--seed S] [--first CASE] [--shrink N]
       cargo xtask compile-cost [--tables N] [--rounds N] [--sea-orm]
       cargo xtask models-corpus [--nexus PROGRAM]
       cargo xtask bench [--peers DIR] [--rounds N] [TABLES …]
       cargo xtask scale [--program EXAMPLE] [TABLES …]
       cargo xtask stall [--program EXAMPLE] [--rows N] [NAME]
       cargo xtask certificates [--program EXAMPLE] [--sample N]
       cargo xtask dist [documents|packages|fresh]
       cargo xtask crash|race|tamper|fleet|speed [SIZE [SEED]]

tidy     checks what the compiler does not: import direction, headers, file sizes, where SQL stands
corpus   compares the score on the corpus of schema pairs with xtask/corpus-floor.txt;
         --sample N looks at every Nth case only
laws     tries the laws on 10,000 pairs of random schemas, in a release build; ends with a line for each pair that breaks
         one, and a count by cause; --shrink N makes such pairs smaller, and --first begins at a case of the walks
compile-cost
         measures what models cost `cargo check` beside plain structs with #[derive(sqlx::FromRow)],
         and with --sea-orm beside entities of SeaORM 2
models-corpus
         compiles models of the corpus's real schemas where every warning is an error and nothing is in scope
bench    times our commands beside those of others on the same work, for 13, 100, 1,000 and 5,000 tables: drizzle-kit,
         pg-delta, migra, pg_dump, psql, sqlx's migrator, sqlc, squawk; they are looked for in DIR (and its node_modules/.bin,
         bin) and PATH, and named where they are not there; prints Markdown for docs/performance.md
scale    measures reading and planning on schemas of 13, 100, 1,000 and 5,000 tables beside pg_dump -s, in a
         release build; --program EXAMPLE takes an example `scale` that is built already
stall    measures how long a reader and a writer of a table of a million rows wait while a plan runs, the plain one and
         the usual one; NAME is a part of a change's name
certificates
         compares the locks, rewrites, rebuilds and scans that proofs record over the corpus with what another session
         sees on a second server, forth by the usual plan and back by the plain one
dist     whether the crates can be published and installed: documents without warnings, packages that build by
         themselves, and a build without the lockfile
crash    kills runs of `nexus apply` and their server processes at every point, 2,000 times, and looks at what the
         next run makes of it
race     lets 2 to 16 runs loose on one database, 1,000 times
tamper   changes a migrations directory or a ledger, 1,500 times, and looks whether it is told by its name
fleet    migrates 1,000 tenants, one of which fails, beside a loop of psql of the same width
speed    applies 500 files beside sqlx's migrator";

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies inside the repository");
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["tidy"] => run_tidy(root),
        ["corpus", rest @ ..] => run_corpus(root, rest),
        ["laws", rest @ ..] => run_laws(root, rest),
        ["bench", rest @ ..] => run_bench(root, rest),
        ["scale", rest @ ..] => run_scale(root, rest),
        ["stall", rest @ ..] => run_stall(root, rest),
        ["dist", rest @ ..] => run_dist(root, rest),
        ["certificates", rest @ ..] => run_certificates(root, rest),
        [trial, rest @ ..] if trials::TRIALS.iter().any(|known| known.name == *trial) => {
            trials::run(root, trial, rest)
        }
        ["compile-cost", rest @ ..] => run_compile_cost(root, rest),
        ["models-corpus", rest @ ..] => run_models_corpus(root, rest),
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(true)
        }
        _ => Err(USAGE.into()),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::from(2)
        }
    }
}

fn run_tidy(root: &Path) -> Result<bool, String> {
    let findings = tidy::check(&tidy::Repo::open(root)?);
    for finding in &findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => eprintln!("tidy: nothing to do"),
        n => eprintln!("tidy: {n} to do"),
    }
    Ok(findings.is_empty())
}

fn run_corpus(root: &Path, args: &[&str]) -> Result<bool, String> {
    let options = corpus::Options::parse(args)?;
    let report = corpus::run(root, &options)?;
    println!("{}", report.text);
    Ok(report.holds)
}

fn run_dist(root: &Path, args: &[&str]) -> Result<bool, String> {
    dist::run(root, args, &mut |line| println!("{line}"))
}

fn run_laws(root: &Path, args: &[&str]) -> Result<bool, String> {
    laws::run(root, &laws::Options::parse(args)?)
}

fn run_stall(root: &Path, args: &[&str]) -> Result<bool, String> {
    let options = stall::Options::parse(args)?;
    let report = stall::run(root, &options)?;
    println!("{}", report.text);
    Ok(report.holds)
}

fn run_certificates(root: &Path, args: &[&str]) -> Result<bool, String> {
    let options = certificates::Options::parse(args)?;
    let report = certificates::run(root, &options)?;
    println!("{}", report.text);
    Ok(report.holds)
}

fn run_compile_cost(root: &Path, args: &[&str]) -> Result<bool, String> {
    let options = compile_cost::Options::parse(args)?;
    let report = compile_cost::run(root, &options)?;
    println!("{}", report.text);
    Ok(report.holds)
}

fn run_models_corpus(root: &Path, args: &[&str]) -> Result<bool, String> {
    let report = models_corpus::run(root, args)?;
    println!("{}", report.text);
    Ok(report.holds)
}

fn run_bench(root: &Path, args: &[&str]) -> Result<bool, String> {
    let report = bench::run(root, &bench::Options::parse(args)?)?;
    println!("{}", report.text);
    Ok(report.holds)
}

fn run_scale(root: &Path, args: &[&str]) -> Result<bool, String> {
    let options = scale::Options::parse(args)?;
    let report = scale::run(root, &options)?;
    println!("{}", report.text);
    Ok(report.holds)
}
