#[derive(nexus_macros::Row)]
#[nexus(table = "users", file = "shop.yaml")]
struct User {
    search: Option<String>,
}

fn main() {}
