nexus_macros::schema!("untyped.yaml");

fn main() {}
