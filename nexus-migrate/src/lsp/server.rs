//! The conversation: what comes in, what state it leaves, when diagnostics go out.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::{Sender, TryRecvError, channel};

use lsp_server::{Connection, ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types as lsp;
use lsp_types::notification::Notification as _;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::diagnose::{found, quick, within};
use super::keys::Keys;
use super::project::Project;
use super::schema::Schema;
use super::texts::{Opened, Text, Texts, path_of, uri_of};
use super::worker::{self, Job, Outcome};
use super::{LspArgs, LspError, requests};

/// Up to how many bytes a schema is read whole after every edit: it takes no time.
const SMALL: usize = 128 * 1024;

enum Event {
    Said(Message),
    Read(Box<Outcome>),
    Gone,
}

/// The state of the conversation.
pub(crate) struct Server {
    args: LspArgs,
    connection: Connection,
    pub(crate) texts: Texts,
    pub(crate) keys: Keys,
    pub(crate) projects: BTreeMap<PathBuf, Project>,
    jobs: Sender<Job>,
    is_initialized: bool,
    is_shut_down: bool,
    /// Whether the editor asks for hints again when it is told to.
    refreshes: bool,
    asked: i32,
}

pub(super) fn serve(args: &LspArgs) -> Result<(), LspError> {
    let (connection, threads) = Connection::stdio();
    let (tell, inbox) = channel();
    let (incoming, heard) = (connection.receiver.clone(), tell.clone());
    std::thread::spawn(move || {
        for message in incoming {
            if heard.send(Event::Said(message)).is_err() {
                return;
            }
        }
        // Nobody listens any more once the conversation has ended.
        let _ = heard.send(Event::Gone);
    });
    let jobs = worker::start(move |outcome| tell.send(Event::Read(Box::new(outcome))).is_ok());
    let mut server = Server {
        args: args.clone(),
        connection,
        texts: Texts::default(),
        keys: Keys::new(),
        projects: BTreeMap::new(),
        jobs,
        is_initialized: false,
        is_shut_down: false,
        refreshes: false,
        asked: 0,
    };
    let ended = loop {
        let event = match inbox.try_recv() {
            Ok(event) => event,
            // Whoever types fast is told once.
            Err(TryRecvError::Empty) => {
                server.settle();
                match inbox.recv() {
                    Ok(event) => event,
                    Err(_) => break Err(LspError::Gone),
                }
            }
            Err(TryRecvError::Disconnected) => break Err(LspError::Gone),
        };
        match event {
            Event::Said(Message::Notification(of)) if of.method == lsp::notification::Exit::METHOD => {
                break if server.is_shut_down { Ok(()) } else { Err(LspError::Gone) };
            }
            Event::Said(message) => server.hear(message),
            Event::Read(outcome) => server.take(*outcome),
            Event::Gone => break Err(LspError::Gone),
        }
    };
    drop(server);
    // Both threads have ended, or do so as the channels close.
    match threads.join() {
        Err(error) => Err(LspError::Protocol(error)),
        Ok(()) => ended,
    }
}

impl Server {
    fn send(&self, message: impl Into<Message>) {
        // Where nobody reads any more, `Gone` comes in.
        let _ = self.connection.sender.send(message.into());
    }

    fn hear(&mut self, message: Message) {
        match message {
            Message::Request(request) => {
                let id = request.id.clone();
                // A mistake of ours in one answer must not end the conversation.
                let answer = catch_unwind(AssertUnwindSafe(|| self.answer(request)));
                let internal = || (ErrorCode::InternalError, "this is a mistake in nexus".to_owned());
                self.reply(id, answer.unwrap_or_else(|_| Err(internal())));
            }
            Message::Notification(of) => {
                let _ = catch_unwind(AssertUnwindSafe(|| self.note(of)));
            }
            Message::Response(_) => {}
        }
    }

    fn reply(&self, id: RequestId, answer: Result<Value, (ErrorCode, String)>) {
        self.send(match answer {
            Ok(value) => Response::new_ok(id, value),
            Err((code, message)) => Response::new_err(id, code as i32, message),
        });
    }

    fn answer(&mut self, request: Request) -> Result<Value, (ErrorCode, String)> {
        match request.method.as_str() {
            "initialize" => {
                self.is_initialized = true;
                let params = &request.params;
                let refreshes = params.pointer("/capabilities/workspace/inlayHint/refreshSupport");
                self.refreshes = refreshes.and_then(Value::as_bool).unwrap_or(false);
                Ok(json!({ "capabilities": requests::capabilities(),
                           "serverInfo": { "name": "nexus", "version": env!("CARGO_PKG_VERSION") } }))
            }
            _ if !self.is_initialized => {
                Err((ErrorCode::ServerNotInitialized, "say `initialize` first".into()))
            }
            "shutdown" => {
                self.is_shut_down = true;
                Ok(Value::Null)
            }
            _ if self.is_shut_down => Err((ErrorCode::InvalidRequest, "the server is shut down".into())),
            _ => requests::answer(self, request),
        }
    }

    fn note(&mut self, of: Notification) {
        let Notification { method, params } = of;
        match method.as_str() {
            "textDocument/didOpen" => {
                if let Some(lsp::DidOpenTextDocumentParams { text_document: of }) = read(params)
                    && let Some(path) = path_of(&of.uri)
                {
                    let text = Rc::new(Text::new(of.text.into()));
                    self.texts.open.insert(path.clone(), Opened { uri: of.uri, version: of.version, text });
                    self.begin(&path);
                }
            }
            "textDocument/didChange" => {
                if let Some(params) = read(params) {
                    self.change(params);
                }
            }
            "textDocument/didClose" => {
                if let Some(lsp::DidCloseTextDocumentParams { text_document: of }) = read(params)
                    && let Some(path) = path_of(&of.uri)
                {
                    self.texts.open.remove(&path);
                    self.close();
                }
            }
            "workspace/didChangeWatchedFiles" | "textDocument/didSave" => {
                self.projects.values_mut().for_each(|project| project.stale = true);
            }
            _ => {}
        }
    }

    /// Begins to look after the schema that a file belongs to, if it does to one.
    fn begin(&mut self, path: &Path) {
        let known = self.projects.iter().find(|(_, project)| project.members.iter().any(|of| of == path));
        let root = match known {
            Some((root, _)) => root.clone(),
            None => match self.texts.root(path, &self.args.schema) {
                Some(root) => root,
                None => return,
            },
        };
        let members = self.texts.members(&root);
        // A file that was one by itself until another one was found to include it.
        let alone: Vec<_> = members.iter().filter(|of| **of != root).cloned().collect();
        for inner in alone {
            if let Some(project) = self.projects.remove(&inner) {
                self.clear(&project);
            }
        }
        let project = self.projects.entry(root).or_default();
        project.members = members;
        project.stale = true;
        project.edits += 1;
    }

    fn change(&mut self, params: lsp::DidChangeTextDocumentParams) {
        let lsp::DidChangeTextDocumentParams { text_document: of, content_changes } = params;
        let Some(path) = path_of(&of.uri) else { return };
        let Some(open) = self.texts.open.get_mut(&path) else { return };
        open.version = of.version;
        let mut edits = Vec::new();
        for change in &content_changes {
            let (text, edit) = open.text.edited(change);
            open.text = Rc::new(text);
            edits.push((edit, change.range.is_none()));
        }
        let mut is_known = false;
        for (root, project) in &mut self.projects {
            if !project.members.contains(&path) {
                continue;
            }
            is_known = true;
            project.edits += 1;
            for (edit, whole) in &edits {
                project.moved(&path, *edit);
                project.stale |= whole;
            }
            let members = self.texts.members(root);
            project.stale |= members != project.members;
            project.members = members;
        }
        if !is_known {
            self.begin(&path);
        }
    }

    /// Lets go of schemas of which nothing is open any more.
    fn close(&mut self) {
        let is_open = |project: &Project| project.members.iter().any(|of| self.texts.open.contains_key(of));
        let (kept, gone) = std::mem::take(&mut self.projects).into_iter().partition(|(_, of)| is_open(of));
        self.projects = kept;
        let gone: BTreeMap<PathBuf, Project> = gone;
        gone.values().for_each(|project| self.clear(project));
        for project in self.projects.values_mut() {
            project.stale = true;
            project.edits += 1;
        }
    }

    /// Takes the diagnostics of a schema away.
    fn clear(&self, project: &Project) {
        for file in project.shown.keys() {
            self.publish(file, &[]);
        }
    }

    fn publish(&self, file: &Path, diagnostics: &[lsp::Diagnostic]) {
        let open = self.texts.open.get(file);
        let Some(uri) = open.map(|open| open.uri.clone()).or_else(|| uri_of(file)) else { return };
        let params = lsp::PublishDiagnosticsParams {
            uri,
            diagnostics: diagnostics.to_vec(),
            version: open.map(|open| open.version),
        };
        self.send(Notification::new(lsp::notification::PublishDiagnostics::METHOD.to_owned(), params));
    }

    /// Tells what the edits since the last time have made of the diagnostics.
    fn settle(&mut self) {
        let due = self.projects.iter().filter(|(_, project)| project.stale || !project.dirty.is_empty());
        let due: Vec<_> = due.map(|(root, _)| root.clone()).collect();
        for root in due {
            let Some(mut project) = self.projects.remove(&root) else { continue };
            let edited: BTreeSet<_> = project.dirty.keys().cloned().collect();
            let _ = catch_unwind(AssertUnwindSafe(|| self.look(&root, &mut project)));
            project.dirty.clear();
            project.stale = false;
            self.show(&mut project, &edited);
            let open = self.open_texts();
            let history = root.parent().unwrap_or(Path::new("")).join(&self.args.dir);
            // The worker ends with the conversation.
            let _ = self.jobs.send(Job { root: root.clone(), edit: project.edits, open, history });
            self.projects.insert(root, project);
        }
    }

    fn open_texts(&self) -> BTreeMap<PathBuf, Arc<str>> {
        self.texts.open.iter().map(|(path, open)| (path.clone(), Arc::clone(&open.text.text))).collect()
    }

    /// Looks again at what was edited: at everything, or in a large schema at what the edits touch.
    fn look(&self, root: &Path, project: &mut Project) {
        let sizes = project.members.iter().filter_map(|path| Some(self.texts.get(path)?.text.len()));
        if sizes.sum::<usize>() <= SMALL {
            let (declared, diagnostics) = match worker::load(root, &self.open_texts()) {
                Ok((declared, diagnostics)) => (Some(declared), diagnostics),
                Err(diagnostics) => (None, diagnostics),
            };
            project.found = found(&diagnostics, &self.texts, root);
            project.declared = declared.map(Rc::new).or(project.declared.take());
        } else if !project.stale
            && let Some(seen) = quick(&self.texts, root, &project.members, &project.dirty)
        {
            project.found.retain(|one| !within(&seen.seen, one));
            project.found.extend(seen.found);
        }
    }

    /// Sends the diagnostics of files in which they changed, and of those that were edited.
    fn show(&self, project: &mut Project, edited: &BTreeSet<PathBuf>) {
        let mut now: BTreeMap<PathBuf, Vec<lsp::Diagnostic>> = BTreeMap::new();
        for one in &project.found {
            now.entry(one.file.clone()).or_default().push(one.shown());
        }
        let none = Vec::new();
        let files: BTreeSet<_> =
            now.keys().chain(project.shown.keys()).chain(&project.members).chain(edited).cloned().collect();
        for file in files {
            let is = now.get(&file).unwrap_or(&none);
            if edited.contains(&file) || project.shown.get(&file) != Some(is) {
                self.publish(&file, is);
            }
            project.shown.insert(file, is.clone());
        }
    }

    /// Takes what the worker read, unless there were edits meanwhile.
    fn take(&mut self, outcome: Outcome) {
        let Outcome { root, edit, declared, diagnostics, hints } = outcome;
        let Some(mut project) = self.projects.remove(&root) else { return };
        if project.edits == edit {
            project.found = found(&diagnostics, &self.texts, &root);
            if let Some(declared) = declared {
                project.declared = Some(Rc::new(declared));
                if project.hints != hints {
                    project.hints = hints;
                    self.refresh();
                }
            }
            self.show(&mut project, &BTreeSet::new());
        }
        self.projects.insert(root, project);
    }

    /// Asks the editor to ask for hints again.
    fn refresh(&mut self) {
        if self.refreshes {
            self.asked += 1;
            let id = RequestId::from(self.asked);
            self.send(Request::new(id, "workspace/inlayHint/refresh".to_owned(), Value::Null));
        }
    }

    /// The schema that a file belongs to, with its first file; nothing for a file of another kind.
    pub(crate) fn project(&self, path: &Path) -> Option<(&Path, &Project)> {
        let found = self.projects.iter().find(|(_, project)| project.members.iter().any(|of| of == path));
        found.map(|(root, project)| (root.as_path(), project))
    }

    /// The files of a schema together.
    pub(crate) fn schema(&self, project: &Project) -> Schema {
        Schema::of(&self.texts, &project.members)
    }
}

/// Reads what a message carries; nothing where it is of another shape.
pub(crate) fn read<T: DeserializeOwned>(params: Value) -> Option<T> {
    serde_json::from_value(params).ok()
}
