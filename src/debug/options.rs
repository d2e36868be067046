//! Address and options, to fill in and connect with.

use leptos::prelude::*;
use porthole_viewer::Command;
use porthole_viewer::settings::{self, Settings};

use crate::element::{Element, button, element};
use crate::panel;
use crate::session::Session;

pub(crate) fn options(session: Session) -> Element {
    let settings = session.settings;
    let now = settings.get_untracked();
    let complaint = RwSignal::new(None::<String>);
    let under_way = Memo::new(move |_| session.phase.get().is_under_way());
    let path = field("Address", "debug-path", &now.path, move |value| {
        settings.update(|settings| settings.path = value);
    });
    let encodings = field(
        "Encodings, all if empty",
        "debug-encodings",
        &names(&now),
        move |value| {
            let chosen = settings::encodings(&value);
            let known = chosen.is_some() || value.trim().is_empty();
            complaint.set((!known).then(|| {
                let known: Vec<&str> = settings::ENCODINGS.iter().map(|(name, _)| *name).collect();
                ["Known are ", &known.join(", "), "."].concat()
            }));
            if known {
                settings.update(|settings| settings.encodings = chosen);
            }
        },
    );
    let levels = (0..=9).map(|level| level.to_string());
    let choices = ["auto".to_owned(), "lossless".to_owned()]
        .into_iter()
        .chain(levels);
    let chosen = match now.quality {
        _ if now.adaptive => "auto".to_owned(),
        None => "lossless".to_owned(),
        Some(level) => level.to_string(),
    };
    let quality = choice("JPEG quality", "debug-quality", choices, &chosen, move |value| {
        let quality = if value == "auto" {
            Some(6)
        } else {
            value.parse().ok()
        };
        settings.update(|settings| settings.set_quality(value == "auto", quality));
    });
    let levels = (0..=9).map(|level| level.to_string());
    let choices = std::iter::once("server's".to_owned()).chain(levels);
    let chosen = now
        .compression
        .map_or("server's".to_owned(), |level| level.to_string());
    let compression = choice(
        "Compression",
        "debug-compression",
        choices,
        &chosen,
        move |value| {
            settings.update(|settings| settings.compression = value.parse().ok());
        },
    );
    let shared = check("Shared", now.shared, move |on| {
        settings.update(|settings| settings.shared = on)
    });
    let view_only = check("View only", now.view_only, move |on| {
        settings.update(|settings| settings.view_only = on);
        session.set_view_only(on);
    });
    let actions = row("actions")
        .child(
            button("quiet", "Disconnect", move || session.disconnect())
                .attr_with("disabled", move || (!under_way.get()).then(String::new)),
        )
        .child(
            element("button")
                .class("primary")
                .attr("type", "submit")
                .text_with(move || {
                    if under_way.get() {
                        "Connect anew"
                    } else {
                        "Connect"
                    }
                    .to_owned()
                }),
        );
    element("form")
        .class("options")
        .on("submit", move |event| {
            event.prevent_default();
            session.connect();
        })
        .child(path)
        .child(encodings)
        .child_with(move || {
            complaint
                .get()
                .map(|text| element("p").class("refused").attr("role", "alert").text(text))
        })
        .child(row("row").child(quality).child(compression))
        .child(row("row").child(shared).child(view_only))
        .child(actions)
        .child_with(move || session.may_resize().then(|| screens(session)))
}

/// Divides the desktop into several screens.
fn screens(session: Session) -> Element {
    let counts = ["as they are", "1", "2", "3", "4"];
    let options = counts.map(|count| element("option").text(count));
    let select = element("select")
        .id("debug-screens")
        .on("change", move |event| {
            if let Ok(count) = event_target_value(&event).parse() {
                session.send(Command::RequestScreens(count));
            }
        })
        .children(options);
    panel::labelled("Screens, side by side", "debug-screens", select)
}

fn row(class: &'static str) -> Element {
    element("div").class(class)
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

fn field(text: &'static str, id: &'static str, value: &str, set: impl Fn(String) + 'static) -> Element {
    let value = value.to_owned();
    let input = element("input")
        .id(id)
        .attr("type", "text")
        .attr("spellcheck", "false")
        .attr("autocapitalize", "off")
        .attr_with("value", move || Some(value.clone()))
        .on("input", move |event| set(event_target_value(&event)));
    panel::labelled(text, id, input)
}

/// Choices that are their own words.
fn choice(
    text: &'static str,
    id: &'static str,
    choices: impl Iterator<Item = String>,
    chosen: &str,
    set: impl Fn(String) + 'static,
) -> Element {
    let choices: Vec<String> = choices.collect();
    let choices = choices.iter().map(|words| (words.as_str(), words.as_str()));
    panel::choice(text, id, choices, chosen, set)
}

fn check(text: &'static str, on: bool, set: impl Fn(bool) + 'static) -> Element {
    let input = element("input")
        .attr("type", "checkbox")
        .on("change", move |event| set(event_target_checked(&event)));
    let input = if on { input.attr("checked", "") } else { input };
    element("label")
        .class("check")
        .child(input)
        .child(element("span").text(text))
}
