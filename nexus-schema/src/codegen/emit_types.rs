//! Writes the types that columns hold: ids and enums.
//!
//! The sqlx impls are for PostgreSQL alone: a generic one would ask every user of the type for bounds.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::shape::{EnumShape, TableShape};
use super::{RustType, emit, names};

/// The id type of a table: a newtype that sqlx takes for what it wraps.
pub(super) fn id(name: &str, inner: &RustType, table: &TableShape, private: &TokenStream) -> TokenStream {
    let ident = names::ident(name);
    let traits = inner.traits();
    let inner = inner.tokens(private);
    let says = format!(" Identifies a row of {}.", names::quoted(&names::qualified(&table.id)));
    let copy = traits.copy.then(|| quote!(#private::core::marker::Copy,));
    let ord =
        (traits.eq && traits.ord).then(|| quote!(#private::core::cmp::PartialOrd, #private::core::cmp::Ord,));
    let debug = emit::debug_of(table.has_redacted_key());
    let derives = emit::derives([traits], debug, private);
    let debug = (debug == emit::Debug::Written).then(|| {
        let name = emit::unraw(&ident);
        quote! {
            impl #private::core::fmt::Debug for #ident {
                fn fmt(&self, f: &mut #private::core::fmt::Formatter<'_>) -> #private::core::fmt::Result {
                    f.debug_tuple(#name).field(&#private::Redacted).finish()
                }
            }
        }
    });
    let display = traits.display.then(|| {
        quote! {
            impl #private::core::fmt::Display for #ident {
                fn fmt(&self, f: &mut #private::core::fmt::Formatter<'_>) -> #private::core::fmt::Result {
                    #private::core::fmt::Display::fmt(&self.0, f)
                }
            }
        }
    });
    let sqlx = sqlx_impls(
        &ident,
        &quote!(<#inner as #private::sqlx::Encode<'q, #private::sqlx::Postgres>>::encode_by_ref(&self.0, buf)),
        &quote!(
            <#inner as #private::sqlx::Decode<'r, #private::sqlx::Postgres>>::decode(value).map(Self)
        ),
        private,
    );
    quote! {
        #[doc = #says]
        #derives
        #[derive(#copy #ord)]
        #[repr(transparent)]
        pub struct #ident(
            #[doc = " The value itself."]
            pub #inner
        );
        impl #private::core::convert::From<#inner> for #ident {
            fn from(value: #inner) -> Self { Self(value) }
        }
        impl #private::core::convert::From<#ident> for #inner {
            fn from(id: #ident) -> Self { id.0 }
        }
        #debug
        #display
        impl #private::sqlx::Type<#private::sqlx::Postgres> for #ident {
            fn type_info() -> #private::sqlx::postgres::PgTypeInfo {
                <#inner as #private::sqlx::Type<#private::sqlx::Postgres>>::type_info()
            }
            fn compatible(found: &#private::sqlx::postgres::PgTypeInfo) -> bool {
                <#inner as #private::sqlx::Type<#private::sqlx::Postgres>>::compatible(found)
            }
        }
        impl #private::sqlx::postgres::PgHasArrayType for #ident {
            fn array_type_info() -> #private::sqlx::postgres::PgTypeInfo {
                <#inner as #private::sqlx::postgres::PgHasArrayType>::array_type_info()
            }
            fn array_compatible(found: &#private::sqlx::postgres::PgTypeInfo) -> bool {
                <#inner as #private::sqlx::postgres::PgHasArrayType>::array_compatible(found)
            }
        }
        #sqlx
    }
}

/// The Rust enum of an SQL enum.
pub(super) fn sql_enum(shape: &EnumShape, private: &TokenStream) -> TokenStream {
    let ident = names::ident(&shape.name);
    let [full, bare] = [shape.sql_name(), shape.sql_bare_name()];
    let quoted = names::quoted(&full);
    let says = emit::docs(shape.comment.as_deref(), || format!("The enum {quoted}."));
    let variants: Vec<_> = shape.variants.iter().map(|(name, _)| names::ident(name)).collect();
    let labels: Vec<_> = shape.variants.iter().map(|(_, label)| label).collect();
    let variant_docs = labels.iter().map(|label| match label.as_str() {
        "" => " The empty label.".to_owned(),
        label => format!(" The label {}.", names::quoted(label)),
    });
    let derives = emit::derives([], emit::Debug::Derived, private);
    let sqlx = sqlx_impls(
        &ident,
        &quote!(<&str as #private::sqlx::Encode<'q, #private::sqlx::Postgres>>::encode_by_ref(&self.as_str(), buf)),
        &quote! {
            let label = <&'r str as #private::sqlx::Decode<'r, #private::sqlx::Postgres>>::decode(value)?;
            #private::core::result::Result::Ok(<Self as #private::core::str::FromStr>::from_str(label)?)
        },
        private,
    );
    let as_str_body = match variants.is_empty() {
        true => quote!(match self {}),
        false => quote!(match self { #(Self::#variants => #labels,)* }),
    };
    quote! {
        #says
        #derives
        #[derive(#private::core::marker::Copy, #private::core::cmp::PartialOrd, #private::core::cmp::Ord)]
        pub enum #ident { #(#[doc = #variant_docs] #variants,)* }
        impl #ident {
            #[doc = " Every label, in the order of the enum."]
            pub const ALL: &'static [Self] = &[#(Self::#variants),*];
            #[doc = " The label, as SQL has it."]
            pub const fn as_str(self) -> &'static str { #as_str_body }
        }
        impl #private::core::fmt::Display for #ident {
            fn fmt(&self, f: &mut #private::core::fmt::Formatter<'_>) -> #private::core::fmt::Result {
                f.pad(self.as_str())
            }
        }
        impl #private::core::str::FromStr for #ident {
            type Err = #private::UnknownLabel;
            fn from_str(label: &str) -> #private::core::result::Result<Self, #private::UnknownLabel> {
                match label {
                    #(#labels => #private::core::result::Result::Ok(Self::#variants),)*
                    _ => #private::core::result::Result::Err(#private::UnknownLabel::new(#full, label)),
                }
            }
        }
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
        #sqlx
    }
}

fn sqlx_impls(
    ident: &Ident,
    encode: &TokenStream,
    decode: &TokenStream,
    private: &TokenStream,
) -> TokenStream {
    quote! {
        impl<'q> #private::sqlx::Encode<'q, #private::sqlx::Postgres> for #ident {
            fn encode_by_ref(
                &self,
                buf: &mut #private::sqlx::postgres::PgArgumentBuffer,
            ) -> #private::core::result::Result<#private::sqlx::encode::IsNull, #private::sqlx::error::BoxDynError> {
                #encode
            }
        }
        impl<'r> #private::sqlx::Decode<'r, #private::sqlx::Postgres> for #ident {
            fn decode(
                value: #private::sqlx::postgres::PgValueRef<'r>,
            ) -> #private::core::result::Result<Self, #private::sqlx::error::BoxDynError> {
                #decode
            }
        }
    }
}
