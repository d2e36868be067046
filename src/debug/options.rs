//! Address and options, to fill in and connect with.

use leptos::html::{button, div, form, input, label, option, p, select};
use leptos::prelude::*;
use leptos::{ev, html};

use crate::session::Session;
use crate::settings::{self, Settings};

pub(crate) fn options(session: Session) -> impl IntoView {
    let settings = session.settings;
    let complaint = RwSignal::new(None::<&'static str>);
    let under_way = Memo::new(move |_| session.phase.get().is_under_way());
    form()
        .class("options")
        .on(ev::submit, move |event| {
            event.prevent_default();
            session.connect();
        })
        .child((
            field("Address", "debug-path", settings.get_untracked().path, move |value| {
                settings.update(|settings| settings.path = value);
            }),
            field("Encodings, all if empty", "debug-encodings", names(&settings.get_untracked()), move |value| {
                if value.trim().is_empty() {
                    settings.update(|settings| settings.encodings = None);
                    complaint.set(None);
                } else if let Some(encodings) = settings::encodings(&value) {
                    settings.update(|settings| settings.encodings = Some(encodings));
                    complaint.set(None);
                } else {
                    complaint.set(Some(
                        "Known are raw, copyrect, rre, hextile, zlib, tight, zrle, jpeg and tightpng, with commas between.",
                    ));
                }
            }),
            move || complaint.get().map(|text| p().class("refused").attr("role", "alert").child(text)),
            div().class("row").child((
                level("JPEG quality", "debug-quality", "lossless", settings.get_untracked().quality, move |level| {
                    settings.update(|settings| settings.quality = level);
                }),
                level("Compression", "debug-compression", "server's", settings.get_untracked().compression, move |level| {
                    settings.update(|settings| settings.compression = level);
                }),
            )),
            div().class("row").child((
                check("Shared", settings.get_untracked().shared, move |on| {
                    settings.update(|settings| settings.shared = on);
                }),
                check("View only", settings.get_untracked().view_only, move |on| {
                    settings.update(|settings| settings.view_only = on);
                    session.set_view_only(on);
                }),
            )),
            div().class("actions").child((
                button()
                    .class("quiet")
                    .attr("type", "button")
                    .prop("disabled", move || !under_way.get())
                    .on(ev::click, move |_| session.disconnect())
                    .child("Disconnect"),
                button().class("primary").attr("type", "submit").child(move || {
                    if under_way.get() { "Connect anew" } else { "Connect" }
                }),
            )),
        ))
}

fn names(settings: &Settings) -> String {
    let name = |number: &i32| {
        settings::ENCODINGS
            .iter()
            .find(|(_, known)| known == number)
            .map(|(name, _)| *name)
    };
    settings
        .encodings
        .iter()
        .flatten()
        .filter_map(name)
        .collect::<Vec<_>>()
        .join(",")
}

fn field(
    text: &'static str,
    id: &'static str,
    value: String,
    set: impl Fn(String) + 'static,
) -> impl IntoView {
    div().class("field").child((
        label().attr("for", id).child(text),
        input()
            .id(id)
            .attr("type", "text")
            .attr("spellcheck", "false")
            .attr("autocapitalize", "off")
            .prop("value", value)
            .on(ev::input, move |event| set(event_target_value(&event))),
    ))
}

fn level(
    text: &'static str,
    id: &'static str,
    without: &'static str,
    chosen: Option<u8>,
    set: impl Fn(Option<u8>) + 'static,
) -> impl IntoView {
    let choice = move |level: Option<u8>| {
        let shown = level.map_or(without.to_owned(), |level| level.to_string());
        let value = level.map_or(String::new(), |level| level.to_string());
        option()
            .attr("value", value)
            .prop("selected", level == chosen)
            .child(shown)
    };
    div().class("field").child((
        label().attr("for", id).child(text),
        select()
            .id(id)
            .on(ev::change, move |event| {
                set(event_target_value(&event).parse().ok())
            })
            .child((
                choice(None),
                (0..=9).map(|level| choice(Some(level))).collect::<Vec<_>>(),
            )),
    ))
}

fn check(text: &'static str, on: bool, set: impl Fn(bool) + 'static) -> impl IntoView {
    label().class("check").child((
        input()
            .attr("type", "checkbox")
            .prop("checked", on)
            .on(ev::change, move |event| set(event_target_checked(&event))),
        html::span().child(text),
    ))
}
