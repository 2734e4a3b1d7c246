nexus_macros::schema!("bad.yaml");

fn main() {}
