//! What to do about a mistake, where the help says it to the letter.

use super::diagnose::Found;

/// A sure correction: what it is called, and the text to put in the place of the mistake's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fix {
    pub(crate) title: String,
    pub(crate) text: String,
}

/// Returns the corrections that a mistake's help states; `at` is the text in its place.
pub(crate) fn fixes(of: &Found, at: &str) -> Vec<Fix> {
    of.help.iter().filter_map(|help| fix(of, help, at)).collect()
}

fn fix(of: &Found, help: &str, at: &str) -> Option<Fix> {
    if let Some(meant) = help.strip_prefix("did you mean `").and_then(|rest| rest.strip_suffix("`?")) {
        // The name may be a part of what stands there: `usres` in `usres.id`.
        let wrong = of.title.split('`').skip(1).step_by(2).filter(|word| !word.is_empty());
        let all = wrong.filter(|word| at.matches(*word).count() == 1);
        let wrong = all.last()?;
        let own =
            wrong.rsplit('.').next().filter(|own| !own.is_empty() && !meant.contains('.')).unwrap_or(wrong);
        let start = at.rfind(own)?;
        let text = [at.get(..start)?, meant, at.get(start + own.len()..)?].concat();
        return Some(Fix { title: format!("write `{meant}`"), text });
    }
    if let Some(word) = help.strip_prefix("write `").and_then(|rest| rest.strip_suffix('`')) {
        // Words with a hole in them are examples.
        let sure = ["true", "false"].contains(&word);
        return sure.then(|| Fix { title: help.to_owned(), text: word.to_owned() });
    }
    if help == "put it in quotes" && !at.contains(['"', '\n']) && !at.is_empty() {
        return Some(Fix { title: help.to_owned(), text: format!("\"{at}\"") });
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixed(title: &str, help: &str, at: &str) -> Option<String> {
        let found = Found::of(title, help);
        fixes(&found, at).pop().map(|fix| fix.text)
    }

    #[test]
    fn the_wrong_word_gives_way_and_no_other() {
        let help = "did you mean `users`?";
        assert_eq!(fixed("there is no table `usres`", help, "usres.id").as_deref(), Some("users.id"));
        assert_eq!(
            fixed("there is no table `auth.usres`", help, "auth.usres").as_deref(),
            Some("auth.users")
        );
        assert_eq!(
            fixed("unknown key `colums` in a table", "did you mean `columns`?", "colums").as_deref(),
            Some("columns")
        );
        assert_eq!(
            fixed("expected `true` or `false`, found a text", "write `true`", "yes").as_deref(),
            Some("true")
        );
        assert_eq!(
            fixed("expected a text, found a number", "put it in quotes", "1.0").as_deref(),
            Some("\"1.0\"")
        );
        assert_eq!(fixed("a reference to nothing", "write `references: table.column`", "x"), None);
        assert_eq!(fixed("there is no table `usres`", help, "{ a: usres, b: usres }"), None);
    }
}
