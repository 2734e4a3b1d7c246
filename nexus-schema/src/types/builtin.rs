//! The types every database has.

macro_rules! define {
    ($($(#[$doc:meta])* $variant:ident $name:literal $($alias:literal)*,)*) => {
        /// A type that PostgreSQL brings along.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Builtin { $($(#[$doc])* $variant,)* }

        impl Builtin {
            /// Every built-in type.
            pub const ALL: &'static [Builtin] = &[$(Builtin::$variant,)*];

            /// The name as `format_type` spells it.
            pub fn name(self) -> &'static str {
                match self { $(Builtin::$variant => $name,)* }
            }

            /// Other names that people write for it.
            pub fn aliases(self) -> &'static [&'static str] {
                match self { $(Builtin::$variant => &[$($alias),*],)* }
            }
        }
    };
}

define! {
    /// `boolean`.
    Bool "boolean" "bool",
    /// `smallint`.
    Int2 "smallint" "int2",
    /// `integer`.
    Int4 "integer" "int" "int4",
    /// `bigint`.
    Int8 "bigint" "int8",
    /// `real`.
    Float4 "real" "float4",
    /// `double precision`.
    Float8 "double precision" "float8",
    /// `numeric`.
    Numeric "numeric" "decimal" "dec",
    /// `text`.
    Text "text",
    /// `character varying`.
    Varchar "character varying" "varchar",
    /// `character`, padded with blanks.
    Bpchar "character",
    /// The single-byte `"char"`.
    Char "\"char\"",
    /// `name`.
    Name "name",
    /// `bytea`.
    Bytea "bytea",
    /// `uuid`.
    Uuid "uuid",
    /// `json`.
    Json "json",
    /// `jsonb`.
    Jsonb "jsonb",
    /// `jsonpath`.
    JsonPath "jsonpath",
    /// `xml`.
    Xml "xml",
    /// `date`.
    Date "date",
    /// `time without time zone`.
    Time "time without time zone" "time",
    /// `time with time zone`.
    TimeTz "time with time zone" "timetz",
    /// `timestamp without time zone`.
    Timestamp "timestamp without time zone" "timestamp",
    /// `timestamp with time zone`.
    TimestampTz "timestamp with time zone" "timestamptz",
    /// `interval`, of any fields.
    Interval "interval",
    /// `inet`.
    Inet "inet",
    /// `cidr`.
    Cidr "cidr",
    /// `macaddr`.
    Macaddr "macaddr",
    /// `macaddr8`.
    Macaddr8 "macaddr8",
    /// `bit`.
    Bit "bit",
    /// `bit varying`.
    Varbit "bit varying" "varbit",
    /// `money`.
    Money "money",
    /// `oid`.
    Oid "oid",
    /// `point`.
    Point "point",
    /// `line`.
    Line "line",
    /// `lseg`.
    Lseg "lseg",
    /// `box`.
    Box "box",
    /// `path`.
    Path "path",
    /// `polygon`.
    Polygon "polygon",
    /// `circle`.
    Circle "circle",
    /// `tsvector`.
    TsVector "tsvector",
    /// `tsquery`.
    TsQuery "tsquery",
    /// `int4range`.
    Int4Range "int4range",
    /// `int8range`.
    Int8Range "int8range",
    /// `numrange`.
    NumRange "numrange",
    /// `tsrange`.
    TsRange "tsrange",
    /// `tstzrange`.
    TsTzRange "tstzrange",
    /// `daterange`.
    DateRange "daterange",
    /// `int4multirange`.
    Int4Multirange "int4multirange",
    /// `int8multirange`.
    Int8Multirange "int8multirange",
    /// `nummultirange`.
    NumMultirange "nummultirange",
    /// `tsmultirange`.
    TsMultirange "tsmultirange",
    /// `tstzmultirange`.
    TsTzMultirange "tstzmultirange",
    /// `datemultirange`.
    DateMultirange "datemultirange",
    /// `pg_lsn`.
    PgLsn "pg_lsn",
    /// `pg_snapshot`.
    PgSnapshot "pg_snapshot",
    /// `txid_snapshot`.
    TxidSnapshot "txid_snapshot",
    /// `xid`.
    Xid "xid",
    /// `xid8`.
    Xid8 "xid8",
    /// `cid`.
    Cid "cid",
    /// `tid`.
    Tid "tid",
    /// `int2vector`.
    Int2Vector "int2vector",
    /// `oidvector`.
    OidVector "oidvector",
    /// `regclass`.
    RegClass "regclass",
    /// `regcollation`.
    RegCollation "regcollation",
    /// `regconfig`.
    RegConfig "regconfig",
    /// `regdictionary`.
    RegDictionary "regdictionary",
    /// `regnamespace`.
    RegNamespace "regnamespace",
    /// `regoper`.
    RegOper "regoper",
    /// `regoperator`.
    RegOperator "regoperator",
    /// `regproc`.
    RegProc "regproc",
    /// `regprocedure`.
    RegProcedure "regprocedure",
    /// `regrole`.
    RegRole "regrole",
    /// `regtype`.
    RegType "regtype",
    /// `refcursor`.
    RefCursor "refcursor",
    /// `aclitem`.
    AclItem "aclitem",
}

impl Builtin {
    /// The type that `format_type` calls by this name; interval fields are looked past.
    pub fn from_name(name: &str) -> Option<Builtin> {
        if name.starts_with("interval ") {
            return Some(Builtin::Interval);
        }
        // Blank-padded text without a length has a name of its own, see `format_type_extended` in PostgreSQL.
        if name == "bpchar" {
            return Some(Builtin::Bpchar);
        }
        Self::ALL.iter().copied().find(|builtin| builtin.name() == name)
    }

    /// The type with this name or alias.
    pub fn from_alias(name: &str) -> Option<Builtin> {
        let found = Self::ALL.iter().copied().find(|builtin| builtin.aliases().contains(&name));
        found.or_else(|| Self::from_name(name))
    }

    /// Whether it is `smallint`, `integer` or `bigint`.
    pub fn is_integer(self) -> bool {
        matches!(self, Builtin::Int2 | Builtin::Int4 | Builtin::Int8)
    }

    /// Whether it is a string of characters with a collation.
    pub fn is_text(self) -> bool {
        matches!(self, Builtin::Text | Builtin::Varchar | Builtin::Bpchar | Builtin::Name)
    }
}
