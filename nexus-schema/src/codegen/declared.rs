//! The door from schema files to generated code: hints and tags in, mistakes back to where they were written.
//!
//! The one part of `codegen` that knows of files: it reads them again to draw a mistake.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Input, Problem, Problems};
use crate::diagnostic::{Diagnostic, Diagnostics, Label, Severity};
use crate::document::{Declared, Place};

impl<'a> From<&'a Declared> for Input<'a> {
    fn from(declared: &'a Declared) -> Self {
        let hidden = declared.tags.iter().filter(|(_, tags)| tags.pii || tags.sensitive);
        let redacted = hidden.map(|(id, _)| id.clone()).collect();
        let (models, hints) = (declared.models.clone(), declared.rust.clone());
        Self { catalog: &declared.catalog, models, hints, redacted }
    }
}

impl Problem {
    /// The stable code of this kind of problem.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoRustType { .. } => "NX0701",
            Self::SameName { .. } => "NX0702",
            Self::SameVariant { .. } => "NX0703",
            Self::BadName { .. } => "NX0704",
            Self::BadType { .. } => "NX0705",
            Self::NoVersion { .. } => "NX0204",
        }
    }
}

impl Problems {
    /// The problems as the author's mistakes, each at the line of the file that declares the object.
    ///
    /// ```
    /// use nexus_schema::codegen::{Problem, Problems};
    /// use nexus_schema::catalog::{Kind, ObjectId};
    /// use nexus_schema::document::Declared;
    ///
    /// let id = ObjectId::new(Kind::Column, ["public", "docs", "search"]);
    /// let problems = Problems(vec![Problem::NoRustType { id, sql_type: "tsvector".into() }]);
    /// let short = problems.diagnostics(&Declared::default()).render_short();
    /// assert!(short.starts_with("error[NX0701]: column public.docs.search has type `tsvector`"));
    /// ```
    pub fn diagnostics(&self, declared: &Declared) -> Diagnostics {
        let mut sources = BTreeMap::<String, Arc<str>>::new();
        for file in &declared.files {
            if let Ok(text) = std::fs::read_to_string(file) {
                sources.insert(file.display().to_string(), text.into());
            }
        }
        let all = self.0.iter().map(|problem| {
            let mut labels: Vec<_> =
                declared.place(problem.id()).map(|place| label(&place, &sources, true)).into_iter().collect();
            if let Problem::SameName { other, .. } = problem
                && let Some(place) = declared.place(other)
            {
                labels.push(Label { text: "the other one".into(), ..label(&place, &sources, false) });
            }
            Diagnostic {
                severity: Severity::Error,
                code: problem.code(),
                title: problem.to_string(),
                labels,
                help: vec![problem.help().to_owned()],
            }
        });
        Diagnostics::new(all.collect(), sources)
    }
}

fn label(place: &Place, sources: &BTreeMap<String, Arc<str>>, primary: bool) -> Label {
    let file = place.file.display().to_string();
    let text = sources.get(&file).map_or("", |text| &**text);
    let line_start: usize = text.split_inclusive('\n').take(place.line.saturating_sub(1)).map(str::len).sum();
    let line = &text[line_start..];
    let start = line.char_indices().nth(place.column.saturating_sub(1)).map_or(line.len(), |(at, _)| at);
    let word = line[start..].find(|c: char| c == ':' || c == ',' || c.is_whitespace());
    let start = line_start + start;
    let span = start..start + word.unwrap_or(0);
    Label { file, span, line: place.line, column: place.column, text: String::new(), primary }
}
