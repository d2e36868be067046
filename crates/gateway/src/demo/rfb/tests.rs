//! The demo's server against the project's own client, joined in memory.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use porthole_rfb::{
    Client, ClipboardContent, Config, Encoding, Event, PointerButtons, ResizeStatus, Size as ClientSize,
};

use super::Session;
use crate::demo::desktop::Moment;
use crate::demo::geometry::Size;

struct Pair {
    client: Client,
    session: Session,
    now: Moment,
    events: Vec<Event>,
}

impl Pair {
    /// Both ends, connected, with `encoding` asked for.
    fn connected(encoding: Encoding) -> Self {
        let config = Config {
            encodings: vec![encoding],
            ..Config::default()
        };
        let now = Moment::default();
        let mut pair = Self {
            client: Client::new(config),
            session: Session::new(now),
            now,
            events: Vec::new(),
        };
        pair.run_for(Duration::from_millis(200));
        pair
    }

    /// Lets time pass, in steps of a picture.
    fn run_for(&mut self, time: Duration) {
        let end = self.now.uptime + time;
        while self.now.uptime < end {
            self.now.uptime += Duration::from_millis(20);
            self.session.handle_timeout(self.now).unwrap();
            self.exchange();
        }
    }

    /// Carries bytes both ways until nothing is left to say.
    fn exchange(&mut self) {
        loop {
            let to_client = self.session.poll_transmit();
            self.client.handle_input(&to_client).unwrap();
            self.events
                .extend(std::iter::from_fn(|| self.client.poll_event()));
            let to_server = self.client.poll_transmit().unwrap_or_default();
            self.session.handle_input(&to_server, self.now).unwrap();
            if to_client.is_empty() && to_server.is_empty() {
                return;
            }
        }
    }

    /// Whether the client shows what the desktop last painted.
    fn same_pixels(&self) -> bool {
        let frame = self.session.desktop.frame();
        let size = frame.size();
        let shown = self.client.framebuffer().bytes().chunks_exact(4);
        let painted = (0..size.height).flat_map(|y| frame.row(0, y, size.width));
        let size_agrees = self.client.framebuffer().size()
            == ClientSize {
                width: size.width as u16,
                height: size.height as u16,
            };
        size_agrees
            && shown
                .zip(painted)
                .all(|(shown, painted)| shown[..3] == painted.to_be_bytes()[1..])
    }
}

#[test]
fn a_client_sees_every_pixel_in_every_encoding() {
    for encoding in [Encoding::RAW, Encoding::HEXTILE, Encoding::ZRLE] {
        let mut pair = Pair::connected(encoding);
        assert!(pair.same_pixels(), "{encoding:?}: the first frame");
        for key in 0x61..0x7a {
            pair.client.key(key, 0, true);
            pair.client.key(key, 0, false);
            pair.client
                .pointer(10 * key as u16, 5 * key as u16, PointerButtons::NONE);
            pair.run_for(Duration::from_millis(40));
        }
        assert!(pair.same_pixels(), "{encoding:?}: after input");
    }
}

#[test]
fn a_client_gets_the_size_it_asks_for_and_the_reason_when_not() {
    let mut pair = Pair::connected(Encoding::ZRLE);
    pair.client.request_desktop_size(ClientSize {
        width: 900,
        height: 700,
    });
    pair.run_for(Duration::from_millis(200));
    assert_eq!(pair.session.desktop.size(), Size::new(900, 700));
    assert!(pair.same_pixels());
    assert!(
        pair.events.contains(&Event::ResizeAnswered(ResizeStatus::Done)),
        "{:?}",
        pair.events
    );
    pair.client
        .request_desktop_size(ClientSize { width: 9, height: 7 });
    pair.run_for(Duration::from_millis(200));
    assert_eq!(pair.session.desktop.size(), Size::new(900, 700));
}

#[test]
fn what_is_copied_in_the_terminal_reaches_the_client() {
    let mut pair = Pair::connected(Encoding::ZRLE);
    for keysym in "copy tide".chars().map(u32::from).chain([0xff0d]) {
        pair.client.key(keysym, 0, true);
        pair.client.key(keysym, 0, false);
    }
    pair.run_for(Duration::from_millis(100));
    assert!(
        pair.events
            .contains(&Event::Clipboard(ClipboardContent::text("tide"))),
        "{:?}",
        pair.events
    );
}
