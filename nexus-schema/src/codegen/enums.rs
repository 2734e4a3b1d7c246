//! Which Rust enums there are: those of SQL, and those of the values that columns have in default rows.

use std::collections::BTreeMap;

use super::shape::{Build, EnumShape, comment};
use super::{Problem, names};
use crate::catalog::{Kind, Object, ObjectId};
use crate::types::quote_ident;

impl EnumShape {
    /// Whether it is made of default rows, and its values are texts to the server.
    pub fn is_lookup(&self) -> bool {
        self.id.kind() == Kind::Column
    }

    /// The enum's name in SQL, with its schema; for one that is made of rows, the column with its table.
    pub fn sql_name(&self) -> String {
        match self.is_lookup() {
            true => {
                format!("{}.{}", names::qualified(&self.id.ancestor(Kind::Table, 2)), self.sql_bare_name())
            }
            false => names::qualified(&self.id),
        }
    }

    /// The enum's name in SQL, without its schema.
    pub fn sql_bare_name(&self) -> String {
        quote_ident(self.id.name())
    }
}

impl Build<'_> {
    pub(super) fn enums(&mut self) -> Vec<EnumShape> {
        let mut enums = Vec::new();
        for (id, entry) in self.input.catalog.of_kind(Kind::Enum) {
            let Object::Enum(object) = &entry.object else { continue };
            let variants = self.variants(id, &object.labels);
            enums.push(EnumShape {
                id: id.clone(),
                name: self.name(id),
                comment: comment(self.input.catalog, id),
                variants,
            });
        }
        enums
    }

    /// The enums of the values that columns have in default rows.
    pub(super) fn lookups(&mut self) -> Vec<EnumShape> {
        let input = self.input;
        let mut enums = Vec::new();
        for (id, name) in input.hints.iter().filter_map(|(id, hint)| Some((id, hint.lookup.as_ref()?))) {
            let table = id.ancestor(Kind::Table, 2);
            let mut rows = Vec::new();
            for (_, entry) in input.catalog.under(Kind::Seed, table.path()) {
                if let Object::Seed(seed) = &entry.object
                    && let Some(Some(value)) = seed.values.get(id.name())
                {
                    rows.push((seed.ordinal.0, value.clone()));
                }
            }
            rows.sort();
            let labels: Vec<_> = rows.into_iter().map(|(_, value)| value).collect();
            let variants = self.variants(id, &labels);
            enums.push(EnumShape {
                id: id.clone(),
                name: name.clone(),
                comment: comment(input.catalog, id),
                variants,
            });
        }
        enums
    }

    /// The variants for labels; two that have one name are a problem.
    fn variants(&mut self, id: &ObjectId, labels: &[String]) -> Vec<(String, String)> {
        let mut taken = BTreeMap::new();
        let mut variants = Vec::new();
        for label in labels {
            let name = names::variant(label);
            if let Some(other) = taken.insert(name.clone(), label) {
                let labels = [other.clone(), label.clone()];
                self.problems.push(Problem::SameVariant { id: id.clone(), name: name.clone(), labels });
            }
            variants.push((name, label.clone()));
        }
        variants
    }
}
