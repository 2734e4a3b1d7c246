//! Objects that run: functions, aggregates, triggers, rules, policies; and statistics, which guide what runs.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{AnyOrder, Noun, Sql, in_schema, is_default};
use crate::catalog::{Kind, ObjectId};

/// A function, procedure or window function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Function {
    /// Which of the three it is.
    pub routine: Routine,
    /// The argument list as `pg_get_function_arguments` prints it, defaults included.
    pub arguments: Sql,
    /// The result as `pg_get_function_result` prints it; `None` for a procedure.
    pub returns: Option<Sql>,
    /// The language's name.
    pub language: String,
    /// What it runs.
    pub body: Body,
    /// How its result may change.
    pub volatility: Volatility,
    /// Whether a NULL argument makes the result NULL without a call.
    pub strict: bool,
    /// Whether it runs with its owner's rights.
    pub security_definer: bool,
    /// Whether it tells nothing about its arguments but by its result.
    pub leakproof: bool,
    /// `unsafe`, `restricted` or `safe`.
    pub parallel: String,
    /// Estimated cost; `None` for the language's default.
    pub cost: Option<String>,
    /// Estimated rows of a set; `None` for the default.
    pub rows: Option<String>,
    /// Planner support function, schema-qualified and quoted.
    pub support: Option<Sql>,
    /// Settings in force while it runs, `name=value`, sorted.
    pub settings: AnyOrder<String>,
    /// The types whose transforms it uses, as `format_type` spells them.
    #[serde(default, skip_serializing_if = "is_default")]
    pub transforms: Vec<String>,
}

/// The three things `CREATE FUNCTION` and `CREATE PROCEDURE` make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Routine {
    /// A function.
    Function,
    /// A procedure.
    Procedure,
    /// A window function.
    Window,
}

/// What a function runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// A string that the language reads.
    Text(String),
    /// `BEGIN ATOMIC …` or `RETURN …`, parsed by the server.
    Sql(Sql),
    /// A symbol in an object file.
    Symbol {
        /// The file.
        file: String,
        /// The symbol.
        symbol: String,
    },
}

/// How a function's result may change between calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Volatility {
    /// Never for the same arguments.
    Immutable,
    /// Not within a statement.
    Stable,
    /// At any call.
    Volatile,
}

/// An aggregate: the pairs of its definition, each value already spelled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Aggregate {
    /// The argument list as `pg_get_function_arguments` prints it.
    pub arguments: Sql,
    /// `SFUNC`, `STYPE` and the rest, in the order of the manual, keyword and value.
    pub definition: Vec<(String, Sql)>,
}

impl Aggregate {
    /// The value of a keyword of the definition.
    pub fn value(&self, word: &str) -> Option<&Sql> {
        self.definition.iter().find(|(key, _)| key == word).map(|(_, value)| value)
    }
}

/// A trigger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    /// `BEFORE`, `AFTER` or `INSTEAD OF`.
    pub timing: String,
    /// `INSERT`, `UPDATE`, `DELETE`, `TRUNCATE`, in this order.
    pub events: Vec<String>,
    /// The columns of `UPDATE OF`.
    pub columns: Vec<String>,
    /// Whether it fires for each row, or else once a statement.
    pub for_each_row: bool,
    /// The condition.
    pub when: Option<Sql>,
    /// The function: schema, then name.
    pub function: super::QualifiedName,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// Whether it is a constraint trigger.
    pub constraint: bool,
    /// Whether a constraint trigger can wait.
    pub deferrable: bool,
    /// Whether it does wait.
    pub initially_deferred: bool,
    /// The name of the transition table of old rows.
    pub old_table: Option<String>,
    /// The name of the transition table of new rows.
    pub new_table: Option<String>,
    /// The other table of a constraint trigger.
    pub from_table: Option<super::QualifiedName>,
    /// `origin` (as created), `disabled`, `replica` or `always`.
    pub enabled: String,
    /// Whether it is a partition's copy of its parent's trigger, and only its state is its own.
    #[serde(default, skip_serializing_if = "super::is_default")]
    pub inherited: bool,
}

/// A rewrite rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// `CREATE RULE …` as `pg_get_ruledef` prints it, without the semicolon.
    pub definition: Sql,
    /// `origin` (as created), `disabled`, `replica` or `always`.
    pub enabled: String,
}

/// A row security policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// `ALL`, `SELECT`, `INSERT`, `UPDATE` or `DELETE`.
    pub command: String,
    /// Whether rows may satisfy any policy, or else must satisfy this one.
    pub permissive: bool,
    /// The roles it is for, sorted; empty for PUBLIC.
    pub roles: Vec<String>,
    /// The condition on existing rows.
    pub using: Option<Sql>,
    /// The condition on new rows.
    pub check: Option<Sql>,
}

/// Extended statistics.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statistics {
    /// The table: schema, then name.
    pub table: super::QualifiedName,
    /// `CREATE STATISTICS …` as `pg_get_statisticsobjdef` prints it.
    pub definition: Sql,
    /// A target other than the default.
    pub target: Option<i32>,
}

impl Noun for Function {
    fn requires(&self, id: &ObjectId) -> BTreeSet<ObjectId> {
        let transform = |type_: &String| ObjectId::new(Kind::Transform, [type_, &self.language]);
        in_schema(id).into_iter().chain(self.transforms.iter().map(transform)).collect()
    }
}

impl Noun for Aggregate {
    fn requires(&self, id: &ObjectId) -> BTreeSet<ObjectId> {
        in_schema(id)
    }
}

impl Noun for Trigger {
    fn requires(&self, id: &ObjectId) -> BTreeSet<ObjectId> {
        let table = id.ancestor(Kind::Table, 2);
        let [schema, name] = &self.function;
        let function = ObjectId::new(Kind::Function, [schema.as_str(), name, ""]);
        let columns = self.columns.iter().map(|column| table.child(Kind::Column, column));
        columns.chain([table.clone(), function]).collect()
    }
}

impl Noun for Rule {
    fn requires(&self, id: &ObjectId) -> BTreeSet<ObjectId> {
        BTreeSet::from([id.ancestor(Kind::Table, 2)])
    }
}

impl Noun for Policy {
    fn requires(&self, id: &ObjectId) -> BTreeSet<ObjectId> {
        BTreeSet::from([id.ancestor(Kind::Table, 2)])
    }
}

impl Noun for Statistics {
    fn requires(&self, id: &ObjectId) -> BTreeSet<ObjectId> {
        let [schema, name] = &self.table;
        let table = ObjectId::new(Kind::Table, [schema.as_str(), name]);
        in_schema(id).into_iter().chain([table]).collect()
    }
}
