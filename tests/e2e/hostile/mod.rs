//! Servers that nobody should have to meet. Of each the page says in words what is wrong, or it goes on where that is
//! right; it stays responsive all the while, and a new connection afterwards shows a desktop.
//!
//! A group of cases is a table in a module of its own and one test. [`server`] has the peers behind the gateway,
//! [`websocket`] those in its place.

mod floods;
mod handshake;
mod images;
mod messages;
mod pixels;
mod pseudo;
mod server;
mod silence;
mod sockets;
mod websocket;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use porthole_tests::browser::{Browser, report};
use porthole_tests::gateway::Gateway;
use porthole_tests::wait::{LONG, until};
use serde_json::json;

use server::{Server, Trick};
use websocket::Front;

/// How long until an end is told of. What takes time takes it by the viewer's own patience, which is less.
const TOLD_WITHIN: Duration = Duration::from_secs(45);

/// What the page's own thread may be away for at most, in milliseconds. It is long, since tests share the machine.
const AWAY: f64 = 10_000.0;

/// One hostile server, and what becomes of it.
struct Case {
    name: &'static str,
    peer: Peer,
    expected: Expected,
    settings: &'static str,
    /// What a person does before it comes to that.
    prepare: fn(&Browser),
    /// What the browser itself says on the console: no page can prevent it.
    console: &'static [&'static str],
    pictured: bool,
}

enum Peer {
    /// Behind the gateway.
    Vnc(Trick),
    /// In its place.
    WebSocket(Trick),
}

enum Expected {
    /// The card names this hop, and says all of these words.
    Ends(&'static str, &'static [&'static str]),
    /// Nothing ends, and this holds.
    GoesOn(fn(&Browser)),
}

/// A case whose connection ends, by the server's doing, in these words.
fn ends(name: &'static str, trick: Trick, words: &'static [&'static str]) -> Case {
    Case {
        name,
        peer: Peer::Vnc(trick),
        expected: Expected::Ends("server", words),
        settings: "",
        prepare: |_| {},
        console: &[],
        pictured: false,
    }
}

/// A case in which everything goes on.
fn goes_on(name: &'static str, trick: Trick, holds: fn(&Browser)) -> Case {
    Case {
        expected: Expected::GoesOn(holds),
        ..ends(name, trick, &[])
    }
}

impl Case {
    fn with(self, settings: &'static str) -> Self {
        Self { settings, ..self }
    }

    fn at(self, hop: &'static str) -> Self {
        match self.expected {
            Expected::Ends(_, words) => Self {
                expected: Expected::Ends(hop, words),
                ..self
            },
            Expected::GoesOn(_) => self,
        }
    }

    fn pictured(self) -> Self {
        Self {
            pictured: true,
            ..self
        }
    }
}

/// The peers of some cases, behind and beside one gateway.
struct Stage {
    gateway: Gateway,
    servers: Vec<Server>,
    fronts: Vec<Option<Front>>,
}

impl Stage {
    fn build(cases: &[Case]) -> Self {
        let servers: Vec<Server> = cases
            .iter()
            .map(|case| match &case.peer {
                Peer::Vnc(trick) => Server::start(trick.clone()),
                Peer::WebSocket(_) => Server::sound(),
            })
            .collect();
        let sessions: String = servers
            .iter()
            .enumerate()
            .map(|(number, server)| format!("[sessions.case-{number}]\ntarget = '{}'\n", server.target()))
            .collect();
        let gateway = Gateway::with(&format!("frame_ancestors = \"http://127.0.0.1:*\"\n{sessions}"));
        let fronts = cases
            .iter()
            .map(|case| match &case.peer {
                Peer::Vnc(_) => None,
                Peer::WebSocket(trick) => Some(Front::before(&gateway.address, trick.clone())),
            })
            .collect();
        Self {
            gateway,
            servers,
            fronts,
        }
    }

    /// The address of a case's page.
    fn page(&self, number: usize, case: &Case) -> String {
        let host = match &self.fronts[number] {
            Some(front) => &front.address,
            None => &self.gateway.address,
        };
        format!(
            "http://{host}/api/auth/session/case-{number}/novnc/?resize=off&{}",
            case.settings
        )
    }

    /// From here on a case's peer is sound.
    fn mend(&self, number: usize) {
        self.servers[number].mend();
        if let Some(front) = &self.fronts[number] {
            front.mend();
        }
    }
}

/// Plays cases one after the other in one browser, and says of all that fail which they are.
fn play(cases: &[Case]) {
    let stage = Stage::build(cases);
    let mut browser = watched();
    let mut failed = Vec::new();
    let mut told = String::new();
    for (number, case) in cases.iter().enumerate() {
        let page = stage.page(number, case);
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            browser.open(&page);
            (case.prepare)(&browser);
            let text = case.meet(&browser);
            case.recover(&browser, || stage.mend(number));
            told += &format!("{}: {}\n", case.name, text.replace('\n', " | "));
        }));
        if let Err(panic) = outcome {
            let name = case.name.replace(' ', "-");
            // A page that is past answering has no picture either; then the next case gets another browser.
            if catch_unwind(AssertUnwindSafe(|| {
                browser.screenshot(&format!("failed-hostile-{name}"))
            }))
            .is_err()
            {
                drop(browser);
                browser = watched();
            }
            failed.push(format!("{}: {}", case.name, reason(panic.as_ref())));
        }
    }
    report(&told);
    assert!(
        failed.is_empty(),
        "{} of {} cases:\n{}",
        failed.len(),
        cases.len(),
        failed.join("\n")
    );
}

/// A browser that watches each page from its beginning: what is said in passing may have passed before a test can ask.
fn watched() -> Browser {
    let browser = Browser::start();
    browser.chromium(
        "Page.addScriptToEvaluateOnNewDocument",
        json!({ "source": WATCH }),
    );
    browser
}

/// Notes the longest time for which the page's thread did nothing for anybody, and what the page says in passing.
const WATCH: &str = "
    let last = performance.now();
    globalThis.longestAway = 0;
    globalThis.noticed = [];
    const look = () => {
        for (const { textContent } of document.querySelectorAll('.notice')) globalThis.noticed.push(textContent);
    };
    new MutationObserver(look).observe(document, { childList: true, subtree: true });
    setInterval(() => {
        const now = performance.now();
        globalThis.longestAway = Math.max(globalThis.longestAway, now - last);
        last = now;
    }, 20);
";

/// Resolves when the page has had time for a timer and a frame.
const BREATH: &str = "
    return new Promise((done) => setTimeout(() => requestAnimationFrame(() => done(globalThis.longestAway))))
";

impl Case {
    /// What is expected comes to be. Gives the card's text.
    fn meet(&self, browser: &Browser) -> String {
        let text = match &self.expected {
            Expected::Ends(hop, words) => {
                let (at, text) = browser.ended(TOLD_WITHIN);
                assert_eq!(at, *hop, "{text}");
                for words in *words {
                    assert!(text.contains(words), "{words:?} is not in {text:?}");
                }
                text
            }
            Expected::GoesOn(holds) => {
                browser.connected();
                holds(browser);
                browser.run(BREATH, json!([]));
                browser.click(".handle");
                browser.click("#tools [title=Disconnect]");
                let (at, text) = browser.ended(TOLD_WITHIN);
                assert_eq!(at, "page", "{text}");
                text
            }
        };
        if self.pictured {
            browser.screenshot(&format!("hostile-{}", self.name.replace(' ', "-")));
        }
        let away = browser.run(BREATH, json!([])).as_f64().unwrap_or_default();
        assert!(away < AWAY, "the page did nothing for {away} ms");
        text
    }

    /// A new connection, to a server that means well by now, shows its desktop.
    fn recover(&self, browser: &Browser, mend: impl FnOnce()) {
        mend();
        browser.click(".card.ended .primary");
        browser.connected();
        browser.shows(&format!("a sound server after {}", self.name), server::picture);
        let complaints: Vec<String> = browser
            .complaints()
            .into_iter()
            .filter(|line| !self.console.iter().any(|known| line.contains(known)))
            .collect();
        assert_eq!(complaints, Vec::<String>::new());
    }
}

/// Waits until the page has said this in passing.
fn noticed(browser: &Browser, words: &str) {
    until(words, LONG, || {
        let said = browser
            .run("return globalThis.noticed.join()", json!([]))
            .to_string();
        if said.contains(words) { Ok(()) } else { Err(said) }
    });
}

/// Waits for the bell: what comes afterwards is heard.
fn rings(browser: &Browser) {
    until("the bell", LONG, || {
        browser.text(".bell").map(drop).ok_or_else(String::new)
    });
}

fn reason(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_default()
}

/// One pixel of the canvas: some here are too large to be looked at as a whole.
const PIXEL: &str = "
    const canvas = document.querySelector('#desktop canvas');
    const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    if (canvas.width) context.drawImage(canvas, arguments[0], arguments[1], 1, 1, 0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
";

/// Waits until these pixels have these colours, give or take so much.
fn has_pixels(browser: &Browser, tolerance: u8, expected: &[((usize, usize), [u8; 3])]) {
    until("the pixels", LONG, || {
        for ((x, y), colour) in expected {
            let shown = browser.run(PIXEL, json!([x, y]));
            let is_near = (0..3).all(|at| {
                let value = shown[at].as_u64().unwrap_or(999);
                value.abs_diff(colour[at].into()) <= tolerance.into()
            });
            if !is_near {
                return Err(format!("{shown} at {x},{y} instead of {colour:?}"));
            }
        }
        Ok(())
    });
}

#[test]
fn the_suite_has_more_than_sixty_cases() {
    let groups = [
        floods::cases(),
        handshake::cases(),
        images::cases(),
        messages::cases(),
        pixels::cases(),
        pseudo::cases(),
        silence::cases(),
        sockets::cases(),
    ];
    let cases: usize = groups.iter().map(Vec::len).sum();
    report(&format!("{cases} hostile servers"));
    assert!(cases > 60, "{cases}");
}
