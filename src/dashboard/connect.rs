//! Before there is a session: the start, and the choice of a provider.

use leptos::prelude::*;
use porthole::drawing::{icon, logo};
use porthole::element::{Element, Node, button, element, icon_button};

use crate::api::Provider;
use crate::dashboard::{Dashboard, End};

/// Where there is no session; and what became of the one before.
pub(crate) fn start(dashboard: Dashboard, end: Option<End>) -> Element {
    let card = element("section").class("card start");
    let connect = focused(button(
        "primary connect-provider",
        "Connect Provider",
        move || {
            dashboard.choose();
        },
    ));
    let Some(end) = end else {
        return card
            .child(logo())
            .child(element("h2").text("A desktop in your browser"))
            .child(element("p").class("advice").text(
                "Choose a provider, and its machine is started for you. You see and use its desktop on this page.",
            ))
            .child(connect);
    };
    let paragraph =
        |class: &'static str, text: String| (!text.is_empty()).then(|| element("p").class(class).text(text));
    card.attr("role", "status")
        .child(
            element("h2")
                .class(if end.is_wanted { "" } else { "refused" })
                .text(end.title),
        )
        .children(paragraph("reason", end.words))
        .children(paragraph("advice", end.advice.to_owned()))
        .child(connect)
}

/// The choice; none are known while they are asked for.
pub(crate) fn choose(dashboard: Dashboard, providers: Option<Vec<Provider>>) -> Element {
    let card = element("section")
        .class("card choose")
        .attr("aria-live", "polite")
        .child(element("h2").text("Connect Provider"));
    let card = match providers {
        None => card.child(element("p").class("advice").text("Asking what there is…")),
        Some(providers) if providers.is_empty() => card
            .child(element("p").class("reason").text("This gateway starts no desktops."))
            .child(element("p").class("advice").text(
                "Its configuration has no provider, such as [providers.claude-code]. Sessions that come from elsewhere \
                 have their pages where they are made.",
            )),
        Some(providers) => {
            let choices = providers.into_iter().enumerate().map(|(at, provider)| {
                let choice = choice(dashboard, provider);
                element("li").child(if at == 0 { focused(choice) } else { choice })
            });
            card.child(element("p").class("advice").text("What is to be started for you?"))
                .child(element("ul").class("providers").children(choices))
        }
    };
    card.child(button("quiet", "Back", move || dashboard.give_up()))
}

const GO: &str = "M9 5l7 7-7 7";

fn choice(dashboard: Dashboard, provider: Provider) -> Element {
    let initial: String = provider
        .name
        .chars()
        .take(1)
        .flat_map(char::to_uppercase)
        .collect();
    let (id, name) = (provider.id.clone(), provider.name.clone());
    icon_button("provider", move || dashboard.connect(provider.clone()))
        .attr_with("data-provider", move || Some(id.clone()))
        .child(
            element("span")
                .class("initial")
                .attr("aria-hidden", "true")
                .text(initial),
        )
        .child(element("span").class("name").text(name))
        .child(icon(GO))
}

/// The first thing to do has the focus, so that Enter does it.
fn focused(element: Element) -> Element {
    let node = Node::new();
    node.on_load(|element| {
        // It is not in the document before the next turn of the event loop.
        request_animation_frame(move || {
            let _ = element.focus();
        });
    });
    element.node(node)
}
