#[derive(nexus_macros::Row)]
#[nexus(table = "users", file = "shop.yaml")]
enum User {
    One,
}

#[derive(nexus_macros::Row)]
#[nexus(table = "users", file = "shop.yaml")]
struct Pair(String, String);

#[derive(nexus_macros::Row)]
#[nexus(table = "users", file = "shop.yaml")]
struct Borrowed<'a> {
    email: &'a str,
}

fn main() {}
