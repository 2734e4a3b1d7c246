nexus_macros::schema!("plain.yaml", crate = Vec<u8>);

fn main() {}
