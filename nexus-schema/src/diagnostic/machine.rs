//! Findings in the forms that programs read.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Diagnostic, Diagnostics, Label, Severity, printable};

impl Diagnostics {
    /// An array of objects with the fields of [`Diagnostic`].
    pub fn to_json(&self) -> Value {
        let label = |l: &Label| {
            json!({
                "file": l.file, "start": l.span.start, "end": l.span.end, "line": l.line, "column": l.column,
                "text": l.text, "primary": l.primary,
            })
        };
        let all = self.all.iter().map(|d| {
            json!({
                "severity": d.severity.word(), "code": d.code, "title": d.title,
                "labels": d.labels.iter().map(label).collect::<Vec<_>>(), "help": d.help,
            })
        });
        all.collect()
    }

    /// A SARIF 2.1.0 log, the format of code scanning services.
    pub fn to_sarif(&self) -> Value {
        let result = |d: &Diagnostic| {
            let location = |l: &Label| {
                json!({ "physicalLocation": {
                    "artifactLocation": { "uri": l.file },
                    "region": { "startLine": l.line, "startColumn": l.column,
                                "byteOffset": l.span.start, "byteLength": l.span.len() },
                } })
            };
            let locations: Vec<_> = d.place().map(location).into_iter().collect();
            let text = said(d).join("\n");
            json!({
                "ruleId": d.code, "level": d.severity.word(), "message": { "text": text }, "locations": locations,
            })
        };
        let rules: BTreeSet<_> = self.all.iter().map(|d| d.code).collect();
        json!({
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{
                "tool": { "driver": {
                    "name": "nexus", "version": env!("CARGO_PKG_VERSION"),
                    "rules": rules.into_iter().map(|id| json!({ "id": id })).collect::<Vec<_>>(),
                } },
                "results": self.all.iter().map(result).collect::<Vec<_>>(),
            }],
        })
    }

    /// Workflow commands that GitHub shows beside the changed lines.
    pub fn to_github(&self) -> String {
        let data =
            |text: &str| printable(&text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A"));
        let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
        let line = |d: &Diagnostic| {
            let place =
                d.place().map(|l| format!(" file={},line={},col={},", property(&l.file), l.line, l.column));
            let place = place.unwrap_or_else(|| String::from(" "));
            let text: Vec<_> = said(d).into_iter().map(data).collect();
            format!("::{}{place}title={}::{}\n", d.severity.word(), d.code, text.join("%0A"))
        };
        self.all.iter().map(line).collect()
    }

    /// A report of GitLab's code quality; what has no place stands in the first file.
    pub fn to_gitlab(&self) -> Value {
        let first = self.sources.keys().next().map_or("", String::as_str);
        let mut alike: BTreeMap<[&str; 3], usize> = BTreeMap::new();
        let mut all = Vec::new();
        for d in &self.all {
            let (file, line) = d.place().map_or((first, 1), |l| (l.file.as_str(), l.line));
            // Findings are told apart by what they say and not by their lines, which move.
            let nth = alike.entry([d.code, file, &d.title]).and_modify(|n| *n += 1).or_default();
            let print = Sha256::digest(json!([d.code, file, d.title, nth]).to_string());
            let print = crate::hex(&print);
            let severity = match d.severity {
                Severity::Error => "critical",
                Severity::Warning => "minor",
            };
            all.push(json!({
                "description": said(d).join("\n"), "check_name": d.code, "fingerprint": print, "severity": severity,
                "location": { "path": file, "lines": { "begin": line } },
            }));
        }
        Value::Array(all)
    }
}

/// A finding's sentence, then what to do about it.
fn said(diagnostic: &Diagnostic) -> Vec<&str> {
    std::iter::once(&diagnostic.title).chain(&diagnostic.help).map(String::as_str).collect()
}
