//! Writes what is done with a table as tokens: new rows, patches, keys, pages, relations, constraints.
//!
//! As little code a table as there can be: what all tables have in common is the runtime's.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::checks::{DemandShape, RuleShape};
use super::emit::{column_docs, debug, extra, field_type};
use super::shape::{ColumnShape, Shape, TableShape};
use super::writes::{RelationShape, Writes, is_value};
use super::{RustType, names};
use crate::catalog::ObjectId;
use crate::statements::{self, Column};

/// Everything beside the row struct and its id.
pub(super) fn table(table: &TableShape, writes: &Writes, p: &TokenStream) -> TokenStream {
    let row = names::ident(&table.name);
    let new = new(table, &row, p);
    let patch = patch(table, &row, p);
    let columns = columns(table, &row, p);
    let constraints = constraints(table, writes, p);
    let model = model(table, writes, &row, p);
    quote!(#new #patch #columns #constraints #model)
}

/// `Fields` of a row struct.
pub(super) fn row_fields(row: &Ident, fields: &[(Ident, &ColumnShape)], p: &TokenStream) -> TokenStream {
    let given = fields.iter().map(|(field, column)| (field.clone(), *column, quote!(#p::Some(&self.#field))));
    let body = handed_out(given, &quote!(self));
    let to = if body.is_empty() { quote!(_) } else { quote!(to) };
    quote! {
        impl #p::Fields for #row {
            fn fields<'a>(&'a self, #to: &mut #p::Values<'a>) { #body }
        }
    }
}

/// Hands out fields of `of`: each with its column, and how it is given where its type is the author's own.
fn handed_out<'a>(
    fields: impl Iterator<Item = (Ident, &'a ColumnShape, TokenStream)>,
    of: &TokenStream,
) -> TokenStream {
    let mut body = TokenStream::new();
    let mut known = Vec::new();
    for (field, column, given) in fields {
        if is_value(&column.type_) {
            known.push(field);
            continue;
        }
        if !known.is_empty() {
            body.extend(quote!(to.all(&[#(&#of.#known),*]);));
            known.clear();
        }
        body.extend(quote!(to.own(#given);));
    }
    if !known.is_empty() {
        body.extend(quote!(to.all(&[#(&#of.#known),*]);));
    }
    body
}

/// The types that a table has beside its row: new row, patch, columns, constraints.
fn beside(table: &TableShape) -> [Ident; 4] {
    crate::rust::beside(&table.name).map(|name| names::ident(&name))
}

/// How a new row is given a column.
fn new_type(column: &ColumnShape, p: &TokenStream) -> TokenStream {
    let type_ = field_type(column, p);
    if column.has_default { quote!(#p::Defaulted<#type_>) } else { type_ }
}

fn is_required(column: &ColumnShape) -> bool {
    !column.has_default && !column.nullable
}

fn new(table: &TableShape, row: &Ident, p: &TokenStream) -> TokenStream {
    let [name, ..] = beside(table);
    let says = format!(
        " A new row of {}; what has a default may be left to it.",
        names::quoted(&names::qualified(&table.id))
    );
    let all: Vec<_> = table.writable().map(|column| (names::ident(&column.field), column)).collect();
    let members = all.iter().map(|(field, column)| {
        let docs = column_docs(column);
        let type_ = new_type(column, p);
        quote!(#docs pub #field: #type_)
    });
    let required: Vec<_> = all.iter().filter(|(_, column)| is_required(column)).collect();
    let inits = all.iter().map(|(field, column)| match is_required(column) {
        true => quote!(#field),
        false => quote!(#field: #p::Default::default()),
    });
    let default = required.is_empty().then(|| quote!(#[derive(#p::Default)]));
    let make = (!required.is_empty()).then(|| {
        let arguments = required.iter().map(|(field, column)| {
            let type_ = field_type(column, p);
            quote!(#field: #type_)
        });
        let many = (required.len() > 7).then(|| quote!(#[allow(clippy::too_many_arguments)]));
        quote! {
            impl #name {
                #[doc = " A row with what every row has to have; the rest is left out."]
                #many
                #[allow(dead_code)]
                pub fn new(#(#arguments),*) -> Self { Self { #(#inits),* } }
            }
        }
    });
    let debug = debug(&name, quote!(#p::debug_new::<#row>(self)), p);
    let extra = extra(table);
    quote! {
        #[doc = #says]
        #default
        #[allow(dead_code)]
        #extra
        pub struct #name { #(#members,)* }
        #make
        #debug
    }
}

fn patch(table: &TableShape, row: &Ident, p: &TokenStream) -> Option<TokenStream> {
    table.changeable().next()?;
    let [_, name, ..] = beside(table);
    let says =
        format!(" What becomes of a row of {} in an update.", names::quoted(&names::qualified(&table.id)));
    let all: Vec<_> = table.changeable().map(|column| (names::ident(&column.field), column)).collect();
    let members = all.iter().map(|(field, column)| {
        let docs = column_docs(column);
        let type_ = field_type(column, p);
        quote!(#docs pub #field: #p::Patch<#type_>)
    });
    let debug = debug(&name, quote!(#p::debug_patch::<#row>(self)), p);
    let extra = extra(table);
    Some(quote! {
        #[doc = #says]
        #[derive(#p::Default)]
        #[allow(dead_code)]
        #extra
        pub struct #name { #(#members,)* }
        #debug
    })
}

fn columns(table: &TableShape, row: &Ident, p: &TokenStream) -> TokenStream {
    let [_, _, name, _] = beside(table);
    let says = format!(" The columns of {}, in their order.", names::quoted(&names::qualified(&table.id)));
    let variants = variants(table.columns.iter().map(|column| column.field.as_str()));
    let docs = table.columns.iter().map(|column| format!(" {}", names::quoted(column.id.name())));
    quote! {
        #[doc = #says]
        #[derive(#p::Clone, #p::Copy)]
        #[allow(dead_code, clippy::enum_variant_names)]
        pub enum #name { #(#[doc = #docs] #variants,)* }
        impl #p::Columns for #name {
            type Row = #row;
            fn index(self) -> usize { self as usize }
        }
    }
}

/// The variants for fields: two fields that would have one get numbers.
fn variants<'a>(fields: impl Iterator<Item = &'a str>) -> Vec<Ident> {
    let mut taken = std::collections::BTreeSet::new();
    let variant = |field: &str| {
        let wanted = names::variant(field);
        let mut name = wanted.clone();
        let mut n = 2;
        while !taken.insert(name.clone()) {
            name = format!("{wanted}{n}");
            n += 1;
        }
        names::ident(&name)
    };
    fields.map(variant).collect()
}

fn constraint_name(table: &TableShape, writes: &Writes, p: &TokenStream) -> TokenStream {
    if writes.constraints.is_empty() {
        return quote!(#p::Unconstrained);
    }
    let [_, _, _, name] = beside(table);
    quote!(#name)
}

fn constraints(table: &TableShape, writes: &Writes, p: &TokenStream) -> Option<TokenStream> {
    if writes.constraints.is_empty() {
        return None;
    }
    let name = constraint_name(table, writes, p);
    let says = format!(" What a write to {} can break.", names::quoted(&names::qualified(&table.id)));
    let variants: Vec<_> = writes.constraints.iter().map(|(variant, _)| names::ident(variant)).collect();
    let texts: Vec<_> = writes.constraints.iter().map(|(_, name)| name).collect();
    let docs = texts.iter().map(|name| format!(" {}", names::quoted(name)));
    let [schema, of] = [table.id.schema(), table.id.name()];
    Some(quote! {
        #[doc = #says]
        #[derive(#p::Clone, #p::Copy, #p::Debug, #p::PartialEq)]
        #[allow(dead_code, clippy::enum_variant_names)]
        pub enum #name { #(#[doc = #docs] #variants,)* }
        impl #p::Constraint for #name {
            const ALL: &'static [(Self, &'static str)] = &[#((Self::#variants, #texts)),*];
            const TABLE: (&'static str, &'static str) = (#schema, #of);
            fn index(self) -> usize { self as usize }
        }
    })
}

/// The type of values of some columns: of one alone, or a tuple.
fn key_type(table: &TableShape, columns: &[String], p: &TokenStream) -> TokenStream {
    let types: Vec<_> =
        columns.iter().filter_map(|name| table.column(name)).map(|column| column.type_.tokens(p)).collect();
    match types.as_slice() {
        [one] => one.clone(),
        many => quote!((#(#many),*)),
    }
}

/// Columns with their types, for a statement.
fn typed<'a>(table: &'a TableShape, columns: &'a [String]) -> Vec<Column<'a>> {
    let of =
        |name: &'a String| (name.as_str(), table.column(name).map_or("", |column| column.sql_type.as_str()));
    columns.iter().map(of).collect()
}

/// The constants of a row struct: its statement, and what the keys, pages and relations of its table are called by.
pub(super) fn consts(table: &TableShape, shape: &Shape, p: &TokenStream) -> TokenStream {
    let row = names::ident(&table.name);
    let select = table.select(&table.columns);
    let none = Writes::default();
    let writes = table.writes.as_ref().unwrap_or(&none);
    let keys = writes.keys.iter().enumerate().map(|(place, (name, columns))| {
        let name = names::ident(name);
        let says = format!(" The unique key of {}.", listed(columns));
        let type_ = key_type(table, columns, p);
        let place = Literal::usize_unsuffixed(place);
        quote! {
            #[doc = #says]
            pub const #name: #p::Key<Self, #type_> = #p::Key::new(#place);
        }
    });
    let pages = writes.pages.iter().enumerate().map(|(place, page)| {
        let name = names::ident(&page.name);
        let says = format!(" Pages in the order of {}.", listed(&page.columns));
        let type_ = key_type(table, &page.columns, p);
        let values: Vec<_> = page
            .columns
            .iter()
            .filter_map(|name| table.column(name))
            .map(|column| {
                let field = names::ident(&column.field);
                match column.type_.traits().copy {
                    true => quote!(row.#field),
                    false => quote!(#p::Clone::clone(&row.#field)),
                }
            })
            .collect();
        let cursor = match values.as_slice() {
            [one] => one.clone(),
            many => quote!((#(#many),*)),
        };
        let place = Literal::usize_unsuffixed(place);
        quote! {
            #[doc = #says]
            pub const #name: #p::Page<Self, #type_> = #p::Page::new(#place, |row| { #cursor });
        }
    });
    let relations = writes.relations.iter().filter_map(|relation| loader(table, relation, shape, p));
    let all = keys.chain(pages).chain(relations);
    quote! {
        #[allow(dead_code)]
        impl #row {
            #[doc = " `SELECT` of every column, ready for a `WHERE`."]
            pub const SELECT: &'static str = #select;
            #(#all)*
        }
    }
}

/// The constant that loads both ends of a foreign key, where both are structs of ours and the key can be ordered.
fn loader(
    table: &TableShape,
    relation: &RelationShape,
    shape: &Shape,
    p: &TokenStream,
) -> Option<TokenStream> {
    let ([column], [target]) = (relation.columns.as_slice(), relation.target.as_slice()) else { return None };
    let parent = shape.tables.iter().find(|other| other.id == relation.table)?;
    let (column, target) = (table.column(column)?, parent.column(target)?);
    let fits = column.type_ == target.type_ && !target.nullable && is_value(&column.type_);
    let ord = column.type_.traits().ord && !matches!(column.type_, RustType::Array(_));
    if !fits || !ord {
        return None;
    }
    let name = names::ident(&relation.name);
    let other = names::ident(&parent.name);
    let type_ = column.type_.tokens(p);
    let (field, to) = (names::ident(&column.field), names::ident(&target.field));
    let key = match column.nullable {
        true => quote!(row.#field.as_ref()),
        false => quote!(#p::Some(&row.#field)),
    };
    let says = format!(" The foreign key {}.", names::quoted(&relation.constraint));
    let of = |column: &ColumnShape| {
        let (name, sql_type) = (column.id.name(), &column.sql_type);
        quote!((#name, #sql_type))
    };
    let (column, target) = (of(column), of(target));
    Some(quote! {
        #[doc = #says]
        pub const #name: #p::Relation<Self, #other, #type_> =
            #p::Relation::new(#column, #target, |row| { #key }, |row| { &row.#to });
    })
}

fn listed(columns: &[String]) -> String {
    columns.iter().map(|name| names::quoted(name)).collect::<Vec<_>>().join(", ")
}

fn model(table: &TableShape, writes: &Writes, row: &Ident, p: &TokenStream) -> TokenStream {
    let [new, patch, ..] = beside(table);
    let patch = match table.changeable().next() {
        Some(_) => quote!(#patch),
        None => quote!(#p::Unchanging),
    };
    let new_body = handed_out(
        table.writable().map(|column| {
            let field = names::ident(&column.field);
            let given =
                if column.has_default { quote!(new.#field.given()) } else { quote!(#p::Some(&new.#field)) };
            (field, column, given)
        }),
        &quote!(new),
    );
    let (new_arg, new_to) =
        if new_body.is_empty() { (quote!(_), quote!(_)) } else { (quote!(new), quote!(to)) };
    let patch_body = handed_out(
        table.changeable().map(|column| {
            let field = names::ident(&column.field);
            let given = quote!(patch.#field.given());
            (field, column, given)
        }),
        &quote!(patch),
    );
    let patch_fields = (!patch_body.is_empty())
        .then(|| quote!(fn patch_fields<'a>(patch: &'a #patch, to: &mut #p::Values<'a>) { #patch_body }));
    let constraint = constraint_name(table, writes, p);
    let into = (table.id.schema(), table.id.name());
    let given: Vec<Column<'_>> =
        table.writable().map(|column| (column.id.name(), column.sql_type.as_str())).collect();
    let returning: Vec<_> = table.columns.iter().map(|column| column.id.name()).collect();
    let insert = statements::insert(into, &given, "", &returning);
    let is_item =
        |column: &ColumnShape| is_value(&column.type_) && !matches!(column.type_, RustType::Array(_));
    let many = match given.is_empty() || !table.writable().all(is_item) {
        true => String::new(),
        false => statements::insert_arrays(into, &given),
    };
    let select = table.select(&table.columns);
    let keys = some(
        "KEYS",
        quote!(#p::KeyMeta),
        writes.keys.iter().map(|(_, columns)| {
            let text = format!("{select} WHERE {}", statements::equal(&typed(table, columns), 1));
            quote!(#p::KeyMeta { columns: &[#(#columns),*], select: #text })
        }),
    );
    let pages = some(
        "PAGES",
        quote!(#p::PageMeta),
        writes.pages.iter().map(|page| {
            let order = typed(table, &page.columns);
            let [first, after] =
                [false, true].map(|behind| statements::page(&select, &order, page.order, behind));
            quote!(#p::PageMeta { first: #first, after: #after })
        }),
    );
    let relations = some("RELATIONS", quote!(#p::RelationMeta), writes.relations.iter().map(|relation| {
        let RelationShape { constraint, columns, table, target, .. } = relation;
        let [schema, name] = parts(table);
        quote!(#p::RelationMeta {
            constraint: #constraint, columns: &[#(#columns),*], table: (#schema, #name), target: &[#(#target),*],
        })
    }));
    let rules = some("RULES", quote!(#p::Rule), table.rules.iter().map(|rule| self::rule(rule, p)));
    let lock =
        table.lock.as_ref().map(|lock| quote!(const LOCK: #p::Option<&'static str> = #p::Some(#lock);));
    quote! {
        impl #p::Model for #row {
            type New = #new;
            type Patch = #patch;
            type Constraint = #constraint;
            const INSERT: [&'static str; 2] = [#insert, #many];
            #keys
            #pages
            #relations
            #rules
            #lock
            fn new_fields<'a>(#new_arg: &'a #new, #new_to: &mut #p::Values<'a>) { #new_body }
            #patch_fields
        }
    }
}

fn parts(id: &ObjectId) -> [&str; 2] {
    [id.schema(), id.name()]
}

/// A constant of the model, unless it is empty, which is the default.
fn some(name: &str, type_: TokenStream, items: impl Iterator<Item = TokenStream>) -> Option<TokenStream> {
    let items: Vec<_> = items.collect();
    let name = format_ident!("{name}");
    (!items.is_empty()).then(|| quote!(const #name: &'static [#type_] = &[#(#items),*];))
}

fn rule(rule: &RuleShape, p: &TokenStream) -> TokenStream {
    let RuleShape { column, constraint, demand } = rule;
    let constraint = match constraint {
        Some(name) => quote!(#p::Some(#name)),
        None => quote!(#p::None),
    };
    let number = |number: u64| Literal::u64_unsuffixed(number);
    let demand = match demand {
        DemandShape::MaxLength(max) => {
            let max = number(u64::from(*max));
            quote!(MaxLength(#max))
        }
        DemandShape::MinLength(min) => {
            let min = number(u64::from(*min));
            quote!(MinLength(#min))
        }
        DemandShape::Digits(precision, scale) => {
            let precision = number(u64::from(*precision));
            let scale = Literal::i16_unsuffixed(*scale);
            quote!(Digits(#precision, #scale))
        }
        DemandShape::Bound(side, bound) => {
            let side = format_ident!("{side}");
            let bound = Literal::f64_unsuffixed(*bound);
            quote!(Bound(#p::Side::#side, #bound))
        }
        DemandShape::OneOf(texts) => quote!(OneOf(&[#(#texts),*])),
        DemandShape::NoneOf(texts) => quote!(NoneOf(&[#(#texts),*])),
    };
    quote!(#p::Rule { column: #column, constraint: #constraint, demand: #p::Demand::#demand })
}
