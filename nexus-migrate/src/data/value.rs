//! What takes the place of a value that is taken away.

use nexus_schema::catalog::{Catalog, Object, ObjectId};
use nexus_schema::document::Tags;
use nexus_schema::kinds::{Column, Sql};
use nexus_schema::types::{Builtin, TypeRef};

use crate::sql::Pen;

/// What takes a value's place, and which rows have it already.
#[derive(Debug, Clone)]
pub(super) struct Blank {
    /// The value.
    pub(super) value: Pen,
    /// The condition for a row that still has another one.
    pub(super) due: Pen,
}

/// What takes the place of a column's value; nothing where the type has none that says nothing.
pub(super) fn blank(catalog: &Catalog, id: &ObjectId, tags: &Tags) -> Option<Blank> {
    let Some(Object::Column(column)) = catalog.get(id) else { return None };
    let name = || Pen::new().ident(id.name());
    if let Some(expr) = &tags.erase_with {
        let value = Pen::new().list([Pen::new().sql(&Sql(expr.clone()))]);
        return Some(Blank { due: name().and("IS DISTINCT FROM").pen(value.clone()), value });
    }
    if !column.not_null {
        return Some(Blank { value: Pen::kw("NULL"), due: name().and("IS NOT NULL") });
    }
    let (value, pattern) = of_type(column)?;
    let due = match pattern {
        Some(pattern) => name().and("NOT LIKE").literal(pattern),
        None => name().text("::text IS DISTINCT FROM").pen(value.clone()).text("::text"),
    };
    Some(Blank { value, due })
}

/// A value of a type that says nothing, and how such a text is told.
fn of_type(column: &Column) -> Option<(Pen, Option<&'static str>)> {
    use Builtin as B;
    let type_ = TypeRef::parse(&column.type_).ok()?;
    let constant = |text: &str| Some((Pen::new().literal(text).text("::").text(&column.type_), None));
    if type_.array {
        return constant("{}");
    }
    match type_.builtin()? {
        B::Text | B::Varchar | B::Bpchar | B::Name => {
            let long = type_.modifiers.first().copied().unwrap_or(63);
            // As long as there is room, two of them differ: the column may be unique.
            let random = "'erased-' || replace(gen_random_uuid()::text, '-', '')";
            let pattern = if long >= 7 { "erased-%" } else { "%" };
            Some((Pen::kw("left(").text(random).text(",").number(long.into()).text(")"), Some(pattern)))
        }
        B::Uuid => Some((Pen::kw("gen_random_uuid()"), None)),
        B::Int2 | B::Int4 | B::Int8 | B::Numeric | B::Float4 | B::Float8 => constant("0"),
        B::Bool => constant("false"),
        B::Date | B::Timestamp | B::TimestampTz => constant("epoch"),
        B::Inet | B::Cidr => constant("0.0.0.0"),
        B::Json | B::Jsonb => constant("{}"),
        B::Bytea => constant(""),
        _ => None,
    }
}

/// Whether a column holds a time by which rows can be told old.
pub(super) fn is_time(column: &Column) -> bool {
    let type_ = TypeRef::parse(&column.type_).ok().filter(|type_| !type_.array);
    let builtin = type_.and_then(|type_| type_.builtin());
    matches!(builtin, Some(Builtin::Date | Builtin::Timestamp | Builtin::TimestampTz))
}
