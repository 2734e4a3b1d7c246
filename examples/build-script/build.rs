//! Makes `nexus_models.rs` of `schema.yaml`, and again whenever that changes.

fn main() {
    nexus_schema::build::models("schema.yaml");
}
