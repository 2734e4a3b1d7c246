#[derive(nexus_macros::Row)]
#[nexus(table = "users", file = "shop.yaml")]
struct User {
    email: Option<String>,
}

fn main() {}
