//! Tables as boxes and foreign keys as lines between them: SVG that follows the page's colours.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use maud::{Markup, html};
use nexus_schema::catalog::ObjectId;

use super::book::{Book, Reference, Table};
use super::layout::{self, Layout, Point};

/// How wide a character of the diagram's font is.
const CHAR: f64 = 7.3;
/// How high a line of a box is.
const ROW: f64 = 20.0;
/// The space at the sides of a text.
const PAD: f64 = 10.0;
/// From how many tables on the boxes show their keys only.
const MANY: usize = 40;
/// How many characters of a name are shown.
const LONGEST: usize = 40;

/// What a diagram shows.
pub(super) struct Diagram<'a> {
    tables: Vec<&'a Table>,
    references: Vec<&'a Reference>,
    keys_only: bool,
    /// The table whose page the diagram is on.
    here: Option<&'a ObjectId>,
}

impl<'a> Diagram<'a> {
    /// All tables.
    pub(super) fn whole(book: &'a Book<'_>) -> Self {
        let tables: Vec<_> = book.tables().collect();
        let references = tables.iter().flat_map(|table| &table.references).collect();
        Self::over(tables, references, None)
    }

    /// A table with those next to it.
    pub(super) fn around(book: &'a Book<'_>, table: &'a Table) -> Self {
        let references: Vec<_> = table
            .references
            .iter()
            .chain(table.referenced_by.iter().filter(|reference| reference.from != reference.to))
            .collect();
        let ids: BTreeSet<_> =
            references.iter().flat_map(|it| [&it.from, &it.to]).chain([&table.id]).collect();
        let tables = ids.into_iter().filter_map(|id| book.table(id)).collect();
        Self::over(tables, references, Some(&table.id))
    }

    fn over(tables: Vec<&'a Table>, references: Vec<&'a Reference>, here: Option<&'a ObjectId>) -> Self {
        let known: BTreeSet<_> = tables.iter().map(|table| &table.id).collect();
        let inside = |it: &&Reference| known.contains(&it.from) && known.contains(&it.to);
        let references = references.into_iter().filter(inside).collect();
        Self { keys_only: tables.len() > MANY || here.is_some(), tables, references, here }
    }

    /// The diagram; `link` says where the page of a table is.
    pub(super) fn svg(&self, link: impl Fn(&ObjectId) -> String) -> Markup {
        let boxes: Vec<Vec<Row>> = self.tables.iter().map(|table| self.rows(table)).collect();
        let sizes: Vec<_> =
            self.tables.iter().zip(&boxes).map(|(table, rows)| size(&table.name, rows)).collect();
        let numbers: BTreeMap<_, _> =
            self.tables.iter().enumerate().map(|(n, table)| (&table.id, n)).collect();
        let number = |id: &ObjectId| numbers.get(id).copied().unwrap_or_default();
        let lines: Vec<_> = self.references.iter().map(|it| (number(&it.to), number(&it.from))).collect();
        let Layout { width, height, boxes: places, lines: paths } = layout::lay_out(&sizes, &lines);
        html! {
            svg .diagram xmlns="http://www.w3.org/2000/svg" role="img" aria-label="Entity diagram"
                viewBox=(format!("0 0 {width:.0} {height:.0}")) width=(format!("{width:.0}")) height=(format!("{height:.0}")) {
                defs {
                    marker id="many" viewBox="0 0 12 12" refX="12" refY="6" markerWidth="12" markerHeight="12" orient="auto" {
                        path d="M0,6 L12,0 M0,6 L12,6 M0,6 L12,12" {}
                    }
                }
                @for (reference, points) in self.references.iter().zip(&paths) {
                    path .edge d=(path(points)) marker-end="url(#many)" data-key=(reference.name) {
                        title { (reference.name) ": " (reference.columns.join(", ")) " → " (reference.target.join(", ")) }
                    }
                }
                @for (((table, rows), (width, height)), (x, y)) in self.tables.iter().zip(&boxes).zip(&sizes).zip(&places) {
                    a href=(link(&table.id)) {
                        g .box .here[self.here == Some(&table.id)] transform=(format!("translate({x:.1},{y:.1})")) {
                            title { (table.description) }
                            rect width=(format!("{width:.1}")) height=(format!("{height:.1}")) rx="6" {}
                            text .name x=(PAD) y="15" { (shown(&table.name)) }
                            @for (n, row) in (1_u32..).zip(rows) {
                                text .key[row.key] x=(PAD) y=(format!("{:.1}", f64::from(n) * ROW + 15.0)) {
                                    (shown(&row.name)) " " tspan .type { (shown(&row.type_)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    fn rows(&self, table: &Table) -> Vec<Row> {
        let shown =
            table.columns.iter().filter(|column| !self.keys_only || column.key || column.to.is_some());
        shown.map(|it| Row { name: it.name.clone(), type_: it.type_.clone(), key: it.key }).collect()
    }
}

/// A line of a box.
struct Row {
    name: String,
    type_: String,
    key: bool,
}

fn size(name: &str, rows: &[Row]) -> (f64, f64) {
    let lengths =
        rows.iter().map(|row| shown(&row.name).chars().count() + 1 + shown(&row.type_).chars().count());
    let longest = lengths.chain([shown(name).chars().count()]).max().unwrap_or_default();
    let longest = u32::try_from(longest).unwrap_or_default();
    let lines = u32::try_from(rows.len() + 1).unwrap_or_default();
    (f64::from(longest) * CHAR + 2.0 * PAD, f64::from(lines) * ROW + 4.0)
}

/// A name, or its beginning.
fn shown(name: &str) -> String {
    if name.chars().count() <= LONGEST {
        return name.to_owned();
    }
    name.chars().take(LONGEST - 1).chain(['…']).collect()
}

/// A smooth line through points.
fn path(points: &[Point]) -> String {
    let mut out = String::new();
    let mut rest = points.iter();
    let Some((mut x, mut y)) = rest.next().copied() else { return out };
    let _ = write!(out, "M{x:.1},{y:.1}");
    for (to_x, to_y) in rest.copied() {
        let middle = f64::midpoint(x, to_x);
        let _ = write!(out, " C{middle:.1},{y:.1} {middle:.1},{to_y:.1} {to_x:.1},{to_y:.1}");
        (x, y) = (to_x, to_y);
    }
    out
}
