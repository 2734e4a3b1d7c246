//! Names that are different in PostgreSQL and the same in Rust.

use std::collections::BTreeMap;

use heck::{ToSnakeCase, ToUpperCamelCase};

use crate::report::{Report, Spot};

/// The Rust names taken in one place: the fields of a struct, or the types of the crate.
#[derive(Default)]
pub(crate) struct RustNames {
    taken: BTreeMap<String, (Spot, String)>,
}

impl RustNames {
    /// Takes the name of a field.
    pub(crate) fn field(&mut self, name: &str, hint: Option<&str>, spot: Spot, report: &mut Report) {
        let rust = hint.map_or_else(|| name.to_snake_case(), String::from);
        self.take(rust, name, spot, report);
    }

    /// Takes the name of a struct or enum; those of other schemas than `public` live in modules of their own.
    pub(crate) fn type_(
        &mut self,
        [schema, name]: [&str; 2],
        hint: Option<&str>,
        spot: Spot,
        report: &mut Report,
    ) {
        let rust = hint.map_or_else(|| name.to_upper_camel_case(), String::from);
        let rust = if schema == "public" { rust } else { format!("{schema}::{rust}") };
        self.take(rust, name, spot, report);
    }

    fn take(&mut self, rust: String, name: &str, spot: Spot, report: &mut Report) {
        match self.taken.get(&rust) {
            None => {
                self.taken.insert(rust, (spot, name.to_owned()));
            }
            Some((other, earlier)) if earlier != name => {
                report
                    .error("NX0405", spot, format!("`{name}` and `{earlier}` are both `{rust}` in Rust"), "")
                    .also(*other, "the other one")
                    .help("give one of them another name in Rust: `rust: another_name`");
            }
            Some(_) => {}
        }
    }
}
