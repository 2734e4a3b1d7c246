//! What stands between the parentheses of `schema!`.

use nexus_schema::codegen::Options;
use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::parse::{Parse, ParseStream};
use syn::{LitStr, Path, Token};

/// The arguments of `schema!`.
pub(crate) struct Arguments {
    pub(crate) file: LitStr,
    pub(crate) options: Options,
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.is_empty() {
            let message = "give the path of the schema, relative to the package: `schema!(\"schema.yaml\")`";
            return Err(syn::Error::new(Span::call_site(), message));
        }
        let file = input.parse()?;
        let mut options = Options::default();
        if input.parse::<Option<Token![,]>>()?.is_some() && !input.is_empty() {
            input.parse::<Token![crate]>()?;
            input.parse::<Token![=]>()?;
            options = with_crate(options, &input.parse()?)?;
            input.parse::<Option<Token![,]>>()?;
        }
        if input.is_empty() {
            Ok(Self { file, options })
        } else {
            Err(input.error("nothing more is expected"))
        }
    }
}

/// The options with the path of nexus-schema set.
pub(crate) fn with_crate(options: Options, path: &Path) -> syn::Result<Options> {
    let text = path.to_token_stream().to_string().replace(' ', "");
    options.crate_path(&text).map_err(|error| syn::Error::new_spanned(path, error))
}

/// `compile_error!` with a text, as an item that needs nothing in scope.
pub(crate) fn compile_error(text: &str, span: Span) -> TokenStream {
    quote::quote_spanned!(span => ::core::compile_error! { #text })
}
