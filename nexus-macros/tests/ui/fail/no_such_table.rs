#[derive(nexus_macros::Row)]
#[nexus(table = "user", file = "shop.yaml")]
struct User {
    email: String,
}

fn main() {}
