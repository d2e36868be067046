//! The question for a password.

use leptos::html::{button, dialog, div, form, h1, input, label, p};
use leptos::prelude::*;
use leptos::{ev, html};

use crate::phase::Phase;
use crate::session::Session;

pub(crate) fn password(session: Session) -> impl IntoView {
    move || match session.phase.get() {
        Phase::Password { refused } => Some(question(session, refused)),
        _ => None,
    }
}

fn question(session: Session, refused: Option<String>) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let question = NodeRef::<html::Dialog>::new();
    question.on_load(|element| {
        // It is not in the document before the next turn of the event loop.
        request_animation_frame(move || {
            let _ = element.show_modal();
        });
    });
    dialog()
        .class("card")
        .attr("aria-labelledby", "password-title")
        .node_ref(question)
        .on(ev::Custom::<web_sys::Event>::new("cancel"), move |event| {
            event.prevent_default();
            session.cancel_login();
        })
        .child(
            form()
                .on(ev::submit, move |event| {
                    event.prevent_default();
                    if let Some(field) = field.get_untracked() {
                        session.log_in(field.value());
                    }
                })
                .child((
                    h1().id("password-title")
                        .child("This desktop asks for a password"),
                    refused.map(|reason| {
                        p().class("refused")
                            .attr("role", "alert")
                            .child(["That did not work: ", &reason].concat())
                    }),
                    label().attr("for", "password").child("Password"),
                    input()
                        .id("password")
                        .attr("type", "password")
                        .attr("autocomplete", "current-password")
                        .attr("autofocus", "")
                        .node_ref(field),
                    div().class("actions").child((
                        button()
                            .class("quiet")
                            .attr("type", "button")
                            .on(ev::click, move |_| session.cancel_login())
                            .child("Cancel"),
                        button().class("primary").attr("type", "submit").child("Log in"),
                    )),
                )),
        )
}
