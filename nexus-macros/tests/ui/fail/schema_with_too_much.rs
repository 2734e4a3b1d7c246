nexus_macros::schema!("plain.yaml", tables = "users");

fn main() {}
