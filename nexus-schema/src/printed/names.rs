//! Names and types as one writes them in a schema file, and which names need not be written.

use std::collections::BTreeMap;

use crate::catalog::{Catalog, Kind, ObjectId};
pub(super) use crate::resolve::names::spell;
use crate::types::{Builtin, TypeRef};

/// The key under which an object stands in its section.
pub(super) fn of_id(id: &ObjectId) -> String {
    match (id.kind(), id.path()) {
        (kind, [schema, name]) if kind.lives_in_schema() => qualified([schema, name]),
        // A name without a schema is taken as it is written.
        _ => id.name().to_owned(),
    }
}

/// `name` in the schema public, else `schema.name`.
pub(super) fn qualified([schema, name]: [&str; 2]) -> String {
    if schema == "public" { spell(&[name]) } else { spell(&[schema, name]) }
}

/// `schema.name` of a path.
pub(super) fn of_path([schema, name]: &[String; 2]) -> String {
    qualified([schema, name])
}

/// `function(types)`, its name spelled.
pub(super) fn signature(schema: &str, name: &str, arguments: &str) -> String {
    let spelled = qualified([schema, name]);
    let spelled = match name.contains(['(', ')']) && !spelled.contains('"') {
        true => spelled.replace(name, &format!("\"{name}\"")),
        false => spelled,
    };
    format!("{spelled}({arguments})")
}

/// A type as people write it: `varchar(255)`, `timestamptz`, `mood`.
pub(super) fn type_(text: &str) -> String {
    let Ok(parsed) = TypeRef::parse(text) else { return text.to_owned() };
    let Some(short) = short(&parsed) else { return text.to_owned() };
    match TypeRef::parse(&short) {
        Ok(again) if again == parsed => short,
        // The resolver looks in `public` by itself.
        Ok(again) if again.builtin().is_none() && with_public(&again) == parsed => short,
        _ => text.to_owned(),
    }
}

fn with_public(type_: &TypeRef) -> TypeRef {
    TypeRef { schema: type_.schema.clone().or_else(|| Some("public".into())), ..type_.clone() }
}

fn short(type_: &TypeRef) -> Option<String> {
    let own = type_.to_string();
    let (long, alias) = match type_.builtin() {
        Some(builtin) => (builtin.name(), alias(builtin)?),
        None => return own.strip_prefix("public.").map(String::from),
    };
    // `timestamp(3) without time zone` has its number in the middle.
    let (head, tail) = match long.find(" with") {
        Some(at) => long.split_at(at),
        None => (long, ""),
    };
    let rest = own.strip_prefix(head)?;
    let numbers = rest.strip_suffix("[]").unwrap_or(rest).strip_suffix(tail)?;
    Some(format!("{alias}{numbers}{}", if type_.array { "[]" } else { "" }))
}

fn alias(builtin: Builtin) -> Option<&'static str> {
    Some(match builtin {
        Builtin::Varchar => "varchar",
        Builtin::Varbit => "varbit",
        Builtin::Bpchar => "char",
        Builtin::Timestamp => "timestamp",
        Builtin::TimestampTz => "timestamptz",
        Builtin::Time => "time",
        Builtin::TimeTz => "timetz",
        _ => return None,
    })
}

/// How often each name is that of a constraint, by schema: PostgreSQL and the resolver choose none that is taken.
pub(super) struct ConstraintNames(BTreeMap<(String, String), usize>);

impl ConstraintNames {
    pub(super) fn of(catalog: &Catalog) -> Self {
        let mut count = BTreeMap::new();
        let domains = catalog.of_kind(Kind::DomainCheck);
        for (id, _) in catalog.of_kind(Kind::Constraint).chain(domains) {
            *count.entry((id.schema().to_owned(), id.name().to_owned())).or_default() += 1;
        }
        Self(count)
    }

    /// Whether the resolver gives a constraint this name by itself, where it is the first choice.
    pub(super) fn is_free(&self, schema: &str, name: &str) -> bool {
        self.times(schema, name) <= 1
    }

    /// How many constraints of the schema have the name.
    pub(super) fn times(&self, schema: &str, name: &str) -> usize {
        self.0.get(&(schema.to_owned(), name.to_owned())).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_written_as_people_do() {
        let table = [
            ("character varying(255)", "varchar(255)"),
            ("character varying[]", "varchar[]"),
            ("timestamp without time zone", "timestamp"),
            ("timestamp(3) with time zone[]", "timestamptz(3)[]"),
            ("numeric(15,2)", "numeric(15,2)"),
            ("character(1)", "char(1)"),
            ("bpchar", "bpchar"),
            ("\"char\"", "\"char\""),
            ("public.mood", "mood"),
            ("public.mood[]", "mood[]"),
            ("public.\"Mood\"", "\"Mood\""),
            ("public.\"integer\"", "public.\"integer\""),
            ("public.\"text\"", "public.\"text\""),
            ("auth.mood", "auth.mood"),
            ("double precision", "double precision"),
            ("interval day to second(3)", "interval day to second(3)"),
        ];
        for (own, short) in table {
            let own = TypeRef::parse(own).map_or(own.to_owned(), |_| own.to_owned());
            assert_eq!(type_(&own), short, "{own}");
        }
    }
}
