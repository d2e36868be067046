//! The debug page: options to fill in, live figures, the protocol's log.

mod figures;
mod log;
mod options;

use leptos::html::{aside, h1};
use leptos::prelude::*;

use crate::session::Session;

pub(crate) fn panel(session: Session) -> impl IntoView {
    aside().class("debug").attr("aria-label", "Debug").child((
        h1().child("Porthole debug"),
        options::options(session),
        figures::figures(session),
        log::log(session),
    ))
}
