//! `nexus docs`: what the documents hold, what becomes of hostile names, what a browser makes of the site.

#[path = "support/mod.rs"]
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nexus_migrate::commands::Mode;
use nexus_migrate::commands::docs::{DocsArgs, docs};
use nexus_migrate::docs;
use nexus_schema::document::{self, Declared};
use support::left_out;

/// The schema of the platform, at the root of the repository.
fn platform() -> Declared {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema.yaml");
    document::load(&path).expect("the platform's schema is sound").0
}

fn declared(text: &str) -> Declared {
    document::parse("schema.yaml", text).unwrap_or_else(|e| panic!("{}", e.render_short())).0
}

/// All values of an attribute in a page.
fn attributes<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    page.split(start.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn the_platform_in_markdown() {
    let files = docs::files(&platform());
    insta::assert_snapshot!(files[docs::MARKDOWN]);
}

#[test]
fn the_site_has_a_page_for_each_table_and_no_dead_link() {
    let platform = platform();
    let files = docs::files(&platform);
    let pages = files.keys().filter(|name| name.starts_with("tables/"));
    assert_eq!(pages.count(), 13);
    let mut followed = 0;
    for (name, page) in files.iter().filter(|(name, _)| name.ends_with(".html")) {
        let root = if name.starts_with("tables/") { "../" } else { "" };
        for link in attributes(page, "href").into_iter().chain(attributes(page, "src")) {
            let (file, part) = link.split_once('#').unwrap_or((link, ""));
            if file == "data:," {
                continue;
            }
            let file = file.strip_prefix(root).unwrap_or_else(|| panic!("{name} leads out: {link}"));
            let target = files.get(file).unwrap_or_else(|| panic!("{name} leads nowhere: {link}"));
            assert!(part.is_empty() || attributes(target, "id").contains(&part), "{name}: {link}");
            followed += 1;
        }
    }
    assert!(followed > 200, "only {followed} links");
}

#[test]
fn the_diagram_has_every_table_and_every_foreign_key() {
    let files = docs::files(&platform());
    let page = &files["diagram.html"];
    assert_eq!(page.matches("<g class=\"box").count(), 13);
    let keys: BTreeSet<_> = attributes(page, "data-key").into_iter().collect();
    let expected = [
        "accounts_user_id_fkey",
        "ai_insights_model_id_fkey",
        "alerts_acknowledged_by_fkey",
        "api_aliases_created_by_fkey",
        "audit_logs_changed_by_fkey",
        "transactions_account_id_fkey",
        "user_roles_assigned_by_fkey",
        "user_roles_role_id_fkey",
        "user_roles_user_id_fkey",
    ];
    assert_eq!(keys, BTreeSet::from(expected));
}

#[test]
fn hostile_names_and_texts_stay_text() {
    let bad = r#"<script>alert(1)</script>"onload="x' & | ` ../../x"#;
    let text = format!(
        "nexus: 1\ndatabase: {{ name: {bad:?}, description: {bad:?} }}\ntables:\n  {quoted:?}:\n    group: {bad:?}\n    \
         description: \"{cell}\"\n    columns: {{ {bad:?}: {{ type: text, primary_key: true, description: {bad:?} }} }}\n    \
         checks: {{ c: {{ expr: \"'```' <> '</svg>'\" }} }}\nseeds:\n  {quoted:?}: {{ key: [{bad:?}], title: {bad:?}, rows: [ {{ {bad:?}: {bad:?} }} ] }}\n",
        quoted = format!("\"{}\"", bad.replace('"', "\"\"")),
        cell = "a | b\\n\\n# c [x](javascript:y)",
    );
    let files = docs::files(&declared(&text));
    for (name, page) in files.iter().filter(|(name, _)| name.ends_with(".html")) {
        assert!(!page.contains("<script>alert"), "{name}");
        assert!(!page.contains("\"onload=\""), "{name}");
        assert_eq!(page.matches("</svg>").count(), page.matches("<svg").count(), "{name}");
    }
    let names: Vec<_> = files.keys().filter(|name| name.starts_with("tables/")).collect();
    assert_eq!(names.len(), 1);
    assert!(!names[0]["tables/".len()..].contains('/'), "{names:?}");
    let markdown = &files[docs::MARKDOWN];
    // Between backticks nothing is markup; escaped ones are none.
    let spans = markdown.replace("\\`", "");
    let outside: String = spans.split('`').step_by(2).collect();
    assert!(outside.contains("&lt;script&gt;") && !outside.contains("<script>"), "{outside}");
    let drawn =
        markdown.split("erDiagram").nth(1).and_then(|rest| rest.split("```").next()).expect("a diagram");
    assert!(!drawn.contains('<'), "{drawn}");
    assert!(!markdown.lines().any(|line| line.starts_with("# c")), "{markdown}");
    assert!(!markdown.replace("\\]", "").contains("](javascript"), "{markdown}");
    let cells =
        markdown.lines().find(|line| line.contains("PRIMARY KEY") && line.starts_with('|')).expect("a row");
    assert_eq!(cells.replace("\\|", "").matches('|').count(), 5, "{cells}");
}

#[test]
fn values_that_are_sensitive_are_left_out() {
    let text = "nexus: 1\ndatabase: { name: a }\ntables:\n  t:\n    columns:\n      name: { type: text, primary_key: true }\n      \
                token: { type: text, sensitive: true }\nseeds: { t: { key: [name], rows: [ { name: x, token: canary-4711 } ] } }\n";
    let files = docs::files(&declared(text));
    assert!(files.values().all(|page| !page.contains("canary-4711")));
    assert!(files["index.html"].contains("<b>x</b>"));
}

#[test]
fn pages_of_tables_that_are_gone_go_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let schema = folder.path().join("schema.yaml");
    let output = folder.path().join("docs");
    let args = |mode| DocsArgs { schema: schema.clone(), output: output.clone(), mode };
    let with = |tables: &str| {
        let text = format!("nexus: 1\ndatabase: {{ name: a }}\ntables: {{ {tables} }}\n");
        std::fs::write(&schema, text).expect("writes");
    };
    with("a: { columns: { x: text } }, b: { columns: { x: text } }");
    let first = docs(&args(Mode::Write)).expect("documents");
    assert_eq!(first.changed.len(), first.files);
    assert!(docs(&args(Mode::Check)).expect("looks").changed.is_empty());
    // What is not ours stays, even if the manifest claims it.
    let own = output.join("tables/notes.txt");
    std::fs::write(&own, "mine").expect("writes");
    let manifest = output.join("manifest.txt");
    let text = std::fs::read_to_string(&manifest).expect("reads");
    std::fs::write(&manifest, text + "tables/notes.txt\n../schema.yaml\ntables/../../schema.yaml\n")
        .expect("writes");
    with("a: { columns: { x: text } }");
    let stale = docs(&args(Mode::Check)).expect("looks").changed;
    assert!(stale.contains(&output.join("tables/b.html")), "{stale:?}");
    assert!(output.join("tables/b.html").exists(), "a check writes nothing");
    docs(&args(Mode::Write)).expect("documents");
    assert!(!output.join("tables/b.html").exists());
    assert!(own.exists() && schema.exists());
    assert!(docs(&args(Mode::Check)).expect("looks").changed.is_empty());
}

#[test]
fn tables_whose_names_differ_in_case_have_pages_of_their_own() {
    let files = docs::files(&declared(
        "nexus: 1\ndatabase: { name: a }\ntables: { '\"T\"': { rust: Other, columns: { x: text } }, t: { columns: { x: text } } }\n",
    ));
    let pages: Vec<_> = files.keys().filter(|name| name.starts_with("tables/")).map(String::as_str).collect();
    assert_eq!(pages.len(), 2);
    assert_ne!(pages[0].to_lowercase(), pages[1].to_lowercase());
}

#[test]
fn three_hundred_tables_are_drawn_in_a_moment() {
    let mut text = String::from("nexus: 1\ndatabase: { name: large }\ntables:\n");
    for n in 0..300_u32 {
        let to = n / 3;
        let reference = if n > 0 && n % 10 != 0 { format!(", references: t{to}.id") } else { String::new() };
        text += &format!(
            "  t{n}: {{ columns: {{ id: {{ type: int, primary_key: true }}, p: {{ type: int{reference} }}, a: text, b: text }} }}\n"
        );
    }
    let declared = declared(&text);
    let start = Instant::now();
    let files = docs::files(&declared);
    let took = start.elapsed();
    assert_eq!(files["diagram.html"].matches("class=\"box").count(), 300);
    assert_eq!(files["diagram.html"].matches("data-key").count(), 270);
    // Without optimisation, on a machine that does other things too.
    assert!(took < Duration::from_secs(30), "{took:?}");
}

/// A browser that runs without a screen, where the machine has one.
fn browser() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    std::env::split_paths(&path)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|it| it.is_file())
}

/// What a browser makes of a page, once its script has run, and what it says on its console.
fn open(browser: &Path, profile: &Path, url: &str) -> (String, String) {
    let flags = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
                 --disable-component-update --disable-sync --disable-dev-shm-usage --enable-logging=stderr --virtual-time-budget=3000";
    let mut command = Command::new(browser);
    command.args(flags.split_whitespace()).arg(format!("--user-data-dir={}", profile.display()));
    let output = command.arg("--dump-dom").arg(url).stdin(Stdio::null()).output().expect("starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let console = text(&output.stderr);
    (
        text(&output.stdout),
        console.lines().filter(|line| line.contains("CONSOLE")).map(|l| format!("{l}\n")).collect(),
    )
}

#[test]
fn a_browser_finds_a_column_and_says_nothing_on_its_console() {
    let Some(browser) = browser() else { return left_out("the site in a browser", "there is no Chromium") };
    let folder = tempfile::tempdir().expect("a folder");
    let files: BTreeMap<String, String> = docs::files(&platform());
    for (name, content) in &files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("it is in the folder")).expect("makes");
        std::fs::write(path, content).expect("writes");
    }
    let profile = folder.path().join("profile");
    let url = |page: &str| format!("file://{}/{page}", folder.path().display());
    let (dom, console) = open(&browser, &profile, &url("tables/roles.html?q=password_hash"));
    assert_eq!(console, "");
    let found = dom.split("id=\"found\"").nth(1).and_then(|rest| rest.split("</ul>").next()).expect("a list");
    assert!(found.contains("users.password_hash"), "{found}");
    let link = attributes(found, "href").first().map(|link| (*link).to_owned()).expect("a link");
    assert_eq!(link, "../tables/users.html#column-password_hash");
    let (page, console) = open(&browser, &profile, &url(&link.replace("../", "")));
    assert_eq!(console, "");
    assert!(page.contains("id=\"column-password_hash\""));
    let (diagram, console) = open(&browser, &profile, &url("diagram.html"));
    assert_eq!(console, "");
    assert_eq!(diagram.matches("class=\"box").count(), 13);
    assert_eq!(diagram.matches("class=\"edge\"").count(), 9);
}
