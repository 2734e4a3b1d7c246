#[derive(nexus_macros::Row)]
#[nexus(table = "users", file = "shop.yaml")]
struct User {
    email: String,
    #[nexus(column = "email")]
    address: String,
}

fn main() {}
