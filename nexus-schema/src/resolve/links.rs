//! What ties tables together or finds their rows: foreign keys and indexes.

use super::{Named, Resolver, TableFacts, collation, flag, names, options, value};
use crate::authored::decode::Spanned;
use crate::authored::said::Said;
use crate::authored::{ForeignKey, Index, Nulls, Reference, Table};
use crate::catalog::{Kind, ObjectId};
use crate::kinds::{self, Action, Constraint, ConstraintBody, IndexKey, Match, Sql};
use crate::report::{Spot, did_you_mean};
use crate::types::{Builtin, TypeRef};

/// A foreign key from either of its two forms.
struct Link<'f> {
    name: Option<&'f Spanned<String>>,
    columns: Vec<Spanned<String>>,
    to: Option<To>,
    spot: Spot,
    match_: Match,
    on_update: Action,
    on_delete: Action,
    on_delete_columns: Vec<Spanned<String>>,
    deferrable: bool,
    initially_deferred: bool,
    valid: bool,
    inherited: bool,
    not_enforced: bool,
    period: bool,
    said: &'f Option<Box<Said>>,
}

/// What a foreign key points at, as written.
struct To {
    table: Spanned<String>,
    columns: Vec<Spanned<String>>,
}

impl Resolver<'_> {
    pub(super) fn foreign_keys(&mut self, table: &Named<'_, Table>) {
        let id = ObjectId::new(Kind::Table, table.path.clone());
        for (name, column) in table.is.columns.iter().flat_map(|columns| &columns.0) {
            if let (Some(name), Some(reference)) = (name, &column.references) {
                let link = self.reference(name, reference);
                self.foreign_key(&id, link);
            }
        }
        for (name, key) in table.is.foreign_keys.iter().flat_map(|keys| &keys.0) {
            let link = self.long_form(name.as_ref(), key);
            self.foreign_key(&id, link);
        }
    }

    fn reference<'f>(&mut self, column: &Spanned<String>, is: &'f Reference) -> Link<'f> {
        let to = match (&is.to, &is.table) {
            (Some(to), _) => self.target(to),
            (None, Some(table)) => {
                Some(To { table: table.clone(), columns: is.column.iter().cloned().collect() })
            }
            (None, None) => {
                if !is.given.contains("to") && !is.given.contains("table") {
                    self.report
                        .error("NX0213", is.spot, "a reference to nothing", "")
                        .help("write `references: table.column`");
                }
                None
            }
        };
        Link {
            name: is.name.as_ref(),
            columns: vec![column.clone()],
            to,
            spot: is.spot,
            match_: word(&is.match_, Match::Simple),
            on_update: word(&is.on_update, Action::NoAction),
            on_delete: word(&is.on_delete, Action::NoAction),
            on_delete_columns: Vec::new(),
            deferrable: flag(&is.deferrable) || flag(&is.initially_deferred),
            initially_deferred: flag(&is.initially_deferred),
            valid: !flag(&is.not_valid),
            inherited: flag(&is.inherited),
            not_enforced: self.later(&is.not_enforced, "a foreign key that nothing enforces"),
            period: false,
            said: &is.said,
        }
    }

    fn long_form<'f>(&mut self, name: Option<&'f Spanned<String>>, is: &'f ForeignKey) -> Link<'f> {
        let target = is.references.as_ref();
        let to = match target.map(|target| (&target.to, &target.table, &target.columns)) {
            Some((Some(to), _, _)) => self.target(to),
            Some((None, Some(table), columns)) => {
                Some(To { table: table.clone(), columns: columns.clone().unwrap_or_default() })
            }
            _ => None,
        };
        if is.columns.as_ref().is_none_or(Vec::is_empty) || !is.given.contains("references") {
            self.report
                .error("NX0213", is.spot, "a foreign key needs `columns` and `references`", "")
                .help("write `{ columns: [a, b], references: other(a, b) }`");
        }
        Link {
            name,
            columns: is.columns.clone().unwrap_or_default(),
            to,
            spot: target.map_or(is.spot, |target| target.spot),
            match_: word(&is.match_, Match::Simple),
            on_update: word(&is.on_update, Action::NoAction),
            on_delete: word(&is.on_delete, Action::NoAction),
            on_delete_columns: is.on_delete_columns.clone().unwrap_or_default(),
            deferrable: flag(&is.deferrable) || flag(&is.initially_deferred),
            initially_deferred: flag(&is.initially_deferred),
            valid: !flag(&is.not_valid),
            inherited: flag(&is.inherited),
            not_enforced: self.later(&is.not_enforced, "a foreign key that nothing enforces"),
            period: self.later(&is.period, "a foreign key with a period"),
            said: &is.said,
        }
    }

    /// Reads `table`, `table.column`, `schema.table.column` or `table(column, column)`.
    fn target(&mut self, text: &Spanned<String>) -> Option<To> {
        let at = |value: &str| Spanned { value: value.trim().to_owned(), spot: text.spot };
        if let Some((table, columns)) = text.value.strip_suffix(')').and_then(|text| text.split_once('(')) {
            return Some(To { table: at(table), columns: columns.split(',').map(at).collect() });
        }
        let parts = names::split(&text.value).unwrap_or_default();
        let quoted = |parts: &[String]| {
            parts.iter().map(|p| format!("\"{}\"", p.replace('"', "\"\""))).collect::<Vec<_>>().join(".")
        };
        let is_table = |path: [&str; 2]| self.made.contains_key(&path.map(String::from));
        match parts.as_slice() {
            [table] => Some(To { table: at(table), columns: Vec::new() }),
            [schema, table] if is_table([schema, table]) && !is_table(["public", schema]) => {
                Some(To { table: at(&text.value), columns: Vec::new() })
            }
            [table, column] => Some(To { table: at(table), columns: vec![at(column)] }),
            [schema, table, column] => {
                Some(To { table: at(&quoted(&[schema.clone(), table.clone()])), columns: vec![at(column)] })
            }
            _ => {
                let title = format!("`{}` is not a column", text.value);
                self.report.error("NX0202", text.spot, title, "").help("write `table.column`");
                None
            }
        }
    }

    fn foreign_key(&mut self, table: &ObjectId, link: Link<'_>) {
        let columns = self.columns_of(table, &link.columns);
        self.columns_of(table, &link.on_delete_columns);
        let Some(to) = link.to else { return };
        let Some(path) = self.existing(&to.table) else { return };
        let other = ObjectId::new(Kind::Table, path.clone());
        let facts = self.tables.get(&path).cloned().unwrap_or_default();
        let target = match (to.columns.is_empty(), &facts.primary) {
            (false, _) => {
                if !to.columns.iter().all(|column| self.known_column(&other, column)) {
                    return;
                }
                to.columns.iter().map(|column| column.value.clone()).collect()
            }
            (true, Some((_, columns))) => columns.clone(),
            (true, None) => {
                let title = format!("`{}` has no primary key to refer to", other.name());
                self.report
                    .error("NX0203", link.spot, title, "")
                    .also(facts.spot, "the table")
                    .help("name a unique column: `table.column`");
                return;
            }
        };
        let from = format!("{}.{}", table.name(), columns.join(", "));
        if target.len() != columns.len() {
            let title = format!("`{from}` has {} columns, but refers to {}", columns.len(), target.len());
            self.report.error("NX0205", link.spot, title, "").help("name as many columns on both sides");
            return;
        }
        self.compare_types(table, &columns, &path, &target, link.spot);
        let unique = facts.uniques.iter().find(|(_, key)| {
            let (mut key, mut target) = (key.clone(), target.clone());
            key.sort();
            target.sort();
            key == target
        });
        let by_index = || facts.unique_index(&target);
        let needed = match unique.map(|(id, _)| id.clone()).or_else(by_index) {
            Some(needed) => Some(needed),
            None if facts.open => None,
            None => {
                let what = format!("{}.{}", other.name(), target.join(", "));
                let (plural, label) = match target.len() {
                    1 => ("a column that is not unique", format!("`{what}` has no unique constraint")),
                    _ => (
                        "columns that are not unique together",
                        format!("`{what}` have no unique constraint"),
                    ),
                };
                let unique = match target.as_slice() {
                    [_] => format!("add `unique: true` to `{what}`"),
                    all => format!("add `unique: [[{}]]` to `{}`", all.join(", "), other.name()),
                };
                let help = match &facts.primary {
                    Some((_, key)) if key.len() == columns.len() && *key != target => {
                        format!("point at `{}.{}`, or {unique}", other.name(), key.join(", "))
                    }
                    _ => unique,
                };
                self.report
                    .error("NX0203", link.spot, format!("`{from}` refers to {plural}"), label)
                    .help(help);
                return;
            }
        };
        let name = match link.name {
            Some(name) => name.value.clone(),
            None => {
                let all = names::join(&columns);
                self.names.choose_constraint(table.schema(), table.name(), Some(&all), "fkey")
            }
        };
        let id = table.child(Kind::Constraint, name);
        let body = ConstraintBody::ForeignKey {
            columns,
            table: path,
            target,
            match_: link.match_,
            on_update: link.on_update,
            on_delete: link.on_delete,
            on_delete_columns: link.on_delete_columns.into_iter().map(|column| column.value).collect(),
            period: link.period,
        };
        let constraint = Constraint {
            deferrable: link.deferrable,
            initially_deferred: link.initially_deferred,
            valid: link.valid,
            inherited: kinds::Inherited(link.inherited),
            not_enforced: link.not_enforced,
            ..Constraint::plain(body)
        };
        self.add(id.clone(), constraint, link.spot);
        if let Some(needed) = needed {
            self.catalog.require(&id, needed);
        }
        self.said(&id, link.said);
    }

    fn compare_types(
        &mut self,
        table: &ObjectId,
        columns: &[String],
        path: &[String; 2],
        target: &[String],
        spot: Spot,
    ) {
        let own = [table.schema().to_owned(), table.name().to_owned()];
        for (column, other) in columns.iter().zip(target) {
            let facts = |path: &[String; 2], name: &String| {
                self.tables.get(path).and_then(|t| t.columns.get(name)).cloned()
            };
            let (Some(left), Some(right)) = (facts(&own, column), facts(path, other)) else { continue };
            let (Some(one), Some(two)) = (&left.type_, &right.type_) else { continue };
            let (Some((bare_one, _)), Some((bare_two, _))) = (self.bare(one), self.bare(two)) else {
                continue;
            };
            if !comparable(&bare_one, &bare_two) {
                let title = format!(
                    "`{}.{column}` is `{one}`, but refers to `{}.{other}`, which is `{two}`",
                    own[1], path[1]
                );
                self.report
                    .error("NX0206", spot, title, format!("refers to a `{two}`"))
                    .also(left.spot, format!("is a `{one}`"))
                    .also(right.spot, format!("is a `{two}`"))
                    .help(format!("make `{}.{column}` a `{two}`", own[1]));
            }
        }
    }

    pub(super) fn indexes(&mut self, table: &Named<'_, Table>) {
        let id = ObjectId::new(Kind::Table, table.path.clone());
        for (name, index) in table.is.indexes.iter().flat_map(|indexes| &indexes.0) {
            let spot = name.as_ref().map_or(index.spot, |name| name.spot);
            self.index(&id, name.as_ref(), index, spot);
        }
    }

    /// Adds an index and returns its id.
    pub(super) fn index(
        &mut self,
        table: &ObjectId,
        name: Option<&Spanned<String>>,
        is: &Index,
        spot: Spot,
    ) -> ObjectId {
        let keys = is.on.as_deref().unwrap_or_default();
        if keys.is_empty() && (is.on.is_some() || !is.given.contains("on")) {
            self.report.error("NX0213", spot, "an index on nothing", "").help("add `on: [column]`");
        }
        let mut made = Vec::new();
        for key in keys {
            if let Some(column) = &key.column {
                self.known_column(table, column);
            }
            if key.column.is_some() == key.expr.is_some() {
                self.report
                    .error("NX0213", key.spot, "an index key is either a `column` or an `expr`", "")
                    .help("write the column's name, or `{ expr: lower(email) }`");
            }
            let descending = flag(&key.desc);
            made.push(IndexKey {
                column: value(&key.column),
                expr: key.expr.as_ref().map(|expr| Sql(in_parentheses(&expr.value))),
                collation: key.collation.as_ref().map(|name| collation(&name.value)),
                opclass: value(&key.opclass).map(Sql),
                descending,
                nulls_first: key.nulls.as_ref().map_or(descending, |nulls| nulls.value == Nulls::First),
                statistics: key.statistics.as_ref().and_then(|n| self.small(n)),
            });
        }
        let include = self.columns_of(table, is.include.as_deref().unwrap_or_default());
        let method = value(&is.method).unwrap_or_else(|| "btree".into());
        if !flag(&is.unique)
            && let Some(distinct) = is.nulls_not_distinct.as_ref().filter(|flag| flag.value)
        {
            self.report
                .error("NX0213", distinct.spot, "only a unique index takes `nulls_not_distinct`", "")
                .help("add `unique: true`, or remove it");
        }
        if let Some(at) = &is.method
            && let Some(help) = did_you_mean(&method, ["btree", "hash", "gin", "gist", "brin", "spgist"])
            && !["btree", "hash", "gin", "gist", "brin", "spgist"].contains(&method.as_str())
        {
            self.report
                .error("NX0202", at.spot, format!("there is no index method `{method}`"), "")
                .help(help);
        }
        let name = name.map_or_else(
            || {
                let parts: Vec<_> = key_names(&made);
                let name = self.names.choose(table.schema(), table.name(), Some(&names::join(&parts)), "idx");
                self.names.relation([table.schema(), &name], "index", spot, self.report);
                name
            },
            |name| name.value.clone(),
        );
        let id = ObjectId::new(Kind::Index, [table.schema(), &name]);
        let mentioned: Vec<_> = keys
            .iter()
            .filter_map(|key| key.expr.as_ref())
            .chain(&is.where_)
            .flat_map(|expr| self.mentioned(table, &expr.value))
            .collect();
        let index = kinds::Index {
            table: table.name().to_owned(),
            unique: flag(&is.unique),
            nulls_not_distinct: flag(&is.nulls_not_distinct),
            method,
            keys: made,
            include,
            predicate: value(&is.where_).map(Sql),
            options: options(&is.with).into(),
            tablespace: value(&is.tablespace),
            valid: !flag(&is.invalid),
            parent: is.part_of.as_ref().and_then(|parent| self.path(&parent.value, "index", parent.spot)),
        };
        if let Some(columns) = whole_key(&index) {
            let facts = self.tables.get_mut(&[table.schema().to_owned(), table.name().to_owned()]);
            facts.into_iter().for_each(|facts| facts.unique_indexes.push((id.clone(), columns.clone())));
        }
        self.add(id.clone(), index, spot);
        for column in mentioned {
            self.catalog.require(&id, table.child(Kind::Column, column));
        }
        self.said(&id, &is.said);
        id
    }
}

impl TableFacts {
    /// The unique index that a foreign key to these columns can lean on.
    pub(super) fn unique_index(&self, columns: &[String]) -> Option<ObjectId> {
        let mut columns = columns.to_vec();
        columns.sort();
        self.unique_indexes.iter().filter(|(_, key)| *key == columns).map(|(id, _)| id.clone()).min()
    }
}

/// The columns, in order of their names, that an index keeps unique in all rows.
fn whole_key(index: &kinds::Index) -> Option<Vec<String>> {
    let columns: Option<Vec<_>> = index.keys.iter().map(|key| key.column.clone()).collect();
    let mut columns = columns.filter(|_| index.unique && index.predicate.is_none())?;
    columns.sort();
    Some(columns)
}

fn word<T: Copy>(word: &Option<Spanned<T>>, otherwise: T) -> T {
    word.as_ref().map_or(otherwise, |word| word.value)
}

/// The names PostgreSQL gives to the columns of an index (`ChooseIndexColumnNames`): a function's own, or `expr`.
pub(crate) fn key_names(keys: &[IndexKey]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for key in keys {
        let function = |expr: &Sql| {
            let text = expr.as_str().trim_start_matches('(').trim();
            let name = text.split('(').next().unwrap_or_default().trim();
            let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !name.is_empty();
            if plain && text.contains('(') { name.to_lowercase() } else { "expr".into() }
        };
        let base = key.column.clone().or(key.expr.as_ref().map(function)).unwrap_or_default();
        let mut name = base.clone();
        let mut n = 0;
        while names.contains(&name) {
            n += 1;
            name = format!("{base}{n}");
        }
        names.push(name);
    }
    names
}

/// An expression with parentheses around it, unless it already has them.
fn in_parentheses(expr: &str) -> String {
    let mut depth = 0;
    let trimmed = expr.trim();
    for (at, c) in trimmed.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 && at + c.len_utf8() < trimmed.len() {
            return format!("({trimmed})");
        }
    }
    if trimmed.starts_with('(') && depth == 0 { trimmed.to_owned() } else { format!("({trimmed})") }
}

/// Whether PostgreSQL has an equality between the two in a default operator family.
fn comparable(one: &TypeRef, two: &TypeRef) -> bool {
    use Builtin as B;
    if one.array != two.array {
        return false;
    }
    let family = |builtin: Builtin| match builtin {
        B::Int2 | B::Int4 | B::Int8 => 1,
        B::Numeric => 2,
        B::Float4 | B::Float8 => 3,
        B::Text | B::Varchar | B::Bpchar | B::Name => 4,
        B::Date | B::Timestamp | B::TimestampTz => 5,
        B::Inet | B::Cidr => 6,
        _ => 0,
    };
    match (one.builtin(), two.builtin()) {
        (Some(a), Some(b)) => {
            // An integer casts to numeric and both to floats without being asked, but not the other way round.
            let widened =
                (1..=3).contains(&family(a)) && (1..=3).contains(&family(b)) && family(a) <= family(b);
            a == b || (family(a) != 0 && family(a) == family(b)) || widened
        }
        (None, None) => one.schema == two.schema && one.name == two.name,
        // A type of an extension may well have casts.
        _ => [one, two].into_iter().any(|t| t.schema.is_some() && t.name == "citext"),
    }
}
