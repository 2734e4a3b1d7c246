mod models {
    nexus_macros::schema!("orders.yaml");
}

fn main() {
    let _ = models::NewOrder::new(None, 1.into());
}
