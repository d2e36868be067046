//! The clipboard panel: what the remote clipboard holds, and what goes into it.

use leptos::prelude::*;
use porthole_viewer::Clipboard;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::Url;

use super::read::Found;
use super::{picture, plain, read, share, words};
use crate::element::{Element, Node, button, element};
use crate::panel;
use crate::session::Session;

pub(crate) fn panel(session: Session) -> Element {
    let clipboards = session.clipboards;
    let content = RwSignal::new(clipboards.remote.get_untracked());
    // What comes from the desktop replaces what stands here.
    Effect::new(move |_| content.set(clipboards.remote.get()));
    let shown = picture_address(content);
    let with_it = move || {
        let takes_pictures = clipboards.takes_pictures.get();
        let words = content.with(|content| words::beside_text(content, takes_pictures))?;
        Some(
            element("p")
                .id("clipboard-formatting")
                .class("advice")
                .text(words),
        )
    };
    let actions = element("div")
        .class("actions")
        .child(button("quiet", "Copy", move || {
            share::copy(session, content.get_untracked());
        }))
        .child(button("quiet", "Paste", move || look(session, content)))
        .child(
            button("quiet", "Type", move || {
                content.with_untracked(|content| session.type_text(content.text.as_deref()));
                session.close_panel();
            })
            .attr(
                "title",
                "Type the text key by key, for desktops without a clipboard",
            ),
        )
        .child(button("primary", "Send to desktop", move || {
            share::send(session, content.get_untracked());
            session.close_panel();
        }));
    panel::panel("clipboard", "clipboard-title", "Clipboard", session)
        .child(
            element("label")
                .attr("for", "clipboard-text")
                .text("Text copied on the desktop appears here. Text you put here can be sent there."),
        )
        .child_with(move || {
            shown.get().map(|address| {
                element("img")
                    .class("clipboard-picture")
                    .attr("alt", "The picture in the clipboard")
                    .attr_with("src", move || Some(address.clone()))
            })
        })
        .child(field(content))
        .child_with(with_it)
        .child(actions)
        .child(sharing(session))
}

/// The text, to be read, written and pasted into.
fn field(content: RwSignal<Clipboard>) -> Element {
    let just_pasted = StoredValue::new(None);
    let area = Node::new();
    area.on_load(|element| {
        // A browser that does not focus it leaves that to the person.
        let _ = element.focus();
    });
    element("textarea")
        .id("clipboard-text")
        .attr("rows", "6")
        .attr("spellcheck", "false")
        .attr("aria-describedby", "clipboard-formatting")
        .node(area)
        .prop_with("value", move || {
            content.with(|content| content.text.clone().unwrap_or_default())
        })
        .on("paste", move |event| {
            let found = read::pasted(event.unchecked_ref());
            if found.content.text.is_some() {
                just_pasted.set_value(Some(found.content));
            } else if found.picture.is_some() {
                event.prevent_default();
                take(found, content);
            }
        })
        .on("input", move |event| {
            let text = event_target_value(&event);
            let pasted = just_pasted.try_update_value(Option::take).flatten();
            content.set(after_input(text, pasted));
        })
}

/// What the field holds: what was just pasted, where that is all of it, or else text that has been written.
fn after_input(text: String, pasted: Option<Clipboard>) -> Clipboard {
    // A field ends its lines with line feeds.
    let is_all = |pasted: &Clipboard| {
        let pasted = pasted.text.as_deref().unwrap_or_default();
        pasted.replace("\r\n", "\n").replace('\r', "\n") == text
    };
    match pasted.filter(is_all) {
        Some(pasted) => pasted,
        None => plain(text),
    }
}

/// Gets what is in this computer's clipboard, which the browser may ask about.
fn look(session: Session, content: RwSignal<Clipboard>) {
    // Within the click: some browsers take nothing else for somebody's wish.
    let promise = read::look();
    spawn_local(async move {
        let found = match promise {
            Ok(promise) => read::seen(promise).await,
            Err(error) => Err(error),
        };
        match found {
            Ok(found) => take(found, content),
            Err(_) => session.tell("The browser does not let the page look: paste into the field."),
        }
        session.clipboards.ask_permission();
    });
}

fn take(found: Found, content: RwSignal<Clipboard>) {
    spawn_local(async move { content.set(found.decoded().await) });
}

/// The address of the picture, as long as it is one that can be shown.
fn picture_address(content: RwSignal<Clipboard>) -> RwSignal<Option<String>> {
    let address = RwSignal::new(None::<String>);
    let forget = move || {
        if let Some(address) = address.try_get_untracked().flatten() {
            // Fails for no address that was made.
            let _ = Url::revoke_object_url(&address);
        }
    };
    Effect::new(move |_| {
        forget();
        address.set(content.with(|content| {
            let file = picture::bmp(content.dib.as_deref()?).ok()?;
            Url::create_object_url_with_blob(&file).ok()
        }));
    });
    on_cleanup(forget);
    address
}

/// Whether clipboards are kept in step, and how far they are.
fn sharing(session: Session) -> Element {
    let clipboards = session.clipboards;
    clipboards.ask_permission();
    let input = element("input")
        .id("clipboard-sharing")
        .attr("type", "checkbox")
        .attr("aria-describedby", "clipboard-how")
        .on("change", move |event| {
            clipboards.is_shared.set(event_target_checked(&event));
        });
    let input = if clipboards.is_shared.get_untracked() {
        input.attr("checked", "")
    } else {
        input
    };
    element("div")
        .class("sharing")
        .child(
            element("label")
                .class("check")
                .child(input)
                .child(element("span").text("Keep both clipboards in step")),
        )
        .child(
            element("p")
                .id("clipboard-how")
                .class("advice")
                .text_with(move || {
                    words::sharing(clipboards.is_shared.get(), clipboards.may_look.get()).to_owned()
                }),
        )
}
