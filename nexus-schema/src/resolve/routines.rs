//! Functions and procedures; and routines' names with the types of their arguments.

use super::{Resolver, flag, names, value};
use crate::authored::decode::Spanned;
use crate::authored::{Definer, File, Function};
use crate::catalog::{Kind, ObjectId};
use crate::kinds::{self, Body, Routine, Sql, Volatility};
use crate::report::Spot;
use crate::types::{TypeRef, quote_ident};

impl Resolver<'_> {
    pub(super) fn functions(&mut self, files: &[File]) {
        let members = files.iter().flat_map(|file| file.functions.iter().flat_map(|all| &all.0));
        for (name, is) in members {
            let Some(name) = name else { continue };
            let Some(Signature { path, types }) = self.signature(name, "function") else { continue };
            let arguments = value(&is.arguments).or_else(|| types.clone()).unwrap_or_default();
            let own = self.argument_types(&arguments, &path[0]);
            let id = ObjectId::new(Kind::Function, [path[0].as_str(), &path[1], &own]);
            if let (Some(types), Some(arguments)) = (&types, &is.arguments) {
                let told = self.argument_types(types, &path[0]);
                if told != own {
                    let title = format!("the key says `({told})`, and the arguments are `({own})`");
                    self.report
                        .error("NX0222", arguments.spot, title, "the arguments")
                        .also(name.spot, "the key")
                        .help("remove `arguments:`, or correct the types in the key");
                }
            }
            if let (true, Some(&earlier)) = (self.catalog.contains(&id), self.places.get(&id)) {
                let title = format!("the function `{}({own})` is declared twice", path[1]);
                self.report
                    .error("NX0402", name.spot, title, "declared again here")
                    .also(earlier, "first declared here")
                    .help("keep one of the two");
                continue;
            }
            self.function(&id, is, arguments, name.spot);
        }
    }

    fn function(&mut self, id: &ObjectId, is: &Function, arguments: String, spot: Spot) {
        let name = &id.path()[1];
        let procedure = flag(&is.procedure);
        let bodies = [
            ("body", is.body.as_ref().map(|body| body.spot)),
            ("sql_body", is.sql_body.as_ref().map(|body| body.spot)),
            ("symbol", is.symbol.as_ref().map(|symbol| symbol.spot)),
        ];
        if !bodies.iter().any(|(key, _)| is.given.contains(key)) {
            let title = format!("the function `{name}` has no body");
            self.report.error("NX0213", spot, title, "").help("add `body: …`");
        }
        let given: Vec<_> = bodies.into_iter().filter_map(|(key, spot)| Some((key, spot?))).collect();
        if let [(one, first), (other, second), ..] = given[..] {
            let title = format!("a function cannot have both `{one}` and `{other}`");
            self.report
                .error("NX0209", second, title, "")
                .also(first, "the other one")
                .help("keep one of the two");
        }
        if let (true, Some(returns)) = (procedure, &is.returns) {
            self.report
                .error("NX0213", returns.spot, "a procedure returns nothing", "")
                .help("remove `returns:`, or `procedure: true`");
        } else if !procedure && is.returns.is_none() && !is.given.contains("returns") {
            let title = format!("the function `{name}` does not say what it returns");
            self.report.error("NX0213", spot, title, "").help("add `returns: void`, say");
        }
        let body = match (&is.sql_body, &is.symbol) {
            (Some(sql), _) => Body::Sql(Sql(sql.value.clone())),
            (None, Some(symbol)) => {
                for (key, given) in
                    [("file", symbol.given.contains("file")), ("symbol", symbol.given.contains("symbol"))]
                {
                    if !given {
                        let title = format!("the symbol of `{name}` has no `{key}`");
                        self.report.error("NX0213", symbol.spot, title, "").help(format!("add `{key}: …`"));
                    }
                }
                let text = |text: &Option<Spanned<String>>| value(text).unwrap_or_default();
                Body::Symbol { file: text(&symbol.file), symbol: text(&symbol.symbol) }
            }
            (None, None) => Body::Text(value(&is.body).unwrap_or_default()),
        };
        let definer = is.security_definer.as_ref().map_or(Definer::Caller, |definer| definer.value);
        let mut settings = super::options(&is.settings);
        let has_path = settings.iter().any(|setting| setting.starts_with("search_path="));
        match (definer, &is.security_definer) {
            (Definer::Pinned, _) if !has_path => {
                settings.push(own_path(id.schema()));
                settings.sort();
            }
            (Definer::Unpinned, Some(word)) if !has_path => {
                let title =
                    format!("`{name}` runs with its owner's rights and finds names where its caller says");
                self.report
                    .warning(
                        "NX0226",
                        word.spot,
                        title,
                        "whoever calls it can put other objects in their place",
                    )
                    .help("write `security_definer: true`, which gives it a `search_path` of its own");
            }
            _ => {}
        }
        let language = if is.symbol.is_some() { "c" } else { "sql" };
        let function = kinds::Function {
            routine: match (procedure, flag(&is.window)) {
                (true, _) => Routine::Procedure,
                (_, true) => Routine::Window,
                _ => Routine::Function,
            },
            arguments: Sql(arguments),
            returns: value(&is.returns).map(Sql).filter(|_| !procedure),
            language: value(&is.language).unwrap_or_else(|| language.into()),
            body,
            volatility: is.volatility.as_ref().map_or(Volatility::Volatile, |v| v.value),
            strict: flag(&is.strict),
            security_definer: definer != Definer::Caller,
            leakproof: flag(&is.leakproof),
            parallel: is.parallel.as_ref().map_or("unsafe", |p| p.value.0).to_owned(),
            cost: is.cost.as_ref().map(|cost| cost.value.0.clone()),
            rows: is.rows.as_ref().map(|rows| rows.value.0.clone()),
            support: value(&is.support).map(Sql),
            settings: settings.into(),
            transforms: is.transforms.iter().flatten().map(|type_| type_.value.clone()).collect(),
        };
        self.add(id.clone(), function, spot);
        self.said(id, &is.said);
    }

    /// Takes `schema.name(types)` apart; the types are optional.
    pub(super) fn signature(&mut self, key: &Spanned<String>, what: &'static str) -> Option<Signature> {
        let (name, types) = match parentheses(&key.value) {
            Some((name, types)) => (name, Some(types.trim().to_owned())),
            None => (key.value.as_str(), None),
        };
        let path = self.path(name.trim(), what, key.spot)?;
        names::check(&path[1], what, key.spot, self.report);
        self.known_schema(&path[0], key.spot);
        // PostgreSQL writes the arguments of an aggregate over rows so.
        let types = types.map(|types| if types == "*" { String::new() } else { types });
        Some(Signature { path, types })
    }

    /// The types of the input arguments as the last part of a routine's id: `integer, text`.
    pub(super) fn argument_types(&self, arguments: &str, schema: &str) -> String {
        let parts = top_level(arguments);
        let types = parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty());
        types.filter_map(|part| self.argument_type(part, schema)).collect::<Vec<_>>().join(", ")
    }

    fn argument_type(&self, argument: &str, schema: &str) -> Option<String> {
        let is_default =
            |rest: &str| rest.get(..9).is_some_and(|word| word.eq_ignore_ascii_case(" default "));
        let end = outside_quotes(argument, |rest| rest.starts_with('=') || is_default(rest));
        let end = end.unwrap_or(argument.len());
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
        let space = outside_quotes(rest, |rest| rest.starts_with(char::is_whitespace));
        let named = space.and_then(|at| plain(rest[at..].trim()));
        let whole = plain(rest).filter(|t| t.builtin().is_some() || named.is_none());
        let Some(type_) = whole.or(named) else { return Some(rest.to_owned()) };
        let found = if type_.builtin().is_some() { None } else { self.found_type(&type_, schema) };
        Some(found.unwrap_or(type_).to_string())
    }
}

/// The setting by which a function finds the server's names first, then those of its own schema, and temporary ones last.
fn own_path(schema: &str) -> String {
    let own = if schema == "pg_catalog" { String::new() } else { format!("{}, ", quote_ident(schema)) };
    format!("search_path=pg_catalog, {own}pg_temp")
}

/// Where `found` first holds for the rest of a text, outside of quotes.
fn outside_quotes(text: &str, found: impl Fn(&str) -> bool) -> Option<usize> {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match quote {
            None if found(&text[at..]) => return Some(at),
            None if c == '"' || c == '\'' => quote = Some(c),
            Some(open) if open == c => quote = None,
            _ => {}
        }
    }
    None
}

/// A routine's name, and the types in its key where there are any.
pub(super) struct Signature {
    pub(super) path: [String; 2],
    pub(super) types: Option<String>,
}

/// Splits `name(inside)` at the first parenthesis outside of quotes.
pub(super) fn parentheses(text: &str) -> Option<(&str, &str)> {
    let inside = text.trim_end().strip_suffix(')')?;
    let mut quoted = false;
    for (at, c) in inside.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted => return Some((&inside[..at], &inside[at + 1..])),
            _ => {}
        }
    }
    None
}

/// The parts between commas that stand in no parentheses and no quotes.
pub(super) fn top_level(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let (mut depth, mut quote) = (0_i32, None);
    for c in text.chars() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            (_, Some(_)) => {}
            ('"' | '\'', None) => quote = Some(c),
            ('(' | '[', None) => depth += 1,
            (')' | ']', None) => depth -= 1,
            _ => {}
        }
        match (c, depth, quote) {
            (',', 0, None) => parts.push(String::new()),
            _ => parts.last_mut().expect("there is always a part").push(c),
        }
    }
    parts
}
