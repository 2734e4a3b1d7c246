//! Checks what an author wrote in `rust: { type: … }`.
//!
//! The text becomes tokens inside a struct, so it must be one type and nothing after it.

use proc_macro2::{TokenStream, TokenTree};

/// Whether `text` reads as one type: paths, generics, tuples, slices, references.
pub(super) fn is_type(text: &str) -> bool {
    let Ok(tokens) = text.parse::<TokenStream>() else { return false };
    !tokens.is_empty() && text.len() < 1000 && is_list(tokens, false)
}

fn is_list(tokens: TokenStream, commas: bool) -> bool {
    let mut depth = 0_i32;
    let mut after_minus = false;
    for token in tokens {
        let fine = match &token {
            TokenTree::Ident(_) | TokenTree::Literal(_) => true,
            TokenTree::Group(group) => is_list(group.stream(), true),
            TokenTree::Punct(punct) => match punct.as_char() {
                '<' => {
                    depth += 1;
                    true
                }
                '>' if !after_minus => {
                    depth -= 1;
                    depth >= 0
                }
                ',' => commas || depth > 0,
                ':' | '\'' | '&' | '+' | '>' | '-' => true,
                ';' => commas,
                _ => false,
            },
        };
        after_minus = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '-');
        if !fine {
            return false;
        }
    }
    depth == 0
}

#[cfg(test)]
mod tests {
    use super::is_type;

    #[test]
    fn takes_one_type_and_nothing_after_it() {
        for text in
            ["i32", "::time::Date", "Vec<crate::Tag>", "(i32, i64)", "[u8; 16]", "Box<dyn Fn() -> i32>"]
        {
            assert!(is_type(text), "{text}");
        }
        for text in [
            "",
            "i32, pub x: i64",
            "i32 } struct Evil {",
            "i32>",
            "Vec<i32",
            "a = b",
            "#[x] i32",
            "\"",
            "x!{}",
        ] {
            assert!(!is_type(text), "{text}");
        }
    }
}
