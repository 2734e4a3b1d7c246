//! What must hold of a schema before anything is made of it, where one value or name alone can tell.

mod field;
pub(crate) mod literal;
pub(crate) mod rust;
