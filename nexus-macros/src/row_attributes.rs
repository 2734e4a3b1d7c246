//! The `#[nexus(…)]` attributes of `#[derive(Row)]`.

use nexus_schema::codegen::Options;
use proc_macro2::Span;
use syn::{Attribute, LitStr};

use crate::arguments::with_crate;

/// What is said of the struct.
pub(crate) struct OfStruct {
    pub(crate) table: Option<LitStr>,
    pub(crate) file: LitStr,
    pub(crate) options: Options,
}

/// What is said of a field.
#[derive(Default)]
pub(crate) struct OfField {
    pub(crate) column: Option<LitStr>,
    pub(crate) skip: bool,
}

/// Reads the attributes of the struct.
pub(crate) fn of_struct(attributes: &[Attribute]) -> syn::Result<OfStruct> {
    let file = LitStr::new("schema.yaml", Span::call_site());
    let mut found = OfStruct { table: None, file, options: Options::default() };
    for attribute in attributes.iter().filter(|a| a.path().is_ident("nexus")) {
        attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("table") {
                found.table = Some(meta.value()?.parse()?);
            } else if meta.path.is_ident("file") {
                found.file = meta.value()?.parse()?;
            } else if meta.path.is_ident("crate") {
                found.options = with_crate(found.options.clone(), &meta.value()?.parse()?)?;
            } else {
                return Err(meta.error("expected `table = \"…\"`, `file = \"…\"` or `crate = …`"));
            }
            Ok(())
        })?;
    }
    Ok(found)
}

/// Reads the attributes of a field.
pub(crate) fn of_field(attributes: &[Attribute]) -> syn::Result<OfField> {
    let mut found = OfField::default();
    for attribute in attributes.iter().filter(|a| a.path().is_ident("nexus")) {
        attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("column") {
                found.column = Some(meta.value()?.parse()?);
            } else if meta.path.is_ident("skip") {
                found.skip = true;
            } else {
                return Err(meta.error("expected `column = \"…\"` or `skip`"));
            }
            Ok(())
        })?;
    }
    Ok(found)
}
