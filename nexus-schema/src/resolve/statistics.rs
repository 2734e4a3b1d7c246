//! Extended statistics and rewrite rules: objects whose SQL the model keeps whole.

use super::{Resolver, names, words};
use crate::authored::decode::{Members, Spanned};
use crate::authored::{Rule, Statistics};
use crate::catalog::{Kind, ObjectId};
use crate::kinds::{self, Sql};
use crate::types::quote_ident;

impl Resolver<'_> {
    /// The statistics of a relation. They live in its schema, unless their name says otherwise.
    pub(super) fn statistics(&mut self, relation: &ObjectId, all: &Option<Members<Statistics>>) {
        for (name, is) in all.iter().flat_map(|all| &all.0) {
            let Some(name) = name else { continue };
            let path = match names::split(&name.value).as_deref() {
                Some([own]) => Some([relation.schema().to_owned(), own.clone()]),
                _ => self.path(&name.value, "statistics object", name.spot),
            };
            let Some(path) = path else { continue };
            names::check(&path[1], "statistics object", name.spot, self.report);
            self.known_schema(&path[0], name.spot);
            let id = ObjectId::new(Kind::Statistics, path);
            if let (Some(definition), Some(on)) = (&is.definition, is.on.as_ref().and_then(|on| on.first())) {
                self.report
                    .error("NX0209", definition.spot, "statistics have either `on` or a `definition`", "")
                    .also(on.spot, "the other one")
                    .help("keep one of the two");
            }
            let definition = match &is.definition {
                Some(definition) => definition.value.clone(),
                None => {
                    let Some(definition) = self.statistics_on(&id, relation, is, name) else { continue };
                    definition
                }
            };
            let table = [relation.schema().to_owned(), relation.name().to_owned()];
            let target = is.target.as_ref().and_then(|n| self.small(n));
            let mentioned = self.mentioned(relation, &definition);
            self.add(id.clone(), kinds::Statistics { table, definition: Sql(definition), target }, name.spot);
            self.catalog.require(&id, relation.clone());
            for column in mentioned {
                self.catalog.require(&id, relation.child(Kind::Column, column));
            }
            self.said(&id, &is.said);
        }
    }

    /// The statement that makes statistics on columns and expressions.
    fn statistics_on(
        &mut self,
        id: &ObjectId,
        relation: &ObjectId,
        is: &Statistics,
        name: &Spanned<String>,
    ) -> Option<String> {
        let mut keys = Vec::new();
        for key in is.on.iter().flatten() {
            match (&key.column, &key.expr) {
                (Some(column), None) => {
                    self.known_column(relation, column);
                    keys.push(quote_ident(&column.value));
                }
                (None, Some(expr)) => keys.push(format!("({})", expr.value)),
                _ => {
                    let title = "a statistics key is either a `column` or an `expr`";
                    self.report
                        .error("NX0213", key.spot, title, "")
                        .help("write the column's name, or `{ expr: lower(email) }`");
                }
            }
        }
        if keys.is_empty() {
            if is.on.as_ref().is_some_and(Vec::is_empty)
                || !(is.given.contains("on") || is.given.contains("definition"))
            {
                let title = format!("the statistics `{}` are on nothing", name.value);
                self.report.error("NX0213", name.spot, title, "").help("add `on: [a, b]`");
            }
            return None;
        }
        let kinds: Vec<_> = is.kinds.iter().flatten().map(|kind| kind.value.0).collect();
        let kinds = if kinds.is_empty() { String::new() } else { format!(" ({})", kinds.join(", ")) };
        let dotted = |id: &ObjectId| format!("{}.{}", quote_ident(id.schema()), quote_ident(id.name()));
        Some(format!(
            "CREATE STATISTICS {}{kinds} ON {} FROM {}",
            dotted(id),
            keys.join(", "),
            dotted(relation)
        ))
    }

    /// The rewrite rules of a relation.
    pub(super) fn rules(&mut self, relation: &ObjectId, all: &Option<Members<Rule>>) {
        for (name, is) in all.iter().flat_map(|all| &all.0) {
            let Some(name) = name else { continue };
            names::check(&name.value, "rule", name.spot, self.report);
            let Some(definition) = &is.definition else {
                if !is.given.contains("definition") {
                    let title = format!("the rule `{}` has no definition", name.value);
                    self.report.error("NX0213", name.spot, title, "").help("add `definition: CREATE RULE …`");
                }
                continue;
            };
            // What another name makes would not be this rule.
            let named = words(&definition.value).any(|word| word == name.value)
                || definition.value.contains(&format!("\"{}\"", name.value.replace('"', "\"\"")));
            if !named {
                let title = format!("the definition makes another rule than `{}`", name.value);
                self.report
                    .error("NX0213", definition.spot, title, "")
                    .help(format!("write `CREATE RULE {} AS ON …`", quote_ident(&name.value)));
            }
            let id = relation.child(Kind::Rule, name.value.as_str());
            let mut definition = definition.value.clone();
            definition.truncate(definition.trim_end().trim_end_matches(';').trim_end().len());
            let enabled = value_of(is.enabled.as_ref());
            self.add(id.clone(), kinds::Rule { definition: Sql(definition), enabled }, name.spot);
            self.catalog.require(&id, relation.clone());
            self.said(&id, &is.said);
        }
    }
}

fn value_of(enabled: Option<&Spanned<crate::authored::Enabled>>) -> String {
    enabled.map_or("origin", |enabled| enabled.value.0).to_owned()
}
