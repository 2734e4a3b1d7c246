//! How a type that cannot be changed in place gives way to another of its name.
//!
//! The old type takes another name, the new one its place, every column is carried over by its text, and the old one goes
//! at the end. Types that are made of it (a domain over an enum, a composite type with it) go the same way.

use nexus_schema::catalog::{Catalog, Kind, Object, ObjectId};

use super::{Cx, column, inheritance};
use crate::plan::Steps;
use crate::sql::{Pen, dotted, quote_name, shortened};

/// The name that the old type has until it goes.
fn old_name(id: &ObjectId) -> String {
    // Names have at most 63 bytes.
    format!("{}__old", shortened(id.name(), 58))
}

/// Gives the old type another name.
pub(crate) fn step_aside(id: &ObjectId, out: &mut Steps) {
    out.run(Pen::kw("ALTER TYPE").name(id.path()).and("RENAME TO").ident(&old_name(id)));
}

/// Drops the old types, all at once: they may be made of each other.
pub(crate) fn leave<'a>(types: impl IntoIterator<Item = &'a ObjectId>) -> Pen {
    let names = types.into_iter().map(|id| Pen::new().name([id.schema(), old_name(id).as_str()]));
    Pen::kw("DROP TYPE").commas(names)
}

/// Carries a column over to the type that now has the name; a child's column comes along with its parent's.
pub(super) fn carry(cx: &Cx, id: &ObjectId, type_: &str, out: &mut Steps) {
    let table = id.ancestor(Kind::Table, 2);
    let parents = inheritance::kept_parents(cx, &table).into_iter();
    if parents.map(|parent| parent.child(Kind::Column, id.name())).any(|column| cx.next.contains(&column)) {
        return;
    }
    let alter = Pen::kw("ALTER TABLE").name(table.path()).and("ALTER COLUMN").ident(id.name());
    let retyped = alter.and("TYPE").text(type_);
    if column::has_foreign_part(cx.prev, &table) {
        // Its rows are somebody else's, and PostgreSQL converts none.
        out.run(retyped);
        return;
    }
    let through = if type_.ends_with("[]") { "::text[]::" } else { "::text::" };
    out.run(retyped.and("USING").text(&format!("{}{through}{type_}", quote_name(id.name()))));
}

/// Whether columns hold values of a domain inside of other values, in arrays or composite types: PostgreSQL does not look
/// there, and so lets nothing be demanded of it that was not before.
pub(super) fn is_inside(state: &Catalog, domain: &ObjectId) -> bool {
    let whole = dotted(domain.path());
    state.iter().any(|(id, entry)| {
        let needs_it = || entry.requires.contains(domain);
        match &entry.object {
            Object::Column(column) => needs_it() && column.type_ != whole,
            Object::Domain(other) => needs_it() && (other.base != whole || is_inside(state, id)),
            _ => is_type(id.kind()) && needs_it(),
        }
    })
}

/// Whether objects of this kind are types, in whose place another one can come.
pub(super) fn is_type(kind: Kind) -> bool {
    matches!(kind, Kind::Enum | Kind::Domain | Kind::Composite | Kind::Range | Kind::BaseType)
}
