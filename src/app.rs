//! The whole page.

use std::time::Duration;

use leptos::mount::mount_to;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

use crate::element::{Element, button, element};
use crate::phase::Phase;
use crate::session::Session;
use crate::viewer::{Page, Viewer};
use crate::{bar, credentials, debug, focus, keys, remembering, screen, server_key, status, touch};

/// Puts everything into the document, beside the desktop's element.
pub(crate) fn mount(page: Page) -> Result<(), JsValue> {
    let (whole, stage) = (place(".page")?, place(".stage")?);
    let viewer = Viewer::new(page);
    let settings = viewer.settings();
    let is_debug = settings.debug;
    let around_desktop = stage.clone();
    mount_to(stage, move || {
        let session = Session::new(settings, viewer);
        if is_debug {
            let _ = whole.class_list().add_1("with-debug");
            mount_to(whole, move || AnyView::from(debug::panel(session))).forget();
        }
        Effect::new(move |_| {
            let name = session.name.get();
            // A title that names a desktop says that it is there.
            let is_there = session.phase.get() == Phase::Connected;
            let title = if is_there && !name.is_empty() {
                [&name, " — Porthole"].concat()
            } else {
                "Porthole".to_owned()
            };
            document().set_title(&title);
        });
        Effect::new(move |_| {
            // From the first one on there is a last one.
            if session.phase.get() == Phase::Connected {
                let _ = around_desktop.class_list().add_1("has-picture");
            }
        });
        session.start();
        screen::start(session);
        remembering::start(session);
        focus::watch();
        around(session)
    })
    .forget();
    // What the document shows while it loads has done its service.
    place(".loading")?.set_hidden(true);
    Ok(())
}

fn place(selector: &str) -> Result<HtmlElement, JsValue> {
    let element = document().query_selector(selector)?;
    Ok(element.ok_or("the page lacks an element")?.unchecked_into())
}

/// What is around the desktop.
fn around(session: Session) -> Vec<AnyView> {
    let questions = element("div")
        .child_with(move || credentials::credentials(session))
        .child_with(move || server_key::server_key(session));
    let touch = element("div").child_with(move || touch::panel(session));
    let bells = element("div")
        .attr("role", "status")
        .child_with(move || bell(session));
    [
        said(session),
        bar::bar(session),
        status::status(session),
        questions,
        touch,
        notices(session),
        bells,
    ]
    .map(AnyView::from)
    .into()
}

/// For who does not see that the desktop is there.
fn said(session: Session) -> Element {
    let connected = Memo::new(move |_| session.phase.get() == Phase::Connected);
    // What is in such an element from its beginning is not read out: the desktop is often there before it.
    let is_heard = RwSignal::new(false);
    set_timeout(move || is_heard.set(true), HEARD);
    element("div").attr("role", "status").child_with(move || {
        (is_heard.get() && connected.get()).then(|| {
            let words = ["Connected to ", &session.name.get()].concat();
            element("h1").class("visually-hidden").text(words)
        })
    })
}

/// How long a screen reader takes to know of an element, at most.
const HEARD: Duration = Duration::from_millis(200);

/// Small words over the desktop: what is told once, and what goes on until it is ended here.
fn notices(session: Session) -> Element {
    element("div")
        .class("notice-place")
        .child(notice(session))
        .child(keys::held(session))
}

fn notice(session: Session) -> Element {
    let is_typing = Memo::new(move |_| session.left_to_type.get() > 0);
    element("div")
        .attr("role", "status")
        .child_with(move || {
            session.notice.get().map(|text| {
                button("notice", "", move || session.notice.set(None))
                    .attr("title", "Dismiss")
                    .attr("dir", "auto")
                    .text(text)
            })
        })
        .child_with(move || {
            is_typing.get().then(|| {
                button("notice", "Typing the text. Press here to stop.", move || {
                    session.stop_typing();
                    session.focus();
                })
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
    (bells > 0).then(|| {
        let words = element("span").class("visually-hidden").text("The bell rings");
        element("div").class(class).child(words)
    })
}
