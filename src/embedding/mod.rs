//! The page around this one, where the viewer is embedded: it is told what happens here, and gives commands. What they say
//! to each other is docs/EMBEDDING.md.

mod embedder;
mod message;

use leptos::prelude::*;
use porthole_hands::input::chord;
use porthole_viewer::{Event, Stage};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::MessageEvent;

use crate::clipboard;
use crate::phase::Phase;
use crate::session::Session;
use crate::status;
pub(crate) use embedder::Embedder;
pub(crate) use message::Outgoing;
use message::{Incoming, Key};

/// The most keys that are pressed at a time.
const MOST_KEYS: usize = 16;

/// Listens to the page around this one, if it is one that may be listened to.
pub(crate) fn start(session: Session) {
    if let Some(own) = Embedder::own() {
        listen(session, own);
    } else {
        spawn_local(async move {
            if let Some(named) = Embedder::named().await {
                listen(session, named);
                // It hears where the connection is by now.
                session.tell_embedder(|| now(session));
            }
        });
    }
}

fn listen(session: Session, embedder: Embedder) {
    session.embedded_by(embedder.clone());
    // For as long as the page is there.
    let _ = window_event_listener_untyped("message", move |event| {
        let event: &MessageEvent = event.unchecked_ref();
        let said = embedder
            .says(event)
            .then(|| message::read(&event.data()))
            .flatten();
        let obeyed = said.map(|command| command.and_then(|command| obey(session, command)));
        if let Some(Err(reason)) = obeyed {
            embedder.tell(&Outgoing::Ignored { reason });
        }
    });
}

/// Does what the embedder wants, or says why not.
fn obey(session: Session, command: Incoming) -> Result<(), String> {
    let is_connected = || match session.phase.get_untracked() {
        Phase::Connected => Ok(()),
        _ => Err("there is no desktop to send it to".to_owned()),
    };
    match command {
        Incoming::SendKeys { keys } => {
            is_connected()?;
            send_keys(session, &keys)?;
        }
        Incoming::Paste { text } => {
            is_connected()?;
            clipboard::send(session, clipboard::plain(text));
        }
        Incoming::Disconnect => session.disconnect(),
        Incoming::Focus => session.focus(),
    }
    Ok(())
}

fn send_keys(session: Session, keys: &[Key]) -> Result<(), String> {
    if keys.len() > MOST_KEYS {
        return Err([
            "there are more than ",
            &MOST_KEYS.to_string(),
            " keys to press at once",
        ]
        .concat());
    }
    let names: Vec<_> = keys.iter().map(|it| (&*it.key, &*it.code)).collect();
    let actions = chord(&names).map_err(|name| ["there is no key \"", name, "\""].concat())?;
    session.send_keys(actions);
    Ok(())
}

/// What the embedder is told of an event. The session knows it already.
pub(crate) fn told(event: &Event, session: Session) -> Option<Outgoing> {
    Some(match event {
        Event::Progress(stage) => connecting(*stage),
        // There is a picture now, as before there was a size alone.
        Event::FirstFrame => connected(session),
        // Those before are in `connected`.
        Event::Resized { .. } | Event::Name(_) if session.phase.get_untracked() != Phase::Connected => {
            return None;
        }
        Event::Resized { width, height } => Outgoing::Resize {
            width: *width,
            height: *height,
        },
        Event::Name(name) => Outgoing::Name { name: name.clone() },
        Event::Bell => Outgoing::Bell,
        Event::Clipboard(content) => Outgoing::Clipboard {
            text: content.text.clone(),
            html: content.html.clone(),
        },
        Event::Disconnected(ending) => Outgoing::Disconnected {
            hop: status::name(ending.hop),
            clean: ending.clean,
            reason: ending.reason.clone(),
            advice: ending.advice.clone(),
            code: ending.code,
        },
        _ => return None,
    })
}

/// The same of the phase that it is in, for who comes later.
fn now(session: Session) -> Option<Outgoing> {
    match session.phase.get_untracked() {
        Phase::Idle => None,
        Phase::Connecting(None) => Some(connecting(Stage::OpeningSocket)),
        Phase::Connecting(Some(stage)) => Some(connecting(stage)),
        Phase::Credentials { .. } | Phase::ServerKey { .. } => Some(connecting(Stage::LoggingIn)),
        Phase::Connected => Some(connected(session)),
        Phase::Ended(ending) => told(&Event::Disconnected(ending), session),
    }
}

fn connecting(stage: Stage) -> Outgoing {
    let stage = match stage {
        Stage::OpeningSocket => "openingSocket",
        Stage::AwaitingServer => "awaitingServer",
        Stage::LoggingIn => "loggingIn",
        Stage::PreparingLogin => "preparingLogin",
        Stage::StartingDesktop => "startingDesktop",
    };
    Outgoing::Connecting { stage }
}

fn connected(session: Session) -> Outgoing {
    let (width, height) = session.size.get_untracked();
    Outgoing::Connected {
        width,
        height,
        name: session.name.get_untracked(),
    }
}
