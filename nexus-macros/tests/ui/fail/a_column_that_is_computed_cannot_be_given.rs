mod models {
    nexus_macros::schema!("orders.yaml");
}

fn main() {
    let _ = models::OrderPatch { doubled: 2.into(), ..Default::default() };
}
