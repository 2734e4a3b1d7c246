//! Names: how authors write them, how PostgreSQL makes them up, and which may not be the same.

use std::collections::{BTreeMap, BTreeSet};

use crate::report::{Report, Spot};
pub(crate) use crate::types::split;

/// The longest name in bytes: NAMEDATALEN less the closing NUL.
pub(crate) const LIMIT: usize = 63;

/// Writes what [`split`] takes apart.
pub(crate) fn spell(parts: &[&str]) -> String {
    let part = |part: &&str| match part.contains(['.', '"']) || part.trim() != *part {
        true => format!("\"{}\"", part.replace('"', "\"\"")),
        false => (*part).to_owned(),
    };
    parts.iter().map(part).collect::<Vec<_>>().join(".")
}

/// The longest start of a name that PostgreSQL keeps, cut between characters (`pg_mbcliplen`).
pub(crate) fn clip(name: &str, limit: usize) -> &str {
    let mut at = name.len().min(limit);
    while !name.is_char_boundary(at) {
        at -= 1;
    }
    &name[..at]
}

/// Makes a name as `makeObjectName` of PostgreSQL's `indexcmds.c` does: the longer of the two gives way first.
pub(crate) fn make(name1: &str, name2: Option<&str>, label: &str) -> String {
    let overhead = 1 + label.len() + usize::from(name2.is_some());
    let room = LIMIT.saturating_sub(overhead);
    let (mut one, mut two) = (name1.len(), name2.map_or(0, str::len));
    while one + two > room {
        if one > two {
            one -= 1;
        } else {
            two -= 1;
        }
    }
    let one = clip(name1, one);
    match name2 {
        Some(name2) => format!("{one}_{}_{label}", clip(name2, two)),
        None => format!("{one}_{label}"),
    }
}

/// Joins column names as `ChooseIndexNameAddition` does: until there is a name's worth of text.
pub(crate) fn join(columns: &[String]) -> String {
    let mut out = String::new();
    for column in columns {
        if !out.is_empty() {
            out.push('_');
        }
        out.push_str(column);
        if out.len() > LIMIT {
            break;
        }
    }
    out
}

/// What is called what in a schema.
#[derive(Debug, Default)]
struct Space {
    relations: BTreeMap<String, (Spot, &'static str)>,
    types: BTreeMap<String, (Spot, &'static str)>,
    constraints: BTreeSet<String>,
}

/// The names taken so far in every schema.
#[derive(Debug, Default)]
pub(crate) struct Names {
    spaces: BTreeMap<String, Space>,
}

impl Names {
    /// Takes the name of a table, index, sequence or view: they share one space.
    pub(crate) fn relation(
        &mut self,
        [schema, name]: [&str; 2],
        what: &'static str,
        spot: Spot,
        report: &mut Report,
    ) -> bool {
        let space = self.spaces.entry(schema.to_owned()).or_default();
        take(&mut space.relations, name, what, spot, report)
    }

    /// Takes the name of a type; a table's row is a type as well.
    pub(crate) fn type_(
        &mut self,
        [schema, name]: [&str; 2],
        what: &'static str,
        spot: Spot,
        report: &mut Report,
    ) -> bool {
        let space = self.spaces.entry(schema.to_owned()).or_default();
        take(&mut space.types, name, what, spot, report)
    }

    /// Takes note of the name of a constraint, for the names made up later.
    pub(crate) fn constraint(&mut self, schema: &str, name: &str) {
        self.spaces.entry(schema.to_owned()).or_default().constraints.insert(name.to_owned());
    }

    /// Makes up a name that neither a relation nor a constraint of the schema has (`ChooseRelationName`).
    pub(crate) fn choose(&mut self, schema: &str, name1: &str, name2: Option<&str>, label: &str) -> String {
        let space = self.spaces.entry(schema.to_owned()).or_default();
        let free = |name: &String| !space.relations.contains_key(name) && !space.constraints.contains(name);
        numbered(label).map(|label| make(name1, name2, &label)).find(free).unwrap_or_default()
    }

    /// Makes up a name that no constraint of the schema has (`ChooseConstraintName`).
    pub(crate) fn choose_constraint(
        &mut self,
        schema: &str,
        name1: &str,
        name2: Option<&str>,
        label: &str,
    ) -> String {
        let space = self.spaces.entry(schema.to_owned()).or_default();
        let free = |name: &String| !space.constraints.contains(name);
        let name = numbered(label).map(|label| make(name1, name2, &label)).find(free).unwrap_or_default();
        space.constraints.insert(name.clone());
        name
    }
}

fn numbered(label: &str) -> impl Iterator<Item = String> {
    let label = label.to_owned();
    (0_u32..).map(move |n| if n == 0 { label.clone() } else { format!("{label}{n}") })
}

fn take(
    taken: &mut BTreeMap<String, (Spot, &'static str)>,
    name: &str,
    what: &'static str,
    spot: Spot,
    report: &mut Report,
) -> bool {
    match taken.get(clip(name, LIMIT)) {
        None => {
            taken.insert(clip(name, LIMIT).to_owned(), (spot, what));
            true
        }
        Some((other, kind)) => {
            let title = match name.len() > LIMIT {
                true => format!("cut to 63 bytes, the name of this {what} is that of another {kind}"),
                false => format!("`{name}` is already the name of another {kind}")
                    .replace("another", if *kind == what { "another" } else { "a" }),
            };
            let title = title.replace(" a index", " an index").replace(" a enum", " an enum");
            report
                .error("NX0402", spot, title, format!("this {what}"))
                .also(*other, format!("the {kind} that has the name"))
                .help("PostgreSQL keeps both in one namespace: rename one of them");
            false
        }
    }
}

/// Records a name that PostgreSQL would cut, or that is empty.
pub(crate) fn check(name: &str, what: &str, spot: Spot, report: &mut Report) {
    if name.is_empty() {
        report.error("NX0406", spot, format!("the name of a {what} is empty"), "").help("give it a name");
    } else if name.len() > LIMIT {
        report
            .error(
                "NX0401",
                spot,
                format!("the name of this {what} has {} bytes; PostgreSQL keeps 63", name.len()),
                "",
            )
            .help(format!("it would become `{}`: choose a shorter name", clip(name, LIMIT)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_up_names_are_those_of_postgresql() {
        let a = |n: usize| "a".repeat(n);
        let b = |n: usize| "b".repeat(n);
        let table = [
            (a(5), Some(b(5)), "key", format!("{}_{}_key", a(5), b(5))),
            (a(60), None, "pkey", format!("{}_pkey", a(58))),
            (a(63), Some(b(3)), "fkey", format!("{}_bbb_fkey", a(54))),
            (a(63), Some(b(63)), "key", format!("{}_{}_key", a(29), b(29))),
            (a(10), Some(b(63)), "idx", format!("{}_{}_idx", a(10), b(48))),
            ("é".repeat(31), None, "pkey", format!("{}_pkey", "é".repeat(29))),
        ];
        for (one, two, label, expected) in table {
            assert_eq!(make(&one, two.as_deref(), label), expected);
        }
    }

    #[test]
    fn a_taken_name_gets_a_number() {
        let mut names = Names::default();
        assert_eq!(names.choose_constraint("public", "t", Some("a"), "check"), "t_a_check");
        assert_eq!(names.choose_constraint("public", "t", Some("a"), "check"), "t_a_check1");
        assert_eq!(names.choose_constraint("other", "t", Some("a"), "check"), "t_a_check");
    }

    #[test]
    fn quotes_keep_dots() {
        assert_eq!(split("a.b"), Some(vec!["a".into(), "b".into()]));
        assert_eq!(split("\"a.b\".c"), Some(vec!["a.b".into(), "c".into()]));
        assert_eq!(split("a..b"), None);
        assert_eq!(split("\"a"), None);
        assert_eq!(split(" a"), None);
        for name in ["a", "a.b", " a", "a ", "\"", "a\"b", ".", "a\"."] {
            assert_eq!(split(&spell(&[name, "b"])), Some(vec![name.into(), "b".into()]));
        }
    }
}
