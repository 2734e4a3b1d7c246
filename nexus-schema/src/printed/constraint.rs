//! Keys, checks and foreign keys: in their column where that says it all, else by name or as a list.

use std::collections::{BTreeMap, BTreeSet};

use super::Printer;
use super::names;
use super::tree::{Map, Tree};
use super::types::{put_options, without_parentheses};
use crate::catalog::{Kind, Object, ObjectId};
use crate::kinds::{Action, Constraint, ConstraintBody, Match, QualifiedName, Table};
use crate::resolve::{self, names::make};

/// What the constraints of a table say, by the place where it stands.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// The column that is the primary key by itself.
    pub(super) primary: Option<String>,
    /// The columns of the primary key, which refuse NULL without saying so.
    pub(super) in_key: BTreeSet<String>,
    pub(super) unique: BTreeSet<String>,
    pub(super) references: BTreeMap<String, Tree>,
    pub(super) checks: BTreeMap<String, Tree>,
    key: Option<Tree>,
    uniques: Named,
    several_checks: Named,
    foreign_keys: Named,
    exclusions: Named,
}

/// Constraints with their names, and whether each name is the one that the resolver makes up.
#[derive(Debug, Default)]
struct Named(Vec<(String, bool, Tree)>);

impl Named {
    /// A list where every name is made up, else a mapping.
    fn tree(self) -> Tree {
        if self.0.iter().all(|(_, made_up, _)| *made_up) {
            return Tree::List(self.0.into_iter().map(|(_, _, tree)| tree).collect());
        }
        Map::by_name(self.0.into_iter().map(|(name, _, tree)| (name, tree)).collect()).into()
    }
}

impl Said {
    /// Adds what no column says.
    pub(super) fn of_table(self, map: &mut Map) {
        map.maybe("primary_key", self.key);
        map.filled("unique", self.uniques.tree());
        map.filled("checks", self.several_checks.tree());
        map.filled("foreign_keys", self.foreign_keys.tree());
        map.filled("exclusions", self.exclusions.tree());
    }
}

impl<'a> Printer<'a> {
    /// Sorts the constraints of a table; `columns` are those that it shows.
    pub(super) fn constraints(
        &mut self,
        id: &'a ObjectId,
        table: &Table,
        columns: &BTreeSet<&str>,
        said: &mut Said,
    ) {
        for (constraint, object) in self.under(Kind::Constraint, id) {
            let Object::Constraint(is) = object else { continue };
            self.left.remove(constraint);
            // A parent by inheritance brings it along.
            if is.inherited.0 && !table.inherits.is_empty() && !self.is_spoken_of(constraint) {
                continue;
            }
            match &is.body {
                ConstraintBody::PrimaryKey { .. } | ConstraintBody::Unique { .. } => {
                    self.key(constraint, is, columns, said);
                }
                ConstraintBody::Check { .. } => self.check(constraint, is, columns, said),
                ConstraintBody::ForeignKey { .. } => self.foreign_key(constraint, is, columns, said),
                ConstraintBody::Definition(definition) => {
                    let mut map = Map::default();
                    map.put("definition", definition.as_str());
                    map.flag("inherited", is.inherited.0);
                    self.index_comment(constraint, &mut map);
                    self.was(constraint, &mut map);
                    self.facets(constraint, &mut map);
                    said.exclusions.0.push((constraint.name().to_owned(), false, map.or_short("definition")));
                }
            }
        }
    }

    fn index_comment(&mut self, constraint: &ObjectId, map: &mut Map) {
        let index = ObjectId::new(Kind::Index, [constraint.schema(), constraint.name()]);
        self.facets_under(&index, "index_description", map);
    }

    fn key(&mut self, id: &'a ObjectId, is: &Constraint, shown: &BTreeSet<&str>, said: &mut Said) {
        let Constraint { body, deferrable, initially_deferred, valid: _, inherited, not_enforced: _ } = is;
        let (primary, columns, include, distinct, options, tablespace, without_overlaps) = match body {
            ConstraintBody::PrimaryKey { columns, include, options, tablespace, without_overlaps } => {
                (true, columns, include, true, options, tablespace, without_overlaps)
            }
            ConstraintBody::Unique {
                columns,
                include,
                nulls_not_distinct,
                options,
                tablespace,
                without_overlaps,
            } => (false, columns, include, !nulls_not_distinct, options, tablespace, without_overlaps),
            _ => return,
        };
        let table = id.path()[1].as_str();
        let all: Vec<_> = columns.iter().chain(include).cloned().collect();
        let own = match primary {
            true => make(table, None, "pkey"),
            false => make(table, Some(&resolve::names::join(&all)), "key"),
        };
        let made_up = own == id.name() && self.constraint_names.is_free(id.schema(), id.name());
        let mut map = Map::default();
        map.put("columns", columns.as_slice());
        map.filled("include", include.as_slice());
        map.flag("nulls_not_distinct", !distinct);
        map.flag("without_overlaps", *without_overlaps);
        put_options("options", options, &mut map);
        map.maybe("tablespace", tablespace.as_ref());
        deferring(*deferrable, *initially_deferred, &mut map);
        map.flag("inherited", inherited.0);
        self.index_comment(id, &mut map);
        self.was(id, &mut map);
        self.facets(id, &mut map);
        let alone =
            columns.len() == 1 && shown.contains(columns[0].as_str()) && map.entries.len() == 1 && made_up;
        if primary {
            said.in_key.extend(columns.iter().cloned());
            if alone {
                said.primary = Some(columns[0].clone());
                return;
            }
            if !made_up {
                map.entries.insert(1, ("name".into(), id.name().into()));
            }
            said.key = Some(map.or_short("columns"));
        } else if alone && said.unique.insert(columns[0].clone()) {
        } else {
            said.uniques.0.push((id.name().to_owned(), made_up, map.or_short("columns")));
        }
    }

    fn check(&mut self, id: &'a ObjectId, is: &Constraint, shown: &BTreeSet<&str>, said: &mut Said) {
        let Constraint { body, deferrable: _, initially_deferred: _, valid, inherited, not_enforced } = is;
        let ConstraintBody::Check { expr, no_inherit } = body else { return };
        let expr = without_parentheses(expr.as_str());
        let mut map = Map::default();
        map.put("expr", expr);
        map.flag("no_inherit", *no_inherit);
        map.flag("not_enforced", *not_enforced);
        map.flag("not_valid", !valid);
        map.flag("inherited", inherited.0);
        self.was(id, &mut map);
        self.facets(id, &mut map);
        let mentioned = resolve::mentioned(shown.iter().copied(), expr);
        let only = match mentioned.as_slice() {
            [column] => Some(*column),
            _ => None,
        };
        let made_up = make(&id.path()[1], only, "check") == id.name()
            && self.constraint_names.is_free(id.schema(), id.name());
        match only {
            Some(column) if made_up && map.entries.len() == 1 && !said.checks.contains_key(column) => {
                said.checks.insert(column.to_owned(), expr.into());
            }
            _ => said.several_checks.0.push((id.name().to_owned(), made_up, map.or_short("expr"))),
        }
    }

    fn foreign_key(&mut self, id: &'a ObjectId, is: &Constraint, shown: &BTreeSet<&str>, said: &mut Said) {
        let Constraint { body, deferrable, initially_deferred, valid, inherited, not_enforced } = is;
        let ConstraintBody::ForeignKey {
            columns,
            table,
            target,
            match_,
            on_update,
            on_delete,
            on_delete_columns,
            period,
        } = body
        else {
            return;
        };
        let own = make(&id.path()[1], Some(&resolve::names::join(columns)), "fkey");
        let made_up = own == id.name() && self.constraint_names.is_free(id.schema(), id.name());
        let mut rest = Map::default();
        if *match_ == Match::Full {
            rest.put("match", "full");
        }
        rest.maybe("on_update", action(*on_update));
        rest.maybe("on_delete", action(*on_delete));
        rest.filled("on_delete_columns", on_delete_columns.as_slice());
        deferring(*deferrable, *initially_deferred, &mut rest);
        rest.flag("period", *period);
        rest.flag("not_enforced", *not_enforced);
        rest.flag("not_valid", !valid);
        rest.flag("inherited", inherited.0);
        self.was(id, &mut rest);
        self.facets(id, &mut rest);
        let in_column = columns.len() == 1
            && shown.contains(columns[0].as_str())
            && !said.references.contains_key(&columns[0])
            && ["on_delete_columns", "period", "inherited", "was"]
                .iter()
                .all(|key| rest.entries.iter().all(|(other, _)| other != key));
        let mut map = Map::default();
        if in_column {
            match plain_target(table, target) {
                Some(to) => map.put("to", to),
                None => {
                    map.put("table", names::of_path(table));
                    map.put("column", &target[0]);
                }
            }
            if !made_up {
                map.put("name", id.name());
            }
            map.entries.extend(rest.entries);
            said.references.insert(columns[0].clone(), map.or_short("to"));
            return;
        }
        map.put("columns", columns.as_slice());
        map.put("references", long_target(table, target));
        map.entries.extend(rest.entries);
        said.foreign_keys.0.push((id.name().to_owned(), made_up, map.into()));
    }
}

fn deferring(deferrable: bool, initially_deferred: bool, map: &mut Map) {
    match initially_deferred {
        true => map.put("initially_deferred", true),
        false => map.flag("deferrable", deferrable),
    }
}

fn action(action: Action) -> Option<&'static str> {
    Some(match action {
        Action::NoAction => return None,
        Action::Restrict => "restrict",
        Action::Cascade => "cascade",
        Action::SetNull => "set_null",
        Action::SetDefault => "set_default",
    })
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// `table.column`, where nothing in it can be taken for anything else.
fn plain_target([schema, table]: &QualifiedName, target: &[String]) -> Option<String> {
    let [column] = target else { return None };
    if ![schema, table, column].iter().all(|name| is_plain(name)) {
        return None;
    }
    Some(match schema.as_str() {
        "public" => format!("{table}.{column}"),
        _ => format!("{schema}.{table}.{column}"),
    })
}

/// `table(column, column)`, or its parts under keys.
fn long_target(table: &QualifiedName, target: &[String]) -> Tree {
    if table.iter().chain(target).all(|name| is_plain(name)) {
        return format!("{}({})", names::of_path(table), target.join(", ")).into();
    }
    let mut map = Map::default();
    map.put("table", names::of_path(table));
    map.put("columns", target);
    map.into()
}
