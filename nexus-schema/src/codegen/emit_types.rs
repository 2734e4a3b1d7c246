//! Writes the types that columns hold: ids and enums.
//!
//! The sqlx impls are for PostgreSQL alone: a generic one would ask every user of the type for bounds.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::shape::{EnumShape, TableShape};
use super::{RustType, emit, names};

/// The name of the id type of a table, which the runtime has for all tables.
pub(super) fn id(name: &str, inner: &RustType, table: &TableShape, p: &TokenStream) -> TokenStream {
    let ident = names::ident(name);
    let row = names::ident(&table.name);
    let inner = inner.tokens(p);
    let says = format!(" Identifies a row of {}.", names::quoted(&names::qualified(&table.id)));
    quote! {
        #[doc = #says]
        pub type #ident = #p::Id<#row, #inner>;
    }
}

/// The Rust enum of an SQL enum.
pub(super) fn sql_enum(shape: &EnumShape, private: &TokenStream) -> TokenStream {
    let ident = names::ident(&shape.name);
    let [full, bare] = [shape.sql_name(), shape.sql_bare_name()];
    let quoted = names::quoted(&full);
    let says = emit::docs(shape.comment.as_deref(), || match shape.is_lookup() {
        true => format!("The values of {quoted} that its default rows have."),
        false => format!("The enum {quoted}."),
    });
    let variants: Vec<_> = shape.variants.iter().map(|(name, _)| names::ident(name)).collect();
    let labels: Vec<_> = shape.variants.iter().map(|(_, label)| label).collect();
    let variant_docs = labels.iter().map(|label| match label.as_str() {
        "" => " The empty label.".to_owned(),
        label => format!(" The label {}.", names::quoted(label)),
    });
    let as_str_body = match variants.is_empty() {
        true => quote!(match self {}),
        false => quote!(match self { #(Self::#variants => #labels,)* }),
    };
    let type_ = match shape.is_lookup() {
        true => of_text(&ident, private),
        false => of_enum(&ident, &full, &bare, private),
    };
    let blank = match variants.first() {
        Some(first) => quote!(#ident::#first),
        None => quote!(p::std::unreachable!("no column of an enum without labels is read at once")),
    };
    quote! {
        #says
        #[derive(
            #private::Clone, #private::Copy, #private::Debug, #private::PartialEq, #private::Eq, #private::PartialOrd,
            #private::Ord, #private::Hash,
        )]
        pub enum #ident { #(#[doc = #variant_docs] #variants,)* }
        impl #ident {
            #[allow(dead_code)]
            #[doc = " Every label, in the order of the enum."]
            pub const ALL: &'static [Self] = &[#(Self::#variants),*];
            #[doc = " The label, as SQL has it."]
            pub const fn as_str(self) -> &'static str { #as_str_body }
        }
        impl #private::Display for #ident {
            fn fmt(&self, f: &mut #private::Formatter<'_>) -> #private::fmt::Result {
                f.pad(self.as_str())
            }
        }
        impl #private::FromStr for #ident {
            type Err = #private::UnknownLabel;
            fn from_str(label: &str) -> #private::Result<Self, #private::UnknownLabel> {
                match label {
                    #(#labels => #private::Ok(Self::#variants),)*
                    _ => #private::Err(#private::UnknownLabel::new(#full, label)),
                }
            }
        }
        #type_
        impl #private::serde::Serialize for #ident {
            fn serialize<S: #private::serde::Serializer>(&self, serializer: S) -> #private::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
        impl<'de> #private::serde::Deserialize<'de> for #ident {
            fn deserialize<D: #private::serde::Deserializer<'de>>(deserializer: D) -> #private::Result<Self, D::Error> {
                #private::label(deserializer)
            }
        }
        impl<'q> #private::sqlx::Encode<'q, #private::sqlx::Postgres> for #ident {
            fn encode_by_ref(
                &self,
                buf: &mut #private::sqlx::postgres::PgArgumentBuffer,
            ) -> #private::Result<#private::sqlx::encode::IsNull, #private::sqlx::error::BoxDynError> {
                <&str as #private::sqlx::Encode<'q, #private::sqlx::Postgres>>::encode_by_ref(&self.as_str(), buf)
            }
        }
        impl<'r> #private::sqlx::Decode<'r, #private::sqlx::Postgres> for #ident {
            fn decode(
                value: #private::sqlx::postgres::PgValueRef<'r>,
            ) -> #private::Result<Self, #private::sqlx::error::BoxDynError> {
                let label = <&'r str as #private::sqlx::Decode<'r, #private::sqlx::Postgres>>::decode(value)?;
                #private::Ok(<Self as #private::FromStr>::from_str(label)?)
            }
        }
        #private::value! {
            [] #ident, p::Option::Some(<#ident as sqlx::postgres::PgHasArrayType>::array_type_info()), #blank,
            #private::sqlx, #private
        }
        impl #private::Item for #ident {}
    }
}

/// What sqlx has to know of the values of an SQL enum.
fn of_enum(ident: &Ident, full: &str, bare: &str, private: &TokenStream) -> TokenStream {
    quote! {
        impl #private::sqlx::Type<#private::sqlx::Postgres> for #ident {
            fn type_info() -> #private::sqlx::postgres::PgTypeInfo {
                #private::sqlx::postgres::PgTypeInfo::with_name(#full)
            }
            fn compatible(found: &#private::sqlx::postgres::PgTypeInfo) -> bool {
                #private::is_named(found, #full, #bare)
            }
        }
        impl #private::sqlx::postgres::PgHasArrayType for #ident {
            fn array_type_info() -> #private::sqlx::postgres::PgTypeInfo {
                #private::sqlx::postgres::PgTypeInfo::array_of(#full)
            }
            fn array_compatible(found: &#private::sqlx::postgres::PgTypeInfo) -> bool {
                #private::is_array_named(found, #full, #bare)
            }
        }
    }
}

/// What sqlx has to know of values that are texts to the server.
fn of_text(ident: &Ident, p: &TokenStream) -> TokenStream {
    quote! {
        impl #p::sqlx::Type<#p::sqlx::Postgres> for #ident {
            fn type_info() -> #p::sqlx::postgres::PgTypeInfo {
                <str as #p::sqlx::Type<#p::sqlx::Postgres>>::type_info()
            }
            fn compatible(found: &#p::sqlx::postgres::PgTypeInfo) -> bool {
                <str as #p::sqlx::Type<#p::sqlx::Postgres>>::compatible(found)
            }
        }
        impl #p::sqlx::postgres::PgHasArrayType for #ident {
            fn array_type_info() -> #p::sqlx::postgres::PgTypeInfo {
                <#p::String as #p::sqlx::postgres::PgHasArrayType>::array_type_info()
            }
            fn array_compatible(found: &#p::sqlx::postgres::PgTypeInfo) -> bool {
                <#p::String as #p::sqlx::postgres::PgHasArrayType>::array_compatible(found)
            }
        }
    }
}
