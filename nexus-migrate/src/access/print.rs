//! A matrix as people read it: a row for each table, a column for each role, a letter for each verb.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use nexus_schema::catalog::{Kind, ObjectId};
use serde_json::{Value, json};

use super::{Cell, Matrix, VERBS};

impl Matrix {
    /// The matrix as text: letters of what a role can do, `-` where it cannot, and a mark where that is not as declared.
    pub fn to_human(&self) -> String {
        let mut out = String::new();
        let mut roles: Vec<&str> = Vec::new();
        let mut rows: BTreeMap<&ObjectId, BTreeMap<&str, String>> = BTreeMap::new();
        for cell in &self.cells {
            if !roles.contains(&cell.role.as_str()) {
                roles.push(&cell.role);
            }
            let text = rows.entry(&cell.on).or_default().entry(&cell.role).or_default();
            text.push(if cell.found { letter(cell.verb) } else { '-' });
            if cell.found != cell.declared {
                text.push('!');
            }
        }
        let names: Vec<String> = rows.keys().map(|on| name(on)).collect();
        let first = names.iter().map(|name| name.chars().count()).max().unwrap_or_default();
        let width = |role: &str| {
            let cells = rows.values().filter_map(|row| row.get(role)).map(String::len);
            cells.chain([role.chars().count()]).max().unwrap_or_default()
        };
        let mut line = format!("{:first$}", "");
        roles.iter().for_each(|role| line.push_str(&format!("  {role:0$}", width(role))));
        let _ = writeln!(out, "{}", line.trim_end());
        for (name, row) in names.iter().zip(rows.values()) {
            let mut line = format!("{name:first$}");
            for role in &roles {
                let cell = row.get(role).map_or("", String::as_str);
                line.push_str(&format!("  {cell:0$}", width(role)));
            }
            let _ = writeln!(out, "{}", line.trim_end());
        }
        let letters: Vec<_> =
            VERBS.iter().map(|verb| format!("{} {}", letter(verb), verb.to_lowercase())).collect();
        let _ = writeln!(out, "{}; C create in the schema; ! not as declared", letters.join(", "));
        for cell in self.different() {
            let _ = writeln!(out, "different: {}", sentence(cell));
        }
        for sight in &self.sights {
            let super::Sight { policy, role, what, declared, found } = sight;
            let word = if declared == found { "rows" } else { "different" };
            let _ = writeln!(out, "{word}: {role} {what} through {policy}: {found}, declared {declared}");
        }
        for (word, sentences) in [("found", &self.findings), ("not checked", &self.unchecked)] {
            for sentence in sentences {
                let _ = writeln!(out, "{word}: {sentence}");
            }
        }
        let _ = writeln!(out, "{}", self.summary());
        out
    }

    /// How many cells there are, and how many are as declared.
    pub fn summary(&self) -> String {
        let tried = self.cells.iter().filter(|cell| cell.tried).count();
        let different = self.different().count();
        let all = self.cells.len();
        let how = if tried == 0 { "asked".to_owned() } else { format!("{tried} by statements") };
        format!("{} of {all} cells as declared, {how}, on {}", all - different, self.server)
    }

    /// The matrix as JSON.
    pub fn to_json(&self) -> Value {
        let cells = self.cells.iter().map(|cell| {
            let Cell { role, on, verb, declared, found, tried } = cell;
            json!({ "role": role, "on": on.to_string(), "verb": verb, "declared": declared, "found": found,
                "tried": tried })
        });
        let sights = self.sights.iter().map(|sight| {
            let super::Sight { policy, role, what, declared, found } = sight;
            json!({ "policy": policy.to_string(), "role": role, "what": what, "declared": declared, "found": found })
        });
        json!({
            "holds": self.holds(),
            "server": self.server,
            "total": self.cells.len(),
            "equal": self.cells.len() - self.different().count(),
            "cells": cells.collect::<Vec<_>>(),
            "rows": sights.collect::<Vec<_>>(),
            "findings": self.findings,
            "unchecked": self.unchecked,
        })
    }
}

fn letter(verb: &str) -> char {
    verb.chars().next().unwrap_or('?')
}

fn name(on: &ObjectId) -> String {
    match on.kind() {
        Kind::Table if on.schema() == "public" => on.name().to_owned(),
        Kind::Table => on.path().join("."),
        _ => on.to_string(),
    }
}

fn sentence(cell: &Cell) -> String {
    let (may, said) = if cell.found { ("can", "nobody declared") } else { ("cannot", "is declared") };
    format!("{} {may} {} on {}, which {said}", cell.role, cell.verb.to_lowercase(), cell.on)
}
