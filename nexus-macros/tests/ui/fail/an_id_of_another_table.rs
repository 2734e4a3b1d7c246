mod models {
    nexus_macros::schema!("orders.yaml");
}

fn take(order: &models::Order) -> models::OrderId {
    order.user_id
}

fn main() {}
