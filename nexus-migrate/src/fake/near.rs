//! What a condition mentions, and what is near it: there is no parser, values are tried and the server judges.

use super::chance::Chance;

/// What may fulfil a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Near {
    /// A text that stands in it, or one beside a number in it.
    Value(String),
    /// A whole number between two that stand in it.
    Between(i64, i64),
    /// A text of this length.
    Length(usize),
    /// A text that a regular expression may match.
    Pattern(String),
}

/// How much is looked at.
const MOST: usize = 60;
/// The longest text that is made for a number that may be a length.
const LONGEST: usize = 1_000;

/// What a condition mentions.
pub(super) fn mentioned(condition: &str) -> Vec<Near> {
    let (literals, rest) = apart(condition);
    let mut all = Vec::new();
    let mut numbers = Vec::new();
    for literal in literals.iter().take(MOST) {
        all.push(Near::Value(literal.clone()));
        // A pattern of LIKE holds for itself without its signs; one of a regular expression may.
        let bare = literal.replace(['%', '_'], "a");
        if bare != *literal {
            all.push(Near::Value(bare));
        }
        if literal.contains(|c| "^$[]*+?{}|()\\".contains(c)) {
            all.push(Near::Pattern(literal.clone()));
        }
        numbers.extend(literal.parse::<i64>());
    }
    for number in numbers_of(&rest).into_iter().take(MOST) {
        all.push(Near::Value(number.clone()));
        if let Ok(number) = number.parse::<i64>() {
            numbers.push(number);
            all.extend(
                [number.saturating_sub(1), number.saturating_add(1)].map(|n| Near::Value(n.to_string())),
            );
            if let Some(length) = usize::try_from(number).ok().filter(|length| (1..=LONGEST).contains(length))
            {
                all.extend([Near::Length(length), Near::Length(length + 1)]);
                if length > 1 {
                    all.push(Near::Length(length - 1));
                }
            }
        }
    }
    numbers.sort_unstable();
    numbers.dedup();
    all.extend(numbers.windows(2).filter_map(|pair| Some(Near::Between(*pair.first()?, *pair.get(1)?))));
    all
}

/// The literals of an expression, and the rest of it.
fn apart(condition: &str) -> (Vec<String>, String) {
    let (mut literals, mut rest) = (Vec::new(), String::new());
    let mut chars = condition.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\'' {
            rest.push(c);
            continue;
        }
        let mut literal = String::new();
        while let Some(c) = chars.next() {
            if c == '\'' && chars.next_if_eq(&'\'').is_none() {
                break;
            }
            literal.push(c);
        }
        literals.push(literal);
        rest.push(' ');
    }
    (literals, rest)
}

/// The numbers of an expression that are no part of a name.
fn numbers_of(rest: &str) -> Vec<String> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '"');
    let words = rest.split(|c| !is_part(c)).filter(|word| !word.contains('"'));
    words.filter(|word| word.parse::<f64>().is_ok_and(f64::is_finite)).map(String::from).collect()
}

/// A text that a simple regular expression may match; the server judges it.
pub(super) fn matching(pattern: &str, chance: &mut Chance) -> String {
    let mut out = String::new();
    let mut rest: &[char] = &pattern.chars().collect::<Vec<_>>();
    while let Some((piece, after)) = piece(rest) {
        let (times, after) = times(after, chance);
        rest = after;
        for _ in 0..times {
            if out.len() < LONGEST {
                one_of(piece, &mut out, chance);
            }
        }
    }
    out
}

/// The first piece of an expression: a class, a group, an escape or a sign; and what comes after it.
fn piece(chars: &[char]) -> Option<(&[char], &[char])> {
    let end = match chars {
        [] => return None,
        ['\\', _, ..] => 2,
        // A bracket that comes first in a class is of it.
        ['[', rest @ ..] => {
            let from = rest.iter().take_while(|c| **c == '^').count() + 1;
            rest.iter().skip(from).position(|c| *c == ']').map_or(chars.len(), |at| at + from + 2)
        }
        ['(', rest @ ..] => {
            let mut deep = 1;
            let close = rest.iter().position(|c| {
                deep += i32::from(*c == '(') - i32::from(*c == ')');
                deep == 0
            });
            close.map_or(chars.len(), |at| at + 2)
        }
        _ => 1,
    };
    Some(chars.split_at(end.min(chars.len())))
}

/// How often a piece stands there.
fn times<'c>(chars: &'c [char], chance: &mut Chance) -> (usize, &'c [char]) {
    match chars {
        ['?', rest @ ..] => (usize::from(chance.one_in(2)), rest),
        ['*', rest @ ..] => (usize::try_from(chance.below(4)).unwrap_or_default(), rest),
        ['+', rest @ ..] => (1 + usize::try_from(chance.below(5)).unwrap_or_default(), rest),
        ['{', rest @ ..] => {
            let close = rest.iter().position(|c| *c == '}').unwrap_or(rest.len());
            let inside: String = rest.iter().take(close).collect();
            let (least, most) = inside.split_once(',').unwrap_or((&inside, &inside));
            let least: i64 = least.trim().parse().unwrap_or(0);
            let most: i64 = most.trim().parse().unwrap_or(least.saturating_add(4));
            let bound = i64::try_from(LONGEST).unwrap_or_default();
            let times = chance.between(least.clamp(0, bound), most.clamp(least.clamp(0, bound), bound));
            (usize::try_from(times).unwrap_or_default(), rest.get(close + 1..).unwrap_or_default())
        }
        _ => (1, chars),
    }
}

fn one_of(piece: &[char], out: &mut String, chance: &mut Chance) {
    match piece {
        ['^' | '$'] => {}
        ['.'] => out.push(letter(chance)),
        ['\\', 'd'] => out.push(digit(chance)),
        ['\\', 'w'] => out.push(letter(chance)),
        ['\\', 's'] => out.push(' '),
        // Where a word or the text begins or ends.
        ['\\', 'm' | 'M' | 'y' | 'A' | 'Z'] => {}
        ['\\', c] => out.push(*c),
        ['[', '^', ..] => out.push(letter(chance)),
        ['[', inside @ .., ']'] => out.extend(of_class(inside, chance)),
        ['(', inside @ .., ')'] => {
            let inside: String = inside.iter().collect();
            let inside = inside.strip_prefix("?:").unwrap_or(&inside);
            let ways: Vec<&str> = inside.split('|').collect();
            if let Some(way) = chance.of_list(&ways) {
                out.push_str(&matching(way, chance));
            }
        }
        [c] => out.push(*c),
        _ => {}
    }
}

/// A character of a class.
fn of_class(inside: &[char], chance: &mut Chance) -> Option<char> {
    let named: String = inside.iter().collect();
    match named.as_str() {
        "[:alpha:]" | "[:lower:]" | "[:alnum:]" => return Some(letter(chance)),
        "[:upper:]" => return Some(letter(chance).to_ascii_uppercase()),
        "[:digit:]" => return Some(digit(chance)),
        _ => {}
    }
    let mut all = Vec::new();
    let mut rest = inside;
    loop {
        match rest {
            [] => break,
            ['\\', 'd', after @ ..] => {
                all.push(('0', '9'));
                rest = after;
            }
            ['\\', 'w', after @ ..] => {
                all.push(('a', 'z'));
                rest = after;
            }
            ['\\', c, after @ ..] => {
                all.push((*c, *c));
                rest = after;
            }
            [from, '-', to, after @ ..] if from <= to => {
                all.push((*from, *to));
                rest = after;
            }
            [c, after @ ..] => {
                all.push((*c, *c));
                rest = after;
            }
        }
    }
    let (from, to) = *chance.of_list(&all)?;
    let span = u64::from(u32::from(to) - u32::from(from)) + 1;
    char::from_u32(u32::from(from) + u32::try_from(chance.below(span)).ok()?)
}

fn letter(chance: &mut Chance) -> char {
    char::from(b'a' + u8::try_from(chance.below(26)).unwrap_or_default())
}

fn digit(chance: &mut Chance) -> char {
    char::from(b'0' + u8::try_from(chance.below(10)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_a_condition_is_tried() {
        let near = mentioned(
            "((state)::text = ANY (ARRAY['open'::text, 'it''s'::text])) AND (age >= 18) AND (age < 21)",
        );
        for wanted in ["open", "it's", "18", "19", "20"] {
            assert!(near.contains(&Near::Value(wanted.into())), "{wanted} is not in {near:?}");
        }
        assert!(near.contains(&Near::Between(18, 21)));
        assert!(
            !mentioned("\"a 7\" > col7").iter().any(|near| matches!(near, Near::Value(text) if text == "7"))
        );
    }

    #[test]
    fn expressions_have_texts() {
        let mut chance = Chance::of(&["x"], &[]);
        let text = matching("^[A-Z]{3}-\\d{4}$", &mut chance);
        let shape: String = text
            .chars()
            .map(|c| {
                if c.is_ascii_uppercase() {
                    'A'
                } else if c.is_ascii_digit() {
                    '0'
                } else {
                    c
                }
            })
            .collect();
        assert_eq!(shape, "AAA-0000");
        let text = matching("^(?:red|blue)+[^x]?$", &mut chance);
        assert!(text.starts_with("red") || text.starts_with("blue"), "{text}");
        // What is no expression at all ends too.
        for hostile in ["[", "(", "{", "a{9999999999}", "\\", "((((", "[]", "[^]", "*+?", "a{5,2}", "[z-a]"] {
            assert!(matching(hostile, &mut chance).len() <= LONGEST * 4, "{hostile}");
        }
    }
}
