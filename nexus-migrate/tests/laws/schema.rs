//! From genes to SQL: what is there, in an order in which it can be made.

use crate::genes::Genes;
use crate::parts::{self, Types};
use crate::rest;
use crate::table::{self, Table};

/// Places of genes.
const ENUMS: [usize; 2] = [0, 1];
const DOMAINS: [usize; 2] = [2, 3];
const COMPOSITE: usize = 4;
const RANGE: usize = 5;
const SEQUENCES: [usize; 2] = [6, 7];
const CALLED: usize = 8;
const TRIGGERED: usize = 9;
const TABLES: [usize; 5] = [10, 11, 12, 13, 14];
const PARTITIONED: usize = 15;
const CHILD: usize = 16;
const PROGRAMS: [usize; 3] = [17, 18, 19];
const VIEWS: [usize; 5] = [20, 21, 22, 23, 24];
const PRIVILEGES: usize = 25;
const SAID: [usize; 6] = [26, 27, 28, 29, 30, 31];
const OTHERS: [usize; 2] = [32, 33];
const COLLATION: usize = 34;
const OPERATOR: usize = 35;
const CAST: usize = 36;
const TEXT_SEARCH: usize = 37;
const FOREIGN: usize = 38;
const PUBLICATIONS: [usize; 2] = [39, 40];
const EVENT_TRIGGER: usize = 41;
const SETTINGS: [usize; 2] = [42, 43];
const CONVERSION: usize = 44;
const PRIVILEGES_TOO: usize = 45;

/// The statements that make the schema, where there is a schema `s` already.
pub(crate) fn sql(genes: &Genes) -> String {
    let mut out = String::new();
    let mut types = Types::default();
    for (n, place) in ENUMS.into_iter().enumerate() {
        parts::enumeration(n, &genes.at(place), &mut types, &mut out);
    }
    parts::called(&genes.at(CALLED), &mut types, &mut out);
    for (n, place) in DOMAINS.into_iter().enumerate() {
        parts::domain(n, &genes.at(place), &mut types, &mut out);
    }
    parts::composite(&genes.at(COMPOSITE), &mut types, &mut out);
    parts::range(&genes.at(RANGE), &mut types, &mut out);
    for (n, place) in SEQUENCES.into_iter().enumerate() {
        parts::sequence(n, &genes.at(place), &mut types, &mut out);
    }
    rest::collation(&genes.at(COLLATION), &mut types, &mut out);
    rest::operator(&genes.at(OPERATOR), &mut types, &mut out);
    rest::cast(&genes.at(CAST), &types, &mut out);
    rest::text_search(&genes.at(TEXT_SEARCH), &mut types, &mut out);
    rest::foreign(&genes.at(FOREIGN), &mut types, &mut out);
    rest::conversion(&genes.at(CONVERSION), &mut out);
    parts::triggered(&genes.at(TRIGGERED), &mut types, &mut out);
    let mut tables: Vec<Table> = Vec::new();
    for (n, place) in TABLES.into_iter().enumerate() {
        tables.extend(table::plain(n, &genes.at(place), &types, &mut out));
    }
    tables.extend(table::partitioned(&genes.at(PARTITIONED), &types, &mut out));
    tables.extend(table::child(&genes.at(CHILD), &tables, &types, &mut out));
    for table in &tables {
        table.keys(&tables, &mut out);
    }
    for (n, place) in PROGRAMS.into_iter().enumerate() {
        parts::program(n, &genes.at(place), &tables, &types, &mut out);
    }
    let mut views = Vec::new();
    for (n, place) in VIEWS.into_iter().enumerate() {
        parts::view(n, &genes.at(place), &tables, &types, &mut views, &mut out);
    }
    for table in &tables {
        table.stand_on(&types, &tables, &mut out);
    }
    for place in OTHERS {
        parts::owned(&genes.at(place), &tables, &types, &mut out);
    }
    for (n, place) in PUBLICATIONS.into_iter().enumerate() {
        rest::publication(n, &genes.at(place), &tables, &mut types, &mut out);
    }
    rest::event_trigger(&genes.at(EVENT_TRIGGER), &mut types, &mut out);
    for place in SETTINGS {
        rest::setting(&genes.at(place), &mut out);
    }
    for place in SAID {
        parts::said(&genes.at(place), &tables, &types, &views, &mut out);
    }
    // Last, so that it holds for nothing here: what is made later is the planner's business.
    for place in [PRIVILEGES, PRIVILEGES_TOO] {
        parts::privileges(&genes.at(place), &mut out);
    }
    out
}
