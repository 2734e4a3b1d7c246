nexus_macros::schema!("same_name.yaml");

fn main() {}
