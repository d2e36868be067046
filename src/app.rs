//! The whole page.

use leptos::prelude::*;

use crate::element::{Element, Node, button, element};
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
    let stage = element("main")
        .class("stage")
        .child(desktop(session))
        .child(bar::bar(session))
        .child(status::status(session))
        .child_with(move || password::password(session))
        .child(notice(session))
        .child_with(move || bell(session));
    let page = element("div")
        .class(if is_debug { "page with-debug" } else { "page" })
        .child(stage)
        .children(is_debug.then(|| debug::panel(session)));
    AnyView::from(page)
}

/// The element that the viewer puts its canvas into.
fn desktop(session: Session) -> Element {
    let container = Node::new();
    container.on_load(move |element| session.start(&element));
    element("div").id("desktop").class("desktop").node(container)
}

fn notice(session: Session) -> Element {
    element("div")
        .class("notice-place")
        .attr("role", "status")
        .child_with(move || {
            session.notice.get().map(|text| {
                button("notice", "", move || session.notice.set(None))
                    .attr("title", "Dismiss")
                    .text(text)
            })
        })
}

/// The bell is shown: a frame that flashes once for each.
fn bell(session: Session) -> Option<Element> {
    let bells = session.bells.get();
    // Two classes in turn, so that each bell starts the animation anew.
    let class = if bells.is_multiple_of(2) {
        "bell even"
    } else {
        "bell odd"
    };
    (bells > 0).then(|| element("div").class(class).attr("aria-hidden", "true"))
}
