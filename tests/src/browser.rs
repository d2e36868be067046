//! Browsers by way of their drivers (W3C WebDriver); Chromium unless it is said, by its own protocol where that says
//! too little.

mod axe;
mod clipboard;
mod engine;
mod fingers;
mod mouse;

use std::io::Write as _;
use std::process::Command;
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

pub use engine::Engine;
use engine::Sight;
pub use mouse::Mouse;

use crate::desktop::Display;
use crate::image::Image;
use crate::process::screenshots;
use crate::wait::{LONG, until};

/// What a page has to itself where nothing else is said.
const USUAL: (u32, u32) = (1100, 900);

/// So many at a time: more of them on few cores are slow enough to look broken.
const BROWSERS: usize = 2;

static FREE: (Mutex<usize>, Condvar) = (Mutex::new(BROWSERS), Condvar::new());

/// The right to run this many browsers at once.
#[derive(Debug)]
struct Permit(usize);

impl Permit {
    fn wait_for(count: usize) -> Self {
        let mut free = FREE.0.lock().unwrap();
        while *free < count {
            free = FREE.1.wait(free).unwrap();
        }
        *free -= count;
        Self(count)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        *FREE.0.lock().unwrap() += self.0;
        FREE.1.notify_all();
    }
}

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
    _permit: Permit,
}

/// The names of keys in WebDriver (section 17.4.2).
pub mod key {
    pub const SHIFT: &str = "\u{E008}";
    pub const CONTROL: &str = "\u{E009}";
    pub const ALT: &str = "\u{E00A}";
    pub const ENTER: &str = "\u{E007}";
    pub const TAB: &str = "\u{E004}";
    pub const BACKSPACE: &str = "\u{E003}";
    pub const ESCAPE: &str = "\u{E00C}";
    pub const LEFT: &str = "\u{E012}";
    pub const UP: &str = "\u{E013}";
    pub const HOME: &str = "\u{E011}";
    pub const PAGE_DOWN: &str = "\u{E00F}";
    pub const DELETE: &str = "\u{E017}";
    pub const META: &str = "\u{E03D}";
    pub const F5: &str = "\u{E035}";
}

/// The canvas as the page shows it, which needs no access to where it is painted.
const PIXELS: &str = "
    const canvas = document.querySelector('#desktop canvas');
    if (!canvas || !canvas.width || !canvas.height) return null;
    const copy = globalThis.portholeCopy ??= document.createElement('canvas');
    copy.width = canvas.width;
    copy.height = canvas.height;
    const context = copy.getContext('2d', { willReadFrequently: true });
    context.drawImage(canvas, 0, 0);
    const pixels = context.getImageData(0, 0, copy.width, copy.height);
";

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

    /// The same with a window manager, for hands on its keyboard ([`Display::hand`]).
    pub fn start_seen(engine: Engine) -> Self {
        Self::start_with(Permit::wait_for(1), engine, Sight::Managed(None))
    }

    /// The same with an input method of GTK's.
    pub fn start_with_input_method(engine: Engine, name: &'static str) -> Self {
        Self::start_with(Permit::wait_for(1), engine, Sight::Managed(Some(name)))
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
            _permit: permit,
        };
        if !sight.is_managed() {
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
        // The window is larger, by how much shows only when it has been sized, and that takes its time.
        let wanted = [width, height].map(i64::from);
        let mut asked = wanted;
        until("the window's size", LONG, || {
            self.post("window/rect", json!({ "width": asked[0], "height": asked[1] }));
            let inside = self.run("return [innerWidth, innerHeight]", json!([]));
            if inside == json!(wanted) {
                return Ok(());
            }
            for side in 0..2 {
                asked[side] += wanted[side] - inside[side].as_i64().unwrap();
            }
            Err(format!("it is {inside}"))
        });
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

    /// Keeps a picture of the page.
    pub fn screenshot(&self, name: &str) {
        self.try_screenshot(name)
            .unwrap_or_else(|error| panic!("no screenshot: {error}"));
    }

    /// Keeps pictures of the page by day and by night, on a small screen and on a wall. Everybody can use it in all of
    /// them, and where there are few colours.
    pub fn looks(&self, name: &str) {
        self.screenshot(name);
        self.is_accessible(name);
        self.prefers(&[("forced-colors", "active")]);
        self.screenshot(&format!("{name}-forced"));
        self.is_accessible(&format!("{name}-forced"));
        self.prefers(&[("prefers-color-scheme", "dark")]);
        for (size, (width, height)) in [("dark", USUAL), ("360", (360, 640)), ("4k", (3840, 2160))] {
            self.set_size(width, height);
            let name = format!("{name}-{size}");
            self.screenshot(&name);
            if size != "4k" {
                self.is_accessible(&name);
            }
        }
        self.prefers(&[("prefers-color-scheme", "light")]);
        self.set_size(USUAL.0, USUAL.1);
    }

    fn try_screenshot(&self, name: &str) -> Result<(), String> {
        let mut answer = self
            .agent
            .get(format!("{}/screenshot", self.session))
            .call()
            .map_err(|error| error.to_string())?;
        let picture: Value = answer
            .body_mut()
            .with_config()
            .limit(100_000_000)
            .read_json()
            .map_err(|error| error.to_string())?;
        let png = BASE64_STANDARD
            .decode(picture["value"].as_str().unwrap_or_default())
            .map_err(|error| error.to_string())?;
        std::fs::write(screenshots().join(format!("{name}.png")), png).map_err(|error| error.to_string())
    }
}

// ---- elements ----------------------------------------------------------------------------------------------

const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

impl Browser {
    /// The element, once it is there.
    fn element(&self, selector: &str) -> String {
        until(&format!("an element {selector}"), LONG, || {
            let found = self.try_post("element", &json!({ "using": "css selector", "value": selector }))?;
            Ok(found[ELEMENT].as_str().unwrap_or_default().to_owned())
        })
    }

    /// Clicks on it, once it is there and can be clicked on.
    pub fn click(&self, selector: &str) {
        until(&format!("a click on {selector}"), LONG, || {
            let element = self.element(selector);
            self.try_post(&format!("element/{element}/click"), &json!({}))
        });
    }

    /// Chooses the option with this value.
    pub fn choose(&self, selector: &str, value: &str) {
        self.run(
            "const select = document.querySelector(arguments[0]);
             select.value = arguments[1];
             select.dispatchEvent(new Event('change'))",
            json!([selector, value]),
        );
    }

    /// Types into it, once it is there.
    pub fn fill(&self, selector: &str, text: &str) {
        until(&format!("typing into {selector}"), LONG, || {
            let element = self.element(selector);
            self.try_post(&format!("element/{element}/clear"), &json!({}))?;
            self.try_post(&format!("element/{element}/value"), &json!({ "text": text }))
        });
    }

    /// The text of an element, or `None` while there is none.
    pub fn text(&self, selector: &str) -> Option<String> {
        self.run(
            "return document.querySelector(arguments[0])?.textContent ?? null",
            json!([selector]),
        )
        .as_str()
        .map(str::to_owned)
    }

    /// The text of the element once it has these words in it.
    pub fn text_with(&self, selector: &str, words: &str, limit: Duration) -> String {
        until(&format!("{selector} with {words:?}"), limit, || {
            let text = self.text(selector);
            match text {
                Some(text) if text.contains(words) => Ok(text),
                Some(text) => Err(format!("it says {text:?}")),
                None => Err(format!("there is none; the page says {:?}", self.whole_text())),
            }
        })
    }

    pub fn whole_text(&self) -> String {
        self.run("return document.body?.innerText ?? ''", json!([]))
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Waits until the desktop is shown.
    pub fn connected(&self) {
        until("the desktop is shown", LONG, || {
            let shown = self.run(
                "return !!document.querySelector('.bar:not(.is-hidden)')",
                json!([]),
            );
            if shown == json!(true) {
                Ok(())
            } else {
                Err(format!("the page says {:?}", self.whole_text()))
            }
        });
    }

    /// The card that says why it ended: the hop, and its whole text.
    pub fn ended(&self, limit: Duration) -> (String, String) {
        until("the card that says why it ended", limit, || {
            let card = self.run(
                "const card = document.querySelector('.card.ended');
                 return card && [card.dataset.hop, card.innerText]",
                json!([]),
            );
            match (card[0].as_str(), card[1].as_str()) {
                (Some(hop), Some(text)) => Ok((hop.to_owned(), text.to_owned())),
                _ => Err(format!("the page says {:?}", self.whole_text())),
            }
        })
    }
}

// ---- the desktop's pixels ----------------------------------------------------------------------------------

impl Browser {
    /// Size and hash of what the canvas shows.
    pub fn canvas_hash(&self) -> Option<(usize, usize, u32)> {
        let script = format!(
            "{PIXELS}
            let hash = 0x811C9DC5;
            for (const pixel of new Uint32Array(pixels.data.buffer)) hash = Math.imul(hash ^ pixel, 16777619);
            return [copy.width, copy.height, hash >>> 0];"
        );
        let answer = self.run(&script, json!([]));
        let number = |at: usize| answer[at].as_u64();
        Some((
            usize::try_from(number(0)?).ok()?,
            usize::try_from(number(1)?).ok()?,
            u32::try_from(number(2)?).ok()?,
        ))
    }

    /// What the canvas shows.
    pub fn canvas(&self) -> Option<Image> {
        let script = format!(
            "{PIXELS}
            const bytes = pixels.data;
            let text = '';
            for (let at = 0; at < bytes.length; at += 8192)
                text += String.fromCharCode(...bytes.subarray(at, at + 8192));
            return [copy.width, copy.height, btoa(text)];"
        );
        let answer = self.run(&script, json!([]));
        let bytes = BASE64_STANDARD.decode(answer[2].as_str()?).unwrap();
        Some(Image {
            width: usize::try_from(answer[0].as_u64()?).unwrap(),
            height: usize::try_from(answer[1].as_u64()?).unwrap(),
            rgb: bytes
                .chunks_exact(4)
                .flat_map(|pixel| [pixel[0], pixel[1], pixel[2]])
                .collect(),
        })
    }

    /// Waits until the canvas shows what the server has, pixel for pixel.
    pub fn shows(&self, what: &str, truth: impl Fn() -> Image) {
        let start = Instant::now();
        until(what, LONG, || {
            let expected = truth();
            let found = self.canvas_hash();
            if found == Some((expected.width, expected.height, expected.hash())) {
                Ok(())
            } else if start.elapsed() < LONG {
                Err(String::new())
            } else {
                // Looked at closer only where it is told.
                self.explain(what, &expected)
            }
        });
    }

    fn explain(&self, what: &str, expected: &Image) -> Result<(), String> {
        let Some(shown) = self.canvas() else {
            return Err(format!(
                "there is no canvas; the page says {:?}",
                self.whole_text()
            ));
        };
        if shown == *expected {
            return Ok(());
        }
        let name: String = what
            .chars()
            .map(|letter| if letter.is_alphanumeric() { letter } else { '-' })
            .collect();
        std::fs::write(
            screenshots().join(format!("{name}-server.ppm")),
            expected.to_ppm(),
        )
        .unwrap();
        std::fs::write(screenshots().join(format!("{name}-page.ppm")), shown.to_ppm()).unwrap();
        self.screenshot(&format!("{name}-differs"));
        Err(expected.difference(&shown))
    }
}

// ---- hands -------------------------------------------------------------------------------------------------

/// One thing that a hand does on a keyboard.
#[derive(Debug, Clone, Copy)]
pub enum Stroke<'a> {
    Down(&'a str),
    Up(&'a str),
    Tap(&'a str),
}

impl Browser {
    pub fn keys(&self, strokes: &[Stroke<'_>]) {
        let down = |key: &str| json!({ "type": "keyDown", "value": key });
        let up = |key: &str| json!({ "type": "keyUp", "value": key });
        let actions: Vec<Value> = strokes
            .iter()
            .flat_map(|stroke| match stroke {
                Stroke::Down(key) => vec![down(key)],
                Stroke::Up(key) => vec![up(key)],
                Stroke::Tap(key) => vec![down(key), up(key)],
            })
            .collect();
        self.act(json!({ "type": "key", "id": "keyboard", "actions": actions }));
    }

    /// Presses and releases a key that means this and is at that place of the keyboard (`KeyboardEvent.code`).
    pub fn key_at(&self, key: &str, code: &str) {
        for kind in ["rawKeyDown", "keyUp"] {
            self.chromium(
                "Input.dispatchKeyEvent",
                json!({ "type": kind, "key": key, "code": code }),
            );
        }
    }

    /// Types as somebody would on an American keyboard.
    pub fn type_text(&self, text: &str) {
        let letters: Vec<String> = text.chars().map(String::from).collect();
        let strokes: Vec<Stroke<'_>> = letters
            .iter()
            .flat_map(|letter| {
                let shifted = letter
                    .chars()
                    .all(|letter| letter.is_ascii_uppercase() || "~!@#$%^&*()_+{}|:\"<>?".contains(letter));
                if shifted {
                    vec![
                        Stroke::Down(key::SHIFT),
                        Stroke::Tap(letter),
                        Stroke::Up(key::SHIFT),
                    ]
                } else {
                    vec![Stroke::Tap(letter)]
                }
            })
            .collect();
        self.keys(&strokes);
    }

    /// Moves, presses and releases of a mouse, as WebDriver's actions.
    pub fn mouse(&self, actions: &[Value]) {
        self.act(json!({
            "type": "pointer", "id": "mouse", "parameters": { "pointerType": "mouse" }, "actions": actions,
        }));
    }

    /// Turns the wheel at a place, to the right and down, by a notch for each hundred: to Chromium one turn is one notch,
    /// however far it is.
    pub fn wheel(&self, (x, y): (i32, i32), (right, down): (i32, i32)) {
        let notches = (right.abs().max(down.abs()) / 100).max(1);
        let (right, down) = (right / notches, down / notches);
        let turn =
            json!({ "type": "scroll", "x": x, "y": y, "deltaX": right, "deltaY": down, "duration": 0 });
        self.act(json!({ "type": "wheel", "id": "wheel", "actions": vec![turn; notches as usize] }));
    }

    fn act(&self, source: Value) {
        self.post("actions", json!({ "actions": [source] }));
    }

    /// The point of the window over this pixel of the desktop.
    pub fn point_over(&self, (x, y): (u16, u16)) -> (i32, i32) {
        let place = self.run(
            "const canvas = document.querySelector('#desktop canvas'), box = canvas.getBoundingClientRect();
             return [box.left + (arguments[0] + 0.5) * box.width / canvas.width,
                     box.top + (arguments[1] + 0.5) * box.height / canvas.height]",
            json!([x, y]),
        );
        let whole = |value: &Value| value.as_f64().unwrap().floor() as i32;
        (whole(&place[0]), whole(&place[1]))
    }
}

pub fn go((x, y): (i32, i32)) -> Value {
    json!({ "type": "pointerMove", "x": x, "y": y, "duration": 0, "origin": "viewport" })
}

pub fn press(button: u8) -> Value {
    json!({ "type": "pointerDown", "button": button })
}

pub fn release(button: u8) -> Value {
    json!({ "type": "pointerUp", "button": button })
}

/// Does nothing for so many milliseconds.
pub fn rest(time: u32) -> Value {
    json!({ "type": "pause", "duration": time })
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

fn signal(name: &str, processes: &[u32]) {
    let status = Command::new("kill")
        .arg(format!("-{name}"))
        .args(processes.iter().map(u32::to_string))
        .status();
    assert!(
        status.is_ok_and(|status| status.success()),
        "{name} {processes:?}"
    );
}

/// A process and all that it has started, and those have.
fn descendants(process: u32) -> Vec<u32> {
    let mut found = vec![process];
    let mut at = 0;
    while let Some(process) = found.get(at) {
        // A process may have ended meanwhile.
        let threads = std::fs::read_dir(format!("/proc/{process}/task"));
        for thread in threads.into_iter().flatten().flatten() {
            let children = std::fs::read_to_string(thread.path().join("children")).unwrap_or_default();
            found.extend(children.split_whitespace().flat_map(str::parse::<u32>));
        }
        at += 1;
    }
    found
}
