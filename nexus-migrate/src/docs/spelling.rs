//! Types and expressions as documents spell them: the short names that people write, in capitals.

use nexus_schema::types::{Builtin, TypeRef};

/// A type: `VARCHAR(255)`, `DECIMAL(15,2)`, `TIMESTAMP`; one that somebody made keeps its own spelling.
pub(super) fn type_name(text: &str) -> String {
    let Ok(type_) = TypeRef::parse(text) else { return text.to_owned() };
    let name = match type_.builtin() {
        None => return text.to_owned(),
        Some(Builtin::Numeric) => "DECIMAL".into(),
        Some(Builtin::Varchar) => "VARCHAR".into(),
        Some(Builtin::Bpchar) => "CHAR".into(),
        Some(Builtin::Timestamp) => "TIMESTAMP".into(),
        Some(Builtin::TimestampTz) => "TIMESTAMPTZ".into(),
        Some(Builtin::Time) => "TIME".into(),
        Some(Builtin::TimeTz) => "TIMETZ".into(),
        Some(_) => type_.name.to_uppercase(),
    };
    let numbers: Vec<String> = type_.modifiers.iter().map(ToString::to_string).collect();
    let numbers = if numbers.is_empty() { String::new() } else { format!("({})", numbers.join(",")) };
    format!("{name}{numbers}{}", if type_.array { "[]" } else { "" })
}

/// A default: a constant without the cast that the server adds to it, and `NOW()`.
pub(super) fn default(expr: &str) -> String {
    if expr == "now()" {
        return "NOW()".into();
    }
    constant(expr).unwrap_or(expr).to_owned()
}

/// The quoted constant that the expression is, if all that follows it is a cast.
fn constant(expr: &str) -> Option<&str> {
    let inside = expr.strip_prefix('\'')?;
    let mut chars = inside.char_indices().peekable();
    let end = loop {
        match chars.next()? {
            (_, '\'') if chars.peek().is_some_and(|(_, next)| *next == '\'') => {
                chars.next();
            }
            (at, '\'') => break at,
            _ => {}
        }
    };
    let (text, cast) = expr.split_at(end + 2);
    let cast = cast.strip_prefix("::")?;
    TypeRef::parse(cast).is_ok().then_some(text)
}

#[cfg(test)]
mod tests {
    use super::{default, type_name};

    #[test]
    fn types_are_short() {
        for (of, is) in [
            ("character varying(255)", "VARCHAR(255)"),
            ("numeric(15,2)", "DECIMAL(15,2)"),
            ("timestamp without time zone", "TIMESTAMP"),
            ("timestamp(3) with time zone[]", "TIMESTAMPTZ(3)[]"),
            ("double precision", "DOUBLE PRECISION"),
            ("uuid", "UUID"),
            ("public.mood[]", "public.mood[]"),
            ("mood", "mood"),
        ] {
            assert_eq!(type_name(of), is);
        }
    }

    #[test]
    fn only_a_cast_of_a_whole_constant_goes() {
        for (of, is) in [
            ("'pending'::character varying", "'pending'"),
            ("'it''s'::text", "'it''s'"),
            ("'a'::text || 'b'::text", "'a'::text || 'b'::text"),
            ("'unfinished", "'unfinished"),
            ("now()", "NOW()"),
            ("0.00", "0.00"),
        ] {
            assert_eq!(default(of), is);
        }
    }
}
