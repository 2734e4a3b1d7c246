//! What cannot be read from a server at all, or not without a provider: raw objects and security labels.

mod support;

use std::collections::BTreeSet;

use nexus_migrate::change::change;
use nexus_migrate::db::{ScratchOptions, Session};
use nexus_migrate::doors::{Bench, State, empty, look, materialize};
use nexus_migrate::prove::{Claim, prove};
use nexus_schema::catalog::{Catalog, Kind, Object, ObjectId};
use nexus_schema::kinds::{Raw, Schema, Sql};

fn raw(create: &str, drop: &str, depends_on: &[&ObjectId]) -> Raw {
    let depends_on = depends_on.iter().map(|id| (*id).clone()).collect();
    Raw { create: Sql::from(create), drop: Sql::from(drop), depends_on, covers: BTreeSet::new() }
}

fn state(catalog: &Catalog) -> State {
    State { catalog: catalog.clone(), authored: true, ..State::default() }
}

#[tokio::test]
async fn raw_sql_is_run_in_its_place_and_proved() {
    let mut bench = Bench::new(ScratchOptions::default());
    if let Err(error) = bench.scratch().await {
        return support::left_out("raw objects", &error.to_string());
    }
    let app = ObjectId::new(Kind::Schema, ["app"]);
    let (first, second) = (ObjectId::new(Kind::Raw, ["a"]), ObjectId::new(Kind::Raw, ["b"]));
    let mut next = empty();
    next.insert(app.clone(), Schema {});
    next.insert(first.clone(), raw("SELECT lo_create(4711);", "SELECT lo_unlink(4711);", &[&second]));
    next.insert(second, raw("SELECT lo_create(4712)\n", "SELECT lo_unlink(4712)", &[&app]));
    let there = change(&mut bench, state(&empty()), state(&next)).await.expect("plans");
    assert_eq!(
        there.up.to_sql(),
        "BEGIN;\nCREATE SCHEMA app;\nSELECT lo_create(4712);\nSELECT lo_create(4711);\nCOMMIT;\n"
    );
    assert_eq!(
        there.down.to_sql(),
        "BEGIN;\nSELECT lo_unlink(4711);\nSELECT lo_unlink(4712);\nDROP SCHEMA app;\nCOMMIT;\n"
    );
    let mut session = bench.fresh().await.expect("a database");
    let proof = prove(&mut bench, &mut session, &Claim::of(&there)).await.expect("runs");
    assert!(proof.holds(), "{:?} {:?}", proof.forward, proof.backward);

    let mut other = next.clone();
    other.insert(first, raw("SELECT lo_create(4713)", "SELECT lo_unlink(4713)", &[&app]));
    let changed = change(&mut bench, state(&next), state(&other)).await.expect("plans");
    assert_eq!(changed.up.to_sql(), "BEGIN;\nSELECT lo_unlink(4711);\nSELECT lo_create(4713);\nCOMMIT;\n");
    let mut session = bench.fresh().await.expect("a database");
    materialize(&mut session, &next).await.expect("builds");
    let read = look(&mut session, None, Some(&next)).await.expect("reads");
    assert_eq!(read, next, "a state is taken to have the raw objects it is compared with");
    let proof = prove(&mut bench, &mut session, &Claim::of(&changed)).await.expect("runs");
    assert!(proof.holds(), "{:?} {:?}", proof.forward, proof.backward);
    bench.stop().await;
}

#[tokio::test]
async fn security_labels_are_read() {
    let Some(server) = support::server().await else { return };
    let mut session = Session::connect(&server.database().await).await.expect("connects");
    // Without a provider, only the catalog itself takes a label.
    let labels = "CREATE TABLE t (a int);
        SET allow_system_table_mods = on;
        INSERT INTO pg_seclabel VALUES ('t'::regclass, 'pg_class'::regclass, 0, 'mac', 'secret'),
            ('t'::regclass, 'pg_class'::regclass, 1, 'mac', 'open'), ('t'::regclass, 'pg_class'::regclass, 1, 'other', 'x')";
    session.run(labels).await.expect("runs");
    let catalog = look(&mut session, None, None).await.expect("reads");
    let table = ObjectId::new(Kind::Table, ["public", "t"]);
    let label = |on: &ObjectId, provider| match catalog.get(&on.of(Kind::SecurityLabel, [provider])) {
        Some(Object::SecurityLabel(label)) => label.label.clone(),
        _ => String::new(),
    };
    let column = table.child(Kind::Column, "a");
    assert_eq!(
        [label(&table, "mac"), label(&column, "mac"), label(&column, "other")],
        ["secret", "open", "x"]
    );
}
