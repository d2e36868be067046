//! The whole page.

use std::time::Duration;

use leptos::mount::mount_to_body;
use leptos::prelude::*;
use porthole::drawing::logo;
use porthole::element::{Element, element, icon_button};

use crate::dashboard::{Dashboard, Phase};
use crate::timer::now;
use crate::{connect, desktop, place, progress};

/// How often the clock is looked at.
const TICK: Duration = Duration::from_millis(500);

/// Puts everything into the document.
pub(crate) fn mount() {
    mount_to_body(|| {
        let dashboard = Dashboard::new();
        dashboard.resume();
        set_interval(move || dashboard.now.set(now()), TICK);
        Effect::new(move |_| {
            let is_shown = matches!(dashboard.phase.get(), Phase::Shown(_));
            let provider = dashboard.provider.get();
            place::set_title(is_shown.then_some(provider.as_str()));
        });
        AnyView::from(page(dashboard))
    });
    // What the document shows while it loads has done its service.
    if let Some(loading) = document().get_element_by_id("loading") {
        loading.remove();
    }
}

fn page(dashboard: Dashboard) -> Element {
    let is_shown = move || matches!(dashboard.phase.get(), Phase::Shown(_));
    element("div")
        .class("dashboard")
        .child(head(dashboard))
        .child_with(move || trouble(dashboard))
        .child(
            element("main")
                .attr_with("class", move || {
                    Some(if is_shown() { "with-desktop" } else { "with-card" }.to_owned())
                })
                .child_with(move || {
                    Some(match dashboard.phase.get() {
                        Phase::Start(end) => connect::start(dashboard, end),
                        Phase::Choosing(providers) => connect::choose(dashboard, providers),
                        Phase::ComingUp => progress::card(dashboard),
                        Phase::Shown(id) => desktop::desktop(dashboard, id),
                    })
                }),
        )
        .child_with(move || dashboard.is_asking.get().then(|| desktop::question(dashboard)))
}

fn head(dashboard: Dashboard) -> Element {
    element("header")
        .class("head")
        .child(logo())
        .child(element("h1").text("Remote CLI"))
        .child_with(move || {
            matches!(dashboard.phase.get(), Phase::Shown(_)).then(|| {
                element("div")
                    .class("head-actions")
                    .child(desktop::status(dashboard))
                    .child(
                        icon_button("quiet danger end-session", move || dashboard.is_asking.set(true))
                            .attr_with("disabled", move || dashboard.is_ending.get().then(String::new))
                            .text_with(move || {
                                let words = if dashboard.is_ending.get() {
                                    "Ending…"
                                } else {
                                    "End session"
                                };
                                words.to_owned()
                            }),
                    )
            })
        })
}

/// What goes wrong and may come right by itself, or was not to be had: it does not stand in the way.
fn trouble(dashboard: Dashboard) -> Option<Element> {
    let (trouble, refused) = (dashboard.trouble.get(), dashboard.refused.get());
    trouble.or(refused).map(|failure| {
        element("div")
            .class("trouble")
            .attr("role", "status")
            .child(element("strong").text(failure.words))
            .child(element("span").text(failure.advice))
    })
}
