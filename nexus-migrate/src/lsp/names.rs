//! The names in a schema file, each with what it is the name of.
//!
//! Goes by the path of keys alone. What a name stands for where two readings are possible is asked of the caller.

use std::ops::Range;

use nexus_schema::types::Builtin;

use super::outline::{Node, Outline, Style};
use super::slots::{Slot, slots};

/// What a name is the name of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum What {
    /// A table or a view: schema, name.
    Relation,
    /// A column: schema, relation, name.
    Column,
    /// An enum, a domain or another type that the schema makes: schema, name.
    Type,
    /// A function: schema, name.
    Function,
}

/// Something that has a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Named {
    pub(crate) what: What,
    pub(crate) path: Vec<String>,
}

/// A name in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mention {
    /// The bytes of the name alone, without schema and quotes.
    pub(crate) span: Range<usize>,
    pub(crate) named: Named,
    /// Whether this is where it is declared.
    pub(crate) declares: bool,
}

/// The names in a node's key and value, by their bytes in `text`.
///
/// `is_relation` says whether a schema and a name are those of a table, for `a.b` may be that or a column.
pub(crate) fn mentions(
    prefix: &[String],
    outline: &Outline,
    text: &str,
    at: usize,
    is_relation: &dyn Fn(&[String]) -> bool,
) -> Vec<Mention> {
    let Some(node) = outline.nodes.get(at) else { return Vec::new() };
    let (key, value) = slots(prefix, outline, text, at);
    let mut found = in_slot(&key, prefix, outline, text, at, node.key.clone(), is_relation);
    if let (Some(range), Style::Plain | Style::Quoted) = (&node.value, node.style) {
        found.extend(in_slot(&value, prefix, outline, text, at, range.clone(), is_relation));
    }
    found
}

fn in_slot(
    slot: &Slot,
    prefix: &[String],
    outline: &Outline,
    text: &str,
    at: usize,
    raw: Range<usize>,
    is_relation: &dyn Fn(&[String]) -> bool,
) -> Vec<Mention> {
    let Some(inner) = unquoted(text, &raw) else { return Vec::new() };
    let of = text.get(inner.clone()).unwrap_or_default();
    let parts = parts(of, inner.start);
    let one = |what: What, declares: bool| {
        let Some(((name, span), rest)) = parts.split_last() else { return Vec::new() };
        let schema = match rest {
            [] => "public".to_owned(),
            [(schema, _)] => schema.clone(),
            _ => return Vec::new(),
        };
        let named = Named { what, path: vec![schema, name.clone()] };
        vec![Mention { span: span.clone(), named, declares }]
    };
    let column = |table: &str, name: String, span: Range<usize>, declares: bool| {
        let named = Named { what: What::Column, path: [relation(table), vec![name]].concat() };
        Mention { span, named, declares }
    };
    match slot {
        Slot::Declares(What::Column) => {
            let path = outline.path(text, at);
            let all: Vec<&str> =
                prefix.iter().map(String::as_str).chain(path.iter().map(AsRef::as_ref)).collect();
            let Some(table) = all.get(1) else { return Vec::new() };
            vec![column(table, of.to_owned(), inner, true)]
        }
        Slot::Declares(what) => one(*what, true),
        Slot::Relation => one(What::Relation, false),
        Slot::Function => one(What::Function, false),
        Slot::Column(table) => vec![column(table, of.to_owned(), inner, false)],
        Slot::Type => {
            let bare = of.trim_end_matches("[]").split('(').next().unwrap_or_default().trim_end();
            match Builtin::from_alias(&bare.to_lowercase()) {
                Some(_) => Vec::new(),
                None => one(What::Type, false),
            }
        }
        Slot::Reference => reference(of, inner.start, &parts, is_relation),
        Slot::Sql | Slot::Other => Vec::new(),
    }
}

/// The names in `table`, `table.column` or `table(column, …)`.
fn reference(
    of: &str,
    base: usize,
    parts: &[(String, Range<usize>)],
    is_relation: &dyn Fn(&[String]) -> bool,
) -> Vec<Mention> {
    let public = || "public".to_owned();
    let relation = |path: Vec<String>, span: &Range<usize>| Mention {
        span: span.clone(),
        named: Named { what: What::Relation, path },
        declares: false,
    };
    let column = |table: &[String], name: &str, span: Range<usize>| Mention {
        span,
        named: Named { what: What::Column, path: table.iter().cloned().chain([name.to_owned()]).collect() },
        declares: false,
    };
    let listed = of.find('(').filter(|_| of.ends_with(')'));
    let table = |parts: &[(String, Range<usize>)]| match parts {
        [(name, span)] => Some((vec![public(), name.clone()], span.clone())),
        [(schema, _), (name, span)] => Some((vec![schema.clone(), name.clone()], span.clone())),
        _ => None,
    };
    if let Some(open) = listed {
        let Some((path, span)) = table(parts) else { return Vec::new() };
        let mut found = vec![relation(path.clone(), &span)];
        let mut at = open + 1;
        for name in of.get(open + 1..of.len() - 1).unwrap_or_default().split(',') {
            let start = base + at + (name.len() - name.trim_start().len());
            found.push(column(&path, name.trim(), start..start + name.trim().len()));
            at += name.len() + 1;
        }
        return found;
    }
    match parts {
        [_] => table(parts).map(|(path, span)| vec![relation(path, &span)]).unwrap_or_default(),
        [(schema, _), (name, _)]
            if is_relation(&[schema.clone(), name.clone()]) && !is_relation(&[public(), schema.clone()]) =>
        {
            table(parts).map(|(path, span)| vec![relation(path, &span)]).unwrap_or_default()
        }
        [head @ .., (name, of_column)] => match table(head) {
            Some((path, span)) => {
                vec![relation(path.clone(), &span), column(&path, name, of_column.clone())]
            }
            None => Vec::new(),
        },
        [] => Vec::new(),
    }
}

/// A relation as the file names it, as schema and name.
pub(crate) fn relation(name: &str) -> Vec<String> {
    let mut parts: Vec<_> = parts(name, 0).into_iter().map(|(part, _)| part).collect();
    if parts.len() == 1 {
        parts.insert(0, "public".into());
    }
    parts
}

/// The bytes of a text within its quotes; nothing where its bytes are not its characters.
fn unquoted(text: &str, raw: &Range<usize>) -> Option<Range<usize>> {
    let of = text.get(raw.clone())?;
    let quote = of.chars().next().filter(|c| matches!(c, '"' | '\''));
    match quote {
        None => (!of.is_empty()).then(|| raw.clone()),
        Some(quote) => {
            let inner = of.get(1..)?.strip_suffix(quote)?;
            let plain = !inner.contains('\\') && !inner.contains("''") && !inner.contains('\n');
            plain.then(|| raw.start + 1..raw.start + 1 + inner.len())
        }
    }
}

/// The parts of `schema.name` up to a bracket, with their bytes; quotes keep dots in a name.
fn parts(of: &str, base: usize) -> Vec<(String, Range<usize>)> {
    let mut found = Vec::new();
    let (mut start, mut quoted) = (0, false);
    let mut push = |start: usize, end: usize| {
        let part = of.get(start..end).unwrap_or_default();
        let trimmed = part.trim();
        let from = start + (part.len() - part.trim_start().len());
        match trimmed.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
            Some(inner) => {
                let span = base + from + 1..base + from + 1 + inner.len();
                found.push((inner.replace("\"\"", "\""), span));
            }
            None => found.push((trimmed.to_owned(), base + from..base + from + trimmed.len())),
        }
    };
    for (at, c) in of.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '.' if !quoted => {
                push(start, at);
                start = at + 1;
            }
            '(' | '[' if !quoted => {
                push(start, at);
                return found;
            }
            _ => {}
        }
    }
    push(start, of.len());
    found
}

/// The nodes of an outline that hold one text each.
pub(crate) fn is_text(node: &Node) -> bool {
    matches!(node.style, Style::Plain | Style::Quoted | Style::Block)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let outline = Outline::of(text);
        let all = (0..outline.nodes.len())
            .flat_map(|at| mentions(&[], &outline, text, at, &|path| path == ["auth", "roles"]));
        let line = |mention: Mention| {
            let Mention { span, named: Named { what, path }, declares } = mention;
            format!("{}{what:?} {} `{}`", if declares { "+" } else { "" }, path.join("."), &text[span])
        };
        all.map(line).collect()
    }

    #[test]
    fn names_are_found_with_what_they_stand_for() {
        let text = "tables:\n  users:\n    columns:\n      id: uuid\n      role: { type: 'mood[]', references: auth.roles }\n      of: { type: uuid, references: \"orders(id, nr)\" }\n    indexes: { i: [id] }\n    triggers: { t: { function: auth.stamp } }\n    policies: { tenant: id, p: { using: id > 0 } }\nseeds:\n  users: { key: [id], rows: [{ id: x }] }\n";
        assert_eq!(
            found(text),
            [
                "+Relation public.users `users`",
                "+Column public.users.id `id`",
                "+Column public.users.role `role`",
                "Type public.mood `mood`",
                "Relation auth.roles `roles`",
                "+Column public.users.of `of`",
                "Relation public.orders `orders`",
                "Column public.orders.id `id`",
                "Column public.orders.nr `nr`",
                "Column public.users.id `id`",
                "Function auth.stamp `stamp`",
                "Column public.users.id `id`",
                "Relation public.users `users`",
                "Column public.users.id `id`",
                "Column public.users.id `id`",
            ]
        );
    }

    #[test]
    fn references_have_two_parts_or_three() {
        let text = "tables:\n  t:\n    columns:\n      a: { type: uuid, references: users.id }\n      b: { type: uuid, references: auth.users.id }\n      c: { type: uuid, references: { table: auth.users, column: id } }\n";
        let found: Vec<_> = found(text).into_iter().filter(|line| !line.starts_with('+')).collect();
        assert_eq!(
            found,
            [
                "Relation public.users `users`",
                "Column public.users.id `id`",
                "Relation auth.users `users`",
                "Column auth.users.id `id`",
                "Relation auth.users `users`",
                "Column auth.users.id `id`",
            ]
        );
    }
}
