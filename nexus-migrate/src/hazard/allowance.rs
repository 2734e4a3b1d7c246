//! What somebody takes on purpose, and the budget of locks.

use super::planned::short;
use super::{Class, Hazard};
use crate::measure::{Mode, Observation};

/// A hazard that is taken on purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowance {
    /// Its class.
    pub class: Class,
    /// The table or column; every one if it is not given.
    pub of: Option<String>,
}

impl Allowance {
    /// Reads `data-loss` or `data-loss:users.last_name`.
    ///
    /// ```
    /// use nexus_migrate::hazard::{Allowance, Class, Hazard};
    /// let allowed = Allowance::parse("data-loss:users").unwrap();
    /// assert!(allowed.covers(&Hazard::new(Class::DataLoss, "public.users.last_name", "gone")));
    /// assert!(!allowed.covers(&Hazard::new(Class::DataLoss, "public.orders", "gone")));
    /// assert!(Allowance::parse("danger").is_none());
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let (class, of) = text.split_once(':').map_or((text, None), |(class, of)| (class, Some(of)));
        Some(Self { class: Class::parse(class)?, of: of.map(str::to_owned) })
    }

    /// Whether it is this hazard that is taken, or one of a part of what is named.
    pub fn covers(&self, hazard: &Hazard) -> bool {
        let of = self.of.as_deref().map(short);
        let object = short(&hazard.object);
        let is_of_it =
            |of: &str| object.strip_prefix(of).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        self.class == hazard.class && of.is_none_or(is_of_it)
    }
}

impl Class {
    /// Whether a plan with such a hazard is refused until somebody allows it.
    pub fn refuses(self) -> bool {
        matches!(self, Self::DataLoss | Self::LongBlock | Self::OverBudget)
    }
}

/// What became of hazards under allowances.
#[derive(Debug, Default)]
pub struct Judged {
    /// Those that stand in the way.
    pub refused: Vec<Hazard>,
    /// Those that are only told.
    pub told: Vec<Hazard>,
    /// Allowances, by their places in the list, that match nothing.
    pub unused: Vec<usize>,
}

/// Tells hazards that stand in the way from those that are allowed or only told.
pub fn judge(hazards: Vec<Hazard>, allowances: &[Allowance]) -> Judged {
    let mut judged = Judged::default();
    let mut used = vec![false; allowances.len()];
    for hazard in hazards {
        let mut allowed = false;
        for (n, allowance) in allowances.iter().enumerate().filter(|(_, it)| it.covers(&hazard)) {
            (used[n], allowed) = (true, true);
            debug_assert_eq!(allowance.class, hazard.class);
        }
        let list = if hazard.class.refuses() && !allowed { &mut judged.refused } else { &mut judged.told };
        list.push(hazard);
    }
    judged.unused = (0..used.len()).filter(|n| !used[*n]).collect();
    judged
}

/// Locks that are stronger than the budget says of their relation.
pub fn over_budget<'a>(
    seen: impl IntoIterator<Item = &'a Observation>,
    budget: impl Fn(&str) -> Option<Mode>,
) -> Vec<Hazard> {
    let mut hazards = Vec::new();
    for lock in seen.into_iter().flat_map(|seen| &seen.locks) {
        let Some(most) = budget(&lock.relation).filter(|most| lock.mode > *most) else { continue };
        let what = format!(
            "{} is locked in {}, and its budget is {}",
            lock.relation,
            lock.mode.words(),
            most.words()
        );
        hazards.push(
            Hazard::new(Class::OverBudget, lock.relation.clone(), what)
                .help("raise `max_lock`, or make the change in another way"),
        );
    }
    hazards.sort();
    hazards.dedup();
    hazards
}
