//! Browsers by way of their drivers (W3C WebDriver); Chromium unless it is said, by its own protocol where that says
//! too little.

mod axe;
mod clipboard;
mod elements;
mod engine;
mod fingers;
mod hands;
mod input_method;
mod looks;
mod mouse;
mod permit;
mod pixels;
mod processes;
mod start;
mod window;

use std::cell::Cell;
use std::io::Write as _;

use serde_json::{Value, json};

pub use engine::Engine;
pub use hands::{Stroke, go, key, press, release, rest};
pub use input_method::InputMethod;
pub use mouse::Mouse;

use crate::desktop::Display;
use crate::wait::{LONG, until};
use elements::ELEMENT;
use permit::Permit;

/// A window of a browser's, with a profile of its own.
#[derive(Debug)]
pub struct Browser {
    engine: Engine,
    name: String,
    agent: ureq::Agent,
    /// The session's address at the driver.
    session: String,
    /// Where Chromium's own protocol is spoken, host and port.
    debugger: Option<String>,
    driver: engine::Driver,
    /// By how much a window is larger than what its page has to itself, as far as that is known.
    around: Cell<[i64; 2]>,
    _permit: Permit,
}

impl Browser {
    /// The process that all of the browser's descend from.
    pub fn process(&self) -> u32 {
        self.driver.process.id()
    }

    /// The X display that it shows itself on, where it has one to itself, for hands that are no driver's.
    pub fn display(&self) -> Option<Display> {
        let screen = self.driver.screen.as_ref()?;
        Some(Display::named(screen.name.clone()))
    }

    /// What it calls itself, with its version.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A real click into the middle of the page, on the screen that it shows itself on: what hands do on that screen's keyboard
    /// from here on is for the page.
    pub fn be_at_hand(&self) -> Display {
        let display = self.display().unwrap();
        display.repeat_no_key();
        let place = self.run(
            "return [screenX + outerWidth / 2, screenY + outerHeight - innerHeight / 2]",
            json!([]),
        );
        let number = |at: usize| place[at].as_f64().unwrap() as i16;
        display.move_pointer((number(0), number(1)));
        display.click(1);
        until("the page has the focus", LONG, || {
            match self.run("return document.hasFocus()", json!([])) {
                Value::Bool(true) => Ok(()),
                other => Err(other.to_string()),
            }
        });
        display
    }

    /// The WebSocket's address at which Chromium's own protocol is spoken for the page that is open.
    pub fn debugger(&self) -> Option<String> {
        let url = format!("http://{}/json/list", self.debugger.as_ref()?);
        let targets: Value = self.agent.get(&url).call().ok()?.body_mut().read_json().ok()?;
        let page = targets
            .as_array()?
            .iter()
            .find(|target| target["type"] == "page")?;
        Some(page["webSocketDebuggerUrl"].as_str()?.to_owned())
    }

    /// Has Chromium say that it is on a Mac.
    pub fn be_on_a_mac(&self) {
        let agent = self.run("return navigator.userAgent", json!([]));
        self.chromium(
            "Emulation.setUserAgentOverride",
            json!({ "userAgent": agent, "platform": "MacIntel" }),
        );
    }

    /// One command of Chromium's own protocol.
    pub fn chromium(&self, command: &str, parameters: Value) -> Value {
        self.post(
            "goog/cdp/execute",
            json!({ "cmd": command, "params": parameters }),
        )
    }

    pub fn open(&self, url: &str) {
        self.post("url", json!({ "url": url }));
    }

    /// Goes back to the page before. A script that did so might be run twice, as ChromeDriver runs one again whose page
    /// goes before it has answered.
    pub fn back(&self) {
        self.post("back", json!({}));
    }

    /// Loads the page again. No script does so, for the same reason.
    pub fn reload(&self) {
        self.post("refresh", json!({}));
    }

    /// Runs the body of a function in the page.
    pub fn run(&self, script: &str, arguments: Value) -> Value {
        self.post("execute/sync", json!({ "script": script, "args": arguments }))
    }

    /// From here on commands go to the frame that this selects.
    pub fn enter_frame(&self, selector: &str) {
        let frame = self.element(selector);
        self.post("frame", json!({ "id": { ELEMENT: frame } }));
    }

    /// And from here on to the page around it.
    pub fn leave_frame(&self) {
        self.post("frame/parent", json!({}));
    }

    fn try_post(&self, path: &str, body: &Value) -> Result<Value, String> {
        post(&self.agent, &format!("{}/{path}", self.session), body)
    }

    fn post(&self, path: &str, body: Value) -> Value {
        self.try_post(path, &body)
            .unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// The page's address as it is now.
    pub fn url(&self) -> String {
        self.run("return location.href", json!([]))
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Lines of a log since it was asked for last.
    pub fn log(&self, kind: &str) -> Vec<Value> {
        match self.post("se/log", json!({ "type": kind })) {
            Value::Array(lines) => lines,
            other => panic!("a log is not {other}"),
        }
    }

    /// What the page's console has shown that is a warning or worse.
    pub fn complaints(&self) -> Vec<String> {
        self.log("browser")
            .iter()
            .filter(|line| matches!(line["level"].as_str(), Some("SEVERE" | "WARNING")))
            .map(|line| line["message"].as_str().unwrap_or_default().to_owned())
            .collect()
    }
}

/// Says something that is to be seen of a test that passes as well.
pub fn report(text: &str) {
    // Not by println, which is kept back. That nobody reads it is no error.
    let _ = writeln!(std::io::stdout(), "\n{text}");
}

impl Drop for Browser {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let name = std::thread::current().name().unwrap_or("test").replace("::", "-");
            let log = || self.try_post("se/log", &json!({ "type": "browser" }));
            if self.engine == Engine::Chromium
                && let Ok(Value::Array(lines)) = log()
            {
                for line in lines {
                    eprintln!("---- console: {line}");
                }
            }
            let _ = self.try_screenshot(&format!("failed-{name}"));
        }
        // Ends the browser; the driver is ended as a process.
        let _ = self.agent.delete(&self.session).call();
    }
}

fn post(agent: &ureq::Agent, url: &str, body: &Value) -> Result<Value, String> {
    let mut answer = agent
        .post(url)
        .send_json(body)
        .map_err(|error| error.to_string())?;
    let mut answer: Value = answer
        .body_mut()
        .with_config()
        .limit(100_000_000)
        .read_json()
        .map_err(|error| error.to_string())?;
    let value = answer["value"].take();
    match value["error"].as_str() {
        Some(error) => Err(format!(
            "{error}: {}",
            value["message"].as_str().unwrap_or_default()
        )),
        None => Ok(value),
    }
}
