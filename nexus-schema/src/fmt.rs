//! Canonical formatting of a schema file: what it means, and its comments, stay as they are.
//!
//! Works on lines, and gives up a change rather than its meaning: the result is read again and compared.

use crate::diagnostic::Diagnostics;
use crate::report::{Report, Spot};
use crate::yaml::{self, Node, Value};

/// Returns the text with trailing blanks, blank lines and indentation made canonical.
///
/// Indentation becomes two spaces a level where the text is indented otherwise. The text must be YAML; it may
/// still have mistakes of other kinds.
///
/// ```
/// let text = nexus_schema::fmt::format("nexus: 1  \ntables:\n    users: # who\n        group: Core\n\n\n").unwrap();
/// assert_eq!(text, "nexus: 1\ntables:\n  users: # who\n    group: Core\n");
/// ```
pub fn format(text: &str) -> Result<String, Diagnostics> {
    let before = match yaml::parse(text) {
        Ok(node) => node,
        Err(error) => {
            let mut report = Report::default();
            let file = report.add_source("schema.yaml".into(), text.into());
            let spot = Spot::new(file, &error.span);
            let title = format!("this cannot be read: {}", error.message);
            report
                .error("NX0100", spot, title, "")
                .help("correct it first: a broken text cannot be formatted");
            return Err(report.finish());
        }
    };
    let same = |candidate: &String| yaml::parse(candidate).is_ok_and(|after| equal(&before, &after));
    let fixed = verbatim(&before, text);
    let clean = tidy(text, &fixed);
    let clean = if same(&clean) { clean } else { text.to_owned() };
    let steps = yaml::parse(&clean).map(|node| reindent(&clean, &verbatim(&node, &clean)));
    Ok(steps.ok().filter(same).unwrap_or(clean))
}

/// Whether two trees mean the same, wherever they are written.
fn equal(one: &Node, two: &Node) -> bool {
    match (&one.value, &two.value) {
        (Value::Seq(one), Value::Seq(two)) => {
            one.len() == two.len() && one.iter().zip(two).all(|(a, b)| equal(a, b))
        }
        (Value::Map(one), Value::Map(two)) => {
            one.len() == two.len()
                && one.iter().zip(two).all(|((k, a), (l, b))| k.text == l.text && equal(a, b))
        }
        (one, two) => one == two,
    }
}

/// The numbers of the lines that a text of several lines reaches into, where blanks can have a meaning.
fn verbatim(node: &Node, text: &str) -> std::collections::BTreeSet<usize> {
    let starts: Vec<_> = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let line = |at: usize| starts.partition_point(|&start| start <= at).saturating_sub(1);
    let mut lines = std::collections::BTreeSet::new();
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        match &node.value {
            Value::Seq(items) => open.extend(items),
            Value::Map(entries) => open.extend(entries.iter().map(|(_, value)| value)),
            Value::Text(_) => {
                let first = line(node.span.start);
                // A block of text begins on a line of its own.
                let alone = text[starts[first]..node.span.start].trim().is_empty() && node.span.start > 0;
                let last = line(node.span.end.saturating_sub(1).max(node.span.start));
                lines.extend(first + usize::from(!alone)..=last);
            }
            _ => {}
        }
    }
    lines
}

/// Takes away blanks at the ends of lines, more than one blank line in a row, and blank lines at the end.
fn tidy(text: &str, fixed: &std::collections::BTreeSet<usize>) -> String {
    let mut out: Vec<&str> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if fixed.contains(&number) {
            out.push(line);
            continue;
        }
        let line = line.trim_end_matches([' ', '\t', '\r']);
        if line.is_empty() && out.last().is_none_or(|last| last.is_empty()) {
            continue;
        }
        out.push(line);
    }
    while out.last().is_some_and(|last| last.is_empty()) {
        out.pop();
    }
    let mut text = out.join("\n");
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// Indents by two spaces a level; lines of texts move along with the line that begins them.
fn reindent(text: &str, fixed: &std::collections::BTreeSet<usize>) -> String {
    let lines: Vec<_> = text.lines().collect();
    let mut out = String::new();
    // What an indentation of the text became, from the outside in.
    let mut levels: Vec<(usize, usize)> = vec![(0, 0)];
    let mut shift = (0, 0);
    for (number, line) in lines.iter().enumerate() {
        let own = line.len() - line.trim_start_matches(' ').len();
        let body = &line[own..];
        if body.is_empty() {
            out.push('\n');
            continue;
        }
        let indent = if fixed.contains(&number) {
            (own + shift.1).saturating_sub(shift.0)
        } else {
            // A comment belongs to the line that follows it.
            let owner = lines[number..].iter().enumerate().find(|(n, line)| {
                let body = line.trim_start();
                !body.is_empty() && !body.starts_with('#') && !fixed.contains(&(number + n))
            });
            let of = owner.map_or(own, |(_, line)| line.len() - line.trim_start_matches(' ').len());
            while levels.len() > 1 && levels.last().is_some_and(|(old, _)| *old > of) {
                levels.pop();
            }
            let (old, new) = levels.last().copied().unwrap_or_default();
            let mut at = new;
            if of > old {
                at = new + 2;
                levels.push((of, at));
            }
            // A mapping inside a list item starts after its dash.
            if body.starts_with("- ") {
                let inner = body.len() - body[1..].trim_start().len();
                levels.push((of + inner, at + inner));
            }
            shift = (own, at);
            at
        };
        out.push_str(&" ".repeat(indent));
        out.push_str(body);
        out.push('\n');
    }
    out
}
