mod models {
    nexus_macros::schema!("orders.yaml");
}

fn main() {
    let _ = models::OrderPatch { user_id: nexus_schema::runtime::Patch::null(), ..Default::default() };
}
