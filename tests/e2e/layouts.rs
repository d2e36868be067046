//! What hands write on keyboards of all layouts is what arrives on desktops of all layouts.

use porthole_tests::browser::{Browser, Engine, report};
use porthole_tests::desktop::{Tigervnc, Xev};
use porthole_tests::gateway::Gateway;
use porthole_tests::layouts::{LAYOUTS, Strokes};

/// The layouts of the desktop's own keyboard.
const DESKTOPS: [&str; 4] = ["us", "de", "fr", "jp"];

fn every_layout_in(engine: Engine) {
    if !engine.is_installed() {
        return;
    }
    let server = Tigervnc::start((640, 480));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start_seen(engine);
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    let keyboard = browser.be_at_hand();
    let xev = Xev::on(&server.display);
    let mut count = 0;
    for desktop in DESKTOPS {
        for (layout, strokes) in LAYOUTS {
            // Each time: it makes keys for what its layout lacks, and has no room for many.
            server.display.set_layout(desktop);
            keyboard.set_layout(layout);
            xev.forget();
            strokes.iter().for_each(|(keys, _)| keyboard.hand(keys));
            xev.reads(&format!("{layout} on {desktop}"), &written(strokes));
            count += strokes.len();
        }
    }
    report(&format!(
        "{engine:?}: {count} keys of {} layouts on {} others",
        LAYOUTS.len(),
        DESKTOPS.len()
    ));
}

fn written(strokes: &[Strokes]) -> String {
    strokes.iter().map(|(_, text)| *text).collect()
}

#[test]
fn chromium_writes_with_every_layout_on_every_other() {
    every_layout_in(Engine::Chromium);
}

#[test]
fn firefox_writes_with_every_layout_on_every_other() {
    every_layout_in(Engine::Firefox);
}

#[test]
fn webkitgtk_writes_with_every_layout_on_every_other() {
    every_layout_in(Engine::WebKitGtk);
}
