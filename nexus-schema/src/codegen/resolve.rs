//! Resolves the type of a column to a Rust type, through the domains and enums of the schema.

use std::collections::BTreeMap;

use super::shape::EnumShape;
use super::{Input, Problem, RustType};
use crate::catalog::{Kind, Object, ObjectId};
use crate::kinds::Domain;
use crate::types::TypeRef;

/// How many domains may stand on each other before we call it a circle.
const DEEPEST_DOMAIN: usize = 32;

/// The types a column may have.
pub(super) struct Types<'a> {
    input: &'a Input<'a>,
    enums: BTreeMap<&'a ObjectId, &'a str>,
}

/// What a domain adds to its columns.
#[derive(Default)]
pub(super) struct DomainTraits {
    pub(super) not_null: bool,
    pub(super) has_default: bool,
}

impl<'a> Types<'a> {
    pub(super) fn new(input: &'a Input<'a>, enums: &'a [EnumShape]) -> Self {
        Self { input, enums: enums.iter().map(|e| (&e.id, e.name.as_str())).collect() }
    }

    /// The Rust type of a column, or why there is none.
    pub(super) fn of_column(&self, id: &ObjectId, sql_type: &str) -> Result<RustType, Problem> {
        if let Some(custom) = self.custom(id)? {
            return Ok(custom);
        }
        let unmapped = || Problem::NoRustType { id: id.clone(), sql_type: sql_type.to_owned() };
        self.of_type(sql_type, DEEPEST_DOMAIN)?.ok_or_else(unmapped)
    }

    /// Whether a domain (or one below it) refuses NULL, and whether it brings a default.
    pub(super) fn domain_traits(&self, sql_type: &str) -> DomainTraits {
        let mut found = DomainTraits::default();
        let mut next = self.domain_called(sql_type);
        for _ in 0..DEEPEST_DOMAIN {
            let Some((_, domain)) = next else { break };
            found.not_null |= domain.not_null;
            found.has_default |= domain.default.is_some();
            next = self.domain_called(&domain.base);
        }
        found
    }

    /// The type below all domains, and those domains.
    pub(super) fn base(&self, sql_type: &str) -> (String, Vec<ObjectId>) {
        let mut base = sql_type.to_owned();
        let mut domains = Vec::new();
        while let Some((id, domain)) = self.domain_called(&base)
            && domains.len() < DEEPEST_DOMAIN
        {
            base.clone_from(&domain.base);
            domains.push(id);
        }
        (base, domains)
    }

    fn of_type(&self, sql_type: &str, depth: usize) -> Result<Option<RustType>, Problem> {
        let Ok(name) = TypeRef::parse(sql_type) else { return Ok(None) };
        if name.array && name.name == "citext" {
            return Ok(RustType::of_builtin("citext[]").map(|item| RustType::Array(Box::new(item))));
        }
        let item = self.of_item(&name, depth)?;
        Ok(if name.array { item.map(|item| RustType::Array(Box::new(item))) } else { item })
    }

    fn of_item(&self, name: &TypeRef, depth: usize) -> Result<Option<RustType>, Problem> {
        if let Some(id) = self.find(Kind::Enum, name) {
            if let Some(custom) = self.custom(&id)? {
                return Ok(Some(custom));
            }
            return Ok(self.enums.get(&id).map(|name| RustType::Enum((*name).to_owned())));
        }
        if let Some((id, domain)) = self.domain(name) {
            if let Some(custom) = self.custom(&id)? {
                return Ok(Some(custom));
            }
            return if depth == 0 { Ok(None) } else { self.of_type(&domain.base, depth - 1) };
        }
        if let Some(id) = self.find(Kind::Composite, name) {
            return self.custom(&id);
        }
        let known: &str = match name.builtin() {
            Some(builtin) => builtin.name(),
            None => &name.name,
        };
        Ok(RustType::of_builtin(known))
    }

    fn domain_called(&self, sql_type: &str) -> Option<(ObjectId, &'a Domain)> {
        self.domain(&TypeRef::parse(sql_type).ok()?)
    }

    fn domain(&self, name: &TypeRef) -> Option<(ObjectId, &'a Domain)> {
        if name.array {
            return None;
        }
        let id = self.find(Kind::Domain, name)?;
        match self.input.catalog.get(&id) {
            Some(Object::Domain(domain)) => Some((id, domain)),
            _ => None,
        }
    }

    /// The type of `kind` with this name; without a schema it is in `public`, or in the one schema that has it.
    fn find(&self, kind: Kind, name: &TypeRef) -> Option<ObjectId> {
        let catalog = self.input.catalog;
        let of_name =
            |schema: &str| Some(ObjectId::new(kind, [schema, &name.name])).filter(|id| catalog.contains(id));
        match &name.schema {
            Some(schema) => of_name(schema),
            None if name.builtin().is_some() => None,
            None => of_name("public").or_else(|| {
                let mut all = catalog.of_kind(kind).map(|(id, _)| id).filter(|id| id.name() == name.name);
                all.next().filter(|_| all.next().is_none()).cloned()
            }),
        }
    }

    fn custom(&self, id: &ObjectId) -> Result<Option<RustType>, Problem> {
        let Some(text) = self.input.hints.get(id).and_then(|hint| hint.type_.clone()) else {
            return Ok(None);
        };
        if super::custom::is_type(&text) {
            Ok(Some(RustType::Custom(text)))
        } else {
            Err(Problem::BadType { id: id.clone(), text })
        }
    }
}
