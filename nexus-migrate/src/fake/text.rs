//! What a text may be, by the name of its column.

use super::chance::Chance;
use super::words as w;

/// What the values of a row are made from: the same person and place throughout.
#[derive(Debug, Clone)]
pub(super) struct About<'a> {
    /// The table's name.
    pub(super) table: &'a str,
    /// The number of the row, from 1.
    pub(super) n: u64,
    first: &'static str,
    last: &'static str,
    place: (&'static str, &'static str, &'static str),
}

impl<'a> About<'a> {
    /// The person and place of a row.
    pub(super) fn row(seed: u64, table: &'a str, n: u64) -> Self {
        let mut chance = Chance::of(&[table], &[seed, n]);
        let (first, last) = (chance.word(w::FIRST), chance.word(w::LAST));
        let place = chance.of_list(w::PLACES).copied().unwrap_or_default();
        Self { table, n, first, last, place }
    }
}

/// The words of a name: `firstName` and `first_name` are two.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut small = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || c.is_uppercase() && small {
            words.push(String::new());
        }
        if c.is_alphanumeric() {
            words.last_mut().expect("the list begins with one").extend(c.to_lowercase());
        }
        small = c.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a table's name says that its rows are such.
fn is_one_of(table: &str, kinds: &[&str]) -> bool {
    let words = words(table);
    let last = words.last().map(String::as_str).unwrap_or_default();
    kinds.contains(&last) || kinds.contains(&last.trim_end_matches('s'))
}

/// A text for a column of this name, of any length.
pub(super) fn text(column: &str, about: &About<'_>, longest: Option<usize>, chance: &mut Chance) -> String {
    let About { table, n, first, last, place: (code, country, city) } = about;
    let words = words(column);
    let has = |any: &[&str]| words.iter().any(|word| any.contains(&word.as_str()));
    let all = |every: &[&str]| every.iter().all(|one| words.iter().any(|word| word == one));
    let is_short = |most: usize| longest.is_some_and(|longest| longest <= most);
    let adjective = chance.word(w::ADJECTIVES);
    let noun = chance.word(w::NOUNS);
    let lower = |text: &str| text.to_ascii_lowercase();
    let title = |text: &str| capital(text);
    let hex = |chance: &mut Chance, digits: usize| {
        let mut text = String::new();
        while text.len() < digits {
            text.push_str(&format!("{:016x}", chance.number()));
        }
        text.truncate(digits);
        text
    };
    if has(&["email", "mail", "emails"]) {
        return format!("{}.{}{n}@example.com", lower(first), lower(last));
    }
    if has(&["username", "login", "nick", "nickname", "handle"]) || all(&["user", "name"]) {
        return format!("{}{n}", lower(first));
    }
    if has(&["password", "passwd", "pwd"]) {
        return format!("$2b$12${}", hex(chance, 53));
    }
    if has(&["hash", "digest", "checksum", "token", "secret", "fingerprint", "signature", "etag"]) {
        return hex(chance, 64);
    }
    if has(&["phone", "mobile", "fax", "tel", "telephone"]) {
        return format!("+1 202 555 {:04}", 100 + chance.below(100));
    }
    if has(&["firstname", "forename"]) || has(&["name"]) && has(&["first", "given"]) {
        return (*first).into();
    }
    if has(&["lastname", "surname"]) || has(&["name"]) && has(&["last", "family", "sur"]) {
        return (*last).into();
    }
    if all(&["middle", "name"]) {
        return chance.word(w::FIRST).into();
    }
    if has(&["fullname"]) || has(&["name"]) && has(&["full", "contact", "customer", "owner", "author"]) {
        return format!("{first} {last}");
    }
    if has(&["street", "address", "addr"]) && !has(&["ip", "mac"]) {
        return format!("{} {}", 1 + chance.below(180), chance.word(w::STREETS));
    }
    if has(&["city", "town", "locality"]) {
        return (*city).into();
    }
    if has(&["zip", "zipcode", "postcode", "postal", "plz"]) {
        return format!("{:05}", 10_000 + chance.below(89_999));
    }
    if has(&["country", "countries", "nationality"]) {
        return if is_short(3) || has(&["code", "iso"]) { *code } else { *country }.into();
    }
    if has(&["currency"]) {
        return chance.word(w::CURRENCIES).into();
    }
    if has(&["language", "lang", "locale"]) {
        return chance.word(w::LANGUAGES).into();
    }
    if has(&["timezone", "tz"]) || all(&["time", "zone"]) {
        return chance.word(w::ZONES).into();
    }
    if has(&["agent"]) {
        return format!(
            "Mozilla/5.0 (X11; Linux x86_64; rv:{0}.0) Gecko/20100101 Firefox/{0}.0",
            100 + chance.below(40)
        );
    }
    if has(&["ip"]) {
        return format!("192.0.2.{}", 1 + chance.below(254));
    }
    if has(&["url", "uri", "website", "homepage", "href", "link"]) {
        return format!("https://example.com/{adjective}-{noun}");
    }
    if has(&["domain", "host", "hostname"]) {
        return format!("{adjective}-{noun}.example.com");
    }
    if has(&["path", "route", "endpoint"]) {
        return format!("/api/v1/{noun}s/{adjective}");
    }
    if has(&["file", "filename", "attachment"]) {
        return format!("{adjective}-{noun}.txt");
    }
    if has(&["mime"]) || all(&["content", "type"]) {
        return "text/plain".into();
    }
    if has(&["slug", "alias", "canonical"]) {
        return format!("{adjective}-{noun}");
    }
    if has(&["iban"]) {
        return format!("DE{:02}{:018}", 10 + chance.below(88), chance.below(10_u64.pow(18)));
    }
    if has(&["sku", "barcode", "serial", "number", "no", "nr", "ref", "reference", "code", "isbn"]) {
        return format!(
            "{}{:06}",
            capital(noun).chars().take(2).collect::<String>().to_uppercase(),
            chance.below(1_000_000)
        );
    }
    if has(&["method", "verb"]) {
        return chance.word(w::METHODS).into();
    }
    if has(&["severity", "priority", "level", "urgency"]) {
        return chance.word(w::LEVELS).into();
    }
    if has(&["status", "state", "phase", "stage"]) {
        return chance.word(w::STATES).into();
    }
    if has(&["unit", "units"]) {
        return chance.word(w::UNITS).into();
    }
    if has(&["format"]) {
        return chance.word(w::FORMATS).into();
    }
    if has(&["color", "colour"]) {
        return chance.word(w::COLORS).into();
    }
    if has(&["version"]) {
        return format!("{}.{}.{}", 1 + chance.below(4), chance.below(10), chance.below(20));
    }
    if has(&["team", "department", "owner", "group", "family"]) {
        return chance.word(w::TEAMS).into();
    }
    if has(&["company", "organization", "organisation", "employer", "vendor", "provider", "bank", "brand"]) {
        return format!("{} {}", title(noun), chance.word(w::FIRMS));
    }
    if has(&["type", "kind", "category", "class", "tier", "plan", "role"]) {
        return chance.word(w::SORTS).into();
    }
    if has(&["title", "subject", "headline", "caption"]) {
        return format!(
            "{} {noun} {} the {}",
            title(adjective),
            chance.word(w::VERBS),
            chance.word(w::NOUNS)
        );
    }
    let prose = [
        "description",
        "summary",
        "comment",
        "note",
        "notes",
        "message",
        "body",
        "text",
        "content",
        "bio",
        "details",
        "about",
        "reason",
        "remark",
        "remarks",
    ];
    if has(&prose) {
        return sentences(chance);
    }
    if has(&["tag", "tags", "label", "keyword", "permission"]) {
        return noun.into();
    }
    if has(&["name"]) {
        let alone = words.len() == 1 || words.len() == 2 && has(&["display"]);
        if alone && is_one_of(table, w::PEOPLE) {
            return format!("{first} {last}");
        }
        if alone && is_one_of(table, w::COMPANIES) {
            return format!("{} {}", title(noun), chance.word(w::FIRMS));
        }
        if alone && is_one_of(table, &["city", "citie"]) {
            return (*city).into();
        }
        if alone && is_one_of(table, &["country", "countrie"]) {
            return (*country).into();
        }
        return format!("{} {}", title(adjective), title(noun));
    }
    format!("{adjective} {noun}")
}

/// One to three sentences.
fn sentences(chance: &mut Chance) -> String {
    let count = 1 + chance.below(3);
    let one = |_| {
        let subject = format!("the {} {}", chance.word(w::ADJECTIVES), chance.word(w::NOUNS));
        format!(
            "{} {} a {} {}.",
            capital(&subject),
            chance.word(w::VERBS),
            chance.word(w::ADJECTIVES),
            chance.word(w::NOUNS)
        )
    };
    (0..count).map(one).collect::<Vec<_>>().join(" ")
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// The text in at most so many characters, without blanks at its end.
pub(super) fn fit(text: &str, longest: Option<usize>) -> String {
    let Some(longest) = longest else { return text.to_owned() };
    let cut: String = text.chars().take(longest).collect();
    let trimmed = cut.trim_end();
    if trimmed.is_empty() { cut } else { trimmed.to_owned() }
}

/// The text made another one by a number, at a place that leaves its form as it is.
pub(super) fn told_apart(text: &str, number: u64, longest: Option<usize>) -> String {
    let (head, tail) = match text.split_once('@') {
        Some((head, tail)) => (head, format!("@{tail}")),
        None => (text, String::new()),
    };
    let mark = format!("{}{number}{tail}", if head.contains(' ') { ' ' } else { '-' });
    let Some(longest) = longest else { return format!("{head}{mark}") };
    match longest.checked_sub(mark.chars().count()) {
        Some(room @ 1..) => fit(head, Some(room)) + &mark,
        _ => letters(number, longest),
    }
}

/// A number in so many letters at most, its last ones where they are not enough.
fn letters(mut number: u64, longest: usize) -> String {
    let mut letters = Vec::new();
    while letters.len() < longest && (number > 0 || letters.is_empty()) {
        letters.push(char::from(b'a' + u8::try_from(number % 26).unwrap_or_default()));
        number /= 26;
    }
    letters.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_their_values_are() {
        let about = About::row(1, "users", 7);
        let value = |column: &str, longest| text(column, &about, longest, &mut Chance::of(&[column], &[7]));
        let (first, last) = (value("firstName", None), value("last_name", None));
        assert!(w::FIRST.contains(&first.as_str()) && w::LAST.contains(&last.as_str()));
        let email = format!("{}.{}7@example.com", first.to_lowercase(), last.to_lowercase());
        assert_eq!(value("email", None), email);
        assert_eq!(value("name", None), format!("{first} {last}"));
        assert_eq!(value("country_code", None).len(), 2);
        assert!(value("description", None).ends_with('.'));
        assert_eq!(words("userID_of"), ["user", "id", "of"]);
    }

    #[test]
    fn what_is_too_long_is_cut_and_what_is_there_told_apart() {
        assert_eq!(fit("amber anchor", Some(6)), "amber");
        assert_eq!(told_apart("a@b.c", 12, None), "a-12@b.c");
        assert_eq!(told_apart("anchor", 12, Some(6)), "anc-12");
        assert_ne!(told_apart("a", 1_234, Some(3)), told_apart("a", 1_235, Some(3)));
        assert_eq!(told_apart("a", 1_234, Some(3)).chars().count(), 3);
    }
}
