//! The card in the middle: what is happening before the desktop is there, and what has happened when it is gone.

use leptos::prelude::*;
use porthole_viewer::{Ending, Hop, Stage};

use crate::doctor;
use crate::drawing::logo;
use crate::element::{Element, Node, button, element};
use crate::phase::{self, Phase, Station};
use crate::session::Session;

pub(crate) fn status(session: Session) -> Element {
    element("div")
        .class("status")
        .attr("aria-live", "polite")
        .child_with(move || match session.phase.get() {
            Phase::Idle => Some(idle(session)),
            Phase::Connecting(stage) => Some(connecting(stage)),
            Phase::Ended(ending) => Some(ended(session, ending)),
            Phase::Credentials { .. } | Phase::ServerKey { .. } | Phase::Connected => None,
        })
}

fn idle(session: Session) -> Element {
    element("section")
        .class("card")
        .child(logo())
        .child(element("h1").text("Not connected"))
        .child(main_button("Connect", session))
}

fn connecting(stage: Option<Stage>) -> Element {
    let done = phase::step(stage);
    let steps = (0..phase::STEPS).map(|step| {
        element("span").class(if step < done {
            "step done"
        } else if step == done {
            "step now"
        } else {
            "step"
        })
    });
    element("section")
        .class("card")
        .child(logo())
        .child(element("h1").text([phase::words(stage), "…"].concat()))
        .child(
            element("div")
                .class("steps")
                .attr("aria-hidden", "true")
                .children(steps),
        )
}

fn ended(session: Session, ending: Ending) -> Element {
    let broken = (!ending.clean).then(|| Station::of(&ending));
    let title = if ending.clean {
        "Disconnected"
    } else {
        "The connection ended"
    };
    let code = ending
        .code
        .map(|code| ["WebSocket close code ", &code.to_string()].concat());
    element("section")
        .class("card ended")
        .attr("data-hop", name(ending.hop))
        .child(element("h1").text(title))
        .child(paragraph("reason", ending.reason))
        .children(broken.map(way))
        .children(ending.advice.map(|advice| paragraph("advice", advice)))
        .children(code.map(|code| paragraph("code", code)))
        .child_with(move || session.retry_in.get().map(|seconds| retry(session, seconds)))
        .child(main_button(
            if ending.clean { "Connect" } else { "Try again" },
            session,
        ))
        // It comes later, and must not move the button from under somebody's finger.
        .child_with(move || doctor::findings(session))
}

fn paragraph(class: &'static str, text: String) -> Element {
    // It may be the server's own words, in any language.
    element("p").class(class).attr("dir", "auto").text(text)
}

fn retry(session: Session, seconds: u32) -> Element {
    element("div")
        .class("retry")
        .text(["Trying again in ", &seconds.to_string(), " s"].concat())
        .child(button("quiet", "Stop", move || session.retry_in.set(None)))
}

/// The one thing to do: it has the focus, so that Enter does it.
fn main_button(text: &'static str, session: Session) -> Element {
    let node = Node::new();
    node.on_load(|element| {
        // The element is not in the document before the next turn of the event loop.
        request_animation_frame(move || {
            let _ = element.focus();
        });
    });
    button("primary", text, move || session.connect()).node(node)
}

/// The way to the desktop, with the place on it where it broke.
fn way(broken: Station) -> Element {
    let station = |station: Station, text: &'static str| {
        let broken = station == broken;
        element("li")
            .class(if broken { "broken" } else { "" })
            .child(element("span").class("dot").attr("aria-hidden", "true"))
            .text(text)
            .children(broken.then(|| element("span").class("visually-hidden").text(" (here it ended)")))
    };
    element("ol")
        .class("way")
        .attr("aria-label", "The way to the desktop")
        .child(station(Station::Page, "This page"))
        .child(station(Station::Gateway, "Gateway"))
        .child(station(Station::Desktop, "Desktop"))
}

/// What a hop is called where programs read it.
pub(crate) fn name(hop: Hop) -> &'static str {
    match hop {
        Hop::Page => "page",
        Hop::WebSocket => "websocket",
        Hop::Gateway => "gateway",
        Hop::Server => "server",
    }
}
