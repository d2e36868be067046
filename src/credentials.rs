//! The question for what a login needs.

use leptos::prelude::*;
use porthole_viewer::{Credential, Credentials};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use crate::dialog;
use crate::element::{Element, Node, button, element};
use crate::phase::Phase;
use crate::session::Session;

pub(crate) fn credentials(session: Session) -> Option<Element> {
    match session.phase.get() {
        Phase::Credentials {
            login,
            asked,
            refused,
        } => Some(question(session, &login, &asked, refused)),
        _ => None,
    }
}

fn question(session: Session, login: &str, asked: &[Credential], refused: Option<String>) -> Element {
    let fields: Vec<(Credential, Node)> = asked.iter().map(|it| (*it, Node::new())).collect();
    let has_username = asked.contains(&Credential::Username);
    let title = if has_username {
        "This desktop asks for a user name and a password"
    } else {
        "This desktop asks for a password"
    };
    let refused = refused.map(|reason| {
        element("p")
            .class("refused")
            .attr("role", "alert")
            .text(["That did not work: ", &reason].concat())
    });
    // Password managers look for a name beside a password; here there is none to give.
    let nameless = (!has_username).then(|| {
        element("input")
            .attr("type", "text")
            .attr("autocomplete", "username")
            .attr("value", "vnc")
            .attr("hidden", "")
    });
    let inputs = fields
        .clone()
        .into_iter()
        .enumerate()
        .flat_map(|(at, (credential, node))| {
            let input = input(session, credential).node(node);
            [
                label(credential),
                if at == 0 {
                    input.attr("autofocus", "")
                } else {
                    input
                },
            ]
        });
    let form = element("form")
        .on("submit", move |event| {
            event.prevent_default();
            let mut answers = Credentials::default();
            for (credential, node) in &fields {
                let Some(field) = node.get_untracked() else {
                    continue;
                };
                let answer = match credential {
                    Credential::Username => &mut answers.username,
                    Credential::Password => &mut answers.password,
                    Credential::Target => &mut answers.target,
                };
                *answer = Some(field.unchecked_ref::<HtmlInputElement>().value());
            }
            session.log_in(answers);
        })
        .child(element("h1").id("question").text(title))
        .children((!login.is_empty()).then(|| element("p").class("advice").text(["Login: ", login].concat())))
        .children(refused)
        .children(nameless)
        .children(inputs)
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
    dialog::dialog("card", "question", move || session.cancel_login()).child(form)
}

fn label(credential: Credential) -> Element {
    let (id, text) = match credential {
        Credential::Username => ("username", "User name"),
        Credential::Password => ("password", "Password"),
        Credential::Target => ("target", "System to connect to"),
    };
    element("label").attr("for", id).text(text)
}

fn input(session: Session, credential: Credential) -> Element {
    let (id, kind, autocomplete) = match credential {
        Credential::Username => ("username", "text", "username"),
        Credential::Password => ("password", "password", "current-password"),
        Credential::Target => ("target", "text", "off"),
    };
    let input = element("input")
        .id(id)
        .attr("type", kind)
        .attr("autocomplete", autocomplete)
        .attr("autocapitalize", "none")
        .attr("spellcheck", "false");
    // What was right is not to be typed again; a password is.
    let before = match credential {
        Credential::Username => session.given(|it| it.username.clone()),
        Credential::Target => session.given(|it| it.target.clone()),
        Credential::Password => None,
    };
    match before {
        Some(before) => input.prop_with("value", move || before.clone()),
        None => input,
    }
}
