//! What a plan says of hazards before it runs: what it takes away, renames, converts, and grants.

use nexus_schema::catalog::{Catalog, Kind, ObjectId};

use super::{Class, Hazard};
use crate::plan::{Action, Plan};
use crate::sql::dotted;

/// The hazards of a plan that leads away from `prev`.
pub fn of_plan(plan: &Plan, prev: &Catalog) -> Vec<Hazard> {
    let mut hazards = Vec::new();
    for lost in plan.loses() {
        let what = format!("the data of {lost} is gone");
        let key = dotted(lost.path());
        hazards.push(Hazard::new(Class::DataLoss, key.clone(), what).help(format!(
            "allow it by `--allow data-loss:{}`, or by `allow` in the schema file",
            short(&key)
        )));
    }
    for converted in plan.retypes() {
        let name = dotted(converted.path());
        let what = format!("the values of {name} are converted, and the way back need not give the same");
        hazards.push(Hazard::new(Class::Irreversible, name.clone(), what));
        let what =
            format!("prepared statements that return {name} fail once: the cached plan has another type");
        hazards.push(Hazard::new(Class::AppBreaking, name, what));
    }
    for step in &plan.steps {
        let was_there = |id: &ObjectId| prev.contains(id);
        let is_said_in_programs =
            matches!(step.id.kind(), Kind::Table | Kind::Column | Kind::View | Kind::Schema | Kind::Function);
        if step.action == Action::Rename && is_said_in_programs {
            let name = dotted(step.id.path());
            let what = format!("programs that say the old name of {name} fail");
            hazards.push(Hazard::new(Class::AppBreaking, name, what));
        }
        let is_about_rights =
            matches!(step.id.kind(), Kind::Grant | Kind::Policy | Kind::DefaultPrivilege | Kind::Membership);
        let table = step.id.target().cloned().unwrap_or_else(|| step.id.ancestor(Kind::Table, 2));
        if is_about_rights && (was_there(&step.id) || was_there(&table)) {
            let what = format!("who may do what changes: {} {}", step.verb(), step.id);
            hazards.push(Hazard::new(Class::Authorisation, dotted(table.path()), what));
        }
    }
    hazards.sort();
    hazards.dedup();
    hazards
}

/// A name as authors write it: `public` goes without saying.
pub(super) fn short(name: &str) -> &str {
    name.strip_prefix("public.").unwrap_or(name)
}
