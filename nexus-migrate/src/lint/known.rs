//! What the files read so far say of the state: tables, columns, checks, indexes.
//!
//! What no file says is not known, and rules say "may" of it. A table that no file makes is known by what is done to it.

use std::collections::{BTreeMap, BTreeSet};

use nexus_schema::types::TypeRef;

use super::deed::{Action, Column, Constraint, Deed, NewTable, What};

/// A table of which a file has said something.
#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    /// The file that makes it, and so says all of it.
    pub(super) made_by: Option<usize>,
    pub(super) columns: BTreeMap<String, Column>,
    pub(super) checks: Vec<Check>,
    pub(super) indexes: BTreeMap<String, Index>,
    pub(super) default_partition: Option<String>,
    pub(super) is_temporary: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Check {
    pub(super) name: String,
    pub(super) words: Vec<String>,
    pub(super) valid: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Index {
    pub(super) columns: Vec<String>,
    /// Words of expressions and the predicate.
    pub(super) mentions: Vec<String>,
}

/// What is known of a domain.
#[derive(Debug, Clone)]
pub(super) struct Domain {
    pub(super) base: String,
    pub(super) checked: bool,
}

/// All that the files have said.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    pub(super) tables: BTreeMap<String, Table>,
    pub(super) domains: BTreeMap<String, Domain>,
    pub(super) enums: BTreeSet<String>,
}

impl Known {
    /// Takes in what a statement does.
    pub(super) fn learn(&mut self, deed: &Deed, file: usize) {
        match deed {
            Deed::CreateTable(new) => self.make(new, file),
            Deed::AlterTable { table, actions } => {
                for action in actions {
                    self.act(table, action);
                }
            }
            Deed::DropTable { tables } => self.tables.retain(|name, _| !tables.contains(name)),
            Deed::CreateIndex(index) => {
                let (columns, mentions) = (index.columns.clone(), index.mentions.clone());
                let table = self.tables.entry(index.table.clone()).or_default();
                table.indexes.insert(index.name.clone(), Index { columns, mentions });
            }
            Deed::DropIndex { indexes, .. } => {
                let last = |name: &String| name.rsplit('.').next().map(str::to_owned);
                let gone: BTreeSet<_> = indexes.iter().filter_map(last).collect();
                for table in self.tables.values_mut() {
                    table.indexes.retain(|name, _| !gone.contains(name));
                }
            }
            Deed::CreateDomain { name, base, checked } => {
                self.domains.insert(name.clone(), Domain { base: base.clone(), checked: *checked });
            }
            Deed::CreateEnum { name } => {
                self.enums.insert(name.clone());
            }
            _ => {}
        }
    }

    fn make(&mut self, new: &NewTable, file: usize) {
        if let Some(parent) = &new.partition_of {
            let columns = self.tables.get(parent).map(|parent| parent.columns.clone()).unwrap_or_default();
            if new.is_default {
                self.tables.entry(parent.clone()).or_default().default_partition = Some(new.name.clone());
            }
            self.tables.insert(new.name.clone(), Table { made_by: Some(file), columns, ..Table::default() });
            return;
        }
        let table = Table { made_by: Some(file), is_temporary: new.temporary, ..Table::default() };
        self.tables.insert(new.name.clone(), table);
        for column in &new.columns {
            self.act(&new.name, &Action::AddColumn(column.clone()));
        }
        for constraint in &new.constraints {
            self.act(&new.name, &Action::AddConstraint(constraint.clone()));
        }
    }

    fn act(&mut self, name: &str, action: &Action) {
        let table = self.tables.entry(name.to_owned()).or_default();
        match action {
            Action::AddColumn(column) => {
                if let Some(words) = &column.check {
                    table.checks.push(Check { name: String::new(), words: words.clone(), valid: true });
                }
                let mut column = column.clone();
                column.not_null |= column.key == Some("primary key") || column.identity;
                table.columns.insert(column.name.clone(), column);
            }
            Action::DropColumn(column) => {
                table.columns.remove(column);
                table.checks.retain(|check| !check.words.contains(column));
                table
                    .indexes
                    .retain(|_, index| !index.columns.contains(column) && !index.mentions.contains(column));
            }
            Action::AddConstraint(Constraint { name, what, columns, not_valid, .. }) => match what {
                What::Check(words) => {
                    table.checks.push(Check { name: name.clone(), words: words.clone(), valid: !not_valid });
                }
                What::Key(key) => {
                    let index = Index { columns: columns.clone(), mentions: Vec::new() };
                    table.indexes.insert(name.clone(), index);
                    for column in columns.iter().filter(|_| *key == "primary key") {
                        table.columns.entry(column.clone()).or_default().not_null = true;
                    }
                }
                What::NotNull if !not_valid => {
                    for column in columns {
                        table.columns.entry(column.clone()).or_default().not_null = true;
                    }
                }
                What::NotNull | What::ForeignKey(_) => {}
            },
            Action::DropConstraint(constraint) => {
                table.checks.retain(|check| check.name != *constraint);
                table.indexes.remove(constraint);
            }
            Action::Validate(constraint) => {
                for check in table.checks.iter_mut().filter(|check| check.name == *constraint) {
                    check.valid = true;
                }
            }
            Action::SetNotNull(column) | Action::DropNotNull(column) => {
                let not_null = matches!(action, Action::SetNotNull(_));
                table.columns.entry(column.clone()).or_default().not_null = not_null;
            }
            Action::SetType { column, type_, .. } => {
                table.columns.entry(column.clone()).or_default().type_.clone_from(type_);
            }
            _ => {}
        }
    }

    /// Whether a table is made by this very file, so that nobody uses it yet.
    pub(super) fn is_new(&self, table: &str, file: usize) -> bool {
        self.tables.get(table).is_some_and(|table| table.made_by == Some(file) || table.is_temporary)
    }

    /// The type under a domain, where it is known.
    pub(super) fn base(&self, type_: &str) -> Option<TypeRef> {
        let mut type_ = TypeRef::parse(type_).ok()?;
        // A domain over a domain over …: no file makes a longer chain on purpose.
        for _ in 0..16 {
            let Some(domain) = self.domain(&type_) else { break };
            type_ = TypeRef::parse(&domain.base).ok()?;
        }
        Some(type_)
    }

    pub(super) fn domain(&self, type_: &TypeRef) -> Option<&Domain> {
        self.domains.get(&key(type_))
    }

    pub(super) fn is_enum(&self, type_: &TypeRef) -> bool {
        self.enums.contains(&key(type_))
    }

    /// The index of this name and its table.
    pub(super) fn index(&self, name: &str) -> Option<(&str, &Index)> {
        let name = name.rsplit('.').next().unwrap_or(name);
        self.tables.iter().find_map(|(table, it)| Some((table.as_str(), it.indexes.get(name)?)))
    }
}

fn key(type_: &TypeRef) -> String {
    format!("{}.{}", type_.schema.as_deref().unwrap_or("public"), type_.name)
}
