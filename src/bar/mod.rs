//! The control bar. It shows as a small handle at the window's edge until it is wanted.

mod handle;
mod place;

use leptos::prelude::*;
use porthole_viewer::page::Scaling;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use crate::element::{Element, Node, element, icon_button};
use crate::icons::{self, icon};
use crate::panel::{Panel, truth};
use crate::phase::Phase;
use crate::screen::{self, Fullscreen};
use crate::session::Session;
use crate::{clipboard, keys, mouse, power, settings};
pub(crate) use handle::steps;
pub(crate) use place::Place;

pub(crate) fn bar(session: Session) -> Element {
    let is_open = RwSignal::new(false);
    let panel = session.panel;
    let fullscreen = Fullscreen::watch();
    let connected = Memo::new(move |_| session.phase.get() == Phase::Connected);
    // Nothing stays open over a desktop that is gone.
    Effect::new(move |_| {
        if !connected.get() {
            is_open.set(false);
            panel.set(None);
        }
    });
    // Nor does what sends something where nothing is sent.
    Effect::new(move |_| {
        if session.settings.with(|settings| settings.view_only) {
            panel.update(|open| *open = open.filter(|panel| !panel.sends()));
        }
    });
    let close = move || {
        panel.set(None);
        is_open.set(false);
        session.focus();
    };
    let class = move || {
        let shown = match (connected.get(), is_open.get()) {
            (false, _) => "bar is-hidden",
            (true, true) => "bar is-open",
            (true, false) => "bar",
        };
        let at_end = session.handle.with(|place| place.at_end);
        [shown, if at_end { " at-end" } else { "" }].concat()
    };
    let toggle = move || {
        if is_open.get_untracked() {
            close();
        } else {
            is_open.set(true);
        }
    };
    let node = Node::new();
    handle::place(session, node);
    element("nav")
        .node(node)
        .attr_with("class", move || Some(class()))
        .attr("aria-label", "Desktop controls")
        .on("keydown", move |event| {
            if event.unchecked_ref::<KeyboardEvent>().key() == "Escape" {
                event.stop_propagation();
                close();
            }
        })
        .child(handle::handle(session, is_open, toggle))
        .child_with(move || is_open.get().then(|| tools(session, fullscreen)))
        .child_with(move || {
            Some(match panel.get()? {
                Panel::Clipboard => clipboard::panel(session),
                Panel::Keys => keys::panel(session),
                Panel::Power => power::panel(session),
                Panel::Screen => screen::panel(session),
                Panel::Settings => settings::settings(session),
            })
        })
}

/// Gives the keyboard to the handle: who leaves the desktop by keys goes on from here.
pub(crate) fn focus() {
    let handle = document().query_selector(".handle").ok().flatten();
    if let Some(handle) = handle.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
        // Fails only for an element that cannot have the focus.
        let _ = handle.focus();
    }
}

fn tools(session: Session, fullscreen: Fullscreen) -> Element {
    let panel = session.panel;
    let opens = move |which: Panel, id: &'static str, name, title, path| {
        tool(name, title, path, move || {
            panel.update(|open| *open = (*open != Some(which)).then_some(which));
        })
        .attr_with("aria-expanded", move || truth(panel.get() == Some(which)))
        .attr("aria-controls", id)
    };
    let is_view_only = move || session.settings.with(|settings| settings.view_only);
    let view_only = move || {
        is_view_only().then(|| {
            element("div")
                .class("tool view-only")
                .attr("title", "View only: nothing you type or point at is sent")
                .child(icon(icons::EYE))
                .child(label("View only"))
        })
    };
    let ctrl_alt_del = move || {
        (!is_view_only()).then(|| {
            tool(
                "Ctrl-Alt-Del",
                "Send Ctrl-Alt-Del",
                icons::CTRL_ALT_DEL,
                move || {
                    session.send_ctrl_alt_del();
                },
            )
        })
    };
    let keys = move || {
        (!is_view_only()).then(|| {
            let title = "Modifiers, function keys and combinations";
            opens(Panel::Keys, "keys", "Keys", title, icons::KEYS)
        })
    };
    let clipboard = move || {
        (!is_view_only()).then(|| {
            opens(
                Panel::Clipboard,
                "clipboard",
                "Clipboard",
                "Clipboard",
                icons::CLIPBOARD,
            )
        })
    };
    let power = move || {
        (!is_view_only() && session.can_power.get()).then(|| {
            opens(
                Panel::Power,
                "power",
                "Power",
                "Shut down, restart or reset",
                icons::POWER,
            )
        })
    };
    let has_mouse = mouse::can_be_given();
    let capture = move || (has_mouse && !is_view_only()).then(|| capture(session));
    let touch = move || (session.has_touch.get() && !is_view_only()).then(|| touch(session));
    let fill_the_screen = Fullscreen::is_possible().then(|| {
        tool("Full screen", "Full screen", icons::FULLSCREEN, move || {
            fullscreen.toggle(session);
        })
        .attr_with("aria-pressed", move || truth(fullscreen.is_on()))
    });
    element("div")
        .class("tools")
        .id("tools")
        .child_with(view_only)
        .child_with(ctrl_alt_del)
        .child_with(keys)
        .child_with(clipboard)
        .child_with(power)
        .child_with(capture)
        .child_with(touch)
        .child(scaling(session))
        .children(fill_the_screen)
        .child(opens(
            Panel::Screen,
            "screen",
            "Screen",
            "Zoom, screens and pictures",
            icons::SCREEN,
        ))
        .child(opens(
            Panel::Settings,
            "settings",
            "Settings",
            "Settings",
            icons::SETTINGS,
        ))
        .child(tool("Disconnect", "Disconnect", icons::DISCONNECT, move || {
            session.disconnect();
        }))
}

fn capture(session: Session) -> Element {
    tool(
        "Capture mouse",
        "Give the desktop the mouse",
        icons::MOUSE,
        move || {
            session.focus();
            session.capture_mouse();
        },
    )
}

fn touch(session: Session) -> Element {
    tool("Touch", "What fingers do", icons::TOUCH, move || {
        session.touch_help.update(|open| *open = !*open);
    })
    .attr_with("aria-expanded", move || truth(session.touch_help.get()))
    .attr("aria-controls", "touch")
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
        let is_chosen = move || {
            session
                .presentation
                .with(|it| it.scaling == scaling && it.zoom == 100)
        };
        tool(label, title, path, move || {
            session.set_scaling(scaling);
            session.focus();
        })
        .attr_with("aria-pressed", move || truth(is_chosen()))
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
                .may_resize()
                .then(|| choice(Scaling::Remote, "Resize", title, icons::REMOTE))
        })
}
