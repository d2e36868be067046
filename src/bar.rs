//! The control bar. It shows as a small handle at the left edge until it is wanted.

use leptos::prelude::*;
use porthole_viewer::page::Scaling;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

use crate::clipboard;
use crate::element::{Element, element, icon_button};
use crate::icons::{self, icon};
use crate::phase::Phase;
use crate::power;
use crate::session::Session;

pub(crate) fn bar(session: Session) -> Element {
    let open = RwSignal::new(false);
    let clipboard_open = RwSignal::new(false);
    let power_open = RwSignal::new(false);
    let connected = Memo::new(move |_| session.phase.get() == Phase::Connected);
    // Nothing stays open over a desktop that is gone.
    Effect::new(move |_| {
        if !connected.get() {
            open.set(false);
            clipboard_open.set(false);
            power_open.set(false);
        }
    });
    let close = move || {
        clipboard_open.set(false);
        power_open.set(false);
        open.set(false);
        session.focus();
    };
    let class = move || match (connected.get(), open.get()) {
        (false, _) => "bar is-hidden",
        (true, true) => "bar is-open",
        (true, false) => "bar",
    };
    let toggle = move || {
        if open.get_untracked() {
            close();
        } else {
            open.set(true);
        }
    };
    let label = move || {
        Some(
            if open.get() {
                "Hide controls"
            } else {
                "Show controls"
            }
            .to_owned(),
        )
    };
    element("nav")
        .attr_with("class", move || Some(class().to_owned()))
        .attr("aria-label", "Desktop controls")
        .on("keydown", move |event| {
            if event.unchecked_ref::<KeyboardEvent>().key() == "Escape" {
                event.stop_propagation();
                close();
            }
        })
        .child(
            icon_button("handle", toggle)
                .attr_with("aria-label", label)
                .attr_with("title", label)
                .attr_with("aria-expanded", move || truth(open.get()))
                .attr("aria-controls", "tools")
                .child(icon(icons::MENU)),
        )
        .child_with(move || open.get().then(|| tools(session, clipboard_open, power_open)))
        .child_with(move || {
            clipboard_open
                .get()
                .then(|| clipboard::panel(session, clipboard_open))
        })
        .child_with(move || power_open.get().then(|| power::panel(session, power_open)))
}

fn tools(session: Session, clipboard_open: RwSignal<bool>, power_open: RwSignal<bool>) -> Element {
    let view_only = session.settings.with_untracked(|settings| settings.view_only);
    let tools = element("div").class("tools").id("tools");
    let tools = if view_only {
        tools.child(
            element("div")
                .class("tool view-only")
                .attr("title", "View only: nothing you type or point at is sent")
                .child(icon(icons::EYE))
                .child(label("View only")),
        )
    } else {
        let clipboard = tool("Clipboard", "Clipboard", icons::CLIPBOARD, move || {
            power_open.set(false);
            clipboard_open.update(|open| *open = !*open);
        });
        let power = move || {
            session.can_power.get().then(|| {
                tool("Power", "Shut down, restart or reset", icons::POWER, move || {
                    clipboard_open.set(false);
                    power_open.update(|open| *open = !*open);
                })
                .attr_with("aria-expanded", move || truth(power_open.get()))
                .attr("aria-controls", "power")
            })
        };
        tools
            .child(tool(
                "Ctrl-Alt-Del",
                "Send Ctrl-Alt-Del",
                icons::KEYS,
                move || {
                    session.send_ctrl_alt_del();
                },
            ))
            .child(
                clipboard
                    .attr_with("aria-expanded", move || truth(clipboard_open.get()))
                    .attr("aria-controls", "clipboard"),
            )
            .child_with(power)
    };
    tools
        .child(scaling(session))
        .child(tool("Full screen", "Full screen", icons::FULLSCREEN, move || {
            toggle_fullscreen(session);
        }))
        .child(tool("Disconnect", "Disconnect", icons::DISCONNECT, move || {
            session.disconnect();
        }))
}

/// One button of the bar.
fn tool(name: &'static str, title: &'static str, path: &'static str, act: impl Fn() + 'static) -> Element {
    icon_button("tool", act)
        .attr("title", title)
        .child(icon(path))
        .child(label(name))
}

fn label(text: &'static str) -> Element {
    element("span").class("label").text(text)
}

/// How the remote screen is fitted: one of three.
fn scaling(session: Session) -> Element {
    let choice = move |scaling: Scaling, label: &'static str, title: &'static str, path: &'static str| {
        tool(label, title, path, move || {
            session.set_scaling(scaling);
            session.focus();
        })
        .attr_with("aria-pressed", move || truth(session.scaling.get() == scaling))
    };
    element("div")
        .class("choices")
        .attr("role", "group")
        .attr("aria-label", "Scaling")
        .child(choice(
            Scaling::Fit,
            "Fit",
            "Fit the desktop into the window",
            icons::FIT,
        ))
        .child(choice(
            Scaling::Native,
            "1:1",
            "Show the desktop at its own size",
            icons::NATIVE,
        ))
        .child_with(move || {
            let title = "Give the desktop the window's size";
            session
                .can_resize
                .get()
                .then(|| choice(Scaling::Remote, "Resize", title, icons::REMOTE))
        })
}

/// A truth value as ARIA writes it.
fn truth(value: bool) -> Option<String> {
    Some(if value { "true" } else { "false" }.to_owned())
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
