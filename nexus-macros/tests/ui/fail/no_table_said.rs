#[derive(nexus_macros::Row)]
struct User {
    id: u8,
}

fn main() {}
