//! Reads the schema a macro names, and tells rustc which files to watch.
//!
//! Paths in messages are relative to the workspace where they can be, as rustc's own are.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use nexus_schema::diagnostic::{Color, Diagnostics};
use nexus_schema::document::{self, Declared};
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::LitStr;

use crate::arguments::compile_error;

/// A schema, or what to say instead, with the items that make rustc watch its files.
pub(crate) struct Loaded {
    pub(crate) declared: Result<Declared, TokenStream>,
    pub(crate) watch: TokenStream,
}

/// Reads the schema at a path relative to the package.
pub(crate) fn load(file: &LitStr) -> Loaded {
    let given = file.value();
    let refuse = |message: &str| Loaded {
        declared: Err(compile_error(message, file.span())),
        watch: TokenStream::new(),
    };
    if given.is_empty() {
        return refuse("the path of the schema is empty");
    }
    if Path::new(&given).has_root() || Path::new(&given).is_absolute() {
        return refuse(
            "give a path relative to the package's folder: an absolute path is another one elsewhere",
        );
    }
    let Some(package) = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from) else {
        return refuse("CARGO_MANIFEST_DIR is not set: only Cargo says where the package is");
    };
    let path = shown(&package, Path::new(&given));
    if !path.is_file() {
        return refuse(&format!("there is no file {}", path.display()));
    }
    let (declared, files) = match document::load(&path) {
        Ok((declared, _)) => {
            let files = declared.files.clone();
            (Ok(declared), files)
        }
        Err(mistakes) => {
            let files =
                mistakes.iter().flat_map(|m| &m.labels).map(|label| PathBuf::from(&label.file)).collect();
            (Err(errors(&mistakes, file.span())), files)
        }
    };
    Loaded { declared, watch: watch(&given, &path, files) }
}

/// One `compile_error!` for each mistake, so that editors list each; its text is the snippet.
pub(crate) fn errors(mistakes: &Diagnostics, span: Span) -> TokenStream {
    let mut all: Vec<String> = Vec::new();
    let mut wanted = false;
    for line in mistakes.render_human(Color::Never).lines() {
        // Lines of a snippet stand behind a gutter, so what begins at the margin begins a mistake.
        if let Some((code, title)) = line.strip_prefix("error[").and_then(|rest| rest.split_once("]: ")) {
            all.push(format!("[{code}] {title}"));
            wanted = true;
        } else if line.starts_with("warning[") {
            wanted = false;
        } else if let Some(text) = all.last_mut().filter(|_| wanted && !line.is_empty()) {
            text.push('\n');
            text.push_str(line);
        }
    }
    all.iter().map(|text| compile_error(text, span)).collect()
}

/// `include_str!` of each file: what rustc has to see to run the macro again when the file changes.
fn watch(given: &str, root: &Path, files: Vec<PathBuf>) -> TokenStream {
    let given_folder = Path::new(given).parent().unwrap_or(Path::new(""));
    let folder = root.parent().unwrap_or(Path::new(""));
    let mut paths = BTreeMap::from([(given.to_owned(), ())]);
    for file in files {
        let from_package = match file.strip_prefix(folder) {
            Ok(below) if file != root => given_folder.join(below),
            _ => continue,
        };
        paths.insert(from_package.to_string_lossy().into_owned(), ());
    }
    let paths = paths.into_keys();
    quote! {
        #(const _: &::core::primitive::str =
            ::core::include_str!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/", #paths));)*
    }
}

/// The path as messages show it: below the folder rustc runs in, with `..` worked out.
fn shown(package: &Path, given: &Path) -> PathBuf {
    let mut whole = PathBuf::new();
    for part in package.join(given).components() {
        match part {
            Component::ParentDir => {
                whole.pop();
            }
            Component::CurDir => {}
            other => whole.push(other),
        }
    }
    match std::env::current_dir() {
        Ok(here) => whole.strip_prefix(here).map(Path::to_owned).unwrap_or(whole),
        Err(_) => whole,
    }
}
