//! The rarer kinds: their sections have the fields of their structs for keys.

use super::Printer;
use super::facets::{held, role};
use super::names;
use super::tree::{Map, Room, Tree};
use super::types::{definition, put_options};
use crate::catalog::{Kind, Object, ObjectId};
use crate::kinds::{
    AccessMethod, Aggregate, Cast, Conversion, DefaultPrivilege, EventTrigger, ForeignDataWrapper, Language,
    Membership, Operator, OperatorClass, OperatorFamily, Publication, PublicationTable, Raw, Role, Server,
    Setting, Sql, Subscription, TextSearchConfiguration, TextSearchDictionary, TextSearchParser,
    TextSearchTemplate, Transform, UserMapping,
};

fn text(sql: &Option<Sql>) -> Option<&str> {
    sql.as_ref().map(Sql::as_str)
}

fn members(members: &[Sql]) -> Vec<&str> {
    members.iter().map(Sql::as_str).collect()
}

impl<'a> Printer<'a> {
    pub(super) fn rarer(&mut self, document: &mut Map) {
        for (key, kind) in [
            ("roles", Kind::Role),
            ("languages", Kind::Language),
            ("access_methods", Kind::AccessMethod),
            ("foreign_data_wrappers", Kind::ForeignDataWrapper),
            ("servers", Kind::Server),
            ("aggregates", Kind::Aggregate),
            ("casts", Kind::Cast),
            ("operators", Kind::Operator),
            ("operator_families", Kind::OperatorFamily),
            ("operator_classes", Kind::OperatorClass),
            ("conversions", Kind::Conversion),
            ("transforms", Kind::Transform),
        ] {
            self.plain(document, key, kind);
        }
        let mut search = Map::of(Room::Block);
        for (key, kind) in [
            ("parsers", Kind::TextSearchParser),
            ("templates", Kind::TextSearchTemplate),
            ("dictionaries", Kind::TextSearchDictionary),
            ("configurations", Kind::TextSearchConfiguration),
        ] {
            self.plain(&mut search, key, kind);
        }
        document.filled("text_search", search);
        for (key, kind) in [
            ("publications", Kind::Publication),
            ("subscriptions", Kind::Subscription),
            ("event_triggers", Kind::EventTrigger),
            ("raw", Kind::Raw),
        ] {
            self.plain(document, key, kind);
        }
        self.settings(document);
        self.default_privileges(document);
    }

    fn plain(&mut self, document: &mut Map, key: &str, kind: Kind) {
        let mut map = Map::of(Room::Spaced);
        for (id, object) in self.all(kind) {
            let Some(mut is) = self.body(id, object) else { continue };
            self.left.remove(id);
            self.was(id, &mut is);
            self.facets(id, &mut is);
            map.put(key_of(id), is.or_nothing());
        }
        document.filled(key, map);
    }

    /// The fields of a rarer kind; what is as usual is left out.
    fn body(&mut self, id: &'a ObjectId, object: &'a Object) -> Option<Map> {
        let mut map = Map::default();
        match object {
            Object::Role(role) => self.role(id, role, &mut map),
            Object::Language(Language { trusted, handler, inline, validator }) => {
                map.put("handler", handler.as_str());
                map.maybe("inline", text(inline));
                map.maybe("validator", text(validator));
                map.flag("trusted", *trusted);
            }
            Object::AccessMethod(AccessMethod { type_, handler }) => {
                map.put("type", type_);
                map.put("handler", handler.as_str());
            }
            Object::ForeignDataWrapper(ForeignDataWrapper { handler, validator, options }) => {
                map.maybe("handler", text(handler));
                map.maybe("validator", text(validator));
                put_options("options", options, &mut map);
            }
            Object::Server(Server { wrapper, type_, version, options }) => {
                map.put("wrapper", wrapper);
                map.maybe("type", type_.as_ref());
                map.maybe("version", version.as_ref());
                put_options("options", options, &mut map);
                self.user_mappings(id, &mut map);
            }
            Object::Aggregate(Aggregate { arguments, definition: pairs }) => {
                if arguments.as_str() != id.path()[2] {
                    map.put("arguments", arguments.as_str());
                }
                map.put("definition", definition(pairs));
                map.room = Room::Block;
            }
            Object::Cast(Cast { function, inout, context }) => {
                map.maybe("function", text(function));
                map.flag("inout", *inout);
                map.put("context", context);
            }
            Object::Operator(Operator { function, commutator, negator, restrict, join, hashes, merges }) => {
                map.put("function", function.as_str());
                map.maybe("commutator", commutator.as_ref().map(names::of_path));
                map.maybe("negator", negator.as_ref().map(names::of_path));
                map.maybe("restrict", text(restrict));
                map.maybe("join", text(join));
                map.flag("hashes", *hashes);
                map.flag("merges", *merges);
            }
            Object::OperatorFamily(OperatorFamily { members: all }) => map.filled("members", members(all)),
            Object::OperatorClass(OperatorClass { default, type_, family, storage, members: all }) => {
                map.put("type", names::type_(type_));
                map.flag("default", *default);
                if *family != id.path()[..2] {
                    map.put("family", names::of_path(family));
                }
                map.maybe("storage", storage.as_deref().map(names::type_));
                map.filled("members", members(all));
            }
            Object::Conversion(Conversion { from, to, function, default }) => {
                map.put("from", from);
                map.put("to", to);
                map.put("function", function.as_str());
                map.flag("default", *default);
            }
            Object::Transform(Transform { from_sql, to_sql }) => {
                map.maybe("from_sql", text(from_sql));
                map.maybe("to_sql", text(to_sql));
            }
            Object::TextSearchParser(TextSearchParser { start, gettoken, end, lextypes, headline }) => {
                map.put("start", start.as_str());
                map.put("gettoken", gettoken.as_str());
                map.put("end", end.as_str());
                map.put("lextypes", lextypes.as_str());
                map.maybe("headline", text(headline));
            }
            Object::TextSearchTemplate(TextSearchTemplate { init, lexize }) => {
                map.maybe("init", text(init));
                map.put("lexize", lexize.as_str());
            }
            Object::TextSearchDictionary(TextSearchDictionary { template, options }) => {
                map.put("template", template.as_str());
                map.maybe("options", text(options));
            }
            Object::TextSearchConfiguration(TextSearchConfiguration { parser, mappings }) => {
                map.put("parser", parser.as_str());
                let mut all = Map::of(Room::Block);
                for (token, dictionaries) in mappings {
                    all.put(token, members(dictionaries));
                }
                map.filled("mappings", all);
                map.room = Room::Block;
            }
            Object::Publication(publication) => self.publication(id, publication, &mut map),
            Object::Subscription(Subscription { connection, publications, options }) => {
                map.put("connection", connection);
                map.put("publications", publications.as_slice());
                put_options("options", options, &mut map);
            }
            Object::EventTrigger(EventTrigger { event, tags, function, enabled }) => {
                map.put("event", event);
                map.filled("tags", tags.as_slice());
                map.put("function", names::of_path(function));
                if enabled != "origin" {
                    map.put("enabled", enabled);
                }
            }
            Object::Raw(Raw { create, drop, depends_on, covers }) => {
                map.put("create", create.as_str());
                map.put("drop", drop.as_str());
                map.filled("depends_on", depends_on.iter().map(ToString::to_string).collect::<Vec<_>>());
                map.filled("covers", covers.iter().collect::<Vec<_>>());
                map.room = Room::Block;
            }
            _ => return None,
        }
        Some(map)
    }

    fn role(&mut self, id: &'a ObjectId, is: &Role, map: &mut Map) {
        let Role {
            superuser,
            create_db,
            create_role,
            inherit,
            login,
            replication,
            bypass_rls,
            connection_limit,
            valid_until,
        } = is;
        map.flag("login", *login);
        if !inherit {
            map.put("inherit", false);
        }
        map.flag("superuser", *superuser);
        map.flag("create_db", *create_db);
        map.flag("create_role", *create_role);
        map.flag("replication", *replication);
        map.flag("bypass_rls", *bypass_rls);
        map.maybe("connection_limit", *connection_limit);
        map.maybe("valid_until", valid_until.as_ref());
        let mut of = Map::default();
        for (membership, object) in self.all(Kind::Membership) {
            let ([group, member], Object::Membership(Membership { admin, inherit, no_set })) =
                (membership.path(), object)
            else {
                continue;
            };
            if member == id.name() {
                self.left.remove(membership);
                let mut one = Map::default();
                one.flag("admin", *admin);
                one.maybe("inherit", *inherit);
                one.flag("no_set", *no_set);
                of.put(group, one.or_nothing());
            }
        }
        map.filled("member_of", super::names_alone(of));
    }

    fn user_mappings(&mut self, id: &'a ObjectId, map: &mut Map) {
        let mut mappings = Map::default();
        for (mapping, object) in self.under(Kind::UserMapping, id) {
            let Object::UserMapping(UserMapping { options }) = object else { continue };
            self.left.remove(mapping);
            mappings.put(role(mapping.name()), super::options(options));
        }
        map.filled("user_mappings", mappings);
    }

    fn publication(&mut self, id: &'a ObjectId, is: &Publication, map: &mut Map) {
        let Publication { all_tables, publish, via_root, generated_columns } = is;
        map.flag("all_tables", *all_tables);
        if *publish != Publication::default().publish {
            map.put("publish", publish.as_slice());
        }
        map.flag("via_root", *via_root);
        map.maybe("generated_columns", generated_columns.as_ref());
        let mut tables = Map::of(Room::Block);
        for (table, object) in self.under(Kind::PublicationTable, id) {
            let (Object::PublicationTable(PublicationTable { columns, filter }), [_, schema, name]) =
                (object, table.path())
            else {
                continue;
            };
            self.left.remove(table);
            let mut one = Map::default();
            one.filled("columns", columns.as_slice());
            one.maybe("where", filter.as_ref().map(|sql| super::types::without_parentheses(sql.as_str())));
            tables.put(names::qualified([schema, name]), one.or_nothing());
        }
        map.filled("tables", super::names_alone(tables));
        let mut schemas = Vec::new();
        for (schema, _) in self.under(Kind::PublicationSchema, id) {
            self.left.remove(schema);
            schemas.push(schema.name());
        }
        map.filled("schemas", schemas);
    }

    /// Settings by role.
    fn settings(&mut self, document: &mut Map) {
        let mut map = Map::of(Room::Block);
        for (id, object) in self.all(Kind::Setting) {
            let ([of, name], Object::Setting(Setting { value })) = (id.path(), object) else { continue };
            self.left.remove(id);
            let value = super::literal::loose(value);
            match map.entries.last_mut() {
                Some((last, Tree::Map(settings))) if last == role(of) => settings.put(name, value),
                _ => {
                    let mut settings = Map::default();
                    settings.put(name, value);
                    map.put(role(of), settings);
                }
            }
        }
        document.filled("settings", map);
    }

    fn default_privileges(&mut self, document: &mut Map) {
        let mut all = Vec::new();
        for (id, object) in self.all(Kind::DefaultPrivilege) {
            let ([of, schema, class, to], Object::DefaultPrivilege(is)) = (id.path(), object) else {
                continue;
            };
            let DefaultPrivilege { privileges, grantable } = is;
            self.left.remove(id);
            let mut map = Map::of(Room::Row);
            map.put("for", of);
            if !schema.is_empty() {
                map.put("in", schema);
            }
            map.put("on", class.to_lowercase());
            map.put("to", role(to));
            match held(privileges, grantable) {
                Tree::Map(both) => map.entries.extend(both.entries),
                list => map.put("privileges", list),
            }
            all.push(Tree::Map(map));
        }
        document.filled("default_privileges", all);
    }
}

/// The key under which an object of a rarer kind stands.
fn key_of(id: &ObjectId) -> String {
    match (id.kind(), id.path()) {
        (Kind::Aggregate, [schema, name, arguments]) => names::signature(schema, name, arguments),
        (Kind::Cast, [from, to]) => format!("{from} as {to}"),
        (Kind::Operator, [schema, name, left, right]) => {
            let side = |type_: &String| if type_.is_empty() { "none".to_owned() } else { type_.clone() };
            names::signature(schema, name, &format!("{}, {}", side(left), side(right)))
        }
        (Kind::OperatorFamily | Kind::OperatorClass, [schema, name, method]) => {
            format!("{} using {method}", names::qualified([schema, name]))
        }
        (Kind::Transform, [type_, language]) => format!("{type_} for {language}"),
        _ => names::of_id(id),
    }
}
