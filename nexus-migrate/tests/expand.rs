//! A column lives beside the one that it was until both applications have gone over, with the real binary.

mod support;

use nexus_migrate::db::Session;
use support::project::Project;

const SCHEMA: &str = "\
nexus: 1
database: { name: shop }
tables:
  users:
    columns:
      id: { type: bigint, primary_key: true }
      name: { type: varchar(50), nullable: false, default: nobody }
      age: int
      phone: text
    indexes: { users_name: { on: [name] } }
";

async fn ran(url: &str, sql: &str) -> Vec<String> {
    let mut session = Session::connect(url).await.expect("connects");
    let rows = session.rows(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    let line = |row: Vec<Option<String>>| {
        row.into_iter().map(|v| v.unwrap_or("NULL".into())).collect::<Vec<_>>().join("|")
    };
    rows.into_iter().map(line).collect()
}

fn newest(project: &Project) -> String {
    let mut names = project.files().into_keys().filter(|name| name.ends_with(".proof.json"));
    names.next_back().expect("there is a migration").trim_end_matches(".proof.json").to_owned()
}

#[tokio::test]
async fn a_column_is_renamed_and_another_gets_a_wider_type_in_two_releases() {
    let Some(server) = support::server().await else { return };
    let url = server.database().await;
    let nexus = |project: &Project, args: &[&str]| project.nexus(&[args, &["--database-url", &url]].concat());
    let project = Project::new(SCHEMA);
    project.nexus(&["generate"]).ends(0);
    let first = newest(&project);
    nexus(&project, &["apply"]).ends(0);
    ran(&url, "INSERT INTO users SELECT n, 'user ' || n, CASE WHEN n % 3 > 0 THEN n END, NULL FROM generate_series(1, 5000) AS n").await;

    project.edit(
        "      name: { type: varchar(50), nullable: false, default: nobody }\n",
        "      full_name: { type: text, nullable: false, was: name, strategy: expand_contract }\n",
    );
    project.edit("      age: int\n", "      years: { type: bigint, was: age, strategy: expand_contract }\n");
    project.edit("on: [name]", "on: [full_name]");
    let expanded = project.nexus(&["generate"]).ends(0);
    assert!(
        expanded.err.contains("column public.users.full_name lives beside column public.users.name"),
        "{}",
        expanded.err
    );
    assert!(!expanded.err.contains("takes away"), "{}", expanded.err);
    let second = newest(&project);
    nexus(&project, &["apply"]).ends(0);

    // The state in the middle is one that nothing differs from.
    project.nexus(&["generate", "--check"]).ends(0);
    for (from, to) in [("schema.yaml", "migrations"), ("migrations", "schema.yaml")] {
        let same = project.nexus(&["diff", "--from", from, "--to", to]).ends(0);
        if from == "migrations" {
            assert_eq!(same.out, "", "{from} to {to}");
        }
    }
    let same = project.nexus(&["diff", "--from", &url, "--to", "schema.yaml", "--exit-code"]).ends(0);
    assert_eq!(same.out, "");
    nexus(&project, &["drift"]).ends(0);
    let differ =
        "SELECT count(*) FROM users WHERE full_name IS DISTINCT FROM name OR years IS DISTINCT FROM age";
    assert_eq!(ran(&url, differ).await, ["0"]);
    assert_eq!(ran(&url, "SELECT count(years) FROM users").await, ["3334"]);

    // The old application and the new one write what they know of.
    ran(&url, "INSERT INTO users (id, name, age) VALUES (6001, 'old', 61); INSERT INTO users (id, age) VALUES (6002, 62)").await;
    ran(&url, "INSERT INTO users (id, full_name, years) VALUES (6003, 'new', 63)").await;
    ran(&url, "UPDATE users SET name = 'changed', age = 1 WHERE id = 1; UPDATE users SET full_name = 'again', years = 2 WHERE id = 2").await;
    ran(&url, "UPDATE users SET age = NULL WHERE id = 4; UPDATE users SET years = NULL WHERE id = 5").await;
    assert_eq!(
        ran(&url, "SELECT id, name, full_name, age, years FROM users WHERE id > 6000 OR id IN (1, 2, 4, 5) ORDER BY id").await,
        [
            "1|changed|changed|1|1",
            "2|again|again|2|2",
            "4|user 4|user 4|NULL|NULL",
            "5|user 5|user 5|NULL|NULL",
            "6001|old|old|61|61",
            "6002|nobody|nobody|62|62",
            "6003|new|new|63|63",
        ]
    );
    let narrow = Session::connect(&url)
        .await
        .expect("connects")
        .run("UPDATE users SET years = 3000000000 WHERE id = 1")
        .await;
    assert!(narrow.is_err(), "what the old column cannot hold is refused while it lives");

    let contracted = project.nexus(&["generate", "--contract", "--allow", "data-loss"]).ends(0);
    assert!(contracted.err.contains("takes away the data of column public.users.name"), "{}", contracted.err);
    let kept = ran(&url, "SELECT id, full_name, years FROM users ORDER BY id").await;
    nexus(&project, &["apply"]).ends(0);
    assert_eq!(ran(&url, "SELECT id, full_name, years FROM users ORDER BY id").await, kept);
    let columns = "SELECT string_agg(attname, ' ' ORDER BY attname) FROM pg_attribute WHERE attrelid = 'users'::regclass AND attnum > 0 AND NOT attisdropped";
    assert_eq!(ran(&url, columns).await, ["full_name id phone years"]);
    assert_eq!(ran(&url, "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal").await, ["0"]);
    ran(&url, "UPDATE users SET years = 3000000000 WHERE id = 3").await;
    project.nexus(&["generate", "--check"]).ends(0);
    project.nexus(&["generate", "--contract"]).ends(0);
    project.nexus(&["prove"]).ends(0);
    assert_eq!(newest(&project).len(), first.len());

    // And back.
    ran(&url, "UPDATE users SET years = 3 WHERE id = 3").await;
    nexus(&project, &["rollback", "--to", &second]).ends(0);
    assert_eq!(ran(&url, differ).await, ["0"]);
    nexus(&project, &["rollback", "--to", &first]).ends(0);
    assert_eq!(ran(&url, columns).await, ["age id name phone"]);
    assert_eq!(ran(&url, "SELECT name, age FROM users WHERE id = 6003").await, ["new|63"]);
}

#[test]
fn what_cannot_live_beside_another_is_refused_with_the_reason() {
    let cases = [
        (
            "      id: { type: bigint, primary_key: true }",
            "      no: { type: bigint, primary_key: true, was: id, strategy: expand_contract }",
            "it is part of a primary key",
        ),
        (
            "      phone: text\n",
            "      mobile: { type: text, was: phone, strategy: expand_contract }\n      at: timestamptz\n    touch: at\n",
            "triggers of its table",
        ),
    ];
    for (from, to, why) in cases {
        let project = Project::new(SCHEMA);
        let built = project.nexus(&["generate"]);
        if built.code != Some(0) {
            support::left_out("refusals", &built.err);
            return;
        }
        project.edit(from, to);
        let refused = project.nexus(&["generate"]).ends(1);
        assert!(refused.err.contains(why) && refused.err.contains("remove `strategy:`"), "{}", refused.err);
    }
    let project = Project::new(SCHEMA);
    project.edit("      age: int\n", "      age: { type: int, strategy: expand_contract }\n");
    let alone = project.nexus(&["check"]).ends(1);
    assert!(alone.err.contains("NX0225") || alone.out.contains("NX0225"), "{}{}", alone.out, alone.err);
    let project = Project::new(SCHEMA);
    project.edit("      age: int\n", "      age: { type: int, was: years, strategy: at_once }\n");
    let unknown = project.nexus(&["check"]).ends(1);
    assert!(
        unknown.err.contains("NX0105") || unknown.out.contains("NX0105"),
        "{}{}",
        unknown.out,
        unknown.err
    );
}
