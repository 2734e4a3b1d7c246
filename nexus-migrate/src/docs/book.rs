//! What a document says: the schema in the order in which people read it, in words, without any markup.

use std::collections::{BTreeMap, BTreeSet};

use nexus_schema::catalog::{Catalog, Kind, Object, ObjectId};
use nexus_schema::document::{Database, Declared, Tags};
use nexus_schema::kinds::{Action, Column, ConstraintBody, Index, Policy, Seed, TableForm, Trigger};

use super::spelling;

/// The heading of tables that the file puts under none.
const OTHER_TABLES: &str = "Tables";

/// A schema, ready to be written down.
pub(super) struct Book<'a> {
    pub(super) database: &'a Database,
    /// Of the whole state: what was documented.
    pub(super) hash: String,
    pub(super) groups: Vec<Group>,
    pub(super) relations: Vec<Relation>,
    pub(super) types: Vec<Type>,
    pub(super) routines: Vec<Entry>,
    pub(super) seeds: Vec<SeedTable>,
}

/// Tables under one heading.
pub(super) struct Group {
    pub(super) title: String,
    pub(super) tables: Vec<Table>,
}

/// A table.
pub(super) struct Table {
    pub(super) id: ObjectId,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) tags: Vec<String>,
    pub(super) columns: Vec<ColumnRow>,
    /// What it is beside its columns: keys of several columns, checks, partitioning, row security.
    pub(super) rules: Vec<Entry>,
    pub(super) references: Vec<Reference>,
    pub(super) referenced_by: Vec<Reference>,
    pub(super) indexes: Vec<Entry>,
    pub(super) triggers: Vec<TriggerEntry>,
}

/// A row of the table of columns.
pub(super) struct ColumnRow {
    pub(super) name: String,
    pub(super) type_: String,
    pub(super) constraints: Vec<String>,
    pub(super) description: String,
    pub(super) tags: Vec<String>,
    pub(super) key: bool,
    /// Where a foreign key of this column alone leads.
    pub(super) to: Option<(ObjectId, String)>,
}

/// A foreign key, seen from either side.
pub(super) struct Reference {
    pub(super) name: String,
    pub(super) from: ObjectId,
    pub(super) columns: Vec<String>,
    pub(super) to: ObjectId,
    pub(super) target: Vec<String>,
    /// What happens on update and delete, where it is not the usual.
    pub(super) actions: String,
}

/// Something with a name, a definition, and what it is for.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) definition: String,
    pub(super) description: String,
}

/// A trigger, with the function that it calls.
pub(super) struct TriggerEntry {
    pub(super) entry: Entry,
    /// The column that the trigger keeps current, for one that `touch:` makes.
    pub(super) touches: Option<String>,
}

/// A view.
pub(super) struct Relation {
    pub(super) name: String,
    pub(super) what: &'static str,
    pub(super) description: String,
    pub(super) columns: Vec<(String, String, String)>,
    pub(super) query: String,
}

/// A type that the schema makes.
pub(super) struct Type {
    pub(super) name: String,
    pub(super) what: &'static str,
    pub(super) description: String,
    pub(super) parts: Vec<String>,
}

/// Default rows of a table.
pub(super) struct SeedTable {
    pub(super) title: String,
    pub(super) table: String,
    pub(super) groups: Vec<SeedGroup>,
}

/// Default rows under one heading, or under none.
pub(super) struct SeedGroup {
    pub(super) title: Option<String>,
    pub(super) rows: Vec<SeedRow>,
}

/// A default row: what it is called, and what it is.
pub(super) struct SeedRow {
    pub(super) key: String,
    pub(super) description: Option<String>,
    pub(super) values: BTreeMap<String, Option<String>>,
}

impl<'a> Book<'a> {
    pub(super) fn of(declared: &'a Declared, hash: String) -> Self {
        let reader = Reader { declared, catalog: &declared.catalog };
        Self {
            database: &declared.database,
            hash,
            groups: reader.groups(),
            relations: reader.relations(),
            types: reader.types(),
            routines: reader.routines(),
            seeds: reader.seeds(),
        }
    }

    pub(super) fn tables(&self) -> impl Iterator<Item = &Table> {
        self.groups.iter().flat_map(|group| &group.tables)
    }

    pub(super) fn table(&self, id: &ObjectId) -> Option<&Table> {
        self.tables().find(|table| table.id == *id)
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
        let Some(Tags { pii, sensitive, retention, audit }) = self.declared.tags.get(id) else {
            return Vec::new();
        };
        let flags = [(*pii, "personal data"), (*sensitive, "sensitive"), (*audit, "audited")];
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
        let actions =
            actions.into_iter().filter_map(|(when, action)| Some(format!("{when} {}", word(*action)?)));
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
                rules.push(entry(at.name(), policy_text(policy), self.description(at)));
            }
        }
        rules
    }

    fn indexes(&self, table: &ObjectId) -> Vec<Entry> {
        let schema = table.path().get(..1).unwrap_or_default();
        let entries = self.catalog.under(Kind::Index, schema).filter_map(|(id, each)| match &each.object {
            Object::Index(index) if index.table == table.name() => Some(Entry {
                name: id.name().to_owned(),
                definition: index_text(index),
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
                definition: trigger_text(trigger),
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
        let relation = |(id, each): (&ObjectId, &nexus_schema::catalog::Entry)| {
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
        let type_ = |(id, each): (&ObjectId, &nexus_schema::catalog::Entry)| {
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

/// A name with its schema, unless that is `public`.
pub(super) fn qualified(path: &[String]) -> String {
    match path {
        [schema, rest @ ..] if schema == "public" => rest.join("."),
        path => path.join("."),
    }
}

/// A name as a heading: `ssot_anchors` becomes `Ssot Anchors`.
fn titled(name: &str) -> String {
    let words = name.split('_').filter(|word| !word.is_empty()).map(capital);
    words.collect::<Vec<_>>().join(" ")
}

/// A word with a capital letter.
pub(super) fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn word(action: Action) -> Option<&'static str> {
    match action {
        Action::NoAction => None,
        Action::Restrict => Some("RESTRICT"),
        Action::Cascade => Some("CASCADE"),
        Action::SetNull => Some("SET NULL"),
        Action::SetDefault => Some("SET DEFAULT"),
    }
}

fn index_text(index: &Index) -> String {
    let keys = index.keys.iter().map(|key| {
        let on = key.column.as_deref().or(key.expr.as_ref().map(|expr| expr.as_str())).unwrap_or_default();
        let down = if key.descending { " DESC" } else { "" };
        format!("{on}{down}")
    });
    let unique = if index.unique { "UNIQUE " } else { "" };
    let include = match index.include.as_slice() {
        [] => String::new(),
        include => format!(" INCLUDE ({})", include.join(", ")),
    };
    let only = index.predicate.as_ref().map(|only| format!(" WHERE {}", only.as_str())).unwrap_or_default();
    format!("{unique}{} ({}){include}{only}", index.method, keys.collect::<Vec<_>>().join(", "))
}

fn trigger_text(trigger: &Trigger) -> String {
    let each = if trigger.for_each_row { "ROW" } else { "STATEMENT" };
    let of = if trigger.columns.is_empty() {
        String::new()
    } else {
        format!(" OF {}", trigger.columns.join(", "))
    };
    let when = trigger.when.as_ref().map(|when| format!(" WHEN ({})", when.as_str())).unwrap_or_default();
    format!(
        "{} {}{of} FOR EACH {each}{when} EXECUTE {}({})",
        trigger.timing,
        trigger.events.join(" OR "),
        qualified(&trigger.function),
        trigger.arguments.join(", "),
    )
}

fn policy_text(policy: &Policy) -> String {
    let kind = if policy.permissive { "" } else { "RESTRICTIVE " };
    let to = if policy.roles.is_empty() { String::new() } else { format!(" TO {}", policy.roles.join(", ")) };
    let using = policy.using.as_ref().map(|it| format!(" USING ({})", it.as_str())).unwrap_or_default();
    let check = policy.check.as_ref().map(|it| format!(" WITH CHECK ({})", it.as_str())).unwrap_or_default();
    format!("{kind}POLICY FOR {}{to}{using}{check}", policy.command)
}
