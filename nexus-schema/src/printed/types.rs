//! The sections of types and sequences.

use super::literal;
use super::names;
use super::tree::{Map, Room, Tree};
use super::{Printer, options};
use crate::catalog::{Kind, Object, ObjectId};
use crate::kinds::{
    Attribute, BaseType, Collation, Composite, Domain, DomainCheck, Enum, Range, Sequence, SequenceOptions,
    ShellType, Sql,
};
use crate::types::TypeRef;

impl<'a> Printer<'a> {
    pub(super) fn types(&mut self, document: &mut Map) {
        self.section(document, "collations", Kind::Collation, Room::Block, |printer, id, object| {
            let Object::Collation(Collation { provider, deterministic, locale, ctype, rules }) = object
            else {
                return None;
            };
            let mut map = Map::default();
            map.put("provider", provider);
            map.maybe("locale", locale.as_ref());
            map.maybe("ctype", ctype.as_ref());
            if !deterministic {
                map.put("deterministic", false);
            }
            map.maybe("rules", rules.as_ref());
            printer.facets(id, &mut map);
            Some(map.into())
        });
        self.section(document, "enums", Kind::Enum, Room::Block, |printer, id, object| {
            let Object::Enum(Enum { labels }) = object else { return None };
            let mut map = Map::default();
            map.put("labels", labels.iter().map(|label| printer.label(id, label)).collect::<Vec<_>>());
            printer.was(id, &mut map);
            printer.rust(id, &mut map);
            printer.facets(id, &mut map);
            Some(map.or_short("labels"))
        });
        self.section(document, "domains", Kind::Domain, Room::Block, |printer, id, object| {
            let Object::Domain(domain) = object else { return None };
            Some(printer.domain(id, domain))
        });
        self.section(document, "composites", Kind::Composite, Room::Spaced, |printer, id, object| {
            let Object::Composite(Composite { attributes }) = object else { return None };
            let mut map = Map::of(Room::Block);
            let mut all = Map::of(Room::Block);
            for Attribute { name, type_, collation } in attributes {
                let mut attribute = Map::default();
                attribute.put("type", names::type_(type_));
                attribute.maybe("collation", collation.as_ref().map(Sql::as_str));
                printer.was(&id.child(Kind::Composite, name.as_str()), &mut attribute);
                printer.facets(&id.child(Kind::Column, name.as_str()), &mut attribute);
                all.put(name, attribute.or_short("type"));
            }
            map.put("attributes", all);
            printer.was(id, &mut map);
            printer.rust(id, &mut map);
            printer.facets(id, &mut map);
            Some(map.into())
        });
        self.section(document, "ranges", Kind::Range, Room::Block, |printer, id, object| {
            let Object::Range(Range { subtype, opclass, collation, canonical, subtype_diff, multirange }) =
                object
            else {
                return None;
            };
            let mut map = Map::default();
            map.put("subtype", names::type_(subtype));
            map.maybe("opclass", opclass.as_ref().map(Sql::as_str));
            map.maybe("collation", collation.as_ref().map(Sql::as_str));
            map.maybe("canonical", canonical.as_ref().map(Sql::as_str));
            map.maybe("subtype_diff", subtype_diff.as_ref().map(Sql::as_str));
            map.put("multirange", multirange);
            printer.was(id, &mut map);
            printer.facets(id, &mut map);
            Some(map.into())
        });
        let defined = self.catalog;
        self.section(document, "shell_types", Kind::ShellType, Room::Block, |printer, id, object| {
            let Object::ShellType(ShellType {}) = object else { return None };
            // The shell of a base type comes by itself.
            if defined.contains(&id.as_kind(Kind::BaseType)) {
                return None;
            }
            let mut map = Map::default();
            printer.facets(id, &mut map);
            Some(map.or_nothing())
        });
        self.section(document, "base_types", Kind::BaseType, Room::Spaced, |printer, id, object| {
            let Object::BaseType(BaseType { definition }) = object else { return None };
            let mut map = Map::of(Room::Block);
            map.put("definition", self::definition(definition));
            printer.facets(&id.as_kind(Kind::ShellType), &mut map);
            printer.facets(id, &mut map);
            Some(map.into())
        });
        self.section(document, "sequences", Kind::Sequence, Room::Block, |printer, id, object| {
            let Object::Sequence(sequence) = object else { return None };
            Some(printer.sequence(id, sequence))
        });
    }

    /// A label, with what it was before where its author says so.
    fn label(&self, of: &ObjectId, label: &str) -> Tree {
        let mut map = Map::default();
        map.put("name", label);
        if let Some(old) = self.about.renames.get(&of.child(Kind::Enum, label)) {
            map.put("was", old.name());
        }
        map.or_short("name")
    }

    fn domain(&mut self, id: &'a ObjectId, domain: &Domain) -> Tree {
        let Domain { base, collation, not_null, default } = domain;
        let mut map = Map::default();
        map.put("type", names::type_(base));
        map.maybe("collation", collation.as_ref().map(Sql::as_str));
        map.flag("not_null", *not_null);
        if let Some(default) = default {
            self.default(default, base, &mut map);
        }
        let mut checks = Map::default();
        for (check, object) in self.under(Kind::DomainCheck, id) {
            self.left.remove(check);
            let Object::DomainCheck(DomainCheck { expr, valid }) = object else { continue };
            let mut one = Map::default();
            one.put("expr", without_parentheses(expr.as_str()));
            one.flag("not_valid", !valid);
            self.facets(check, &mut one);
            checks.put(check.name(), one.or_short("expr"));
        }
        // The name that the resolver makes up, where there is one check.
        let own = crate::resolve::names::make(id.name(), None, "check");
        match checks.entries.as_slice() {
            [(name, Tree::Text(expr))]
                if *name == own && self.constraint_names.is_free(id.schema(), name) =>
            {
                map.put("check", expr);
            }
            _ => map.filled("checks", checks),
        }
        self.was(id, &mut map);
        self.rust(id, &mut map);
        self.facets(id, &mut map);
        map.or_short("type")
    }

    /// A default as a value where it is one, else as SQL.
    pub(super) fn default(&self, expr: &Sql, type_: &str, map: &mut Map) {
        let parsed = TypeRef::parse(type_).ok();
        let is_domain = |type_: &TypeRef| {
            let path = [type_.schema.clone().unwrap_or_default(), type_.name.clone()];
            self.catalog.contains(&ObjectId::new(Kind::Domain, path))
        };
        let value = parsed.filter(|type_| !is_domain(type_));
        match value.and_then(|type_| literal::of_expression(expr.as_str(), &type_)) {
            Some(value) => map.put("default", value),
            None => map.put("default_expr", expr.as_str()),
        }
    }

    fn sequence(&mut self, id: &'a ObjectId, sequence: &Sequence) -> Tree {
        let Sequence { data_type, options, logged, owned_by } = sequence;
        let mut map = Map::default();
        if data_type != "bigint" {
            map.put("type", data_type);
        }
        counting(data_type, options, &mut map);
        map.flag("unlogged", !logged);
        if let Some([schema, table, column]) = owned_by {
            let path = if schema == id.schema() { vec![table, column] } else { vec![schema, table, column] };
            map.put("owned_by", names::spell(&path.into_iter().map(String::as_str).collect::<Vec<_>>()));
        }
        self.was(id, &mut map);
        self.facets(id, &mut map);
        map.or_nothing()
    }
}

/// How a sequence counts, where it is not as PostgreSQL chooses.
pub(super) fn counting(data_type: &str, options: &SequenceOptions, map: &mut Map) {
    let SequenceOptions { start, increment, min, max, cache, cycle } = options;
    let up = *increment > 0;
    let of_type = SequenceOptions::of_type(data_type);
    let lowest = match data_type {
        "smallint" => i64::from(i16::MIN),
        "integer" => i64::from(i32::MIN),
        _ => i64::MIN,
    };
    let mut number = |key: &str, value: i64, usual: i64| {
        if value != usual {
            map.put(key, value);
        }
    };
    number("start", *start, if up { *min } else { *max });
    number("increment", *increment, 1);
    number("min", *min, if up { 1 } else { lowest });
    number("max", *max, if up { of_type.max } else { -1 });
    number("cache", *cache, 1);
    map.flag("cycle", *cycle);
}

/// The pairs of a definition under keys in lower case.
pub(super) fn definition(pairs: &[(String, Sql)]) -> Map {
    let mut map = Map::of(Room::Block);
    for (key, value) in pairs {
        map.put(key.to_lowercase(), literal::loose(value.as_str()));
    }
    map
}

/// `name=value` options under a key, if there are any.
pub(super) fn put_options(key: &str, all: &[String], map: &mut Map) {
    map.filled(key, options(all));
}

/// An expression without the pair of parentheses around all of it.
pub(super) fn without_parentheses(expr: &str) -> &str {
    let Some(inner) = expr.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) else { return expr };
    let (mut depth, mut quote) = (0_i32, None);
    for c in inner.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            (None, _) => {}
        }
        if depth < 0 {
            return expr;
        }
    }
    // Strings with escapes are another grammar.
    if depth == 0 && quote.is_none() && !inner.contains('\\') { inner } else { expr }
}
