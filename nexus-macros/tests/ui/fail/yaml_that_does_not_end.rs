nexus_macros::schema!("broken.yaml");

fn main() {}
