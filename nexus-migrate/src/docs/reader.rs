//! From a declared schema to the book about it.

use std::collections::{BTreeMap, BTreeSet};

use nexus_schema::catalog::{self, Catalog, Kind, Object, ObjectId};
use nexus_schema::document::{Declared, Tags};
use nexus_schema::kinds::{Column, ConstraintBody, Seed, TableForm};

use super::book::{
    Book, ColumnRow, Entry, Group, Reference, Relation, SeedGroup, SeedRow, SeedTable, Table, TriggerEntry,
    Type, capital, qualified,
};
use super::{definition, spelling};

/// The heading of tables that the file puts under none.
const OTHER_TABLES: &str = "Tables";

/// Reads the book.
pub(super) fn read(declared: &Declared, hash: String) -> Book<'_> {
    let reader = Reader { declared, catalog: &declared.catalog };
    Book {
        database: &declared.database,
        hash,
        groups: reader.groups(),
        relations: reader.relations(),
        types: reader.types(),
        routines: reader.routines(),
        seeds: reader.seeds(),
    }
}

struct Reader<'a> {
    declared: &'a Declared,
    catalog: &'a Catalog,
}

impl Reader<'_> {
    /// What the schema file says of an object.
    fn description(&self, id: &ObjectId) -> String {
        match self.catalog.get(&id.of(Kind::Comment, [])) {
            Some(Object::Comment(comment)) => comment.text.clone(),
            _ => String::new(),
        }
    }

    fn tags(&self, id: &ObjectId) -> Vec<String> {
        let Some(Tags { pii, sensitive, retention, audit, .. }) = self.declared.tags.get(id) else {
            return Vec::new();
        };
        let flags = [(*pii, "personal data"), (*sensitive, "sensitive"), (audit.is_some(), "audited")];
        let set = flags.into_iter().filter(|(on, _)| *on).map(|(_, word)| word.to_owned());
        set.chain(retention.iter().map(|time| format!("kept {time}"))).collect()
    }

    fn groups(&self) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        let referenced = self.referenced();
        for table in &self.declared.tables {
            let title = table.group.as_deref().unwrap_or(OTHER_TABLES);
            let read = self.table(&table.id, &referenced);
            match groups.iter_mut().find(|group| group.title == title) {
                Some(group) => group.tables.push(read),
                None => groups.push(Group { title: title.to_owned(), tables: vec![read] }),
            }
        }
        groups
    }

    fn table(&self, id: &ObjectId, referenced: &BTreeMap<ObjectId, Vec<ObjectId>>) -> Table {
        let keys = self.keys(id);
        let references: Vec<_> = self
            .catalog
            .under(Kind::Constraint, id.path())
            .filter_map(|(key, _)| self.reference(key))
            .collect();
        let by = referenced.get(id).into_iter().flatten().filter_map(|key| self.reference(key));
        Table {
            id: id.clone(),
            name: qualified(id.path()),
            description: self.description(id),
            tags: self.tags(id),
            columns: self
                .catalog
                .columns(id)
                .into_iter()
                .map(|(at, is)| self.column(at, is, &keys, &references))
                .collect(),
            rules: self.rules(id, &keys),
            referenced_by: by.collect(),
            indexes: self.indexes(id),
            triggers: self.triggers(id),
            references,
        }
    }

    /// The foreign keys by the table they lead to.
    fn referenced(&self) -> BTreeMap<ObjectId, Vec<ObjectId>> {
        let mut referenced: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (id, _) in self.catalog.of_kind(Kind::Constraint) {
            if let Some(reference) = self.reference(id) {
                referenced.entry(reference.to).or_default().push(id.clone());
            }
        }
        referenced
    }

    fn keys(&self, table: &ObjectId) -> Keys {
        let mut keys = Keys::default();
        for (_, entry) in self.catalog.under(Kind::Constraint, table.path()) {
            let Object::Constraint(constraint) = &entry.object else { continue };
            match &constraint.body {
                ConstraintBody::PrimaryKey { columns, .. } => keys.primary = columns.clone(),
                ConstraintBody::Unique { columns, .. } if columns.len() == 1 => {
                    keys.unique.extend(columns.iter().cloned());
                }
                _ => {}
            }
        }
        keys
    }

    fn column(&self, id: &ObjectId, column: &Column, keys: &Keys, references: &[Reference]) -> ColumnRow {
        let name = id.name();
        let mut constraints = Vec::new();
        let only_key = keys.primary == [name];
        let in_key = keys.primary.iter().any(|key| key == name);
        let to = references.iter().find(|reference| reference.columns == [name]);
        if only_key {
            constraints.push("PRIMARY KEY".into());
        }
        if keys.unique.contains(name) {
            constraints.push("UNIQUE".into());
        }
        if references.iter().any(|reference| reference.columns.iter().any(|column| column == name)) {
            constraints.push("FOREIGN KEY".into());
        }
        if column.not_null && !in_key && column.identity.is_none() {
            constraints.push("NOT NULL".into());
        }
        if let Some(identity) = &column.identity {
            let how = if identity.always { "ALWAYS" } else { "BY DEFAULT" };
            constraints.push(format!("GENERATED {how} AS IDENTITY"));
        }
        if let Some(generated) = &column.generated {
            let how = if generated.stored { "STORED" } else { "VIRTUAL" };
            constraints.push(format!("GENERATED ALWAYS AS ({}) {how}", generated.expr.as_str()));
        }
        // How a key comes about is said below the columns.
        if !only_key && let Some(default) = self.default(id) {
            constraints.push(format!("DEFAULT {}", spelling::default(default)));
        }
        ColumnRow {
            name: name.to_owned(),
            type_: spelling::type_name(&column.type_),
            constraints,
            description: self.description(id),
            tags: self.tags(id),
            key: in_key,
            to: to.and_then(|to| Some((to.to.clone(), to.target.first()?.clone()))),
        }
    }

    fn default(&self, column: &ObjectId) -> Option<&str> {
        match self.catalog.get(&column.as_kind(Kind::Default)) {
            Some(Object::Default(default)) => Some(default.expr.as_str()),
            _ => None,
        }
    }

    fn reference(&self, id: &ObjectId) -> Option<Reference> {
        let Some(Object::Constraint(constraint)) = self.catalog.get(id) else { return None };
        let ConstraintBody::ForeignKey { columns, table, target, on_update, on_delete, .. } =
            &constraint.body
        else {
            return None;
        };
        let actions = [("ON UPDATE", on_update), ("ON DELETE", on_delete)];
        let actions = actions
            .into_iter()
            .filter_map(|(when, action)| Some(format!("{when} {}", definition::action(*action)?)));
        Some(Reference {
            name: id.name().to_owned(),
            from: id.ancestor(Kind::Table, 2),
            columns: columns.clone(),
            to: ObjectId::new(Kind::Table, table.clone()),
            target: target.clone(),
            actions: actions.collect::<Vec<_>>().join(" "),
        })
    }

    fn rules(&self, id: &ObjectId, keys: &Keys) -> Vec<Entry> {
        let entry = |name: &str, definition: String, description: String| Entry {
            name: name.to_owned(),
            definition,
            description,
        };
        let mut rules = Vec::new();
        if let [key] = keys.primary.as_slice()
            && let Some(default) = self.default(&id.child(Kind::Column, key))
        {
            rules.push(entry("Key default", format!("{key} = {default}"), String::new()));
        }
        for (at, each) in self.catalog.under(Kind::Constraint, id.path()) {
            let Object::Constraint(constraint) = &each.object else { continue };
            let definition = match &constraint.body {
                ConstraintBody::PrimaryKey { columns, .. } if columns.len() > 1 => {
                    format!("PRIMARY KEY ({})", columns.join(", "))
                }
                ConstraintBody::Unique { columns, .. } if columns.len() > 1 => {
                    format!("UNIQUE ({})", columns.join(", "))
                }
                ConstraintBody::Check { expr, .. } => format!("CHECK ({})", expr.as_str()),
                ConstraintBody::Definition(definition) => definition.as_str().to_owned(),
                _ => continue,
            };
            rules.push(entry(at.name(), definition, self.description(at)));
        }
        if let Some(Object::Table(table)) = self.catalog.get(id) {
            if let TableForm::Partitioned(by) = &table.form {
                rules.push(entry("Partitioned", format!("BY {}", by.as_str()), String::new()));
            }
            if table.row_security {
                let forced = if table.force_row_security { ", for the owner too" } else { "" };
                rules.push(entry("Row security", format!("ENABLED{forced}"), String::new()));
            }
        }
        if let Some(Object::Partition(partition)) = self.catalog.get(&id.as_kind(Kind::Partition)) {
            let of = format!("OF {} {}", qualified(&partition.parent), partition.bound.as_str());
            rules.push(entry("Partition", of, String::new()));
        }
        for (at, each) in self.catalog.under(Kind::Policy, id.path()) {
            if let Object::Policy(policy) = &each.object {
                rules.push(entry(at.name(), definition::policy(policy), self.description(at)));
            }
        }
        rules
    }

    fn indexes(&self, table: &ObjectId) -> Vec<Entry> {
        let schema = table.path().get(..1).unwrap_or_default();
        let entries = self.catalog.under(Kind::Index, schema).filter_map(|(id, each)| match &each.object {
            Object::Index(index) if index.table == table.name() => Some(Entry {
                name: id.name().to_owned(),
                definition: definition::index(index),
                description: self.description(id),
            }),
            _ => None,
        });
        entries.collect()
    }

    fn triggers(&self, table: &ObjectId) -> Vec<TriggerEntry> {
        let entries = self.catalog.under(Kind::Trigger, table.path()).filter_map(|(id, each)| {
            let Object::Trigger(trigger) = &each.object else { return None };
            let entry = Entry {
                name: id.name().to_owned(),
                definition: definition::trigger(trigger),
                description: self.description(id),
            };
            let touches = trigger.function[1].strip_prefix("touch_").map(str::to_owned);
            Some(TriggerEntry { entry, touches })
        });
        entries.collect()
    }

    fn relations(&self) -> Vec<Relation> {
        let all =
            [Kind::View, Kind::MaterializedView].into_iter().flat_map(|kind| self.catalog.of_kind(kind));
        let relation = |(id, each): (&ObjectId, &catalog::Entry)| {
            let (what, columns, query) = match &each.object {
                Object::View(view) => ("View", &view.columns, &view.query),
                Object::MaterializedView(view) => ("Materialized view", &view.columns, &view.query),
                _ => return None,
            };
            let columns = columns.iter().map(|column| {
                let text = self.description(&id.child(Kind::Column, column.name.as_str()));
                (column.name.clone(), spelling::type_name(&column.type_), text)
            });
            Some(Relation {
                name: qualified(id.path()),
                what,
                description: self.description(id),
                columns: columns.collect(),
                query: query.as_str().trim().to_owned(),
            })
        };
        all.filter_map(relation).collect()
    }

    fn types(&self) -> Vec<Type> {
        let kinds = [Kind::Enum, Kind::Domain, Kind::Composite, Kind::Range];
        let all = kinds.into_iter().flat_map(|kind| self.catalog.of_kind(kind));
        let type_ = |(id, each): (&ObjectId, &catalog::Entry)| {
            let (what, parts) = match &each.object {
                Object::Enum(of) => ("Enum", of.labels.clone()),
                Object::Domain(of) => {
                    let checks =
                        self.catalog.under(Kind::DomainCheck, id.path()).filter_map(|(_, each)| match &each
                            .object
                        {
                            Object::DomainCheck(check) => Some(format!("CHECK ({})", check.expr.as_str())),
                            _ => None,
                        });
                    let base = spelling::type_name(&of.base);
                    let not_null = of.not_null.then(|| "NOT NULL".to_owned());
                    ("Domain", [base].into_iter().chain(not_null).chain(checks).collect())
                }
                Object::Composite(of) => {
                    let part = |a: &nexus_schema::kinds::Attribute| {
                        format!("{} {}", a.name, spelling::type_name(&a.type_))
                    };
                    ("Composite type", of.attributes.iter().map(part).collect())
                }
                Object::Range(of) => ("Range", vec![spelling::type_name(&of.subtype)]),
                _ => return None,
            };
            Some(Type { name: qualified(id.path()), what, description: self.description(id), parts })
        };
        all.filter_map(type_).collect()
    }

    fn routines(&self) -> Vec<Entry> {
        let all = self.catalog.of_kind(Kind::Function).filter_map(|(id, each)| {
            let Object::Function(function) = &each.object else { return None };
            let name = qualified(id.path().get(..2).unwrap_or_default());
            let returns =
                function.returns.as_ref().map(|of| format!(" → {}", of.as_str())).unwrap_or_default();
            Some(Entry {
                definition: format!("{name}({}){returns}", function.arguments.as_str()),
                name,
                description: self.description(id),
            })
        });
        all.collect()
    }

    fn seeds(&self) -> Vec<SeedTable> {
        let mut tables: Vec<SeedTable> = Vec::new();
        for declared in &self.declared.seeds {
            let title = declared.title.clone().unwrap_or_else(|| titled(declared.table.name()));
            let groups = declared.groups.iter().map(|group| SeedGroup {
                title: group.title.clone(),
                rows: group.rows.iter().filter_map(|id| self.seed(id)).collect(),
            });
            tables.push(SeedTable {
                title,
                table: qualified(declared.table.path()),
                groups: groups.collect(),
            });
        }
        tables
    }

    fn seed(&self, id: &ObjectId) -> Option<SeedRow> {
        let Some(Object::Seed(Seed { key, values, .. })) = self.catalog.get(id) else { return None };
        let table = id.ancestor(Kind::Table, 2);
        let shown = |column: &str| {
            let tags = self.declared.tags.get(&table.child(Kind::Column, column));
            !tags.is_some_and(|tags| tags.sensitive)
        };
        let values: BTreeMap<_, _> = values
            .iter()
            .filter(|(column, _)| shown(column))
            .map(|(column, value)| (column.clone(), value.clone()))
            .collect();
        let keys = key.iter().filter_map(|column| values.get(column)?.clone());
        Some(SeedRow {
            key: keys.collect::<Vec<_>>().join(", "),
            description: values.get("description").cloned().flatten(),
            values,
        })
    }
}

/// The keys of a table that its columns' rows show.
#[derive(Default)]
struct Keys {
    primary: Vec<String>,
    unique: BTreeSet<String>,
}

/// A name as a heading: `ssot_anchors` becomes `Ssot Anchors`.
fn titled(name: &str) -> String {
    let words = name.split('_').filter(|word| !word.is_empty()).map(capital);
    words.collect::<Vec<_>>().join(" ")
}
