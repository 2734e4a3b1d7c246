//! Keeps the passwords of the URLs that a command was given out of everything it prints about a failure.

/// The secrets of one run.
#[derive(Debug, Default)]
pub(super) struct Redactor {
    secrets: Vec<String>,
}

impl Redactor {
    /// Takes the passwords out of the given URLs, as written and as decoded; texts that are none are left alone.
    pub(super) fn of<'a>(urls: impl IntoIterator<Item = &'a str>) -> Self {
        let mut secrets: Vec<String> = urls
            .into_iter()
            .flat_map(passwords)
            .flat_map(|password| [password.to_owned(), decoded(password)])
            .filter(|password| !password.is_empty())
            .collect();
        // A secret within a longer one must not break the longer one up.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets.dedup();
        Self { secrets }
    }

    /// Returns the text with every secret blotted out.
    pub(super) fn redact(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), "***"))
    }
}

fn passwords(url: &str) -> Vec<&str> {
    let Some((_, rest)) = url.split_once("://") else { return Vec::new() };
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let user = rest.rsplit_once('@').map(|(user, _)| user).and_then(|user| user.split_once(':'));
    let named = query.split('&').filter_map(|pair| pair.strip_prefix("password="));
    user.map(|(_, password)| password).into_iter().chain(named).collect()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = match rest {
            [b'%', high, low, ..] => std::str::from_utf8(&[*high, *low])
                .ok()
                .and_then(|digits| u8::from_str_radix(digits, 16).ok()),
            _ => None,
        };
        bytes.push(hex.unwrap_or(*first));
        rest = if hex.is_some() { &rest[3..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_blotted_out_however_they_are_written() {
        let cases = [
            ("postgres://me:hunter2@host/db", "no hunter2", "no ***"),
            ("postgres://me:p%40ss@host/db", "p%40ss is p@ss", "*** is ***"),
            ("postgres://me:a@b@host/db", "a@b", "***"),
            ("postgres://host/db?user=me&password=hunter2", "hunter2", "***"),
            ("postgres://me@host:5432/db", "host:5432", "host:5432"),
            ("postgres://me:50%@host/db", "50%", "***"),
            ("schema.yaml", "schema.yaml", "schema.yaml"),
        ];
        for (url, text, expected) in cases {
            assert_eq!(Redactor::of([url]).redact(text), expected, "{url}");
        }
    }
}
