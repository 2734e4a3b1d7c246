//! What a column may hold, by its type and its name.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use nexus_schema::catalog::{Catalog, Kind, Object, ObjectId};
use nexus_schema::types::{Builtin, TypeRef};

use super::chance::Chance;
use super::text::{About, fit, text, told_apart, words};

/// What the values of a column are made by.
#[derive(Debug, Clone)]
pub(super) struct Maker<'c> {
    catalog: &'c Catalog,
    /// The column's name.
    name: &'c str,
    type_: TypeRef,
    /// Whether no two rows may have the same.
    pub(super) alone: bool,
    /// Whether the default is a list, for JSON.
    lists: bool,
}

/// Domains and composite types stand on each other a few times at most.
const DEEP: usize = 8;

/// What an array holds by what separates it.
const ELEMENTS: u64 = 3;

impl<'c> Maker<'c> {
    /// The maker for a column; `default` is the SQL of its default.
    pub(super) fn of(
        catalog: &'c Catalog,
        name: &'c str,
        type_: &str,
        default: Option<&str>,
        alone: bool,
    ) -> Option<Self> {
        let lists = default.is_some_and(|default| default.starts_with("'["));
        Some(Self { catalog, name, type_: TypeRef::parse(type_).ok()?, alone, lists })
    }

    /// The most characters that a text may have.
    pub(super) fn longest(&self) -> Option<usize> {
        let type_ = self.base();
        match type_.builtin()? {
            Builtin::Varchar | Builtin::Bpchar => {
                type_.modifiers.first().and_then(|most| usize::try_from(*most).ok())
            }
            Builtin::Name => Some(63),
            Builtin::Char => Some(1),
            _ => None,
        }
    }

    /// Whether the values are texts.
    pub(super) fn is_text(&self) -> bool {
        let type_ = self.base();
        !type_.array && (is_textual(type_.builtin()) || type_.name == "citext")
    }

    /// The type under all domains.
    pub(super) fn base(&self) -> TypeRef {
        let mut type_ = self.type_.clone();
        for _ in 0..DEEP {
            match self.user_type(&type_) {
                Some(Object::Domain(domain)) if !type_.array => match TypeRef::parse(&domain.base) {
                    Ok(base) => type_ = base,
                    Err(_) => break,
                },
                _ => break,
            }
        }
        type_
    }

    fn user_type(&self, type_: &TypeRef) -> Option<&'c Object> {
        let schema = type_.schema.as_deref().unwrap_or("public");
        let kinds = [Kind::Enum, Kind::Domain, Kind::Composite];
        kinds.iter().find_map(|kind| self.catalog.get(&ObjectId::new(*kind, [schema, type_.name.as_str()])))
    }

    /// A value for a row, as text; nothing where nobody knows what such a type reads. `attempt` is how often a value for
    /// this row was refused before.
    pub(super) fn value(&self, about: &About<'_>, attempt: u64, chance: &mut Chance) -> Option<String> {
        let number = about.n.saturating_add(attempt.saturating_mul(1_000_003));
        self.of_type(&self.type_, about, number, chance, 0)
    }

    fn of_type(
        &self,
        type_: &TypeRef,
        about: &About<'_>,
        number: u64,
        chance: &mut Chance,
        depth: usize,
    ) -> Option<String> {
        if depth > DEEP {
            return None;
        }
        if type_.array {
            let count = 1 + chance.below(ELEMENTS);
            let element = type_.element();
            let values = (0..count).map(|_| self.of_type(&element, about, number, chance, depth + 1));
            let values = values.collect::<Option<Vec<_>>>()?;
            return Some(format!(
                "{{{}}}",
                values.iter().map(|value| quoted(value)).collect::<Vec<_>>().join(",")
            ));
        }
        if let Some(builtin) = type_.builtin() {
            return self.of_builtin(builtin, type_, about, number, chance);
        }
        match self.user_type(type_) {
            Some(Object::Enum(of)) => match self.alone {
                true => of.labels.get(usize::try_from(number - 1).ok()?).cloned(),
                false => chance.of_list(&of.labels).cloned(),
            },
            Some(Object::Domain(domain)) => {
                self.of_type(&TypeRef::parse(&domain.base).ok()?, about, number, chance, depth + 1)
            }
            Some(Object::Composite(composite)) => {
                let values = composite.attributes.iter().map(|attribute| {
                    let inner = Self {
                        name: &attribute.name,
                        type_: TypeRef::parse(&attribute.type_).ok()?,
                        ..self.clone()
                    };
                    inner.of_type(&inner.type_, about, number, chance, depth + 1)
                });
                let values = values.collect::<Option<Vec<_>>>()?;
                Some(format!("({})", values.iter().map(|value| quoted(value)).collect::<Vec<_>>().join(",")))
            }
            _ => match type_.name.as_str() {
                "citext" => Some(self.text(None, about, number, chance)),
                "hstore" => Some(format!("k=>{number}")),
                "ltree" => Some(format!("top.n{number}")),
                _ => None,
            },
        }
    }

    fn of_builtin(
        &self,
        builtin: Builtin,
        type_: &TypeRef,
        about: &About<'_>,
        number: u64,
        chance: &mut Chance,
    ) -> Option<String> {
        use Builtin as B;
        let named = words(self.name);
        let has = |any: &[&str]| named.iter().any(|word| any.contains(&word.as_str()));
        let first = type_.modifiers.first().copied();
        let range = |from: String, to: String| format!("[{from},{to})");
        Some(match builtin {
            B::Bool => {
                let off = has(&["deleted", "archived", "blocked", "locked", "disabled", "hidden", "banned"]);
                (off == chance.one_in(5)).to_string()
            }
            B::Int2 => self.integer(about, number, chance, i16::MAX.into()),
            B::Int4 => self.integer(about, number, chance, i32::MAX.into()),
            B::Int8 => self.integer(about, number, chance, i64::MAX),
            B::Oid => number.min(u32::MAX.into()).to_string(),
            B::Float4 | B::Float8 => self.decimal(number, 9, 2, chance),
            B::Money => self.decimal(number, 9, 2, chance),
            B::Numeric => {
                let scale = type_.modifiers.get(1).copied().unwrap_or(if first.is_some() { 0 } else { 2 });
                let digits = first.unwrap_or(9).saturating_sub(scale).clamp(0, 15);
                self.decimal(number, digits.unsigned_abs(), scale.clamp(0, 12).unsigned_abs(), chance)
            }
            B::Text | B::Varchar | B::Bpchar | B::Name | B::Char => {
                let longest = match builtin {
                    B::Name => Some(63),
                    B::Char => Some(1),
                    B::Bpchar => Some(usize::try_from(first.unwrap_or(1)).ok()?),
                    _ => first.and_then(|most| usize::try_from(most).ok()),
                };
                self.text(longest, about, number, chance)
            }
            B::Uuid => {
                let (a, b) = (chance.number(), chance.number());
                let (c, d) = (a & 0xfff | 0x4000, b >> 48 & 0x3fff | 0x8000);
                format!(
                    "{:08x}-{:04x}-{c:04x}-{d:04x}-{:012x}",
                    a >> 32,
                    a >> 16 & 0xffff,
                    b & 0xffff_ffff_ffff
                )
            }
            B::Json | B::Jsonb => match self.lists {
                true => format!(
                    "[\"{}\", \"{}\"]",
                    chance.word(super::words::NOUNS),
                    chance.word(super::words::NOUNS)
                ),
                false => format!("{{\"{}\": {}}}", chance.word(super::words::NOUNS), number),
            },
            B::JsonPath => format!("$.n{number}"),
            B::Xml => format!("<n>{number}</n>"),
            B::Bytea => format!("\\x{:016x}", chance.number()),
            B::Date => self.moment(about, number, chance).format("%Y-%m-%d").to_string(),
            B::Time | B::TimeTz => {
                let text = self.moment(about, number, chance).format("%H:%M:%S").to_string();
                if builtin == B::TimeTz { text + "+00" } else { text }
            }
            B::Timestamp => self.moment(about, number, chance).format("%Y-%m-%d %H:%M:%S").to_string(),
            B::TimestampTz => self.moment(about, number, chance).format("%Y-%m-%d %H:%M:%S+00").to_string(),
            B::Interval => format!("{} days", self.few(number, chance, 60)),
            B::Inet if self.alone => format!("2001:db8::{:x}:{:x}", number >> 16 & 0xffff, number & 0xffff),
            B::Inet => format!("192.0.2.{}", 1 + chance.below(254)),
            B::Cidr => format!("10.{}.{}.0/24", number >> 8 & 0xff, number & 0xff),
            B::Macaddr => {
                format!(
                    "02:00:{:02x}:{:02x}:{:02x}:{:02x}",
                    number >> 24 & 0xff,
                    number >> 16 & 0xff,
                    number >> 8 & 0xff,
                    number & 0xff
                )
            }
            B::Macaddr8 => format!(
                "02:00:00:00:{:02x}:{:02x}:{:02x}:{:02x}",
                number >> 24 & 0xff,
                number >> 16 & 0xff,
                number >> 8 & 0xff,
                number & 0xff
            ),
            B::Bit | B::Varbit => {
                let many = usize::try_from(first.unwrap_or(if builtin == B::Bit { 1 } else { 8 })).ok()?;
                (0..many).map(|place| if number >> (place % 64) & 1 == 1 { '1' } else { '0' }).rev().collect()
            }
            B::Point => format!("({number},{})", chance.below(90)),
            B::Line => format!("{{1,2,{number}}}"),
            B::Lseg => format!("[({number},0),({number},1)]"),
            B::Box => format!("({0}.5,1),({0},0)", number),
            B::Path | B::Polygon => format!("(({0},0),({0},1),({0}.5,1))", number),
            B::Circle => format!("<({number},0),1>"),
            B::TsVector => {
                format!("{} {}", chance.word(super::words::NOUNS), chance.word(super::words::ADJECTIVES))
            }
            B::TsQuery => chance.word(super::words::NOUNS).into(),
            // No two of them overlap: they may be what an exclusion keeps apart.
            B::Int4Range | B::Int8Range | B::NumRange => {
                range((number * 10).to_string(), (number * 10 + 5).to_string())
            }
            B::DateRange => {
                let from = NaiveDate::from_ymd_opt(2024, 1, 1)?.checked_add_signed(days(number)?)?;
                range(from.to_string(), from.succ_opt()?.to_string())
            }
            B::TsRange | B::TsTzRange => {
                let from = NaiveDate::from_ymd_opt(2024, 1, 1)?.checked_add_signed(days(number)?)?;
                range(format!("{from} 08:00:00+00"), format!("{from} 09:00:00+00"))
                    .replace("+00", if builtin == B::TsRange { "" } else { "+00" })
            }
            _ => return None,
        })
    }

    fn text(&self, longest: Option<usize>, about: &About<'_>, number: u64, chance: &mut Chance) -> String {
        let value = fit(&text(self.name, about, longest, chance), longest);
        // A name with the number of its row behind it is nobody else's.
        let head = value.split('@').next().unwrap_or_default();
        let name = head.trim_end_matches(|c: char| c.is_ascii_digit());
        let is_told = number == about.n && head.get(name.len()..) == Some(about.n.to_string().as_str());
        if self.alone && !is_told { told_apart(&value, number, longest) } else { value }
    }

    /// A number of at most so many: by itself where it must be.
    fn few(&self, number: u64, chance: &mut Chance, most: u64) -> u64 {
        if self.alone { number } else { 1 + chance.below(most) }
    }

    fn integer(&self, about: &About<'_>, number: u64, chance: &mut Chance, most: i64) -> String {
        let named = words(self.name);
        let has = |any: &[&str]| named.iter().any(|word| any.contains(&word.as_str()));
        let value = match () {
            () if self.alone || has(&["position", "ordinal", "rank", "sort"]) => {
                i64::try_from(number).unwrap_or(i64::MAX)
            }
            () if has(&["age"]) => chance.between(18, 90),
            () if has(&["year"]) => chance.between(1990, 2025),
            () if has(&["month"]) => chance.between(1, 12),
            () if has(&["day"]) => chance.between(1, 28),
            () if has(&["hour"]) => chance.between(0, 23),
            () if has(&["minute", "second"]) => chance.between(0, 59),
            () if has(&["rating", "stars", "version", "level", "priority"]) => chance.between(1, 5),
            () if has(&["percent", "percentage", "score", "progress"]) => chance.between(0, 100),
            () if has(&["quantity", "qty", "count", "stock", "amount"]) => chance.between(1, 100),
            () if has(&["port"]) => chance.between(1_024, 49_151),
            () if has(&["status", "code"]) && most > 1_000 => {
                *chance.of_list(&[200, 201, 204, 400, 404, 500]).unwrap_or(&200)
            }
            () if has(&["price", "cents", "cost", "total", "balance", "salary"]) => {
                chance.between(100, 20_000)
            }
            () => chance.between(1, 1_000),
        };
        let _ = about;
        if value > most { (value % most).to_string() } else { value.to_string() }
    }

    /// A number with so many digits before the point, at most, and behind it.
    fn decimal(&self, number: u64, digits: u32, scale: u32, chance: &mut Chance) -> String {
        let named = words(self.name);
        let has = |any: &[&str]| named.iter().any(|word| any.contains(&word.as_str()));
        let one = 10_u64.pow(scale);
        // Below what the digits hold.
        let most = 10_u64.pow(digits.min(6)).saturating_mul(one).saturating_sub(1);
        let value = match () {
            () if self.alone => number % most.saturating_add(1),
            () if has(&["score", "confidence", "ratio", "probability", "share", "weight"]) => {
                chance.below(one + 1).min(most)
            }
            () if has(&["percent", "percentage", "rate", "discount", "tax"]) => {
                chance.below(30 * one + 1).min(most)
            }
            () if has(&["latitude", "lat"]) => chance.below(60 * one).min(most),
            () if has(&["longitude", "lng", "lon"]) => chance.below(120 * one).min(most),
            () => (one + chance.below(2_000 * one)).min(most),
        };
        match scale {
            0 => value.to_string(),
            scale => format!("{}.{:0width$}", value / one, value % one, width = scale as usize),
        }
    }

    /// A time: what is later by its name is later in its row.
    fn moment(&self, about: &About<'_>, number: u64, chance: &mut Chance) -> DateTime<Utc> {
        let named = words(self.name);
        let has = |any: &[&str]| named.iter().any(|word| any.contains(&word.as_str()));
        let epoch = DateTime::UNIX_EPOCH;
        // 2023 and 2024, a time for each row of a table.
        let begun = Chance::of(&["begun", about.table], &[about.n]).below(730 * 24 * 60);
        let begun =
            epoch + Duration::days(19_358) + Duration::minutes(i64::try_from(begun).unwrap_or_default());
        let later = |chance: &mut Chance, from: i64, to: i64| {
            begun + Duration::minutes(chance.between(from * 1_440, to * 1_440))
        };
        let moment = match () {
            () if has(&["birth", "birthday", "born", "dob", "birthdate"]) => {
                epoch + Duration::days(chance.between(-7_300, 13_500))
            }
            () if has(&[
                "expires", "expiry", "until", "due", "end", "ends", "ended", "valid", "deadline", "to",
            ]) =>
            {
                later(chance, 90, 365)
            }
            () if has(&["updated", "modified", "changed", "last", "seen"]) => later(chance, 31, 60),
            () if has(&["acknowledged", "confirmed", "verified", "started", "shipped", "paid"]) => {
                later(chance, 1, 5)
            }
            () if has(&[
                "resolved",
                "closed",
                "finished",
                "completed",
                "delivered",
                "cancelled",
                "deleted",
            ]) =>
            {
                later(chance, 6, 30)
            }
            () => begun,
        };
        // Where no two may be the same, each has a second or a day of its own.
        match self.alone {
            true => {
                epoch
                    + Duration::days(10_957)
                    + days(number % 30_000).unwrap_or_default()
                    + Duration::seconds(i64::try_from(number / 30_000).unwrap_or_default())
            }
            false => moment,
        }
    }
}

fn days(number: u64) -> Option<Duration> {
    Duration::try_days(i64::try_from(number).ok()?)
}

fn is_textual(builtin: Option<Builtin>) -> bool {
    use Builtin as B;
    matches!(builtin, Some(B::Text | B::Varchar | B::Bpchar | B::Name | B::Char))
}

/// A value within an array or a row.
fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}
