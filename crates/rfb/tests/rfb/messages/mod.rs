//! What the client sends, byte for byte, and what it makes of the server's messages.

mod colours;
mod cursors;
mod input;
mod screens;
mod session;
mod text;
mod updates;

use porthole_rfb::{Client, Config, Encoding, Event, Rect};

use crate::server;

/// A client that has just been told of a screen of 640x480 and has sent what it sends then.
fn connected(config: Config) -> (Client, Vec<u8>) {
    let mut client = Client::new(config);
    client.handle_input(&server::handshake(640, 480, "")).unwrap();
    let sent = sent(&mut client);
    (client, sent[14..].to_vec())
}

fn running() -> Client {
    let mut client = connected(Config::default()).0;
    while client.poll_event().is_some() {}
    client
}

fn sent(client: &mut Client) -> Vec<u8> {
    std::iter::from_fn(|| client.poll_transmit()).flatten().collect()
}

fn events(client: &mut Client) -> Vec<Event> {
    std::iter::from_fn(|| client.poll_event()).collect()
}

/// What the client tells of an update with these rectangles, but for its beginning and end.
fn told(client: &mut Client, rectangles: &[Vec<u8>]) -> Vec<Event> {
    client
        .handle_input(&server::framebuffer_update(rectangles))
        .unwrap();
    let mut events = events(client);
    assert_eq!(events.remove(0), Event::UpdateStarted);
    let rectangles = rectangles.len() as u32;
    assert_eq!(events.pop(), Some(Event::UpdateCompleted { rectangles }));
    events
}

/// A client after an update with one pseudo-encoding's rectangle, whose events and messages are done with.
fn after(rect: Rect, encoding: Encoding, content: &[u8]) -> Client {
    let mut client = running();
    let rectangle = server::rectangle(rect, encoding, content);
    client
        .handle_input(&server::framebuffer_update(&[rectangle]))
        .unwrap();
    sent(&mut client);
    events(&mut client);
    client
}
