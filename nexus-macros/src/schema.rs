//! `schema!`: models of a whole schema.

use nexus_schema::codegen;
use proc_macro2::TokenStream;
use quote::quote;

use crate::arguments::Arguments;
use crate::load::{errors, load};

/// The items of `schema!`: the models, or the mistakes that stand in their way, and the files to watch.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let Arguments { file, options } = match syn::parse2(input) {
        Ok(arguments) => arguments,
        Err(error) => return error.into_compile_error(),
    };
    let loaded = load(&file);
    let models = match &loaded.declared {
        Ok(declared) => codegen::models(declared, &options)
            .unwrap_or_else(|problems| errors(&problems.diagnostics(declared), file.span())),
        Err(errors) => errors.clone(),
    };
    let watch = loaded.watch;
    quote!(#models #watch)
}

#[cfg(test)]
mod tests {
    use nexus_schema::codegen::{Options, source};
    use quote::quote;

    /// The three ways to models: the command line calls `source`, build scripts call `build::write`, and this macro.
    #[test]
    fn every_front_gives_the_same_tokens() {
        let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemas/plain.yaml");
        let (declared, _) = nexus_schema::document::load(&file).expect("the schema is sound");
        let of_cli = source(&declared, &Options::default()).expect("every column has a type");

        let folder = tempfile::tempdir().expect("there is room for a file");
        let output = folder.path().join(nexus_schema::build::FILE);
        let first =
            nexus_schema::build::write(&file, &output, &Options::default()).expect("the schema is sound");
        let again =
            nexus_schema::build::write(&file, &output, &Options::default()).expect("the schema is sound");
        assert_eq!((first.changed, again.changed), (true, false), "an equal file is left alone");
        assert_eq!(std::fs::read_to_string(&output).expect("it was just written"), of_cli);

        let of_macro: syn::File =
            syn::parse2(super::expand(quote!("tests/schemas/plain.yaml"))).expect("items");
        let is_watch = |item: &syn::Item| matches!(item, syn::Item::Const(item) if item.ident == "_");
        let (watch, items): (Vec<_>, Vec<_>) = of_macro.items.into_iter().partition(is_watch);
        let file = syn::File { shebang: None, frontmatter: None, attrs: Vec::new(), items };
        let formatted = nexus_schema::codegen::layout(quote!(#file));
        assert_eq!(of_cli.split_once("\n\n").expect("a header, then code").1, formatted);
        assert_eq!(watch.len(), 1, "one file is watched");
    }
}
