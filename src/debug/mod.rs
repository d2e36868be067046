//! The debug page: options to fill in, live figures, the protocol's log.

mod figures;
mod log;
mod options;

use crate::doctor;
use crate::element::{Element, element};
use crate::session::Session;

pub(crate) fn panel(session: Session) -> Element {
    element("aside")
        .class("debug")
        .attr("aria-label", "Debug")
        .child(element("h1").text("Porthole debug"))
        .child(options::options(session))
        .child(doctor::panel(session))
        .child(figures::figures(session))
        .child(log::log(session))
}
