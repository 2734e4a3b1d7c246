//! Types, programs, views, and what is said of things.

use crate::genes::Gene;
use crate::table::Table;

/// Built-in types, each with a default that fits.
const BUILT_IN: [(&str, &str); 22] = [
    ("integer", "7"),
    ("bigint", "(2 + 3)"),
    ("text", "'it''s'"),
    ("varchar(20)", "'a'"),
    ("numeric(10,2)", "1.5"),
    ("boolean", "true"),
    ("timestamptz", "now()"),
    ("timestamp", "LOCALTIMESTAMP"),
    ("date", "'2026-01-01'"),
    ("uuid", "gen_random_uuid()"),
    ("jsonb", "'{\"a\": 1}'"),
    ("integer[]", "'{1,2}'"),
    ("text[]", "ARRAY['x', E'a\\\\b']"),
    ("interval", "'1 day'"),
    ("smallint", "3"),
    ("double precision", "0.5"),
    ("char(3)", "'xyz'"),
    ("bytea", "'\\x00'"),
    ("inet", "'10.0.0.1'"),
    ("int4range", "'[1,5)'"),
    ("tsvector", "to_tsvector('simple', 'a')"),
    ("text COLLATE \"C\"", "'c'"),
];
/// Comments that would do harm where they are not quoted.
const TEXTS: [&str; 6] =
    ["plain", "it''s \"x\"", "$$ -- /* ;", "\\ back \\n", "é\n\tnew line %s", "'';DROP TABLE t;--"];
const ENUMS: [&str; 2] = ["mood", "s.\"Kind of\""];
const DOMAINS: [&str; 2] = ["\"d o\"", "s.small"];
const LABELS: [&str; 6] = ["x", "y", "it''s", "Z z", "", "é\"q"];
const SEQUENCES: [&str; 2] = ["seq", "s.\"Seq 2\""];
const VIEWS: [&str; 5] = ["v", "s.v", "\"V 2\"", "s.w", "\"v\"\"x\""];
const ROLES: [&str; 3] = ["\"law a\"", "law_b", "PUBLIC"];

/// What the schema has that columns and expressions can use.
#[derive(Default)]
pub(crate) struct Types {
    /// User-defined types by place, with a default that fits.
    pub(crate) own: [Option<(String, String)>; 7],
    /// Names that can be dropped, commented and granted on, with the words for them.
    pub(crate) said: Vec<(&'static str, String)>,
    /// Whether the immutable function is there, and how it is called with `id`.
    pub(crate) called: bool,
    /// The trigger function.
    pub(crate) triggered: bool,
    /// The operator between two numbers, and the class of them for an index.
    pub(crate) operator: Option<&'static str>,
    pub(crate) class: Option<&'static str>,
    /// Whether there is a configuration of text search.
    pub(crate) configured: bool,
    /// Sequences.
    pub(crate) sequences: Vec<&'static str>,
}

impl Types {
    /// The type of a column and a default for it.
    pub(crate) fn column(&self, pick: usize) -> (String, String) {
        let built_in = |n: usize| (BUILT_IN[n].0.to_owned(), BUILT_IN[n].1.to_owned());
        match pick {
            n if n < BUILT_IN.len() => built_in(n),
            n => match &self.own[(n - BUILT_IN.len()) / 2 % self.own.len()] {
                Some((name, _)) if n % 2 == 1 => (array_of(name), "'{}'".into()),
                Some(plain) => plain.clone(),
                None => built_in(n % BUILT_IN.len()),
            },
        }
    }

    /// How many picks there are.
    pub(crate) fn picks(&self) -> usize {
        BUILT_IN.len() + 2 * self.own.len()
    }

    fn attribute(&self, pick: usize) -> String {
        match pick % 8 {
            0 => "integer".into(),
            1 => "text".into(),
            2 => "numeric(8,2)".into(),
            3 => "date".into(),
            n => self.own[n % 4].as_ref().map_or_else(|| "bigint".into(), |(name, _)| name.clone()),
        }
    }
}

/// The brackets come before the collation.
fn array_of(name: &str) -> String {
    match name.split_once(" COLLATE ") {
        Some((name, collation)) => format!("{name}[] COLLATE {collation}"),
        None => format!("{name}[]"),
    }
}

pub(crate) fn enumeration(n: usize, gene: &Gene, types: &mut Types, out: &mut String) {
    if !gene.is_there() {
        return;
    }
    let from = gene.pick(1, 3);
    let mut labels: Vec<_> = LABELS.iter().skip(from).take(1 + gene.pick(0, 4)).collect();
    if gene.pick(2, 4) == 3 {
        labels.reverse();
    }
    let list: Vec<_> = labels.iter().map(|label| format!("'{label}'")).collect();
    let name = ENUMS[n];
    *out += &format!("CREATE TYPE {name} AS ENUM ({});\n", list.join(", "));
    types.own[n] = Some((name.into(), list[0].clone()));
    types.said.push(("TYPE", name.into()));
}

pub(crate) fn domain(n: usize, gene: &Gene, types: &mut Types, out: &mut String) {
    if !gene.is_there() {
        return;
    }
    let (base, value) = match gene.pick(0, 6) {
        0 => ("integer".into(), "7"),
        1 => ("text".into(), "'q'"),
        2 => ("numeric(6,2)".into(), "2"),
        3 => ("varchar(9)".into(), "'v'"),
        pick => match types.own[pick - 4].as_ref() {
            Some((name, _)) => (name.clone(), ""),
            None => ("bigint".into(), "5"),
        },
    };
    let check = match gene.pick(1, 4) {
        1 if !value.is_empty() => format!(" CONSTRAINT \"c k\" CHECK (VALUE <> {value})"),
        2 => " CHECK (VALUE IS NOT NULL OR true)".into(),
        3 if types.called && value == "7" => format!(" CHECK ({} > 0)", call("VALUE")),
        _ => String::new(),
    };
    let default =
        if gene.pick(2, 3) == 1 && !value.is_empty() { format!(" DEFAULT {value}") } else { String::new() };
    let name = DOMAINS[n];
    *out += &format!("CREATE DOMAIN {name} AS {base}{default}{check};\n");
    types.own[2 + n] = Some((name.into(), "NULL".into()));
    types.said.push(("DOMAIN", name.into()));
}

pub(crate) fn composite(gene: &Gene, types: &mut Types, out: &mut String) {
    if !gene.is_there() {
        return;
    }
    let names = ["a", "\"B b\"", "c"];
    let pieces: Vec<_> = (0..=gene.pick(0, 3))
        .map(|n| format!("{} {}", names[(n + gene.rarely(5, 3)) % 3], types.attribute(gene.pick(1 + n, 8))))
        .collect();
    *out += &format!("CREATE TYPE \"Comp\" AS ({});\n", pieces.join(", "));
    types.own[4] = Some(("\"Comp\"".into(), "NULL".into()));
    types.said.push(("TYPE", "\"Comp\"".into()));
}

pub(crate) fn range(gene: &Gene, types: &mut Types, out: &mut String) {
    if !gene.is_there() {
        return;
    }
    let subtype = ["float8", "text", "numeric"][gene.pick(0, 3)];
    let extra = if gene.pick(1, 3) == 1 && subtype == "float8" { ", SUBTYPE_DIFF = float8mi" } else { "" };
    *out += &format!("CREATE TYPE s.span AS RANGE (SUBTYPE = {subtype}{extra});\n");
    types.own[5] = Some(("s.span".into(), "'empty'".into()));
    types.said.push(("TYPE", "s.span".into()));
}

pub(crate) fn sequence(n: usize, gene: &Gene, types: &mut Types, out: &mut String) {
    if !gene.is_there() {
        return;
    }
    let type_ = ["bigint", "integer", "smallint"][gene.pick(0, 3)];
    let start = 1 + gene.pick(1, 5);
    let options = [
        "",
        " INCREMENT 2",
        " MINVALUE -5",
        " MAXVALUE 90 CYCLE",
        " CACHE 4",
        " INCREMENT -1 MINVALUE -9 MAXVALUE 9",
    ][gene.pick(2, 6)];
    let name = SEQUENCES[n];
    *out += &format!("CREATE SEQUENCE {name} AS {type_} START {start}{options};\n");
    types.sequences.push(name);
    types.said.push(("SEQUENCE", name.into()));
}

/// A call of the immutable function.
pub(crate) fn call(argument: &str) -> String {
    format!("s.\"F f\"({argument})")
}

pub(crate) fn called(gene: &Gene, types: &mut Types, out: &mut String) {
    if !gene.is_there() {
        return;
    }
    let more = ["", ", b integer DEFAULT 2", ", VARIADIC c integer[] DEFAULT '{}'"][gene.pick(0, 3)];
    let returns = ["integer", "bigint", "numeric"][gene.rarely(1, 3)];
    let name = ["a", "\"A a\""][gene.rarely(2, 2)];
    let body = ["AS $f$ SELECT 1 $f$", "AS 'SELECT 1 + 0'", "RETURN 2", "BEGIN ATOMIC SELECT 3; END"]
        [gene.pick(3, 4)];
    let rest = ["", " STRICT", " PARALLEL SAFE COST 5", " LEAKPROOF"][gene.pick(4, 4)];
    *out += &format!(
        "CREATE FUNCTION s.\"F f\"({name} bigint{more}) RETURNS {returns} LANGUAGE sql IMMUTABLE{rest} {body};\n"
    );
    types.called = true;
    types.said.push(("ROUTINE", "s.\"F f\"".into()));
}

pub(crate) fn triggered(gene: &Gene, types: &mut Types, out: &mut String) {
    if !gene.is_there() {
        return;
    }
    let body = [
        "BEGIN RETURN NEW; END",
        "BEGIN\n  -- $$ 'x\n  RETURN NULL;\nEND",
        "DECLARE a int; BEGIN RETURN NEW; END",
    ][gene.pick(0, 3)];
    let more = ["", " SECURITY DEFINER", " SET search_path = s, pg_catalog"][gene.pick(1, 3)];
    *out += &format!("CREATE FUNCTION \"Trig\"() RETURNS trigger LANGUAGE plpgsql{more} AS $f${body}$f$;\n");
    types.triggered = true;
    types.said.push(("ROUTINE", "\"Trig\"".into()));
}

/// A function that reads a table, takes a type, or is a procedure.
pub(crate) fn program(n: usize, gene: &Gene, tables: &[Table], types: &Types, out: &mut String) {
    if !gene.is_there() {
        return;
    }
    let table = tables.get(gene.pick(1, 6)).map(|table| table.name);
    let (type_, _) = types.column(gene.pick(2, types.picks()));
    let type_ = type_.split(" COLLATE").next().unwrap_or_default().to_owned();
    *out += &match (gene.pick(0, 7), table) {
        (0, Some(table)) => format!(
            "CREATE FUNCTION p{n}() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT max(id) FROM {table}; END;\n"
        ),
        (1, Some(table)) => format!(
            "CREATE FUNCTION p{n}() RETURNS SETOF {table} LANGUAGE sql STABLE ROWS 5 AS 'SELECT * FROM {table}';\n"
        ),
        (2, Some(table)) => {
            format!("CREATE FUNCTION p{n}(r {table}) RETURNS bigint LANGUAGE sql AS 'SELECT r.id';\n")
        }
        (3, _) => format!(
            "CREATE FUNCTION p{n}(a {type_}, OUT b {type_}, OUT c integer) LANGUAGE plpgsql AS 'BEGIN b := a; END';\n"
        ),
        (4, _) => format!(
            "CREATE PROCEDURE p{n}(INOUT a {type_} DEFAULT NULL) LANGUAGE plpgsql AS $$ BEGIN NULL; END $$;\n"
        ),
        (5, _) => format!(
            "CREATE AGGREGATE p{n}(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '{}');\n",
            gene.pick(3, 3)
        ),
        _ => format!(
            "CREATE FUNCTION p{n}(a {type_}) RETURNS TABLE (x {type_}, y text) LANGUAGE sql AS 'SELECT a, NULL::text';\n"
        ),
    };
}

/// A view or a materialized view; what it is called is kept for others.
pub(crate) fn view(
    n: usize,
    gene: &Gene,
    tables: &[Table],
    types: &Types,
    views: &mut Vec<(String, bool)>,
    out: &mut String,
) {
    if !gene.is_there() {
        return;
    }
    let on_view = views.get(gene.pick(1, 4)).filter(|_| gene.pick(2, 3) == 2);
    let table = tables.get(gene.pick(1, tables.len().max(1)));
    let (source, columns) = match (on_view, table) {
        (Some((view, _)), _) => (view.as_str(), vec!["id"]),
        (None, Some(table)) => (table.name, table.some(gene.pick(3, 7))),
        (None, None) => return,
    };
    let mut list = columns.join(", ");
    if gene.pick(4, 3) == 1 {
        list += ", 1 AS one";
    }
    if types.called && gene.pick(4, 3) == 2 {
        list += &format!(", {} AS called", call("id"));
    }
    let filter = ["", " WHERE id > 1", " WHERE id IN (1, 2)"][gene.pick(5, 3)];
    let name = VIEWS[n];
    if gene.pick(0, 3) == 2 {
        *out += &format!("CREATE MATERIALIZED VIEW {name} AS SELECT {list} FROM {source}{filter};\n");
        if gene.pick(6, 2) == 1 {
            *out += &format!("CREATE INDEX \"mi {n}\" ON {name} (id);\n");
        }
    } else {
        let options = ["", " WITH (security_barrier)", " WITH (security_invoker = true)"][gene.pick(7, 3)];
        *out += &format!("CREATE VIEW {name}{options} AS SELECT {list} FROM {source}{filter};\n");
        match gene.pick(8, 6) {
            1 => *out += &format!("ALTER VIEW {name} ALTER COLUMN id SET DEFAULT 3;\n"),
            2 => *out += &format!("CREATE RULE r AS ON INSERT TO {name} DO INSTEAD NOTHING;\n"),
            3 if types.triggered => {
                *out += &format!(
                    "CREATE TRIGGER it INSTEAD OF UPDATE ON {name} FOR EACH ROW EXECUTE FUNCTION \"Trig\"();\n"
                );
            }
            4 => *out += &format!("COMMENT ON COLUMN {name}.id IS '{}';\n", TEXTS[gene.pick(9, 6)]),
            5 => *out += &format!("GRANT SELECT (id) ON {name} TO law_b;\n"),
            _ => {}
        }
    }
    views.push((name.into(), gene.pick(0, 3) == 2));
}

/// A sequence becomes a column's own.
pub(crate) fn owned(gene: &Gene, tables: &[Table], types: &Types, out: &mut String) {
    if let (true, Some(sequence), Some(table)) =
        (gene.is_there(), types.sequences.get(gene.pick(0, 2)), tables.get(gene.pick(1, 5)))
        // A sequence and the table that owns it live in one schema.
        && sequence.starts_with("s.") == table.name.starts_with("s.")
    {
        *out += &format!("ALTER SEQUENCE {sequence} OWNED BY {}.id;\n", table.name);
    }
}

/// A comment, a grant or an owner.
pub(crate) fn said(gene: &Gene, tables: &[Table], types: &Types, views: &[(String, bool)], out: &mut String) {
    if !gene.is_there() {
        return;
    }
    let mut of: Vec<(&str, &str)> = types.said.iter().map(|(word, name)| (*word, name.as_str())).collect();
    of.extend(tables.iter().map(|table| ("TABLE", table.name)));
    of.extend(
        views
            .iter()
            .map(|(name, stored)| (if *stored { "MATERIALIZED VIEW" } else { "VIEW" }, name.as_str())),
    );
    of.push(("SCHEMA", "s"));
    let (word, name) = of[gene.pick(0, of.len())];
    let role = ROLES[gene.pick(2, 3)];
    let option = if gene.pick(3, 4) == 3 && role != "PUBLIC" { " WITH GRANT OPTION" } else { "" };
    *out += &match (gene.pick(1, 5), word) {
        (0 | 1, _) => format!("COMMENT ON {word} {name} IS '{}';\n", TEXTS[gene.pick(4, 6)]),
        (2, "SCHEMA") => format!("GRANT USAGE ON SCHEMA {name} TO {role}{option};\n"),
        (2 | 3, "TABLE" | "VIEW" | "MATERIALIZED VIEW") => format!(
            "GRANT {} ON {name} TO {role}{option};\n",
            ["SELECT", "INSERT, UPDATE", "ALL"][gene.pick(5, 3)]
        ),
        (2 | 3, "SEQUENCE") => format!("GRANT USAGE ON SEQUENCE {name} TO {role}{option};\n"),
        (2 | 3, "TYPE" | "DOMAIN") => {
            format!("REVOKE USAGE ON TYPE {name} FROM PUBLIC; GRANT USAGE ON TYPE {name} TO law_b;\n")
        }
        (2 | 3, "ROUTINE") => format!(
            "REVOKE EXECUTE ON ROUTINE {name} FROM PUBLIC; GRANT EXECUTE ON ROUTINE {name} TO law_b;\n"
        ),
        // These are superusers' alone, and an operator changes hands without its function.
        (2.., "FOREIGN DATA WRAPPER" | "EVENT TRIGGER" | "OPERATOR" | "PUBLICATION") => String::new(),
        (2 | 3, "SERVER") => format!("GRANT USAGE ON FOREIGN SERVER {name} TO {role}{option};\n"),
        (2 | 3, "FOREIGN TABLE") => format!("GRANT SELECT ON {name} TO {role}{option};\n"),
        // A table and the sequence it owns change hands together: see the cases on owners.
        (4, "SEQUENCE" | "TABLE") | (_, "SCHEMA") => String::new(),
        (_, word) => format!("ALTER {word} {name} OWNER TO law_b;\n"),
    };
}

pub(crate) fn privileges(gene: &Gene, out: &mut String) {
    if gene.is_there() {
        let what = [
            "SELECT ON TABLES",
            "USAGE ON SEQUENCES",
            "EXECUTE ON FUNCTIONS",
            "ALL ON TABLES",
            "USAGE ON TYPES",
            "USAGE ON SCHEMAS",
        ][gene.pick(0, 6)];
        let place = ["", " IN SCHEMA s"][gene.pick(1, if what.ends_with("SCHEMAS") { 1 } else { 2 })];
        *out += &format!("ALTER DEFAULT PRIVILEGES{place} GRANT {what} TO {};\n", ROLES[gene.pick(2, 2)]);
        if gene.rarely(3, 3) == 1 {
            *out += "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON ROUTINES FROM PUBLIC;\n";
        }
    }
}
