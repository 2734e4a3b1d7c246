//! Names of what a plan makes for itself and takes away again.
//!
//! They begin with a word that is ours, so that what a killed run leaves can be told from what an author made.

use nexus_schema::catalog::ObjectId;
use sha2::{Digest, Sha256};

use crate::sql::shortened;

/// The first letters of all such names.
const OURS: &str = "nexus_";

/// The most bytes that a name has.
const LONGEST: usize = 63;

/// Returns the name of what serves `purpose` for an object: the same for the same, and another for any other.
///
/// ```
/// use nexus_migrate::kinds::temporary::{is_ours, name};
/// use nexus_schema::catalog::{Kind, ObjectId};
///
/// let index = ObjectId::new(Kind::Index, ["public", "users_email"]);
/// let aside = name("old", &index);
/// assert!(aside.starts_with("nexus_old_") && aside.ends_with("_users_email"));
/// assert!(is_ours(&aside) && !is_ours("users_email"));
/// ```
pub fn name(purpose: &'static str, of: &ObjectId) -> String {
    let digest = Sha256::digest(of.to_string());
    let hash = nexus_schema::hex(&digest[..5]);
    let begin = format!("{OURS}{purpose}_{hash}_");
    let rest = LONGEST.saturating_sub(begin.len());
    format!("{begin}{}", shortened(of.name(), rest))
}

/// Whether a name is one that [`name`] gives.
pub fn is_ours(name: &str) -> bool {
    let rest = name.strip_prefix(OURS).and_then(|rest| rest.split_once('_'));
    let hash = rest.and_then(|(_, rest)| rest.split_once('_')).map(|(hash, _)| hash);
    hash.is_some_and(|hash| hash.len() == 10 && hash.bytes().all(|b| b.is_ascii_hexdigit()))
}
