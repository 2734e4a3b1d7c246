//! Database URLs as text: hiding their secrets, and pointing them at another database.
//!
//! Works on the text, so that a URL that no parser accepts is redacted too.

/// Returns `url` with every password replaced by `***`.
///
/// Takes a URL or a `key=value` connection string. A password is found in the user part (with or without
/// percent-encoding, so `@`, `/`, `?` and `#` inside it do no harm) and in parameters named `password` or
/// `sslpassword`. When in doubt it hides too much.
///
/// ```
/// use nexus_migrate::db::redact_url;
/// assert_eq!(redact_url("postgres://app:s3cret@db/shop"), "postgres://app:***@db/shop");
/// assert_eq!(redact_url("postgres://db/shop?user=app&password=s3cret"), "postgres://db/shop?user=app&password=***");
/// assert_eq!(redact_url("host=db password='s3 cret' user=app"), "host=db password=*** user=app");
/// ```
#[must_use]
pub fn redact_url(url: &str) -> String {
    let (scheme, rest) = match url.split_once("://") {
        Some((scheme, rest)) if scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            (format!("{scheme}://"), rest)
        }
        _ if is_bare(url) => (String::new(), url),
        _ => return redact_pairs(url, Form::Words),
    };
    let (user, place) = split_user(rest);
    let user = match user.split_once(':') {
        Some((name, _)) => format!("{name}:***@"),
        None if user.is_empty() => String::new(),
        None => format!("{user}@"),
    };
    let place = match place.split_once('?') {
        Some((path, query)) => format!("{path}?{}", redact_pairs(query, Form::Query)),
        None => place.to_owned(),
    };
    format!("{scheme}{user}{place}")
}

/// Takes the password out of a URL: what is left, and the password as a server wants it. Nothing where there is another
/// secret in it.
pub(super) fn without_password(url: &str) -> Option<(String, Option<String>)> {
    let (scheme, rest) = url.split_once("://")?;
    let (user, place) = split_user(rest);
    let (name, mut password) = match user.split_once(':') {
        Some((name, password)) => (name, Some(decoded(password))),
        None => (user, None),
    };
    let (path, query) = place.split_once('?').unwrap_or((place, ""));
    let mut pairs = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("password", value)) => password = Some(decoded(value)),
            Some((name, _)) if is_secret(name) => return None,
            _ => pairs.push(pair),
        }
    }
    let at = if name.is_empty() { "" } else { "@" };
    let mark = if pairs.is_empty() { "" } else { "?" };
    Some((format!("{scheme}://{name}{at}{path}{mark}{}", pairs.join("&")), password))
}

/// A text with its percent-encoded bytes as they are.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let code = match rest {
            [b'%', high, low, ..] => std::str::from_utf8(&[*high, *low])
                .ok()
                .and_then(|digits| u8::from_str_radix(digits, 16).ok()),
            _ => None,
        };
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &rest[3..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Returns `url` with its database replaced by `name`, which needs no escaping.
pub(super) fn with_database(url: &str, name: &str) -> String {
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let (scheme, rest) = base.split_once("://").unwrap_or(("postgres", base));
    let authority = rest.split('/').next().unwrap_or_default();
    let query: Vec<&str> =
        query.split('&').filter(|pair| !pair.is_empty() && key(pair) != "dbname").collect();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{scheme}://{authority}/{name}{mark}{}", query.join("&"))
}

/// Returns the URL of database `name` on the Unix socket in `folder`, for superuser `postgres`.
pub(super) fn on_socket(folder: &std::path::Path, name: &str) -> String {
    let mut host = String::new();
    for byte in folder.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                host.push(char::from(*byte));
            }
            other => host.push_str(&format!("%{other:02X}")),
        }
    }
    format!("postgres://postgres@{host}:5432/{name}?sslmode=disable")
}

/// Tells whether `text` looks like a URL whose scheme was forgotten: `user:password@host`.
fn is_bare(text: &str) -> bool {
    let (name, rest) = text.split_once(':').unwrap_or((text, ""));
    rest.contains('@') && !name.contains('=')
}

/// Splits what follows `://` into the user part, without its `@`, and the rest.
fn split_user(rest: &str) -> (&str, &str) {
    let before_query = rest.find('?').unwrap_or(rest.len());
    if let Some(at) = rest[..before_query].rfind('@') {
        return (&rest[..at], &rest[at + 1..]);
    }
    // A `?` inside the password: the query mark found above was none.
    match rest.rfind('@') {
        Some(at) if rest[..before_query].contains(':') => (&rest[..at], &rest[at + 1..]),
        _ => ("", rest),
    }
}

#[derive(Clone, Copy)]
enum Form {
    /// `a=b&c=d`.
    Query,
    /// `a=b c='d e'`.
    Words,
}

fn redact_pairs(text: &str, form: Form) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let end = pair_end(rest, form);
        let pair = &rest[..end];
        match pair.split_once('=') {
            Some((name, _)) if is_secret(name) => {
                out.push_str(name);
                out.push_str("=***");
            }
            _ => out.push_str(pair),
        }
        let gap = rest[end..].chars().next().map_or(0, char::len_utf8);
        out.push_str(&rest[end..end + gap]);
        rest = &rest[end + gap..];
    }
    out
}

/// Returns where the first pair of `text` ends, in bytes.
fn pair_end(text: &str, form: Form) -> usize {
    match form {
        Form::Query => text.find('&').unwrap_or(text.len()),
        Form::Words => {
            let (mut quoted, mut escaped, mut valued, mut pending) = (false, false, false, false);
            for (at, c) in text.char_indices() {
                match c {
                    _ if escaped => escaped = false,
                    '\\' => escaped = true,
                    '\'' => quoted = !quoted,
                    // `password = x` has spaces around its sign.
                    '=' if !quoted => (valued, pending) = (true, true),
                    _ if c.is_whitespace() && !quoted => {
                        let sign_follows = text[at..].trim_start().starts_with('=');
                        if !pending && (valued || !sign_follows) {
                            return at;
                        }
                        continue;
                    }
                    _ => {}
                }
                if c != '=' {
                    pending = false;
                }
            }
            text.len()
        }
    }
}

fn is_secret(name: &str) -> bool {
    matches!(key(name).as_str(), "password" | "sslpassword" | "passwd" | "pwd")
}

/// Returns the name in `pair`, decoded and in lower case.
fn key(pair: &str) -> String {
    let name = pair.split('=').next().unwrap_or_default().trim();
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let hex = (*first == b'%')
            .then(|| tail.get(..2))
            .flatten()
            .and_then(|two| std::str::from_utf8(two).ok())
            .and_then(|two| u8::from_str_radix(two, 16).ok());
        match hex {
            Some(byte) => (bytes.push(byte), rest = &tail[2..]),
            None => (bytes.push(*first), rest = tail),
        };
    }
    String::from_utf8_lossy(&bytes).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::{on_socket, redact_url, with_database, without_password};

    #[test]
    fn a_password_is_taken_out_of_a_url() {
        let cases = [
            ("postgres://u:p%40ss@h:5/db?x=1", Some(("postgres://u@h:5/db?x=1", Some("p@ss")))),
            ("postgres://u:a@b@h/db", Some(("postgres://u@h/db", Some("a@b")))),
            ("postgres://h/db?password=p%20w&x=1", Some(("postgres://h/db?x=1", Some("p w")))),
            ("postgres://u@%2Fs:5/db", Some(("postgres://u@%2Fs:5/db", None))),
            ("postgres://h/db?sslpassword=a", None),
            ("postgres://h/db?PassWord=a", None),
        ];
        for (url, expected) in cases {
            let got = without_password(url);
            let got = got.as_ref().map(|(place, password)| (place.as_str(), password.as_deref()));
            assert_eq!(got, expected, "{url}");
        }
    }

    #[test]
    fn no_password_survives_in_any_spelling() {
        for url in [
            "postgres://u:SECRET@h/db",
            "postgresql://u:SECRET@h:5432,h2:5433/db?sslmode=require",
            "postgres://u:SEC%40RET@h/db",
            "postgres://u:SEC@RET@h/db",
            "postgres://u:SEC/RET@h/db",
            "postgres://u:SEC?RET@h/db",
            "postgres://u:SEC#RET@h/db",
            "postgres://u:SEC:RET@h/db",
            "postgres://:SECRET@h/db",
            "postgres://h/db?password=SECRET",
            "postgres://h/db?user=u&PassWord=SECRET&x=y",
            "postgres://h/db?p%61ssword=SEC%20RET#frag",
            "postgres://h/db?password=SEC@RET",
            "postgres://u:SECRET@h/db?password=SECRET&sslpassword=SECRET",
            "host=h password=SECRET user=u",
            "host=h password = SECRET user=u",
            "host=h password='SEC RET\\' RET' user=u",
            "password=SECRET",
            "u:SECRET@h",
            "u:SEC RET@h/db?password=SECRET",
            "u:SECRET@h?password=SECRET://",
        ] {
            let shown = redact_url(url);
            assert!(!shown.contains("SEC") && !shown.contains("RET"), "{url} -> {shown}");
            assert!(shown.contains("***"), "{url} -> {shown}");
        }
    }

    #[test]
    fn what_is_no_secret_stays() {
        for url in [
            "postgres://h/db",
            "postgres://u@h:5432/db?sslmode=disable",
            "postgres://postgres@%2Ftmp%2Fx:5432/db",
            "postgres://h/db?user=a@b",
            "host=h user=u dbname='a b'",
            "",
        ] {
            assert_eq!(redact_url(url), url);
        }
    }

    #[test]
    fn the_database_is_replaced_and_the_rest_is_kept() {
        for (url, expected) in [
            ("postgres://u:p@h:1/db?a=b", "postgres://u:p@h:1/new?a=b"),
            ("postgres://u:p@h", "postgres://u:p@h/new"),
            ("postgres://h/db?dbname=x&host=/tmp", "postgres://h/new?host=/tmp"),
            ("postgresql:///db?dbname=x", "postgresql:///new"),
        ] {
            assert_eq!(with_database(url, "new"), expected);
        }
    }

    #[test]
    fn a_socket_folder_becomes_a_host() {
        let url = on_socket(std::path::Path::new("/tmp/a b"), "x");
        assert_eq!(url, "postgres://postgres@%2Ftmp%2Fa%20b:5432/x?sslmode=disable");
    }
}
