//! Checks by sets of rules. Each says what was looked at; what nobody can see in a schema is listed and not claimed.

use std::collections::BTreeSet;

use nexus_schema::catalog::{Kind, Object, ObjectId};
use nexus_schema::document::Declared;
use serde::Serialize;

use super::inventory::{held, name};
use super::reach::{Reach, tags, trail};

/// A set of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Regime {
    /// Personal data of people in the European Union.
    Gdpr,
    /// Financial data.
    Sox,
    /// Health data.
    Hipaa,
}

impl Regime {
    /// The word for it in schema files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Gdpr => "gdpr",
            Self::Sox => "sox",
            Self::Hipaa => "hipaa",
        }
    }

    /// What a schema cannot show.
    pub fn unchecked(self) -> &'static [&'static str] {
        match self {
            Self::Gdpr => &[
                "consent, its records and its withdrawal",
                "encryption of disks, backups and connections",
                "personal data in texts, files and systems that the schema does not tag",
                "processors and transfers to other countries",
            ],
            Self::Sox => &[
                "who is a member of which role, and reviews of that",
                "backups and their tests",
                "controls of the application and of changes to it",
            ],
            Self::Hipaa => &[
                "encryption of disks, backups and connections",
                "reads: only changes are kept",
                "agreements with associates, training, incidents",
            ],
        }
    }
}

/// Whether a check holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It holds.
    Holds,
    /// It does not.
    Fails,
}

/// A check and what it found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was looked at.
    pub what: String,
    /// Whether it holds.
    pub verdict: Verdict,
    /// Where it does not.
    pub where_: Vec<String>,
}

impl Check {
    /// A check that holds where nothing is found.
    pub fn of(what: impl Into<String>, found: Vec<String>) -> Self {
        let verdict = if found.is_empty() { Verdict::Holds } else { Verdict::Fails };
        Self { what: what.into(), verdict, where_: found }
    }
}

/// The tables whose rows are people: with personal data that no other such table leads to.
pub fn subjects(declared: &Declared) -> Vec<ObjectId> {
    let personal: BTreeSet<_> = declared
        .tables
        .iter()
        .map(|table| table.id.clone())
        .filter(|table| declared.catalog.columns(table).iter().any(|(id, _)| tags(declared, id).pii))
        .collect();
    let led_to = |table: &ObjectId| {
        personal.iter().filter(|other| *other != table).any(|other| {
            Reach::of(declared, other)
                .is_ok_and(|reach| reach.tables.iter().any(|reached| reached.table == *table))
        })
    };
    personal.iter().filter(|table| !led_to(table)).cloned().collect()
}

/// What the declared schema shows of a set of rules; proofs on scratch are the caller's.
pub fn checks(declared: &Declared, regime: Regime) -> Vec<Check> {
    let under: Vec<ObjectId> = declared
        .tables
        .iter()
        .map(|table| table.id.clone())
        .filter(|table| {
            let is_personal = || declared.catalog.columns(table).iter().any(|(id, _)| tags(declared, id).pii);
            tags(declared, table).regimes.contains(regime.word()) || regime == Regime::Gdpr && is_personal()
        })
        .collect();
    let names: BTreeSet<String> = under.iter().map(name).collect();
    let none = under.is_empty().then(|| format!("mark tables with `regimes: [{}]`", regime.word()));
    let mut all = vec![Check::of(
        format!("tables that fall under it: {}", names.iter().cloned().collect::<Vec<_>>().join(", ")),
        none.into_iter().collect(),
    )];
    let columns: Vec<_> = held(declared).into_iter().filter(|it| names.contains(&it.table)).collect();
    let lacking = |test: &dyn Fn(&super::Held) -> bool| -> Vec<String> {
        columns.iter().filter(|it| test(it)).map(|it| format!("{}.{}", it.table, it.column)).collect()
    };
    let tables = |test: &dyn Fn(&ObjectId) -> bool| -> Vec<String> {
        under.iter().filter(|table| test(table)).map(name).collect()
    };
    if regime != Regime::Sox {
        all.push(Check::of(
            "personal data has a ground (`basis:`)",
            lacking(&|it| it.pii && it.basis.is_none()),
        ));
        all.push(Check::of(
            "personal data has a term (`retention:`)",
            lacking(&|it| it.pii && it.retention.is_none()),
        ));
    }
    if regime == Regime::Hipaa {
        all.push(Check::of(
            "personal data is not shown (`sensitive:`)",
            lacking(&|it| it.pii && !it.sensitive),
        ));
    }
    if regime != Regime::Gdpr {
        all.push(Check::of(
            "changes are kept (`audit:`)",
            tables(&|table| tags(declared, table).audit.is_none()),
        ));
        all.push(Check::of(
            "rows can be told apart",
            tables(&|table| declared.catalog.primary_key(table).is_empty()),
        ));
        all.push(Check::of(
            "no actor may empty a table or change the trail",
            trail_writers(declared, &under),
        ));
    }
    all.push(Check::of(
        "nothing is granted to everybody",
        tables(&|table| declared.catalog.contains(&table.of(Kind::Grant, [""]))),
    ));
    all
}

/// Who could change the trail of these tables, or empty one of them.
fn trail_writers(declared: &Declared, under: &[ObjectId]) -> Vec<String> {
    let mut found = BTreeSet::new();
    for table in under {
        let trail = trail(&declared.catalog, table);
        for (on, verbs) in
            [(Some(table), &["TRUNCATE"][..]), (trail.as_ref(), &["UPDATE", "DELETE", "TRUNCATE"])]
        {
            let Some(on) = on else { continue };
            for (id, entry) in declared.catalog.said_of(Kind::Grant, on) {
                let Object::Grant(grant) = &entry.object else { continue };
                let may =
                    |verb: &&&str| grant.privileges.contains(**verb) || grant.grantable.contains(**verb);
                for verb in verbs.iter().filter(may) {
                    let role =
                        id.path().first().filter(|role| !role.is_empty()).map_or("public", String::as_str);
                    found.insert(format!("{role} may {} {}", verb.to_lowercase(), name(on)));
                }
            }
        }
    }
    found.into_iter().collect()
}
