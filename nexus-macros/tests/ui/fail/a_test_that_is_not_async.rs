#[nexus_macros::test("schema.yaml")]
fn reads(pool: sqlx::PgPool) {}

fn main() {}
