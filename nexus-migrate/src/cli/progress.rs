//! A spinner, or a bar where the number of steps is known; on a terminal only.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

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
