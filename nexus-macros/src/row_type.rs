//! Whether the type of a field can hold the values of a column.
//!
//! A macro sees how a type is written and not what it is: a name we know must be the right one,
//! a name we do not know is the author's own type, which sqlx checks when it reads a row.

use nexus_schema::codegen::{ColumnShape, RustType};
use syn::{GenericArgument, Path, PathArguments, Type};

/// Why a field does not fit its column: what to say, and what to write instead.
pub(crate) fn misfit(field: &Type, column: &ColumnShape) -> Option<String> {
    let name = column.id.name();
    let inner = argument_of(field, "Option");
    let wanted = column.type_.short();
    match (inner, column.nullable) {
        (None, true) if !is_own(field) || fits(field, &column.type_) => {
            let written = if fits(field, &column.type_) { written(field) } else { wanted };
            return Some(format!("column `{name}` can hold NULL: write `Option<{written}>`"));
        }
        (Some(inner), false) => {
            let written = if fits(inner, &column.type_) { written(inner) } else { wanted };
            return Some(format!("column `{name}` is NOT NULL: write `{written}` without `Option`"));
        }
        _ => {}
    }
    let value = inner.unwrap_or(field);
    if fits(value, &column.type_) {
        return None;
    }
    let wanted = if column.nullable { format!("Option<{wanted}>") } else { wanted };
    Some(format!("column `{name}` has type `{}`: write `{wanted}`", column.sql_type))
}

fn fits(field: &Type, type_: &RustType) -> bool {
    match type_ {
        RustType::Scalar(scalar) => match scalar.name {
            "Vec" => argument_of(field, "Vec").is_some_and(|item| is_named(item, "u8")) || is_own(field),
            name if is_named(field, name) => generics_fit(field, name),
            _ => scalar.also.iter().any(|also| is_named(field, also)) || is_own(field),
        },
        RustType::Array(item) => match argument_of(field, "Vec") {
            Some(inner) => fits(argument_of(inner, "Option").unwrap_or(inner), item),
            None => is_own(field),
        },
        RustType::Range(bound) => match argument_of(field, "PgRange") {
            Some(inner) => fits(inner, bound),
            None => is_own(field),
        },
        RustType::Id(_, inner) => fits(field, inner),
        RustType::Enum(_) | RustType::Custom(_) => is_own(field) || !is_named(field, "Vec"),
    }
}

/// `DateTime<Utc>` and its like: any time zone type will do, but a date is none.
fn generics_fit(field: &Type, name: &str) -> bool {
    name != "DateTime"
        || argument_of(field, name).is_none_or(|zone| {
            ["Utc", "Local", "FixedOffset"].iter().any(|known| is_named(zone, known)) || is_own(zone)
        })
}

/// Whether the type is one we know nothing of.
fn is_own(type_: &Type) -> bool {
    match last(type_) {
        Some((name, _)) => {
            let name = name.as_str();
            let primitive =
                ["u8", "u16", "u32", "u64", "u128", "i128", "usize", "isize", "char"].contains(&name);
            !primitive
                && !["Option", "Vec", "HashMap", "BTreeMap"].contains(&name)
                && !RustType::is_known(name)
        }
        None => matches!(type_, Type::Macro(_)),
    }
}

fn is_named(type_: &Type, wanted: &str) -> bool {
    last(type_).is_some_and(|(name, _)| name == wanted)
}

/// `T` of `wanted<T>`.
fn argument_of<'a>(type_: &'a Type, wanted: &str) -> Option<&'a Type> {
    let (name, path) = last(type_)?;
    let PathArguments::AngleBracketed(arguments) = &path.segments.last()?.arguments else { return None };
    let first = arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(type_) => Some(type_),
        _ => None,
    });
    first.filter(|_| name == wanted)
}

fn last(type_: &Type) -> Option<(String, &Path)> {
    match type_ {
        Type::Path(path) => path.path.segments.last().map(|s| (s.ident.to_string(), &path.path)),
        Type::Reference(reference) => last(&reference.elem),
        Type::Paren(paren) => last(&paren.elem),
        Type::Group(group) => last(&group.elem),
        _ => None,
    }
}

fn written(type_: &Type) -> String {
    let tokens = quote::quote!(#type_).to_string();
    tokens.replace(" :: ", "::").replace(" < ", "<").replace(" >", ">").replace(":: ", "::")
}
