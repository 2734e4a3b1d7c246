//! Keys of the rarer kinds: `integer as app.money`, `app.+(integer, integer)`, `app.ops using btree`.

use super::routines::{Signature, parentheses, top_level};
use super::{Resolver, names};
use crate::authored::decode::Spanned;
use crate::catalog::{Kind, ObjectId};
use crate::report::Spot;
use crate::types::TypeRef;

/// Types that only routines take and give; columns cannot be of them.
const PSEUDO: &[&str] = &[
    "any",
    "anyarray",
    "anycompatible",
    "anycompatiblearray",
    "anycompatiblemultirange",
    "anycompatiblenonarray",
    "anycompatiblerange",
    "anyelement",
    "anyenum",
    "anymultirange",
    "anynonarray",
    "anyrange",
    "cstring",
    "event_trigger",
    "fdw_handler",
    "index_am_handler",
    "internal",
    "language_handler",
    "pg_ddl_command",
    "pg_node_tree",
    "record",
    "table_am_handler",
    "trigger",
    "tsm_handler",
    "unknown",
    "void",
];

impl Resolver<'_> {
    /// The path that a key stands for, and the types in it; a key of another form is recorded.
    pub(super) fn rare_path(
        &mut self,
        kind: Kind,
        key: &Spanned<String>,
    ) -> Option<(Vec<String>, Vec<TypeRef>)> {
        match kind {
            Kind::Cast => {
                let (source, mut target) = self.halves(key, " as ", "integer as app.money", kind)?;
                target.value = target.value.trim().to_owned();
                let types = [self.any_type(&source), self.any_type(&target)];
                let [Some(source), Some(target)] = types else { return None };
                Some((vec![source.to_string(), target.to_string()], vec![source, target]))
            }
            Kind::Transform => {
                let (type_, language) = self.halves(key, " for ", "app.t for plpython3u", kind)?;
                let type_ = self.any_type(&type_)?;
                names::check(&language.value, "language", key.spot, self.report);
                Some((vec![type_.to_string(), language.value], vec![type_]))
            }
            Kind::OperatorFamily | Kind::OperatorClass => {
                let (name, method) = self.halves(key, " using ", "app.my_ops using btree", kind)?;
                let [schema, name] = self.rare_name(&name, kind)?;
                names::check(&method.value, "access method", key.spot, self.report);
                Some((vec![schema, name, method.value], Vec::new()))
            }
            Kind::Operator => self.operator(key),
            Kind::Aggregate => {
                let Signature { path: [schema, name], types } = self.signature(key, "aggregate")?;
                Some((vec![schema, name, types.unwrap_or_default()], Vec::new()))
            }
            _ if kind.lives_in_schema() => Some((self.rare_name(key, kind)?.to_vec(), Vec::new())),
            _ => {
                names::check(&key.value, kind.tag(), key.spot, self.report);
                Some((vec![key.value.clone()], Vec::new()))
            }
        }
    }

    fn rare_name(&mut self, key: &Spanned<String>, kind: Kind) -> Option<[String; 2]> {
        let path = self.path(&key.value, kind.tag(), key.spot)?;
        names::check(&path[1], kind.tag(), key.spot, self.report);
        self.known_schema(&path[0], key.spot);
        Some(path)
    }

    /// The texts before and after the last `between` that stands in no quotes; the second may be a bare name, of which
    /// a blank can be part.
    fn halves(
        &mut self,
        key: &Spanned<String>,
        between: &str,
        example: &str,
        kind: Kind,
    ) -> Option<(Spanned<String>, Spanned<String>)> {
        let lower = key.value.to_ascii_lowercase();
        let open = |at: &usize| key.value[..*at].matches('"').count().is_multiple_of(2);
        let at = lower.match_indices(between).map(|(at, _)| at).filter(open).last();
        let half = |text: &str| Spanned { value: text.to_owned(), spot: key.spot };
        let found = at.map(|at| (half(key.value[..at].trim()), half(&key.value[at + between.len()..])));
        let found = found.filter(|(one, two)| !one.value.is_empty() && !two.value.is_empty());
        if found.is_none() {
            self.no_key(key, kind, example);
        }
        found
    }

    fn no_key(&mut self, key: &Spanned<String>, kind: Kind, example: &str) {
        let title = format!("`{}` does not name {}", key.value, crate::authored::decode::article(kind.tag()));
        self.report.error("NX0406", key.spot, title, "").help(format!("write it as in `{example}`"));
    }

    /// `schema.+(left, right)`, with `none` for no left type.
    fn operator(&mut self, key: &Spanned<String>) -> Option<(Vec<String>, Vec<TypeRef>)> {
        const EXAMPLE: &str = "app.+(integer, integer)";
        let Some((name, types)) = parentheses(&key.value) else {
            self.no_key(key, Kind::Operator, EXAMPLE);
            return None;
        };
        let types = top_level(types);
        let (Some([schema, name]), [left, right]) =
            (self.operator_name(name.trim(), key.spot), types.as_slice())
        else {
            if types.len() != 2 {
                self.no_key(key, Kind::Operator, EXAMPLE);
            }
            return None;
        };
        self.known_schema(&schema, key.spot);
        let text = |text: &str| Spanned { value: text.trim().to_owned(), spot: key.spot };
        let left = match left.trim() {
            none if none.eq_ignore_ascii_case("none") => None,
            _ => Some(self.any_type(&text(left))?),
        };
        let right = self.any_type(&text(right))?;
        let spelled = left.as_ref().map(TypeRef::to_string).unwrap_or_default();
        Some((vec![schema, name, spelled, right.to_string()], left.into_iter().chain([right]).collect()))
    }

    /// `schema.+` taken apart; a name that no operator can have is recorded.
    pub(super) fn operator_name(&mut self, text: &str, spot: Spot) -> Option<[String; 2]> {
        let path = match names::split(text).as_deref() {
            Some([name]) => ["public".to_owned(), name.clone()],
            Some([schema, name]) => [schema.clone(), name.clone()],
            _ => [String::new(), text.to_owned()],
        };
        if is_operator(&path[1]) && !path[0].is_empty() {
            return Some(path);
        }
        let title = format!("`{text}` is not the name of an operator");
        self.report.error("NX0406", spot, title, "").help(
            "its name is made of + - * / < > = ~ ! @ # % ^ & | ` ?, as in `app.+`, and holds no comment sign",
        );
        None
    }

    /// A type that a routine can take: any that there is, and those that no column can be of.
    pub(super) fn any_type(&mut self, text: &Spanned<String>) -> Option<TypeRef> {
        let word = text.value.trim().trim_matches('"').to_ascii_lowercase();
        match PSEUDO.contains(&word.as_str()) {
            true => Some(TypeRef::plain(None, &word)),
            false => self.type_of(text, "public"),
        }
    }

    /// Reads `table app.users`, `function app.f(integer)`: a kind and the name of an object of it.
    pub(super) fn object_id(&mut self, text: &Spanned<String>) -> Option<ObjectId> {
        let kinds = Kind::ALL
            .iter()
            .filter(|kind| text.value.strip_prefix(kind.tag()).is_some_and(|rest| rest.starts_with(' ')));
        let Some(&kind) = kinds.max_by_key(|kind| kind.tag().len()) else {
            let title = format!("`{}` does not name an object", text.value);
            self.report
                .error("NX0406", text.spot, title, "")
                .help("write a kind and a name, as in `table app.users`");
            return None;
        };
        let name = Spanned { value: text.value[kind.tag().len()..].trim().to_owned(), spot: text.spot };
        match kind {
            Kind::Function => {
                let Signature { path: [schema, own], types } = self.signature(&name, "function")?;
                let types = self.argument_types(&types.unwrap_or_default(), &schema);
                Some(ObjectId::new(kind, [schema, own, types]))
            }
            Kind::Column
            | Kind::Default
            | Kind::Constraint
            | Kind::Trigger
            | Kind::Policy
            | Kind::Rule
            | Kind::DomainCheck => match names::split(&name.value).as_deref() {
                Some([table, own]) => Some(ObjectId::new(kind, ["public", table, own])),
                Some([schema, table, own]) => Some(ObjectId::new(kind, [schema, table, own])),
                _ => {
                    self.no_key(&name, kind, "table.name");
                    None
                }
            },
            _ => self.rare_path(kind, &name).map(|(path, _)| ObjectId::new(kind, path)),
        }
    }
}

/// Whether PostgreSQL takes the text as one operator (the manual, section 4.1.3).
fn is_operator(name: &str) -> bool {
    let marks = "+-*/<>=~!@#%^&|`?";
    let plain = !name.is_empty() && name.len() <= names::LIMIT && name.chars().all(|c| marks.contains(c));
    // `+` and `-` stand last only behind a sign that no operator of SQL itself has.
    let ends = name.len() == 1
        || !name.ends_with(['+', '-'])
        || name.contains(['~', '!', '@', '#', '%', '^', '&', '|', '`', '?']);
    plain && ends && !name.contains("--") && !name.contains("/*")
}

/// The name of a multirange type that PostgreSQL makes up (`makeMultirangeTypeName`).
pub(super) fn multirange(range: &str) -> String {
    match range.split_once("range") {
        Some((before, after)) => names::clip(&format!("{before}multirange{after}"), names::LIMIT).to_owned(),
        None => format!("{}_multirange", names::clip(range, names::LIMIT - "_multirange".len())),
    }
}
