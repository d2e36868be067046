//! The settings panel: what of the settings can be changed while a desktop is shown.

use leptos::prelude::*;
use porthole_viewer::Command;
use porthole_viewer::settings::Settings;

use crate::element::Element;
use crate::panel::{choice, panel, switch};
use crate::session::Session;
use crate::{bar, screen};

pub(crate) fn settings(session: Session) -> Element {
    let settings = session.settings;
    let keep_awake = screen::can_keep_awake().then(|| {
        switch(
            "Keep this display lit",
            move || settings.with(|it| it.keep_awake),
            move || settings.update(|it| it.keep_awake = !it.keep_awake),
        )
    });
    let dot = move || {
        settings.update(|it| it.show_dot = !it.show_dot);
        session.set_dot(settings.with_untracked(|it| it.show_dot));
    };
    panel("settings", "settings-title", "Settings", session)
        .child(quality(session))
        .child(switch(
            "View only",
            move || settings.with(|it| it.view_only),
            move || {
                settings.update(|it| it.view_only = !it.view_only);
                session.set_view_only(settings.with_untracked(|it| it.view_only));
            },
        ))
        .child(switch(
            "Reconnect by itself",
            move || settings.with(|it| it.reconnect),
            move || settings.update(|it| it.reconnect = !it.reconnect),
        ))
        .child(switch(
            "A dot for a hidden pointer",
            move || settings.with(|it| it.show_dot),
            dot,
        ))
        .children(keep_awake)
        .child(bar::steps(session))
}

/// JPEG quality: its values as in the address, and words for them.
const QUALITIES: [(&str, &str); 5] = [
    ("auto", "As good as the line carries"),
    ("lossless", "Without any loss"),
    ("9", "Best"),
    ("6", "Good"),
    ("2", "Coarse, for a thin line"),
];

fn quality(session: Session) -> Element {
    let now = session.settings.with_untracked(quality_value);
    // One that the address has named may be none of these.
    let own = !QUALITIES.iter().any(|(value, _)| *value == now);
    let named = own.then(|| ["Level ", &now].concat());
    let choices = QUALITIES
        .into_iter()
        .chain(named.iter().map(|words| (&*now, &**words)));
    choice(
        "Picture quality",
        "settings-quality",
        choices,
        &now,
        move |value| {
            let is_adaptive = value == "auto";
            let quality = if is_adaptive {
                Settings::default().quality
            } else {
                value.parse().ok()
            };
            session.settings.update(|it| it.set_quality(is_adaptive, quality));
            session.send(Command::Quality {
                adaptive: is_adaptive,
                quality,
                compression: session.settings.with_untracked(|it| it.compression),
            });
        },
    )
}

/// The quality as the address would have it.
pub(crate) fn quality_value(settings: &Settings) -> String {
    match settings.quality {
        _ if settings.adaptive => "auto".to_owned(),
        None => "lossless".to_owned(),
        Some(level) => level.to_string(),
    }
}
