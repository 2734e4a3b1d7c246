//! What is rarer, or belongs to the database as a whole: collations, operators, text search, foreign data, publications,
//! event triggers, settings.

use crate::genes::Gene;
use crate::parts::Types;
use crate::table::Table;

pub(crate) fn collation(gene: &Gene, types: &mut Types, out: &mut String) {
    if !gene.is_there() {
        return;
    }
    let from = ["pg_catalog.\"C\"", "pg_catalog.\"POSIX\""][gene.pick(0, 2)];
    *out += &format!("CREATE COLLATION s.\"Col l\" FROM {from};\n");
    types.own[6] = Some(("text COLLATE s.\"Col l\"".into(), "'k'".into()));
    types.said.push(("COLLATION", "s.\"Col l\"".into()));
}

/// An operator with its function, and a class of its kind that an index can be of.
pub(crate) fn operator(gene: &Gene, types: &mut Types, out: &mut String) {
    if !gene.is_there() {
        return;
    }
    let body = ["RETURN a > b", "AS 'SELECT a > b + 1'"][gene.pick(0, 2)];
    let more = [
        "",
        ", RESTRICT = scalargtsel, JOIN = scalargtjoinsel",
        ", COMMUTATOR = OPERATOR(s.<%)",
        ", NEGATOR = OPERATOR(s.<=%), RESTRICT = scalargtsel",
    ][gene.pick(1, 4)];
    *out += &format!(
        "CREATE FUNCTION s.more(a bigint, b bigint) RETURNS boolean LANGUAGE sql IMMUTABLE {body};\n\
         CREATE OPERATOR s.>% (FUNCTION = s.more, LEFTARG = bigint, RIGHTARG = bigint{more});\n"
    );
    types.said.push(("OPERATOR", "s.>% (bigint, bigint)".into()));
    if gene.pick(2, 3) == 1 {
        let family = ["", " FAMILY s.\"Fam\""][gene.pick(3, 2)];
        if !family.is_empty() {
            *out += "CREATE OPERATOR FAMILY s.\"Fam\" USING btree;\n";
        }
        *out += &format!(
            "CREATE OPERATOR CLASS s.\"Cl s\" FOR TYPE bigint USING btree{family} AS OPERATOR 1 <, OPERATOR 2 <=, \
             OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint8cmp(bigint, bigint);\n"
        );
        types.class = Some("s.\"Cl s\"");
    }
    types.operator = Some("OPERATOR(s.>%)");
}

/// A cast of a type of one's own.
pub(crate) fn cast(gene: &Gene, types: &Types, out: &mut String) {
    let Some((from, _)) = types.own[[0, 1, 4, 5][gene.pick(0, 4)]].as_ref().filter(|_| gene.is_there())
    else {
        return;
    };
    let to = ["integer", "varchar", "jsonb"][gene.pick(1, 3)];
    let context = ["", " AS ASSIGNMENT"][gene.pick(2, 2)];
    *out += &if gene.pick(3, 3) == 1 {
        format!(
            "CREATE FUNCTION cast_it({from}) RETURNS {to} LANGUAGE sql IMMUTABLE AS 'SELECT NULL::{to}';\n\
             CREATE CAST ({from} AS {to}) WITH FUNCTION cast_it({from}){context};\n"
        )
    } else {
        format!("CREATE CAST ({from} AS {to}) WITH INOUT{context};\n")
    };
    if gene.rarely(4, 3) == 1 {
        *out += &format!("COMMENT ON CAST ({from} AS {to}) IS 'it''s a cast';\n");
    }
}

/// A dictionary, and a configuration that may use it.
pub(crate) fn text_search(gene: &Gene, types: &mut Types, out: &mut String) {
    if !gene.is_there() {
        return;
    }
    let options = ["", ", Accept = false", ", StopWords = english"][gene.pick(0, 3)];
    *out += &format!("CREATE TEXT SEARCH DICTIONARY s.\"Di c\" (TEMPLATE = simple{options});\n");
    types.said.push(("TEXT SEARCH DICTIONARY", "s.\"Di c\"".into()));
    match gene.pick(1, 4) {
        1 => *out += "CREATE TEXT SEARCH CONFIGURATION conf (PARSER = \"default\");\n",
        2 => *out += "CREATE TEXT SEARCH CONFIGURATION conf (COPY = simple);\n",
        3 => {
            *out += "CREATE TEXT SEARCH CONFIGURATION conf (PARSER = \"default\");\n\
                     ALTER TEXT SEARCH CONFIGURATION conf ADD MAPPING FOR asciiword, word WITH s.\"Di c\", simple;\n"
        }
        _ => return,
    }
    if gene.pick(2, 3) == 1 {
        *out += "ALTER TEXT SEARCH CONFIGURATION conf DROP MAPPING IF EXISTS FOR email;\n";
    }
    types.said.push(("TEXT SEARCH CONFIGURATION", "conf".into()));
    types.configured = true;
}

/// A wrapper, a server, who is known there, and a table there.
pub(crate) fn foreign(gene: &Gene, types: &mut Types, out: &mut String) {
    if !gene.is_there() {
        return;
    }
    let options = ["", " OPTIONS (a 'it''s')", " OPTIONS (\"B b\" '1', c '')"];
    *out += &format!("CREATE FOREIGN DATA WRAPPER \"w r\"{};\n", options[gene.pick(0, 3)]);
    types.said.push(("FOREIGN DATA WRAPPER", "\"w r\"".into()));
    if gene.pick(1, 4) == 0 {
        return;
    }
    let version = ["", " TYPE 't'", " VERSION '1 \"x'", " TYPE 't' VERSION '2'"][gene.pick(2, 4)];
    let with = options[gene.pick(3, 3)];
    *out += &format!("CREATE SERVER \"S v\"{version} FOREIGN DATA WRAPPER \"w r\"{with};\n");
    types.said.push(("SERVER", "\"S v\"".into()));
    if gene.pick(4, 3) > 0 {
        let who = ["law_b", "PUBLIC"][gene.pick(5, 2)];
        *out += &format!("CREATE USER MAPPING FOR {who} SERVER \"S v\"{};\n", options[gene.pick(6, 3)]);
    }
    if gene.pick(7, 4) > 0 {
        let (type_, default) = types.column(gene.pick(8, types.picks()));
        let default = if gene.pick(9, 2) == 1 { format!(" DEFAULT {default}") } else { String::new() };
        let of_column = ["", " OPTIONS (col 'x')"][gene.pick(10, 2)];
        let check = ["", ", CONSTRAINT far CHECK (id > 0)"][gene.rarely(11, 2)];
        let (type_, collation) = match type_.split_once(" COLLATE ") {
            Some((type_, collation)) => (type_.to_owned(), format!(" COLLATE {collation}")),
            None => (type_, String::new()),
        };
        let place = ["far", "s.far"][gene.rarely(12, 2)];
        *out += &format!(
            "CREATE FOREIGN TABLE {place} (id bigint NOT NULL, a {type_}{of_column}{collation}{default}{check}) \
             SERVER \"S v\"{};\n",
            options[gene.pick(13, 3)]
        );
        types.said.push(("FOREIGN TABLE", place.into()));
        if gene.pick(14, 3) == 1 {
            *out += &format!("CREATE VIEW of_far AS SELECT * FROM {place};\n");
        }
    }
}

/// What of the tables is told to others.
pub(crate) fn publication(n: usize, gene: &Gene, tables: &[Table], types: &mut Types, out: &mut String) {
    if !gene.is_there() {
        return;
    }
    let name = ["pub", "\"P b\""][n];
    let table = |at: usize| tables.get(gene.pick(at, 6)).and_then(Table::told);
    let is_whole = tables.get(gene.pick(1, 6)).is_some_and(|table| !table.is_partitioned());
    let of = match (gene.pick(0, 6), table(1), table(2)) {
        (0, ..) => " FOR ALL TABLES".to_owned(),
        (1, ..) => " FOR TABLES IN SCHEMA s".to_owned(),
        (2, Some(one), Some(two)) if one != two => format!(" FOR TABLE {one}, ONLY {two}"),
        (3, Some(one), _) if is_whole => format!(" FOR TABLE {one} (id, n)"),
        (4, Some(one), _) if is_whole => format!(" FOR TABLE {one} WHERE (id > 3)"),
        _ => String::new(),
    };
    let with = ["", " WITH (publish = 'insert')", " WITH (publish_via_partition_root)"][gene.pick(3, 3)];
    *out += &format!("CREATE PUBLICATION {name}{of}{with};\n");
    types.said.push(("PUBLICATION", name.into()));
}

pub(crate) fn event_trigger(gene: &Gene, types: &mut Types, out: &mut String) {
    if !gene.is_there() {
        return;
    }
    let event = ["ddl_command_end", "ddl_command_start", "sql_drop", "table_rewrite"][gene.pick(0, 4)];
    let tags = ["", " WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE')", " WHEN TAG IN ('ALTER TABLE')"];
    let tags = if event == "table_rewrite" && gene.pick(1, 3) == 1 { "" } else { tags[gene.pick(1, 3)] };
    *out += &format!(
        "CREATE FUNCTION ev() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';\n\
         CREATE EVENT TRIGGER \"e v\" ON {event}{tags} EXECUTE FUNCTION ev();\n"
    );
    if let enabled @ (1..) = gene.rarely(2, 4) {
        let how = ["ENABLE", "DISABLE", "ENABLE ALWAYS", "ENABLE REPLICA"][enabled];
        *out += &format!("ALTER EVENT TRIGGER \"e v\" {how};\n");
    }
    types.said.push(("EVENT TRIGGER", "\"e v\"".into()));
}

/// What is set for the database, or for a role in it.
pub(crate) fn setting(gene: &Gene, out: &mut String) {
    if !gene.is_there() {
        return;
    }
    let set = [
        "work_mem = ''8MB''",
        "work_mem = ''9MB''",
        "search_path = s, \"$user\", public",
        "app.mode = ''it''''s''",
        "statement_timeout = ''1h''",
    ][gene.pick(0, 5)];
    let whose = ["DATABASE %I", "ROLE law_b IN DATABASE %I"][gene.pick(1, 2)];
    *out +=
        &format!("DO $d$ BEGIN EXECUTE format('ALTER {whose} SET {set}', current_database()); END $d$;\n");
}

pub(crate) fn conversion(gene: &Gene, out: &mut String) {
    if gene.is_there() {
        let default = ["", "DEFAULT "][gene.pick(0, 2)];
        *out += &format!(
            "CREATE {default}CONVERSION s.\"Con v\" FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;\n"
        );
    }
}
