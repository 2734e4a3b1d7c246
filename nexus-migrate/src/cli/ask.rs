//! Questions to a person who begins a project, for what the command line does not say.

use std::io::{self, BufRead, Write};

use super::history_args::Init;
use crate::commands::{CommandError, Failure};

/// Completes the arguments of `nexus init` by asking on stderr.
pub(super) fn begin(args: Init) -> Result<Init, CommandError> {
    let (mut stdin, mut stderr) = (io::stdin().lock(), io::stderr());
    let folder = std::env::current_dir().ok();
    let folder = folder.as_ref().and_then(|path| path.file_name()?.to_str()).unwrap_or("app");
    questions(args, folder, &mut stdin, &mut stderr)
        .map_err(|e| CommandError::World(Failure::new("cannot ask").source(e)))
}

fn questions(mut args: Init, folder: &str, from: &mut dyn BufRead, to: &mut dyn Write) -> io::Result<Init> {
    // Whoever says how to begin has decided already.
    if args.from.is_some() || args.name.is_some() || args.postgres.is_some() {
        return Ok(args);
    }
    let url =
        ask("Begin with what a database has? Its URL, or nothing to begin with a starter", "", from, to)?;
    if !url.is_empty() {
        args.from = Some(url);
        return Ok(args);
    }
    args.name = Some(ask("What is the database called?", folder, from, to)?);
    while args.postgres.is_none() {
        let major = ask("For which major version of PostgreSQL, from 15 on?", "15", from, to)?;
        args.postgres = major.parse().ok().filter(|major| *major >= 15);
    }
    Ok(args)
}

/// The answer, or what is proposed where there is none, also at the end of all input.
fn ask(question: &str, proposed: &str, from: &mut dyn BufRead, to: &mut dyn Write) -> io::Result<String> {
    let shown = if proposed.is_empty() { String::new() } else { format!(" [{proposed}]") };
    write!(to, "{question}{shown} ")?;
    to.flush()?;
    let mut line = String::new();
    from.read_line(&mut line)?;
    let answer = line.trim();
    Ok(if answer.is_empty() { proposed.to_owned() } else { answer.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(args: Init, answers: &str) -> (Init, String) {
        let mut said = Vec::new();
        let args = questions(args, "shop", &mut answers.as_bytes(), &mut said).expect("a text can be read");
        (args, String::from_utf8(said).expect("questions are UTF-8"))
    }

    fn nothing() -> Init {
        let (schema, dir) = ("schema.yaml".into(), "migrations".into());
        Init { from: None, name: None, postgres: None, schema, dir, seeds: Vec::new(), record: false }
    }

    #[test]
    fn answers_are_taken_and_silence_takes_what_is_proposed() {
        let (args, said) = asked(nothing(), "\nbooks\nten\n14\n17\n");
        assert_eq!((args.from, args.name.as_deref(), args.postgres), (None, Some("books"), Some(17)));
        assert_eq!(said.matches("from 15 on? [15]").count(), 3);
        let (args, _) = asked(nothing(), "");
        assert_eq!((args.name.as_deref(), args.postgres), (Some("shop"), Some(15)));
        let (args, said) = asked(nothing(), "postgres://localhost/old\n");
        assert_eq!((args.from.as_deref(), args.name), (Some("postgres://localhost/old"), None));
        assert!(!said.contains("called"));
        let (_, said) = asked(Init { name: Some("x".into()), ..nothing() }, "");
        assert_eq!(said, "");
    }
}
