//! The words of a statement, read from left to right.

/// Words of SQL: keywords and names in lower case, quoted names in their quotes, literals as written, signs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words<'a>(pub(super) &'a [String]);

impl<'a> Words<'a> {
    /// The next word.
    pub(super) fn peek(&self) -> &'a str {
        self.0.first().map_or("", String::as_str)
    }

    /// Takes the next word.
    pub(super) fn next(&mut self) -> Option<&'a str> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(first)
    }

    /// Takes these words if they come next.
    pub(super) fn eat(&mut self, words: &str) -> bool {
        let words: Vec<&str> = words.split(' ').collect();
        let comes = self.0.len() >= words.len() && words.iter().zip(self.0).all(|(a, b)| a == b);
        if comes {
            self.0 = &self.0[words.len()..];
        }
        comes
    }

    /// Takes everything up to one of these words, outside of parentheses; the word itself stays.
    pub(super) fn until(&mut self, stops: &[&str]) -> Words<'a> {
        let mut depth = 0_usize;
        let at = self.0.iter().position(|word| {
            match word.as_str() {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                word if depth == 0 && stops.contains(&word) => return true,
                _ => {}
            }
            false
        });
        let (taken, rest) = self.0.split_at(at.unwrap_or(self.0.len()));
        self.0 = rest;
        Words(taken)
    }

    /// Takes what is in the parentheses that come next.
    pub(super) fn parens(&mut self) -> Option<Words<'a>> {
        if self.peek() != "(" {
            return None;
        }
        let mut depth = 0_usize;
        let end = self.0.iter().position(|word| {
            match word.as_str() {
                "(" => depth += 1,
                ")" => depth -= 1,
                _ => {}
            }
            depth == 0
        })?;
        let inside = Words(&self.0[1..end]);
        self.0 = &self.0[end + 1..];
        Some(inside)
    }

    /// Takes a name, such as `public.users`; in its normal form, with `public` where no schema is said.
    pub(super) fn relation(&mut self) -> Option<String> {
        let name = self.name()?;
        Some(if name.contains('.') { name } else { format!("public.{name}") })
    }

    /// Takes a name as it is written.
    pub(super) fn name(&mut self) -> Option<String> {
        let mut name = self.next()?.to_owned();
        while self.eat(".") {
            name = format!("{name}.{}", self.next()?);
        }
        Some(name)
    }

    /// The pieces between commas outside of parentheses.
    pub(super) fn split(&self) -> Vec<Words<'a>> {
        let mut rest = *self;
        let mut pieces = Vec::new();
        while !rest.0.is_empty() {
            pieces.push(rest.until(&[","]));
            rest.eat(",");
        }
        pieces
    }

    /// Names between commas.
    pub(super) fn relations(&self) -> Vec<String> {
        let name = |mut piece: Words<'_>| {
            piece.eat("only");
            piece.relation()
        };
        self.split().into_iter().filter_map(name).collect()
    }

    pub(super) fn has(&self, word: &str) -> bool {
        self.0.iter().any(|it| it == word)
    }

    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        for word in self.0 {
            let tight = matches!(word.as_str(), "(" | ")" | "," | "." | "[" | "]");
            let open = out.ends_with('(') || out.ends_with('.') || out.ends_with('[') || out.is_empty();
            if !(tight || open) {
                out.push(' ');
            }
            out.push_str(word);
        }
        out
    }
}
