//! `#[derive(Row)]`: a struct of the user's own, checked against a table.

use nexus_schema::codegen::{self, ColumnShape, Input, Shape, TableShape};
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Data, DeriveInput, Field, Fields, LitStr};

use crate::arguments::compile_error;
use crate::load::load;
use crate::row_attributes::{OfStruct, of_field, of_struct};
use crate::row_type::misfit;

/// The impls of a row, or every mistake in it; and the files to watch.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    match syn::parse2::<DeriveInput>(input).and_then(|input| derive(&input)) {
        Ok(tokens) => tokens,
        Err(error) => error.into_compile_error(),
    }
}

fn derive(input: &DeriveInput) -> syn::Result<TokenStream> {
    let fields = named_fields(input)?;
    if !input.generics.params.is_empty() {
        return Err(syn::Error::new_spanned(
            &input.generics,
            "a row has no type parameters and borrows nothing",
        ));
    }
    let OfStruct { table, file, options } = of_struct(&input.attrs)?;
    let Some(table_name) = table else {
        let message = "say which table this is a row of: `#[nexus(table = \"users\")]`";
        return Err(syn::Error::new_spanned(&input.ident, message));
    };
    let loaded = load(&file);
    let watch = loaded.watch;
    let declared = match loaded.declared {
        Ok(declared) => declared,
        Err(errors) => return Ok(quote!(#errors #watch)),
    };
    // What other tables lack does not concern this struct; a column without a Rust type is known by its absence.
    let (shape, problems) = Shape::collect(&Input::from(&declared));
    let Some(table) = shape.table(&table_name.value()) else {
        let names = shape.tables.iter().map(|table| table.id.name());
        let text =
            format!("no table `{}` in {}{}", table_name.value(), file.value(), nearest(&table_name, names));
        let error = compile_error(&text, table_name.span());
        return Ok(quote!(#error #watch));
    };
    let mut checked =
        Checked { table, problems: &problems, fields: Vec::new(), skipped: Vec::new(), errors: None };
    for field in fields {
        checked.field(field);
    }
    let impls = match checked.errors {
        Some(errors) => errors.into_compile_error(),
        None => codegen::row_impls(&input.ident, table, &checked.fields, &checked.skipped, &options),
    };
    Ok(quote!(#impls #watch))
}

struct Checked<'a> {
    table: &'a TableShape,
    problems: &'a [codegen::Problem],
    fields: Vec<(Ident, &'a ColumnShape)>,
    skipped: Vec<Ident>,
    errors: Option<syn::Error>,
}

impl Checked<'_> {
    fn field(&mut self, field: &Field) {
        if let Err(error) = self.check(field) {
            match &mut self.errors {
                Some(errors) => errors.combine(error),
                None => self.errors = Some(error),
            }
        }
    }

    fn check(&mut self, field: &Field) -> syn::Result<()> {
        let Some(ident) = &field.ident else { return Ok(()) };
        let said = of_field(&field.attrs)?;
        if said.skip {
            self.skipped.push(ident.clone());
            return Ok(());
        }
        let text = ident.to_string();
        let wanted = text.strip_prefix("r#").unwrap_or(&text);
        let found = match &said.column {
            Some(column) => self.table.columns.iter().find(|c| c.id.name() == column.value()),
            None => {
                let by_name = self.table.columns.iter().find(|c| c.id.name() == wanted);
                by_name.or_else(|| self.table.columns.iter().find(|c| c.field == wanted))
            }
        };
        let Some(column) = found else { return Err(self.no_column(ident, wanted, said.column.as_ref())) };
        if self.fields.iter().any(|(_, other)| other.id == column.id) {
            let message = format!("column `{}` already has a field", column.id.name());
            return Err(syn::Error::new_spanned(ident, message));
        }
        if let Some(message) = misfit(&field.ty, column) {
            return Err(syn::Error::new_spanned(&field.ty, message));
        }
        self.fields.push((ident.clone(), column));
        Ok(())
    }

    fn no_column(&self, ident: &Ident, field: &str, said: Option<&LitStr>) -> syn::Error {
        let name = said.map_or_else(|| field.to_owned(), LitStr::value);
        let of_table = |p: &&codegen::Problem| p.id().path().starts_with(self.table.id.path());
        if let Some(problem) = self.problems.iter().filter(of_table).find(|p| p.id().name() == name) {
            return syn::Error::new_spanned(ident, format!("{problem}\n= help: {}", problem.help()));
        }
        let names = self.table.columns.iter().map(|column| column.id.name());
        let near = codegen::nearest(&name, names);
        let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        let table = self.table.id.name();
        let message = format!("table `{table}` has no column `{name}`{near}");
        match said {
            Some(said) => syn::Error::new(said.span(), message),
            None => syn::Error::new_spanned(ident, message),
        }
    }
}

fn nearest<'a>(name: &LitStr, names: impl Iterator<Item = &'a str>) -> String {
    let near = codegen::nearest(&name.value(), names).map(str::to_owned);
    near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}

fn named_fields(input: &DeriveInput) -> syn::Result<impl Iterator<Item = &Field>> {
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => Ok(fields.named.iter()),
            _ => Err(syn::Error::new_spanned(&input.ident, "a row has a named field for each column")),
        },
        _ => Err(syn::Error::new_spanned(&input.ident, "a row is a struct with named fields")),
    }
}
