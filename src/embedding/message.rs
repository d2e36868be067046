//! The messages: `{ porthole: "connected", detail: { … } }`. The one name says whose they are and what.
//!
//! They go through the browser's JSON: what reads and writes objects by itself, or any number, is many times the size.

use js_sys::{JSON, Object, Reflect};
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;

/// What the embedder is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "porthole", content = "detail", rename_all = "camelCase")]
pub(crate) enum Outgoing {
    /// A connection is being made, and has come this far.
    Connecting { stage: &'static str },
    /// The desktop is on the screen.
    Connected {
        /// In pixels, as the height.
        width: u16,
        height: u16,
        /// The desktop's name.
        name: String,
    },
    /// The connection has ended, or could not be made.
    Disconnected {
        /// Where: `page`, `websocket`, `gateway` or `server`.
        hop: &'static str,
        /// Whether somebody wanted it.
        clean: bool,
        /// A sentence for a person, as is the advice.
        reason: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        advice: Option<String>,
        /// The WebSocket's close code.
        #[serde(skip_serializing_if = "Option::is_none")]
        code: Option<u16>,
    },
    /// The desktop has another size.
    Resize { width: u16, height: u16 },
    /// The desktop has another name.
    Name { name: String },
    /// The desktop's bell rings.
    Bell,
    /// Something was copied on the desktop.
    Clipboard {
        #[serde(skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        /// A fragment.
        #[serde(skip_serializing_if = "Option::is_none")]
        html: Option<String>,
    },
    /// A command was none, or could not be obeyed.
    Ignored { reason: String },
}

/// What the embedder wants, by its name; its detail is the variant's.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Incoming {
    /// Press these in this order, and release them in the reverse one.
    SendKeys { keys: Vec<Key> },
    /// Put this into the desktop's clipboard.
    Paste { text: String },
    /// End the connection.
    Disconnect,
    /// Give the desktop the keyboard.
    Focus,
}

/// A key, by the names of the DOM.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Key {
    /// `KeyboardEvent.key`
    pub(super) key: String,
    /// `KeyboardEvent.code`, where it matters which of several keys it is.
    #[serde(default)]
    pub(super) code: String,
}

impl Outgoing {
    pub(super) fn to_js(&self) -> Option<JsValue> {
        let text = serde_json_wasm::to_string(self).ok()?;
        JSON::parse(&text).ok()
    }
}

/// Reads a command, or says what is wrong with it. None is what is not said to the viewer at all.
pub(super) fn read(data: &JsValue) -> Option<Result<Incoming, String>> {
    // Of what is no object nothing can be read.
    let part = |name: &str| Reflect::get(data, &name.into()).ok();
    let name = part("porthole").filter(JsValue::is_string)?;
    let detail = part("detail")?;
    // As serde has its enums: a variant without more is its name, any other an object of one.
    let command = if detail.is_undefined() {
        name
    } else {
        let command = Object::new();
        Reflect::set(&command, &name, &detail).ok()?;
        command.into()
    };
    let text = JSON::stringify(&command).ok().and_then(|text| text.as_string());
    Some(match text {
        Some(text) => serde_json_wasm::from_str(&text).map_err(|error| error.to_string()),
        None => Err("there is more in it than JSON has".to_owned()),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const DOCUMENT: &str = include_str!("../../docs/EMBEDDING.md");

    /// The messages in the document's examples, below this heading.
    fn examples(heading: &str) -> Vec<serde_json::Value> {
        let (_, section) = DOCUMENT.split_once(heading).unwrap();
        let (_, block) = section.split_once("```json\n").unwrap();
        let (block, _) = block.split_once("```").unwrap();
        block
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    #[test]
    fn the_embedder_is_told_what_the_document_shows() {
        let told = [
            Outgoing::Connecting {
                stage: "openingSocket",
            },
            Outgoing::Connected {
                width: 1280,
                height: 800,
                name: "build-42".into(),
            },
            Outgoing::Resize {
                width: 1024,
                height: 768,
            },
            Outgoing::Name {
                name: "build-43".into(),
            },
            Outgoing::Bell,
            Outgoing::Clipboard {
                text: Some("copied".into()),
                html: Some("<b>copied</b>".into()),
            },
            Outgoing::Disconnected {
                hop: "gateway",
                clean: false,
                reason: "The session has ended.".into(),
                advice: None,
                code: Some(4410),
            },
            Outgoing::Ignored {
                reason: "there is no key \"Strg\"".into(),
            },
        ];
        let told: Vec<_> = told.iter().map(|it| serde_json::to_value(it).unwrap()).collect();
        assert_eq!(examples("## What it tells"), told);
    }

    #[test]
    fn the_embedder_is_understood_when_it_says_what_the_document_shows() {
        let key = |key: &str, code: &str| Key {
            key: key.into(),
            code: code.into(),
        };
        let wanted = [
            Incoming::SendKeys {
                keys: vec![key("Control", ""), key("Alt", ""), key("Delete", "")],
            },
            Incoming::SendKeys {
                keys: vec![key("Enter", "NumpadEnter")],
            },
            Incoming::Paste {
                text: "to paste".into(),
            },
            Incoming::Focus,
            Incoming::Disconnect,
        ];
        let read: Vec<Incoming> = examples("## What it does")
            .iter()
            .map(|it| match (it["porthole"].as_str().unwrap(), it.get("detail")) {
                (name, None) => serde_json::json!(name),
                (name, Some(detail)) => serde_json::json!({ name: detail }),
            })
            .map(|it| serde_json_wasm::from_str(&it.to_string()).unwrap())
            .collect();
        assert_eq!(read, wanted);
    }
}
