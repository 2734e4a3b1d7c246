#[derive(nexus_macros::Row)]
#[nexus(table = "users", file = "shop.yaml")]
struct User {
    email: i64,
    age: Option<i64>,
    balance: f64,
    seen: chrono::NaiveDateTime,
    tags: String,
    nickname: Option<Vec<u8>>,
}

fn main() {}
