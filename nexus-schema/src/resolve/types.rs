//! Types the schema makes, and finding the type that a column names.

use super::{Made, Named, Resolver, collation, flag, names};
use crate::authored::decode::{Literal, Loose, Spanned};
use crate::authored::{Domain, Enum, Sequence};
use crate::catalog::{Kind, ObjectId};
use crate::check::literal;
use crate::kinds::{self, SequenceOptions, Sql};
use crate::report::did_you_mean;
use crate::types::{Builtin, TypeRef};

/// Extensions with the types they bring; another one may bring any.
const EXTENSION_TYPES: &[(&str, &[&str])] = &[
    ("citext", &["citext"]),
    ("hstore", &["hstore"]),
    ("ltree", &["ltree", "lquery", "ltxtquery"]),
    ("cube", &["cube"]),
    ("seg", &["seg"]),
    ("isn", &["ean13", "isbn", "isbn13", "ismn", "issn", "upc"]),
    ("vector", &["vector", "halfvec", "sparsevec"]),
    ("pgcrypto", &[]),
    ("uuid-ossp", &[]),
    ("pg_trgm", &[]),
    ("btree_gin", &[]),
    ("btree_gist", &[]),
    ("unaccent", &[]),
    ("pg_stat_statements", &[]),
];

impl Resolver<'_> {
    pub(super) fn enums(&mut self, enums: &[Named<'_, Enum>]) {
        for Named { path, spot, is } in enums {
            let id = ObjectId::new(Kind::Enum, path.clone());
            self.names.type_([&path[0], &path[1]], "enum", *spot, self.report);
            let labels = is.labels.as_deref().unwrap_or_default();
            if labels.is_empty() && (is.labels.is_some() || !is.given.contains("labels")) {
                let title = format!("the enum `{}` has no labels", path[1]);
                self.report.error("NX0210", *spot, title, "").help("list them: `labels: [first, second]`");
            }
            for label in labels {
                if let Some(name) = &label.name {
                    self.renamed(&id.child(Kind::Enum, name.value.as_str()), &label.was);
                } else if !label.given.contains("name") {
                    let title = "a label without a name";
                    self.report.error("NX0213", label.spot, title, "").help("add `name:`");
                }
            }
            let labels: Vec<_> = labels.iter().filter_map(|label| label.name.as_ref()).collect();
            for (at, label) in labels.iter().enumerate() {
                if let Some(earlier) = labels[..at].iter().find(|earlier| earlier.value == label.value) {
                    let title = format!("the label `{}` is given twice", label.value);
                    self.report
                        .error("NX0211", label.spot, title, "given again here")
                        .also(earlier.spot, "first given here")
                        .help("keep one of the two");
                }
                // An empty label is one.
                if !label.value.is_empty() {
                    names::check(&label.value, "label", label.spot, self.report);
                }
            }
            let labels: Vec<_> = labels.iter().map(|label| label.value.clone()).collect();
            self.made.insert(path.clone(), (Made::Enum(labels.clone()), id.clone()));
            self.add(id.clone(), kinds::Enum { labels }, *spot);
            self.said(&id, &is.said);
            self.hint(&id, &is.rust);
        }
    }

    pub(super) fn domains(&mut self, domains: &[Named<'_, Domain>]) {
        for Named { path, spot, .. } in domains {
            let id = ObjectId::new(Kind::Domain, path.clone());
            self.names.type_([&path[0], &path[1]], "domain", *spot, self.report);
            self.made.insert(path.clone(), (Made::Domain(None), id));
        }
        // A domain may be made of one that is written further down.
        for Named { path, is, .. } in domains {
            let base = is.type_.as_ref().and_then(|type_| self.type_of(type_, &path[0]));
            if let Some(made) = self.made.get_mut(path) {
                made.0 = Made::Domain(base);
            }
        }
        for Named { path, spot, is } in domains {
            let id = ObjectId::new(Kind::Domain, path.clone());
            if is.type_.is_none() && !is.given.contains("type") {
                let title = format!("the domain `{}` has no type", path[1]);
                self.report.error("NX0303", *spot, title, "").help("add `type: text`, say");
            }
            let Some((Made::Domain(Some(base)), _)) = self.made.get(path).cloned() else { continue };
            if self.circular(path) {
                let title = format!("the domain `{}` is made of itself", path[1]);
                self.report
                    .error("NX0208", *spot, title, "")
                    .help("a domain ends in a type that is not a domain");
                continue;
            }
            let default = self.default(&is.default, &is.default_expr, &base);
            let domain = kinds::Domain {
                base: base.to_string(),
                collation: is.collation.as_ref().map(|name| collation(&name.value)),
                not_null: flag(&is.not_null),
                default,
            };
            self.add(id.clone(), domain, *spot);
            self.need_type(&id, &base);
            self.said(&id, &is.said);
            let mut taken = Vec::new();
            let single = is.check.iter().map(|check| (None, check.clone(), true, &None));
            let several = is.checks.iter().flat_map(|checks| &checks.0);
            let several = several.filter_map(|(name, check)| {
                Some((name.as_ref(), check.expr.clone()?, !flag(&check.not_valid), &check.said))
            });
            for (name, expr, valid, said) in several.chain(single) {
                let name = match name {
                    Some(name) => name.value.clone(),
                    None => self.names.choose_constraint(&path[0], &path[1], None, "check"),
                };
                taken.push(name.clone());
                let check = ObjectId::new(Kind::DomainCheck, [&path[0], &path[1], &name].map(String::clone));
                self.add(check.clone(), kinds::DomainCheck { expr: Sql(expr.value), valid }, expr.spot);
                self.said(&check, said);
            }
        }
    }

    fn circular(&self, path: &[String; 2]) -> bool {
        let mut at = path.clone();
        for _ in 0..=self.made.len() {
            match self.made.get(&at) {
                Some((Made::Domain(Some(TypeRef { schema: Some(schema), name, .. })), _)) => {
                    at = [schema.clone(), name.clone()];
                }
                _ => return false,
            }
        }
        true
    }

    pub(super) fn sequences(&mut self, sequences: &[Named<'_, Sequence>]) {
        for Named { path, spot, is } in sequences {
            let id = ObjectId::new(Kind::Sequence, path.clone());
            self.names.relation([&path[0], &path[1]], "sequence", *spot, self.report);
            let mut data_type = String::from("bigint");
            if let Some(type_) = &is.type_ {
                match TypeRef::parse(&type_.value)
                    .ok()
                    .filter(|t| t.builtin().is_some_and(Builtin::is_integer))
                {
                    Some(integer) if !integer.array => data_type = integer.to_string(),
                    _ => {
                        let title = format!("a sequence cannot count in `{}`", type_.value);
                        let help = "write smallint, integer or bigint";
                        self.report.error("NX0303", type_.spot, title, "").help(help);
                    }
                }
            }
            let numbers = [&is.start, &is.increment, &is.min, &is.max, &is.cache];
            let options = self.counting(&data_type, numbers, flag(&is.cycle));
            let sequence =
                kinds::Sequence { data_type, options, logged: !flag(&is.unlogged), owned_by: None };
            self.add(id.clone(), sequence, *spot);
            self.said(&id, &is.said);
        }
    }

    /// Sets the owners, now that the columns are known.
    pub(super) fn sequence_owners(&mut self, sequences: &[Named<'_, Sequence>]) {
        for Named { path, is, .. } in sequences {
            let Some(owner) = &is.owned_by else { continue };
            let parts = names::split(&owner.value).unwrap_or_default();
            let column = match parts.as_slice() {
                [table, column] => [path[0].clone(), table.clone(), column.clone()],
                [schema, table, column] => [schema.clone(), table.clone(), column.clone()],
                _ => {
                    let title = format!("`{}` is not a column", owner.value);
                    self.report.error("NX0202", owner.spot, title, "").help("write `table.column`");
                    continue;
                }
            };
            let known = self.tables.get(&[column[0].clone(), column[1].clone()]);
            if !known.is_some_and(|table| table.open || table.columns.contains_key(&column[2])) {
                let title = format!("there is no column `{}`", owner.value);
                self.report
                    .error("NX0202", owner.spot, title, "")
                    .help("write `table.column` of a declared table");
                continue;
            }
            let id = ObjectId::new(Kind::Sequence, path.clone());
            if let Some(crate::catalog::Object::Sequence(sequence)) =
                self.catalog.entry_mut(&id).map(|e| &mut e.object)
            {
                sequence.owned_by = Some(column);
            }
        }
    }

    /// How a sequence counts, with PostgreSQL's own choices where nothing is said.
    pub(super) fn counting(
        &mut self,
        data_type: &str,
        [start, increment, min, max, cache]: [&Option<Spanned<i64>>; 5],
        cycle: bool,
    ) -> SequenceOptions {
        let up = SequenceOptions::of_type(data_type);
        let given = |number: &Option<Spanned<i64>>| number.as_ref().map(|number| number.value);
        let step = given(increment).unwrap_or(1);
        let lowest = match data_type {
            "smallint" => i64::from(i16::MIN),
            "integer" => i64::from(i32::MIN),
            _ => i64::MIN,
        };
        let min_value = given(min).unwrap_or(if step > 0 { 1 } else { lowest });
        let max_value = given(max).unwrap_or(if step > 0 { up.max } else { -1 });
        let first = given(start).unwrap_or(if step > 0 { min_value } else { max_value });
        let mut wrong = |at: &Option<Spanned<i64>>, title: &str| {
            if let Some(at) = at {
                self.report
                    .error("NX0309", at.spot, title, "")
                    .help("see CREATE SEQUENCE in PostgreSQL's manual");
            }
        };
        if step == 0 {
            wrong(increment, "a sequence cannot stand still");
        }
        if min_value >= max_value {
            wrong(if min.is_some() { min } else { max }, "the lowest value must be less than the highest");
        } else if !(min_value..=max_value).contains(&first) {
            let at = if start.is_some() {
                start
            } else if min.is_some() {
                min
            } else {
                max
            };
            wrong(at, "the first value lies outside of the bounds");
        }
        if min_value < lowest {
            wrong(min, "the lowest value is out of the range of the type");
        }
        if max_value > up.max {
            wrong(max, "the highest value is out of the range of the type");
        }
        if given(cache).is_some_and(|cache| cache < 1) {
            wrong(cache, "a session takes at least one value at once");
        }
        SequenceOptions {
            start: first,
            increment: step,
            min: min_value,
            max: max_value,
            cache: given(cache).unwrap_or(1),
            cycle,
        }
    }

    /// Finds the type a text names, looking in `schema` and then in `public`.
    pub(super) fn type_of(&mut self, text: &Spanned<String>, schema: &str) -> Option<TypeRef> {
        let type_ = match TypeRef::parse(&text.value) {
            Ok(type_) => type_,
            Err(error) => {
                let help = error
                    .help
                    .unwrap_or_else(|| "see the chapter on data types in PostgreSQL's manual".into());
                self.report.error("NX0302", text.spot, error.message, "").help(help);
                return None;
            }
        };
        // Types of the standard's own schema are there in every database.
        if type_.builtin().is_some() || type_.schema.as_deref() == Some("information_schema") {
            return Some(type_);
        }
        self.found_type(&type_, schema).or_else(|| {
            let title = format!("unknown type `{}`", text.value);
            let all = Builtin::ALL
                .iter()
                .flat_map(|builtin| builtin.aliases().iter().copied().chain([builtin.name()]));
            let all = all.chain(self.made.keys().map(|[_, name]| name.as_str()));
            let help = did_you_mean(&type_.name, all).unwrap_or_else(|| {
                "declare it under `enums:` or `domains:`, or the extension that has it".into()
            });
            self.report.error("NX0301", text.spot, title, "").help(help);
            None
        })
    }

    /// The type as the schema or an extension has it, where one of them does.
    pub(super) fn found_type(&self, type_: &TypeRef, schema: &str) -> Option<TypeRef> {
        let schemas = match &type_.schema {
            Some(schema) => vec![schema.clone()],
            None => vec![schema.to_owned(), "public".to_owned()],
        };
        for schema in schemas {
            let exact = self.made.contains_key(&[schema.clone(), type_.name.clone()]);
            // Unquoted words fold to lower case in SQL; keys of the file do not.
            let folded =
                || self.made.keys().find(|[s, n]| *s == schema && n.eq_ignore_ascii_case(&type_.name));
            let name = match exact {
                true => Some(type_.name.clone()),
                false => folded().map(|[_, name]| name.clone()),
            };
            if let Some(name) = name {
                return Some(TypeRef { schema: Some(schema), name, ..type_.clone() });
            }
        }
        self.extension_type(type_)
    }

    fn extension_type(&self, type_: &TypeRef) -> Option<TypeRef> {
        for extension in &self.extensions {
            let known = EXTENSION_TYPES.iter().find(|(name, _)| name == extension);
            if known.is_none_or(|(_, types)| types.contains(&type_.name.as_str())) {
                let id = ObjectId::new(Kind::Extension, [extension.as_str()]);
                let home = match self.catalog.get(&id) {
                    Some(crate::catalog::Object::Extension(extension)) => extension.schema.clone(),
                    _ => None,
                };
                let schema = type_.schema.clone().or(home).unwrap_or_else(|| "public".into());
                return Some(TypeRef { schema: Some(schema), ..type_.clone() });
            }
        }
        None
    }

    /// Adds the edge from an object to the type that it is of.
    pub(super) fn need_type(&mut self, id: &ObjectId, type_: &TypeRef) {
        let Some(schema) = &type_.schema else { return };
        match self.made.get(&[schema.clone(), type_.name.clone()]).map(|(_, made)| made.clone()) {
            Some(made) => self.catalog.require(id, made),
            None => {
                for extension in self.extensions.clone() {
                    self.catalog.require(id, ObjectId::new(Kind::Extension, [extension]));
                }
            }
        }
    }

    /// The type under all domains, and the labels if it is an enum.
    pub(super) fn bare(&self, type_: &TypeRef) -> Option<(TypeRef, Option<Vec<String>>)> {
        let mut at = type_.clone();
        for _ in 0..32 {
            let Some(schema) = &at.schema else { return Some((at, None)) };
            match self.made.get(&[schema.clone(), at.name.clone()]) {
                Some((Made::Enum(labels), _)) => return Some((at, Some(labels.clone()))),
                Some((Made::Domain(Some(base)), _)) => {
                    at = TypeRef { array: at.array || base.array, ..base.clone() }
                }
                Some((Made::Row | Made::Domain(None), _)) => return None,
                Some((Made::Other, _)) | None => return Some((at, None)),
            }
        }
        None
    }

    /// Whether the table's key of one column is of a type that the generator makes an id type of: one value, and of a
    /// Rust type that is not the author's own.
    pub(crate) fn has_id_type(&self, table: &ObjectId) -> bool {
        let path = [table.schema().to_owned(), table.name().to_owned()];
        let Some(facts) = self.tables.get(&path) else { return false };
        let Some((_, key)) = &facts.primary else { return false };
        let [key] = key.as_slice() else { return false };
        let of_author = |id: &ObjectId| self.rust.get(id).is_some_and(|hint| hint.type_.is_some());
        let type_ = facts.columns.get(key).and_then(|column| column.type_.as_ref());
        !of_author(&table.child(Kind::Column, key.as_str()))
            && type_.and_then(|type_| self.bare(type_)).is_some_and(|(bare, _)| {
                let schema = bare.schema.as_deref().unwrap_or("public");
                !bare.array && !of_author(&ObjectId::new(Kind::Enum, [schema, &bare.name]))
            })
    }

    /// The text of a value of a type; a misfit is recorded.
    pub(super) fn text_of(&mut self, value: &Literal, type_: &TypeRef) -> Option<Option<String>> {
        let (bare, labels) = self.bare(type_)?;
        match literal::text(&value.node, &bare, labels.as_deref()) {
            Ok(text) => Some(text),
            Err(misfit) => {
                let help = misfit.help.unwrap_or_else(|| format!("write a value of the type `{type_}`"));
                self.report
                    .error("NX0304", value.spot, misfit.message, format!("the type is `{type_}`"))
                    .help(help);
                None
            }
        }
    }

    /// The SQL of a default, from its value or its expression.
    pub(super) fn default(
        &mut self,
        value: &Option<Literal>,
        expr: &Option<Spanned<Loose>>,
        type_: &TypeRef,
    ) -> Option<Sql> {
        if let (Some(value), Some(expr)) = (value, expr) {
            self.report
                .error("NX0305", expr.spot, "both `default` and `default_expr` are given", "the expression")
                .also(value.spot, "the value")
                .help("keep one of the two");
        }
        if let Some(expr) = expr {
            if expr.value.0.trim().is_empty() {
                self.report
                    .error("NX0305", expr.spot, "the expression is empty", "")
                    .help("write SQL, such as now()");
            }
            return Some(Sql(expr.value.0.clone()));
        }
        let value = value.as_ref()?;
        if let crate::yaml::Value::Text(text) = &value.node.value
            && literal::is_call(text)
            && self
                .bare(type_)
                .is_some_and(|(bare, _)| bare.builtin().is_some_and(Builtin::is_text) && !bare.array)
        {
            let title = format!("the default is the text `{text}`, not what it computes");
            self.report
                .warning("NX0306", value.spot, title, "")
                .help(format!("if SQL is meant: `default_expr: {text}`"));
        }
        match self.text_of(value, type_)? {
            None => Some(Sql::from("NULL")),
            Some(text) => {
                let bare = self.bare(type_).map(|(bare, _)| bare)?;
                let number =
                    matches!(value.node.value, crate::yaml::Value::Number(_) | crate::yaml::Value::Bool(_));
                let simple = !bare.array && !matches!(bare.builtin(), Some(Builtin::Json | Builtin::Jsonb));
                let digits = match &value.node.value {
                    // The author's digits: `0.0` of numeric(3,2) stays `0.0` in a default.
                    crate::yaml::Value::Number(digits) => digits.trim_start_matches('+').to_owned(),
                    _ => text.clone(),
                };
                Some(Sql(if number && simple && bare.builtin().is_some() {
                    digits
                } else {
                    literal::quote_literal(&text)
                }))
            }
        }
    }
}
