//! The whole page.

use leptos::html::{div, main};
use leptos::prelude::*;
use leptos::{ev, html};

use crate::session::Session;
use crate::{address, bar, debug, password, status};

pub(crate) fn app() -> impl IntoView {
    let session = Session::new(address::settings());
    let is_debug = session.settings.with_untracked(|settings| settings.debug);
    Effect::new(move |_| {
        let name = session.name.get();
        let title = if name.is_empty() {
            "Porthole".to_owned()
        } else {
            [&name, " — Porthole"].concat()
        };
        document().set_title(&title);
    });
    div().class("page").class(("with-debug", is_debug)).child((
        main().class("stage").child((
            desktop(session),
            bar::bar(session),
            status::status(session),
            password::password(session),
            notice(session),
            bell(session),
        )),
        is_debug.then(|| debug::panel(session)),
    ))
}

/// The element that the viewer puts its canvas into.
fn desktop(session: Session) -> impl IntoView {
    let container = NodeRef::<html::Div>::new();
    container.on_load(move |element| session.start(&element));
    div().id("desktop").class("desktop").node_ref(container)
}

fn notice(session: Session) -> impl IntoView {
    div().class("notice-place").attr("role", "status").child(move || {
        session.notice.get().map(|text| {
            html::button()
                .class("notice")
                .attr("type", "button")
                .attr("title", "Dismiss")
                .on(ev::click, move |_| session.notice.set(None))
                .child(text)
        })
    })
}

/// The bell is shown: a frame that flashes once for each.
fn bell(session: Session) -> impl IntoView {
    move || {
        let bells = session.bells.get();
        // Two classes in turn, so that each bell starts the animation anew.
        let class = if bells % 2 == 0 { "bell even" } else { "bell odd" };
        (bells > 0).then(|| div().class(class).attr("aria-hidden", "true"))
    }
}
