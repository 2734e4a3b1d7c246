//! What something is: its DDL as a plan from nothing writes it, and what its author says of it.

use nexus_schema::catalog::{Catalog, Kind, Object, ObjectId};
use nexus_schema::document::Declared;
use nexus_schema::types::quote_ident;

use super::names::{Named, What};
use crate::markdown::{Page, text};
use crate::plan::{Traffic, plan};

/// Returns Markdown about what a name stands for; nothing where the schema does not declare it.
pub(crate) fn hover(declared: &Declared, of: &Named) -> Option<String> {
    let catalog = &declared.catalog;
    let (id, whole) = find(catalog, of)?;
    let ddl = ddl(catalog, &whole)?;
    let shown = match of.what {
        What::Column => line(&ddl, id.name())?,
        _ => ddl,
    };
    let mut page = Page::default();
    page.block("sql", shown.trim_end());
    if let Some(Object::Comment(comment)) = catalog.get(&id.of(Kind::Comment, [])) {
        page.line(&text(&comment.text));
    }
    Some(page.finish())
}

/// The object of a name, and the whole that it is a part of.
fn find(catalog: &Catalog, of: &Named) -> Option<(ObjectId, ObjectId)> {
    match (of.what, of.path.as_slice()) {
        (What::Relation, [schema, name]) => catalog.relation(schema, name).map(|id| (id.clone(), id)),
        (What::Column, [schema, name, column]) => {
            let whole = catalog.relation(schema, name)?;
            Some((whole.child(Kind::Column, column.as_str()), whole))
        }
        (What::Type, [schema, name]) => {
            let kinds = [Kind::Enum, Kind::Domain, Kind::Composite, Kind::Range, Kind::BaseType];
            let id = kinds.into_iter().map(|kind| ObjectId::new(kind, [schema, name]));
            id.into_iter().find(|id| catalog.contains(id)).map(|id| (id.clone(), id))
        }
        (What::Function, path) => {
            let (id, _) = catalog.under(Kind::Function, path).next()?;
            Some((id.clone(), id.clone()))
        }
        _ => None,
    }
}

/// The statements that make an object with its parts.
fn ddl(catalog: &Catalog, whole: &ObjectId) -> Option<String> {
    let mut alone = Catalog::default();
    let parts = [
        Kind::Column,
        Kind::Default,
        Kind::Constraint,
        Kind::Trigger,
        Kind::Policy,
        Kind::Rule,
        Kind::Partition,
        Kind::DomainCheck,
    ];
    let of_parts = parts.into_iter().flat_map(|kind| catalog.under(kind, whole.path()));
    // Indexes have names of their own in the schema.
    let indexes = catalog
        .under(Kind::Index, whole.path().get(..1).unwrap_or_default())
        .filter(|(_, entry)| matches!(&entry.object, Object::Index(index) if index.table == whole.name()));
    let own = catalog.entry(whole).map(|entry| (whole, entry));
    for (id, entry) in own.into_iter().chain(of_parts).chain(indexes) {
        alone.insert_entry(id.clone(), entry.clone());
    }
    let plan = plan(&Catalog::default(), &alone, &Traffic::none()).ok()?;
    let statements: Vec<_> = plan.steps.iter().map(|step| format!("{};\n", step.sql)).collect();
    Some(statements.concat())
}

/// The line of a column in the statement that makes its table.
fn line(ddl: &str, column: &str) -> Option<String> {
    let names = [quote_ident(column), format!("\"{column}\"")];
    let of = |line: &&str| names.iter().any(|name| line.trim_start().starts_with(&format!("{name} ")));
    Some(ddl.lines().find(of)?.trim().trim_end_matches([',', ';']).to_owned())
}
