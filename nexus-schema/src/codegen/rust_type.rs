//! Which Rust type holds a value of a PostgreSQL type, and what that Rust type can do.
//!
//! Knows PostgreSQL's own types and the Rust types sqlx decodes them as; user-defined types are resolved in `shape`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

/// The Rust type of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RustType {
    /// A type of Rust, std or a well-known crate.
    Scalar(&'static Scalar),
    /// A list; PostgreSQL does not say how deep, sqlx reads one dimension.
    Array(Box<RustType>),
    /// A range over a type.
    Range(Box<RustType>),
    /// A generated enum, by its name.
    Enum(String),
    /// A generated id type, by its name, and what it wraps.
    Id(String, Box<RustType>),
    /// What the schema's author wrote in `rust: { type: … }`.
    Custom(String),
}

/// A Rust type that holds one or more of PostgreSQL's types.
#[derive(Debug, PartialEq, Eq)]
pub struct Scalar {
    /// The names PostgreSQL's catalog and `format_type` have for the types it holds.
    pub sql: &'static [&'static str],
    /// Its last name in Rust, such as `NaiveDate`.
    pub name: &'static str,
    /// The module it is found in, below the private re-exports; empty for a primitive.
    module: &'static str,
    /// Its generic arguments: primitives, or paths below the private re-exports.
    arguments: &'static [&'static str],
    /// Other Rust types, by last name, that sqlx reads the same SQL types as.
    pub also: &'static [&'static str],
    traits: Traits,
}

/// Which traits a type implements besides `Clone`, `Debug` and `PartialEq`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Traits {
    /// `Copy`.
    pub copy: bool,
    /// `Eq`.
    pub eq: bool,
    /// `Hash`.
    pub hash: bool,
    /// `Ord`.
    pub ord: bool,
    /// `Display`.
    pub display: bool,
}

const fn traits(letters: &str) -> Traits {
    let bytes = letters.as_bytes();
    let mut found = Traits { copy: false, eq: false, hash: false, ord: false, display: false };
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'c' => found.copy = true,
            b'e' => found.eq = true,
            b'h' => found.hash = true,
            b'o' => found.ord = true,
            b'd' => found.display = true,
            _ => {}
        }
        at += 1;
    }
    found
}

const fn scalar(
    sql: &'static [&'static str],
    module: &'static str,
    name: &'static str,
    letters: &str,
    also: &'static [&'static str],
) -> Scalar {
    Scalar { sql, name, module, arguments: &[], also, traits: traits(letters) }
}

const fn generic(arguments: &'static [&'static str], scalar: Scalar) -> Scalar {
    Scalar { arguments, ..scalar }
}

const STRING: &str = "std::string";
const PG: &str = "sqlx::postgres::types";
const CHRONO: &str = "chrono";

/// What sqlx 0.9 decodes (the table in the docs of `sqlx::postgres::types`), less what needs a feature we do not turn on.
static SCALARS: &[Scalar] = &[
    scalar(&["bool", "boolean"], "", "bool", "cehod", &[]),
    scalar(&["\"char\""], "", "i8", "cehod", &[]),
    scalar(&["int2", "smallint", "smallserial", "serial2"], "", "i16", "cehod", &["NonZeroI16"]),
    scalar(&["int4", "integer", "int", "serial", "serial4"], "", "i32", "cehod", &["NonZeroI32"]),
    scalar(&["int8", "bigint", "bigserial", "serial8"], "", "i64", "cehod", &["NonZeroI64"]),
    scalar(&["float4", "real"], "", "f32", "cd", &[]),
    scalar(&["float8", "double precision", "float"], "", "f64", "cd", &[]),
    scalar(&["numeric", "decimal", "dec"], "rust_decimal", "Decimal", "cehod", &["BigDecimal"]),
    scalar(
        &["text", "varchar", "character varying", "bpchar", "character", "char", "name", "citext"],
        STRING,
        "String",
        "ehod",
        &["str", "Cow", "PgCiText"],
    ),
    generic(&["u8"], scalar(&["bytea"], "std::vec", "Vec", "eho", &[])),
    scalar(&["uuid"], "uuid", "Uuid", "cehod", &["Hyphenated", "Simple"]),
    scalar(
        &["json", "jsonb"],
        "serde_json",
        "Value",
        "ed",
        &["Json", "JsonValue", "RawValue", "JsonRawValue"],
    ),
    scalar(&["date"], CHRONO, "NaiveDate", "cehod", &["Date"]),
    scalar(&["time", "time without time zone"], CHRONO, "NaiveTime", "cehod", &["Time"]),
    scalar(
        &["timestamp", "timestamp without time zone"],
        CHRONO,
        "NaiveDateTime",
        "cehod",
        &["PrimitiveDateTime"],
    ),
    generic(
        &["chrono::Utc"],
        scalar(
            &["timestamptz", "timestamp with time zone"],
            CHRONO,
            "DateTime",
            "cehod",
            &["OffsetDateTime"],
        ),
    ),
    generic(
        &["chrono::NaiveTime", "chrono::FixedOffset"],
        scalar(&["timetz", "time with time zone"], PG, "PgTimeTz", "c", &[]),
    ),
    scalar(&["interval"], PG, "PgInterval", "ceh", &["Duration", "TimeDelta"]),
    scalar(&["inet", "cidr"], "ipnetwork", "IpNetwork", "cehod", &["IpAddr"]),
    scalar(&["money"], PG, "PgMoney", "ce", &[]),
    scalar(&["oid"], PG, "Oid", "ceh", &[]),
    scalar(&["point"], PG, "PgPoint", "", &[]),
    scalar(&["line"], PG, "PgLine", "", &[]),
    scalar(&["lseg"], PG, "PgLSeg", "", &[]),
    scalar(&["box"], PG, "PgBox", "", &[]),
    scalar(&["path"], PG, "PgPath", "", &[]),
    scalar(&["polygon"], PG, "PgPolygon", "", &[]),
    scalar(&["circle"], PG, "PgCircle", "", &[]),
    scalar(&["hstore"], PG, "PgHstore", "e", &[]),
    // sqlx takes `citext` for a `String`, but not `citext[]` for a `Vec<String>`.
    scalar(&["citext[]"], PG, "PgCiText", "", &[]),
    scalar(&["ltree"], PG, "PgLTree", "", &[]),
    scalar(&["lquery"], PG, "PgLQuery", "", &[]),
    scalar(&["cube"], PG, "PgCube", "", &[]),
];

/// PostgreSQL's own range types that sqlx reads, with their subtypes.
const RANGES: &[(&str, &str)] = &[
    ("int4range", "int4"),
    ("int8range", "int8"),
    ("numrange", "numeric"),
    ("tsrange", "timestamp"),
    ("tstzrange", "timestamptz"),
    ("daterange", "date"),
];

impl RustType {
    /// The Rust type of one of PostgreSQL's own types, by any of its names without modifiers; `"char"` with its quotes.
    ///
    /// ```
    /// use nexus_schema::codegen::RustType;
    /// let RustType::Scalar(scalar) = RustType::of_builtin("timestamp with time zone").unwrap() else { panic!() };
    /// assert_eq!(scalar.name, "DateTime");
    /// assert!(RustType::of_builtin("tsvector").is_none());
    /// ```
    pub fn of_builtin(name: &str) -> Option<Self> {
        if let Some((_, subtype)) = RANGES.iter().find(|(range, _)| *range == name) {
            return Self::of_builtin(subtype).map(|bound| Self::Range(Box::new(bound)));
        }
        SCALARS.iter().find(|scalar| scalar.sql.contains(&name)).map(Self::Scalar)
    }

    /// Whether a Rust type with this last name is one that this module maps SQL types to, or an alternative to one.
    pub fn is_known(name: &str) -> bool {
        name == "PgRange" || SCALARS.iter().any(|s| s.name == name || s.also.contains(&name))
    }

    /// What the type implements besides `Clone`, `Debug` and `PartialEq`.
    pub fn traits(&self) -> Traits {
        match self {
            Self::Scalar(scalar) => scalar.traits,
            Self::Array(item) => Traits { copy: false, display: false, ..item.traits() },
            Self::Range(bound) => Traits { hash: false, ord: false, display: false, ..bound.traits() },
            Self::Enum(_) => traits("cehod"),
            Self::Id(_, inner) => inner.traits(),
            Self::Custom(_) => traits(""),
        }
    }

    /// The type as generated code spells it, where `private` is the path of the private re-exports.
    pub fn tokens(&self, private: &TokenStream) -> TokenStream {
        match self {
            Self::Scalar(scalar) => scalar.tokens(private),
            Self::Array(item) => {
                let item = item.tokens(private);
                quote!(#private::std::vec::Vec<#item>)
            }
            Self::Range(bound) => {
                let bound = bound.tokens(private);
                quote!(#private::sqlx::postgres::types::PgRange<#bound>)
            }
            Self::Enum(name) | Self::Id(name, _) => {
                let name = super::names::ident(name);
                quote!(#name)
            }
            Self::Custom(text) => text.parse().expect("`shape` has checked that the text is a type"),
        }
    }

    /// The type as a person would write it.
    pub fn short(&self) -> String {
        match self {
            Self::Scalar(Scalar { name, arguments: [], .. }) => (*name).to_owned(),
            Self::Scalar(Scalar { name, arguments, .. }) => {
                let last = |path: &&'static str| path.rsplit("::").next().unwrap_or(path);
                format!("{name}<{}>", arguments.iter().map(last).collect::<Vec<_>>().join(", "))
            }
            Self::Array(item) => format!("Vec<{}>", item.short()),
            Self::Range(bound) => format!("PgRange<{}>", bound.short()),
            Self::Enum(name) | Self::Id(name, _) => name.clone(),
            Self::Custom(text) => text.clone(),
        }
    }
}

impl Scalar {
    fn tokens(&self, private: &TokenStream) -> TokenStream {
        let path = |module: &str, name: &str| -> TokenStream {
            let steps = module.split("::").filter(|step| !step.is_empty()).chain([name]);
            let steps = steps.map(|step| Ident::new(step, Span::call_site()));
            quote!(#(#steps)::*)
        };
        let argument = |argument: &&str| match argument.rsplit_once("::") {
            Some((module, name)) => {
                let path = path(module, name);
                quote!(#private::#path)
            }
            None => path("", argument),
        };
        let name = path(self.module, self.name);
        let arguments = self.arguments.iter().map(argument);
        let arguments = (!self.arguments.is_empty()).then(|| quote!(<#(#arguments),*>));
        match self.module {
            "" => name,
            _ => quote!(#private::#name #arguments),
        }
    }
}
