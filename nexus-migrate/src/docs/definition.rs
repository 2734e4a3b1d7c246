//! Definitions of parts of tables on one line, for people to read: nothing runs them.

use nexus_schema::kinds::{Action, Index, Policy, Trigger};

use super::book::qualified;

/// What a foreign key does; nothing for the usual.
pub(super) fn action(action: Action) -> Option<&'static str> {
    match action {
        Action::NoAction => None,
        Action::Restrict => Some("RESTRICT"),
        Action::Cascade => Some("CASCADE"),
        Action::SetNull => Some("SET NULL"),
        Action::SetDefault => Some("SET DEFAULT"),
    }
}

/// An index, from its method on.
pub(super) fn index(index: &Index) -> String {
    let keys = index.keys.iter().map(|key| {
        let on = key.column.as_deref().or(key.expr.as_ref().map(|expr| expr.as_str())).unwrap_or_default();
        let down = if key.descending { " DESC" } else { "" };
        format!("{on}{down}")
    });
    let unique = if index.unique { "UNIQUE " } else { "" };
    let include = match index.include.as_slice() {
        [] => String::new(),
        include => format!(" INCLUDE ({})", include.join(", ")),
    };
    let only = index.predicate.as_ref().map(|only| format!(" WHERE {}", only.as_str())).unwrap_or_default();
    format!("{unique}{} ({}){include}{only}", index.method, keys.collect::<Vec<_>>().join(", "))
}

/// A trigger, from its timing on.
pub(super) fn trigger(trigger: &Trigger) -> String {
    let each = if trigger.for_each_row { "ROW" } else { "STATEMENT" };
    let of = if trigger.columns.is_empty() {
        String::new()
    } else {
        format!(" OF {}", trigger.columns.join(", "))
    };
    let when = trigger.when.as_ref().map(|when| format!(" WHEN ({})", when.as_str())).unwrap_or_default();
    format!(
        "{} {}{of} FOR EACH {each}{when} EXECUTE {}({})",
        trigger.timing,
        trigger.events.join(" OR "),
        qualified(&trigger.function),
        trigger.arguments.join(", "),
    )
}

/// A policy.
pub(super) fn policy(policy: &Policy) -> String {
    let kind = if policy.permissive { "" } else { "RESTRICTIVE " };
    let to = if policy.roles.is_empty() { String::new() } else { format!(" TO {}", policy.roles.join(", ")) };
    let using = policy.using.as_ref().map(|it| format!(" USING ({})", it.as_str())).unwrap_or_default();
    let check = policy.check.as_ref().map(|it| format!(" WITH CHECK ({})", it.as_str())).unwrap_or_default();
    format!("{kind}POLICY FOR {}{to}{using}{check}", policy.command)
}
