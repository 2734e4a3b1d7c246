//! The only place that spells names, literals and keywords.
//!
//! Everything that reaches a server or a migration file is written with a [`Pen`]. Text that the pen does not
//! quote is either a keyword given as `&'static str` or an expression that an author or a server wrote as SQL.

mod apart;
mod keywords;

use nexus_schema::kinds::Sql;

use apart::name_list;
pub use apart::undotted;

/// What a line of a file's head begins with that may run again after it ran in part: each batch takes only rows that
/// are not filled yet.
pub const REPEATABLE: &str = "-- Repeatable";

/// Writes one SQL statement, word by word, with single spaces between.
///
/// ```
/// use nexus_migrate::sql::Pen;
/// let sql = Pen::kw("DROP TABLE").name(["public", "order"]).end();
/// assert_eq!(sql, "DROP TABLE public.\"order\"");
/// ```
#[derive(Debug, Clone, Default)]
pub struct Pen {
    text: String,
}

impl Pen {
    /// Begins a statement with a keyword.
    pub fn kw(word: &'static str) -> Self {
        Self { text: word.into() }
    }

    /// An empty piece, for parts of statements.
    pub fn new() -> Self {
        Self::default()
    }

    fn word(mut self, word: &str) -> Self {
        if !self.text.is_empty() && !self.text.ends_with(['(', '\n', ' ']) {
            self.text.push(' ');
        }
        self.text.push_str(word);
        self
    }

    /// A keyword.
    pub fn and(self, word: &'static str) -> Self {
        self.word(word)
    }

    /// A keyword if the condition holds.
    pub fn and_if(self, condition: bool, word: &'static str) -> Self {
        if condition { self.word(word) } else { self }
    }

    /// A word that PostgreSQL itself gave for an option or a privilege: letters, digits, `_` and spaces; anything else
    /// is quoted as a name.
    pub fn option_word(self, word: &str) -> Self {
        let plain = word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == ' ');
        let word = if plain { word.to_owned() } else { quote_name(word) };
        self.word(&word)
    }

    /// A name, dotted, each part quoted where it must be.
    pub fn name<S: AsRef<str>>(self, path: impl IntoIterator<Item = S>) -> Self {
        let dotted = dotted(path);
        self.word(&dotted)
    }

    /// A single name.
    pub fn ident(self, name: &str) -> Self {
        let quoted = quote_name(name);
        self.word(&quoted)
    }

    /// A list of names in parentheses.
    pub fn idents<S: AsRef<str>>(self, names: impl IntoIterator<Item = S>) -> Self {
        let list: Vec<_> = names.into_iter().map(|n| quote_name(n.as_ref())).collect();
        self.word(&format!("({})", list.join(", ")))
    }

    /// A role, or PUBLIC for the empty name.
    pub fn role(self, name: &str) -> Self {
        if name.is_empty() { self.word("PUBLIC") } else { self.ident(name) }
    }

    /// A string literal.
    pub fn literal(self, text: &str) -> Self {
        let quoted = quote_literal(text);
        self.word(&quoted)
    }

    /// An integer.
    pub fn number(self, n: i64) -> Self {
        self.word(&n.to_string())
    }

    /// A decimal number that a server printed; anything else becomes a literal.
    pub fn option_number(self, number: &str) -> Self {
        if number.parse::<f64>().is_ok_and(f64::is_finite) { self.word(number) } else { self.literal(number) }
    }

    /// A setting as the catalogs hold it, `name=value`: `name TO 'value'`, a list as several literals.
    pub fn setting(self, setting: &str) -> Self {
        let (name, value) = setting.split_once('=').unwrap_or((setting, ""));
        let to = self.word(&dotted(name.split('.'))).word("TO");
        if !LIST_SETTINGS.contains(&name) {
            return to.literal(value);
        }
        to.commas(name_list(value).iter().map(|item| Pen::new().literal(item)))
    }

    /// SQL written by an author or a server.
    pub fn sql(self, sql: &Sql) -> Self {
        self.word(sql.as_str())
    }

    /// A type as `format_type` spelled it, or another piece of SQL that a server gave.
    pub fn text(self, sql: &str) -> Self {
        self.word(sql)
    }

    /// What another pen wrote.
    pub fn pen(self, other: Pen) -> Self {
        if other.text.is_empty() { self } else { self.word(&other.text) }
    }

    /// Another statement after this one, in the same step.
    pub fn then(mut self, other: Pen) -> Self {
        self.text.push_str(";\n");
        self.text.push_str(&other.text);
        self
    }

    /// Pieces in parentheses with commas between.
    pub fn list(self, pieces: impl IntoIterator<Item = Pen>) -> Self {
        let pieces: Vec<_> = pieces.into_iter().map(|p| p.text).collect();
        self.word(&format!("({})", pieces.join(", ")))
    }

    /// Pieces in parentheses, one a line.
    pub fn lines(self, pieces: impl IntoIterator<Item = Pen>) -> Self {
        let pieces: Vec<_> = pieces.into_iter().map(|p| format!("\n    {}", p.text)).collect();
        let close = if pieces.is_empty() { ")" } else { "\n)" };
        self.word(&format!("({}{close}", pieces.join(",")))
    }

    /// Pieces with commas between, each on a line of its own, without parentheses.
    pub fn rows(mut self, pieces: impl IntoIterator<Item = Pen>) -> Self {
        let pieces: Vec<_> = pieces.into_iter().map(|p| format!("\n    {}", p.text)).collect();
        self.text.push_str(&pieces.join(","));
        self
    }

    /// Pieces with commas between.
    pub fn commas(self, pieces: impl IntoIterator<Item = Pen>) -> Self {
        let pieces: Vec<_> = pieces.into_iter().map(|p| p.text).collect();
        self.word(&pieces.join(", "))
    }

    /// Options as the catalogs hold them, `name=value`, in parentheses; the name may carry a `toast.` prefix.
    pub fn options(self, options: &[String]) -> Self {
        let pieces = options.iter().map(|option| match option.split_once('=') {
            Some((name, value)) => Pen { text: format!("{}={}", option_name(name), quote_literal(value)) },
            None => Pen { text: option_name(option) },
        });
        self.list(pieces)
    }

    /// The names alone of such options.
    pub fn option_names<'a>(self, options: impl IntoIterator<Item = &'a String>) -> Self {
        self.list(options.into_iter().map(|option| {
            let name = option.split_once('=').map_or(option.as_str(), |(name, _)| name);
            Pen { text: option_name(name) }
        }))
    }

    /// Options of a foreign-data wrapper as the catalogs hold them, `name=value`: `OPTIONS (name 'value')`, or nothing.
    pub fn foreign_options(self, options: &[String]) -> Self {
        if options.is_empty() {
            return self;
        }
        self.word("OPTIONS").list(options.iter().map(|option| Pen::new().foreign_option(option)))
    }

    /// One such option: `name 'value'`.
    pub fn foreign_option(self, option: &str) -> Self {
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        self.ident(name).literal(value)
    }

    /// Texts as one literal, an array of `text`; `None` is NULL.
    pub fn text_array<'t>(self, items: impl IntoIterator<Item = Option<&'t str>>) -> Self {
        let item = |text: Option<&str>| match text {
            Some(text) => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
            None => "NULL".into(),
        };
        let items: Vec<_> = items.into_iter().map(item).collect();
        let array = quote_literal(&format!("{{{}}}", items.join(",")));
        self.word(&format!("{array}::text[]"))
    }

    /// Fails with a message if a query finds a row.
    pub fn refuse_if_exists(query: Pen, message: &str) -> Self {
        let (query, message) = (query.text, quote_literal(message));
        Self::kw("DO").dollar(&format!(
            "BEGIN IF EXISTS ({query}) THEN RAISE EXCEPTION USING MESSAGE = {message}; END IF; END"
        ))
    }

    /// Runs a statement unless a query finds a row.
    pub fn unless_exists(query: Pen, statement: Pen) -> Self {
        let (query, statement) = (query.text, statement.text);
        Self::kw("DO").dollar(&format!("BEGIN IF NOT EXISTS ({query}) THEN {statement}; END IF; END"))
    }

    /// Makes what belongs to the whole server unless a query finds it, whoever makes it in another database meanwhile.
    ///
    /// Who may lock the catalog of roles waits there until the others are done: a lock on a shared catalog is the only
    /// one that all databases of a server see. Who may not, and comes second, is refused (`unique_violation`) and is to
    /// try again.
    pub fn once_on_the_server(query: Pen, statement: Pen) -> Self {
        let (query, statement) = (query.text, statement.text);
        Self::kw("DO").dollar(&format!(
            "BEGIN IF NOT EXISTS ({query}) THEN \
             IF has_table_privilege('pg_catalog.pg_authid', 'UPDATE') THEN \
             LOCK TABLE pg_catalog.pg_authid IN SHARE ROW EXCLUSIVE MODE; END IF; \
             IF NOT EXISTS ({query}) THEN {statement}; END IF; END IF; END"
        ))
    }

    /// Runs `before`, the name of the database that it runs in, and `after` as one statement.
    pub fn in_this_database(before: Pen, after: Pen) -> Self {
        let pattern = format!("{} %I {}", before.text.replace('%', "%%"), after.text.replace('%', "%%"));
        let call = format!("EXECUTE format({}, current_database());", quote_literal(&pattern));
        Self::kw("DO").dollar(&format!("BEGIN {call} END"))
    }

    /// Sets a column of all rows that have none in it to its default, some pages at a time with a commit after each.
    ///
    /// Runs in no transaction, and may be stopped and run again anywhere. Goes over the table again for rows that moved
    /// meanwhile, for as long as there are fewer of them each time.
    pub fn in_batches<S: AsRef<str>>(table: impl IntoIterator<Item = S>, column: &str) -> Self {
        let due = format!("it.{} IS NULL", quote_name(column));
        Self::batches(&dotted(table), column, "DEFAULT", &due)
    }

    /// The same with a value that is computed from the row's others, where the column has another one.
    pub fn in_batches_from<S: AsRef<str>>(
        table: impl IntoIterator<Item = S>,
        column: &str,
        value: &str,
    ) -> Self {
        let due = format!("it.{}::text IS DISTINCT FROM (it.{value})::text", quote_name(column));
        Self::batches(&dotted(table), column, &format!("it.{value}"), &due)
    }

    fn batches(table: &str, column: &str, value: &str, due: &str) -> Self {
        let (column, relation) = (quote_name(column), quote_literal(table));
        let blanks = [
            ("relation", relation.as_str()),
            ("table", table),
            ("column", &column),
            ("value", value),
            ("due", due),
        ];
        let head = format!("{REPEATABLE}: rows that are filled stay so.\nDO");
        Self { text: head }.dollar(&filled_in(include_str!("batches.sql"), &blanks))
    }

    /// The number of a table's own rows, and the sum of their hashes, which does not hang on their order.
    pub fn rows_hashed<S: AsRef<str>>(table: impl IntoIterator<Item = S>) -> Self {
        // The first half of each hash, as a number; `(row.*)` is the row, whatever its columns are called.
        let row = "convert_to((nexus_row.*)::text, 'UTF8')";
        let hash = format!("('x' || encode(substr(sha256({row}), 1, 8), 'hex'))::bit(64)::bigint");
        Self::kw("SELECT count(*),")
            .text(&format!("coalesce(sum({hash}), 0)"))
            .and("FROM ONLY")
            .name(table)
            .and("AS nexus_row")
    }

    /// A function body or another long text between dollar quotes that do not occur in it.
    pub fn dollar(self, text: &str) -> Self {
        let mut tag = String::from("$$");
        let mut n = 0;
        while text.contains(&tag) || text.ends_with('$') && tag == "$$" {
            tag = if n == 0 { "$body$".into() } else { format!("$body{n}$") };
            n += 1;
        }
        self.word(&format!("{tag}{text}{tag}"))
    }

    /// A call's arguments: string literals in parentheses.
    pub fn literals<S: AsRef<str>>(mut self, items: impl IntoIterator<Item = S>) -> Self {
        let list: Vec<_> = items.into_iter().map(|n| quote_literal(n.as_ref())).collect();
        self.text.push_str(&format!("({})", list.join(", ")));
        self
    }

    /// The statement, without a semicolon.
    pub fn end(self) -> String {
        self.text
    }
}

/// Settings whose values are lists of names (GUC_LIST_QUOTE in PostgreSQL's sources).
const LIST_SETTINGS: &[&str] = &[
    "local_preload_libraries",
    "search_path",
    "session_preload_libraries",
    "shared_preload_libraries",
    "temp_tablespaces",
    "unix_socket_directories",
];

fn option_name(name: &str) -> String {
    dotted(name.splitn(2, '.'))
}

/// A dotted name, each part quoted where it must be.
pub fn dotted<S: AsRef<str>>(path: impl IntoIterator<Item = S>) -> String {
    let parts: Vec<_> = path.into_iter().map(|part| quote_name(part.as_ref())).collect();
    parts.join(".")
}

/// A name as PostgreSQL's `quote_ident` would write it: bare where that is safe, else in double quotes.
///
/// NUL cannot be part of a name and is left out.
///
/// ```
/// assert_eq!(nexus_migrate::sql::quote_name("users"), "users");
/// assert_eq!(nexus_migrate::sql::quote_name("a\"b"), "\"a\"\"b\"");
/// assert_eq!(nexus_migrate::sql::quote_name("select"), "\"select\"");
/// ```
pub fn quote_name(name: &str) -> String {
    let starts_well = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    let plain = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if starts_well && plain && !keywords::is_reserved(name) {
        return name.to_owned();
    }
    format!("\"{}\"", name.replace('\0', "").replace('"', "\"\""))
}

/// A string literal that reads the same whatever `standard_conforming_strings` says.
///
/// NUL cannot be part of a text and is left out.
///
/// ```
/// assert_eq!(nexus_migrate::sql::quote_literal("it's"), "'it''s'");
/// assert_eq!(nexus_migrate::sql::quote_literal("a\\b"), "E'a\\\\b'");
/// ```
pub fn quote_literal(text: &str) -> String {
    let doubled = text.replace('\0', "").replace('\'', "''");
    if doubled.contains('\\') {
        format!("E'{}'", doubled.replace('\\', "\\\\"))
    } else {
        format!("'{doubled}'")
    }
}

/// The words of a text as names: in double quotes as they stand, else in lower case.
pub fn mentions(text: &str) -> std::collections::BTreeSet<String> {
    let bare = text.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).map(str::to_lowercase);
    let quoted = text.split('"').skip(1).step_by(2).map(String::from);
    bare.chain(quoted).collect()
}

/// The text as the body of SQL comment lines, each begun with `-- `: a line break in it cannot end the comment.
pub fn comment_lines(text: &str) -> String {
    text.split(['\n', '\r']).map(|line| format!("-- {line}").trim_end().to_owned() + "\n").collect()
}

/// The first letters of a text, at most so many bytes.
pub fn shortened(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or_default()).unwrap_or_default()
}

/// A text of ours with its blanks, names in braces, filled in; what is filled in is not looked at again.
fn filled_in(text: &str, blanks: &[(&str, &str)]) -> String {
    let pieces = text.split('{').enumerate().map(|(n, piece)| match piece.split_once('}') {
        Some((name, rest)) if n > 0 => {
            let value = blanks.iter().find(|(blank, _)| *blank == name).map_or("", |(_, value)| value);
            format!("{value}{rest}")
        }
        _ => piece.to_owned(),
    });
    pieces.collect()
}
