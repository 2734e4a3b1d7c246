//! Whether a YAML value is one of a PostgreSQL type, and its text if it is.
//!
//! Says no only where PostgreSQL would: what it cannot judge it lets through.

use crate::types::{Builtin, TypeRef};
use crate::yaml::{Node, Value};

/// Why a value is none of its type.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Misfit {
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

fn misfit<T>(message: impl Into<String>) -> Result<T, Misfit> {
    Err(Misfit { message: message.into(), help: None })
}

/// The text PostgreSQL would print for the value; `None` for NULL.
pub(crate) fn text(
    node: &Node,
    type_: &TypeRef,
    labels: Option<&[String]>,
) -> Result<Option<String>, Misfit> {
    let json = matches!(type_.builtin(), Some(Builtin::Json | Builtin::Jsonb));
    match &node.value {
        Value::Null => Ok(None),
        Value::Field(field) => {
            let value = super::field::read(field, type_);
            text(&Node { span: node.span.clone(), value }, type_, labels)
        }
        Value::Seq(items) if type_.array => array(items, type_, labels).map(Some),
        Value::Text(text) if type_.array => match text.starts_with('{') && text.ends_with('}') {
            true => Ok(Some(text.clone())),
            false => misfit("an array is written as a list"),
        },
        _ if type_.array => misfit(format!("an array is written as a list, not as {}", node.value.word())),
        Value::Seq(_) | Value::Map(_) if !json => {
            misfit(format!("`{type_}` cannot hold {}", node.value.word()))
        }
        value => match type_.builtin() {
            Some(builtin) => one(value, builtin, type_).map(Some),
            None => made(value, type_, labels).map(Some),
        },
    }
}

fn array(items: &[Node], type_: &TypeRef, labels: Option<&[String]>) -> Result<String, Misfit> {
    let element = type_.element();
    let mut texts = Vec::new();
    for item in items {
        // A list in a list is a further dimension, but for JSON, which has lists of its own.
        let nested = matches!(item.value, Value::Seq(_)) && type_.builtin() != Some(Builtin::Jsonb);
        texts.push(match (&item.value, nested) {
            (Value::Seq(items), true) => array(items, type_, labels)?,
            _ => match text(item, &element, labels)? {
                None => "NULL".into(),
                Some(text) => array_item(&text),
            },
        });
    }
    Ok(format!("{{{}}}", texts.join(",")))
}

/// As `array_out` quotes it.
fn array_item(text: &str) -> String {
    let plain = !text.is_empty()
        && !text.eq_ignore_ascii_case("null")
        && !text.contains(|c: char| c.is_whitespace() || "{}\"\\,".contains(c));
    match plain {
        true => text.to_owned(),
        false => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}

fn made(value: &Value, type_: &TypeRef, labels: Option<&[String]>) -> Result<String, Misfit> {
    let text = match value {
        Value::Text(text) | Value::Number(text) => text.clone(),
        value => return misfit(format!("`{type_}` takes a text, not {}", value.word())),
    };
    match labels {
        Some(labels) if !labels.contains(&text) => Err(Misfit {
            message: format!("`{text}` is not a label of `{type_}`"),
            help: crate::report::did_you_mean(&text, labels.iter().map(String::as_str))
                .or_else(|| Some(format!("its labels are `{}`", labels.join("`, `")))),
        }),
        _ => Ok(text),
    }
}

fn one(value: &Value, builtin: Builtin, type_: &TypeRef) -> Result<String, Misfit> {
    use Builtin as B;
    let result = match (builtin, value) {
        (B::Jsonb, value) => return json(value, Spaces::Jsonb),
        (B::Json, value) => return json(value, Spaces::Compact),
        (B::Bool, Value::Bool(value)) => Ok(value.to_string()),
        (B::Bool, _) => misfit(format!("`boolean` takes `true` or `false`, not {}", value.word())),
        (B::Int2, Value::Number(digits)) => {
            integer(digits, i128::from(i16::MIN), i128::from(i16::MAX), type_)
        }
        (B::Int4, Value::Number(digits)) => {
            integer(digits, i128::from(i32::MIN), i128::from(i32::MAX), type_)
        }
        (B::Int8, Value::Number(digits)) => {
            integer(digits, i128::from(i64::MIN), i128::from(i64::MAX), type_)
        }
        (B::Oid, Value::Number(digits)) => integer(digits, 0, i128::from(u32::MAX), type_),
        (B::Numeric, Value::Number(digits)) => numeric(digits, type_),
        (B::Float4 | B::Float8 | B::Money, Value::Number(digits)) => match decimal(digits) {
            Some(_) => Ok(digits.clone()),
            None => misfit(format!("`{digits}` is not a number that PostgreSQL reads")),
        },
        (B::Numeric | B::Float4 | B::Float8, Value::Text(text))
            if ["NaN", "Infinity", "-Infinity"].contains(&text.as_str()) =>
        {
            Ok(text.clone())
        }
        (B::Money, Value::Text(text)) => Ok(text.clone()),
        (B::Int2 | B::Int4 | B::Int8 | B::Oid | B::Numeric | B::Float4 | B::Float8 | B::Money, _) => {
            misfit(format!("`{type_}` takes a number, not {}", value.word()))
        }
        (_, Value::Text(text)) => string(text, builtin, type_),
        (builtin, Value::Number(_) | Value::Bool(_)) if builtin.is_text() => Err(Misfit {
            message: format!("`{type_}` takes a text, not {}", value.word()),
            help: Some("put it in quotes".into()),
        }),
        (_, value) => misfit(format!("`{type_}` takes a text, not {}", value.word())),
    };
    result.map_err(|wrong| match value {
        Value::Text(text) if wrong.help.is_none() && is_call(text) => {
            Misfit { help: Some(format!("SQL goes in `default_expr: {text}`")), ..wrong }
        }
        _ => wrong,
    })
}

/// Whether the text looks like SQL that is to be run.
pub(crate) fn is_call(text: &str) -> bool {
    let word = text.split('(').next().unwrap_or_default();
    let name = !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
    name && text.contains('(') && text.ends_with(')') || text.to_ascii_lowercase().starts_with("current_")
}

fn integer(digits: &str, min: i128, max: i128, type_: &TypeRef) -> Result<String, Misfit> {
    match digits.parse::<i128>() {
        Ok(number) if (min..=max).contains(&number) => Ok(number.to_string()),
        Ok(_) => misfit(format!("`{digits}` is out of the range of `{type_}`, {min} to {max}")),
        Err(_) => misfit(format!("`{digits}` is not a whole number")),
    }
}

struct Decimal<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
    plain: bool,
}

/// Reads `-12.50` or `1e5`; other spellings of YAML (`0x1F`, `.inf`) are none of SQL's.
fn decimal(digits: &str) -> Option<Decimal<'_>> {
    let unsigned = digits.strip_prefix('-').or_else(|| digits.strip_prefix('+')).unwrap_or(digits);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.parse::<i32>().ok()?)),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let numeric = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let valid = numeric(whole) && numeric(fraction) && !(whole.is_empty() && fraction.is_empty());
    valid.then_some(Decimal { negative: digits.starts_with('-'), whole, fraction, plain: exponent.is_none() })
}

fn numeric(digits: &str, type_: &TypeRef) -> Result<String, Misfit> {
    let Some(number) = decimal(digits) else {
        return misfit(format!("`{digits}` is not a number that PostgreSQL reads"));
    };
    let [precision, scale] = type_.modifiers[..] else { return Ok(digits.to_owned()) };
    let (Ok(precision), Ok(scale), true) = (usize::try_from(precision), usize::try_from(scale), number.plain)
    else {
        return Ok(digits.to_owned());
    };
    let whole = number.whole.trim_start_matches('0');
    if number.fraction.trim_end_matches('0').len() > scale {
        return misfit(format!(
            "`{digits}` has more than the {scale} digits after the point that `{type_}` keeps"
        ));
    }
    if precision >= scale && whole.len() > precision - scale {
        return misfit(format!(
            "`{digits}` has more than the {} digits before the point that `{type_}` holds",
            precision - scale
        ));
    }
    let sign = if number.negative { "-" } else { "" };
    let whole = if whole.is_empty() { "0" } else { whole };
    let fraction = format!("{:0<scale$}", number.fraction.trim_end_matches('0'));
    Ok(if scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") })
}

fn string(text: &str, builtin: Builtin, type_: &TypeRef) -> Result<String, Misfit> {
    use Builtin as B;
    let length = type_.modifiers.first().and_then(|&n| usize::try_from(n).ok());
    let count = text.chars().count();
    match (builtin, length) {
        (B::Varchar | B::Bpchar, Some(length)) if count > length => {
            misfit(format!("this text has {count} characters; `{type_}` holds {length}"))
        }
        (B::Name, _) if text.len() > 63 => misfit("`name` holds 63 bytes"),
        (B::Bit | B::Varbit, _) if text.is_empty() || text.contains(|c| c != '0' && c != '1') => {
            misfit(format!("`{text}` is not a string of bits"))
        }
        (B::Bit, Some(length)) if count != length => {
            misfit(format!("this string has {count} bits; `{type_}` holds exactly {length}"))
        }
        (B::Varbit, Some(length)) if count > length => {
            misfit(format!("this string has {count} bits; `{type_}` holds {length}"))
        }
        (B::Uuid, _) => match uuid::Uuid::parse_str(text) {
            Ok(id) if !text.starts_with("urn:") => Ok(id.to_string()),
            _ => misfit(format!("`{text}` is not a uuid")),
        },
        (B::Date, _) if !special(text) && !date(text) => {
            misfit(format!("`{text}` is not a date like 2025-01-31"))
        }
        (B::Timestamp | B::TimestampTz, _) if !special(text) && !timestamp(text) => {
            misfit(format!("`{text}` is not a timestamp like 2025-01-31 12:30:00"))
        }
        (B::Time | B::TimeTz, _) if !time(text) => misfit(format!("`{text}` is not a time like 12:30:00")),
        (B::Interval, _) if !text.contains(|c: char| c.is_ascii_digit()) => {
            misfit(format!("`{text}` is not an interval like 1 day 02:00:00"))
        }
        (B::Inet | B::Cidr, _) if !address(text) => {
            misfit(format!("`{text}` is not an address like 10.0.0.0/8"))
        }
        _ => Ok(text.to_owned()),
    }
}

fn special(text: &str) -> bool {
    ["infinity", "-infinity", "epoch"].contains(&text)
}

fn date(text: &str) -> bool {
    let text = text.trim_end_matches(" BC");
    let parts: Vec<Option<u32>> = text.split('-').map(number).collect();
    let [Some(year), Some(month), Some(day)] = parts[..] else { return false };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        _ => return false,
    };
    year > 0 && (1..=days).contains(&day)
}

fn number(text: &str) -> Option<u32> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

fn timestamp(text: &str) -> bool {
    match text.split_once([' ', 'T']) {
        Some((day, rest)) => date(day) && time(rest),
        None => date(text),
    }
}

fn time(text: &str) -> bool {
    // A zone may follow, by offset or by name; its name is the server's to know.
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == ':' || c == '.')).unwrap_or(text.len());
    let (clock, fraction) = text[..end].split_once('.').unwrap_or((&text[..end], "0"));
    let parts: Vec<Option<u32>> = clock.split(':').map(number).collect();
    let (hour, minute, second) = match parts[..] {
        [Some(hour), Some(minute)] => (hour, minute, 0),
        [Some(hour), Some(minute), Some(second)] => (hour, minute, second),
        _ => return false,
    };
    number(fraction).is_some()
        && hour <= 24
        && minute < 60
        && second <= 60
        && (hour < 24 || minute + second == 0)
}

fn address(text: &str) -> bool {
    let (host, bits) = text.split_once('/').map_or((text, None), |(host, bits)| (host, Some(bits)));
    let Ok(host) = host.parse::<std::net::IpAddr>() else { return false };
    bits.is_none_or(|bits| number(bits).is_some_and(|bits| bits <= if host.is_ipv4() { 32 } else { 128 }))
}

#[derive(Clone, Copy, PartialEq)]
enum Spaces {
    Compact,
    /// As `jsonb_out` prints: a space after commas and colons, keys by length and then by bytes.
    Jsonb,
}

fn json(value: &Value, spaces: Spaces) -> Result<String, Misfit> {
    match value {
        // A text is JSON in quotes, as people copy it from SQL: `'[]'`.
        Value::Text(text) => match serde_json::from_str::<serde_json::Value>(text) {
            Ok(_) if spaces == Spaces::Compact => Ok(text.clone()),
            Ok(parsed) => crate::yaml::parse(&parsed.to_string())
                .map_err(|error| Misfit { message: error.message, help: None })
                .and_then(|node| json_value(&node.value, spaces)),
            Err(error) => Err(Misfit {
                message: format!("this text is not JSON: {error}"),
                help: Some(
                    "write the value itself, as a list or mapping, or a JSON string as '\"text\"'".into(),
                ),
            }),
        },
        value => json_value(value, spaces),
    }
}

fn json_value(value: &Value, spaces: Spaces) -> Result<String, Misfit> {
    let (comma, colon) = match spaces {
        Spaces::Compact => (",", ":"),
        Spaces::Jsonb => (", ", ": "),
    };
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    match value {
        Value::Null => Ok("null".into()),
        Value::Bool(value) => Ok(value.to_string()),
        Value::Number(digits) => match serde_json::from_str::<serde_json::Number>(digits) {
            Ok(_) => Ok(digits.clone()),
            Err(_) => misfit(format!("`{digits}` is not a number of JSON")),
        },
        Value::Text(text) if text.contains('\0') => {
            misfit("JSON of PostgreSQL cannot hold the character NUL")
        }
        Value::Text(text) | Value::Field(text) => Ok(quoted(text)),
        Value::Seq(items) => {
            let items: Result<Vec<_>, _> = items.iter().map(|item| json_value(&item.value, spaces)).collect();
            Ok(format!("[{}]", items?.join(comma)))
        }
        Value::Map(entries) => {
            let mut entries: Vec<_> = entries.iter().map(|(key, value)| (key.text.as_str(), value)).collect();
            if spaces == Spaces::Jsonb {
                entries.sort_by_key(|(key, _)| (key.len(), *key));
            }
            let entries: Result<Vec<_>, _> = entries
                .into_iter()
                .map(|(key, value)| {
                    Ok(format!("{}{colon}{}", quoted(key), json_value(&value.value, spaces)?))
                })
                .collect();
            Ok(format!("{{{}}}", entries?.join(comma)))
        }
    }
}

/// The text as an SQL string constant that no setting of the server reads otherwise.
pub(crate) fn quote_literal(text: &str) -> String {
    let quoted = text.replace('\'', "''");
    match text.contains('\\') {
        true => format!("E'{}'", quoted.replace('\\', "\\\\")),
        false => format!("'{quoted}'"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: &str, type_: &str) -> Result<Option<String>, String> {
        let node = crate::yaml::parse(value).expect("the value is YAML");
        text(&node, &TypeRef::parse(type_).expect("the type is one"), None).map_err(|misfit| misfit.message)
    }

    #[test]
    fn values_are_printed_as_the_server_prints_them() {
        let table = [
            ("0.5", "numeric(3,2)", "0.50"),
            ("-7", "int2", "-7"),
            ("true", "bool", "true"),
            ("{bb: 1, a: [x, null]}", "jsonb", "{\"a\": [\"x\", null], \"bb\": 1}"),
            ("'[]'", "jsonb", "[]"),
            ("[a, b c, '', null, \"x\\\"y\"]", "text[]", "{a,\"b c\",\"\",NULL,\"x\\\"y\"}"),
            ("[[1, 2], [3, 4]]", "int[]", "{{1,2},{3,4}}"),
            ("2024-02-29", "date", "2024-02-29"),
            ("A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
        ];
        for (value, type_, expected) in table {
            assert_eq!(check(value, type_), Ok(Some(expected.into())), "{value} as {type_}");
        }
    }

    #[test]
    fn misfits_are_told() {
        for (value, type_) in [
            ("abcd", "varchar(3)"),
            ("12.345", "numeric(5,2)"),
            ("1234", "numeric(5,2)"),
            ("70000", "int2"),
            ("1.5", "int"),
            ("'yes'", "bool"),
            ("x", "uuid"),
            ("2023-02-29", "date"),
            ("now()", "timestamp"),
            ("25:00", "time"),
            ("'{'", "jsonb"),
            ("10.0.0.0/33", "inet"),
            ("1", "text"),
            ("[1]", "int"),
            ("12", "bit(3)"),
            ("0x1F", "numeric"),
        ] {
            assert!(check(value, type_).is_err(), "{value} as {type_}");
        }
    }

    #[test]
    fn no_text_leaves_its_quotes() {
        assert_eq!(quote_literal("a'b"), "'a''b'");
        assert_eq!(quote_literal("\\'; DROP"), "E'\\\\''; DROP'");
    }
}
