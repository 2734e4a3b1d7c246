//! How an object is named by commands that take any object: `COMMENT ON …`, `ALTER … OWNER TO`, `GRANT … ON …`.

use nexus_schema::catalog::{Catalog, Kind, Object, ObjectId};
use nexus_schema::kinds::TableForm;

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

/// [`spell`] where the words depend on what the object is in a state: a foreign table is called so.
pub(super) fn spell_in(state: &Catalog, id: &ObjectId, words: Words) -> Pen {
    match state.get(id) {
        Some(Object::Table(table)) if matches!(table.form, TableForm::Foreign { .. }) => {
            Pen::kw("FOREIGN TABLE").name(id.path())
        }
        _ => spell(id, words),
    }
}

/// The words and the name, such as `COLUMN public.users.email` or `CONSTRAINT c ON public.t`.
pub(super) fn spell(id: &ObjectId, words: Words) -> Pen {
    let relation = || Pen::new().ident(id.name()).and("ON").name(id.path().iter().take(2));
    let named = |word: &'static str| Pen::kw(word).name(id.path());
    match id.kind() {
        Kind::Role => named("ROLE"),
        Kind::Language => named("LANGUAGE"),
        Kind::AccessMethod => named("ACCESS METHOD"),
        Kind::ForeignDataWrapper => named("FOREIGN DATA WRAPPER"),
        Kind::Server if words == Words::Grant => named("FOREIGN SERVER"),
        Kind::Server => named("SERVER"),
        Kind::Cast => Pen::kw("CAST").pen(cast(id)),
        Kind::Operator => Pen::kw("OPERATOR").pen(operator(id)),
        Kind::OperatorFamily => Pen::kw("OPERATOR FAMILY").pen(with_method(id)),
        Kind::OperatorClass => Pen::kw("OPERATOR CLASS").pen(with_method(id)),
        Kind::Conversion => named("CONVERSION"),
        Kind::Transform => Pen::kw("TRANSFORM").pen(transform(id)),
        Kind::TextSearchParser => named("TEXT SEARCH PARSER"),
        Kind::TextSearchTemplate => named("TEXT SEARCH TEMPLATE"),
        Kind::TextSearchDictionary => named("TEXT SEARCH DICTIONARY"),
        Kind::TextSearchConfiguration => named("TEXT SEARCH CONFIGURATION"),
        Kind::Publication => named("PUBLICATION"),
        Kind::Subscription => named("SUBSCRIPTION"),
        Kind::EventTrigger => named("EVENT TRIGGER"),
        Kind::Schema => named("SCHEMA"),
        Kind::Extension => named("EXTENSION"),
        Kind::Collation => named("COLLATION"),
        Kind::Domain if words != Words::Grant => named("DOMAIN"),
        Kind::Enum | Kind::Composite | Kind::Range | Kind::Domain | Kind::ShellType | Kind::BaseType => {
            named("TYPE")
        }
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
        Kind::Membership
        | Kind::UserMapping
        | Kind::PublicationTable
        | Kind::PublicationSchema
        | Kind::Setting
        | Kind::ExtensionDependency
        | Kind::Owner
        | Kind::Grant
        | Kind::DefaultPrivilege
        | Kind::Comment
        | Kind::SecurityLabel
        | Kind::Seed
        | Kind::Raw => Pen::new(),
    }
}

/// A routine's name with its argument types, which a server spelled.
pub(super) fn routine(pen: Pen, id: &ObjectId) -> Pen {
    let name = dotted(id.path().iter().take(2));
    pen.text(&format!("{name}({})", id.name()))
}

fn part(id: &ObjectId, n: usize) -> &str {
    id.path().get(n).map_or("", String::as_str)
}

/// The types of a cast, which a server spelled, in parentheses.
pub(super) fn cast(id: &ObjectId) -> Pen {
    Pen::new().list([Pen::new().text(part(id, 0)).and("AS").text(part(id, 1))])
}

/// An operator's name and its types, `NONE` for the left one of a prefix operator.
pub(super) fn operator(id: &ObjectId) -> Pen {
    let types = [part(id, 2), part(id, 3)].map(|type_| match type_ {
        "" => Pen::kw("NONE"),
        spelled => Pen::new().text(spelled),
    });
    operator_name([part(id, 0), part(id, 1)]).list(types)
}

/// `schema.+`: an operator's own name is never quoted.
pub(super) fn operator_name([schema, name]: [&str; 2]) -> Pen {
    Pen::new().text(&format!("{}.{name}", dotted([schema])))
}

/// A class or family of operators with its access method.
pub(super) fn with_method(id: &ObjectId) -> Pen {
    Pen::new().name(id.path().iter().take(2)).and("USING").ident(part(id, 2))
}

/// The type and the language of a transform.
pub(super) fn transform(id: &ObjectId) -> Pen {
    Pen::kw("FOR").text(part(id, 0)).and("LANGUAGE").ident(part(id, 1))
}
