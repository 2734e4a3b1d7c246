mod models {
    nexus_macros::schema!("orders.yaml");
}

fn main() {
    let _ = models::OrderPatch { id: 2.into(), ..Default::default() };
}
