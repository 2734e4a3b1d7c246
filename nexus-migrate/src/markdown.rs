//! The pen for Markdown: the only place that knows what is markup and what is text.

/// A text on one line, in which nothing is markup.
pub(crate) fn text(of: &str) -> String {
    let mut out = String::with_capacity(of.len());
    let mut chars = of.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' | '|' | '`' | '*' => out.extend(['\\', c]),
            // Nothing else makes a link of what is in brackets.
            ']' if matches!(chars.peek(), Some('(' | '[' | ':')) => out.push_str("\\]"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            c if c.is_whitespace() || c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.trim().to_owned()
}

/// A text between backticks.
pub(crate) fn code(of: &str) -> String {
    format!("`{}`", tick(of))
}

/// What can stand between backticks, in a cell too: there are no escapes inside, so those characters give way.
fn tick(of: &str) -> String {
    let plain = of.chars().map(|c| match c {
        '`' => '\'',
        c if c.is_whitespace() || c.is_control() => ' ',
        c => c,
    });
    plain.collect::<String>().replace('|', "\\|")
}

/// A document that grows, with one empty line between its blocks.
#[derive(Debug, Default)]
pub(crate) struct Page {
    text: String,
}

impl Page {
    /// The document so far, ended by one newline.
    pub(crate) fn finish(self) -> String {
        let text = self.text.trim_end();
        if text.is_empty() { String::new() } else { format!("{text}\n") }
    }

    /// A line as it stands.
    pub(crate) fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// The end of a block.
    pub(crate) fn end(&mut self) {
        self.text.push('\n');
    }

    /// A block of one line.
    pub(crate) fn paragraph(&mut self, of: &str) {
        self.line(of);
        self.end();
    }

    pub(crate) fn heading(&mut self, level: usize, title: &str) {
        self.paragraph(&format!("{} {}", "#".repeat(level), text(title)));
    }

    pub(crate) fn item(&mut self, of: &str) {
        self.item_at("", of);
    }

    pub(crate) fn item_at(&mut self, margin: &str, of: &str) {
        self.line(&format!("{margin}- {of}"));
    }

    /// A fenced block, with a fence longer than any in it.
    pub(crate) fn block(&mut self, language: &str, of: &str) {
        let longest = of.split(|c| c != '`').map(str::len).max().unwrap_or_default();
        let fence = "`".repeat(longest.max(2) + 1);
        self.line(&format!("{fence}{language}"));
        self.line(of.trim_end());
        self.paragraph(&fence);
    }

    pub(crate) fn table<const N: usize>(&mut self, head: [&str; N], rows: Vec<[String; N]>) {
        let head = head.map(str::to_owned);
        let mut widths = [3; N];
        for row in rows.iter().chain([&head]) {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let line = |cells: &[String; N]| {
            let cells = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
            format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
        };
        self.line(&line(&head));
        self.line(&line(&widths.map(|width| "-".repeat(width))));
        for row in &rows {
            self.line(&line(row));
        }
        self.end();
    }
}
