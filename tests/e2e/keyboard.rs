//! Keys that the browser and the desktop share.

use porthole_tests::browser::Stroke::{Down, Tap, Up};
use porthole_tests::browser::{Browser, Engine, key};
use porthole_tests::desktop::{Recorder, Tigervnc};
use porthole_tests::gateway::Gateway;

#[test]
fn keys_that_paste_arrive_behind_what_was_typed_before_them() {
    let server = Tigervnc::start((640, 480));
    let engines = [Engine::Chromium, Engine::Firefox, Engine::WebKitGtk];
    for engine in engines.into_iter().filter(|engine| engine.is_installed()) {
        let browser = Browser::start_in(engine);
        let gateway = Gateway::to(&server.target());
        browser.open(&gateway.page("resize=off"));
        browser.connected();
        let recorder = Recorder::on(&server.display);
        browser.keys(&[Tap("a"), Down(key::CONTROL), Tap("v"), Up(key::CONTROL), Tap("b")]);
        recorder.reads(&format!("{engine:?}"), "avb");
    }
}
