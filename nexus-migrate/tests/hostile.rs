//! Hostile names and texts go through every kind: built, read, written down, planned there and back, imported.
//!
//! Every kind has a sample, or says why not; a new kind without one does not compile. Each name of `NAMES` gets a
//! database with all samples: what is left over, lost or run that should not be is told. Only a name whose quotes
//! break could make the table `pwned`.

mod support;

use std::collections::BTreeMap;

use nexus_migrate::change::{Change, change};
use nexus_migrate::commands::import::written;
use nexus_migrate::db::{Prefer, ScratchOptions, Session};
use nexus_migrate::doors::{self, Bench, State};
use nexus_migrate::introspect::introspect;
use nexus_migrate::sql::{dotted, quote_literal, quote_name};
use nexus_schema::catalog::{Catalog, Kind, ObjectId};
use nexus_schema::document::{self, Database};
use nexus_schema::kinds::{Comment, Membership, Role};
use nexus_schema::printed::About;
use support::project::Project;

type Problem = Box<dyn std::error::Error + Send + Sync>;

/// How many run side by side, each on a server of its own.
const WORKERS: usize = 2;

/// Names that PostgreSQL takes and that break whoever writes them carelessly.
const NAMES: &[&str] = &[
    r#"it's "q" $$ $body$ \ % ; -- /* x"#,
    "a\nb\tc\r\nCREATE TABLE public.pwned (); --",
    "select",
    "xééééééééééééééééééééééééééééé💥",
    "UPPER Case",
    " lead and trail ",
    "a.b,c(d){e}[f]: #",
    "'; CREATE TABLE public.pwned (); --",
    "\"; CREATE TABLE public.pwned (); --",
    "*/; CREATE TABLE public.pwned (); /*",
    "$$; CREATE TABLE public.pwned (); $$",
    r"\'; CREATE TABLE public.pwned (); --",
    "%I %s %1$s {} {0} ${x}",
    "PUBLIC",
    "a=b 'c'=\\d",
    "--",
    "null",
];

/// Goes wherever a text may stand.
const TEXT: &str = "it's \"q\" $$ $body$ $1 \\ \\n %I ; -- c /* x */ {}\n*/ CREATE TABLE public.pwned ();\n'; CREATE TABLE public.pwned (); --\n\t$$; #: é💥 \u{2028} ";

/// How a kind is put to the test.
enum Sample {
    /// Statements. `{n}` is the name, `{Kind}` the name in that kind's schema, `{s}` the schema of the kind itself,
    /// `{t}` the hostile text as a literal, `{l}` the name as one.
    Sql(&'static str),
    /// Why there are none here.
    Not(&'static str),
}

use Sample::{Not, Sql};

fn sample(kind: Kind) -> Sample {
    match kind {
        Kind::Role | Kind::Membership => Not("of the server: `roles_and_memberships` makes them"),
        Kind::Schema => Sql("CREATE SCHEMA {n}; CREATE TABLE {n}.{n} ({n} int); COMMENT ON SCHEMA {n} IS {t};"),
        Kind::Extension => Sql("CREATE EXTENSION citext WITH SCHEMA {s}; COMMENT ON EXTENSION citext IS {t};"),
        Kind::Language => Sql(
            "CREATE TRUSTED LANGUAGE {n} HANDLER plpgsql_call_handler INLINE plpgsql_inline_handler VALIDATOR plpgsql_validator;
            CREATE FUNCTION {Language}() RETURNS int LANGUAGE {n} AS 'BEGIN RETURN 1; END';
            COMMENT ON LANGUAGE {n} IS {t};",
        ),
        Kind::AccessMethod => Sql(
            "CREATE ACCESS METHOD {n} TYPE TABLE HANDLER heap_tableam_handler; COMMENT ON ACCESS METHOD {n} IS {t};
            CREATE TABLE {AccessMethod} (a int) USING {n};",
        ),
        Kind::Collation => Sql(
            "CREATE COLLATION {Collation} (provider = libc, locale = 'C'); COMMENT ON COLLATION {Collation} IS {t};",
        ),
        Kind::Enum => Sql("CREATE TYPE {Enum} AS ENUM ({l}, 'b', E'a\\n\\'\\\\'); COMMENT ON TYPE {Enum} IS {t};"),
        Kind::Domain => Sql(
            "CREATE DOMAIN {Domain} AS text COLLATE {Collation} DEFAULT {t}; COMMENT ON DOMAIN {Domain} IS {t};",
        ),
        Kind::DomainCheck => Sql(
            "ALTER DOMAIN {Domain} ADD CONSTRAINT {n} CHECK (VALUE <> {l});
            COMMENT ON CONSTRAINT {n} ON DOMAIN {Domain} IS {t};",
        ),
        Kind::Composite => Sql(
            "CREATE TYPE {Composite} AS ({n} {Enum}, b text COLLATE {Collation}); COMMENT ON COLUMN {Composite}.{n} IS {t};",
        ),
        Kind::Range => Sql(
            "CREATE TYPE {Range} AS RANGE (subtype = text, collation = {Collation}, multirange_type_name = {s}.{p});",
        ),
        Kind::ShellType => Sql("CREATE TYPE {ShellType};"),
        Kind::BaseType => Sql(
            "CREATE TYPE {BaseType};
            CREATE FUNCTION {BaseType}(cstring) RETURNS {BaseType} LANGUAGE internal IMMUTABLE STRICT AS 'textin';
            CREATE FUNCTION {BaseType}({BaseType}) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
            CREATE TYPE {BaseType} (INPUT = {BaseType}, OUTPUT = {BaseType}, DEFAULT = {t}, CATEGORY = '''', DELIMITER = ';');",
        ),
        Kind::Sequence => Sql("CREATE SEQUENCE {Sequence} START 5; COMMENT ON SEQUENCE {Sequence} IS {t};"),
        Kind::ForeignDataWrapper => Sql(
            "CREATE FOREIGN DATA WRAPPER {n} OPTIONS ({o} {t}, b {l}); COMMENT ON FOREIGN DATA WRAPPER {n} IS {t};",
        ),
        Kind::Server => Sql(
            "CREATE SERVER {n} TYPE {l} VERSION {t} FOREIGN DATA WRAPPER {n} OPTIONS ({o} {t}); COMMENT ON SERVER {n} IS {t};
            CREATE FOREIGN TABLE {Server} ({n} int OPTIONS ({o} {t}) DEFAULT 1) SERVER {n} OPTIONS ({o} {l});",
        ),
        Kind::UserMapping => Sql("CREATE USER MAPPING FOR {n} SERVER {n} OPTIONS ({o} {l});"),
        Kind::Table => Sql(
            "CREATE TABLE {Table} ({n} int, CONSTRAINT {p} PRIMARY KEY ({n})) WITH (fillfactor = 70);
            ALTER TABLE {Table} CLUSTER ON {p}; COMMENT ON TABLE {Table} IS {t};",
        ),
        Kind::Column => Sql(
            "CREATE TABLE {Column} ({n} text COLLATE {Collation} NOT NULL, b {Enum}[], c {Composite}, d {Domain}, e {Range},
                f {BaseType}, g text GENERATED ALWAYS AS ({t} || {n}) STORED, h int GENERATED ALWAYS AS IDENTITY);
            COMMENT ON COLUMN {Column}.{n} IS {t};",
        ),
        Kind::Default => Sql(
            "ALTER TABLE {Column} ALTER {n} SET DEFAULT {t}, ALTER b SET DEFAULT ARRAY[{l}]::{Enum}[];
            CREATE TABLE {Default} ({n} int DEFAULT nextval({reg}::regclass));",
        ),
        Kind::Constraint => Sql(
            "CREATE TABLE {Constraint} ({n} int REFERENCES {Table} ({n}), b text, UNIQUE ({n}, b), CONSTRAINT {n} CHECK (b <> {t}));
            COMMENT ON CONSTRAINT {n} ON {Constraint} IS {t};",
        ),
        Kind::Index => Sql(
            "CREATE TABLE {s}.plain ({n} int, b text);
            CREATE INDEX {n} ON {s}.plain ({n} DESC, (b || {t}) COLLATE {Collation}) INCLUDE (b) WHERE b <> {l};
            COMMENT ON INDEX {Index} IS {t};",
        ),
        Kind::Partition => Sql(
            "CREATE TABLE {Partition} ({n} text, {p} int) PARTITION BY LIST ({n});
            CREATE TABLE {Raw} PARTITION OF {Partition} FOR VALUES IN ({t}, {l}, NULL);",
        ),
        Kind::Statistics => Sql(
            "CREATE STATISTICS {Statistics} ON {n}, (b || {t}) FROM {Constraint}; COMMENT ON STATISTICS {Statistics} IS {t};",
        ),
        Kind::Function => Sql(
            "CREATE FUNCTION {Function}({n} {Enum} DEFAULT {l}, b text DEFAULT {t}) RETURNS text LANGUAGE sql SET my.own TO {t} AS {sql};
            CREATE FUNCTION {Function}() RETURNS trigger LANGUAGE plpgsql AS {body};
            CREATE FUNCTION {Seed}(OUT {n} text, OUT b text) LANGUAGE sql BEGIN ATOMIC SELECT {t}, {l}; END;
            COMMENT ON FUNCTION {Function}({Enum}, text) IS {t};",
        ),
        Kind::Aggregate => Sql(
            "CREATE FUNCTION {Aggregate}(text, {Enum}) RETURNS text LANGUAGE sql AS 'SELECT $1';
            CREATE AGGREGATE {Aggregate}({n} {Enum}) (SFUNC = {Aggregate}, STYPE = text, INITCOND = {t});
            COMMENT ON AGGREGATE {Aggregate}({Enum}) IS {t};",
        ),
        Kind::Cast => Sql(
            "CREATE CAST ({Enum} AS {Composite}) WITH INOUT; COMMENT ON CAST ({Enum} AS {Composite}) IS {t};",
        ),
        Kind::Operator => Sql(
            "CREATE FUNCTION {Operator}({Enum}, {Enum}) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
            CREATE OPERATOR {s}.@%# (FUNCTION = {Operator}, LEFTARG = {Enum}, RIGHTARG = {Enum}, COMMUTATOR = OPERATOR({s}.@%#));
            COMMENT ON OPERATOR {s}.@%# ({Enum}, {Enum}) IS {t};",
        ),
        Kind::OperatorFamily => Sql(
            "CREATE OPERATOR FAMILY {OperatorFamily} USING btree; COMMENT ON OPERATOR FAMILY {OperatorFamily} USING btree IS {t};",
        ),
        Kind::OperatorClass => Sql(
            "CREATE OPERATOR CLASS {OperatorClass} FOR TYPE int USING btree FAMILY {OperatorFamily} AS OPERATOR 1 <,
                OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(int, int);
            CREATE TABLE {OperatorClass} ({n} int); CREATE INDEX ON {OperatorClass} ({n} {OperatorClass});
            COMMENT ON OPERATOR CLASS {OperatorClass} USING btree IS {t};",
        ),
        Kind::Conversion => Sql(
            "CREATE CONVERSION {Conversion} FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1; COMMENT ON CONVERSION {Conversion} IS {t};",
        ),
        Kind::Transform => Sql(
            "CREATE FUNCTION {Transform}(internal) RETURNS internal LANGUAGE internal IMMUTABLE STRICT AS 'prsd_lextype';
            CREATE TRANSFORM FOR {Enum} LANGUAGE {n} (FROM SQL WITH FUNCTION {Transform}(internal));
            COMMENT ON TRANSFORM FOR {Enum} LANGUAGE {n} IS {t};",
        ),
        Kind::TextSearchParser => Sql(
            "CREATE TEXT SEARCH PARSER {TextSearchParser} (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end,
                LEXTYPES = prsd_lextype); COMMENT ON TEXT SEARCH PARSER {TextSearchParser} IS {t};",
        ),
        Kind::TextSearchTemplate => Sql(
            "CREATE TEXT SEARCH TEMPLATE {TextSearchTemplate} (LEXIZE = dsimple_lexize, INIT = dsimple_init);
            COMMENT ON TEXT SEARCH TEMPLATE {TextSearchTemplate} IS {t};",
        ),
        Kind::TextSearchDictionary => Sql(
            "CREATE TEXT SEARCH DICTIONARY {TextSearchDictionary} (TEMPLATE = {TextSearchTemplate}, ACCEPT = false);
            COMMENT ON TEXT SEARCH DICTIONARY {TextSearchDictionary} IS {t};",
        ),
        Kind::TextSearchConfiguration => Sql(
            "CREATE TEXT SEARCH CONFIGURATION {TextSearchConfiguration} (PARSER = {TextSearchParser});
            ALTER TEXT SEARCH CONFIGURATION {TextSearchConfiguration} ADD MAPPING FOR asciiword WITH {TextSearchDictionary}, simple;
            COMMENT ON TEXT SEARCH CONFIGURATION {TextSearchConfiguration} IS {t};",
        ),
        Kind::View => Sql(
            "CREATE VIEW {View} AS SELECT {n}, {t}::text AS b FROM {Constraint} WHERE b <> {l}; COMMENT ON VIEW {View} IS {t};
            COMMENT ON COLUMN {View}.{n} IS {t}; ALTER VIEW {View} ALTER {n} SET DEFAULT 1;",
        ),
        Kind::MaterializedView => Sql(
            "CREATE MATERIALIZED VIEW {MaterializedView} AS SELECT {n}, {t}::text AS b FROM {Table};
            CREATE UNIQUE INDEX ON {MaterializedView} ({n}); COMMENT ON MATERIALIZED VIEW {MaterializedView} IS {t};",
        ),
        Kind::Rule => Sql(
            "CREATE RULE {n} AS ON INSERT TO {Constraint} WHERE NEW.b = {t} DO ALSO SELECT NEW.{n}, {l}::text;
            COMMENT ON RULE {n} ON {Constraint} IS {t};",
        ),
        Kind::Trigger => Sql(
            "CREATE TRIGGER {n} BEFORE UPDATE OF {n} ON {Constraint} FOR EACH ROW WHEN (NEW.b <> {t}) EXECUTE FUNCTION {Function}({t}, {l});
            CREATE TRIGGER {p} AFTER UPDATE ON {Constraint} REFERENCING NEW TABLE AS {n} FOR EACH STATEMENT EXECUTE FUNCTION {Function}();
            COMMENT ON TRIGGER {n} ON {Constraint} IS {t};",
        ),
        Kind::Policy => Sql(
            "CREATE POLICY {n} ON {Constraint} TO {n} USING ({n} > 0 AND b <> {t}) WITH CHECK (b <> {l});
            ALTER TABLE {Constraint} ENABLE ROW LEVEL SECURITY; COMMENT ON POLICY {n} ON {Constraint} IS {t};",
        ),
        Kind::Publication => Sql("CREATE PUBLICATION {n}; COMMENT ON PUBLICATION {n} IS {t};"),
        Kind::PublicationTable => Sql("CREATE PUBLICATION plain FOR TABLE {Table} ({n}) WHERE ({n} <> 5);"),
        Kind::PublicationSchema => Sql("ALTER PUBLICATION {n} ADD TABLES IN SCHEMA {n};"),
        Kind::Subscription => Sql(
            "CREATE SUBSCRIPTION {n} CONNECTION {conninfo} PUBLICATION {n} WITH (connect = false, slot_name = NONE);
            COMMENT ON SUBSCRIPTION {n} IS {t};",
        ),
        Kind::EventTrigger => Sql(
            "CREATE FUNCTION {EventTrigger}() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
            CREATE EVENT TRIGGER {n} ON sql_drop WHEN TAG IN ('DROP TABLE') EXECUTE FUNCTION {EventTrigger}();
            COMMENT ON EVENT TRIGGER {n} IS {t};",
        ),
        Kind::Setting => Sql(
            "ALTER DATABASE {db} SET my.own TO {t}; ALTER DATABASE {db} SET search_path TO {l}, \"$user\";
            ALTER ROLE {n} IN DATABASE {db} SET my.own TO {l};",
        ),
        Kind::ExtensionDependency => Sql("ALTER FUNCTION {Function}() DEPENDS ON EXTENSION citext;"),
        Kind::Owner => Sql("ALTER SEQUENCE {Sequence} OWNER TO {n}; ALTER TYPE {Composite} OWNER TO {n};"),
        Kind::Grant => Sql(
            "GRANT SELECT ({n}), UPDATE ON {Table} TO {n}; GRANT USAGE ON LANGUAGE {n} TO {n}; GRANT USAGE ON SCHEMA {n} TO {n};
            GRANT USAGE ON FOREIGN SERVER {n} TO {n}; GRANT EXECUTE ON FUNCTION {Function}({Enum}, text) TO {n};
            REVOKE USAGE ON TYPE {Domain} FROM PUBLIC;",
        ),
        Kind::DefaultPrivilege => Sql(
            "ALTER DEFAULT PRIVILEGES FOR ROLE {n} IN SCHEMA {n} GRANT SELECT ON TABLES TO {n};
            ALTER DEFAULT PRIVILEGES FOR ROLE {n} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;",
        ),
        Kind::Comment => Sql("COMMENT ON TYPE {Composite} IS {t};"),
        Kind::SecurityLabel => Not("a server without a label provider refuses them: tests/raw.rs makes one"),
        Kind::Seed => Not("rows, which only an author's file can tell from others"),
        Kind::Raw => Not("the author's own SQL, in which nothing is quoted"),
    }
}

/// What stands for the marks of a sample under one name.
struct Filler<'a> {
    name: &'a str,
    database: String,
}

impl Filler<'_> {
    fn schema(&self, kind: Kind) -> String {
        let n = Kind::ALL.iter().position(|one| *one == kind).unwrap_or_default();
        clipped(&format!("{n:02}"), self.name)
    }

    fn mark(&self, mark: &str, kind: Kind) -> Option<String> {
        let name = self.name;
        Some(match mark {
            "n" => quote_name(name),
            "o" => quote_name(&name.replace('=', "~")),
            "p" => quote_name(&clipped("2", name)),
            "s" => quote_name(&self.schema(kind)),
            "l" => quote_literal(name),
            "t" => quote_literal(TEXT),
            "db" => quote_name(&self.database),
            "reg" => quote_literal(&dotted([&self.schema(Kind::Sequence), name])),
            "sql" => quote_literal(&format!("SELECT {}::text /* $$ $body$ */", quote_literal(TEXT))),
            "body" => {
                let body = format!(
                    "\r\nBEGIN\n\tPERFORM {}; -- it's $$ \\\n RETURN NEW;\nEND ",
                    quote_literal(TEXT)
                );
                quote_literal(&body)
            }
            "conninfo" => {
                let value = name.replace('\\', "\\\\").replace('\'', "\\'");
                quote_literal(&format!("host=nowhere application_name='{value}'"))
            }
            _ => {
                let of = Kind::ALL.iter().find(|one| format!("{one:?}") == mark)?;
                dotted([&self.schema(*of), name])
            }
        })
    }

    /// A sample with its marks filled in, in one go: what stands for a mark may look like one.
    fn fill(&self, sample: &str, kind: Kind) -> String {
        let mut out = String::new();
        let mut rest = sample;
        while let Some((before, after)) = rest.split_once('{') {
            let (mark, after) = after.split_once('}').expect("a mark has an end");
            out.push_str(before);
            out.push_str(&self.mark(mark, kind).unwrap_or_else(|| panic!("{kind}: what is {{{mark}}}?")));
            rest = after;
        }
        out + rest
    }
}

/// A name after a prefix, as long as a name may be.
fn clipped(prefix: &str, name: &str) -> String {
    let mut text = format!("{prefix}{name}");
    while text.len() > 63 {
        text.pop();
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_names_and_texts_go_through_every_kind() {
    let mut workers = Vec::new();
    for worker in 0..WORKERS {
        workers.push(tokio::spawn(async move {
            let options = ScratchOptions { prefer: Prefer::Native, ..ScratchOptions::default() };
            let mut bench = Bench::new(options);
            let mut results = BTreeMap::new();
            for name in NAMES.iter().skip(worker).step_by(WORKERS) {
                let result = match bench.scratch().await {
                    Ok(_) => every_kind(&mut bench, name).await,
                    Err(error) => {
                        support::left_out("hostile names through every kind", &error.to_string());
                        return results;
                    }
                };
                results.insert(*name, result.map_err(|error| error.to_string()));
            }
            bench.stop().await;
            results
        }));
    }
    let mut wrong = Vec::new();
    for worker in workers {
        for (name, result) in worker.await.expect("a name fails by returning") {
            if let Err(problem) = result {
                wrong.push(format!("{name:?}: {problem}"));
            }
        }
    }
    for kind in Kind::ALL {
        if let Not(why) = sample(*kind) {
            eprintln!("no sample of a {kind}: {why}");
        }
    }
    assert!(wrong.is_empty(), "{} names are not held:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

/// All samples under one name: built, read, written down, made by a plan, taken away by one, imported.
async fn every_kind(bench: &mut Bench, name: &str) -> Result<(), Problem> {
    let mut session = bench.fresh().await?;
    let citext = !session.rows("SELECT FROM pg_available_extensions WHERE name = 'citext'").await?.is_empty();
    let needs_citext = |kind: Kind| matches!(kind, Kind::Extension | Kind::ExtensionDependency);
    if !citext {
        support::left_out("an extension under hostile names", "the server has no citext");
    }
    let exists = format!("SELECT FROM pg_roles WHERE rolname = {}", quote_literal(name));
    if session.rows(&exists).await?.is_empty() {
        session.run(&format!("CREATE ROLE {}", quote_name(name))).await?;
    }
    let database = session.rows("SELECT current_database()").await?;
    let database = database.into_iter().flatten().flatten().next().unwrap_or_default();
    let filler = Filler { name, database };
    for kind in Kind::ALL {
        session.run(&format!("CREATE SCHEMA {}", quote_name(&filler.schema(*kind)))).await?;
    }
    for kind in Kind::ALL.iter().filter(|kind| citext || !needs_citext(**kind)) {
        if let Sql(sql) = sample(*kind) {
            let sql = filler.fill(sql, *kind);
            session.run(&sql).await.map_err(|error| format!("{kind}: {error}\n{sql}"))?;
        }
    }
    let state = introspect(&mut session).await?;
    not_pwned(&mut session).await?;
    drop(session);
    for kind in Kind::ALL.iter().filter(|kind| citext || !needs_citext(**kind)) {
        let has = state.of_kind(*kind).next().is_some();
        check(has == matches!(sample(*kind), Sql(_)), || format!("there is a {kind}: {has}"))?;
    }
    let lines = state.to_lines();
    check(Catalog::from_lines(&lines)? == state, || "the state changes when it is written down".into())?;
    check(lines.lines().count() == state.len(), || "an object is not one line".into())?;

    let there = between(bench, &doors::empty(), &state).await?;
    let header = there.up.summary();
    check(header.lines().all(|line| line.starts_with("--")), || format!("a comment ends:\n{header}"))?;
    let mut session = bench.fresh().await?;
    doors::make_roles(&mut session, &state).await?;
    support::go(&mut session, &there.up).await.map_err(|error| format!("forward: {error}"))?;
    not_pwned(&mut session).await?;
    let reached = introspect(&mut session).await?;
    let rest = between(bench, &reached, &state).await?.up.to_sql();
    check(rest.is_empty(), || format!("left after the way forward:\n{rest}"))?;
    support::go(&mut session, &there.down).await.map_err(|error| format!("backward: {error}"))?;
    not_pwned(&mut session).await?;
    let back = introspect(&mut session).await?;
    let rest = between(bench, &back, &doors::empty()).await?.up.to_sql();
    check(rest.is_empty(), || format!("left after the way back:\n{rest}"))?;
    drop(session);
    imported(bench, state).await
}

/// The file that an import writes leads to the state it was made from: the import proves that itself.
async fn imported(bench: &mut Bench, state: Catalog) -> Result<(), Problem> {
    let about =
        About { database: Database { name: "app".into(), ..Database::default() }, ..About::default() };
    let whole = State { catalog: state.clone(), ..State::default() };
    let text = written(bench, whole, &about).await.map_err(|error| format!("import: {error:?}"))?;
    let (declared, _) = document::parse("schema.yaml", &text).map_err(|error| error.render_short())?;
    let next = doors::authored(bench, &declared).await?;
    let rest = between(bench, &state, &next.catalog).await?.up.to_sql();
    check(rest.is_empty(), || format!("not in the file:\n{rest}"))
}

/// Roles, and their being members, belong to the server: a state has those that its author declared.
#[tokio::test(flavor = "multi_thread")]
async fn roles_and_memberships() {
    let options = ScratchOptions { prefer: Prefer::Native, ..ScratchOptions::default() };
    let mut bench = Bench::new(options);
    if let Err(error) = bench.scratch().await {
        return support::left_out("roles with hostile names", &error.to_string());
    }
    let mut session = bench.fresh().await.expect("makes a database");
    for name in NAMES {
        let (group, member) = (clipped("1", name), clipped("", name));
        let mut next = doors::empty();
        for role in [&group, &member] {
            let id = ObjectId::new(Kind::Role, [role]);
            next.insert(id.of(Kind::Comment, []), Comment { text: TEXT.into() });
            next.insert(id, Role { inherit: true, ..Role::default() });
        }
        next.insert(ObjectId::new(Kind::Membership, [&group, &member]), Membership::default());
        let there = between(&mut bench, &doors::empty(), &next).await.expect("plans");
        for (sql, wanted) in [(there.up.to_sql(), &next), (there.down.to_sql(), &doors::empty())] {
            session.run(&sql).await.unwrap_or_else(|error| panic!("{error}\n{sql}"));
            let mut found = doors::empty();
            doors::read_roles(&mut session, &mut found, &next).await.expect("reads");
            let rest = between(&mut bench, &found, wanted).await.expect("plans").up.to_sql();
            assert_eq!(rest, "", "of {sql}");
        }
        not_pwned(&mut session).await.expect("nothing else was run");
    }
    drop(session);
    bench.stop().await;
}

/// What a file of `nexus generate` says at its head stays a comment, whatever the names in it.
#[tokio::test(flavor = "multi_thread")]
async fn no_name_ends_the_comment_of_a_file() {
    if support::native("the head of a file").await.is_none() {
        return;
    }
    let name = serde_json::to_string(&quote_name(NAMES[1])).expect("a text is JSON");
    let head = "nexus: 1\ndatabase: { name: app }\n";
    let schema = format!("{head}tables:\n  {name}: {{ columns: {{ a: int }} }}\n");
    let project = Project::new(&schema);
    project.nexus(&["generate"]).ends(0);
    check_head(&project.newest());
    project.edit(&schema, head);
    project.nexus(&["generate"]).ends(1);
    project.nexus(&["generate", "--allow", "data-loss"]).ends(0);
    let newest = project.newest();
    assert!(newest.contains("Data loss: ") && newest.contains("\n-- CREATE TABLE public.pwned"), "{newest}");
    check_head(&newest);
}

fn check_head(text: &str) {
    let (head, _) = text.split_once("\n\n").expect("a file has a head");
    assert!(head.lines().all(|line| line.starts_with("--")), "{text}");
}

async fn not_pwned(session: &mut Session) -> Result<(), Problem> {
    let found = session.rows("SELECT FROM pg_class WHERE relname = 'pwned'").await?;
    check(found.is_empty(), || "what should be a name or a text was run".into())
}

async fn between(bench: &mut Bench, prev: &Catalog, next: &Catalog) -> Result<Change, Problem> {
    let state = |catalog: &Catalog| State { catalog: catalog.clone(), ..State::default() };
    Ok(change(bench, state(prev), state(next)).await?)
}

fn check(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), Problem> {
    if holds { Ok(()) } else { Err(otherwise().into()) }
}
