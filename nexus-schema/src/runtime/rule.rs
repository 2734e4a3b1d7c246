//! The rules of a schema that a value can be held to before it is sent: lengths, digits, and the plainer checks.

use std::any::Any;

use sqlx::types::Decimal;

use super::value::Field;
use super::{Broken, ColumnMeta, Invalid, TableMeta};

/// What one column demands of a value that is not NULL.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule {
    /// The column.
    pub column: &'static str,
    /// The check it stands in, where it does.
    pub constraint: Option<&'static str>,
    /// What is demanded.
    pub demand: Demand,
}

/// What is demanded of a value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Demand {
    /// At most this many characters.
    MaxLength(u32),
    /// At least this many characters.
    MinLength(u32),
    /// This many digits at most, of which so many after the point.
    Digits(u16, i16),
    /// A number on this side of a bound.
    Bound(Side, f64),
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// None of these texts.
    NoneOf(&'static [&'static str]),
}

/// On which side of a bound a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// `> bound`
    Above,
    /// `>= bound`
    From,
    /// `< bound`
    Below,
    /// `<= bound`
    UpTo,
    /// `<> bound`
    Not,
}

/// Holds values to the rules of a table: `columns` are those of the fields, in their order.
pub(crate) fn check(
    table: &TableMeta,
    columns: impl Iterator<Item = &'static ColumnMeta>,
    fields: &[Field<'_>],
) -> Result<(), Invalid> {
    if table.rules.is_empty() {
        return Ok(());
    }
    let mut broken = Vec::new();
    for (column, field) in columns.zip(fields) {
        let Field::Known(value) = field else { continue };
        let Some(value) = value.inner() else { continue };
        let column = column.name;
        let of_column = table.rules.iter().filter(|rule| rule.column == column);
        for rule in of_column.filter(|rule| rule.demand.is_broken_by(value)) {
            broken.push(Broken { column, constraint: rule.constraint, demand: rule.demand.to_string() });
        }
    }
    if broken.is_empty() { Ok(()) } else { Err(Invalid { table: table.name, broken }) }
}

impl Demand {
    /// Whether a value certainly breaks it; what a rule does not know is left to the server.
    fn is_broken_by(&self, value: &dyn Any) -> bool {
        match self {
            Self::MaxLength(max) => text(value).is_some_and(|text| longer(text, *max)),
            Self::MinLength(min) => text(value).is_some_and(|text| text.chars().count() < *min as usize),
            Self::Digits(precision, scale) => {
                decimal(value).is_some_and(|value| has_more_digits(value, *precision, *scale))
            }
            Self::Bound(side, bound) => number(value).is_some_and(|value| !side.holds(value, *bound)),
            Self::OneOf(texts) => text(value).is_some_and(|text| !texts.contains(&text)),
            Self::NoneOf(texts) => text(value).is_some_and(|text| texts.contains(&text)),
        }
    }
}

impl Side {
    fn holds(self, value: f64, bound: f64) -> bool {
        // A NaN is greater than every number to PostgreSQL.
        match self {
            Self::Above => value > bound || value.is_nan(),
            Self::From => value >= bound || value.is_nan(),
            Self::Below => value < bound,
            Self::UpTo => value <= bound,
            Self::Not => value != bound,
        }
    }
}

impl std::fmt::Display for Demand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::MaxLength(max) => write!(f, "at most {max} characters"),
            Self::MinLength(min) => write!(f, "at least {min} characters"),
            Self::Digits(precision, scale) => {
                write!(f, "{} digits before the point", i32::from(*precision) - i32::from(*scale))
            }
            Self::Bound(Side::Above, bound) => write!(f, "a number above {bound}"),
            Self::Bound(Side::From, bound) => write!(f, "a number from {bound}"),
            Self::Bound(Side::Below, bound) => write!(f, "a number below {bound}"),
            Self::Bound(Side::UpTo, bound) => write!(f, "a number up to {bound}"),
            Self::Bound(Side::Not, bound) => write!(f, "a number other than {bound}"),
            Self::OneOf(texts) => write!(f, "one of {texts:?}"),
            Self::NoneOf(texts) => write!(f, "none of {texts:?}"),
        }
    }
}

fn text(value: &dyn Any) -> Option<&str> {
    value.downcast_ref::<String>().map(String::as_str)
}

fn decimal(value: &dyn Any) -> Option<Decimal> {
    value.downcast_ref::<Decimal>().copied()
}

/// A number, where it has one as `f64` without loss.
fn number(value: &dyn Any) -> Option<f64> {
    const EXACT: i64 = 1 << 53;
    if let Some(value) = value.downcast_ref::<i16>() {
        return Some(f64::from(*value));
    }
    if let Some(value) = value.downcast_ref::<i32>() {
        return Some(f64::from(*value));
    }
    if let Some(value) = value.downcast_ref::<i64>() {
        // Beyond it the neighbours of a bound are one `f64`.
        return (-EXACT..=EXACT).contains(value).then_some(*value as f64);
    }
    if let Some(value) = value.downcast_ref::<f32>() {
        return Some(f64::from(*value));
    }
    if let Some(value) = value.downcast_ref::<f64>() {
        return Some(*value);
    }
    let value = decimal(value)?;
    let exact: f64 = value.to_string().parse().ok()?;
    // What `f64` has no place for is left to the server.
    (value.scale() <= 6 && exact.abs() < 1e9).then_some(exact)
}

/// Trailing blanks beyond the length are cut by PostgreSQL, and not refused.
fn longer(text: &str, max: u32) -> bool {
    text.len() > max as usize && text.trim_end_matches(' ').chars().count() > max as usize
}

/// Whether PostgreSQL finds no room for a number before the point. What only rounding brings over is left to the server.
fn has_more_digits(value: Decimal, precision: u16, scale: i16) -> bool {
    let room = i32::from(precision) - i32::from(scale);
    let whole = value.abs().trunc().normalize().to_string();
    scale >= 0 && whole != "0" && i32::try_from(whole.len()).is_ok_and(|digits| digits > room)
}
