mod models {
    nexus_macros::schema!("orders.yaml");
}

fn main() {
    let _ = models::NewOrder { total: 1.into(), note: None };
}
