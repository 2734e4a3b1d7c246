//! Writes row structs as tokens.
//!
//! Every path is absolute, so that nothing a user has in scope, or has not, changes what the code means.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::shape::{ColumnShape, Shape, TableShape};
use super::{RustType, emit_meta, emit_types, emit_writes, names};

/// Everything, in order: enums, then each table's rows and what is done with them, then the schema as a whole.
pub(super) fn shape(shape: &Shape, hash: &str, private: &TokenStream) -> TokenStream {
    let mut all = begin(private);
    all.extend((0..parts(shape)).map(|place| part(shape, place)));
    all.extend(end(shape, hash));
    all
}

/// How many parts a schema has that can be written by themselves.
pub(super) fn parts(shape: &Shape) -> usize {
    shape.enums.len() + shape.tables.len()
}

/// One enum, or one table with all that is done with it.
pub(super) fn part(shape: &Shape, place: usize) -> TokenStream {
    let p = &quote!(__nexus);
    let Some(place) = place.checked_sub(shape.enums.len()) else {
        return emit_types::sql_enum(&shape.enums[place], p);
    };
    let table = &shape.tables[place];
    let id = table.key.as_ref().map(|(name, inner)| emit_types::id(name, inner, table, p));
    let row = row(table, shape, p);
    let consts = emit_writes::consts(table, shape, p);
    let writes = table.writes.as_ref().map(|writes| emit_writes::table(table, writes, p));
    quote!(#row #id #consts #writes)
}

/// What stands before the parts.
pub(super) fn begin(private: &TokenStream) -> TokenStream {
    quote! {
        #[allow(unused_imports)]
        use #private as __nexus;
    }
}

/// What stands behind the parts.
pub(super) fn end(shape: &Shape, hash: &str) -> TokenStream {
    let p = &quote!(__nexus);
    let rows = shape.tables.iter().map(|table| names::ident(&table.name));
    let left_out: Vec<_> = shape.left_out.iter().map(|id| names::quoted(&names::qualified(id))).collect();
    let lookups = shape.enums.iter().filter(|one| one.is_lookup()).map(|one| {
        let [schema, table, column] = [one.id.schema(), &one.id.path()[1], one.id.name()];
        let values = one.variants.iter().map(|(_, label)| label);
        quote!(#p::LookupMeta { table: (#schema, #table), column: #column, values: &[#(#values),*] })
    });
    let left_out = (!left_out.is_empty()).then(|| {
        let line = format!(
            " No row has: {}, whose columns are not declared or have no Rust type.",
            left_out.join(", ")
        );
        quote!(#[doc = ""] #[doc = #line])
    });
    quote! {
        #[doc = " SHA-256 of the schema that this code was generated from."]
        #[allow(dead_code)]
        pub const SCHEMA_HASH: &str = #hash;
        #[doc = " What a database can be held to: `SCHEMA.verify(&pool)` when a program starts."]
        #left_out
        #[allow(dead_code)]
        pub const SCHEMA: #p::Schema = #p::Schema {
            hash: SCHEMA_HASH,
            models: &[#(<#rows as #p::Table>::META),*],
            lookups: &[#(#lookups),*],
        };
    }
}

fn row(table: &TableShape, shape: &Shape, p: &TokenStream) -> TokenStream {
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
    let meta = emit_meta::meta(table, &table.columns.iter().collect::<Vec<_>>(), p);
    let given = emit_writes::row_fields(&fields, p);
    let read = match table.columns.iter().all(|column| has_blank(&column.type_, shape)) {
        true => read_at_once(&fields, p),
        false => read_one_by_one(&fields, &[], p),
    };
    let from_row = from_row(&name, read, p);
    let debug = debug(&name, quote!(#p::debug_row(self)), p);
    quote! {
        #said
        #of_table
        #[derive(#p::Clone)]
        #extra
        pub struct #name { #(#members,)* }
        impl #p::Table for #name { #meta #given }
        #from_row
        #debug
        impl #p::PartialEq for #name {
            fn eq(&self, other: &Self) -> bool { #p::same(self, other) }
        }
    }
}

/// What the author adds to the row of a table.
fn extra(table: &TableShape) -> TokenStream {
    let derives = derives(&table.extra.derives.row);
    let attributes = table.extra.attributes.iter().map(|text| parsed(text));
    quote!(#derives #(#[#attributes])*)
}

/// The derives that an author adds.
pub(super) fn derives(paths: &[String]) -> Option<TokenStream> {
    let paths: Vec<_> = paths.iter().map(|path| parsed(path)).collect();
    (!paths.is_empty()).then(|| quote!(#[derive(#(#paths),*)]))
}

fn parsed(text: &str) -> TokenStream {
    text.parse().expect("`shape` has checked that it reads")
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

/// `FromRow` and `Table` of a row struct that its author has written.
pub(super) fn row_impls(
    row: &Ident,
    table: &TableShape,
    fields: &[(Ident, &ColumnShape)],
    skipped: &[Ident],
    p: &TokenStream,
) -> TokenStream {
    let columns: Vec<_> = fields.iter().map(|(_, column)| *column).collect();
    let read_only = TableShape { writes: None, key: None, ..table.clone() };
    let meta = emit_meta::meta(&read_only, &columns, p);
    let from_row = from_row(row, read_one_by_one(fields, skipped, p), p);
    quote!(impl #p::Table for #row { #meta } #from_row)
}

fn from_row(row: &Ident, body: TokenStream, p: &TokenStream) -> TokenStream {
    quote! {
        impl<'r> #p::FromRow<'r, #p::PgRow> for #row {
            fn from_row(row: &'r #p::PgRow) -> #p::Result<Self, #p::Error> {
                let mut reader = #p::Reader::new(row, <Self as #p::Table>::META);
                #body
            }
        }
    }
}

/// No branch, which is a third of the time that rustc takes for one a field.
fn read_at_once(fields: &[(Ident, &ColumnShape)], _: &TokenStream) -> TokenStream {
    let members = fields.iter().map(|(field, _)| field);
    quote! {
        let read = Self { #(#members: reader.read(),)* };
        reader.done(read)
    }
}

/// For types of an author's own, of which only sqlx knows something.
fn read_one_by_one(fields: &[(Ident, &ColumnShape)], skipped: &[Ident], p: &TokenStream) -> TokenStream {
    let members: Vec<_> = fields.iter().map(|(field, _)| field).collect();
    let skipped = quote!(#(#skipped: #p::Default::default(),)*);
    if fields.is_empty() {
        return quote!(reader.done(Self { #skipped }));
    }
    let read = fields.iter().map(|_| quote!(reader.field()));
    quote! {
        let (#(#p::Some(#members),)*) = (#(#read,)*) else {
            return #p::Err(reader.error());
        };
        #p::Ok(Self { #(#members,)* #skipped })
    }
}

/// Whether the runtime has a value of this type that can stand where none was read.
fn has_blank(type_: &RustType, shape: &Shape) -> bool {
    match type_ {
        RustType::Custom(_) => false,
        RustType::Scalar(_) => true,
        RustType::Array(item) | RustType::Range(item) | RustType::Id(_, item) => has_blank(item, shape),
        RustType::Enum(name) => {
            shape.enums.iter().any(|known| known.name == *name && !known.variants.is_empty())
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
