//! An editor: a client of the language server protocol that talks to `nexus lsp` over its pipes.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How long an answer may take at most, whatever else the machine does.
const PATIENCE: Duration = Duration::from_secs(120);

/// A folder of files, and a server that looks after them.
pub(crate) struct Editor {
    pub(crate) folder: tempfile::TempDir,
    child: Child,
    into: Option<ChildStdin>,
    from: Receiver<Value>,
    asked: i64,
    /// What was said to the editor and not yet looked at.
    heard: Vec<Value>,
    /// The texts of open files.
    texts: BTreeMap<String, (i64, String)>,
}

impl Editor {
    /// Starts a server on a folder with these files, and says `initialize`.
    pub(crate) fn start(files: &[(&str, &str)]) -> Self {
        let mut editor = Self::silent(files);
        let root = editor.uri("");
        let answer = editor.ask(
            "initialize",
            json!({
                "processId": null, "rootUri": root,
                "capabilities": { "workspace": { "inlayHint": { "refreshSupport": true } } },
            }),
        );
        assert_eq!(answer["capabilities"]["positionEncoding"], "utf-16");
        editor.say("initialized", json!({}));
        editor
    }

    /// Starts a server and says nothing.
    pub(crate) fn silent(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("makes a folder");
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("it is in a folder")).expect("makes its folder");
            std::fs::write(path, text).expect("writes a file");
        }
        let mut child = Command::new(binary())
            .arg("lsp")
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("starts the server");
        let into = child.stdin.take();
        let out = child.stdout.take().expect("it is piped");
        let (tell, from) = channel();
        std::thread::spawn(move || {
            let mut out = BufReader::new(out);
            while let Some(message) = frame(&mut out) {
                if tell.send(message).is_err() {
                    return;
                }
            }
        });
        Self { folder, child, into, from, asked: 0, heard: Vec::new(), texts: BTreeMap::new() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn uri(&self, name: &str) -> String {
        format!("file://{}", self.path(name).display())
    }

    /// Sends bytes as they are.
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        let into = self.into.as_mut().expect("the pipe is open");
        // A server that went away is told by what comes next.
        let _ = into.write_all(bytes).and_then(|()| into.flush());
    }

    fn message(&mut self, message: &Value) {
        let body = message.to_string();
        self.send(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    pub(crate) fn say(&mut self, method: &str, params: Value) {
        self.message(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Asks and returns the answer, which is no error.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Value {
        let answer = self.answer(method, params);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// Asks and returns the whole answer.
    pub(crate) fn answer(&mut self, method: &str, params: Value) -> Value {
        self.asked += 1;
        let id = self.asked;
        self.message(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        self.wait(|message| message["id"] == id && message.get("method").is_none())
    }

    /// Waits for a message; others are kept.
    fn wait(&mut self, is: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.heard.iter().position(&is) {
            return self.heard.remove(at);
        }
        let until = Instant::now() + PATIENCE;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let message = self.from.recv_timeout(left).expect("the server answers");
            if is(&message) {
                return message;
            }
            self.heard.push(message);
        }
    }

    pub(crate) fn open(&mut self, name: &str) {
        let text = std::fs::read_to_string(self.path(name)).expect("the file is there");
        self.open_with(name, &text);
    }

    pub(crate) fn open_with(&mut self, name: &str, text: &str) {
        self.texts.insert(name.to_owned(), (1, text.to_owned()));
        let uri = self.uri(name);
        self.say(
            "textDocument/didOpen",
            json!({
                "textDocument": { "uri": uri, "languageId": "yaml", "version": 1, "text": text },
            }),
        );
    }

    /// Puts a text in the place of the only one of its kind.
    pub(crate) fn replace(&mut self, name: &str, old: &str, new: &str) {
        let (version, text) = self.texts[name].clone();
        assert_eq!(text.matches(old).count(), 1, "{old}");
        let at = text.find(old).expect("it is there");
        let range = json!({ "start": place(&text, at), "end": place(&text, at + old.len()) });
        let text = text.replacen(old, new, 1);
        self.texts.insert(name.to_owned(), (version + 1, text));
        let uri = self.uri(name);
        self.say(
            "textDocument/didChange",
            json!({
                "textDocument": { "uri": uri, "version": version + 1 },
                "contentChanges": [{ "range": range, "text": new }],
            }),
        );
    }

    /// The next diagnostics of a file, as `line:column CODE sentence`.
    pub(crate) fn diagnostics(&mut self, name: &str) -> Vec<String> {
        let uri = self.uri(name);
        let is = |message: &Value| {
            message["method"] == "textDocument/publishDiagnostics" && message["params"]["uri"] == uri
        };
        let said = self.wait(is);
        let line = |of: &Value| {
            let start = &of["range"]["start"];
            let title =
                of["message"].as_str().expect("a sentence").lines().next().unwrap_or_default().to_owned();
            format!(
                "{}:{} {} {title}",
                start["line"],
                start["character"],
                of["code"].as_str().expect("a code")
            )
        };
        said["params"]["diagnostics"].as_array().expect("a list").iter().map(line).collect()
    }

    /// Waits until the server says that hints have changed.
    pub(crate) fn refreshed(&mut self) {
        self.wait(|message| message["method"] == "workspace/inlayHint/refresh");
    }

    /// Waits until the diagnostics of a file are such.
    pub(crate) fn diagnostics_until(&mut self, name: &str, are: impl Fn(&[String]) -> bool) -> Vec<String> {
        loop {
            let now = self.diagnostics(name);
            if are(&now) {
                return now;
            }
        }
    }

    /// The document and the place right behind the only text of its kind, with `more` beside them.
    pub(crate) fn at(&self, name: &str, text: &str, more: Value) -> Value {
        let (_, whole) = &self.texts[name];
        assert_eq!(whole.matches(text).count(), 1, "{text}");
        let at = whole.find(text).expect("it is there") + text.len();
        let mut params = json!({ "textDocument": { "uri": self.uri(name) }, "position": place(whole, at) });
        let params_of = params.as_object_mut().expect("an object");
        params_of.extend(more.as_object().cloned().unwrap_or_default());
        params
    }

    /// The labels of what may stand behind a text.
    pub(crate) fn completions(&mut self, name: &str, text: &str) -> Vec<String> {
        let params = self.at(name, text, json!({}));
        let answer = self.ask("textDocument/completion", params);
        let label = |item: &Value| item["label"].as_str().expect("a label").to_owned();
        answer.as_array().map(|items| items.iter().map(label).collect()).unwrap_or_default()
    }

    /// Places as `file:line:column`.
    pub(crate) fn places(&self, answer: &Value) -> Vec<String> {
        let root = self.uri("");
        let place = |of: &Value| {
            let file = of["uri"].as_str().expect("a URI").strip_prefix(&root).expect("in the folder");
            let start = &of["range"]["start"];
            format!("{}:{}:{}", file.trim_start_matches('/'), start["line"], start["character"])
        };
        answer.as_array().expect("a list").iter().map(place).collect()
    }

    /// Makes the changes of an answer in the files on disk, and takes them in as an editor does.
    pub(crate) fn apply(&mut self, edit: &Value) {
        let root = self.uri("");
        for (uri, edits) in edit["changes"].as_object().expect("changes") {
            let name = uri.strip_prefix(&root).expect("in the folder").trim_start_matches('/').to_owned();
            let text = match self.texts.get(&name) {
                Some((_, text)) => text.clone(),
                None => std::fs::read_to_string(self.path(&name)).expect("the file is there"),
            };
            let new = edited(&text, edits.as_array().expect("a list"));
            std::fs::write(self.path(&name), &new).expect("writes the file");
            if let Some((version, open)) = self.texts.get_mut(&name) {
                *version += 1;
                open.clone_from(&new);
                let (version, uri) = (*version, uri.clone());
                self.say("textDocument/didChange", json!({
                    "textDocument": { "uri": uri, "version": version }, "contentChanges": [{ "text": new }],
                }));
            }
        }
    }

    /// Says goodbye; returns how the server went.
    pub(crate) fn stop(mut self) -> ExitStatus {
        assert_eq!(self.ask("shutdown", Value::Null), Value::Null);
        self.say("exit", Value::Null);
        self.gone().0
    }

    /// Closes the pipe and returns how the server went, with what it said on stderr.
    pub(crate) fn gone(&mut self) -> (ExitStatus, String) {
        self.into = None;
        let status = self.child.wait().expect("it ends");
        let mut said = String::new();
        if let Some(mut err) = self.child.stderr.take() {
            err.read_to_string(&mut said).expect("it speaks UTF-8");
        }
        (status, said)
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn frame(out: &mut impl BufRead) -> Option<Value> {
    let mut length = None;
    loop {
        let mut line = String::new();
        if out.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end() {
            "" => break,
            header => {
                if let Some(value) = header.strip_prefix("Content-Length: ") {
                    length = value.parse().ok();
                }
            }
        }
    }
    let mut body = vec![0; length?];
    out.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

/// The place of a byte as the protocol counts.
pub(crate) fn place(text: &str, byte: usize) -> Value {
    let before = &text[..byte];
    let line = before.matches('\n').count();
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    json!({ "line": line, "character": before[start..].encode_utf16().count() })
}

/// A text after an answer's edits, which are apart and in any order.
pub(crate) fn edited(text: &str, edits: &[Value]) -> String {
    let byte = |place: &Value| {
        let number =
            |key: &str| usize::try_from(place[key].as_u64().expect("a number")).expect("it is small");
        let start: usize = text.split_inclusive('\n').take(number("line")).map(str::len).sum();
        let mut units = number("character");
        let rest = text[start..].char_indices();
        for (at, c) in rest {
            if units == 0 || c == '\n' {
                return start + at;
            }
            units -= c.len_utf16();
        }
        text.len()
    };
    let mut edits: Vec<_> = edits
        .iter()
        .map(|of| {
            (byte(&of["range"]["start"]), byte(&of["range"]["end"]), of["newText"].as_str().expect("a text"))
        })
        .collect();
    edits.sort();
    let mut new = text.to_owned();
    for (start, end, with) in edits.into_iter().rev() {
        new.replace_range(start..end, with);
    }
    new
}

/// The binary of this build, or another one that is to be measured.
fn binary() -> std::ffi::OsString {
    std::env::var_os("NEXUS_BINARY").unwrap_or_else(|| env!("CARGO_BIN_EXE_nexus").into())
}

/// Runs `nexus` in a folder and returns its exit code with what it printed.
pub(crate) fn nexus(folder: &Path, args: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(binary()).args(args).current_dir(folder).output().expect("runs nexus");
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&text).into_owned())
}
