#[nexus_macros::test]
async fn reads() {}

fn main() {}
