//! How the desktop is shown: its size in the window, what of it is seen, and pictures of it.

mod awake;
mod display;
mod edge;
mod fullscreen;
mod panel;
mod panning;
mod picture_in_picture;
mod snapshot;
mod zoom;

pub(crate) use awake::is_possible as can_keep_awake;
pub(crate) use fullscreen::Fullscreen;
pub(crate) use panel::panel;

use crate::session::Session;

/// Does what goes on by itself for as long as the page is there.
pub(crate) fn start(session: Session) {
    awake::start(session);
    display::start(session);
    panning::start(session);
    picture_in_picture::start(session);
}
