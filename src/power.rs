//! The power panel: what the machine behind the desktop can be asked to do, once more before it is done.

use leptos::prelude::*;
use porthole_viewer::{Command, PowerAction};

use crate::element::{Element, button, element};
use crate::panel;
use crate::session::Session;

/// What can be asked for: a button, and the question that follows it.
const CHOICES: [(PowerAction, &str, &str); 3] = [
    (
        PowerAction::Shutdown,
        "Shut down",
        "Shut the machine down? Its programs are asked to end.",
    ),
    (
        PowerAction::Reboot,
        "Restart",
        "Restart the machine? Its programs are asked to end.",
    ),
    (
        PowerAction::Reset,
        "Reset",
        "Reset the machine at once? What is not saved is lost.",
    ),
];

pub(crate) fn panel(session: Session) -> Element {
    let asked = RwSignal::new(None::<usize>);
    let choices = move || {
        let buttons = CHOICES
            .iter()
            .enumerate()
            .map(|(number, (_, name, _))| button("quiet", name, move || asked.set(Some(number))));
        element("div").class("thirds").children(buttons)
    };
    let confirmation = move |(action, name, question): (PowerAction, &'static str, &'static str)| {
        let actions = element("div")
            .class("actions")
            .child(button("quiet", "Cancel", move || asked.set(None)))
            .child(button("primary", name, move || {
                session.send(Command::Power(action));
                session.close_panel();
            }));
        element("div")
            .class("confirmation")
            .child(element("p").attr("role", "alert").text(question))
            .child(actions)
    };
    panel::panel("power", "power-title", "Power", session).child_with(move || {
        let chosen = asked.get().and_then(|number| CHOICES.get(number).copied());
        Some(match chosen {
            Some(choice) => confirmation(choice),
            None => choices(),
        })
    })
}
