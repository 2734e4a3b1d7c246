#[derive(nexus_macros::Row)]
#[nexus(table = "users", file = "shop.yaml")]
struct User {
    emial: String,
    colour: String,
    #[nexus(column = "nick name")]
    nickname: Option<String>,
}

fn main() {}
