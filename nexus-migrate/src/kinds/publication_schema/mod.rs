//! Schemas of publications.

use nexus_schema::catalog::{Object, ObjectId};
use nexus_schema::kinds::PublicationSchema;

use super::{Cx, Verb, Way};
use crate::plan::Steps;

impl Verb for PublicationSchema {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, _: &ObjectId, _: &[(&ObjectId, &Object)], _: &mut Steps) {}

    fn drop(&self, _: &Cx, _: &ObjectId, _: &mut Steps) {}

    fn alter(&self, _: &Cx, _: &ObjectId, _: &Self, _: &mut Steps) -> Way {
        Way::Rebuild
    }
}
