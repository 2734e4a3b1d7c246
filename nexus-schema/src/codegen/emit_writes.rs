//! Writes what is done with a table as tokens: new rows, patches, keys, pages, relations, constraints.
//!
//! As little code a table as there can be: what all tables have in common is the runtime's.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::emit::{self, column_docs, debug, field_type};
use super::shape::{ColumnShape, Shape, TableShape};
use super::writes::{RelationShape, Writes, is_value};
use super::{RustType, names};

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

/// The fields of a row struct, as `Table` hands them out.
pub(super) fn row_fields(fields: &[(Ident, &ColumnShape)], p: &TokenStream) -> Option<TokenStream> {
    let given = fields.iter().map(|(field, column)| (field.clone(), *column, quote!(#p::Some(&self.#field))));
    let body = handed_out(given, &quote!(self));
    (!body.is_empty()).then(|| quote!(fn fields<'a>(&'a self, to: &mut #p::Values<'a>) { #body }))
}

/// Hands out fields of `of`: each with its column, and how it is given where its type is the author's own.
fn handed_out<'a>(
    fields: impl Iterator<Item = (Ident, &'a ColumnShape, TokenStream)>,
    of: &TokenStream,
) -> TokenStream {
    let one = |(field, column, given): (Ident, &ColumnShape, TokenStream)| match is_value(&column.type_) {
        true => quote!(to.add(&#of.#field);),
        false => quote!(to.own(#given);),
    };
    fields.map(one).collect()
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

/// What serde has to be told of a field that may be left out, where it is asked to derive something.
fn attributes(derives: &[String], is_left_out: &str) -> Option<TokenStream> {
    let of_serde = |path: &String| {
        let last = path.rsplit("::").next().unwrap_or(path).trim();
        ["Serialize", "Deserialize", "JsonSchema"].contains(&last)
    };
    derives.iter().any(of_serde).then(|| quote!(#[serde(default, skip_serializing_if = #is_left_out)]))
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
    let derives = &table.extra.derives.new;
    let left_out = attributes(derives, "__nexus::Defaulted::is_default");
    let members = all.iter().map(|(field, column)| {
        let docs = column_docs(column);
        let type_ = new_type(column, p);
        let left_out = left_out.as_ref().filter(|_| column.has_default);
        quote!(#docs #left_out pub #field: #type_)
    });
    let required: Vec<_> = all.iter().filter(|(_, column)| is_required(column)).collect();
    let inits = all.iter().map(|(field, column)| match is_required(column) {
        true => quote!(#field),
        false if column.has_default => quote!(#field: #p::Defaulted::Default),
        false => quote!(#field: #p::None),
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
    let derives = emit::derives(derives);
    quote! {
        #[doc = #says]
        #default
        #derives
        #[allow(dead_code)]
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
    let derives = &table.extra.derives.patch;
    let kept_out = attributes(derives, "__nexus::Patch::is_kept");
    let members = all.iter().map(|(field, column)| {
        let docs = column_docs(column);
        let type_ = field_type(column, p);
        quote!(#docs #kept_out pub #field: #p::Patch<#type_>)
    });
    let derives = emit::derives(derives);
    let kept = all.iter().map(|(field, _)| quote!(#field: #p::Patch::Keep));
    let debug = debug(&name, quote!(#p::debug_patch::<#row>(self)), p);
    Some(quote! {
        #[doc = #says]
        #derives
        #[allow(dead_code)]
        pub struct #name { #(#members,)* }
        impl #p::Default for #name {
            fn default() -> Self { Self { #(#kept,)* } }
        }
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
        #[allow(dead_code, clippy::enum_variant_names)]
        pub enum #name { #(#[doc = #docs] #variants,)* }
        impl #p::Constraint for #name {
            const META: #p::Constraints<Self> =
                #p::Constraints { table: (#schema, #of), all: &[#((Self::#variants, #texts)),*] };
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

/// The constants of a row struct: what the keys, pages and relations of its table are called by.
pub(super) fn consts(table: &TableShape, shape: &Shape, p: &TokenStream) -> Option<TokenStream> {
    let row = names::ident(&table.name);
    let writes = table.writes.as_ref()?;
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
        let place = Literal::usize_unsuffixed(place);
        quote! {
            #[doc = #says]
            pub const #name: #p::Page<Self, #type_> = #p::Page::new(#place);
        }
    });
    let relations = writes.relations.iter().enumerate();
    let relations = relations.filter_map(|(place, relation)| loader(table, place, relation, shape, p));
    let all: Vec<_> = keys.chain(pages).chain(relations).collect();
    (!all.is_empty()).then(|| {
        quote! {
            #[allow(dead_code)]
            impl #row { #(#all)* }
        }
    })
}

/// The constant that loads both ends of a foreign key, where both are structs of ours and the key can be ordered.
fn loader(
    table: &TableShape,
    place: usize,
    relation: &RelationShape,
    shape: &Shape,
    p: &TokenStream,
) -> Option<TokenStream> {
    let ([column], [target]) = (relation.columns.as_slice(), relation.target.as_slice()) else { return None };
    let is_parent = |other: &&TableShape| other.id == relation.table && other.writes.is_some();
    let parent = shape.tables.iter().find(is_parent)?;
    let (column, target) = (table.column(column)?, parent.column(target)?);
    let fits = column.type_ == target.type_ && !target.nullable && is_value(&column.type_);
    let ord = column.type_.traits().ord && !matches!(column.type_, RustType::Array(_));
    if !fits || !ord {
        return None;
    }
    let name = names::ident(&relation.name);
    let other = names::ident(&parent.name);
    let type_ = column.type_.tokens(p);
    let says = format!(" The foreign key {}.", names::quoted(&relation.constraint));
    let place = Literal::usize_unsuffixed(place);
    Some(quote! {
        #[doc = #says]
        pub const #name: #p::Relation<Self, #other, #type_> = #p::Relation::new(#place);
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
    quote! {
        impl #p::Model for #row {
            type New = #new;
            type Patch = #patch;
            type Constraint = #constraint;
            fn new_fields<'a>(#new_arg: &'a #new, #new_to: &mut #p::Values<'a>) { #new_body }
            #patch_fields
        }
    }
}
