mod models {
    nexus_macros::schema!("orders.yaml");
}

async fn get(pool: &sqlx::PgPool, id: models::UserId) -> Option<models::Order> {
    models::Order::BY_ID.get(pool, &id).await.unwrap()
}

fn main() {}
