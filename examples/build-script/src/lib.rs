//! Models made by a build script: what it wrote is part of this crate.

#![forbid(unsafe_code)]

/// The models of `schema.yaml`.
pub mod models {
    include!(concat!(env!("OUT_DIR"), "/nexus_models.rs"));
}

#[cfg(test)]
mod tests {
    use super::models::{AuthorId, Note, Visibility};
    use nexus_schema::__private::uuid::Uuid;
    use nexus_schema::runtime::Table;

    #[test]
    fn a_row_has_the_columns_of_its_table() {
        let Note { id: _, author_id, visibility, body } = Note {
            id: Uuid::nil().into(),
            author_id: Some(AuthorId::new(Uuid::nil())),
            visibility: Visibility::Shared,
            body: None,
        };
        let _: (Option<AuthorId>, Option<String>) = (author_id, body);
        assert_eq!(visibility.to_string(), "shared");
        assert_eq!(Note::SELECT, "SELECT id, author_id, visibility, body FROM public.notes");
        assert_eq!(<Note as Table>::PRIMARY_KEY, ["id"]);
    }
}
