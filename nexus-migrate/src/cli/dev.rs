//! `nexus dev` on the command line: what it says while it follows a file.

use serde_json::json;

use super::progress::Spinner;
use super::show::{self, FINE};
use super::terminal::Terminal;
use crate::commands::CommandError;
use crate::commands::dev::{DevArgs, Event, dev};

/// Follows the file until the process is told to stop.
pub(super) async fn follow(
    terminal: &Terminal,
    args: &DevArgs,
    spinner: &Spinner,
) -> Result<u8, CommandError> {
    let mut said = Ok(());
    let mut hear = |event: Event| {
        spinner.clear();
        let told = if terminal.json { line(terminal, &event) } else { tell(terminal, &event) };
        said = std::mem::replace(&mut said, Ok(())).and(told);
    };
    dev(args, told_to_stop(), spinner, &mut hear).await?;
    spinner.clear();
    said.map(|()| FINE)
}

#[cfg(unix)]
async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminated) = signal(SignalKind::terminate()) else { return interrupted().await };
    tokio::select! {
        () = interrupted() => {}
        _ = terminated.recv() => {}
    }
}

#[cfg(not(unix))]
async fn told_to_stop() {
    interrupted().await;
}

async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

fn tell(terminal: &Terminal, event: &Event) -> Result<(), CommandError> {
    match event {
        Event::Serving { url, server } => {
            terminal.data(&format!("psql '{url}'\n"))?;
            terminal.note(&format!("a database on {server} follows the schema file; stop with Ctrl-C"));
        }
        Event::Updated { plan, proof, models } => {
            if !plan.is_empty() {
                terminal.data(&plan.to_human())?;
            }
            let done = match proof {
                Some(proof) if proof.backward.is_empty() => "proved both ways, and done",
                Some(_) => "proved forward only, and done",
                None => "nothing to do",
            };
            terminal.note(&format!("{done}{}", if *models { "; wrote the models" } else { "" }));
        }
        Event::Broken(error) => terminal.stderr(&show::human(error, terminal.err)),
    }
    Ok(())
}

/// An event as a line of JSON.
fn line(terminal: &Terminal, event: &Event) -> Result<(), CommandError> {
    let value = match event {
        Event::Serving { url, server } => json!({ "event": "serving", "url": url, "server": server }),
        Event::Updated { plan, proof, models } => json!({
            "event": "updated", "steps": plan.to_json()["steps"], "proof": proof, "models": models,
        }),
        Event::Broken(error) => json!({ "event": "broken", "error": show::json(error)["error"] }),
    };
    terminal.data(&format!("{value}\n"))
}
