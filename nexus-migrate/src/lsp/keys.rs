//! Which keys and words a place of the file takes: the JSON Schema, walked by a path of keys.

use std::collections::BTreeMap;

use serde_json::Value;

/// The JSON Schema of the file.
#[derive(Debug)]
pub(crate) struct Keys {
    root: Value,
}

/// How deep choices are looked into.
const DEPTH: usize = 12;

impl Keys {
    pub(crate) fn new() -> Self {
        Self { root: Value::from(nexus_schema::jsonschema::json_schema()) }
    }

    /// The forms that a value may take, references followed and choices taken apart.
    fn forms<'s>(&'s self, schema: &'s Value, depth: usize, out: &mut Vec<&'s Value>) {
        if depth > DEPTH {
            return;
        }
        if let Some(to) = schema.get("$ref").and_then(Value::as_str) {
            if let Some(schema) = to.strip_prefix('#').and_then(|to| self.root.pointer(to)) {
                self.forms(schema, depth + 1, out);
            }
            return;
        }
        match schema.get("anyOf").and_then(Value::as_array) {
            Some(choices) => choices.iter().for_each(|choice| self.forms(choice, depth + 1, out)),
            None => out.push(schema),
        }
    }

    /// The forms of the value under a path of keys; items of lists take no key.
    fn at(&self, path: &[String]) -> Vec<&Value> {
        let mut now = Vec::new();
        self.forms(&self.root, 0, &mut now);
        for key in path {
            let mut next = Vec::new();
            for form in self.with_items(now) {
                let property = form.get("properties").and_then(|properties| properties.get(key));
                if let Some(schema) = property.or_else(|| form.get("additionalProperties")) {
                    self.forms(schema, 0, &mut next);
                }
            }
            now = next;
        }
        self.with_items(now)
    }

    /// The forms, and those of what lists among them hold.
    fn with_items<'s>(&'s self, forms: Vec<&'s Value>) -> Vec<&'s Value> {
        let mut all = Vec::new();
        let mut open = forms;
        for _ in 0..4 {
            let mut inner = Vec::new();
            for form in &open {
                if let Some(items) = form.get("items") {
                    self.forms(items, 0, &mut inner);
                }
            }
            all.extend(std::mem::replace(&mut open, inner));
        }
        all
    }

    /// The keys that may stand under a path, with what they mean.
    pub(crate) fn keys(&self, path: &[String]) -> BTreeMap<&str, &str> {
        let objects = self.at(path).into_iter().filter_map(|form| form.get("properties")?.as_object());
        objects
            .flatten()
            .map(|(key, schema)| {
                (key.as_str(), schema.get("description").and_then(Value::as_str).unwrap_or_default())
            })
            .collect()
    }

    /// What the key at the end of a path means; nothing for one that the author made up.
    pub(crate) fn meaning(&self, path: &[String]) -> Option<&str> {
        let (key, above) = path.split_last()?;
        self.keys(above).get(key.as_str()).copied().filter(|means| !means.is_empty())
    }

    /// The words of which the value under a path is one.
    pub(crate) fn words(&self, path: &[String]) -> Vec<String> {
        let mut words = Vec::new();
        for form in self.at(path) {
            let of_choice = form.get("enum").and_then(Value::as_array).into_iter().flatten();
            words.extend(of_choice.filter_map(|word| {
                word.as_str().map(String::from).or_else(|| word.as_bool().map(|b| b.to_string()))
            }));
            if form.get("type").and_then(Value::as_str) == Some("boolean") {
                words.extend(["true".to_owned(), "false".to_owned()]);
            }
        }
        words.sort();
        words.dedup();
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(keys: &[&str]) -> Vec<String> {
        keys.iter().map(|key| (*key).to_owned()).collect()
    }

    #[test]
    fn keys_depend_on_the_place() {
        let keys = Keys::new();
        assert!(keys.keys(&[]).contains_key("tables"));
        let column = keys.keys(&path(&["tables", "users", "columns", "id"]));
        assert!(
            column.contains_key("primary_key")
                && column.contains_key("was")
                && !column.contains_key("columns")
        );
        assert!(
            keys.keys(&path(&["tables", "users", "indexes"])).contains_key("on"),
            "indexes may be a list"
        );
        assert!(keys.keys(&path(&["tables", "users", "columns"])).is_empty(), "names are the author's own");
        assert_eq!(keys.words(&path(&["tables", "t", "columns", "c", "not_null"])), ["false", "true"]);
        let actions = keys.words(&path(&["tables", "t", "columns", "c", "references", "on_delete"]));
        assert!(actions.contains(&"cascade".to_owned()), "{actions:?}");
        assert_eq!(keys.meaning(&path(&["tables", "t", "group"])), Some("The heading it is read under."));
        assert_eq!(keys.meaning(&path(&["tables", "t"])), None);
    }
}
