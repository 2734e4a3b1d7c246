//! Catalogs for the tests of generated code, written short.

use nexus_schema::catalog::{Catalog, Kind, ObjectId};
use nexus_schema::kinds::{
    Action, Column, Comment, Constraint, ConstraintBody, Default, Domain, Enum, Match, Sql, Table,
};

/// A catalog in the making.
#[derive(std::default::Default)]
pub(crate) struct Sketch(pub(crate) Catalog);

impl Sketch {
    /// A table whose columns are `name type`, `!` before a type that refuses NULL; the first `keys` columns are the key.
    pub(crate) fn table(&mut self, name: &str, keys: usize, columns: &[(&str, &str)]) -> ObjectId {
        let (schema, name) = name.split_once('.').unwrap_or(("public", name));
        let id = ObjectId::new(Kind::Table, [schema, name]);
        self.0.insert(id.clone(), Table::default());
        for (ordinal, (column, type_)) in (1..).zip(columns) {
            let not_null = type_.starts_with('!');
            let column_id = id.child(Kind::Column, *column);
            let object = Column { not_null, ..Column::of_type(type_.trim_start_matches('!'), ordinal) };
            self.0.insert(column_id, object);
        }
        if keys > 0 {
            let columns = columns.iter().take(keys).map(|(name, _)| (*name).to_owned()).collect();
            let body = ConstraintBody::PrimaryKey {
                columns,
                include: Vec::new(),
                options: Vec::new().into(),
                tablespace: None,
                without_overlaps: false,
            };
            self.0.insert(id.child(Kind::Constraint, format!("{name}_pkey")), Constraint::plain(body));
        }
        id
    }

    /// A foreign key from one column to another.
    pub(crate) fn refers(&mut self, table: &ObjectId, column: &str, to: &ObjectId, target: &str) {
        let body = ConstraintBody::ForeignKey {
            columns: vec![column.to_owned()],
            table: [to.schema().to_owned(), to.name().to_owned()],
            target: vec![target.to_owned()],
            match_: Match::Simple,
            on_update: Action::NoAction,
            on_delete: Action::NoAction,
            on_delete_columns: Vec::new(),
            period: false,
        };
        self.0.insert(table.child(Kind::Constraint, format!("{column}_fkey")), Constraint::plain(body));
    }

    /// An enum.
    pub(crate) fn labels(&mut self, name: &str, labels: &[&str]) -> ObjectId {
        let (schema, name) = name.split_once('.').unwrap_or(("public", name));
        let id = ObjectId::new(Kind::Enum, [schema, name]);
        self.0.insert(id.clone(), Enum { labels: labels.iter().map(|l| (*l).to_owned()).collect() });
        id
    }

    /// A domain.
    pub(crate) fn domain(&mut self, name: &str, base: &str, not_null: bool) {
        let id = ObjectId::new(Kind::Domain, ["public", name]);
        self.0.insert(id, Domain { base: base.into(), collation: None, not_null, default: None });
    }

    /// A comment on an object.
    pub(crate) fn comment(&mut self, id: &ObjectId, text: &str) {
        self.0.insert(id.of(Kind::Comment, []), Comment { text: text.into() });
    }

    /// A default of a column.
    pub(crate) fn defaults(&mut self, table: &ObjectId, column: &str, expr: &str) {
        self.0.insert(table.child(Kind::Default, column), Default { expr: Sql::from(expr) });
    }
}

/// Ids, references, nullability, enums, domains, comments: what a service has.
pub(crate) fn shop() -> Catalog {
    let mut s = Sketch::default();
    let status = s.labels("order_status", &["new", "in progress", "2nd try", "self", ""]);
    s.comment(&status, "Where an order is.");
    s.labels("auth.Level", &["low", "high"]);
    s.domain("email", "character varying(255)", true);
    let users = s.table(
        "users",
        1,
        &[
            ("id", "uuid"),
            ("email", "email"),
            ("first_name", "character varying(100)"),
            ("level", "auth.\"Level\""),
            ("is_active", "boolean"),
            ("manager_id", "uuid"),
            ("tags", "text[]"),
        ],
    );
    s.comment(&users, "People who can sign in.\n\nSee `auth` for <their> [rights].");
    s.comment(&users.child(Kind::Column, "email"), "The address.");
    s.defaults(&users, "is_active", "true");
    s.refers(&users, "manager_id", &users, "id");
    let profiles = s.table("profiles", 1, &[("user_id", "uuid"), ("bio", "text")]);
    s.refers(&profiles, "user_id", &users, "id");
    let orders = s.table(
        "orders",
        1,
        &[
            ("id", "bigint"),
            ("user_id", "!uuid"),
            ("status", "!order_status"),
            ("history", "order_status[]"),
            ("total", "!numeric(15,2)"),
            ("placed", "!timestamp with time zone"),
            ("type", "text"),
            ("user", "text"),
            ("Mixed Case", "integer"),
        ],
    );
    s.refers(&orders, "user_id", &users, "id");
    let lines = s.table("order_lines", 2, &[("order_id", "bigint"), ("line", "integer"), ("weight", "real")]);
    s.refers(&lines, "order_id", &orders, "id");
    s.table("countries", 1, &[("code", "character(2)"), ("name", "!text")]);
    s.table("log", 0, &[("at", "!timestamp without time zone")]);
    s.0
}

/// One column of every type that sqlx reads.
pub(crate) fn types() -> Catalog {
    let mut s = Sketch::default();
    let names = [
        "bool",
        "\"char\"",
        "smallint",
        "integer",
        "bigint",
        "real",
        "double precision",
        "numeric(10,2)",
        "text",
        "character varying(3)",
        "character(3)",
        "name",
        "citext",
        "bytea",
        "uuid",
        "json",
        "jsonb",
        "date",
        "time",
        "timestamp without time zone",
        "timestamp(3) with time zone",
        "time with time zone",
        "interval",
        "inet",
        "cidr",
        "money",
        "oid",
        "point",
        "line",
        "lseg",
        "box",
        "path",
        "polygon",
        "circle",
        "public.hstore",
        "ltree",
        "lquery",
        "cube",
        "int4range",
        "int8range",
        "numrange",
        "tsrange",
        "tstzrange",
        "daterange",
        "integer[]",
        "uuid[]",
        "jsonb[]",
        "int4range[]",
        "bytea[]",
    ];
    let columns: Vec<(String, String)> =
        names.iter().enumerate().map(|(n, name)| (format!("c{n}"), format!("!{name}"))).collect();
    let columns: Vec<_> = columns.iter().map(|(name, type_)| (name.as_str(), type_.as_str())).collect();
    s.table("everything", 0, &columns);
    for (n, type_) in ["real", "bytea", "interval", "boolean", "point"].iter().enumerate() {
        s.table(&format!("key_{n}"), 1, &[("id", type_)]);
    }
    s.0
}

/// Names and texts that mean harm.
pub(crate) fn hostile() -> Catalog {
    let mut s = Sketch::default();
    let words = [
        "type",
        "self",
        "crate",
        "super",
        "try",
        "gen",
        "async",
        "row",
        "r#try",
        "1st",
        "_",
        "__x",
        "Größe",
        "\"; drop",
        "*/ struct X;",
        "#{a}",
        "${b}",
        "user name",
        "userName2",
        "`tick`",
        "\u{202e}evil",
        "new\nline",
    ];
    let columns: Vec<_> = words.iter().map(|word| (*word, "text")).collect();
    let table = s.table("Select */ From", 0, &columns);
    s.comment(
        &table,
        "*/ #[evil] ``` \u{202e}\n```rust\npanic!()\n```\n    fn indented() {}\r\\ \"# [link] <b>",
    );
    s.table("self", 1, &[("id", "uuid")]);
    for word in ["Option", "String", "Vec", "Result", "str", "core", "std", "Some", "Ok", "Eq", "clone"] {
        s.table(&format!("{word}_"), 1, &[("id", "integer"), ("x", "text")]);
    }
    s.labels("option_kind", &["Self", "Ok", "Err", "ok or", "*/ x", "\u{202e}"]);
    s.0
}
