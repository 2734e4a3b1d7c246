//! `#[test]`: a test on a database of its own.
//!
//! Sees tokens, not the body: the function stays as it is, inside one without arguments that calls it.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::quote;
use syn::LitStr;

/// The test as the test runner sees it.
pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    match parts(arguments, item) {
        Ok(tokens) => tokens,
        Err(error) => error.into_compile_error(),
    }
}

fn parts(arguments: TokenStream, item: TokenStream) -> syn::Result<TokenStream> {
    let file: Option<LitStr> = if arguments.is_empty() { None } else { Some(syn::parse2(arguments)?) };
    let tokens: Vec<TokenTree> = item.into_iter().collect();
    let is_word = |token: &TokenTree, word: &str| matches!(token, TokenTree::Ident(ident) if ident == word);
    let Some(at) = tokens.iter().position(|token| is_word(token, "fn")) else {
        return Err(syn::Error::new(Span::call_site(), "this is for a function"));
    };
    let (Some(TokenTree::Ident(name)), Some(TokenTree::Group(inputs))) =
        (tokens.get(at + 1), tokens.get(at + 2))
    else {
        return Err(syn::Error::new(Span::call_site(), "a test has no type parameters"));
    };
    if !tokens[..at].iter().any(|token| is_word(token, "async")) {
        return Err(syn::Error::new(name.span(), "a test with a database is an `async fn`"));
    }
    if inputs.delimiter() != Delimiter::Parenthesis || inputs.stream().is_empty() {
        return Err(syn::Error::new(
            name.span(),
            "a test takes the pool: `async fn test(pool: sqlx::PgPool)`",
        ));
    }
    // `#[should_panic]` and its like are for the function that the runner calls.
    let attributes = tokens[..at].iter().take_while(|token| match token {
        TokenTree::Punct(punct) => punct.as_char() == '#',
        TokenTree::Group(group) => group.delimiter() == Delimiter::Bracket,
        _ => false,
    });
    let attributes: Vec<_> = attributes.collect();
    let inner = &tokens[attributes.len()..];
    let body = tokens.len() - 1;
    let output = tokens.get(at + 3..body).unwrap_or_default();
    let schema = match file {
        Some(file) => quote!(::core::option::Option::Some(::core::concat!(
            ::core::env!("CARGO_MANIFEST_DIR"),
            "/",
            #file
        ))),
        None => quote!(::core::option::Option::None),
    };
    let test: Ident = name.clone();
    Ok(quote! {
        #(#attributes)*
        #[::core::prelude::v1::test]
        fn #test() #(#output)* {
            #(#inner)*
            ::nexus_migrate::testing::run(#schema, #test)
        }
    })
}
