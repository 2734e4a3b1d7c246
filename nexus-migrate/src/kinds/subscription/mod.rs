//! Subscriptions. No step connects anywhere: one is made without connecting, left disabled, and given up without the
//! slot at the other end, which is the business of whoever runs that end.

use nexus_schema::catalog::{Object, ObjectId};
use nexus_schema::kinds::Subscription;

use super::{Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for Subscription {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let Self { connection, publications, options } = self;
        let pen = Pen::kw("CREATE SUBSCRIPTION").name(id.path()).and("CONNECTION").literal(connection);
        let pen = pen.and("PUBLICATION").commas(publications.iter().map(|name| Pen::new().ident(name)));
        let mut all = vec![String::from("connect=false")];
        all.extend(options.iter().cloned());
        out.run(pen.and("WITH").options(&all));
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        // With a slot it would connect to drop it, and cannot be dropped in a transaction.
        out.run(alter(id).and("DISABLE"));
        out.run(alter(id).and("SET").options(&["slot_name=none".into()]));
        out.run(Pen::kw("DROP SUBSCRIPTION").name(id.path()));
    }

    fn alter(&self, _: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        let Self { connection, publications, options } = next;
        if NOT_WITHOUT_CONNECTING.iter().any(|name| value(&self.options, name) != value(options, name)) {
            return Way::Rebuild;
        }
        // What a subscription starts with may be no name that a slot can be given later.
        let born = value(&self.options, "slot_name").is_some() && value(options, "slot_name").is_none();
        if born && !id.name().bytes().all(|c| matches!(c, b'a'..=b'z' | b'0'..=b'9' | b'_')) {
            return Way::Rebuild;
        }
        if self.connection != *connection {
            out.run(alter(id).and("CONNECTION").literal(connection));
        }
        if self.publications != *publications {
            let names = publications.iter().map(|name| Pen::new().ident(name));
            let pen = alter(id).and("SET PUBLICATION").commas(names);
            out.run(pen.and("WITH").options(&["refresh=false".into()]));
        }
        let gone = self.options.iter().map(|option| name(option));
        let gone = gone.filter(|name| value(options, name).is_none());
        let born = gone.map(|name| format!("{name}={}", default(name, id)));
        let set = options.iter().filter(|option| !self.options.contains(option)).cloned();
        let changed: Vec<String> = set.chain(born).collect();
        if value(&changed, "slot_name") == Some("none") {
            out.run(alter(id).and("DISABLE"));
        }
        if !changed.is_empty() {
            out.run(alter(id).and("SET").options(&changed));
        }
        Way::InPlace
    }
}

/// Options that the server changes at the other end too, or not at all before 18.
const NOT_WITHOUT_CONNECTING: [&str; 2] = ["failover", "two_phase"];

fn alter(id: &ObjectId) -> Pen {
    Pen::kw("ALTER SUBSCRIPTION").name(id.path())
}

fn name(option: &str) -> &str {
    option.split('=').next().unwrap_or(option)
}

fn value<'a>(options: &'a [String], wanted: &str) -> Option<&'a str> {
    options
        .iter()
        .filter_map(|option| option.split_once('='))
        .find(|(name, _)| *name == wanted)
        .map(|(_, v)| v)
}

/// What an option is where nobody gives it (the manual's page of `CREATE SUBSCRIPTION`).
fn default<'a>(option: &str, id: &'a ObjectId) -> &'a str {
    match option {
        "slot_name" => id.name(),
        "origin" => "any",
        "password_required" => "true",
        "synchronous_commit" | "streaming" => "off",
        _ => "false",
    }
}
