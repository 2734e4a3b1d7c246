//! Which of a table's demands can be told before a row is sent: lengths, digits, and the checks that are plain enough.
//!
//! Reads no SQL but comparisons of one column with literals, joined by AND. What it does not understand is the server's
//! to say, so a rule never refuses what the server would take.

use crate::catalog::{Catalog, Kind, Object, ObjectId};
use crate::kinds::ConstraintBody;
use crate::types::{Builtin, TypeRef};

/// A rule: the column, the check it stands in, and the demand.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleShape {
    /// The column.
    pub column: String,
    /// The check, where it stands in one.
    pub constraint: Option<String>,
    /// What is demanded.
    pub demand: DemandShape,
}

/// What is demanded of a value, as in `runtime::Demand`.
#[derive(Debug, Clone, PartialEq)]
pub enum DemandShape {
    /// At most this many characters.
    MaxLength(u32),
    /// At least this many characters.
    MinLength(u32),
    /// Digits in all, and after the point.
    Digits(u16, i16),
    /// A comparison with a number: the variant of `runtime::Side`.
    Bound(&'static str, f64),
    /// One of these texts.
    OneOf(Vec<String>),
    /// None of these texts.
    NoneOf(Vec<String>),
}

impl Eq for RuleShape {}

/// What kind of literal a column is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Number,
    Text,
}

/// The rules of a table whose columns have these names and types; a domain is looked through.
pub(super) fn of(
    catalog: &Catalog,
    table: &ObjectId,
    base: impl Fn(&str) -> (String, Vec<ObjectId>),
) -> Vec<RuleShape> {
    let mut rules = Vec::new();
    let mut classes = Vec::new();
    for (id, column) in catalog.columns(table) {
        let (type_, domains) = base(&column.type_);
        let Ok(type_) = TypeRef::parse(&type_) else { continue };
        if let Some(demand) = of_type(&type_) {
            rules.push(RuleShape { column: id.name().to_owned(), constraint: None, demand });
        }
        // Under another collation equal texts may be of other letters.
        let Some(class) = class(&type_).filter(|class| *class == Class::Number || column.collation.is_none())
        else {
            continue;
        };
        for domain in &domains {
            for (check, entry) in catalog.under(Kind::DomainCheck, domain.path()) {
                let Object::DomainCheck(object) = &entry.object else { continue };
                let of_value = [("value".to_owned(), class)];
                for (_, demand) in demands(&object.expr.0, &of_value) {
                    let column = id.name().to_owned();
                    rules.push(RuleShape { column, constraint: Some(check.name().to_owned()), demand });
                }
            }
        }
        classes.push((id.name().to_owned(), class));
    }
    for (id, entry) in catalog.under(Kind::Constraint, table.path()) {
        let Object::Constraint(constraint) = &entry.object else { continue };
        let ConstraintBody::Check { expr, .. } = &constraint.body else { continue };
        if constraint.not_enforced {
            continue;
        }
        for (column, demand) in demands(&expr.0, &classes) {
            rules.push(RuleShape { column, constraint: Some(id.name().to_owned()), demand });
        }
    }
    rules
}

fn of_type(type_: &TypeRef) -> Option<DemandShape> {
    if type_.array {
        return None;
    }
    match (type_.builtin()?, type_.modifiers.as_slice()) {
        (builtin, [max]) if builtin.is_text() => Some(DemandShape::MaxLength(u32::try_from(*max).ok()?)),
        (Builtin::Numeric, [precision]) => Some(DemandShape::Digits(u16::try_from(*precision).ok()?, 0)),
        (Builtin::Numeric, [precision, scale]) => {
            Some(DemandShape::Digits(u16::try_from(*precision).ok()?, i16::try_from(*scale).ok()?))
        }
        _ => None,
    }
}

fn class(type_: &TypeRef) -> Option<Class> {
    if type_.array {
        return None;
    }
    match type_.builtin()? {
        Builtin::Numeric => Some(Class::Number),
        builtin if builtin.is_integer() => Some(Class::Number),
        // `character` compares without its trailing blanks.
        _ => match type_.name.as_str() {
            "text" | "character varying" => Some(Class::Text),
            "real" | "double precision" => Some(Class::Number),
            _ => None,
        },
    }
}

/// The demands that an expression certainly makes of single columns.
fn demands(expr: &str, columns: &[(String, Class)]) -> Vec<(String, DemandShape)> {
    let Some(tokens) = tokens(expr) else { return Vec::new() };
    let mut found = Vec::new();
    for part in conjuncts(&tokens) {
        found.extend(comparison(part, columns));
    }
    found
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Number(String),
    Sign(String),
    /// To a type of texts, to `numeric`, or to a number that rounds.
    Cast(Cast),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cast {
    Text,
    Numeric,
    Rounding,
}

impl Token {
    fn is(&self, text: &str) -> bool {
        matches!(self, Self::Word(word) | Self::Sign(word) if word == text)
    }
}

/// The tokens of an expression; `None` where something else is in it.
fn tokens(expr: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = expr.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' => {
                let (text, length) = quoted(rest, '\'')?;
                tokens.push(Token::Text(text));
                length
            }
            '"' => {
                let (name, length) = quoted(rest, '"')?;
                tokens.push(Token::Word(name));
                length
            }
            c if c.is_ascii_digit() => {
                let length = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
                tokens.push(Token::Number(rest[..length].to_owned()));
                length
            }
            c if c.is_alphabetic() || c == '_' => {
                let length = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
                tokens.push(Token::Word(rest[..length].to_lowercase()));
                length
            }
            ':' => {
                let (cast, length) = cast(rest)?;
                tokens.push(Token::Cast(cast));
                length
            }
            '(' | ')' | '[' | ']' | ',' | '-' => {
                tokens.push(Token::Sign(first.to_string()));
                1
            }
            '<' | '>' | '=' | '!' => {
                let length = rest.find(|c| !"<>=!".contains(c)).unwrap_or(rest.len());
                tokens.push(Token::Sign(rest[..length].replace("!=", "<>")));
                length
            }
            _ => return None,
        };
        rest = rest[length..].trim_start();
    }
    Some(tokens)
}

/// The text between quotes, and how long it is with them.
fn quoted(text: &str, quote: char) -> Option<(String, usize)> {
    let mut out = String::new();
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            c if c == quote && chars.peek().is_some_and(|(_, next)| *next == quote) => {
                chars.next();
                out.push(quote);
            }
            c if c == quote => return Some((out, at + 1)),
            // Whether it means itself depends on a setting.
            '\\' => return None,
            c => out.push(c),
        }
    }
    None
}

/// A cast that we know, and its length.
fn cast(text: &str) -> Option<(Cast, usize)> {
    const KNOWN: [(&str, Cast); 12] = [
        ("::text[]", Cast::Text),
        ("::character varying[]", Cast::Text),
        ("::text", Cast::Text),
        ("::character varying", Cast::Text),
        ("::varchar", Cast::Text),
        ("::numeric", Cast::Numeric),
        ("::integer", Cast::Rounding),
        ("::bigint", Cast::Rounding),
        ("::smallint", Cast::Rounding),
        ("::double precision", Cast::Rounding),
        ("::real", Cast::Rounding),
        ("::int", Cast::Rounding),
    ];
    let (spelled, cast) = KNOWN.iter().find(|(cast, _)| text.starts_with(cast))?;
    let next = text[spelled.len()..].chars().next();
    let whole = next.is_none_or(|c| !(c.is_alphanumeric() || "_([".contains(c)));
    whole.then_some((*cast, spelled.len()))
}

/// The tokens without parentheses around all of them, and without casts of the kinds that change nothing here.
fn bare<'a>(tokens: &'a [Token], casts: &[Cast]) -> &'a [Token] {
    let mut tokens = unwrapped(tokens);
    while let [inner @ .., Token::Cast(cast)] = tokens
        && casts.contains(cast)
    {
        tokens = unwrapped(inner);
    }
    tokens
}

/// The parts between ANDs at the top; an OR leaves the whole as one part, which nothing is known of.
fn conjuncts(tokens: &[Token]) -> Vec<&[Token]> {
    let tokens = unwrapped(tokens);
    let mut parts = Vec::new();
    let (mut depth, mut start, mut between) = (0_usize, 0, false);
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Sign(sign) if sign == "(" || sign == "[" => depth += 1,
            Token::Sign(sign) if sign == ")" || sign == "]" => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            token if token.is("or") => return Vec::new(),
            token if token.is("between") => between = true,
            token if token.is("and") && between => between = false,
            token if token.is("and") => {
                parts.push(&tokens[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    if start == 0 {
        return vec![tokens];
    }
    parts.push(&tokens[start..]);
    parts.into_iter().flat_map(conjuncts).collect()
}

/// The tokens without parentheses around all of them.
fn unwrapped(mut tokens: &[Token]) -> &[Token] {
    while let [open, inner @ .., close] = tokens
        && open.is("(")
        && close.is(")")
        && balanced(inner)
    {
        tokens = inner;
    }
    tokens
}

fn balanced(tokens: &[Token]) -> bool {
    let mut depth = 0_i32;
    for token in tokens {
        depth += i32::from(token.is("(")) - i32::from(token.is(")"));
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

fn comparison(tokens: &[Token], columns: &[(String, Class)]) -> Vec<(String, DemandShape)> {
    let known = || -> Option<Vec<(String, DemandShape)>> {
        let signs = ["<", "<=", ">", ">=", "=", "<>"];
        let at = tokens.iter().position(|t| {
            signs.iter().any(|sign| t.is(sign)) || t.is("between") || t.is("in") || t.is("not")
        })?;
        let (left, right) = (&tokens[..at], &tokens[at + 1..]);
        let (subject, class, by_length) = subject(left, columns)?;
        let word = match &tokens[at] {
            Token::Word(word) | Token::Sign(word) => word.as_str(),
            _ => return None,
        };
        let all = match word {
            "between" => {
                let and = right.iter().position(|token| token.is("and"))?;
                let (from, to) = (number(&right[..and])?, number(&right[and + 1..])?);
                numeric(">=", from, class, by_length)?
                    .into_iter()
                    .chain(numeric("<=", to, class, by_length)?)
                    .collect()
            }
            "in" if class == Class::Text && !by_length => vec![DemandShape::OneOf(list(right)?)],
            "not" if class == Class::Text && !by_length && right.first()?.is("in") => {
                vec![DemandShape::NoneOf(list(&right[1..])?)]
            }
            "=" | "<>" if class == Class::Text && !by_length => match right {
                [any, rest @ ..] if word == "=" && any.is("any") => {
                    let inner = match bare(rest, &[Cast::Text]) {
                        [array, rest @ ..] if array.is("array") => rest,
                        _ => return None,
                    };
                    vec![DemandShape::OneOf(list(inner)?)]
                }
                right => match (bare(right, &[Cast::Text]), word) {
                    ([Token::Text(text)], "=") => vec![DemandShape::OneOf(vec![text.clone()])],
                    ([Token::Text(text)], _) => vec![DemandShape::NoneOf(vec![text.clone()])],
                    _ => return None,
                },
            },
            sign => numeric(sign, number(right)?, class, by_length)?,
        };
        Some(all.into_iter().map(|demand| (subject.clone(), demand)).collect())
    };
    known().unwrap_or_default()
}

/// The column that is compared, of what kind it is, and whether it is its length that is.
fn subject(tokens: &[Token], columns: &[(String, Class)]) -> Option<(String, Class, bool)> {
    let to_text = bare(tokens, &[Cast::Text]);
    let to_number = bare(tokens, &[Cast::Numeric]);
    match if to_number.len() == 1 { to_number } else { to_text } {
        [Token::Word(name)] => {
            let (name, class) = columns.iter().find(|(column, _)| column == name)?;
            // As a text a number is ordered otherwise, and the other way round.
            if *class == Class::Number && to_number.len() != 1 || *class == Class::Text && to_text.len() != 1
            {
                return None;
            }
            Some((name.clone(), *class, false))
        }
        [Token::Word(function), rest @ ..]
            if ["length", "char_length", "character_length"].contains(&function.as_str()) =>
        {
            let (name, class, by_length) = subject(rest, columns)?;
            (class == Class::Text && !by_length).then_some((name, class, true))
        }
        _ => None,
    }
}

fn numeric(sign: &str, bound: f64, class: Class, by_length: bool) -> Option<Vec<DemandShape>> {
    if by_length {
        let whole = (bound.fract() == 0.0 && (0.0..1e9).contains(&bound)).then_some(bound as u32)?;
        return Some(match sign {
            "<=" => vec![DemandShape::MaxLength(whole)],
            "<" => vec![DemandShape::MaxLength(whole.checked_sub(1)?)],
            ">=" => vec![DemandShape::MinLength(whole)],
            ">" => vec![DemandShape::MinLength(whole + 1)],
            "=" => vec![DemandShape::MinLength(whole), DemandShape::MaxLength(whole)],
            _ => return None,
        });
    }
    let side = match sign {
        ">" => "Above",
        ">=" => "From",
        "<" => "Below",
        "<=" => "UpTo",
        "<>" => "Not",
        _ => return None,
    };
    (class == Class::Number).then(|| vec![DemandShape::Bound(side, bound)])
}

/// A number that is the same in binary: what has other digits there is left to the server.
fn number(tokens: &[Token]) -> Option<f64> {
    const CASTS: &[Cast] = &[Cast::Numeric, Cast::Rounding];
    let (sign, digits) = match bare(tokens, CASTS) {
        [Token::Number(digits)] | [Token::Text(digits)] => (1.0, digits),
        [minus, rest @ ..] if minus.is("-") => match bare(rest, CASTS) {
            [Token::Number(digits)] => (-1.0, digits),
            _ => return None,
        },
        _ => return None,
    };
    let value: f64 = digits.parse().ok()?;
    (value.is_finite() && value.abs() < 1e9 && (value * 64.0).fract() == 0.0).then_some(sign * value)
}

fn list(tokens: &[Token]) -> Option<Vec<String>> {
    let inner = match tokens {
        [open, inner @ .., close] if (open.is("(") && close.is(")")) || (open.is("[") && close.is("]")) => {
            inner
        }
        _ => return None,
    };
    let items = inner.split(|token| token.is(","));
    items
        .map(|item| match bare(item, &[Cast::Text]) {
            [Token::Text(text)] => Some(text.clone()),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(expr: &str) -> Vec<(String, DemandShape)> {
        let columns = [
            ("n".to_owned(), Class::Number),
            ("t".to_owned(), Class::Text),
            ("value".to_owned(), Class::Text),
        ];
        demands(expr, &columns)
    }

    fn one(column: &str, demand: DemandShape) -> Vec<(String, DemandShape)> {
        vec![(column.to_owned(), demand)]
    }

    #[test]
    fn plain_checks_become_rules() {
        use DemandShape::{Bound, MaxLength, MinLength, NoneOf, OneOf};
        let texts = || vec!["a".to_owned(), "it's".to_owned()];
        for (expr, wanted) in [
            ("n > 0", one("n", Bound("Above", 0.0))),
            ("(n >= '-5'::integer)", one("n", Bound("From", -5.0))),
            ("n <> - 1", one("n", Bound("Not", -1.0))),
            ("(length(t) > 2)", one("t", MinLength(3))),
            ("char_length((t)::text) <= 10", one("t", MaxLength(10))),
            ("t IN ('a', 'it''s')", one("t", OneOf(texts()))),
            ("t NOT IN ('a', 'it''s')", one("t", NoneOf(texts()))),
            (
                "((t)::text = ANY ((ARRAY['a'::character varying, 'it''s'::character varying])::text[]))",
                one("t", OneOf(texts())),
            ),
            ("VALUE <> ''", one("value", NoneOf(vec![String::new()]))),
            ("n BETWEEN 1 AND 5", [one("n", Bound("From", 1.0)), one("n", Bound("UpTo", 5.0))].concat()),
            (
                "((n >= (0)::numeric) AND (n <= 0.5) AND (other > 3))",
                [one("n", Bound("From", 0.0)), one("n", Bound("UpTo", 0.5))].concat(),
            ),
        ] {
            assert_eq!(read(expr), wanted, "{expr}");
        }
    }

    #[test]
    fn what_is_not_understood_is_left_to_the_server() {
        for expr in [
            "n > 0 OR n < -5",
            "(n > 0) OR (t = 'a')",
            "NOT (n > 0)",
            "n > m",
            "n > 0.1",
            "lower(t) = 'a'",
            "t ~ 'a'",
            "n::text > '5'",
            "(n)::integer > 3",
            "(n)::double precision > (3)::double precision",
            "t = 'a\\b'",
            "n + 1 > 0",
            "t > 'a'",
            "length(n) > 1",
            "n > 0 AND (",
            "(n)::money > 3",
            "",
        ] {
            assert_eq!(read(expr).len(), usize::from(expr.starts_with("n > 0 AND")), "{expr}");
        }
    }
}
