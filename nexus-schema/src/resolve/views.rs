//! Views and materialized views, with what hangs on them.

use std::collections::BTreeMap;

use super::table::replica_identity;
use super::{Named, Resolver, flag, options, value, words};
use crate::authored::decode::Spanned;
use crate::authored::{View, ViewColumn};
use crate::catalog::{Kind, ObjectId};
use crate::kinds::{self, Sql};
use crate::types::TypeRef;

impl Resolver<'_> {
    pub(super) fn views(&mut self, views: &[Named<'_, View>]) {
        for view in views {
            let Named { path, spot, is } = view;
            let id = view_id(view);
            self.names.relation([&path[0], &path[1]], "view", *spot, self.report);
            self.names.type_([&path[0], &path[1]], "view", *spot, self.report);
            let mut query = value(&is.query).unwrap_or_default();
            query.truncate(query.trim_end().trim_end_matches(';').trim_end().len());
            if query.is_empty() && (is.query.is_some() || !is.given.contains("query")) {
                let title = format!("the view `{}` has no query", path[1]);
                self.report.error("NX0213", *spot, title, "").help("add `query: SELECT …`");
            }
            let columns = is.columns.iter().flat_map(|columns| &columns.0);
            let columns: Vec<_> = columns.map(|(name, column)| self.view_column(&id, name, column)).collect();
            let (query, options) = (Sql(query), options(&is.options));
            match id.kind() {
                Kind::MaterializedView => {
                    let view = kinds::MaterializedView {
                        columns,
                        options: options.into(),
                        query,
                        populated: is.with_data.as_ref().is_none_or(|flag| flag.value),
                        access_method: value(&is.access_method).filter(|method| method != "heap"),
                        tablespace: value(&is.tablespace),
                        clustered_on: value(&is.clustered_on),
                        replica_identity: replica_identity(&is.replica_identity)
                            .filter(|identity| identity != "default"),
                        settings: self.column_settings(is),
                    };
                    self.add(id.clone(), view, *spot);
                }
                _ => self.add(id.clone(), kinds::View { columns, options: options.into(), query }, *spot),
            }
            self.said(&id, &is.said);
            for (name, column) in is.columns.iter().flat_map(|columns| &columns.0) {
                self.said_of_view_column(&id, name, column);
            }
            self.kept_alone(is);
        }
        self.view_edges(views);
    }

    fn view_column(&mut self, view: &ObjectId, name: &Spanned<String>, is: &ViewColumn) -> kinds::ViewColumn {
        super::names::check(&name.value, "column", name.spot, self.report);
        let type_ = is.type_.as_ref().and_then(|type_| self.type_of(type_, view.schema()));
        if is.type_.is_none() && !is.given.contains("type") {
            let title = format!("the column `{}` has no type", name.value);
            self.report.error("NX0303", name.spot, title, "").help("add `type: text`, say");
        }
        let type_ = type_.as_ref().map(TypeRef::to_string).unwrap_or_default();
        kinds::ViewColumn { name: name.value.clone(), type_, default: value(&is.default).map(Sql) }
    }

    /// How the columns of a materialized view are kept, where anything is said of that.
    fn column_settings(&mut self, is: &View) -> Vec<kinds::ColumnSettings> {
        let columns = is.columns.iter().flat_map(|columns| &columns.0);
        let settings = columns.map(|(name, column)| kinds::ColumnSettings {
            column: name.value.clone(),
            storage: column.storage.as_ref().map(|storage| storage.value.0.to_owned()),
            compression: value(&column.compression),
            statistics: column.statistics.as_ref().and_then(|n| self.small(n)),
            options: options(&column.options),
        });
        let mut said: Vec<_> = settings
            .filter(|is| *is != kinds::ColumnSettings { column: is.column.clone(), ..Default::default() })
            .collect();
        said.sort_by(|one, other| one.column.cmp(&other.column));
        said
    }

    /// A view's column is no object, and yet things are said of it.
    fn said_of_view_column(&mut self, view: &ObjectId, name: &Spanned<String>, is: &ViewColumn) {
        let id = view.child(Kind::Column, name.value.as_str());
        self.comment(&id, &is.description);
        self.renamed(&id, &is.was);
        self.grants(&id, &is.grants, &is.owner_privileges);
        self.security_labels(&id, &is.security_labels);
        self.said_needs(&id, view);
    }

    /// Records what only a materialized view can have.
    fn kept_alone(&mut self, is: &View) {
        if flag(&is.materialized) {
            return;
        }
        let spots = [
            ("with_data", is.with_data.as_ref().map(|v| v.spot)),
            ("access_method", is.access_method.as_ref().map(|v| v.spot)),
            ("clustered_on", is.clustered_on.as_ref().map(|v| v.spot)),
            ("replica_identity", is.replica_identity.as_ref().map(|v| v.spot)),
            ("tablespace", is.tablespace.as_ref().map(|v| v.spot)),
            ("indexes", is.indexes.as_ref().and_then(|all| all.0.first()).map(|(_, index)| index.spot)),
            ("statistics", is.statistics.as_ref().and_then(|all| all.0.first()).map(|(_, one)| one.spot)),
        ];
        for (_, column) in is.columns.iter().flat_map(|columns| &columns.0) {
            for key in ["storage", "compression", "statistics", "options"] {
                if column.given.contains(key) {
                    let title = format!("a view keeps no rows, so its columns take no `{key}`");
                    self.report
                        .error("NX0213", column.spot, title, "")
                        .help(format!("add `materialized: true`, or remove `{key}:`"));
                }
            }
        }
        for (key, spot) in spots {
            if let Some(spot) = spot {
                let title = format!("a view keeps no rows, so it takes no `{key}`");
                self.report
                    .error("NX0213", spot, title, "")
                    .help(format!("add `materialized: true`, or remove `{key}:`"));
            }
        }
    }

    /// Indexes, triggers and rules of views, once tables and functions are known.
    pub(super) fn parts_of_views(&mut self, views: &[Named<'_, View>]) {
        for view in views {
            let id = view_id(view);
            for (name, index) in view.is.indexes.iter().flat_map(|indexes| &indexes.0) {
                let spot = name.as_ref().map_or(index.spot, |name| name.spot);
                let index = self.index(&id, name.as_ref(), index, spot);
                self.catalog.require(&index, id.clone());
            }
            for (name, trigger) in view.is.triggers.iter().flat_map(|triggers| &triggers.0) {
                let Some(name) = name else { continue };
                super::names::check(&name.value, "trigger", name.spot, self.report);
                self.trigger(&id, name, trigger);
                self.catalog.require(&id.child(Kind::Trigger, name.value.as_str()), id.clone());
            }
            self.rules(&id, &view.is.rules);
            self.statistics(&id, &view.is.statistics);
        }
    }

    /// Views need the relations that their queries name, as far as words can tell.
    fn view_edges(&mut self, views: &[Named<'_, View>]) {
        let mut tables: BTreeMap<String, Vec<ObjectId>> = BTreeMap::new();
        for (_, id) in self.made.values().filter(|(made, _)| matches!(made, super::Made::Row)) {
            tables.entry(id.name().to_ascii_lowercase()).or_default().push(id.clone());
        }
        for view in views {
            let id = view_id(view);
            let query = value(&view.is.query).unwrap_or_default();
            let named = words(&query).filter_map(|word| tables.get(&word.to_ascii_lowercase())).flatten();
            for table in named {
                self.catalog.require(&id, table.clone());
            }
        }
    }
}

fn view_id(view: &Named<'_, View>) -> ObjectId {
    let kind = if flag(&view.is.materialized) { Kind::MaterializedView } else { Kind::View };
    ObjectId::new(kind, view.path.clone())
}
