//! Size costs what it must and no more: questions to the server stay as many, time grows as the schema does.
//!
//! What it costs in seconds says `cargo xtask scale`; here are bounds that hold on any machine.

#[path = "support/large.rs"]
mod large;
mod support;

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use nexus_migrate::db::Session;
use nexus_migrate::introspect::introspect;
use nexus_migrate::plan::{Traffic, plan};
use nexus_schema::catalog::Catalog;
use nexus_schema::document;

const FEW: usize = 75;
const MANY: usize = 300;

#[tokio::test]
async fn reading_asks_once_whatever_the_size() {
    let Some(server) = support::server().await else { return };
    let mut asked = Vec::new();
    for tables in [1, FEW] {
        let url = server.database().await;
        build(&url, tables).await;
        let (counted, questions) = counting(&url);
        let mut session = Session::connect(&counted).await.expect("the go-between connects");
        let before = questions.load(Ordering::SeqCst);
        let catalog = introspect(&mut session).await.expect("it can be read");
        assert!(catalog.len() > tables * 20, "{} objects of {tables} tables", catalog.len());
        asked.push(questions.load(Ordering::SeqCst) - before);
    }
    assert_eq!(asked, [1, 1]);
}

#[tokio::test]
async fn time_grows_as_the_schema_does() {
    let Some(server) = support::server().await else { return };
    let mut planned = Vec::new();
    for tables in [FEW, MANY] {
        let url = server.database().await;
        let mut session = build(&url, tables).await;
        let prev = introspect(&mut session).await.expect("it can be read");
        session.run(&large::change(tables)).await.expect("it can be changed");
        let next = introspect(&mut session).await.expect("it can be read");
        let empty = Catalog::default();
        planned.push([
            fastest(|| {
                assert!(!plan(&prev, &next, &Traffic::default()).expect("there is an order").is_empty())
            }),
            fastest(|| {
                assert!(!plan(&empty, &next, &Traffic::default()).expect("there is an order").is_empty())
            }),
        ]);
    }
    let [few, many] = planned.as_slice() else { panic!("two sizes") };
    near_linear("a plan for 5 %", few[0], many[0]);
    near_linear("a plan for all", few[1], many[1]);
}

#[test]
fn a_file_is_read_in_time_that_grows_as_it_does() {
    let read = |tables| {
        let text = large::yaml(tables, large::Edit::None);
        fastest(|| {
            let (declared, _) = document::parse("schema.yaml", &text).expect("it has no mistakes");
            assert_eq!(declared.tables.len(), tables);
        })
    };
    near_linear("reading a file", read(FEW), read(MANY));
}

#[test]
fn a_file_may_hold_thousands_of_tables() {
    let text = large::yaml(5000, large::Edit::Twentieth);
    let (declared, _) = document::parse("schema.yaml", &text).expect("it has no mistakes");
    assert_eq!(declared.tables.len(), 5000);
}

/// Four times the tables may take eleven times as long, not sixteen; what is too short to tell passes.
fn near_linear(what: &str, few: Duration, many: Duration) {
    assert_eq!(MANY, FEW * 4);
    let bound = few * 11 + Duration::from_millis(100);
    assert!(many < bound, "{what}: {few:?} for {FEW} tables, {many:?} for {MANY}");
}

/// The fastest of a few runs: what else the machine does only ever adds.
fn fastest(mut run: impl FnMut()) -> Duration {
    let once = |_| {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    (0..5).map(once).min().unwrap_or_default()
}

async fn build(url: &str, tables: usize) -> Session {
    let mut session = Session::connect(url).await.expect("it connects");
    for batch in large::sql(tables) {
        session.run(&batch).await.expect("it can be made");
    }
    session
}

/// A go-between in front of the server of `url`: its own URL, and how many messages clients sent that ask something.
fn counting(url: &str) -> (String, Arc<AtomicUsize>) {
    let (user, rest) = url.split_once('@').expect("a URL with a user");
    let (socket, rest) = rest.split_once(':').expect("a URL with a port");
    let socket = socket.replace("%2F", "/");
    let folder = tempfile::tempdir().expect("there is room").keep();
    let listener = UnixListener::bind(folder.join(".s.PGSQL.5432")).expect("it can listen");
    let questions = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&questions);
    std::thread::spawn(move || {
        while let Ok((client, _)) = listener.accept() {
            let server = UnixStream::connect(format!("{socket}/.s.PGSQL.5432")).expect("the server is there");
            let (answers, asker) = (server.try_clone().expect("clones"), client.try_clone().expect("clones"));
            std::thread::spawn(move || copy(answers, asker));
            let count = Arc::clone(&count);
            std::thread::spawn(move || pass_on(client, server, &count));
        }
    });
    let host = folder.display().to_string().replace('/', "%2F");
    (format!("{user}@{host}:{rest}"), questions)
}

fn copy(mut from: UnixStream, mut to: UnixStream) {
    // A closed end is the end of it.
    let _ = std::io::copy(&mut from, &mut to);
}

/// Passes messages on, and counts those that are neither the greeting nor the goodbye.
fn pass_on(mut client: UnixStream, mut server: UnixStream, count: &AtomicUsize) {
    // The first message has no letter before its length.
    let mut letter = 0;
    loop {
        let mut head = vec![0; letter + 4];
        if client.read_exact(&mut head).is_err() {
            break;
        }
        let length = head[letter..].iter().fold(0_usize, |sum, byte| sum * 256 + usize::from(*byte));
        let mut body = vec![0; length.saturating_sub(4)];
        if client.read_exact(&mut body).is_err() {
            break;
        }
        if letter == 1 && head[0] != b'X' {
            count.fetch_add(1, Ordering::SeqCst);
        }
        letter = 1;
        if server.write_all(&[head, body].concat()).is_err() {
            break;
        }
    }
    let _ = server.shutdown(std::net::Shutdown::Both);
}
