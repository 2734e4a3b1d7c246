#[derive(nexus_macros::Row)]
#[nexus(table = "users", file = "shop.yaml")]
struct User {
    nickname: String,
    age: i64,
}

fn main() {}
