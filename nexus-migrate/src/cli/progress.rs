//! A spinner, or a bar where the number of steps is known; on a terminal only.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::apply::{Event, Progress as Far};
use crate::commands::Progress;

/// Draws on stderr.
#[derive(Debug)]
pub(super) struct Spinner {
    bar: ProgressBar,
}

impl Spinner {
    /// Draws from the first stage on, unless `visible` is false or stderr is no terminal.
    pub(super) fn new(visible: bool) -> Self {
        // indicatif itself draws nothing where stderr is no terminal.
        let target = if visible { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        Self { bar: ProgressBar::with_draw_target(None, target) }
    }

    /// Takes the drawing away.
    pub(super) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Spinner {
    fn stage(&self, name: &str) {
        self.bar.enable_steady_tick(Duration::from_millis(80));
        self.bar.set_message(name.to_owned());
    }

    fn steps(&self, done: usize, of: usize) {
        let style = ProgressStyle::with_template("{spinner} [{bar:24}] {pos}/{len} {msg}");
        self.bar
            .set_style(style.expect("the template is a constant that indicatif reads").progress_chars("=> "));
        self.bar.set_length(of as u64);
        self.bar.set_position(done as u64);
    }
}

/// Shows a run of `apply` on a spinner: which migration, how far its statement is, how fast, and until when.
#[derive(Debug)]
pub(super) struct Follower<'a> {
    spinner: &'a Spinner,
    done: usize,
    of: usize,
    phase: Option<(String, Instant, u64)>,
}

impl<'a> Follower<'a> {
    pub(super) fn new(spinner: &'a Spinner) -> Self {
        Self { spinner, done: 0, of: 0, phase: None }
    }

    pub(super) fn hear(&mut self, event: &Event) {
        let spinner = self.spinner;
        match event {
            Event::Waiting => spinner.stage("waiting for another run"),
            Event::Pending(count) => {
                self.of = *count;
                spinner.steps(0, self.of);
            }
            Event::Resuming => spinner.stage("going on after a run that was killed"),
            Event::Started(named) => spinner.stage(&format!("{named}")),
            Event::Retrying(named, _) => spinner.stage(&format!("waiting for the locks of {named}")),
            Event::Cleaned(index) => spinner.stage(&format!("dropped invalid index {index}")),
            Event::Blocked(named, blockers) => {
                let who: Vec<_> = blockers.iter().map(ToString::to_string).collect();
                spinner.stage(&format!("{named} waits for {}", who.join(", ")));
            }
            Event::Throttled(why) => spinner.stage(&format!("backfill waits: {why}")),
            Event::Progress(named, far) => {
                let line = self.line(far);
                spinner.stage(&format!("{named}: {line}"));
            }
            // Told when the run is over.
            Event::Kept(..) => {}
            Event::Finished(_) => {
                self.done += 1;
                spinner.steps(self.done, self.of);
            }
        }
    }

    /// `building index, scanning: 1200 of 5000 rows, 400 rows/s, 10 s to go`.
    fn line(&mut self, far: &Far) -> String {
        let Far { what, phase, done, total, unit } = far;
        let same = self.phase.as_ref().is_some_and(|(name, _, first)| name == phase && first <= done);
        if !same {
            self.phase = Some((phase.clone(), Instant::now(), *done));
        }
        let Some((_, since, first)) = &self.phase else { return what.clone() };
        let of = if *total > 0 { format!(" of {total}") } else { String::new() };
        let mut line = format!("{what}, {phase}: {done}{of} {unit}");
        let rate = (done - first) as f64 / since.elapsed().as_secs_f64().max(0.001);
        if rate >= 1.0 {
            line.push_str(&format!(", {rate:.0} {unit}/s"));
            if total > done {
                line.push_str(&format!(", {:.0} s to go", (total - done) as f64 / rate));
            }
        }
        line
    }
}
