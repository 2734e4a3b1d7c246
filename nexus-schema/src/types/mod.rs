//! PostgreSQL types: read from how people write them, printed as `format_type` prints them.
//!
//! Knows nothing of columns, files or servers.

mod builtin;
mod name;
mod parse;

use std::fmt;

pub use builtin::Builtin;
pub use name::quote_ident;
#[cfg(feature = "parse")]
pub(crate) use name::split;
pub use parse::TypeError;

/// A type as a column names it.
///
/// ```
/// use nexus_schema::types::{Builtin, TypeRef};
///
/// let price = TypeRef::parse("decimal(15, 2)").unwrap();
/// assert_eq!(price.to_string(), "numeric(15,2)");
/// assert_eq!(price.builtin(), Some(Builtin::Numeric));
/// assert_eq!(TypeRef::parse("timestamptz(3)[]").unwrap().to_string(), "timestamp(3) with time zone[]");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeRef {
    /// The schema, where one is named; never `pg_catalog` for a type that is built in.
    pub schema: Option<String>,
    /// The name as `format_type` spells it, without modifiers: `character varying`, `interval day to second`.
    pub name: String,
    /// The numbers in parentheses.
    pub modifiers: Vec<i32>,
    /// Whether it is an array, of whatever dimensions: PostgreSQL keeps no count of them.
    pub array: bool,
}

impl TypeRef {
    /// Reads a type in any spelling that PostgreSQL takes, such as `int8`, `varchar(255)`, `text[]` or `auth."Role"`.
    ///
    /// Fails on what is not a type, on modifiers that the type refuses, and on `serial`, which is not a type.
    pub fn parse(text: &str) -> Result<TypeRef, TypeError> {
        parse::parse(text)
    }

    /// A type without modifiers that is not an array.
    pub fn plain(schema: Option<&str>, name: &str) -> TypeRef {
        TypeRef {
            schema: schema.map(String::from),
            name: name.to_owned(),
            modifiers: Vec::new(),
            array: false,
        }
    }

    /// The built-in type this is, or is an array of; `None` for a type that somebody made.
    pub fn builtin(&self) -> Option<Builtin> {
        match &self.schema {
            None => Builtin::from_name(&self.name),
            Some(_) => None,
        }
    }

    /// The type of the elements of this array, or the type itself.
    pub fn element(&self) -> TypeRef {
        TypeRef { array: false, ..self.clone() }
    }
}

impl fmt::Display for TypeRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers = match self.modifiers.as_slice() {
            [] => String::new(),
            numbers => {
                let numbers: Vec<_> = numbers.iter().map(i32::to_string).collect();
                format!("({})", numbers.join(","))
            }
        };
        match (&self.schema, self.builtin()) {
            (Some(schema), _) => write!(f, "{}.{}{numbers}", quote_ident(schema), quote_ident(&self.name))?,
            // A bit string without a length is not `BIT`, which has length one: `format_type` says so by quoting.
            (None, Some(Builtin::Bit)) if numbers.is_empty() => f.write_str("\"bit\"")?,
            (None, Some(_)) => match self.name.find(" with") {
                Some(at) => write!(f, "{}{numbers}{}", &self.name[..at], &self.name[at..])?,
                None => write!(f, "{}{numbers}", self.name)?,
            },
            (None, None) => write!(f, "{}{numbers}", quote_ident(&self.name))?,
        }
        f.write_str(if self.array { "[]" } else { "" })
    }
}
