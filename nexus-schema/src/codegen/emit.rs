//! Writes row structs as tokens.
//!
//! Every path is absolute, so that nothing a user has in scope, or has not, changes what the code means.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::shape::{ColumnShape, Shape, TableShape};
use super::{Traits, emit_types, names};

/// Everything, in order: enums, then each table's id and row.
pub(super) fn shape(shape: &Shape, private: &TokenStream) -> TokenStream {
    let enums = shape.enums.iter().map(|e| emit_types::sql_enum(e, private));
    let tables = shape.tables.iter().map(|table| {
        let id = table.key.as_ref().map(|(name, inner)| emit_types::id(name, inner, table, private));
        let row = row(table, private);
        quote!(#id #row)
    });
    quote!(#(#enums)* #(#tables)*)
}

fn row(table: &TableShape, private: &TokenStream) -> TokenStream {
    let name = names::ident(&table.name);
    let table_name = names::quoted(&names::qualified(&table.id));
    let said = docs(table.comment.as_deref(), || format!("A row of {table_name}."));
    let of_table = table.comment.is_some().then(|| {
        let line = format!(" A row of {table_name}.");
        quote!(#[doc = ""] #[doc = #line])
    });
    let debug = debug_of(table.columns.iter().any(|column| column.redacted));
    let derives = derives(table.columns.iter().map(|column| column.type_.traits()), debug, private);
    let fields: Vec<_> = table.columns.iter().map(|c| (names::ident(&c.field), c)).collect();
    let members = fields.iter().map(|(field, column)| {
        let docs = docs(column.comment.as_deref(), || column_docs(column));
        let type_ = field_type(column, private);
        quote!(#docs pub #field: #type_)
    });
    let debug = (debug == Debug::Written).then(|| row_debug(&name, &fields, private));
    let impls = row_impls(&name, table, &fields, &[], private);
    quote! {
        #said
        #of_table
        #derives
        pub struct #name { #(#members,)* }
        #debug
        #impls
    }
}

/// `Debug` that says which columns there are, and not what is in those that are tagged.
fn row_debug(row: &Ident, fields: &[(Ident, &ColumnShape)], private: &TokenStream) -> TokenStream {
    let shown = fields.iter().map(|(field, column)| {
        let name = unraw(field);
        match column.redacted {
            true => quote!(.field(#name, &#private::Redacted)),
            false => quote!(.field(#name, &self.#field)),
        }
    });
    let name = unraw(row);
    quote! {
        impl #private::core::fmt::Debug for #row {
            fn fmt(&self, f: &mut #private::core::fmt::Formatter<'_>) -> #private::core::fmt::Result {
                f.debug_struct(#name)#(#shown)*.finish()
            }
        }
    }
}

/// A name as the derived `Debug` shows it.
pub(super) fn unraw(ident: &Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").map_or(name.clone(), str::to_owned)
}

fn column_docs(column: &ColumnShape) -> String {
    format!("Column {} of type {}.", names::quoted(column.id.name()), names::quoted(&column.sql_type))
}

fn field_type(column: &ColumnShape, private: &TokenStream) -> TokenStream {
    let type_ = column.type_.tokens(private);
    if column.nullable { quote!(#private::core::option::Option<#type_>) } else { type_ }
}

/// `FromRow`, `Table` and the inherent constants of a row struct.
pub(super) fn row_impls(
    row: &Ident,
    table: &TableShape,
    fields: &[(Ident, &ColumnShape)],
    skipped: &[Ident],
    private: &TokenStream,
) -> TokenStream {
    let reads = fields.iter().map(|(field, column)| {
        let name = column.id.name();
        quote!(#field: #private::field(row, #name)?)
    });
    let columns = fields.iter().map(|(_, column)| {
        let ColumnShape { id, sql_type, nullable, has_default, .. } = *column;
        let name = id.name();
        quote!(#private::ColumnMeta {
            name: #name, sql_type: #sql_type, nullable: #nullable, has_default: #has_default,
        })
    });
    let [schema, name] = [table.id.schema(), table.id.name()];
    let primary_key = &table.primary_key;
    let select = table.select(fields.iter().map(|(_, column)| *column));
    let says = format!(" `{}`, ready for a `WHERE`.", select.replace('`', "\u{fffd}"));
    let says = if names::docs(&says).len() == 1 && select.chars().all(|c| !c.is_control()) {
        names::docs(&says).remove(0)
    } else {
        " `SELECT` of every column, ready for a `WHERE`.".to_owned()
    };
    let row_arg = if fields.is_empty() { quote!(_) } else { quote!(row) };
    quote! {
        impl #row {
            #[doc = #says]
            pub const SELECT: &'static str = #select;
        }
        impl #private::Table for #row {
            const SCHEMA: &'static str = #schema;
            const NAME: &'static str = #name;
            const COLUMNS: &'static [#private::ColumnMeta] = &[#(#columns),*];
            const PRIMARY_KEY: &'static [&'static str] = &[#(#primary_key),*];
            const SELECT: &'static str = #select;
        }
        impl<'r> #private::sqlx::FromRow<'r, #private::sqlx::postgres::PgRow> for #row {
            fn from_row(
                #row_arg: &'r #private::sqlx::postgres::PgRow,
            ) -> #private::core::result::Result<Self, #private::sqlx::Error> {
                #private::core::result::Result::Ok(Self {
                    #(#reads,)*
                    #(#skipped: #private::core::default::Default::default(),)*
                })
            }
        }
    }
}

/// Where a type has its `Debug` from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Debug {
    Derived,
    /// An impl of ours, which keeps values to itself.
    Written,
}

/// How a type gets `Debug`, by whether it has something to keep to itself.
pub(super) fn debug_of(redacted: bool) -> Debug {
    if redacted { Debug::Written } else { Debug::Derived }
}

/// The derives that are sound for a type with these parts.
pub(super) fn derives(
    parts: impl IntoIterator<Item = Traits>,
    debug: Debug,
    private: &TokenStream,
) -> TokenStream {
    let (mut eq, mut hash) = (true, true);
    for part in parts {
        eq &= part.eq;
        hash &= part.eq && part.hash;
    }
    let eq = eq.then(|| quote!(, #private::core::cmp::Eq));
    let hash = hash.then(|| quote!(, #private::core::hash::Hash));
    let debug = (debug == Debug::Derived).then(|| quote!(#private::core::fmt::Debug,));
    quote! {
        #[derive(#private::core::clone::Clone, #debug #private::core::cmp::PartialEq #eq #hash)]
    }
}

/// Doc attributes for what an author says, or for a sentence of ours where the author says nothing.
pub(super) fn docs(comment: Option<&str>, otherwise: impl FnOnce() -> String) -> TokenStream {
    let mut lines = names::docs(comment.unwrap_or_default());
    if lines.is_empty() {
        lines = vec![format!(" {}", otherwise())];
    }
    quote!(#(#[doc = #lines])*)
}
