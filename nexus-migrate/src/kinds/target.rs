//! How an object is named by commands that take any object: `COMMENT ON …`, `ALTER … OWNER TO`, `GRANT … ON …`.

use nexus_schema::catalog::{Kind, ObjectId};

use crate::sql::{Pen, dotted};

/// The command whose words are wanted; they differ for a few kinds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Words {
    /// `COMMENT ON`.
    Comment,
    /// `ALTER … OWNER TO`.
    Alter,
    /// `GRANT … ON`.
    Grant,
}

/// The words and the name, such as `COLUMN public.users.email` or `CONSTRAINT c ON public.t`.
pub(super) fn spell(id: &ObjectId, words: Words) -> Pen {
    let relation = || Pen::new().ident(id.name()).and("ON").name(id.path().iter().take(2));
    let named = |word: &'static str| Pen::kw(word).name(id.path());
    match id.kind() {
        Kind::Schema => named("SCHEMA"),
        Kind::Extension => named("EXTENSION"),
        Kind::Collation => named("COLLATION"),
        Kind::Domain if words != Words::Grant => named("DOMAIN"),
        Kind::Enum | Kind::Composite | Kind::Range | Kind::Domain => named("TYPE"),
        Kind::Sequence => named("SEQUENCE"),
        Kind::View if words != Words::Grant => named("VIEW"),
        Kind::MaterializedView if words != Words::Grant => named("MATERIALIZED VIEW"),
        Kind::Table | Kind::View | Kind::MaterializedView | Kind::Partition => named("TABLE"),
        Kind::Column | Kind::Default if words == Words::Grant => {
            Pen::kw("TABLE").name(id.path().iter().take(2))
        }
        Kind::Column | Kind::Default => named("COLUMN"),
        Kind::Constraint => Pen::kw("CONSTRAINT").pen(relation()),
        Kind::DomainCheck => {
            Pen::kw("CONSTRAINT").ident(id.name()).and("ON DOMAIN").name(id.path().iter().take(2))
        }
        Kind::Index => named("INDEX"),
        Kind::Statistics => named("STATISTICS"),
        Kind::Function => routine(Pen::kw("ROUTINE"), id),
        Kind::Aggregate => routine(Pen::kw("ROUTINE"), id),
        Kind::Rule => Pen::kw("RULE").pen(relation()),
        Kind::Trigger => Pen::kw("TRIGGER").pen(relation()),
        Kind::Policy => Pen::kw("POLICY").pen(relation()),
        // Nothing is said of what is itself only said of something, nor of rows.
        Kind::Owner | Kind::Grant | Kind::DefaultPrivilege | Kind::Comment | Kind::Seed => Pen::new(),
    }
}

/// A routine's name with its argument types, which a server spelled.
pub(super) fn routine(pen: Pen, id: &ObjectId) -> Pen {
    let name = dotted(id.path().iter().take(2));
    pen.text(&format!("{name}({})", id.name()))
}
