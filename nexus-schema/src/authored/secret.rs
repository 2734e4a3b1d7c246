//! Secrets have no place in a schema file: options are told by their names.

use crate::report::{Report, Spot};

/// Records an option whose name speaks of a secret: no server is asked for it, and no file holds it.
pub(crate) fn refuse(name: &str, spot: Spot, report: &mut Report) {
    if is_secret(name) {
        report
            .error("NX0223", spot, format!("a schema file holds no secrets, and `{name}` is one"), "")
            .help("remove it, and set it where the database lives");
    }
}

/// Whether an option's value is a secret, by its name: the words are those of the catalog queries.
fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let key = ["api", "access", "private"]
        .iter()
        .any(|word| name.ends_with(&format!("{word}key")) || name.ends_with(&format!("{word}_key")));
    let password = ["passwd", "password"].iter().any(|word| name.contains(word));
    password && !name.ends_with("password_required")
        || name.contains("passphrase")
        || name.contains("secret")
        || name.ends_with("token")
        || key
        || name.starts_with("scram_") && name.ends_with("_key")
}
