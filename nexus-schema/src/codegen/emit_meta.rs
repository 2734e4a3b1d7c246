//! Writes what is known of a table as one constant: its columns, its statements, its keys, its rules.
//!
//! One, because rustc takes about as long for a constant as for a function.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::checks::{DemandShape, RuleShape};
use super::shape::{ColumnShape, TableShape};
use super::writes::{RelationShape, Writes, is_value};
use super::{RustType, emit, names};
use crate::statements::{self, Column};

/// `META` of a row struct with these columns; what is not said of it is in `TableMeta::NONE`.
pub(super) fn meta(table: &TableShape, columns: &[&ColumnShape], p: &TokenStream) -> TokenStream {
    let [schema, name] = [table.id.schema(), table.id.name()];
    let select = table.select(columns.iter().copied());
    let columns = columns.iter().map(|column| self::column(column, p));
    let columns = listed("columns", columns);
    let primary_key = listed("primary_key", table.primary_key.iter().map(|name| quote!(#name)));
    let id = table.key.as_ref().map(|(name, _)| {
        let shown = emit::unraw(&names::ident(name));
        let redacted = table.has_redacted_key().then(|| quote!(id_redacted: true,));
        quote!(id: #shown, #redacted)
    });
    let writes = table.writes.as_ref().map(|writes| self::writes(table, writes, &select, p));
    quote! {
        const META: &'static #p::TableMeta = &#p::TableMeta {
            schema: #schema,
            name: #name,
            #columns
            #primary_key
            select: #select,
            #id
            #writes
            ..#p::TableMeta::NONE
        };
    }
}

fn column(column: &ColumnShape, p: &TokenStream) -> TokenStream {
    let ColumnShape { id, sql_type, nullable, has_default, writable, redacted, .. } = column;
    let name = id.name();
    let flags = [*nullable, *has_default, *writable, *redacted];
    let flags: u8 = flags.iter().enumerate().map(|(bit, set)| u8::from(*set) << bit).sum();
    let flags = Literal::u8_unsuffixed(flags);
    quote!(#p::column(#name, #sql_type, #flags))
}

fn writes(table: &TableShape, writes: &Writes, select: &str, p: &TokenStream) -> TokenStream {
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
    let keys = writes.keys.iter().map(|(_, columns)| {
        let text = format!("{select} WHERE {}", statements::equal(&typed(table, columns), 1));
        quote!(#p::KeyMeta { columns: &[#(#columns),*], select: #text })
    });
    let pages = writes.pages.iter().map(|page| {
        let columns = &page.columns;
        let order = typed(table, columns);
        let [first, after] = [false, true].map(|behind| statements::page(select, &order, page.order, behind));
        quote!(#p::PageMeta { columns: &[#(#columns),*], first: #first, after: #after })
    });
    let relations = writes.relations.iter().map(|relation| {
        let RelationShape { constraint, columns, table, target, .. } = relation;
        let [schema, name] = [table.schema(), table.name()];
        quote!(#p::RelationMeta {
            constraint: #constraint, columns: &[#(#columns),*], table: (#schema, #name), target: &[#(#target),*],
        })
    });
    let keys = listed("keys", keys);
    let pages = listed("pages", pages);
    let relations = listed("relations", relations);
    let rules = listed("rules", table.rules.iter().map(|rule| self::rule(rule, p)));
    let lock = table.lock.as_ref().map(|lock| quote!(lock: #p::Some(#lock),));
    quote! {
        insert: [#insert, #many],
        #keys
        #pages
        #relations
        #rules
        #lock
    }
}

/// A field with a list, unless it is empty, which is the default.
fn listed(name: &str, items: impl Iterator<Item = TokenStream>) -> Option<TokenStream> {
    let items: Vec<_> = items.collect();
    let name = format_ident!("{name}");
    (!items.is_empty()).then(|| quote!(#name: &[#(#items),*],))
}

/// Columns with their types, for a statement.
fn typed<'a>(table: &'a TableShape, columns: &'a [String]) -> Vec<Column<'a>> {
    let of =
        |name: &'a String| (name.as_str(), table.column(name).map_or("", |column| column.sql_type.as_str()));
    columns.iter().map(of).collect()
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
