//! Models of the corpus's real schemas, compiled where nothing is in scope and every warning is an error.
//!
//! Knows how `nexus import` and `nexus models` are called and what they print, and nothing of schemas. Prints nothing.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::compile_cost::{check, package, target};
use crate::corpus::{Report, beside_us};

/// Imports each schema, generates its models and compiles all of them; a missing corpus is no failure.
///
/// Takes `--nexus PROGRAM`, or the one built beside this one. A column whose type has no Rust type gets a `String`, as
/// its author would give it one of his own, and is named.
pub fn run(root: &Path, args: &[&str]) -> Result<Report, String> {
    let nexus = match args {
        [] => beside_us()?,
        ["--nexus", program] => std::path::absolute(program).map_err(|error| error.to_string())?,
        _ => return Err("usage: cargo xtask models-corpus [--nexus PROGRAM]".into()),
    };
    let corpus = root.join("../shared/corpus/real");
    let Ok(entries) = std::fs::read_dir(&corpus) else {
        return Ok(Report {
            holds: true,
            text: "models of the corpus left out: ../shared is not there".into(),
        });
    };
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|file| file.extension().is_some_and(|end| end == "sql"));
    files.sort();
    let home = target(root).join("models-corpus");
    let mut lib = "//! Models of real schemas.\n#![no_implicit_prelude]\n#![deny(warnings, missing_docs, unsafe_code)]\n".to_owned();
    let mut text = String::new();
    for file in &files {
        let name = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let (source, own) = models(&nexus, file, &home, &name)?;
        let tables = source.matches("::Table for ").count();
        let _ = writeln!(text, "{name}: {tables} tables and views, {} lines", source.lines().count());
        for column in own {
            let _ = writeln!(text, "  {column} gets a type of its author's own");
        }
        write(&home.join(format!("{name}.rs")), &source)?;
        let _ = writeln!(
            lib,
            "/// The models of {name}.\npub mod {name} {{ ::core::include!(\"../../{name}.rs\"); }}"
        );
    }
    package(root, &home.join("package"), "corpus", &lib)?;
    check(&home.join("package"))?;
    let _ = write!(text, "the models of {} schemas compile without a warning", files.len());
    Ok(Report { holds: true, text })
}

/// The models of an SQL file, and the columns that needed a type.
fn models(nexus: &Path, file: &Path, home: &Path, name: &str) -> Result<(String, Vec<String>), String> {
    let read =
        |path: &Path| std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()));
    let [sql, schema, output] = ["sql", "yaml", "out.rs"].map(|end| home.join(format!("{name}.{end}")));
    let roles = read(&file.with_extension("json")).unwrap_or_default();
    // Every other text between quotes is a role; the first is the key.
    let roles =
        roles.split('"').skip(3).step_by(2).map(|role| format!("CREATE ROLE {role};\n")).collect::<String>();
    write(&sql, &format!("{roles}{}", read(file)?))?;
    let call = |args: &[&str]| -> Result<(bool, String), String> {
        let output = Command::new(nexus)
            .args(args)
            .output()
            .map_err(|error| format!("{}: {error}", nexus.display()))?;
        Ok((output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned()))
    };
    let [sql, yaml, rust] = [&sql, &schema, &output].map(|path| path.to_string_lossy().into_owned());
    let _ = std::fs::remove_file(&schema);
    let (done, said) = call(&["import", "--from", &sql, "-o", &yaml])?;
    if !done {
        return Err(format!("{name} cannot be imported:\n{said}"));
    }
    let generate = ["models", "--schema", yaml.as_str(), "-o", rust.as_str()];
    let (done, said) = call(&generate)?;
    if done {
        return Ok((read(&output)?, Vec::new()));
    }
    let mut lines: Vec<String> = read(&schema)?.lines().map(str::to_owned).collect();
    let mut own = Vec::new();
    let mut said_lines = said.lines();
    while let Some(line) = said_lines.next() {
        let Some(column) = line.strip_prefix("error[NX0701]: column ") else { continue };
        own.push(column.split(" has type ").next().unwrap_or(column).to_owned());
        let place = said_lines.next().and_then(|place| place.rsplit(':').nth(1)?.parse::<usize>().ok());
        let line = place.and_then(|place| lines.get_mut(place - 1)).ok_or("an error without a place")?;
        let (key, type_) = line.split_once(": ").ok_or("a column is a key with a value")?;
        let rest = type_.strip_prefix('{').map_or_else(|| format!(" type: {type_} }}"), str::to_owned);
        *line = format!("{key}: {{ rust: {{ type: \"::std::string::String\" }},{rest}");
    }
    write(&schema, &lines.join("\n"))?;
    let (done, said) = call(&generate)?;
    if !done {
        return Err(format!("{name} has no models:\n{said}"));
    }
    Ok((read(&output)?, own))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    let told = |error: std::io::Error| format!("{}: {error}", path.display());
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(told)?;
    }
    std::fs::write(path, text).map_err(told)
}
