//! What is to be generated, before any Rust is written: names chosen, types resolved, mistakes collected.
//!
//! Sees the catalog and never a token, except to check what an author wrote as a Rust type.

use super::checks::{self, RuleShape};
use super::resolve::Types;
use super::writes::{self, Indexes, Writes};
use super::{Derives, Hint, Input, Parts, Problem, RustType, names};
use crate::catalog::{Catalog, Kind, Object, ObjectId};
use crate::kinds::Column;
use crate::rust::Naming;
use crate::rust::ids::Ids;

/// Everything to generate for a schema, in the catalog's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// The enums.
    pub enums: Vec<EnumShape>,
    /// The tables; partitions are rows of their parent and have no struct.
    pub tables: Vec<TableShape>,
    /// The views that have no row, because nobody can name or type a column of theirs in Rust.
    pub left_out: Vec<ObjectId>,
}

/// A Rust enum for an SQL enum, or for the values of a column in default rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnumShape {
    /// The SQL enum, or the column.
    pub id: ObjectId,
    /// The Rust enum's name.
    pub name: String,
    /// What the author says of it.
    pub comment: Option<String>,
    /// The variants: Rust name and label.
    pub variants: Vec<(String, String)>,
}

/// A row struct.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableShape {
    /// The table.
    pub id: ObjectId,
    /// The struct's name.
    pub name: String,
    /// What the author says of it.
    pub comment: Option<String>,
    /// The type of its own single-column key, where it has one: name and what it wraps.
    pub key: Option<(String, RustType)>,
    /// The columns of its primary key.
    pub primary_key: Vec<String>,
    /// Its columns, in order.
    pub columns: Vec<ColumnShape>,
    /// What can be done with it besides reading it whole; `None` for what is only read, such as a view.
    pub writes: Option<Writes>,
    /// What can be said of a value before it is sent.
    pub rules: Vec<RuleShape>,
    /// The column of its optimistic lock.
    pub lock: Option<String>,
    /// What its row is told besides.
    pub extra: Extra,
}

/// What an author adds to the generated structs of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extra {
    /// Paths of further derives.
    pub derives: Derives,
    /// Further attributes of the row, without `#[` and `]`.
    pub attributes: Vec<String>,
}

/// A field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnShape {
    /// The column.
    pub id: ObjectId,
    /// The field's name, before keywords are made raw.
    pub field: String,
    /// What the author says of it.
    pub comment: Option<String>,
    /// The type as the schema spells it.
    pub sql_type: String,
    /// The Rust type, without the `Option` of a nullable column.
    pub type_: RustType,
    /// Whether it can hold NULL.
    pub nullable: bool,
    /// Whether an insert can leave it out.
    pub has_default: bool,
    /// Whether an insert can give it.
    pub writable: bool,
    /// Whether `Debug` keeps its values to itself: the column is tagged `pii` or `sensitive`.
    pub redacted: bool,
}

impl Shape {
    /// Resolves all names and types, or says everything that stands in the way.
    ///
    /// ```
    /// use nexus_schema::catalog::{Catalog, Kind, ObjectId};
    /// use nexus_schema::codegen::{Input, Shape};
    /// use nexus_schema::kinds::{Column, Table};
    ///
    /// let mut catalog = Catalog::default();
    /// let users = ObjectId::new(Kind::Table, ["public", "users"]);
    /// catalog.insert(users.child(Kind::Column, "email"), Column::of_type("text", 1));
    /// catalog.insert(users, Table::default());
    /// let shape = Shape::new(&Input::from(&catalog)).unwrap();
    /// assert_eq!(shape.tables[0].name, "User");
    /// assert!(shape.tables[0].columns[0].nullable);
    /// ```
    pub fn new(input: &Input<'_>) -> Result<Self, Vec<Problem>> {
        let (shape, problems) = Self::collect(input);
        if problems.is_empty() { Ok(shape) } else { Err(problems) }
    }

    /// Resolves what can be resolved, beside everything that stands in the way of the rest.
    pub fn collect(input: &Input<'_>) -> (Self, Vec<Problem>) {
        let naming = Naming { catalog: input.catalog, hints: &input.hints };
        let mut build = Build { input, naming, problems: Vec::new() };
        let mut enums = build.enums();
        enums.extend(build.lookups());
        let ids = naming.ids();
        let types = Types::new(input, &enums);
        let mut tables = build.tables(&types, &ids);
        let has_id = |table: &ObjectId| tables.iter().any(|made| made.id == *table && made.key.is_some());
        let clashes = naming.clashes(&ids, has_id).into_iter();
        build.problems.extend(clashes.map(|clash| Problem::SameName {
            id: clash.id,
            name: clash.name,
            other: clash.other,
        }));
        let (views, left_out) = build.views(&types, &enums, &tables);
        tables.extend(views);
        (Self { enums, tables, left_out }, build.problems)
    }

    /// The table called `name`, or `schema.name`; a bare name prefers `public` over other schemas.
    pub fn table(&self, name: &str) -> Option<&TableShape> {
        let called = |t: &&TableShape| t.id.name() == name;
        let qualified = |t: &&TableShape| format!("{}.{}", t.id.schema(), t.id.name()) == name;
        let tables = || self.tables.iter();
        let public = tables().filter(called).find(|t| t.id.schema() == "public");
        public.or_else(|| tables().find(called)).or_else(|| tables().find(qualified))
    }
}

impl TableShape {
    /// Whether values of its own id type are not shown by `Debug`.
    pub(super) fn has_redacted_key(&self) -> bool {
        let of_key = |column: &&ColumnShape| self.primary_key.iter().any(|name| name == column.id.name());
        self.key.is_some() && self.columns.iter().filter(of_key).any(|column| column.redacted)
    }

    /// `SELECT` of the given columns from the table.
    pub fn select<'a>(&self, columns: impl IntoIterator<Item = &'a ColumnShape>) -> String {
        let columns = columns.into_iter().map(|column| column.id.name());
        crate::statements::select((self.id.schema(), self.id.name()), columns)
    }
}

pub(super) struct Build<'a> {
    pub(super) input: &'a Input<'a>,
    naming: Naming<'a>,
    pub(super) problems: Vec<Problem>,
}

impl<'a> Build<'a> {
    fn tables(&mut self, types: &Types<'_>, ids: &Ids) -> Vec<TableShape> {
        let catalog = self.input.catalog;
        let naming = self.naming;
        let whole = catalog.of_kind(Kind::Table).map(|(id, _)| id).filter(|id| naming.has_models(id));
        let indexes = Indexes::new(catalog);
        whole.map(|id| self.table(id, types, ids, &indexes)).collect()
    }

    /// The views that get a row, and those that have none: nobody can give one another name where its name is taken.
    fn views(
        &self,
        types: &Types<'_>,
        enums: &[EnumShape],
        tables: &[TableShape],
    ) -> (Vec<TableShape>, Vec<ObjectId>) {
        let of_table = |table: &TableShape| {
            let id = table.key.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
            [vec![table.name.clone()], crate::rust::beside(&table.name).to_vec(), id].concat()
        };
        let mut taken: std::collections::BTreeSet<String> = tables.iter().flat_map(of_table).collect();
        taken.extend(enums.iter().map(|shape| shape.name.clone()));
        let (mut all, mut left_out) = (Vec::new(), Vec::new());
        for kind in [Kind::View, Kind::MaterializedView] {
            for (id, entry) in self.input.catalog.of_kind(kind) {
                match self.view(id, &entry.object, types).filter(|view| taken.insert(view.name.clone())) {
                    Some(view) => all.push(view),
                    None => left_out.push(id.clone()),
                }
            }
        }
        (all, left_out)
    }

    /// A row that is only read; none where the columns are not declared, or one has no Rust type: nobody can name one.
    fn view(&self, id: &ObjectId, object: &Object, types: &Types<'_>) -> Option<TableShape> {
        let columns = match object {
            Object::View(view) => &view.columns,
            Object::MaterializedView(view) => &view.columns,
            _ => return None,
        };
        let catalog = self.input.catalog;
        let column = |column: &crate::kinds::ViewColumn| {
            let column_id = id.child(Kind::Column, &column.name);
            Some(ColumnShape {
                field: names::field(&column.name),
                comment: comment(catalog, &column_id),
                sql_type: column.type_.clone(),
                type_: types.of_column(&column_id, &column.type_).ok()?,
                nullable: true,
                has_default: false,
                writable: false,
                redacted: self.input.redacted.contains(&column_id),
                id: column_id,
            })
        };
        let columns: Vec<_> = columns.iter().map(column).collect::<Option<_>>()?;
        let fields: std::collections::BTreeSet<_> = columns.iter().map(|column| &column.field).collect();
        if columns.is_empty() || fields.len() < columns.len() {
            return None;
        }
        Some(TableShape {
            id: id.clone(),
            name: self.naming.of(id),
            comment: comment(catalog, id),
            key: None,
            primary_key: Vec::new(),
            columns,
            writes: None,
            rules: Vec::new(),
            lock: None,
            extra: Extra::default(),
        })
    }

    fn table(&mut self, id: &'a ObjectId, types: &Types<'_>, ids: &Ids, indexes: &Indexes<'a>) -> TableShape {
        let catalog = self.input.catalog;
        let primary_key = catalog.primary_key(id).to_vec();
        let mut columns = Vec::new();
        let mut key = None;
        for (column_id, column) in catalog.columns(id) {
            let base = match types.of_column(column_id, &column.type_) {
                Ok(type_) => type_,
                Err(problem) => {
                    self.problems.push(problem);
                    continue;
                }
            };
            let field = self.name(column_id);
            let type_ = self.typed(column_id, base, types, ids);
            if let (Some(name), RustType::Id(own, inner)) = (ids.own(column_id), &type_)
                && name == own
            {
                key = Some((own.clone(), (**inner).clone()));
            }
            let in_key = primary_key.iter().any(|name| name == column_id.name());
            let domain = types.domain_traits(&column.type_);
            columns.push(ColumnShape {
                id: column_id.clone(),
                field,
                comment: comment(catalog, column_id),
                sql_type: column.type_.clone(),
                type_,
                nullable: !(column.not_null || column.identity.is_some() || in_key || domain.not_null),
                has_default: has_default(catalog, column_id, column) || domain.has_default,
                writable: column.generated.is_none() && !column.identity.as_ref().is_some_and(|i| i.always),
                redacted: self.input.redacted.contains(column_id),
            });
        }
        let name = self.name(id);
        let writes = writes::of(catalog, indexes, id, &columns, &primary_key);
        let (extra, lock) = self.said_of(id, &columns);
        TableShape {
            id: id.clone(),
            name,
            comment: comment(catalog, id),
            key,
            rules: checks::of(catalog, id, |sql_type| types.base(sql_type)),
            lock,
            extra,
            primary_key,
            writes: (!columns.is_empty() && self.parts(id) == Parts::All).then_some(writes),
            columns,
        }
    }

    /// Which parts of a table's models there are.
    fn parts(&self, id: &ObjectId) -> Parts {
        self.input.hints.get(id).and_then(|hint| hint.parts).unwrap_or(self.input.models.parts)
    }

    /// What the author adds to a table's structs, and the column of its lock.
    fn said_of(&mut self, id: &ObjectId, columns: &[ColumnShape]) -> (Extra, Option<String>) {
        let none = Hint::default();
        let hint = self.input.hints.get(id).unwrap_or(&none);
        let bad = |text: &String| Problem::BadType { id: id.clone(), text: text.clone() };
        let is_attribute =
            |text: &&String| text.parse::<proc_macro2::TokenStream>().is_ok_and(|all| !all.is_empty());
        let of_all = &self.input.models.derives;
        let derives = |of_all: &[String], own: &[String]| [of_all, own].concat();
        let derives = Derives {
            row: derives(&of_all.row, &hint.derives.row),
            new: derives(&of_all.new, &hint.derives.new),
            patch: derives(&of_all.patch, &hint.derives.patch),
        };
        let all = derives.row.iter().chain(&derives.new).chain(&derives.patch);
        let refused = all.filter(|text| !super::custom::is_type(text));
        let refused = refused.chain(hint.attributes.iter().filter(|text| !is_attribute(text)));
        self.problems.extend(refused.map(bad));
        let attributes = hint.attributes.clone();
        let is_column = |name: &&String| columns.iter().any(|column| column.id.name() == name.as_str());
        if let Some(version) = hint.version.as_ref().filter(|name| !is_column(name)) {
            self.problems.push(Problem::NoVersion { id: id.clone(), column: version.clone() });
        }
        (Extra { derives, attributes }, hint.version.clone().filter(|name| is_column(&name)))
    }

    /// Wraps a column's type in the id it holds, if both ends of the reference agree about what is inside; a text that
    /// default rows list the values of is their enum.
    fn typed(&self, id: &ObjectId, base: RustType, types: &Types<'_>, ids: &Ids) -> RustType {
        let lookup = |id: &ObjectId| self.input.hints.get(id)?.lookup.clone();
        if let RustType::Scalar(scalar) = &base
            && scalar.name == "String"
            && let Some(name) =
                lookup(id).or_else(|| ids.targets(id).find_map(lookup)).or_else(|| lookup(ids.held_by(id)?.1))
        {
            return RustType::Enum(name);
        }
        let Some((name, home)) = ids.held_by(id) else { return base };
        let inner = match self.input.catalog.get(home) {
            Some(Object::Column(column)) => types.of_column(home, &column.type_).ok(),
            _ => None,
        };
        let plain = !matches!(base, RustType::Custom(_) | RustType::Array(_));
        if plain && inner.as_ref() == Some(&base) {
            RustType::Id(name.to_owned(), Box::new(base))
        } else {
            base
        }
    }

    /// The object's name in Rust; one that its author gave and that is none is a problem.
    pub(super) fn name(&mut self, id: &ObjectId) -> String {
        if let Some(name) = self.input.hints.get(id).and_then(|hint| hint.name.clone())
            && !names::is_ident(&name)
        {
            self.problems.push(Problem::BadName { id: id.clone(), name });
        }
        self.naming.of(id)
    }
}

pub(super) fn comment(catalog: &Catalog, id: &ObjectId) -> Option<String> {
    match catalog.get(&id.of(Kind::Comment, [])) {
        Some(Object::Comment(comment)) => Some(comment.text.clone()),
        _ => None,
    }
}

fn has_default(catalog: &Catalog, id: &ObjectId, column: &Column) -> bool {
    column.identity.is_some() || column.generated.is_some() || catalog.contains(&id.as_kind(Kind::Default))
}
