nexus_macros::schema!("/etc/schema.yaml");

fn main() {}
