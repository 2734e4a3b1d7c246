//! Writes row structs as tokens.
//!
//! Every path is absolute, so that nothing a user has in scope, or has not, changes what the code means.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::shape::{ColumnShape, Shape, TableShape};
use super::{emit_types, emit_writes, names};

/// Everything, in order: enums, then each table's rows and what is done with them, then the schema as a whole.
pub(super) fn shape(shape: &Shape, hash: &str, private: &TokenStream) -> TokenStream {
    let p = &quote!(__nexus);
    let enums = shape.enums.iter().map(|e| emit_types::sql_enum(e, p));
    let tables = shape.tables.iter().map(|table| {
        let id = table.key.as_ref().map(|(name, inner)| emit_types::id(name, inner, table, p));
        let row = row(table, p);
        let consts = emit_writes::consts(table, shape, p);
        let writes = table.writes.as_ref().map(|writes| emit_writes::table(table, writes, p));
        quote!(#row #id #consts #writes)
    });
    let metas = shape.tables.iter().map(|table| {
        let name = names::ident(&table.name);
        match table.writes {
            Some(_) => quote!(#p::ModelMeta::of::<#name>()),
            None => quote!(#p::ModelMeta::of_view::<#name>()),
        }
    });
    quote! {
        #[allow(unused_imports)]
        use #private as #p;
        #(#enums)*
        #(#tables)*
        #[doc = " SHA-256 of the schema that this code was generated from."]
        #[allow(dead_code)]
        pub const SCHEMA_HASH: &str = #hash;
        #[doc = " What a database can be held to: `SCHEMA.verify(&pool)` when a program starts."]
        #[allow(dead_code)]
        pub const SCHEMA: #p::Schema = #p::Schema { hash: SCHEMA_HASH, models: &[#(#metas),*] };
    }
}

fn row(table: &TableShape, p: &TokenStream) -> TokenStream {
    let name = names::ident(&table.name);
    let table_name = names::quoted(&names::qualified(&table.id));
    let said = docs(table.comment.as_deref(), || format!("A row of {table_name}."));
    let of_table = table.comment.is_some().then(|| {
        let line = format!(" A row of {table_name}.");
        quote!(#[doc = ""] #[doc = #line])
    });
    let extra = extra(table);
    let fields: Vec<_> = table.columns.iter().map(|c| (names::ident(&c.field), c)).collect();
    let members = fields.iter().map(|(field, column)| {
        let docs = column_docs(column);
        let type_ = field_type(column, p);
        quote!(#docs pub #field: #type_)
    });
    let id = table.key.as_ref().map(|(name, _)| emit_types::id_consts(name, table));
    let impls = table_impls(&name, table, &fields, &[], id, p);
    let given = emit_writes::row_fields(&name, &fields, p);
    let debug = debug(&name, quote!(#p::debug_row(self)), p);
    quote! {
        #said
        #of_table
        #[derive(#p::Clone)]
        #extra
        pub struct #name { #(#members,)* }
        #impls
        #given
        #debug
        impl #p::PartialEq for #name {
            fn eq(&self, other: &Self) -> bool { #p::same(self, other) }
        }
    }
}

/// What the author adds to the structs of a table.
pub(super) fn extra(table: &TableShape) -> TokenStream {
    let parse = |text: &String| -> TokenStream { text.parse().expect("`shape` has checked that it reads") };
    let derives: Vec<_> = table.extra.derives.iter().map(parse).collect();
    let derives = (!derives.is_empty()).then(|| quote!(#[derive(#(#derives),*)]));
    let attributes = table.extra.attributes.iter().map(parse);
    quote!(#derives #(#[#attributes])*)
}

/// `Debug` through one of the functions of the runtime, `call`, which still wants a name and a formatter.
pub(super) fn debug(struct_: &Ident, call: TokenStream, p: &TokenStream) -> TokenStream {
    let name = unraw(struct_);
    let mut call: Vec<_> = call.into_iter().collect();
    let arguments = match call.pop() {
        Some(proc_macro2::TokenTree::Group(group)) => group.stream(),
        _ => TokenStream::new(),
    };
    let call: TokenStream = call.into_iter().collect();
    quote! {
        impl #p::Debug for #struct_ {
            fn fmt(&self, f: &mut #p::Formatter<'_>) -> #p::fmt::Result { #call(#arguments, #name, f) }
        }
    }
}

/// A name as the derived `Debug` shows it.
pub(super) fn unraw(ident: &Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").map_or(name.clone(), str::to_owned)
}

pub(super) fn column_docs(column: &ColumnShape) -> TokenStream {
    docs(column.comment.as_deref(), || {
        format!("Column {} of type {}.", names::quoted(column.id.name()), names::quoted(&column.sql_type))
    })
}

pub(super) fn field_type(column: &ColumnShape, private: &TokenStream) -> TokenStream {
    let type_ = column.type_.tokens(private);
    if column.nullable { quote!(#private::Option<#type_>) } else { type_ }
}

/// `FromRow`, `Table` and the inherent constants of a row struct.
pub(super) fn row_impls(
    row: &Ident,
    table: &TableShape,
    fields: &[(Ident, &ColumnShape)],
    skipped: &[Ident],
    private: &TokenStream,
) -> TokenStream {
    let select = table.select(fields.iter().map(|(_, column)| *column));
    let impls = table_impls(row, table, fields, skipped, None, private);
    quote! {
        impl #row {
            #[doc = " `SELECT` of every column, ready for a `WHERE`."]
            #[allow(dead_code)]
            pub const SELECT: &'static str = #select;
        }
        #impls
    }
}

/// `FromRow` and `Table` of a row struct that has the constant `SELECT`; `id` is what `Table` says of its ids.
fn table_impls(
    row: &Ident,
    table: &TableShape,
    fields: &[(Ident, &ColumnShape)],
    skipped: &[Ident],
    id: Option<TokenStream>,
    private: &TokenStream,
) -> TokenStream {
    let columns = fields.iter().map(|(_, column)| {
        let ColumnShape { id, sql_type, nullable, has_default, writable, redacted, .. } = *column;
        let name = id.name();
        let flags = [*nullable, *has_default, *writable, *redacted];
        let flags: u8 = flags.iter().enumerate().map(|(bit, set)| u8::from(*set) << bit).sum();
        let flags = proc_macro2::Literal::u8_unsuffixed(flags);
        quote!(#private::column(#name, #sql_type, #flags))
    });
    let [schema, name] = [table.id.schema(), table.id.name()];
    let primary_key = &table.primary_key;
    let members: Vec<_> = fields.iter().map(|(field, _)| field).collect();
    let read = fields.iter().map(|_| quote!(reader.field()));
    let skipped = quote!(#(#skipped: #private::Default::default(),)*);
    let body = if fields.is_empty() {
        quote!(#private::Ok(Self { #skipped }))
    } else {
        quote! {
            let mut reader = #private::Reader::new(row, <Self as #private::Table>::COLUMNS);
            let (#(#private::Some(#members),)*) = (#(#read,)*) else {
                return #private::Err(reader.error());
            };
            #private::Ok(Self { #(#members,)* #skipped })
        }
    };
    let row_arg = if fields.is_empty() { quote!(_) } else { quote!(row) };
    quote! {
        impl #private::Table for #row {
            const SCHEMA: &'static str = #schema;
            const NAME: &'static str = #name;
            const COLUMNS: &'static [#private::ColumnMeta] = &[#(#columns),*];
            const PRIMARY_KEY: &'static [&'static str] = &[#(#primary_key),*];
            const SELECT: &'static str = Self::SELECT;
            #id
        }
        impl<'r> #private::FromRow<'r, #private::PgRow> for #row {
            fn from_row(#row_arg: &'r #private::PgRow) -> #private::Result<Self, #private::Error> { #body }
        }
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
