//! The card in the middle: what is happening before the desktop is there, and what has happened when it is gone.

use leptos::html::{button, div, h1, li, ol, p, section, span};
use leptos::prelude::*;
use leptos::{ev, html, svg};
use porthole_viewer::{Ending, Hop, Stage};

use crate::phase::{self, Phase};
use crate::session::Session;

pub(crate) fn status(session: Session) -> impl IntoView {
    div()
        .class("status")
        .attr("aria-live", "polite")
        .child(move || match session.phase.get() {
            Phase::Idle => Some(idle(session).into_any()),
            Phase::Connecting(stage) => Some(connecting(stage).into_any()),
            Phase::Ended(ending) => Some(ended(session, ending).into_any()),
            Phase::Password { .. } | Phase::Connected => None,
        })
}

fn idle(session: Session) -> impl IntoView {
    section().class("card").child((
        logo(),
        h1().child("Not connected"),
        main_button("Connect", session),
    ))
}

fn connecting(stage: Option<Stage>) -> impl IntoView {
    let done = phase::step(stage);
    let steps: Vec<_> = (0..phase::STEPS)
        .map(|step| {
            span()
                .class("step")
                .class(("done", step < done))
                .class(("now", step == done))
        })
        .collect();
    section().class("card").child((
        logo(),
        h1().child([phase::words(stage), "…"].concat()),
        div().class("steps").attr("aria-hidden", "true").child(steps),
    ))
}

fn ended(session: Session, ending: Ending) -> impl IntoView {
    let title = if ending.clean {
        "Disconnected"
    } else {
        "The connection ended"
    };
    let code = ending
        .code
        .map(|code| ["WebSocket close code ", &code.to_string()].concat());
    section()
        .class("card ended")
        .attr("data-hop", name(ending.hop))
        .child((
            h1().child(title),
            p().class("reason").child(ending.reason),
            (!ending.clean).then(|| way(ending.hop)),
            ending.advice.map(|advice| p().class("advice").child(advice)),
            code.map(|code| p().class("code").child(code)),
            move || {
                session.retry_in.get().map(|seconds| {
                    div().class("retry").child((
                        ["Trying again in ", &seconds.to_string(), " s"].concat(),
                        button()
                            .class("quiet")
                            .attr("type", "button")
                            .on(ev::click, move |_| session.retry_in.set(None))
                            .child("Stop"),
                    ))
                })
            },
            main_button(if ending.clean { "Connect" } else { "Try again" }, session),
        ))
}

/// The one thing to do: it has the focus, so that Enter does it.
fn main_button(text: &'static str, session: Session) -> impl IntoView {
    let node = NodeRef::<html::Button>::new();
    node.on_load(|element| {
        // The element is not in the document before the next turn of the event loop.
        request_animation_frame(move || {
            let _ = element.focus();
        });
    });
    button()
        .class("primary")
        .attr("type", "button")
        .node_ref(node)
        .on(ev::click, move |_| session.connect())
        .child(text)
}

/// The way to the desktop, with the place on it where it broke.
fn way(hop: Hop) -> impl IntoView {
    let station = |at: &[Hop], text: &'static str, hop: Hop| {
        let broken = at.contains(&hop);
        li().class(("broken", broken)).child((
            span().class("dot").attr("aria-hidden", "true"),
            text,
            broken.then(|| span().class("visually-hidden").child(" (here it ended)")),
        ))
    };
    ol().class("way")
        .attr("aria-label", "The way to the desktop")
        .child((
            station(&[Hop::Page], "This page", hop),
            station(&[Hop::WebSocket], "Gateway", hop),
            station(&[Hop::Gateway, Hop::Server], "Desktop", hop),
        ))
}

fn name(hop: Hop) -> &'static str {
    match hop {
        Hop::Page => "page",
        Hop::WebSocket => "websocket",
        Hop::Gateway => "gateway",
        Hop::Server => "server",
    }
}

fn logo() -> impl IntoView {
    let ring = |radius: &'static str, class: &'static str| {
        svg::circle()
            .attr("cx", "32")
            .attr("cy", "32")
            .attr("r", radius)
            .attr("class", class)
    };
    svg::svg()
        .attr("viewBox", "0 0 64 64")
        .attr("class", "logo")
        .attr("aria-hidden", "true")
        .child((
            ring("29", "logo-rim"),
            ring("20", "logo-glass"),
            svg::path().attr("class", "logo-sea").attr(
                "d",
                "M12.6 37c5 0 5-4 9.7-4s4.9 4 9.7 4 5-4 9.7-4 4.7 4 9.7 4A20 20 0 0 1 12.6 37z",
            ),
        ))
}
