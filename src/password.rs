//! The question for a password.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlDialogElement, HtmlInputElement};

use crate::element::{Element, Node, button, element};
use crate::phase::Phase;
use crate::session::Session;

pub(crate) fn password(session: Session) -> Option<Element> {
    match session.phase.get() {
        Phase::Password { refused } => Some(question(session, refused)),
        _ => None,
    }
}

fn question(session: Session, refused: Option<String>) -> Element {
    let field = Node::new();
    let question = Node::new();
    question.on_load(|element| {
        // It is not in the document before the next turn of the event loop.
        request_animation_frame(move || {
            let _ = element.unchecked_ref::<HtmlDialogElement>().show_modal();
        });
    });
    let refused = refused.map(|reason| {
        element("p")
            .class("refused")
            .attr("role", "alert")
            .text(["That did not work: ", &reason].concat())
    });
    let form = element("form")
        .on("submit", move |event| {
            event.prevent_default();
            if let Some(field) = field.get_untracked() {
                session.log_in(field.unchecked_ref::<HtmlInputElement>().value());
            }
        })
        .child(
            element("h1")
                .id("password-title")
                .text("This desktop asks for a password"),
        )
        .children(refused)
        .child(element("label").attr("for", "password").text("Password"))
        // Password managers look for a name beside a password; here there is none to give.
        .child(
            element("input")
                .attr("type", "text")
                .attr("autocomplete", "username")
                .attr("value", "vnc")
                .attr("hidden", ""),
        )
        .child(
            element("input")
                .id("password")
                .attr("type", "password")
                .attr("autocomplete", "current-password")
                .attr("autofocus", "")
                .node(field),
        )
        .child(
            element("div")
                .class("actions")
                .child(button("quiet", "Cancel", move || session.cancel_login()))
                .child(
                    element("button")
                        .class("primary")
                        .attr("type", "submit")
                        .text("Log in"),
                ),
        );
    element("dialog")
        .class("card")
        .attr("aria-labelledby", "password-title")
        .node(question)
        .on("cancel", move |event| {
            event.prevent_default();
            session.cancel_login();
        })
        .child(form)
}
