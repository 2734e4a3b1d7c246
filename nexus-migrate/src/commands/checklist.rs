//! What was done about a change, and what is left for people: the procedures of the documents, for this one change.

use std::path::Path;

use super::generate::Generated;

impl Generated {
    /// The steps of the change as a list, those that are done marked; empty where none is due.
    pub fn checklist(&self, schema: &Path, dir: &Path) -> String {
        let Self { files, summary, takes, .. } = self;
        let up = files.iter().find(|file| file.to_string_lossy().ends_with(".up.sql"));
        let Some(up) = up else { return String::new() };
        let (schema, dir, up) = (schema.display(), dir.display(), up.display());
        let proved = summary.lines().next().unwrap_or_default();
        let models = files.iter().find(|file| file.extension().is_some_and(|it| it == "rs"));
        let (has_models, models) = match models {
            Some(file) => (true, format!("wrote the models `{}`", file.display())),
            None => (
                false,
                "where models or documents are kept: `nexus models -o FILE`, `nexus docs -o DIR`".into(),
            ),
        };
        let apply = match takes {
            true => "in production `nexus apply --backup DIR`: something is taken away or converted",
            false => "in production `nexus apply`",
        };
        let steps = [
            (true, format!("`{schema}` is sound")),
            (true, proved.to_owned()),
            (true, format!("wrote {} files in `{dir}`", files.len() - usize::from(has_models))),
            (has_models, models),
            (false, format!("read `{up}`: its head says locks, rewrites and lost data")),
            (false, format!("commit `{schema}` and `{dir}` together")),
            (false, "on staging `nexus apply --dry-run`, `nexus apply`, `nexus status`".into()),
            (false, format!("there, `nexus diff --from $DATABASE_URL --to {schema} --exit-code`")),
            (false, apply.into()),
        ];
        let line = |(done, what): &(bool, String)| format!("[{}] {what}\n", if *done { 'x' } else { ' ' });
        steps.iter().map(line).collect()
    }
}
