//! Every mistake an author can make has a case: a bad file and what is said of it.

use std::path::Path;

use nexus_schema::catalog::Kind;
use nexus_schema::diagnostic::Color;
use nexus_schema::document::{Declared, load, parse};

/// What is said of a text: its diagnostics, or the warnings of a text that passes.
fn said(text: &str) -> String {
    match parse("schema.yaml", text) {
        Ok((_, warnings)) => format!("passes\n{}", warnings.render_human(Color::Never)),
        Err(diagnostics) => diagnostics.render_human(Color::Never),
    }
}

#[test]
fn bad_files_are_told_why() {
    insta::glob!("bad/*.yaml", |path| {
        let text = std::fs::read_to_string(path).expect("the case can be read");
        let said = said(&text);
        assert!(!said.is_empty() && said != "passes\n", "{} is not bad", path.display());
        insta::assert_snapshot!(said);
    });
}

#[test]
fn every_form_of_output_tells_the_same() {
    let text = "nexus: 1\ndatabase: { name: shop }\ntables:\n  a: { columns: { x: itn } }\n";
    let diagnostics = parse("schema.yaml", text).expect_err("the type is unknown");
    assert!(diagnostics.has_errors());
    let forms = [
        diagnostics.render_short(),
        diagnostics.to_github(),
        serde_json::to_string_pretty(&diagnostics.to_json()).expect("it is JSON"),
        serde_json::to_string_pretty(&diagnostics.to_sarif()).expect("it is JSON"),
    ];
    insta::assert_snapshot!(forms.join("\n"));
    assert!(diagnostics.render_human(Color::Ansi).contains('\u{1b}'));
}

#[test]
fn hostile_text_cannot_act_on_a_terminal() {
    let text = "nexus: 1\ndatabase: { name: shop }\ntables:\n  \"a\\e[31m\\nx\": { columns: { x: \"i\\e]0;x\\a\" } }\n";
    let diagnostics = parse("\u{1b}[2Jschema.yaml", text).expect_err("the type is unknown");
    for said in [diagnostics.render_human(Color::Never), diagnostics.render_short(), diagnostics.to_github()]
    {
        assert!(!said.contains('\u{1b}'), "{said:?}");
    }
}

fn files(files: &[(&str, &str)], mut check: impl FnMut(&Path, Result<Declared, String>)) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("a file can be written");
    }
    let path = folder.path().join(files[0].0);
    let read = load(&path).map(|(declared, _)| declared);
    let prefix = folder.path().display().to_string();
    let read = read.map_err(|diagnostics| diagnostics.render_human(Color::Never).replace(&prefix, "…"));
    check(folder.path(), read);
}

#[test]
fn included_files_make_one_schema() {
    let main = "nexus: 1\ndatabase: shop\ninclude: [b.yaml]\ntables: { a: { columns: { id: int, b: { type: int, references: b.id } } } }\n";
    let other = "nexus: 1\ntables: { b: { columns: { id: { type: int, primary_key: true } } } }\n";
    files(&[("a.yaml", main), ("b.yaml", other)], |_, read| {
        let declared = read.expect("both files are right");
        assert_eq!(declared.files.len(), 2);
        assert_eq!(declared.tables.len(), 2);
    });
}

#[test]
fn includes_that_go_wrong_are_told() {
    let main = |include: &str| format!("nexus: 1\ndatabase: shop\ninclude: [{include}]\n");
    let mut all = String::new();
    let cases: &[&[(&str, &str)]] = &[
        &[("a.yaml", &main("a.yaml"))],
        &[("a.yaml", &main("b.yaml")), ("b.yaml", "nexus: 1\ninclude: a.yaml\n")],
        &[("a.yaml", &main("missing.yaml"))],
        &[("a.yaml", &main("b.yaml")), ("b.yaml", "nexus: 1\ntables: [\n")],
        &[("a.yaml", &main("b.yaml, b.yaml")), ("b.yaml", "nexus: 1\n")],
    ];
    for case in cases {
        files(case, |_, read| all.push_str(&read.expect_err("the include is wrong")));
        all.push('\n');
    }
    insta::assert_snapshot!(all);
}

#[test]
fn rows_of_files_that_go_wrong_are_told_at_their_place() {
    let main = |seeds: &str| {
        format!(
            "nexus: 1\ndatabase: shop\ntables: {{ a: {{ columns: {{ id: {{ type: int, primary_key: true }}, b: {{ type: bool, not_null: true }} }} }} }}\nseeds: {{ a: {{ key: [id], {seeds} }} }}\n"
        )
    };
    let mut all = String::new();
    let cases: &[(&str, &str)] = &[
        ("from: ../rows.csv", ""),
        ("from: /etc/passwd", ""),
        ("from: missing.csv", ""),
        ("from: rows.csv", "id,b\n1,true\nx,maybe\n1,\n"),
        ("from: rows.csv", "id,c\n1,2\n"),
        ("from: rows.csv", "id,b\n1\n"),
        ("from: rows.csv", "id,b\n1,\"true\n"),
        ("from: rows.yaml", "- { id: 1, b: 2 }\n- 3\n"),
        ("on_edit: never, delete: fail, only: [], rows: []", ""),
    ];
    for (seeds, rows) in cases {
        let name = if seeds.contains("yaml") { "rows.yaml" } else { "rows.csv" };
        files(&[("a.yaml", &main(seeds)), (name, rows)], |_, read| {
            all.push_str(&read.expect_err("the rows are wrong"));
        });
        all.push('\n');
    }
    insta::assert_snapshot!(all);
    #[cfg(unix)]
    files(&[("a.yaml", &main("from: link.csv"))], |folder, _| {
        let outside = tempfile::NamedTempFile::new().expect("a file can be made");
        std::os::unix::fs::symlink(outside.path(), folder.join("link.csv")).expect("a link can be made");
        let told = load(&folder.join("a.yaml")).expect_err("the link leads out").render_short();
        assert!(told.contains("NX0113"), "{told}");
    });
    let told = parse("a.yaml", &main("from: rows.csv")).expect_err("there is no folder").render_short();
    assert!(told.contains("NX0110"), "{told}");
}

#[test]
fn rows_of_an_environment_are_apart() {
    let main = "nexus: 1\ndatabase: shop\ninclude: [dev.yaml]\ntables: { a: { columns: { id: { type: int, primary_key: true } } } }\nseeds: { a: { key: [id], rows: [ { id: 1 } ] } }\n";
    let dev = |id: &str| {
        format!("nexus: 1\nseeds: {{ a: {{ key: [id], only: [dev, test], rows: [ {{ id: {id} }} ] }} }}\n")
    };
    files(&[("a.yaml", main), ("dev.yaml", &dev("2"))], |_, read| {
        let declared = read.expect("both files are right");
        assert_eq!(declared.catalog.of_kind(Kind::Seed).count(), 1);
        assert_eq!(declared.environments.keys().collect::<Vec<_>>(), ["dev", "test"]);
    });
    files(&[("a.yaml", main), ("dev.yaml", &dev("1"))], |_, read| {
        assert!(read.expect_err("the row is there twice").contains("NX0220"));
    });
}

#[test]
fn a_file_of_a_hundred_megabytes_is_refused_unread() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let path = folder.path().join("schema.yaml");
    let file = std::fs::File::create(&path).expect("a file can be made");
    file.set_len(100 * 1024 * 1024).expect("a file can be long");
    let diagnostics = load(&path).expect_err("the file is too large");
    assert!(diagnostics.render_short().contains("NX0112"), "{}", diagnostics.render_short());
    // A device without an end has no size to look at first.
    #[cfg(unix)]
    assert!(load(Path::new("/dev/zero")).is_err());
    assert!(parse("schema.yaml", &" ".repeat(9 * 1024 * 1024)).is_err());
}

#[test]
fn bombs_are_refused() {
    let mut laughs = String::from("nexus: 1\na: &a [x, x, x, x, x, x, x, x, x, x]\n");
    for (one, two) in "abcdefgh".chars().zip("bcdefghi".chars()) {
        let all = vec![format!("*{one}"); 10].join(", ");
        laughs.push_str(&format!("{two}: &{two} [{all}]\n"));
    }
    let deep = format!("a: {}", "[".repeat(100_000));
    let block: String = (0..5_000).map(|n| format!("{}a:\n", " ".repeat(n.min(2_000)))).collect();
    let wide = format!("a: [{}]", "x,".repeat(2_000_000));
    let keys: String = (0..200_000).map(|n| format!("k{n}: 1\n")).collect();
    for text in [laughs, deep, block, wide, keys] {
        let diagnostics = parse("schema.yaml", &text).expect_err("nobody writes this");
        assert!(diagnostics.render_short().len() < 200_000);
    }
}
