//! The SQL that finds what is of a person, erases it, or exports it: statements of one transaction.
//!
//! Names the person by the key alone, so that no log of statements gets any other value.

use std::collections::BTreeSet;

use nexus_schema::catalog::ObjectId;
use nexus_schema::document::Declared;

use super::Subject;
use super::reach::{Edge, Fate, Reach, Reached, tags};
use crate::sql::Pen;

/// A query for a part of what is exported; it gives one list.
#[derive(Debug, Clone)]
pub struct Export {
    /// Where the rows are.
    pub from: ObjectId,
    /// The table that they are about: another one than where they are, for those of a trail.
    pub about: ObjectId,
    /// The query.
    pub query: String,
}

/// Whether a row goes, in the tables of keys.
const GOES: &str = "nexus_goes";

/// Where the keys of a person's rows in a table are kept meanwhile.
fn keys(place: usize) -> [String; 2] {
    ["pg_temp".to_owned(), format!("nexus_of_{place}")]
}

/// Finds the rows of a person; leaves their keys in temporary tables.
pub fn collect(reach: &Reach, subject: &Subject) -> Vec<String> {
    let mut all = vec![
        // What a server refuses it describes in its log, rows and all, unless it is told not to; not everybody may.
        Pen::kw("SELECT set_config('log_error_verbosity', 'terse', true)")
            .and("WHERE has_parameter_privilege('log_error_verbosity', 'SET')")
            .end(),
        // Rows that a policy hides would be left behind: that is to be an error.
        Pen::kw("SET LOCAL row_security = off").end(),
    ];
    for (place, reached) in reach.tables.iter().enumerate() {
        let columns = reached.key.iter().map(|name| Pen::new().ident(name));
        let make = Pen::kw("CREATE TEMPORARY TABLE").ident(&keys(place)[1]).and("ON COMMIT DROP AS SELECT");
        let make = make.commas(columns).and(", false AS").ident(GOES).and("FROM").name(reached.table.path());
        all.push(make.and("WHERE false").end());
        let key = Pen::kw("ALTER TABLE").name(keys(place)).and("ADD PRIMARY KEY").idents(&reached.key);
        all.push(key.end());
    }
    let Some(root) = reach.tables.first() else { return all };
    let first = Pen::kw("INSERT INTO").name(keys(0)).and("SELECT");
    let first = first.commas(root.key.iter().map(|name| Pen::new().ident(name))).text(",");
    let first =
        first.and(if root.goes { "true" } else { "false" }).and("FROM").name(root.table.path()).and("WHERE");
    let same = root.key.iter().map(|name| Pen::new().ident(name).text("=").literal(&subject.key));
    // New rows that would refer to it wait, and find it gone.
    all.push(and(first, same).and("FOR UPDATE").end());
    let mut rounds = String::new();
    for edge in reach.edges.iter().filter(|edge| matches!(edge.fate, Fate::Delete | Fate::Anonymise)) {
        if let Some(insert) = follow(reach, edge) {
            rounds += &format!(
                "    {};\n    GET DIAGNOSTICS n = ROW_COUNT;\n    found := found + n;\n",
                insert.end()
            );
        }
    }
    if !rounds.is_empty() {
        let body = format!(
            "\nDECLARE n bigint; found bigint;\nBEGIN\n  LOOP\n    found := 0;\n{rounds}    EXIT WHEN found = 0;\n  END LOOP;\nEND\n"
        );
        all.push(Pen::kw("DO").dollar(&body).end());
    }
    all
}

/// Adds the rows that refer to rows that are found.
fn follow(reach: &Reach, edge: &Edge) -> Option<Pen> {
    let (child, parent) = (reach.place(&edge.child)?, reach.place(&edge.parent)?);
    let key = &reach.tables[child].key;
    let columns = || key.iter().map(|name| Pen::new().name(["c", name.as_str()]));
    let goes = match (edge.fate, edge.always) {
        (Fate::Delete, true) => Pen::kw("true"),
        (Fate::Delete, false) => Pen::new().name(["o", GOES]),
        _ => Pen::kw("false"),
    };
    let insert = Pen::kw("INSERT INTO").name(keys(child)).and("AS k SELECT").commas(columns());
    let insert = insert.text(", bool_or(").pen(goes).text(") FROM").name(edge.child.path()).and("AS c JOIN");
    let insert = insert.name(edge.parent.path()).and("AS p ON");
    let insert = and(insert, equal("c", &edge.columns, "p", &edge.target)).and("JOIN").name(keys(parent));
    let parent_key = &reach.tables[parent].key;
    let insert = and(insert.and("AS o ON"), equal("o", parent_key, "p", parent_key)).and("GROUP BY");
    let insert = insert.commas(columns()).and("ON CONFLICT").idents(key).and("DO UPDATE SET").ident(GOES);
    Some(insert.and("= true WHERE").name(["excluded", GOES]).and("AND NOT").name(["k", GOES]))
}

/// Erases what is found, children first, and takes what is tagged out of the trail.
pub fn erase(reach: &Reach) -> Vec<String> {
    let mut all = Vec::new();
    for edge in &reach.edges {
        all.extend(forget(reach, edge).map(Pen::end));
    }
    for (place, reached) in reach.tables.iter().enumerate() {
        let set = reached.tagged.iter().filter_map(|(column, blank)| {
            Some(Pen::new().ident(column.name()).text("=").pen(blank.as_ref()?.value.clone()))
        });
        let set: Vec<_> = set.collect();
        if !set.is_empty() {
            let update = Pen::kw("UPDATE").name(reached.table.path()).and("AS t SET").commas(set).and("FROM");
            let update = update.name(keys(place)).and("AS o WHERE NOT").name(["o", GOES]).and("AND");
            all.push(and(update, equal("t", &reached.key, "o", &reached.key)).end());
        }
    }
    for place in children_first(reach) {
        let reached = &reach.tables[place];
        if reached.goes {
            let delete =
                Pen::kw("DELETE FROM").name(reached.table.path()).and("AS t USING").name(keys(place));
            let delete = delete.and("AS o WHERE").name(["o", GOES]).and("AND");
            all.push(and(delete, equal("t", &reached.key, "o", &reached.key)).end());
        }
    }
    for (place, reached) in reach.tables.iter().enumerate() {
        all.extend(scrub(place, reached).map(Pen::end));
    }
    all
}

/// Takes a reference away from rows that stay.
fn forget(reach: &Reach, edge: &Edge) -> Option<Pen> {
    let parent = reach.place(&edge.parent)?;
    if !edge.nullable || !matches!(edge.fate, Fate::Null | Fate::Anonymise) {
        return None;
    }
    let set = edge.columns.iter().map(|name| Pen::new().ident(name).text("= NULL"));
    let update = Pen::kw("UPDATE").name(edge.child.path()).and("AS c SET").commas(set).and("FROM");
    let update = update.name(edge.parent.path()).and("AS p,").name(keys(parent)).and("AS o WHERE");
    let key = &reach.tables[parent].key;
    let same = equal("c", &edge.columns, "p", &edge.target).into_iter().chain(equal("o", key, "p", key));
    let only_gone = edge.fate == Fate::Anonymise || !edge.always;
    let gone = only_gone.then(|| Pen::new().name(["o", GOES]));
    Some(and(update, same.chain(gone)))
}

/// Takes what is tagged out of what the trail keeps of a table's rows.
fn scrub(place: usize, reached: &Reached) -> Option<Pen> {
    let trail = reached.trail.as_ref().filter(|_| !reached.tagged.is_empty())?;
    let names = || {
        let names = reached.tagged.iter().map(|(column, _)| Pen::new().literal(column.name()));
        Pen::kw("- ARRAY[").commas(names).text("]::text[]")
    };
    let set = ["old_values", "new_values"]
        .map(|name| Pen::new().ident(name).text("=").name(["a", name]).pen(names()));
    let update =
        Pen::kw("UPDATE").name(trail.path()).and("AS a SET").commas(set).and("FROM").name(keys(place));
    let update = update.and("AS o WHERE").name(["a", "table_name"]).text("=").literal(reached.table.name());
    Some(update.and("AND").name(["a", "record_id"]).text("=").pen(record(reached)))
}

/// The id by which the trail names a row.
fn record(reached: &Reached) -> Pen {
    let key = || reached.key.iter().map(|name| Pen::new().name(["o", name.as_str()]));
    match reached.key_is_id {
        true => Pen::new().commas(key()),
        false => Pen::kw("md5(jsonb_build_array(").commas(key()).text(")::text)::uuid"),
    }
}

/// How many rows of each table go, and how many stay, in the order of the tables.
pub fn tally(reach: &Reach) -> String {
    let counts = reach.tables.iter().enumerate().map(|(place, _)| {
        let count =
            Pen::kw("SELECT count(*) FILTER (WHERE").ident(GOES).text("), count(*) FILTER (WHERE NOT");
        count.ident(GOES).text(") FROM").name(keys(place)).end()
    });
    counts.collect::<Vec<_>>().join(";\n")
}

/// What is found as JSON, a query for each table and for its trail: rows whole, but for what is sensitive and nobody's.
pub fn exported(declared: &Declared, reach: &Reach) -> Vec<Export> {
    let mut all = Vec::new();
    for (place, reached) in reach.tables.iter().enumerate() {
        let hidden = declared.catalog.columns(&reached.table).into_iter().filter(|(id, _)| {
            let tags = tags(declared, id);
            tags.sensitive && !tags.pii
        });
        let hidden: Vec<_> = hidden.map(|(id, _)| Pen::new().literal(id.name())).collect();
        let mut row = Pen::kw("to_jsonb(t)");
        if !hidden.is_empty() {
            row = row.text("- ARRAY[").commas(hidden).text("]::text[]");
        }
        let query = Pen::kw("SELECT coalesce(jsonb_agg(").pen(row).and("ORDER BY");
        let query = query.commas(reached.key.iter().map(|name| Pen::new().name(["t", name.as_str()])));
        let query = query.text("), '[]') FROM").name(reached.table.path()).and("AS t JOIN").name(keys(place));
        let query = and(query.and("AS o ON"), equal("t", &reached.key, "o", &reached.key));
        all.push(Export { from: reached.table.clone(), about: reached.table.clone(), query: query.end() });
        if let Some(trail) = &reached.trail {
            let query = Pen::kw("SELECT coalesce(jsonb_agg(to_jsonb(a) ORDER BY a::text), '[]') FROM");
            let query = query.name(trail.path()).and("AS a JOIN").name(keys(place)).and("AS o ON");
            let query = query.name(["a", "table_name"]).text("=").literal(reached.table.name()).and("AND");
            let query = query.name(["a", "record_id"]).text("=").pen(record(reached));
            all.push(Export { from: trail.clone(), about: reached.table.clone(), query: query.end() });
        }
    }
    all
}

/// The places of the tables, those that refer before those that they refer to, as far as there is such an order.
fn children_first(reach: &Reach) -> Vec<usize> {
    fn visit(reach: &Reach, place: usize, seen: &mut BTreeSet<usize>, order: &mut Vec<usize>) {
        if !seen.insert(place) {
            return;
        }
        for edge in reach.edges.iter().filter(|edge| edge.parent == reach.tables[place].table) {
            if let Some(child) = reach.place(&edge.child) {
                visit(reach, child, seen, order);
            }
        }
        order.push(place);
    }
    let (mut seen, mut order) = (BTreeSet::new(), Vec::new());
    for place in 0..reach.tables.len() {
        visit(reach, place, &mut seen, &mut order);
    }
    order
}

fn equal(one: &str, columns: &[String], other: &str, others: &[String]) -> Vec<Pen> {
    let pairs = columns.iter().zip(others);
    pairs.map(|(a, b)| Pen::new().name([one, a.as_str()]).text("=").name([other, b.as_str()])).collect()
}

fn and(pen: Pen, conditions: impl IntoIterator<Item = Pen>) -> Pen {
    let mut link = "";
    conditions.into_iter().fold(pen, |pen, condition| {
        let pen = pen.and_if(!link.is_empty(), link).pen(condition);
        link = "AND";
        pen
    })
}
