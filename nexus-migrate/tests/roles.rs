//! Roles and memberships: of the server, and read there only where an author declares them.

#[allow(dead_code, reason = "each user takes its own part")]
#[path = "trials/servers.rs"]
mod servers;
mod support;

use nexus_migrate::apply::{self, Options};
use nexus_migrate::change::{Change, change};
use nexus_migrate::db::{Prefer, ScratchOptions, Session};
use nexus_migrate::doors::{self, Bench, Door, State, carry_roles};
use nexus_migrate::history::History;
use nexus_migrate::prove::{Claim, prove};
use nexus_schema::catalog::{Catalog, Kind, ObjectId};
use nexus_schema::kinds::{Comment, Grant, Membership, Owner, Role, Schema};
use servers::{Cluster, rows};
use support::project::Project;

fn role(name: &str) -> ObjectId {
    ObjectId::new(Kind::Role, [name])
}

fn member(of: &str, who: &str) -> ObjectId {
    ObjectId::new(Kind::Membership, [of, who])
}

fn state(roles: impl IntoIterator<Item = (&'static str, Role)>) -> Catalog {
    let mut catalog = doors::empty();
    for (name, it) in roles {
        catalog.insert(role(name), it);
    }
    catalog
}

async fn between(bench: &mut Bench, prev: &Catalog, next: &Catalog) -> Change {
    let state = |catalog: &Catalog| State { catalog: catalog.clone(), ..State::default() };
    change(bench, state(prev), state(next)).await.expect("plans")
}

/// Plans and proves the way there and back; returns the plan.
async fn proved(bench: &mut Bench, prev: &Catalog, next: &Catalog) -> String {
    let change = between(bench, prev, next).await;
    let mut session = bench.fresh().await.expect("starts");
    doors::materialize(&mut session, prev).await.expect("the state before can be made");
    let proof = prove(bench, &mut session, &Claim::of(&change)).await.expect("the plan runs");
    assert!(proof.holds(), "{:?} {:?}\n{}", proof.forward, proof.backward, change.up.to_sql());
    change.up.to_sql()
}

/// Benches on which states have a server each, and on which they share one.
async fn benches() -> Option<(support::Server, Vec<Bench>)> {
    let server = support::server().await?;
    let alone = ScratchOptions { prefer: Prefer::Native, ..ScratchOptions::default() };
    let shared = ScratchOptions { dev_url: Some(server.database().await), ..ScratchOptions::default() };
    Some((server, vec![Bench::new(alone), Bench::new(shared)]))
}

fn everything() -> Role {
    Role {
        superuser: true,
        create_db: true,
        create_role: true,
        inherit: false,
        login: true,
        replication: true,
        bypass_rls: true,
        connection_limit: Some(7),
        valid_until: Some("2030-01-02T03:04:05+00".into()),
    }
}

#[tokio::test]
async fn roles_are_made_if_missing_and_changed_and_never_dropped() {
    let Some((_server, benches)) = benches().await else { return };
    for mut bench in benches {
        let nothing = state([]);
        let plain = state([("app", Role::default()), ("it's \"odd\"", everything())]);
        let sql = proved(&mut bench, &nothing, &plain).await;
        let expected = r#"BEGIN;
DO $$BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'app') THEN IF has_table_privilege('pg_catalog.pg_authid', 'UPDATE') THEN LOCK TABLE pg_catalog.pg_authid IN SHARE ROW EXCLUSIVE MODE; END IF; IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'app') THEN CREATE ROLE app; END IF; END IF; END$$;
DO $$BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'app' AND (rolcreaterole, rolinherit, rolcanlogin, rolconnlimit, coalesce(rolvaliduntil, 'infinity')) = (false, true, false, -1, 'infinity')) THEN ALTER ROLE app NOCREATEROLE INHERIT NOLOGIN CONNECTION LIMIT -1 VALID UNTIL 'infinity'; END IF; END$$;
DO $$BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'app' AND rolcreatedb = false) THEN ALTER ROLE app NOCREATEDB; END IF; END$$;
DO $$BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'app' AND (rolsuper, rolreplication, rolbypassrls) = (false, false, false)) THEN ALTER ROLE app NOSUPERUSER NOREPLICATION NOBYPASSRLS; END IF; END$$;
"#;
        assert!(sql.starts_with(expected), "{sql}");
        let swapped = state([("app", everything()), ("it's \"odd\"", Role::default())]);
        let sql = proved(&mut bench, &plain, &swapped).await;
        assert_eq!(
            sql,
            r#"BEGIN;
ALTER ROLE app CREATEDB CREATEROLE NOINHERIT LOGIN SUPERUSER REPLICATION BYPASSRLS CONNECTION LIMIT 7 VALID UNTIL '2030-01-02T03:04:05+00';
ALTER ROLE "it's ""odd""" NOCREATEDB NOCREATEROLE INHERIT NOLOGIN NOSUPERUSER NOREPLICATION NOBYPASSRLS CONNECTION LIMIT -1 VALID UNTIL 'infinity';
COMMIT;
"#
        );
        let limited = Role { connection_limit: Some(3), ..everything() };
        let sql = proved(&mut bench, &state([("app", everything())]), &state([("app", limited)])).await;
        assert_eq!(sql, "BEGIN;\nALTER ROLE app CONNECTION LIMIT 3;\nCOMMIT;\n");
        assert_eq!(proved(&mut bench, &swapped, &nothing).await, "");
        bench.stop().await;
    }
}

#[tokio::test]
async fn memberships_come_change_and_go() {
    let Some((server, benches)) = benches().await else { return };
    let options = server.major() >= 16;
    for mut bench in benches {
        let with = |memberships: &[(&str, &str, Membership)]| {
            let mut catalog = state(
                ["a", "b", "c \"d\""].map(|name| (name, Role::default())).into_iter().collect::<Vec<_>>(),
            );
            for (of, who, it) in memberships {
                catalog.insert(member(of, who), it.clone());
            }
            catalog
        };
        let plain = Membership::default;
        let admin = || Membership { admin: true, ..Membership::default() };
        let before = with(&[("a", "b", plain()), ("b", "c \"d\"", admin())]);
        let after = with(&[("a", "b", admin()), ("b", "c \"d\"", plain()), ("a", "c \"d\"", plain())]);
        let sql = proved(&mut bench, &before, &after).await;
        assert_eq!(
            sql,
            "BEGIN;\nGRANT a TO b WITH ADMIN OPTION;\nREVOKE ADMIN OPTION FOR b FROM \"c \"\"d\"\"\";\n\
             GRANT a TO \"c \"\"d\"\"\";\nCOMMIT;\n"
        );
        let sql = proved(&mut bench, &after, &with(&[])).await;
        assert_eq!(sql.matches("REVOKE ").count(), 3, "{sql}");
        let mut heirless = before.clone();
        heirless.insert(role("b"), Role { inherit: false, ..Role::default() });
        proved(&mut bench, &before, &heirless).await;
        if options {
            let own = |inherit, no_set| Membership { admin: false, inherit, no_set };
            let before = with(&[("a", "b", plain()), ("b", "c \"d\"", own(Some(false), true))]);
            let after = with(&[("a", "b", own(Some(false), true)), ("b", "c \"d\"", own(None, false))]);
            let sql = proved(&mut bench, &before, &after).await;
            assert!(sql.contains("GRANT a TO b WITH INHERIT FALSE, SET FALSE;"), "{sql}");
        }
        bench.stop().await;
    }
}

#[tokio::test]
async fn what_names_a_new_role_waits_for_it() {
    let Some((_server, benches)) = benches().await else { return };
    for mut bench in benches {
        let schema = ObjectId::new(Kind::Schema, ["s"]);
        let mut before = doors::empty();
        before.insert(schema.clone(), Schema {});
        before.insert(schema.of(Kind::Owner, []), Owner { role: "old".into() });
        let mut roles = state([("old", Role::default())]);
        carry_roles(&roles, &mut before);
        let mut after = before.clone();
        after.insert(schema.of(Kind::Owner, []), Owner { role: "new".into() });
        let grant = Grant { privileges: ["USAGE".to_owned()].into(), grantable: [].into() };
        after.insert(schema.of(Kind::Grant, ["other"]), grant);
        roles.insert(role("new"), Role::default());
        roles.insert(role("other"), Role { login: true, ..Role::default() });
        carry_roles(&roles, &mut after);
        let sql = proved(&mut bench, &before, &after).await;
        let at = |text: &str| sql.find(text).unwrap_or_else(|| panic!("{text} is not in\n{sql}"));
        assert!(at("CREATE ROLE new") < at("OWNER TO new"), "{sql}");
        assert!(at("CREATE ROLE other") < at("TO other"), "{sql}");
        bench.stop().await;
    }
}

#[tokio::test]
async fn a_live_server_is_asked_for_declared_roles_alone() {
    let Some(server) = support::server().await else { return };
    let url = server.database().await;
    let mut session = Session::connect(&url).await.expect("connects");
    session
        .run(
            "CREATE ROLE declared LOGIN PASSWORD 'hidden' VALID UNTIL '2030-01-02 05:04:05+02';
             CREATE ROLE stranger IN ROLE declared; CREATE ROLE friend IN ROLE declared;
             COMMENT ON ROLE declared IS 'a comment'",
        )
        .await
        .expect("makes roles");
    let mut wanted = state([("declared", Role::default()), ("missing", Role::default())]);
    wanted.insert(member("declared", "friend"), Membership { admin: true, ..Membership::default() });
    let mut bench = Bench::new(ScratchOptions::default());
    let live = doors::read(&mut bench, &Door::Live(url.clone()), Some(&wanted)).await.expect("reads").catalog;
    let mut expected = doors::empty();
    let until = Some("2030-01-02T03:04:05+00".into());
    expected.insert(role("declared"), Role { login: true, valid_until: until, ..Role::default() });
    expected.insert(role("declared").of(Kind::Comment, []), Comment { text: "a comment".into() });
    expected.insert(member("declared", "friend"), Membership::default());
    assert_eq!(live.to_lines(), expected.to_lines());
    assert!(!live.to_lines().contains("hidden"));
    let alone = doors::read(&mut bench, &Door::Live(url), None).await.expect("reads").catalog;
    assert_eq!(alone.to_lines(), doors::empty().to_lines());
}

/// Databases of one server that get the same migration at the same moment.
const DATABASES: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn databases_of_one_server_make_their_roles_at_the_same_moment() {
    if support::server().await.is_none() {
        return;
    }
    let mut cluster = Cluster::start().await.expect("there is a native server");
    let project = Project::new(
        "nexus: 1\ndatabase: { name: race }\n\
         roles: { race_team: {}, race_app: { login: true, connection_limit: 9, member_of: [race_team] } }\n\
         tables: { t: { columns: { id: { type: int, primary_key: true } }, grants: { race_app: [select] } } }\n",
    );
    project.nexus(&["generate", "-n", "first"]).ends(0);
    let history = History::open(&project.migrations()).expect("opens");
    // Who makes the roles: a superuser, who can wait for the others, and a role that cannot.
    cluster.run("CREATE ROLE race_maker LOGIN CREATEROLE").await;
    for (maker, round) in [("postgres", 0), ("race_maker", 0), ("postgres", 1), ("race_maker", 1)] {
        let names: Vec<String> = (0..DATABASES).map(|n| format!("{maker}_{round}_{n}")).collect();
        let mut urls = Vec::new();
        for name in &names {
            let url = cluster.create(name).await;
            cluster.run(&format!("ALTER DATABASE {name} OWNER TO {maker}")).await;
            urls.push(url.replace("postgres://postgres@", &format!("postgres://{maker}@")));
        }
        let one = |url: String| {
            let history = &history;
            async move { apply::apply(&url, history, &Options::default(), None, &mut |_| {}).await }
        };
        let done = futures_util::future::join_all(urls.iter().cloned().map(one)).await;
        for (url, report) in urls.iter().zip(done) {
            let report = report.unwrap_or_else(|error| panic!("{maker} in round {round}: {error:?}"));
            assert_eq!(report.applied.len(), 1);
            let may = "SELECT has_table_privilege('race_app', 't', 'SELECT') AND pg_has_role('race_app', 'race_team', 'USAGE')";
            assert_eq!(rows(url, may).await, [["t"]]);
        }
        for name in &names {
            cluster.drop(name).await;
        }
        cluster.run("DROP ROLE race_app; DROP ROLE race_team").await;
    }
}
