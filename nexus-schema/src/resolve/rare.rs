//! The rarer kinds: from the fields that were written to objects.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::keys::multirange;
use super::{Made, Resolver, names, routines};
use crate::authored::File;
use crate::authored::decode::Spanned;
use crate::authored::rare::{Rare, Section, Written, required};
use crate::catalog::{Kind, Object, ObjectId};
use crate::kinds;
use crate::report::Spot;

/// The objects of a section over all files.
fn all<'f, T: Rare + 'f>(
    files: &'f [File],
    section: impl Fn(&'f File) -> Option<&'f Section<T>> + 'f,
) -> impl Iterator<Item = &'f Written<T>> {
    files.iter().filter_map(section).flat_map(|section| &section.objects)
}

impl Resolver<'_> {
    /// Takes note of the types that the rarer kinds make, before any is looked for.
    pub(super) fn rare_types(&mut self, files: &[File]) {
        for written in all(files, |file| file.composites.as_ref()) {
            if let Some(path) = self.new_type(&written.name, "composite type", Kind::Composite) {
                self.names.relation([&path[0], &path[1]], "composite type", written.name.spot, self.report);
            }
        }
        for written in all(files, |file| file.ranges.as_ref()) {
            let Some([schema, name]) = self.new_type(&written.name, "range type", Kind::Range) else {
                continue;
            };
            let given = written.values.get("multirange").and_then(Json::as_str).map(String::from);
            let multi = given.unwrap_or_else(|| multirange(&name));
            self.names.type_([&schema, &multi], "multirange type", written.name.spot, self.report);
            let id = ObjectId::new(Kind::Range, [schema.as_str(), &name]);
            self.made.insert([schema, multi], (Made::Other, id));
        }
        for written in all(files, |file| file.base_types.as_ref()) {
            self.new_type(&written.name, "base type", Kind::BaseType);
        }
        for written in all(files, |file| file.shell_types.as_ref()) {
            self.new_type(&written.name, "shell type", Kind::ShellType);
        }
    }

    /// Takes the name of a type. A mistake in it is told when the object is made.
    fn new_type(&mut self, name: &Spanned<String>, what: &'static str, kind: Kind) -> Option<[String; 2]> {
        let path: [String; 2] = match names::split(&name.value).as_deref() {
            Some([own]) => ["public".into(), own.clone()],
            Some([schema, own]) => [schema.clone(), own.clone()],
            _ => return None,
        };
        let id = ObjectId::new(kind, path.clone());
        if self.made.get(&path).is_some_and(|(_, made)| *made == id) {
            // Two files declare it: that is told when the second one is made.
            return None;
        }
        if self.names.type_([&path[0], &path[1]], what, name.spot, self.report) {
            self.made.insert(path.clone(), (Made::Other, id));
        }
        Some(path)
    }

    /// Makes the objects of the rarer kinds, once functions and tables are known.
    pub(super) fn rare(&mut self, files: &[File]) {
        macro_rules! sections {
            ($($section:ident)*) => { $(
                for written in all(files, |file| file.$section.as_ref()) {
                    self.written(written, serde_json::Map::new());
                }
            )* };
        }
        sections! {
            collations ranges shell_types base_types aggregates casts operators operator_families operator_classes
            conversions transforms languages access_methods foreign_data_wrappers subscriptions event_triggers raw
        }
        macro_rules! text_search {
            ($($section:ident)*) => { $(
                for written in all(files, |file| file.text_search.as_ref().and_then(|all| all.$section.as_ref())) {
                    self.written(written, serde_json::Map::new());
                }
            )* };
        }
        text_search! { parsers templates dictionaries configurations }
        for written in all(files, |file| file.composites.as_ref()) {
            self.composite_type(written);
        }
        for written in all(files, |file| file.servers.as_ref()) {
            self.server(written);
        }
        for written in all(files, |file| file.publications.as_ref()) {
            self.publication(written);
        }
        for written in all(files, |file| file.roles.as_ref()) {
            self.declared_role(written);
        }
        self.settings(files);
        self.default_privileges(files);
    }

    /// Makes one object of what was written of it, on top of `values`; returns its id.
    pub(super) fn written<T: Rare>(
        &mut self,
        written: &Written<T>,
        mut values: serde_json::Map<String, Json>,
    ) -> Option<ObjectId> {
        let (kind, spot) = (T::KIND, written.name.spot);
        let (mut path, mut types) = self.rare_path(kind, &written.name)?;
        values.extend(written.values.clone());
        if kind == Kind::Aggregate {
            let told = values.entry("arguments").or_insert_with(|| json!(path[2]));
            let told = told.as_str().unwrap_or_default().replace(" ORDER BY ", ", ").replace("ORDER BY ", "");
            let types = if path[2].is_empty() { told } else { path[2].clone() };
            path[2] = self.argument_types(&types, &path[0].clone());
        }
        let id = ObjectId::new(kind, path);
        if let (true, Some(&earlier)) = (self.catalog.contains(&id), self.places.get(&id)) {
            let title = format!("the {kind} `{}` is declared twice", written.name.value);
            self.report
                .error("NX0402", spot, title, "declared again here")
                .also(earlier, "first declared here")
                .help("keep one of the two");
            return None;
        }
        self.left_out(&id, &mut values);
        for key in TYPES.iter().filter(|(of, _)| *of == kind).map(|(_, key)| *key) {
            let Some(text) = values.get(key).and_then(Json::as_str) else { continue };
            let text =
                Spanned { value: text.to_owned(), spot: written.places.get(key).copied().unwrap_or(spot) };
            let Some(type_) = self.any_type(&text) else { continue };
            values.insert(key.into(), json!(type_.to_string()));
            types.push(type_);
        }
        if kind == Kind::Operator {
            for key in ["commutator", "negator"] {
                let name = values.get(key).and_then(|name| name.get(1)).and_then(Json::as_str);
                if let (Some(name), Some(&place)) = (name.map(String::from), written.places.get(key)) {
                    self.operator_name(&name, place);
                }
            }
        }
        if let Some(&place) = written.places.get("connection")
            && values.get("connection").and_then(Json::as_str).is_some_and(|text| text.contains("password="))
        {
            self.report
                .error("NX0223", place, "a schema file holds no secrets, and there is a password here", "")
                .help("remove it, and give it with ALTER SUBSCRIPTION where the database lives");
        }
        if kind == Kind::Raw {
            self.raw(&mut values, &written.places);
        }
        let missing = required::<T>();
        let missing: Vec<_> = missing
            .into_iter()
            .filter(|key| !values.contains_key(*key) && !written.places.contains_key(key))
            .collect();
        for key in &missing {
            let title = format!("the {kind} `{}` has no `{key}`", written.name.value);
            self.report.error("NX0213", spot, title, "").help(format!("add `{key}: …`"));
        }
        let named = texts(&values);
        let object = Object::from_json(kind, &Json::Object(values).to_string());
        let object = match object {
            Ok(object) => object,
            // A value that could not be read has been told.
            Err(_) if self.report.has_errors() => return None,
            Err(error) => {
                let title = format!("the {kind} `{}` cannot be read: {error}", written.name.value);
                self.report.error("NX0104", spot, title, "").help("compare its keys with the manual's");
                return None;
            }
        };
        self.add(id.clone(), object, spot);
        for type_ in &types {
            self.need_type(&id, type_);
        }
        self.named_by(&id, &named);
        self.said(&id, &written.said);
        if kind == Kind::BaseType {
            let shell = id.as_kind(Kind::ShellType);
            if !self.catalog.contains(&shell) {
                self.add(shell, kinds::ShellType {}, spot);
            }
        }
        Some(id)
    }

    /// What the file may leave out and the model may not.
    fn left_out(&mut self, id: &ObjectId, values: &mut serde_json::Map<String, Json>) {
        let mut otherwise = |key: &str, value: Json| {
            values.entry(key).or_insert(value);
        };
        match id.kind() {
            Kind::Collation => otherwise("deterministic", json!(true)),
            Kind::Range => otherwise("multirange", json!(multirange(id.name()))),
            Kind::OperatorClass => otherwise("family", json!([id.path()[0], id.path()[1]])),
            Kind::Publication => {
                otherwise("publish", json!(["insert", "update", "delete", "truncate"]));
            }
            _ => {}
        }
    }

    /// The ids that raw SQL depends on.
    fn raw(&mut self, values: &mut serde_json::Map<String, Json>, places: &BTreeMap<&'static str, Spot>) {
        let Some(texts) = values.get("depends_on").and_then(Json::as_array).cloned() else { return };
        let spot = places.get("depends_on").copied().unwrap_or_default();
        let texts = texts.iter().filter_map(Json::as_str);
        let ids: Vec<_> =
            texts.filter_map(|text| self.object_id(&Spanned { value: text.to_owned(), spot })).collect();
        values.insert("depends_on".into(), json!(ids));
    }

    /// Requires what texts name as SQL does: functions, and what text search is made of.
    fn named_by(&mut self, id: &ObjectId, texts: &[String]) {
        const TEXT_SEARCH: [Kind; 3] =
            [Kind::TextSearchParser, Kind::TextSearchTemplate, Kind::TextSearchDictionary];
        for text in texts {
            let name = routines::parentheses(text).map_or(text.as_str(), |(name, _)| name);
            let path = match names::split(name.trim()).as_deref() {
                Some([own]) => ["public".to_owned(), own.clone()],
                Some([schema, own]) => [schema.clone(), own.clone()],
                _ => continue,
            };
            let functions = self.catalog.under(Kind::Function, &path).map(|(id, _)| id.clone());
            let mut needed: Vec<_> = functions.collect();
            if matches!(id.kind(), Kind::TextSearchDictionary | Kind::TextSearchConfiguration) {
                needed.extend(TEXT_SEARCH.map(|kind| ObjectId::new(kind, path.clone())));
            }
            if matches!(id.kind(), Kind::Range | Kind::Composite) {
                needed.push(ObjectId::new(Kind::Collation, path.clone()));
            }
            for needed in needed {
                if self.catalog.contains(&needed) {
                    self.catalog.require(id, needed);
                }
            }
        }
    }

    /// Adds families that classes leave to PostgreSQL, and the edges that need every object to be known.
    pub(super) fn rare_edges(&mut self) {
        let classes = self.catalog.of_kind(Kind::OperatorClass).map(|(id, _)| id.clone());
        for class in classes.collect::<Vec<_>>() {
            let family = class.as_kind(Kind::OperatorFamily);
            let needed = self.catalog.entry(&class).is_some_and(|entry| entry.requires.contains(&family));
            if needed && !self.catalog.contains(&family) {
                let spot = self.places.get(&class).copied().unwrap_or_default();
                self.add(family, kinds::OperatorFamily::default(), spot);
            }
        }
        let mut edges: Vec<(ObjectId, ObjectId)> = Vec::new();
        let shells: Vec<_> = self.catalog.of_kind(Kind::ShellType).map(|(id, _)| id.clone()).collect();
        for (id, entry) in self.catalog.of_kind(Kind::Function) {
            let Object::Function(function) = &entry.object else { continue };
            let language = ObjectId::new(Kind::Language, [function.language.as_str()]);
            // A handler written in its own language would be nobody's first object.
            if self.catalog.entry(&language).is_some_and(|entry| !entry.requires.contains(id)) {
                edges.push((id.clone(), language));
            }
            for shell in &shells {
                let in_text = |sql: &kinds::Sql| super::words(sql.as_str()).any(|word| word == shell.name());
                if in_text(&function.arguments) || function.returns.as_ref().is_some_and(in_text) {
                    edges.push((id.clone(), shell.clone()));
                }
            }
        }
        for (id, needed) in edges {
            self.catalog.require(&id, needed);
        }
    }

    fn composite_type(&mut self, written: &Written<kinds::Composite>) {
        let attributes = written.parts.attributes.iter().flat_map(|all| &all.0);
        let schema = names::split(&written.name.value).filter(|parts| parts.len() == 2);
        let schema = schema.map_or_else(|| "public".to_owned(), |parts| parts[0].clone());
        let mut types = Vec::new();
        let mut made = Vec::new();
        for (name, is) in attributes.clone() {
            let Some(name) = name else { continue };
            names::check(&name.value, "attribute", name.spot, self.report);
            if is.type_.is_none() && !is.given.contains("type") {
                let title = format!("the attribute `{}` has no type", name.value);
                self.report.error("NX0303", name.spot, title, "").help("add `type: text`, say");
            }
            let Some(type_) = is.type_.as_ref().and_then(|type_| self.type_of(type_, &schema)) else {
                continue;
            };
            let collation = is.collation.as_ref().map(|name| super::collation(&name.value));
            made.push(kinds::Attribute { name: name.value.clone(), type_: type_.to_string(), collation });
            types.push(type_);
        }
        let made = serde_json::Map::from_iter([("attributes".to_owned(), json!(made))]);
        let Some(id) = self.written(written, made) else { return };
        for type_ in &types {
            self.need_type(&id, type_);
        }
        for (name, is) in attributes {
            let Some(name) = name else { continue };
            let part = id.child(Kind::Column, name.value.as_str());
            self.comment(&part, &is.description);
            self.said_needs(&part, &id);
            self.renamed(&id.child(Kind::Composite, name.value.as_str()), &is.was);
        }
    }
}

/// The fields that hold a type as `format_type` spells it.
const TYPES: &[(Kind, &str)] =
    &[(Kind::Range, "subtype"), (Kind::OperatorClass, "type"), (Kind::OperatorClass, "storage")];

/// Every text in the values.
fn texts(values: &serde_json::Map<String, Json>) -> Vec<String> {
    fn collect(value: &Json, out: &mut Vec<String>) {
        match value {
            Json::String(text) => out.push(text.clone()),
            Json::Array(items) => items.iter().for_each(|item| collect(item, out)),
            Json::Object(all) => all.values().for_each(|item| collect(item, out)),
            _ => {}
        }
    }
    let mut out = Vec::new();
    values.values().for_each(|value| collect(value, &mut out));
    out
}
