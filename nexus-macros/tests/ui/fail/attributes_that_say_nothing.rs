#[derive(nexus_macros::Row)]
#[nexus(tabel = "users")]
struct User {
    email: String,
}

#[derive(nexus_macros::Row)]
#[nexus(table = "users", file = "shop.yaml")]
struct Other {
    #[nexus(rename = "email")]
    address: String,
}

fn main() {}
