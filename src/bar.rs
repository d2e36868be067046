//! The control bar. It shows as a small handle at the left edge until it is wanted.

use leptos::html::{button, div, nav};
use leptos::prelude::*;
use leptos::{ev, html};
use porthole_viewer::page::Scaling;

use crate::clipboard;
use crate::icons::{self, icon};
use crate::phase::Phase;
use crate::session::Session;

pub(crate) fn bar(session: Session) -> impl IntoView {
    let open = RwSignal::new(false);
    let clipboard_open = RwSignal::new(false);
    let view_only = session.settings.with_untracked(|settings| settings.view_only);
    let connected = Memo::new(move |_| session.phase.get() == Phase::Connected);
    // Nothing stays open over a desktop that is gone.
    Effect::new(move |_| {
        if !connected.get() {
            open.set(false);
            clipboard_open.set(false);
        }
    });
    let close = move || {
        clipboard_open.set(false);
        open.set(false);
        session.focus();
    };
    let tools = move || {
        open.get().then(|| {
            div().class("tools").id("tools").child((
                view_only.then(|| {
                    div()
                        .class("tool view-only")
                        .attr("title", "View only: nothing you type or point at is sent")
                        .child((icon(icons::EYE), html::span().class("label").child("View only")))
                }),
                (!view_only).then(|| {
                    tool("Ctrl-Alt-Del", "Send Ctrl-Alt-Del", icons::KEYS, move || {
                        session.send_ctrl_alt_del()
                    })
                }),
                (!view_only).then(|| {
                    tool("Clipboard", "Clipboard", icons::CLIPBOARD, move || {
                        clipboard_open.update(|open| *open = !*open);
                    })
                    .attr("aria-expanded", move || clipboard_open.get().to_string())
                    .attr("aria-controls", "clipboard")
                }),
                scaling(session),
                tool("Full screen", "Full screen", icons::FULLSCREEN, move || {
                    toggle_fullscreen(session)
                }),
                tool("Disconnect", "Disconnect", icons::DISCONNECT, move || {
                    session.disconnect()
                })
                .class("leave"),
            ))
        })
    };
    nav()
        .class("bar")
        .class(("is-open", open))
        .class(("is-hidden", move || !connected.get()))
        .attr("aria-label", "Desktop controls")
        .on(ev::keydown, move |event| {
            if event.key() == "Escape" {
                event.stop_propagation();
                close();
            }
        })
        .child((
            button()
                .class("handle")
                .attr("type", "button")
                .attr("aria-label", move || {
                    if open.get() {
                        "Hide controls"
                    } else {
                        "Show controls"
                    }
                })
                .attr("title", move || {
                    if open.get() {
                        "Hide controls"
                    } else {
                        "Show controls"
                    }
                })
                .attr("aria-expanded", move || open.get().to_string())
                .attr("aria-controls", "tools")
                .on(ev::click, move |_| {
                    if open.get_untracked() {
                        close()
                    } else {
                        open.set(true)
                    }
                })
                .child(icon(icons::MENU)),
            tools,
            move || {
                clipboard_open
                    .get()
                    .then(|| clipboard::panel(session, clipboard_open))
            },
        ))
}

/// One button of the bar.
fn tool(
    label: &'static str,
    title: &'static str,
    path: &'static str,
    act: impl Fn() + 'static,
) -> html::HtmlElement<html::Button, impl leptos::tachys::html::attribute::Attribute, impl RenderHtml> {
    button()
        .attr("class", "tool")
        .attr("type", "button")
        .attr("title", title)
        .on(ev::click, move |_| act())
        .child((icon(path), html::span().class("label").child(label)))
}

/// How the remote screen is fitted: one of three.
fn scaling(session: Session) -> impl IntoView {
    let choice = move |scaling: Scaling, label: &'static str, title: &'static str, path: &'static str| {
        tool(label, title, path, move || {
            session.set_scaling(scaling);
            session.focus();
        })
        .attr("aria-pressed", move || {
            (session.scaling.get() == scaling).to_string()
        })
    };
    div()
        .class("choices")
        .attr("role", "group")
        .attr("aria-label", "Scaling")
        .child((
            choice(Scaling::Fit, "Fit", "Fit the desktop into the window", icons::FIT),
            choice(
                Scaling::Native,
                "1:1",
                "Show the desktop at its own size",
                icons::NATIVE,
            ),
            move || {
                session.can_resize.get().then(|| {
                    choice(
                        Scaling::Remote,
                        "Resize",
                        "Give the desktop the window's size",
                        icons::REMOTE,
                    )
                })
            },
        ))
}

fn toggle_fullscreen(session: Session) {
    let document = document();
    if document.fullscreen_element().is_some() {
        document.exit_fullscreen();
    } else if let Some(page) = document.document_element() {
        // A browser that refuses, as in a frame that may not, says so in its console.
        if page.request_fullscreen().is_err() {
            session.tell("This browser does not let this page fill the screen.");
        }
    }
    session.focus();
}
