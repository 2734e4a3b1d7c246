//! How PostgreSQL quotes a name, and how authors write one with its schema.

/// Key words that cannot stand unquoted as any name.
///
/// Measured: the 151 words that `pg_get_keywords()` of PostgreSQL 15.20 has outside of category U. On top of them, not
/// measured: `json`, `json_…`, `merge_action` and `system_user`, for later versions. Quotes too many change no meaning.
const KEYWORDS: &str = " all analyse analyze and any array as asc asymmetric authorization between bigint binary bit \
boolean both case cast char character check coalesce collate collation column concurrently constraint create cross \
current_catalog current_date current_role current_schema current_time current_timestamp current_user dec decimal \
default deferrable desc distinct do else end except exists extract false fetch float for foreign freeze from full \
grant greatest group grouping having ilike in initially inner inout int integer intersect interval into is isnull \
join json json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar json_serialize \
json_table json_value lateral leading least left like limit localtime localtimestamp merge_action national natural \
nchar none normalize not notnull null nullif numeric offset on only or order out outer overlaps overlay placing \
position precision primary real references returning right row select session_user setof similar smallint some \
substring symmetric system_user table tablesample then time timestamp to trailing treat trim true union unique user \
using values varchar variadic verbose when where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest \
xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable ";

/// Returns the name as PostgreSQL's `quote_ident` prints it.
///
/// ```
/// assert_eq!(nexus_schema::types::quote_ident("users"), "users");
/// assert_eq!(nexus_schema::types::quote_ident("order"), "\"order\"");
/// ```
pub fn quote_ident(name: &str) -> String {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let safe = name.chars().all(plain)
        && name.starts_with(|c: char| !c.is_ascii_digit())
        && !KEYWORDS.contains(&format!(" {name} "));
    if safe { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

/// Splits `schema.name`; quotes keep dots, and blanks at the ends, in a name. Returns `None` for an empty one.
#[cfg(feature = "parse")]
pub(crate) fn split(text: &str) -> Option<Vec<String>> {
    let mut parts = vec![(String::new(), false)];
    let mut chars = text.chars().peekable();
    let mut quoted = false;
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                parts.last_mut()?.0.push('"');
            }
            '"' => {
                quoted = !quoted;
                parts.last_mut()?.1 = true;
            }
            '.' if !quoted => parts.push((String::new(), false)),
            c => parts.last_mut()?.0.push(c),
        }
    }
    let is_name = |(part, quotes): &(String, bool)| !part.is_empty() && (*quotes || part.trim() == part);
    let whole = !quoted && parts.iter().all(is_name);
    whole.then(|| parts.into_iter().map(|(part, _)| part).collect())
}
