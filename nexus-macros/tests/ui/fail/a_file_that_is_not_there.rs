nexus_macros::schema!("nowhere.yaml");

fn main() {}
