//! How large the wasm memories of a page and its workers are.

use std::net::TcpStream;

use anyhow::{Context, Result};
use porthole_tests::browser::Browser;
use serde_json::{Value, json};
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

/// A conversation in Chromium's own protocol, which the driver has with the page only.
struct Debugger {
    socket: WebSocket<MaybeTlsStream<TcpStream>>,
    number: u64,
    /// The workers that have been heard of.
    workers: Vec<String>,
}

/// Bytes, of all of them together.
pub(crate) fn wasm_memory(browser: &Browser) -> Result<u64> {
    let url = browser.debugger().context("the browser has no debugger")?;
    let (socket, _) = tungstenite::connect(&url).context("the debugger does not answer")?;
    let mut debugger = Debugger {
        socket,
        number: 0,
        workers: Vec::new(),
    };
    let attach = json!({ "autoAttach": true, "waitForDebuggerOnStart": false, "flatten": true });
    debugger.ask("Target.setAutoAttach", attach, None)?;
    // What is told of workers comes before the answer to anything that is asked later.
    let mut bytes = debugger.memories(None)?;
    for worker in debugger.workers.clone() {
        bytes += debugger.memories(Some(&worker))?;
    }
    Ok(bytes)
}

impl Debugger {
    /// Those of the page or of one of its workers.
    fn memories(&mut self, session: Option<&str>) -> Result<u64> {
        let prototype = json!({ "expression": "WebAssembly.Memory.prototype" });
        let prototype = self.ask("Runtime.evaluate", prototype, session)?;
        let all = json!({ "prototypeObjectId": prototype["result"]["objectId"] });
        let all = self.ask("Runtime.queryObjects", all, session)?;
        let sum = json!({
            "objectId": all["objects"]["objectId"],
            "functionDeclaration": "function() { return this.reduce((sum, one) => sum + one.buffer.byteLength, 0) }",
            "returnByValue": true,
        });
        let sum = self.ask("Runtime.callFunctionOn", sum, session)?;
        sum["result"]["value"]
            .as_u64()
            .with_context(|| format!("a memory has no size: {sum}"))
    }

    fn ask(&mut self, method: &str, parameters: Value, session: Option<&str>) -> Result<Value> {
        self.number += 1;
        let mut question = json!({ "id": self.number, "method": method, "params": parameters });
        if let Some(session) = session {
            question["sessionId"] = session.into();
        }
        self.socket.send(Message::text(question.to_string()))?;
        loop {
            let message = self.socket.read()?;
            let Message::Text(text) = message else {
                continue;
            };
            let mut answer: Value = serde_json::from_str(&text)?;
            if answer["method"] == "Target.attachedToTarget" {
                let session = answer["params"]["sessionId"].as_str().unwrap_or_default();
                self.workers.push(session.to_owned());
            }
            if answer["id"] == self.number {
                return Ok(answer["result"].take());
            }
        }
    }
}
