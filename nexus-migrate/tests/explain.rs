//! What `nexus explain` says is true: its examples are wrong and right, and no code goes without.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use nexus_migrate::commands::explain::{Explanation, all};
use nexus_migrate::lint::{Script, offline};
use nexus_schema::codegen::{self, Options};
use nexus_schema::diagnostic::{Diagnostics, Severity};
use nexus_schema::document;

/// An example: what follows the fence's opening, and what stands in it.
fn examples(it: &Explanation) -> Vec<(&str, String)> {
    let mut examples = Vec::new();
    let mut open: Option<(&str, String)> = None;
    for line in it.text.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(info), None) => open = Some((info, String::new())),
            (Some(_), Some(_)) => examples.extend(open.take()),
            (None, Some((_, text))) => text.extend([line, "\n"]),
            (None, None) => {}
        }
    }
    examples
}

/// The mistakes in an example.
fn mistakes(info: &str, text: &str) -> Diagnostics {
    let has = |word| info.split(' ').any(|part| part == word);
    if has("sql") {
        return offline(&[Script { name: "change.sql".into(), text: text.into() }]);
    }
    let head = if has("whole") { "" } else { "nexus: 1\ndatabase: { name: shop, postgres: 15 }\n" };
    match document::parse("schema.yaml", &format!("{head}{text}")) {
        Err(mistakes) => mistakes,
        Ok((declared, _)) if has("models") => match codegen::source(&declared, &Options::default()) {
            Ok(_) => Diagnostics::default(),
            Err(problems) => problems.diagnostics(&declared),
        },
        Ok((_, warnings)) => warnings,
    }
}

#[test]
fn what_is_wrong_has_its_code_and_what_is_right_has_none() {
    let mut tried = 0;
    let mut false_ones = Vec::new();
    for it in all() {
        for (info, text) in examples(&it) {
            let found = mistakes(info, &text);
            let is_told = found.iter().any(|one| one.code == it.code);
            let holds = match info.split(' ').nth(1) {
                Some("wrong") => is_told,
                Some("right") => !is_told && found.iter().all(|one| one.severity != Severity::Error),
                _ => false,
            };
            if !holds {
                false_ones.push(format!("{}: {info}\n{text}{}", it.code, found.render_short()));
            }
            tried += 1;
        }
    }
    assert!(false_ones.is_empty(), "{}", false_ones.join("\n"));
    assert!(tried > 100, "only {tried} examples");
}

/// Every code that stands as a text in the sources.
fn codes_in(folder: &Path, codes: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a folder of sources").flatten() {
        let path: PathBuf = entry.path();
        if path.is_dir() {
            codes_in(&path, codes);
        } else if path.extension().is_some_and(|it| it == "rs") {
            let text = fs::read_to_string(&path).expect("a source file");
            let quoted = text.split('"').filter(|piece| {
                piece.len() == 6 && piece.starts_with("NX") && piece[2..].bytes().all(|b| b.is_ascii_digit())
            });
            codes.extend(quoted.map(str::to_owned));
        }
    }
}

#[test]
fn every_code_is_explained_and_every_explanation_is_of_a_code() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut told = BTreeSet::new();
    for folder in ["src", "../nexus-schema/src"] {
        codes_in(&root.join(folder), &mut told);
    }
    let explained: BTreeSet<_> = all().iter().map(|it| it.code.to_owned()).collect();
    assert_eq!(told, explained);
    assert!(all().iter().all(|it| it.text.len() > 40 && !it.title.is_empty()));
}

#[test]
fn the_command_prints_one_or_lists_all() {
    let nexus = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nexus"));
        let output = command.arg("explain").args(args).output().expect("runs");
        (output.status.code(), String::from_utf8(output.stdout).expect("UTF-8"))
    };
    let (code, one) = nexus(&["nx0103"]);
    assert_eq!(code, Some(0));
    insta::assert_snapshot!(one);
    let (code, list) = nexus(&[]);
    assert_eq!((code, list.lines().count()), (Some(0), all().len()));
    let (code, json) = nexus(&["NX0103", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!((code, &json["code"]), (Some(0), &"NX0103".into()));
    assert_eq!(nexus(&["NX9999"]), (Some(2), String::new()));
}

#[test]
fn manuals_are_written_for_every_command() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_nexus"));
    let output = command.args(["man", "-o"]).arg(folder.path()).output().expect("runs");
    assert!(output.status.success() && output.stdout.is_empty(), "{output:?}");
    let page = fs::read_to_string(folder.path().join("nexus-generate.1")).expect("a page of the command");
    assert!(page.contains(".TH nexus-generate 1") && page.contains("proved on a scratch server"), "{page}");
    let names: Vec<_> =
        fs::read_dir(folder.path()).expect("a folder").flatten().map(|it| it.file_name()).collect();
    assert!(names.len() > 20 && names.contains(&"nexus.1".into()), "{names:?}");
}
