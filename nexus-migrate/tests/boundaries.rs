//! Values at the bounds of every type that models know, written to a real server and read back as they were.

mod support;

use std::fmt::Debug;
use std::ops::Bound;

use nexus_migrate::db::Session;
use nexus_schema::runtime::prelude::*;
use nexus_schema::runtime::private::chrono::{
    DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Utc,
};
use nexus_schema::runtime::private::rust_decimal::Decimal;
use nexus_schema::runtime::private::serde_json::{Value, json};
use nexus_schema::runtime::private::uuid::Uuid;
use sqlx::PgPool;
use sqlx::postgres::types::{
    Oid, PgBox, PgCircle, PgCube, PgHstore, PgInterval, PgLSeg, PgLine, PgMoney, PgPath, PgPoint, PgPolygon,
    PgRange, PgTimeTz,
};

use types::{Everything, NewEverything};

/// One column of every type, as the tests of nexus-schema bless it.
#[allow(unreachable_pub)]
mod types {
    include!("../../nexus-schema/tests/generated/types.rs");
}

const ROWS: u64 = 300;

#[tokio::test(flavor = "multi_thread")]
async fn every_type_comes_back_as_it_went_in() {
    let Some(server) = support::native("every_type_comes_back_as_it_went_in").await else { return };
    let url = server.database().await;
    let mut session = Session::connect(&url).await.expect("the server takes sessions");
    for extension in ["citext", "hstore", "ltree", "cube"] {
        let text = format!("CREATE EXTENSION {extension} SCHEMA public");
        session.run(&text).await.expect("the extension comes with the server");
    }
    for table in types::SCHEMA.models {
        let columns = table.columns.iter().map(|column| {
            let key = if table.primary_key.contains(&column.name) { " PRIMARY KEY" } else { "" };
            format!("{} {} NOT NULL{key}", column.name, column.sql_type)
        });
        let columns = columns.collect::<Vec<_>>().join(", ");
        // A point has no order, so no key: what is asked of it here is not asked of a server.
        let columns = if table.name == "key_4" { columns.replace(" PRIMARY KEY", "") } else { columns };
        let text = format!("CREATE TABLE {} ({columns})", table.name);
        session.run(&text).await.expect("the types are there");
    }
    let pool = PgPool::connect(&url).await.expect("the server takes sessions");
    let mut wanted: Vec<String> = Vec::new();
    let all: Vec<NewEverything> = (0..ROWS).map(everything).collect();
    for (n, new) in all.iter().enumerate() {
        let row =
            Everything::insert(&pool, new).await.unwrap_or_else(|error| panic!("row {n}: {error}: {new:?}"));
        same(&shown(&row), &shown(new), n);
        wanted.push(shown(new));
    }
    Everything::insert_many(&pool, &all).await.expect("the same rows again, in one statement");
    wanted.extend(wanted.clone());
    let rows: Vec<Everything> = sqlx::query_as(Everything::SELECT).fetch_all(&pool).await.expect("a query");
    let mut found: Vec<_> = rows.iter().map(shown).collect();
    found.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(found.len(), wanted.len());
    for (n, (found, wanted)) in found.iter().zip(&wanted).enumerate() {
        same(found, wanted, n);
    }
    // `point` cannot be compared, and nothing is asked by such a key.
    types::SCHEMA.prepare_all(&pool).await.expect("a server takes every statement");
}

/// A row without the name of its struct: NaN is not equal to itself, but looks like itself.
fn shown(row: &impl Debug) -> String {
    format!("{row:?}").trim_start_matches("New").to_owned()
}

/// Tells where two rows part, which their whole text does not show.
fn same(found: &str, wanted: &str, row: usize) {
    let part = found.split(", c").zip(wanted.split(", c")).find(|(found, wanted)| found != wanted);
    assert!(found == wanted, "row {row}: {part:?}");
}

/// Numbers that look like chance and are the same in every run.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// One of the values at the bounds, or every third time one between them.
    fn one<T: Clone>(&mut self, bounds: &[T], between: impl FnOnce(u64) -> T) -> T {
        match self.next() % 3 {
            0 => between(self.next()),
            _ => bounds[self.next() as usize % bounds.len()].clone(),
        }
    }

    fn pick<T: Clone>(&mut self, values: &[T]) -> T {
        values[self.next() as usize % values.len()].clone()
    }

    fn float(&mut self) -> f64 {
        self.one(&[0.0, -0.0, f64::MIN, f64::MAX, f64::MIN_POSITIVE, f64::INFINITY, 0.1], f64::from_bits)
    }

    fn finite(&mut self) -> f64 {
        self.pick(&[0.0, -1.5, 1e300, -1e300, f64::MIN_POSITIVE, 0.1, 3.0])
    }

    fn point(&mut self) -> PgPoint {
        PgPoint { x: self.finite(), y: self.finite() }
    }

    fn day(&mut self) -> NaiveDate {
        let of = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).expect("a day");
        let bounds = [
            of(-4712, 1, 1),
            of(262_142, 12, 31),
            of(1, 1, 1),
            of(0, 12, 31),
            of(2000, 2, 29),
            of(1999, 12, 31),
        ];
        self.one(&bounds, |n| NaiveDate::from_num_days_from_ce_opt((n % 3_000_000) as i32).expect("a day"))
    }

    fn time(&mut self) -> NaiveTime {
        let of =
            |hour, second, micro| NaiveTime::from_hms_micro_opt(hour, second, second, micro).expect("a time");
        self.one(&[of(0, 0, 0), of(23, 59, 999_999), of(0, 0, 1)], |n| {
            of((n % 24) as u32, (n % 60) as u32, (n % 1_000_000) as u32)
        })
    }

    fn stamp(&mut self) -> NaiveDateTime {
        self.day().and_time(self.time())
    }

    /// To the millisecond, which is what the column keeps.
    fn instant(&mut self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.stamp().and_utc().timestamp_millis()).expect("it was one")
    }

    fn decimal(&mut self) -> Decimal {
        let bounds = [0, 1, -1, 9_999_999_999, -9_999_999_999, 1_000_000_000, 100, 10];
        match self.one(&bounds, |n| (n % 9_999_999_999) as i64) {
            // sqlx reads no scale of a zero.
            0 => Decimal::ZERO,
            cents => Decimal::new(cents, 2),
        }
    }

    fn json(&mut self) -> Value {
        self.pick(&[
            Value::Null,
            json!(true),
            json!(-1.5),
            json!(i64::MIN),
            json!(u64::MAX),
            json!(""),
            json!("\u{1f980}\" \\ \n"),
            json!([]),
            json!({}),
            json!({ "a": [1, null, { "b": "c" }], "": "" }),
        ])
    }

    fn text(&mut self) -> String {
        self.one(&["", " ", "\u{10ffff}", "'; --", "\\", "\u{1}\n\r\t", "ö"].map(str::to_owned), |n| {
            (0..n % 300).filter_map(|at| char::from_u32((at * 37 + 1) as u32 % 0xd800)).collect()
        })
    }

    fn bytes(&mut self) -> Vec<u8> {
        self.one(&[vec![], vec![0], vec![255; 3]], |n| (0..n % 300).map(|at| (at % 256) as u8).collect())
    }

    fn uuid(&mut self) -> Uuid {
        self.one(&[Uuid::nil(), Uuid::max()], |n| Uuid::from_u64_pair(n, !n))
    }

    /// In the form that PostgreSQL gives ranges of whole numbers and of days: with the least, without the greatest.
    fn range<T: PartialOrd>(&mut self, mut one: impl FnMut(&mut Self) -> T) -> PgRange<T> {
        let (low, high) = loop {
            let (low, high) = (one(self), one(self));
            if low < high {
                break (low, high);
            }
        };
        match self.next() % 4 {
            0 => PgRange { start: Bound::Unbounded, end: Bound::Unbounded },
            1 => PgRange { start: Bound::Unbounded, end: Bound::Excluded(high) },
            2 => PgRange { start: Bound::Included(low), end: Bound::Unbounded },
            _ => PgRange { start: Bound::Included(low), end: Bound::Excluded(high) },
        }
    }

    fn int(&mut self) -> i32 {
        self.one(&[i32::MIN, -1, 0, 1, i32::MAX], |n| n as i32)
    }

    fn long(&mut self) -> i64 {
        self.one(&[i64::MIN, -1, 0, 1, i64::MAX], |n| n as i64)
    }
}

fn everything(n: u64) -> NewEverything {
    let c = &mut Chance(n.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    NewEverything {
        c0: c.pick(&[true, false]),
        c1: c.one(&[i8::MIN, -1, 0, 1, i8::MAX], |n| n as i8),
        c2: c.one(&[i16::MIN, -1, 0, 1, i16::MAX], |n| n as i16),
        c3: c.int(),
        c4: c.long(),
        c5: c.one(&[0.0, -0.0, f32::MIN, f32::MAX, f32::MIN_POSITIVE, f32::NEG_INFINITY, f32::NAN], |n| {
            n as f32
        }),
        c6: c.float(),
        c7: c.decimal(),
        c8: c.text(),
        c9: c.pick(&["", "a", "äöü", "\u{1f980}\u{1f980}\u{1f980}"]).to_owned(),
        c10: c.pick(&["   ", "abc", "\u{1f980}  "]).to_owned(),
        c11: c.pick(&["", "a", "n23456789012345678901234567890123456789012345678901234567890123"]).to_owned(),
        c12: c.text(),
        c13: c.bytes(),
        c14: c.uuid(),
        c15: c.json(),
        c16: c.json(),
        c17: c.day(),
        c18: c.time(),
        c19: c.stamp(),
        c20: c.instant(),
        c21: PgTimeTz {
            time: c.time(),
            offset: FixedOffset::east_opt(c.pick(&[0, 1, -1, 15 * 3600 + 59 * 60 + 59, -57_599]))
                .expect("an offset"),
        },
        c22: c.pick(&[
            PgInterval { months: i32::MIN, days: 0, microseconds: 0 },
            PgInterval { months: i32::MAX, days: i32::MIN, microseconds: 1 },
            PgInterval { months: 0, days: i32::MAX, microseconds: i64::MAX },
            PgInterval { months: 0, days: 0, microseconds: i64::MIN },
            PgInterval::default(),
        ]),
        c23: c
            .pick(&["0.0.0.0/0", "255.255.255.255/32", "10.1.2.3/8", "::/0", "::1/128", "fe80::1/64"])
            .parse()
            .expect("a network"),
        c24: c
            .pick(&["0.0.0.0/0", "255.255.255.255/32", "10.0.0.0/8", "::/0", "fe80::/64"])
            .parse()
            .expect("a network"),
        c25: PgMoney(c.long()),
        c26: Oid(c.pick(&[0, 1, u32::MAX])),
        c27: PgPoint { x: c.float(), y: c.float() },
        c28: PgLine { a: 1.0, b: c.finite(), c: c.finite() },
        c29: PgLSeg { start_x: c.finite(), start_y: c.finite(), end_x: c.finite(), end_y: c.finite() },
        c30: PgBox {
            upper_right_x: 1e300,
            upper_right_y: 4.0,
            lower_left_x: c.finite().min(1.0),
            lower_left_y: -4.0,
        },
        c31: PgPath { closed: c.pick(&[true, false]), points: vec![c.point(), c.point(), c.point()] },
        c32: PgPolygon { points: vec![c.point(), c.point(), c.point()] },
        c33: PgCircle { x: c.finite(), y: c.finite(), radius: c.finite().abs() },
        c34: PgHstore([(c.text(), None), ("k".to_owned(), Some(c.text()))].into()),
        c35: c.pick(&["a", "Top.Science_1.b", "1.2.3"]).parse().expect("a path"),
        // Not `a|b`: sqlx 0.9 writes that as `a.b`.
        c36: c.pick(&["*.b", "a.*{1,2}.c", "foo@.bar*"]).parse().expect("a query"),
        c37: c.pick(&[
            PgCube::Point(1.5),
            PgCube::ZeroVolume(vec![-1.0, 0.0, 1e300]),
            PgCube::MultiDimension(vec![vec![0.0, 1.0], vec![2.0, 3.0]]),
        ]),
        c38: c.range(Chance::int),
        c39: c.range(Chance::long),
        c40: c.range(Chance::decimal),
        c41: c.range(Chance::stamp),
        c42: c.range(Chance::instant),
        c43: c.range(Chance::day),
        c44: c.pick(&[vec![], vec![i32::MIN, i32::MAX], vec![0]]),
        c45: c.pick(&[vec![], vec![Uuid::nil(), Uuid::max()]]),
        c46: vec![c.json(), c.json()],
        c47: vec![c.range(Chance::int), c.range(Chance::int)],
        c48: vec![c.bytes(), c.bytes()],
    }
}
