//! Answers to what an editor asks.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use lsp_server::{ErrorCode, Request};
use lsp_types as lsp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::actions::fixes;
use super::complete::complete;
use super::position::narrow;
use super::project::Project;
use super::rename::{Renaming, rename};
use super::schema::Site;
use super::server::{Server, read};
use super::texts::{Text, path_of, uri_of};
use super::{hover, symbols};

type Answer = Result<Value, (ErrorCode, String)>;

/// What the server can do.
pub(crate) fn capabilities() -> Value {
    json!({
        "positionEncoding": "utf-16",
        "textDocumentSync": { "openClose": true, "change": 2, "save": true },
        "completionProvider": { "triggerCharacters": [".", " ", "{", "["] },
        "hoverProvider": true,
        "definitionProvider": true,
        "referencesProvider": true,
        "documentSymbolProvider": true,
        "renameProvider": { "prepareProvider": true },
        "inlayHintProvider": true,
        "codeActionProvider": { "codeActionKinds": ["quickfix"] },
        "documentFormattingProvider": true,
    })
}

/// Answers a request.
pub(crate) fn answer(server: &Server, request: Request) -> Answer {
    let Request { method, params, .. } = request;
    match method.as_str() {
        "textDocument/completion" => of(params, |params| completion(server, params)),
        "textDocument/hover" => of(params, |params| hovered(server, params)),
        "textDocument/definition" => of(params, |params| definition(server, params)),
        "textDocument/references" => of(params, |params| references(server, params)),
        "textDocument/documentSymbol" => of(params, |params| listed(server, params)),
        "textDocument/prepareRename" => of(params, |params| prepared(server, params)),
        "textDocument/inlayHint" => of(params, |params| hinted(server, params)),
        "textDocument/codeAction" => of(params, |params| acted(server, params)),
        "textDocument/formatting" => of(params, |params| formatted(server, params)),
        "textDocument/rename" => match read(params) {
            Some(params) => renamed(server, params).map_err(|why| (ErrorCode::RequestFailed, why)),
            None => Err(misshapen()),
        },
        _ => Err((ErrorCode::MethodNotFound, format!("`{method}` is not served"))),
    }
}

fn misshapen() -> (ErrorCode, String) {
    (ErrorCode::InvalidParams, "the request is of another shape".into())
}

/// Answers with what `how` finds, or with nothing.
fn of<P: DeserializeOwned, R: Serialize>(params: Value, how: impl FnOnce(P) -> Option<R>) -> Answer {
    let params = read(params).ok_or_else(misshapen)?;
    Ok(how(params).map_or(Value::Null, |answer| json!(answer)))
}

/// A place that was asked about.
struct Asked<'s> {
    path: PathBuf,
    text: Rc<Text>,
    root: &'s Path,
    project: &'s Project,
}

fn file<'s>(server: &'s Server, of: &lsp::TextDocumentIdentifier) -> Option<Asked<'s>> {
    let path = path_of(&of.uri)?;
    let (root, project) = server.project(&path)?;
    let text = server.texts.get(&path)?;
    Some(Asked { path, text, root, project })
}

fn place<'s>(server: &'s Server, of: &lsp::TextDocumentPositionParams) -> Option<(Asked<'s>, usize)> {
    let asked = file(server, &of.text_document)?;
    let byte = asked.text.lines.byte(&asked.text.text, of.position);
    Some((asked, byte))
}

fn completion(server: &Server, params: lsp::CompletionParams) -> Option<Vec<lsp::CompletionItem>> {
    let (asked, byte) = place(server, &params.text_document_position)?;
    let schema = server.schema(asked.project);
    let proposals = complete(&schema, &server.keys, &asked.path, byte)?;
    let range = asked.text.lines.range(&asked.text.text, &proposals.replaces);
    let item = |(at, proposal): (usize, super::complete::Proposal)| lsp::CompletionItem {
        label: proposal.label,
        kind: Some(proposal.kind),
        detail: (!proposal.detail.is_empty()).then_some(proposal.detail),
        sort_text: Some(format!("{at:06}")),
        text_edit: Some(lsp::CompletionTextEdit::Edit(lsp::TextEdit { range, new_text: proposal.insert })),
        ..lsp::CompletionItem::default()
    };
    Some(proposals.all.into_iter().enumerate().map(item).collect())
}

fn hovered(server: &Server, params: lsp::HoverParams) -> Option<lsp::Hover> {
    let (asked, byte) = place(server, &params.text_document_position_params)?;
    let schema = server.schema(asked.project);
    let (value, range) = match schema.mention(&asked.path, byte) {
        Some(mention) => (hover::hover(asked.project.declared.as_deref()?, &mention.named)?, mention.span),
        // A key of the format says what it means.
        None => {
            let piece = asked.text.piece(byte);
            let at = piece.outline.at(byte.checked_sub(piece.base)?)?;
            let key = piece.of_file(&piece.outline.nodes.get(at)?.key);
            let means =
                server.keys.meaning(&piece.path(at)).filter(|_| key.start <= byte && byte <= key.end)?;
            (crate::markdown::text(means), key)
        }
    };
    let contents = lsp::HoverContents::Markup(lsp::MarkupContent { kind: lsp::MarkupKind::Markdown, value });
    Some(lsp::Hover { contents, range: Some(asked.text.lines.range(&asked.text.text, &range)) })
}

fn location(server: &Server, site: &Site) -> Option<lsp::Location> {
    let text = server.texts.get(&site.file)?;
    let range = text.lines.range(&text.text, &(site.start..site.end));
    Some(lsp::Location { uri: uri(server, &site.file)?, range })
}

/// The URI of a file as the editor spells it.
fn uri(server: &Server, file: &Path) -> Option<lsp::Uri> {
    server.texts.open.get(file).map(|open| open.uri.clone()).or_else(|| uri_of(file))
}

fn definition(server: &Server, params: lsp::GotoDefinitionParams) -> Option<Vec<lsp::Location>> {
    let (asked, byte) = place(server, &params.text_document_position_params)?;
    let schema = server.schema(asked.project);
    let mention = schema.mention(&asked.path, byte)?;
    let sites = schema.sites(&mention.named);
    Some(
        sites
            .iter()
            .filter(|(_, declares)| *declares)
            .filter_map(|(site, _)| location(server, site))
            .collect(),
    )
}

fn references(server: &Server, params: lsp::ReferenceParams) -> Option<Vec<lsp::Location>> {
    let (asked, byte) = place(server, &params.text_document_position)?;
    let schema = server.schema(asked.project);
    let mention = schema.mention(&asked.path, byte)?;
    let sites = schema.sites(&mention.named);
    let wanted = sites.iter().filter(|(_, declares)| params.context.include_declaration || !declares);
    Some(wanted.filter_map(|(site, _)| location(server, site)).collect())
}

fn listed(server: &Server, params: lsp::DocumentSymbolParams) -> Option<Vec<lsp::DocumentSymbol>> {
    Some(symbols::symbols(&file(server, &params.text_document)?.text))
}

fn prepared(server: &Server, params: lsp::TextDocumentPositionParams) -> Option<lsp::PrepareRenameResponse> {
    let (asked, byte) = place(server, &params)?;
    let schema = server.schema(asked.project);
    let mention = schema.mention(&asked.path, byte)?;
    super::rename::can_be(&schema, &mention.named).ok()?;
    let range = asked.text.lines.range(&asked.text.text, &mention.span);
    let placeholder = mention.named.path.last()?.clone();
    Some(lsp::PrepareRenameResponse::RangeWithPlaceholder { range, placeholder })
}

fn renamed(server: &Server, params: lsp::RenameParams) -> Result<Value, String> {
    let nothing = || "there is no table and no column here".to_owned();
    let (asked, byte) = place(server, &params.text_document_position).ok_or_else(nothing)?;
    let schema = server.schema(asked.project);
    let mention = schema.mention(&asked.path, byte).ok_or_else(nothing)?;
    let Renaming { edits } = rename(&schema, asked.root, &mention.named, &params.new_name)?;
    let mut changes: BTreeMap<String, Vec<lsp::TextEdit>> = BTreeMap::new();
    for (file, edits) in edits {
        let (Some(uri), Some(text)) = (uri(server, &file), server.texts.get(&file)) else { continue };
        let edit = |(span, new_text): (Range<usize>, String)| lsp::TextEdit {
            range: text.lines.range(&text.text, &span),
            new_text,
        };
        changes.insert(uri.as_str().to_owned(), edits.into_iter().map(edit).collect());
    }
    Ok(json!({ "changes": changes }))
}

fn hinted(server: &Server, params: lsp::InlayHintParams) -> Option<Vec<lsp::InlayHint>> {
    let asked = file(server, &params.text_document)?;
    let mut lines: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    let within = |line: usize| (params.range.start.line..=params.range.end.line).contains(&narrow(line));
    let own = asked.project.hints.iter().filter(|hint| hint.file == asked.path && within(hint.line));
    for hint in own {
        lines.entry(hint.line).or_default().push(&hint.text);
    }
    let hint = |(line, texts): (usize, Vec<&str>)| {
        let end = asked.text.lines.bytes(&asked.text.text, line).end;
        lsp::InlayHint {
            position: asked.text.lines.place(&asked.text.text, end),
            label: lsp::InlayHintLabel::String(texts.join(", ")),
            kind: None,
            text_edits: None,
            tooltip: Some(lsp::InlayHintTooltip::String("since the newest migration".into())),
            padding_left: Some(true),
            padding_right: None,
            data: None,
        }
    };
    Some(lines.into_iter().map(hint).collect())
}

fn acted(server: &Server, params: lsp::CodeActionParams) -> Option<Vec<Value>> {
    let asked = file(server, &params.text_document)?;
    let touches = |range: &lsp::Range| range.start <= params.range.end && params.range.start <= range.end;
    let mut actions = Vec::new();
    for one in asked.project.found.iter().filter(|one| one.file == asked.path && touches(&one.range)) {
        let span = asked.text.lines.span(&asked.text.text, one.range);
        let at = asked.text.text.get(span).unwrap_or_default();
        for fix in fixes(one, at) {
            let edit = lsp::TextEdit { range: one.range, new_text: fix.text };
            actions.push(json!({
                "title": fix.title, "kind": "quickfix", "isPreferred": true, "diagnostics": [one.shown()],
                "edit": { "changes": { params.text_document.uri.as_str(): [edit] } },
            }));
        }
    }
    Some(actions)
}

fn formatted(server: &Server, params: lsp::DocumentFormattingParams) -> Option<Vec<lsp::TextEdit>> {
    let asked = file(server, &params.text_document)?;
    let (old, new) = (&asked.text.text, nexus_schema::fmt::format(&asked.text.text).ok()?);
    // The lines that stay at either end are left alone, so that the cursor stays where it is.
    let (before, after): (Vec<_>, Vec<_>) =
        (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let head = before.iter().zip(&after).take_while(|(a, b)| a == b).count();
    let room = before.len().min(after.len()) - head;
    let tail = before.iter().rev().zip(after.iter().rev()).take(room).take_while(|(a, b)| a == b).count();
    let bytes = |lines: &[&str]| lines.iter().map(|line| line.len()).sum::<usize>();
    let start = bytes(before.get(..head)?);
    let span = start..start + bytes(before.get(head..before.len() - tail)?);
    let new_text: String = after.get(head..after.len() - tail)?.concat();
    if old.get(span.clone()) == Some(new_text.as_str()) {
        return Some(Vec::new());
    }
    Some(vec![lsp::TextEdit { range: asked.text.lines.range(old, &span), new_text }])
}
