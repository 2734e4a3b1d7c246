nexus_macros::schema!();

fn main() {}
