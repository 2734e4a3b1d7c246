//! `nexus advise`: what could be better about a database that is in use.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use nexus_schema::catalog::ObjectId;
use nexus_schema::diagnostic::{Diagnostic, Diagnostics, Label};
use nexus_schema::document::{self, Declared, Place};

use super::{CommandError, Failure, Progress, apply as applying, explain};
use crate::advise::{self, Advice, Finding, Query, QueryAdvice};
use crate::db::{ScratchOptions, Session};
use crate::doors::Bench;
use crate::lint::{self, Script};

/// What to look at.
#[derive(Debug, Clone)]
pub struct AdviseArgs {
    /// The database.
    pub database_url: Option<String>,
    /// The schema file, for places; where none is named, `schema.yaml` if there is one.
    pub schema: Option<PathBuf>,
    /// After how many days an index that nobody has used is said to be unused.
    pub days: u32,
    /// A file of queries to find indexes for.
    pub queries: Option<PathBuf>,
    /// A server for scratch databases.
    pub dev_url: Option<String>,
    /// Findings that are taken on purpose: a code, or a code and an object, as in `NX0809:users.created_at`.
    pub allow: Vec<String>,
}

/// What was found.
#[derive(Debug)]
pub struct Advised {
    /// The findings; empty where nothing could be better.
    pub diagnostics: Diagnostics,
    /// What could not be judged, and allowances that match nothing, a sentence each.
    pub unseen: Vec<String>,
    /// Since when the server has counted, for people.
    pub since: String,
}

/// Looks at a database, which is only read; what it finds is the result and no failure.
pub async fn advise(args: &AdviseArgs, progress: &dyn Progress) -> Result<Advised, CommandError> {
    let allowances = args.allow.iter().map(|text| Allowance::parse(text)).collect::<Result<Vec<_>, _>>()?;
    let declared = declared(args)?;
    let url = applying::url(args.database_url.as_deref())?;
    let mut session = Session::connect(url).await.map_err(|source| {
        CommandError::World(Failure::new("cannot connect to the database").source(source))
    })?;
    progress.stage("looking at the database");
    let Advice { findings, mut unseen, since } = advise::advise(&mut session, args.days)
        .await
        .map_err(|error| CommandError::World(Failure::of(&error)))?;
    let script = args.queries.as_ref().map(super::lint::read).transpose()?;
    let (mut about_queries, mut places) = (Vec::new(), Vec::new());
    if let Some(script) = &script {
        progress.stage("asking what the queries would cost with other indexes");
        let queries = queries(script)?;
        let options = ScratchOptions { dev_url: args.dev_url.clone(), ..ScratchOptions::default() };
        let mut bench = Bench::new(options);
        let advised = advise::advise_on_queries(&mut session, &mut bench, &queries).await;
        bench.stop().await;
        let QueryAdvice { findings, unseen: more, asked: _ } = advised?;
        unseen.extend(more);
        for (n, finding) in findings {
            places.extend(queries.get(n).map(|query| lint::label(script, query.span.clone())));
            about_queries.push(finding);
        }
    }
    session.close().await?;
    let mut used = BTreeSet::new();
    let mut all = Vec::new();
    let mut sources = Sources::of(declared.as_ref());
    let labelled = about_queries.into_iter().zip(places.into_iter().map(Some));
    for (finding, place) in findings.into_iter().map(|finding| (finding, None)).chain(labelled) {
        let taken: Vec<_> =
            allowances.iter().enumerate().filter(|(_, it)| it.covers(&finding)).map(|(n, _)| n).collect();
        if taken.is_empty() {
            let mut diagnostic = sources.diagnostic(declared.as_ref(), finding);
            if let Some(place) = place {
                // Of a query, its own place is the one.
                diagnostic.labels = vec![place];
            }
            all.push(diagnostic);
        }
        used.extend(taken);
    }
    sources.texts.extend(script.map(|script| (script.name, script.text.into())));
    for (_, text) in args.allow.iter().enumerate().filter(|(n, _)| !used.contains(n)) {
        unseen.push(format!("nothing is allowed by `--allow {text}`: there is no such finding"));
    }
    Ok(Advised { diagnostics: Diagnostics::new(all, sources.texts), unseen, since })
}

/// The queries of a file.
fn queries(script: &Script) -> Result<Vec<Query>, CommandError> {
    let spans = lint::cut(script).map_err(|problem| {
        CommandError::Usage(Failure::new(format!("cannot read the queries in `{}`: {problem}", script.name)))
    })?;
    let query = |span: std::ops::Range<usize>| {
        Some(Query { text: script.text.get(span.clone())?.trim_end_matches(';').to_owned(), span })
    };
    Ok(spans.into_iter().filter_map(query).collect())
}

fn declared(args: &AdviseArgs) -> Result<Option<Declared>, CommandError> {
    let usual = PathBuf::from("schema.yaml");
    let schema = match &args.schema {
        Some(schema) => schema,
        None if usual.is_file() => &usual,
        None => return Ok(None),
    };
    super::exists(schema)?;
    Ok(Some(document::load(schema)?.0))
}

/// A finding that is taken on purpose.
struct Allowance {
    code: &'static str,
    of: Option<String>,
}

impl Allowance {
    fn parse(text: &str) -> Result<Self, CommandError> {
        let (code, of) = text.split_once(':').map_or((text, None), |(code, of)| (code, Some(of)));
        let known = explain::all().into_iter().find(|it| it.code.eq_ignore_ascii_case(code));
        let known = known.filter(|it| it.code.starts_with("NX08")).ok_or_else(|| {
            let failure = Failure::new(format!("`{text}` is nothing that can be allowed"));
            CommandError::Usage(
                failure
                    .help("write a code of this command such as `NX0809`, or one with `:users.created_at`"),
            )
        })?;
        Ok(Self { code: known.code, of: of.map(str::to_owned) })
    }

    /// Whether it is this finding that is taken, or one of a part of what is named.
    fn covers(&self, finding: &Finding) -> bool {
        let is_of = |of: &String| {
            let wanted = of.strip_prefix("public.").unwrap_or(of);
            finding.of.iter().any(|id| {
                let name = id.path().join(".");
                let name = name.strip_prefix("public.").unwrap_or(&name);
                name.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
        };
        self.code == finding.code && self.of.as_ref().is_none_or(is_of)
    }
}

/// The texts of the schema files.
struct Sources {
    texts: BTreeMap<String, Arc<str>>,
}

impl Sources {
    fn of(declared: Option<&Declared>) -> Self {
        let files = declared.map(|declared| declared.files.as_slice()).unwrap_or_default();
        let read = |file: &PathBuf| Some((file.display().to_string(), fs::read_to_string(file).ok()?.into()));
        Self { texts: files.iter().filter_map(read).collect() }
    }

    /// A finding with the places of what it is about, those that the schema file has.
    fn diagnostic(&self, declared: Option<&Declared>, finding: Finding) -> Diagnostic {
        let Finding { code, severity, of, title, help } = finding;
        let mut labels: Vec<Label> = Vec::new();
        for id in &of {
            let Some(label) = declared.and_then(|declared| self.label(declared, id, labels.is_empty()))
            else {
                continue;
            };
            if !labels.iter().any(|other| (&other.file, &other.span) == (&label.file, &label.span)) {
                labels.push(label);
            }
        }
        Diagnostic { severity, code, title, labels, help }
    }

    fn label(&self, declared: &Declared, id: &ObjectId, primary: bool) -> Option<Label> {
        let Place { file, line, column } = declared.place(id)?;
        let file = file.display().to_string();
        let text = self.texts.get(&file)?;
        let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
        let here = text.get(before..).unwrap_or_default();
        let start = here.char_indices().nth(column.saturating_sub(1)).map_or(0, |(at, _)| at);
        let word = here.get(start..).unwrap_or_default();
        let end = word.find(|c: char| c.is_whitespace() || ":,{}[]".contains(c)).unwrap_or(word.len());
        let span = before + start..before + start + end;
        Some(Label { file, span, line, column, text: String::new(), primary })
    }
}
