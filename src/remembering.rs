//! What somebody chooses of the settings is remembered on this device: the next visit begins with it, where the page's
//! address says nothing else.

use leptos::prelude::*;
use porthole_viewer::page::{Presentation, Scaling, Smoothing, storage};
use porthole_viewer::settings::Settings;

use crate::session::Session;
use crate::settings;

/// A choice: names of settings, and their values as the address would have them.
type Choice = Vec<(&'static str, String)>;

/// Remembers each choice that is made from now on, and none that was not.
pub(crate) fn start(session: Session) {
    Effect::new(move |before: Option<Vec<Choice>>| {
        let now = session
            .settings
            .with(|settings| choices(session.presentation.get(), settings));
        let both = before.iter().flatten().zip(&now);
        for (_, chosen) in both.filter(|(before, now)| before != now) {
            for (name, value) in chosen {
                storage::remember(name, value);
            }
        }
        now
    });
}

fn choices(presentation: Presentation, settings: &Settings) -> Vec<Choice> {
    let scaling = match presentation.scaling {
        Scaling::Native => "off",
        Scaling::Fit => "scale",
        Scaling::Whole => "whole",
        Scaling::Remote => "remote",
    };
    let smoothing = match presentation.smoothing {
        Smoothing::Auto => "auto",
        Smoothing::Smooth => "smooth",
        Smoothing::Sharp => "sharp",
    };
    let one = |name, value: String| vec![(name, value)];
    let switch = |name, on: bool| one(name, on.to_string());
    vec![
        vec![
            ("resize", scaling.to_owned()),
            ("zoom", presentation.zoom.to_string()),
        ],
        one("smoothing", smoothing.to_owned()),
        switch("hidpi", presentation.device_pixels),
        switch("view_clip", presentation.clipped),
        one("quality", settings::quality_value(settings)),
        switch("show_dot", settings.show_dot),
        switch("reconnect", settings.reconnect),
        switch("keep_device_awake", settings.keep_awake),
    ]
}

#[cfg(test)]
mod tests {
    use porthole_viewer::settings::REMEMBERED;

    use super::*;

    #[test]
    fn what_is_remembered_is_read_as_it_was_chosen() {
        for scaling in [Scaling::Native, Scaling::Fit, Scaling::Whole, Scaling::Remote] {
            for smoothing in [Smoothing::Auto, Smoothing::Smooth, Smoothing::Sharp] {
                for (on, quality) in [(true, None), (false, Some(9))] {
                    let presentation = Presentation {
                        scaling,
                        zoom: 150,
                        smoothing,
                        device_pixels: on,
                        clipped: !on,
                        screen: 0,
                    };
                    let chosen = Settings {
                        presentation,
                        adaptive: false,
                        quality,
                        show_dot: on,
                        reconnect: !on,
                        keep_awake: on,
                        ..Settings::default()
                    };
                    let choices = choices(presentation, &chosen).concat();
                    let found = |name: &str| {
                        let choice = choices.iter().find(|(known, _)| *known == name);
                        choice.map(|(_, value)| value.clone())
                    };
                    assert_eq!(Settings::remembered(found), chosen);
                    let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
                    assert_eq!(names, REMEMBERED);
                }
            }
        }
    }
}
