//! What hangs on relations and runs: triggers, policies, rules.

use std::collections::BTreeMap;

use super::{Named, Resolver, flag, names, value};
use crate::authored::decode::Spanned;
use crate::authored::{Policy, Table, Trigger};
use crate::catalog::{Kind, ObjectId};
use crate::kinds::{self, Body, Routine, Sql, Volatility};
use crate::report::{Spot, did_you_mean};
use crate::types::quote_ident;

impl Resolver<'_> {
    pub(super) fn triggers(&mut self, table: &Named<'_, Table>) {
        let id = ObjectId::new(Kind::Table, table.path.clone());
        let mut taken: BTreeMap<String, Spot> = BTreeMap::new();
        for (name, trigger) in table.is.triggers.iter().flat_map(|triggers| &triggers.0) {
            let Some(name) = name else { continue };
            names::check(&name.value, "trigger", name.spot, self.report);
            taken.insert(name.value.clone(), name.spot);
            self.trigger(&id, name, trigger);
        }
        if let Some(column) = &table.is.touch {
            self.touch(&id, column, &taken);
        }
    }

    pub(super) fn trigger(&mut self, table: &ObjectId, name: &Spanned<String>, is: &Trigger) {
        for (key, given) in [
            ("timing", is.timing.is_some()),
            ("events", is.events.is_some()),
            ("function", is.function.is_some()),
        ] {
            if !given && !is.given.contains(key) {
                let title = format!("the trigger `{}` has no `{key}`", name.value);
                self.report.error("NX0213", name.spot, title, "").help(format!("add `{key}:`"));
            }
        }
        let (Some(timing), Some(events), Some(function)) = (&is.timing, &is.events, &is.function) else {
            return;
        };
        let Some(path) = self.path(&function.value, "function", function.spot) else { return };
        let called = ObjectId::new(Kind::Function, [path[0].as_str(), &path[1], ""]);
        if !self.catalog.contains(&called) && self.extensions.is_empty() && path[0] != "pg_catalog" {
            let known: Vec<_> =
                self.catalog.of_kind(Kind::Function).map(|(id, _)| id.path()[1].clone()).collect();
            let help = did_you_mean(&path[1], known.iter().map(String::as_str));
            let title = format!("there is no function `{}` without arguments", function.value);
            self.report.error("NX0202", function.spot, title, "").help(
                help.unwrap_or_else(|| "declare it under `functions:`, with `returns: trigger`".into()),
            );
        }
        let columns = self.columns_of(table, is.columns.as_deref().unwrap_or_default());
        let order = ["INSERT", "UPDATE", "DELETE", "TRUNCATE"];
        let events: Vec<_> =
            order.into_iter().filter(|e| events.iter().any(|event| event.value.0 == *e)).collect();
        let for_each = is.for_each.as_ref().map_or("ROW", |for_each| for_each.value.0);
        if let (Some(first), false) =
            (is.columns.as_ref().and_then(|columns| columns.first()), events.contains(&"UPDATE"))
        {
            self.report
                .error("NX0213", first.spot, "columns are watched, but not their update", "")
                .help("add `update` to the events, or remove `columns:`");
        }
        let trigger = kinds::Trigger {
            timing: timing.value.0.to_owned(),
            events: events.into_iter().map(String::from).collect(),
            columns,
            for_each_row: for_each == "ROW",
            when: value(&is.when).map(Sql),
            function: path,
            arguments: is.arguments.iter().flatten().map(|argument| argument.value.0.clone()).collect(),
            constraint: flag(&is.constraint),
            deferrable: flag(&is.deferrable) || flag(&is.initially_deferred),
            initially_deferred: flag(&is.initially_deferred),
            old_table: value(&is.old_table),
            new_table: value(&is.new_table),
            from_table: is.from_table.as_ref().and_then(|table| self.existing(table)),
            enabled: is.enabled.as_ref().map_or("origin", |enabled| enabled.value.0).to_owned(),
            inherited: flag(&is.inherited),
        };
        let id = table.child(Kind::Trigger, name.value.as_str());
        self.add(id.clone(), trigger, name.spot);
        self.said(&id, &is.said);
    }

    /// A trigger that sets a column to the time of the update, and the function that all such triggers share.
    fn touch(&mut self, table: &ObjectId, column: &Spanned<String>, taken: &BTreeMap<String, Spot>) {
        if !self.known_column(table, column) {
            return;
        }
        let facts = self.tables.get(&[table.schema().to_owned(), table.name().to_owned()]);
        let type_ =
            facts.and_then(|facts| facts.columns.get(&column.value)).and_then(|facts| facts.type_.clone());
        let temporal = type_.as_ref().and_then(|type_| self.bare(type_)).is_none_or(|(bare, _)| {
            use crate::types::Builtin as B;
            matches!(bare.builtin(), Some(B::Timestamp | B::TimestampTz | B::Date | B::Time | B::TimeTz))
                && !bare.array
        });
        if let (false, Some(type_)) = (temporal, type_) {
            let title = format!("`touch` sets a time, and `{}` is `{type_}`", column.value);
            self.report.error("NX0310", column.spot, title, "").help("name a column of the type timestamp");
            return;
        }
        let name = touch_trigger_name(table.name(), &column.value);
        names::check(&name, "trigger", column.spot, self.report);
        if let Some(other) = taken.get(&name) {
            self.report
                .error("NX0402", column.spot, format!("`touch` makes a trigger `{name}`, which there is"), "")
                .also(*other, "the other one")
                .help("remove one of them");
            return;
        }
        let function = format!("touch_{}", column.value);
        names::check(&function, "function", column.spot, self.report);
        let id = ObjectId::new(Kind::Function, [table.schema(), &function, ""]);
        if self.catalog.contains(&id) && !self.touches.contains(&id) {
            let title = format!("`touch` makes a function `{function}()`, which there is");
            let found = self.report.error("NX0402", column.spot, title, "");
            let found = match self.places.get(&id) {
                Some(&other) => found.also(other, "the other one"),
                None => found,
            };
            found.help("rename that function, or replace `touch` by a trigger that calls it");
            return;
        }
        if self.touches.insert(id.clone()) {
            self.add(id, touch_function(&column.value), column.spot);
        }
        self.add(table.child(Kind::Trigger, name), touch_trigger(table.schema(), &column.value), column.spot);
    }

    pub(super) fn policies(&mut self, table: &Named<'_, Table>) {
        let id = ObjectId::new(Kind::Table, table.path.clone());
        for (name, policy) in table.is.policies.iter().flat_map(|policies| &policies.0) {
            let Some(name) = name else { continue };
            names::check(&name.value, "policy", name.spot, self.report);
            let id = id.child(Kind::Policy, name.value.as_str());
            self.policy(&id, policy, name.spot);
        }
    }

    fn policy(&mut self, id: &ObjectId, is: &Policy, spot: Spot) {
        let using = self.policy_of_column(id, is).or_else(|| value(&is.using).map(Sql));
        let mut roles: Vec<_> = is.roles.iter().flatten().map(|role| role.value.clone()).collect();
        roles.sort();
        let policy = kinds::Policy {
            command: is.command.as_ref().map_or("ALL", |command| command.value.0).to_owned(),
            permissive: !flag(&is.restrictive),
            roles,
            using,
            check: value(&is.check).map(Sql),
        };
        self.add(id.clone(), policy, spot);
        self.said(id, &is.said);
    }
}

/// The name of the trigger that `touch` makes.
pub(crate) fn touch_trigger_name(table: &str, column: &str) -> String {
    format!("update_{table}_{column}")
}

/// The function that the triggers of `touch` share: it sets the column to now().
pub(crate) fn touch_function(column: &str) -> kinds::Function {
    let touched = quote_ident(column);
    let body = format!("\nBEGIN\n  NEW.{touched} := now();\n  RETURN NEW;\nEND\n");
    kinds::Function {
        body: Body::Text(body),
        settings: vec!["search_path=\"\"".into()].into(),
        ..trigger_function()
    }
}

/// A function for triggers that does nothing yet.
pub(super) fn trigger_function() -> kinds::Function {
    kinds::Function {
        routine: Routine::Function,
        arguments: Sql::from(""),
        returns: Some(Sql::from("trigger")),
        language: "plpgsql".into(),
        body: Body::Text(String::new()),
        volatility: Volatility::Volatile,
        strict: false,
        security_definer: false,
        leakproof: false,
        parallel: "unsafe".into(),
        cost: None,
        rows: None,
        support: None,
        settings: Vec::new().into(),
        transforms: Vec::new(),
    }
}

/// The trigger that `touch` makes, in the schema of its table.
pub(crate) fn touch_trigger(schema: &str, column: &str) -> kinds::Trigger {
    trigger_for([schema.to_owned(), format!("touch_{column}")])
}

/// A trigger that calls a function before each row that is updated.
pub(super) fn trigger_for(function: kinds::QualifiedName) -> kinds::Trigger {
    kinds::Trigger {
        timing: "BEFORE".into(),
        events: vec!["UPDATE".into()],
        columns: Vec::new(),
        for_each_row: true,
        when: None,
        function,
        arguments: Vec::new(),
        constraint: false,
        deferrable: false,
        initially_deferred: false,
        old_table: None,
        new_table: None,
        from_table: None,
        enabled: "origin".into(),
        inherited: false,
    }
}
