//! The screen panel: how the desktop is shown, and pictures of it.

use leptos::prelude::*;
use porthole_viewer::page::{Scaling, Smoothing};

use super::{picture_in_picture, snapshot, zoom};
use crate::element::{Element, button, element, icon_button};
use crate::icons::{self, icon};
use crate::panel::{self, choice, switch, truth};
use crate::session::Session;

pub(crate) fn panel(session: Session) -> Element {
    session.measure();
    let presentation = session.presentation;
    panel::panel("screen", "screen-title", "Screen", session)
        .child(zooming(session))
        .child_with(move || screens(session))
        .child(smoothing(session))
        .child(switch(
            "Enlarge in whole steps",
            move || presentation.with(|it| it.scaling == Scaling::Whole),
            move || {
                let is_whole = presentation.with_untracked(|it| it.scaling == Scaling::Whole);
                session.set_scaling(if is_whole { Scaling::Fit } else { Scaling::Whole });
            },
        ))
        .child(switch(
            "Use this display's finest pixels",
            move || presentation.with(|it| it.device_pixels),
            move || session.present(|it| it.device_pixels = !it.device_pixels),
        ))
        .child(switch(
            "Move at the edges, without scroll bars",
            move || presentation.with(|it| it.clipped),
            move || session.present(|it| it.clipped = !it.clipped),
        ))
        .child(switch(
            "Drag the view, not what is in it",
            move || session.drags.get(),
            move || session.drags.update(|drags| *drags = !*drags),
        ))
        .child(pictures(session))
}

fn zooming(session: Session) -> Element {
    let step = move |class, label, path, next: fn(f64) -> u16| {
        icon_button(class, move || {
            let percent = next(session.percent.get_untracked());
            session.show_as(Scaling::Native, percent);
        })
        .attr("aria-label", label)
        .child(icon(path))
    };
    // A whole number is cheaper in wasm than the formatting of floats.
    let percent = move || [&(session.percent.get().round() as u32).to_string(), " %"].concat();
    element("div")
        .class("stepping zooming")
        .attr("role", "group")
        .attr("aria-labelledby", "screen-zoom")
        .child(element("span").id("screen-zoom").text("Zoom"))
        .child(step("icon-button", "Smaller", icons::SMALLER, zoom::smaller))
        .child(
            element("output")
                .class("percent")
                .attr("aria-live", "polite")
                .text_with(percent),
        )
        .child(step("icon-button", "Larger", icons::LARGER, zoom::larger))
}

/// Which of the desktop's screens is shown, where it has several.
fn screens(session: Session) -> Option<Element> {
    let screens = session.screens.get();
    if screens.len() < 2 {
        return None;
    }
    let numbered: Vec<(String, String)> = (1..=screens.len())
        .zip(&screens)
        .map(|(number, screen)| {
            let number = number.to_string();
            let [width, height] = [screen.width, screen.height].map(|side| side.to_string());
            let words = ["Screen ", &number, ", ", &width, " × ", &height].concat();
            (number, words)
        })
        .collect();
    let all = [("0", "All screens")].into_iter();
    let choices = all.chain(numbered.iter().map(|(number, words)| (&**number, &**words)));
    let chosen = session.presentation.with_untracked(|it| it.screen).to_string();
    Some(choice(
        "Screens",
        "screen-choice",
        choices,
        &chosen,
        move |value| {
            if let Ok(number) = value.parse() {
                session.present(|it| it.screen = number);
            }
        },
    ))
}

fn smoothing(session: Session) -> Element {
    const NAMED: [(&str, &str, Smoothing); 3] = [
        ("auto", "Sharp where they can be", Smoothing::Auto),
        ("smooth", "Smooth", Smoothing::Smooth),
        ("sharp", "Always sharp", Smoothing::Sharp),
    ];
    let now = session.presentation.with_untracked(|it| it.smoothing);
    let chosen = NAMED.iter().find(|(.., smoothing)| *smoothing == now);
    choice(
        "Enlarged pixels",
        "screen-smoothing",
        NAMED.iter().map(|(value, words, _)| (*value, *words)),
        chosen.map_or("", |(value, ..)| value),
        move |value| {
            if let Some((.., smoothing)) = NAMED.iter().find(|(name, ..)| *name == value) {
                session.present(|it| it.smoothing = *smoothing);
            }
        },
    )
}

fn pictures(session: Session) -> Element {
    let small = picture_in_picture::is_possible().then(|| {
        button("quiet", "In a small window", move || {
            picture_in_picture::toggle(session)
        })
        .attr_with("aria-pressed", move || truth(session.in_small_window.get()))
    });
    element("div")
        .class("halves")
        .child(button("quiet", "Copy picture", move || snapshot::copy(session)))
        .child(button("quiet", "Save picture", move || snapshot::save(session)))
        .children(small)
}
