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

use std::cell::Cell;
use std::io::Write as _;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

pub use engine::Engine;
pub use hands::{Stroke, go, key, press, release, rest};
pub use input_method::InputMethod;
pub use mouse::Mouse;

use crate::desktop::Display;
use crate::wait::{LONG, until};
use elements::ELEMENT;
use engine::Sight;
use permit::{BROWSERS, Permit};
use processes::{descendants, signal};

/// What a page has to itself where nothing else is said.
const USUAL: (u32, u32) = (1100, 900);

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
    pub fn start() -> Self {
        Self::start_in(Engine::Chromium)
    }

    pub fn start_in(engine: Engine) -> Self {
        Self::start_with(Permit::wait_for(1), engine, Sight::Unseen)
    }

    /// On an X display of its own, for hands that are no driver's: see [`Self::display`]. Not for Chromium, which on a
    /// display without a window manager is told of a mouse or not, as it happens.
    pub fn start_shown(engine: Engine) -> Self {
        assert_ne!(engine, Engine::Chromium);
        Self::start_with(Permit::wait_for(1), engine, Sight::Shown)
    }

    /// On a display of which two pixels are as wide as one of CSS.
    pub fn start_fine(engine: Engine) -> Self {
        let browser = Self::start_with(Permit::wait_for(1), engine, Sight::Fine);
        if engine == Engine::Chromium {
            browser.set_display(USUAL.0, USUAL.1, 2.0);
        }
        browser
    }

    /// Chromium with pages that are zoomed in to 300 %.
    pub fn start_zoomed() -> Self {
        Self::start_with(Permit::wait_for(1), Engine::Chromium, Sight::Zoomed)
    }

    /// The same with a window manager, for hands on its keyboard ([`Display::hand`]).
    pub fn start_seen(engine: Engine) -> Self {
        Self::start_with(Permit::wait_for(1), engine, Sight::Managed(None))
    }

    /// The same with an input method.
    pub fn start_with_input_method(engine: Engine, method: InputMethod) -> Self {
        Self::start_with(Permit::wait_for(1), engine, Sight::Managed(Some(method)))
    }

    /// Two at once. To start one after the other would be for both to wait for somebody else's second one.
    pub fn start_two() -> (Self, Self) {
        let permit = Permit::wait_for(BROWSERS);
        let second = Self::start_with(Permit(0), Engine::Chromium, Sight::Unseen);
        (Self::start_with(permit, Engine::Chromium, Sight::Unseen), second)
    }

    /// The only one at its time, for what is measured.
    pub fn start_alone() -> Self {
        Self::start_with(Permit::wait_for(BROWSERS), Engine::Chromium, Sight::Unseen)
    }

    fn start_with(permit: Permit, engine: Engine, sight: Sight) -> Self {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(90)))
            .build()
            .into();
        let driver = engine.driver(&agent, sight);
        let url = format!("{}/session", driver.address);
        let body = json!({ "capabilities": { "alwaysMatch": engine.capabilities(sight) } });
        let answer =
            post(&agent, &url, &body).unwrap_or_else(|error| panic!("{engine:?} does not start: {error}"));
        let id = answer["sessionId"].as_str().unwrap();
        let capability = |name: &str| answer["capabilities"][name].as_str().unwrap_or_default();
        let browser = Self {
            engine,
            name: format!("{} {}", capability("browserName"), capability("browserVersion")),
            session: format!("{url}/{id}"),
            agent,
            debugger: answer["capabilities"]["goog:chromeOptions"]["debuggerAddress"]
                .as_str()
                .map(str::to_owned),
            driver,
            around: Cell::default(),
            _permit: permit,
        };
        // What a driver says of a display's pixels is another thing than a zoom.
        if !sight.is_managed() && sight != Sight::Zoomed {
            browser.set_size(USUAL.0, USUAL.1);
        }
        browser
    }

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

    /// The same on a display of which so many pixels are as wide as one of CSS. Chromium's own.
    pub fn set_display(&self, width: u32, height: u32, ratio: f64) {
        self.chromium(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": width, "height": height, "deviceScaleFactor": ratio, "mobile": false }),
        );
    }

    /// What the page has to itself, in CSS pixels.
    pub fn set_size(&self, width: u32, height: u32) {
        if self.engine == Engine::Chromium {
            return self.set_display(width, height, 1.0);
        }
        let wanted = [width, height].map(i64::from);
        let start = Instant::now();
        // What is asked of a window may show in its page much later, and nothing tells when.
        let mut patience = Duration::from_millis(250);
        let mut inside = self.inside();
        while inside != wanted {
            assert!(
                start.elapsed() < LONG,
                "the window's size: {inside:?} for {wanted:?}"
            );
            let around = self.around.get();
            let asked = [0, 1].map(|side| wanted[side] + around[side]);
            self.post("window/rect", json!({ "width": asked[0], "height": asked[1] }));
            inside = self.inside_after(wanted, patience);
            self.around.set([0, 1].map(|side| asked[side] - inside[side]));
            patience *= 2;
        }
    }

    /// What the page has to itself, in CSS pixels, once that is what is wanted or has not changed for so long.
    fn inside_after(&self, wanted: [i64; 2], patience: Duration) -> [i64; 2] {
        let mut inside = self.inside();
        let mut since = Instant::now();
        while inside != wanted && since.elapsed() < patience {
            sleep(Duration::from_millis(20));
            let now = self.inside();
            if now != inside {
                (inside, since) = (now, Instant::now());
            }
        }
        inside
    }

    fn inside(&self) -> [i64; 2] {
        let inside = self.run("return [innerWidth, innerHeight]", json!([]));
        [0, 1].map(|side| inside[side].as_i64().unwrap())
    }

    /// Has Chromium be one on a phone: small, fine, and touched.
    pub fn be_a_phone(&self) {
        self.chromium(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": 360, "height": 640, "deviceScaleFactor": 3, "mobile": true }),
        );
        self.chromium(
            "Emulation.setTouchEmulationEnabled",
            json!({ "enabled": true, "maxTouchPoints": 5 }),
        );
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

    /// Opens another tab and goes to it.
    pub fn open_tab(&self) {
        let tab = self.post("window/new", json!({ "type": "tab" }));
        self.post("window", json!({ "handle": tab["handle"] }));
    }

    /// Stops all of the browser's processes meanwhile, as a laptop does that is closed.
    pub fn asleep<T>(&self, meanwhile: impl FnOnce() -> T) -> T {
        let processes = descendants(self.process());
        signal("STOP", &processes);
        let result = meanwhile();
        signal("CONT", &processes);
        result
    }

    /// Opens another tab in front of this one, for as long as this takes. Commands go to it meanwhile.
    pub fn behind_another_tab<T>(&self, meanwhile: impl FnOnce() -> T) -> T {
        let url = format!("{}/window", self.session);
        let own: Value = self
            .agent
            .get(&url)
            .call()
            .unwrap()
            .body_mut()
            .read_json()
            .unwrap();
        self.open_tab();
        let found = meanwhile();
        self.agent.delete(&url).call().unwrap();
        self.post("window", json!({ "handle": own["value"] }));
        found
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
