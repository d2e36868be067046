//! What breaks in the middle: networks, gateways, machines, and pages that fall asleep.

use std::thread::sleep;
use std::time::Duration;

use serde_json::json;

use porthole_tests::browser::{Browser, Stroke, go, press, release};
use porthole_tests::desktop::{Display, Qemu, Tigervnc, Websockify, X11vnc};
use porthole_tests::gate::Gate;
use porthole_tests::gateway::Gateway;
use porthole_tests::wait::{LONG, until};

const SIZE: (u16, u16) = (640, 480);
/// Silence is borne for 45 seconds.
const SILENCE: Duration = Duration::from_secs(60);

fn page(address: &str, settings: &str) -> String {
    format!("http://{address}/api/auth/session/vm/novnc/?{settings}")
}

/// Something to see that was not there before.
fn paint(display: &Display, seed: u32) {
    let window = display.window((10, 10), (300, 200), x11rb::protocol::xproto::EventMask::NO_EVENT);
    display.draw(window, seed);
}

#[test]
fn a_network_that_is_cut_for_five_seconds_costs_nothing() {
    let server = Tigervnc::start(SIZE);
    let gateway = Gateway::to(&server.target());
    let network = Gate::to(&gateway.address);
    let browser = Browser::start();
    browser.open(&page(&network.address, "resize=off"));
    browser.connected();
    network.hold();
    paint(&server.display, 1);
    browser.keys(&[Stroke::Down("x")]);
    sleep(Duration::from_secs(5));
    assert_eq!(server.display.held(), (0, 0), "the network is cut");
    network.open();
    browser.shows("what was painted meanwhile", || server.display.picture());
    holds(&server.display, "what was typed meanwhile", (1, 0));
    assert_eq!(browser.text(".card.ended"), None);
}

#[test]
fn a_network_that_is_cut_for_a_minute_is_told_and_found_again() {
    let server = Tigervnc::start(SIZE);
    let gateway = Gateway::to(&server.target());
    let network = Gate::to(&gateway.address);
    let browser = Browser::start();
    browser.open(&page(
        &network.address,
        "resize=off&reconnect=true&reconnect_delay=10000",
    ));
    browser.connected();
    paint(&server.display, 1);
    browser.shows("what is painted", || server.display.picture());
    let before = server.display.picture();
    network.hold();
    paint(&server.display, 2);
    browser.text_with(".notice", "has not answered for", SILENCE);
    let (hop, text) = browser.ended(SILENCE);
    assert_eq!(hop, "websocket", "{text}");
    let (_, silence) = text.split_once("The desktop has not answered for ").expect(&text);
    let seconds: u32 = silence.split(' ').next().unwrap().parse().unwrap();
    assert!(seconds >= 45, "{text}");
    assert!(text.contains("neither does the gateway"), "{text}");
    assert!(text.contains("Trying again in"), "{text}");
    browser.shows("the last frame", || before.clone());
    browser.screenshot("cut-off");
    // The next try fares no better.
    browser.click(".card.ended .primary");
    browser.text_with(".card.ended .reason", "got no answer for", LONG);
    network.open();
    browser.connected();
    browser.shows("the desktop again", || server.display.picture());
}

#[test]
fn a_desktop_that_hangs_is_told_from_a_network_that_is_cut() {
    let server = Tigervnc::start(SIZE);
    let wire = Gate::to(&format!("127.0.0.1:{}", server.port));
    let gateway = Gateway::to(&format!("tcp://{}", wire.address));
    let browser = Browser::start();
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    wire.hold();
    let (hop, text) = browser.ended(SILENCE);
    assert_eq!(hop, "server", "{text}");
    assert!(text.contains("though the gateway does"), "{text}");
}

/// So many keys and these buttons come to be held at a desktop.
fn holds(display: &Display, what: &str, expected: (u32, u16)) {
    until(what, LONG, || match display.held() {
        held if held == expected => Ok(()),
        held => Err(format!("{held:?}")),
    });
}

/// Holds keys on a machine, and a button if it may be, lets go of them while the wire to it is cut, and finds nothing held
/// when it is mended.
fn lets_go(display: &Display, port: u16, button: u16) {
    let wire = Gate::to(&format!("127.0.0.1:{port}"));
    let gateway = Gateway::to(&format!("tcp://{}", wire.address));
    let browser = Browser::start();
    browser.open(&gateway.page("resize=off&reconnect=true&reconnect_delay=500"));
    browser.connected();
    browser.keys(&[Stroke::Down("x"), Stroke::Down("y")]);
    browser.mouse(&[go(browser.point_over((300, 200)))]);
    if button > 0 {
        browser.mouse(&[press(0)]);
    }
    holds(display, "what is held", (2, button));
    wire.shut();
    browser.ended(LONG);
    // Nobody hears of that.
    browser.keys(&[Stroke::Up("x"), Stroke::Up("y")]);
    browser.mouse(&[release(0)]);
    wire.open();
    browser.connected();
    holds(display, "nothing", (0, 0));
    browser.keys(&[Stroke::Down("z")]);
    holds(display, "what is pressed now", (1, 0));
}

#[test]
fn no_key_and_no_button_stays_pressed_across_an_end() {
    let server = Tigervnc::start(SIZE);
    lets_go(&server.display, server.port, 1);
}

#[test]
fn no_key_stays_pressed_on_a_server_that_releases_none_by_itself() {
    // It believes each connection to begin without buttons: one that is held stays so until it is pressed again.
    let server = X11vnc::start(SIZE);
    lets_go(&server.display, server.port, 0);
}

/// Holds keys and a button on a machine, and is gone without a word: its page is closed, its network cut, its gateway
/// killed. Then nobody is there to let go, before the page is back: of the button, too, if it may be held.
fn is_gone(display: &Display, target: &str, button: u16) {
    let gateway = Gateway::to(target);
    let network = Gate::to(&gateway.address);
    let browser = Browser::start();
    let press_keys = |settings: &str| {
        browser.open(&page(&network.address, &format!("resize=off{settings}")));
        browser.connected();
        browser.keys(&[Stroke::Down("x"), Stroke::Down("y")]);
    };
    let let_go = || {
        browser.keys(&[Stroke::Up("x"), Stroke::Up("y")]);
        browser.mouse(&[release(0)]);
    };
    let press_all = || {
        press_keys("");
        browser.mouse(&[go(browser.point_over((300, 200))), press(0)]);
        holds(display, "what is held", (2, 1));
    };
    press_all();
    browser.open("about:blank");
    holds(display, "nothing once the page is closed", (0, 0));
    let_go();
    press_all();
    network.shut();
    holds(display, "nothing once the network is cut", (0, 0));
    browser.ended(LONG);
    let_go();
    network.open();
    press_keys("&reconnect=true&reconnect_delay=500");
    if button > 0 {
        browser.mouse(&[go(browser.point_over((300, 200))), press(0)]);
    }
    holds(display, "what is held until the gateway is killed", (2, button));
    drop(gateway);
    browser.ended(LONG);
    let_go();
    let gateway = Gateway::to(target);
    network.lead_to(&gateway.address);
    browser.connected();
    holds(display, "nothing once there is another gateway", (0, 0));
}

#[test]
fn who_is_gone_holds_nothing_on_xtigervnc() {
    let server = Tigervnc::start(SIZE);
    is_gone(&server.display, &server.target(), 1);
}

#[test]
fn who_is_gone_holds_nothing_on_x11vnc_behind_websockify() {
    let server = X11vnc::start(SIZE);
    let websockify = Websockify::before(server.port);
    // It takes the release of a button from the connection alone that has pressed it. To press it again first is no help:
    // where it has been let go of meanwhile, that is a click that nobody has made.
    is_gone(
        &server.display,
        &format!("ws://127.0.0.1:{}/websockify", websockify.port),
        0,
    );
}

#[test]
fn whose_page_is_closed_holds_no_button_in_qemu_whatever_leads_to_it() {
    let server = Qemu::recording();
    let buttons = |what: &str, expected: u16| {
        until(what, LONG, || match server.mouse() {
            (held, ..) if held == expected => Ok(()),
            other => Err(format!("{other:?}")),
        })
    };
    let browser = Browser::start();
    for target in [server.target(), server.unix_target(), server.websocket_target()] {
        let gateway = Gateway::to(&target);
        browser.open(&gateway.page("resize=off"));
        browser.connected();
        browser.mouse(&[go(browser.point_over((300, 200))), press(0)]);
        buttons(&format!("the button is held by {target}"), 1);
        browser.open("about:blank");
        buttons(&format!("and no longer by {target}"), 0);
        browser.mouse(&[release(0)]);
    }
}

#[test]
fn a_gateway_that_comes_back_is_found_again() {
    let server = Tigervnc::start(SIZE);
    let gateway = Gateway::to(&server.target());
    let network = Gate::to(&gateway.address);
    let browser = Browser::start();
    browser.open(&page(
        &network.address,
        "resize=off&reconnect=true&reconnect_delay=500",
    ));
    browser.connected();
    drop(gateway);
    let (_, text) = browser.ended(LONG);
    assert!(text.contains("gateway"), "{text}");
    let gateway = Gateway::to(&server.target());
    network.lead_to(&gateway.address);
    browser.connected();
    paint(&server.display, 1);
    browser.shows("the desktop again", || server.display.picture());
}

#[test]
fn a_websockify_that_comes_back_is_found_again_with_the_settings_as_they_were() {
    let server = Tigervnc::start(SIZE);
    let websockify = Websockify::before(server.port);
    let port = websockify.port;
    let gateway = Gateway::to(&format!("ws://127.0.0.1:{port}/"));
    let browser = Browser::start();
    browser.open(&gateway.page("resize=off&reconnect=true&reconnect_delay=500"));
    browser.connected();
    browser.click(".handle");
    browser.click("#tools [aria-controls=settings]");
    browser.run(
        "[...document.querySelectorAll('.panel [role=switch]')].find((it) => it.textContent === 'View only').click()",
        json!([]),
    );
    drop(websockify);
    let (hop, text) = browser.ended(LONG);
    assert_ne!(hop, "page", "{text}");
    let _websockify = Websockify::on(port, server.port);
    browser.connected();
    let over = browser.point_over((300, 200));
    browser.mouse(&[go(over), press(0)]);
    browser.keys(&[Stroke::Down("x")]);
    paint(&server.display, 1);
    browser.shows("the desktop again", || server.display.picture());
    assert_eq!(server.display.held(), (0, 0), "it is only looked at");
}

#[test]
fn a_machine_that_comes_back_gets_the_size_that_is_asked_for() {
    let server = Tigervnc::start((320, 240));
    let port = server.port;
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    let wanted = |server: &Tigervnc| {
        until("the size of the window", LONG, || match server.display.size() {
            (320, 240) => Err("it is as it was".to_owned()),
            size => Ok(size),
        })
    };
    browser.open(&gateway.page("resize=remote&reconnect=true&reconnect_delay=500"));
    browser.connected();
    let size = wanted(&server);
    drop(server);
    browser.ended(LONG);
    let server = Tigervnc::start_on(port, (320, 240));
    browser.connected();
    assert_eq!(wanted(&server), size);
    browser.shows("the machine in that size", || server.display.picture());
}

#[test]
fn a_browser_that_was_asleep_goes_on() {
    let server = Tigervnc::start(SIZE);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    browser.asleep(|| {
        paint(&server.display, 1);
        // Longer than silence is borne before it is asked about.
        sleep(Duration::from_secs(22));
    });
    browser.shows("what was painted meanwhile", || server.display.picture());
    browser.keys(&[Stroke::Down("x")]);
    holds(&server.display, "what is typed now", (1, 0));
    assert_eq!(browser.text(".card.ended"), None);
}
