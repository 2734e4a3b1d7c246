//! What runs or is computed: functions, triggers, policies, views.

use std::collections::BTreeMap;

use super::{Named, Resolver, flag, names, options, value, words};
use crate::authored::decode::Spanned;
use crate::authored::{Function, Policy, Table, Trigger, View};
use crate::catalog::{Kind, ObjectId};
use crate::kinds::{self, Body, Routine, Sql, ViewColumn, Volatility};
use crate::report::{Spot, did_you_mean};
use crate::types::{TypeRef, quote_ident};

impl Resolver<'_> {
    pub(super) fn functions(&mut self, functions: &[Named<'_, Function>]) {
        for Named { path, spot, is } in functions {
            let arguments = value(&is.arguments).unwrap_or_default();
            let id =
                ObjectId::new(Kind::Function, [path[0].clone(), path[1].clone(), argument_types(&arguments)]);
            let procedure = flag(&is.procedure);
            if is.body.is_none() && !is.given.contains("body") {
                let title = format!("the function `{}` has no body", path[1]);
                self.report.error("NX0213", *spot, title, "").help("add `body: …`");
            }
            if let (true, Some(returns)) = (procedure, &is.returns) {
                self.report
                    .error("NX0213", returns.spot, "a procedure returns nothing", "")
                    .help("remove `returns:`, or `procedure: true`");
            } else if !procedure && is.returns.is_none() && !is.given.contains("returns") {
                let title = format!("the function `{}` does not say what it returns", path[1]);
                self.report.error("NX0213", *spot, title, "").help("add `returns: void`, say");
            }
            let settings = is.settings.iter().flat_map(|all| &all.0);
            let mut settings: Vec<_> =
                settings.map(|(name, v)| format!("{}={}", name.value, v.value.0)).collect();
            settings.sort();
            let function = kinds::Function {
                routine: match (procedure, flag(&is.window)) {
                    (true, _) => Routine::Procedure,
                    (_, true) => Routine::Window,
                    _ => Routine::Function,
                },
                arguments: Sql(arguments),
                returns: value(&is.returns).map(Sql).filter(|_| !procedure),
                language: value(&is.language).unwrap_or_else(|| "sql".into()),
                body: Body::Text(value(&is.body).unwrap_or_default()),
                volatility: is.volatility.as_ref().map_or(Volatility::Volatile, |v| v.value),
                strict: flag(&is.strict),
                security_definer: flag(&is.security_definer),
                leakproof: flag(&is.leakproof),
                parallel: is.parallel.as_ref().map_or("unsafe", |p| p.value.0).to_owned(),
                cost: is.cost.as_ref().map(|cost| cost.value.0.clone()),
                rows: is.rows.as_ref().map(|rows| rows.value.0.clone()),
                support: None,
                settings,
            };
            self.add(id.clone(), function, *spot);
            self.comment(&id, &is.description);
        }
    }

    pub(super) fn views(&mut self, views: &[Named<'_, View>]) {
        for Named { path, spot, is } in views {
            let materialized = flag(&is.materialized);
            let kind = if materialized { Kind::MaterializedView } else { Kind::View };
            let id = ObjectId::new(kind, path.clone());
            self.names.relation([&path[0], &path[1]], "view", *spot, self.report);
            self.names.type_([&path[0], &path[1]], "view", *spot, self.report);
            let mut query = value(&is.query).unwrap_or_default();
            query.truncate(query.trim_end().trim_end_matches(';').trim_end().len());
            if query.is_empty() && (is.query.is_some() || !is.given.contains("query")) {
                let title = format!("the view `{}` has no query", path[1]);
                self.report.error("NX0213", *spot, title, "").help("add `query: SELECT …`");
            }
            let mut columns = Vec::new();
            for (name, type_) in is.columns.iter().flat_map(|columns| &columns.0) {
                let type_ = self.type_of(type_, &path[0]);
                let type_ = type_.as_ref().map(TypeRef::to_string).unwrap_or_default();
                columns.push(ViewColumn { name: name.value.clone(), type_, default: None });
            }
            let (query, options) = (Sql(query), options(&is.options));
            match materialized {
                true => {
                    let populated = is.with_data.as_ref().is_none_or(|flag| flag.value);
                    let (access_method, tablespace) = (None, None);
                    let view = kinds::MaterializedView {
                        columns,
                        options,
                        query,
                        populated,
                        access_method,
                        tablespace,
                    };
                    self.add(id.clone(), view, *spot);
                }
                false => self.add(id.clone(), kinds::View { columns, options, query }, *spot),
            }
            self.comment(&id, &is.description);
            self.renamed(&id, &is.was);
        }
        self.view_edges(views);
    }

    /// Views need the relations that their queries name, as far as words can tell.
    fn view_edges(&mut self, views: &[Named<'_, View>]) {
        let mut tables: BTreeMap<String, Vec<ObjectId>> = BTreeMap::new();
        for (_, id) in self.made.values().filter(|(made, _)| matches!(made, super::Made::Row)) {
            tables.entry(id.name().to_ascii_lowercase()).or_default().push(id.clone());
        }
        for Named { path, is, .. } in views {
            let kind = if flag(&is.materialized) { Kind::MaterializedView } else { Kind::View };
            let id = ObjectId::new(kind, path.clone());
            let query = value(&is.query).unwrap_or_default();
            let named = words(&query).filter_map(|word| tables.get(&word.to_ascii_lowercase())).flatten();
            for table in named {
                self.catalog.require(&id, table.clone());
            }
        }
    }

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

    fn trigger(&mut self, table: &ObjectId, name: &Spanned<String>, is: &Trigger) {
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
            from_table: None,
            enabled: is.enabled.as_ref().map_or("origin", |enabled| enabled.value.0).to_owned(),
        };
        let id = table.child(Kind::Trigger, name.value.as_str());
        self.add(id.clone(), trigger, name.spot);
        self.comment(&id, &is.description);
        self.renamed(&id, &is.was);
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
        let mut roles: Vec<_> = is.roles.iter().flatten().map(|role| role.value.clone()).collect();
        roles.sort();
        let policy = kinds::Policy {
            command: is.command.as_ref().map_or("ALL", |command| command.value.0).to_owned(),
            permissive: !flag(&is.restrictive),
            roles,
            using: value(&is.using).map(Sql),
            check: value(&is.check).map(Sql),
        };
        self.add(id.clone(), policy, spot);
        self.comment(id, &is.description);
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
        routine: Routine::Function,
        arguments: Sql::from(""),
        returns: Some(Sql::from("trigger")),
        language: "plpgsql".into(),
        body: Body::Text(body),
        volatility: Volatility::Volatile,
        strict: false,
        security_definer: false,
        leakproof: false,
        parallel: "unsafe".into(),
        cost: None,
        rows: None,
        support: None,
        settings: vec!["search_path=\"\"".into()],
    }
}

/// The trigger that `touch` makes, in the schema of its table.
pub(crate) fn touch_trigger(schema: &str, column: &str) -> kinds::Trigger {
    kinds::Trigger {
        timing: "BEFORE".into(),
        events: vec!["UPDATE".into()],
        columns: Vec::new(),
        for_each_row: true,
        when: None,
        function: [schema.to_owned(), format!("touch_{column}")],
        arguments: Vec::new(),
        constraint: false,
        deferrable: false,
        initially_deferred: false,
        old_table: None,
        new_table: None,
        from_table: None,
        enabled: "origin".into(),
    }
}

/// The types of the input arguments as the last part of a function's id: `integer, text`.
fn argument_types(arguments: &str) -> String {
    let mut parts = vec![String::new()];
    let mut depth = 0;
    for c in arguments.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            _ => {}
        }
        match (c, depth) {
            (',', 0) => parts.push(String::new()),
            _ => parts.last_mut().expect("there is always a part").push(c),
        }
    }
    let types =
        parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty()).filter_map(argument_type);
    types.collect::<Vec<_>>().join(", ")
}

fn argument_type(argument: &str) -> Option<String> {
    let lower = argument.to_ascii_lowercase();
    let end =
        [lower.find(" default "), lower.find('=')].into_iter().flatten().min().unwrap_or(argument.len());
    let mut rest = argument[..end].trim().trim_end_matches(':').trim();
    for mode in ["in ", "inout ", "variadic ", "out "] {
        if rest.to_ascii_lowercase().starts_with(mode) {
            if mode == "out " {
                return None;
            }
            rest = rest[mode.len()..].trim();
            break;
        }
    }
    // An argument may have a name before its type; a type of several words is none with a name.
    let plain = |text: &str| TypeRef::parse(text).ok().map(|t| TypeRef { modifiers: Vec::new(), ..t });
    let named = rest.split_once(char::is_whitespace).and_then(|(_, type_)| plain(type_.trim()));
    let whole = plain(rest).filter(|t| t.builtin().is_some() || named.is_none());
    Some(whole.or(named).map_or_else(|| rest.to_owned(), |type_| type_.to_string()))
}
