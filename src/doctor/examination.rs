//! What a page can see of the way.

use js_sys::global;
use porthole_doctor::{Address, Answer, Check, Conversation, End, Page, Seen, Spoken};
use porthole_viewer::{Ending, Hop};
use wasm_bindgen::JsCast;
use web_sys::{Url, Window};

use super::socket::{Happened, Socket};
use super::{Findings, fetch, gateway};

/// How long each step may take, in milliseconds.
const PATIENCE: i32 = 5_000;

/// How often a conversation may go on before it is enough: a server can send bytes one by one.
const MOST_MESSAGES: usize = 200;

/// Looks at the way to a WebSocket.
pub(super) async fn examine(url: &str, ending: Option<&Ending>) -> Findings {
    let mut seen = Seen {
        page: page(),
        address: address(url),
        ..Seen::default()
    };
    // Browsers do not even try what they forbid.
    if seen.report().is_sound() {
        match ending {
            // It is the page's own, and no hop's.
            Some(Ending { hop: Hop::Page, .. }) => return Findings::of(seen.report(), None),
            // What is wrong is behind that.
            Some(ending) if was_open(ending) => {
                seen.upgrade = Answer::Opened;
                seen.spoken = said(ending);
            }
            // What opens now needs no ordinary request to say why not, which the browser's console would complain of.
            Some(_) => {
                open(url, &mut seen).await;
                if seen.upgrade.denies() {
                    ask(url, &mut seen).await;
                }
            }
            None => {
                ask(url, &mut seen).await;
                open(url, &mut seen).await;
            }
        }
    }
    // Where a desktop was there nothing is left for the gateway to find; and a server counts who comes and goes.
    let came_through = seen.spoken.is_logged_in || seen.spoken.wants_login;
    let behind = match gateway::address(url) {
        Some(address) if !came_through => gateway::ask(&address).await,
        _ => None,
    };
    Findings::of(seen.report(), behind)
}

async fn ask(url: &str, seen: &mut Seen) {
    let start = now();
    seen.plain = fetch::plain(url, PATIENCE).await;
    took(seen, Check::Plain, start);
}

/// Whether the WebSocket was open, as far as that is certain.
fn was_open(ending: &Ending) -> bool {
    matches!(ending.hop, Hop::Gateway | Hop::Server) || ending.code.is_some_and(|code| code != 1006)
}

/// What the session has heard before it ended.
fn said(ending: &Ending) -> Spoken {
    let code = ending.code.filter(|code| *code != 1000);
    let end = code.map(|code| End::Closed {
        code,
        reason: ending.reason.clone(),
    });
    Spoken {
        is_open: end.is_some(),
        end,
        ..Spoken::default()
    }
}

/// Opens the WebSocket in one way after the other. Each that opens is a connection to the VNC server, so that the first
/// one is spoken on.
async fn open(url: &str, seen: &mut Seen) {
    let start = now();
    let (answer, mut socket) = Socket::open(url, true, PATIENCE).await;
    seen.upgrade = answer;
    took(seen, Check::Upgrade, start);
    let is_told = matches!(seen.plain.status(), Some(401 | 403 | 500..));
    if socket.is_none() && !is_told {
        (seen.without_subprotocol, socket) = Socket::open(url, false, PATIENCE).await;
        if socket.is_none() {
            (seen.respelled, socket) = Socket::open(&respelled(url), true, PATIENCE).await;
        }
    }
    if let Some(socket) = socket {
        let start = now();
        let (spoken, greeted) = speak(&socket).await;
        seen.spoken = spoken;
        if let Some(greeted) = greeted {
            seen.took.push((Check::Greeting, milliseconds(greeted - start)));
        }
    }
}

/// Speaks RFB as far as it goes, and says when the server greeted.
async fn speak(socket: &Socket) -> (Spoken, Option<f64>) {
    let mut conversation = Conversation::new();
    let mut greeted = None;
    for _ in 0..MOST_MESSAGES {
        let output = conversation.poll_transmit();
        if !output.is_empty() {
            socket.send(&output);
        }
        if conversation.is_over() {
            break;
        }
        match socket.next(PATIENCE).await {
            Some(Happened::Bytes(bytes)) => conversation.handle_input(&bytes),
            Some(Happened::Text) => conversation.handle_end(End::Text),
            Some(Happened::Closed { code: 1006, .. }) => conversation.handle_end(End::Gone),
            Some(Happened::Closed { code, reason }) => conversation.handle_end(End::Closed { code, reason }),
            Some(Happened::Opened) => {}
            None => conversation.handle_end(End::Silent),
        }
        if greeted.is_none() && conversation.spoken().greeting.is_some() {
            greeted = Some(now());
        }
    }
    conversation.handle_end(End::Silent);
    (conversation.into_spoken(), greeted)
}

fn page() -> Option<Page> {
    let window: Window = global().dyn_into().ok()?;
    let location = window.location();
    let shown = |address: String| address.split(['?', '#']).next().unwrap_or_default().to_owned();
    let base = window.document()?.base_uri().ok().flatten().unwrap_or_default();
    Some(Page {
        address: shown(location.href().ok()?),
        base: shown(base),
        is_https: location.protocol().ok()? == "https:",
        is_secure: window.is_secure_context(),
    })
}

fn address(url: &str) -> Address {
    let Ok(parsed) = Url::new(url) else {
        return Address {
            shown: url.to_owned(),
            ..Address::default()
        };
    };
    let host = parsed.hostname();
    let path = parsed.pathname();
    Address {
        shown: [&parsed.protocol(), "//", &parsed.host(), &path].concat(),
        is_tls: parsed.protocol() == "wss:",
        // Those that browsers except from the rule against mixed content.
        is_loopback: host == "localhost" || host.starts_with("127.") || host == "[::1]",
        is_stream: false,
        path: path + &parsed.search(),
    }
}

/// The address with a slash more or less at its path's end.
fn respelled(url: &str) -> String {
    let (path, query) = url.split_at(url.find('?').unwrap_or(url.len()));
    match path.strip_suffix('/') {
        Some(shorter) => [shorter, query].concat(),
        None => [path, "/", query].concat(),
    }
}

fn now() -> f64 {
    js_sys::Date::now()
}

fn milliseconds(span: f64) -> u32 {
    span.max(0.0) as u32
}

fn took(seen: &mut Seen, check: Check, start: f64) {
    seen.took.push((check, milliseconds(now() - start)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_spelling_differs_by_the_slash_alone() {
        assert_eq!(respelled("ws://a/x/websock?t=/"), "ws://a/x/websock/?t=/");
        assert_eq!(respelled("ws://a/x/websock/"), "ws://a/x/websock");
    }

    #[test]
    fn what_the_gateway_said_is_what_was_seen() {
        let ending = |hop, code| Ending {
            hop,
            clean: false,
            reason: "vm refused the connection".into(),
            advice: None,
            code,
            login_failed: false,
        };
        let spoken = said(&ending(Hop::Gateway, Some(4502)));
        let end = End::Closed {
            code: 4502,
            reason: "vm refused the connection".into(),
        };
        assert_eq!(spoken.end, Some(end));
        assert_eq!(said(&ending(Hop::Server, Some(1000))), Spoken::default());
        for (hop, code, open) in [
            (Hop::Server, None, true),
            (Hop::WebSocket, Some(3999), true),
            (Hop::WebSocket, Some(1006), false),
            (Hop::WebSocket, None, false),
        ] {
            assert_eq!(was_open(&ending(hop, code)), open, "{hop:?} {code:?}");
        }
    }
}
