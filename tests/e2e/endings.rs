//! Every end is told in words, and can be mended.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;

use porthole_tests::browser::Browser;
use porthole_tests::desktop::Tigervnc;
use porthole_tests::gateway::Gateway;
use porthole_tests::nginx::Nginx;
use porthole_tests::peer::{answers, listener, says, says_and_closes, serve};
use porthole_tests::process::free_port;
use porthole_tests::wait::LONG;

fn ends(target: &str, hop: &str, words: &[&str]) {
    let gateway = Gateway::to(target);
    let browser = Browser::start();
    browser.open(&gateway.page(""));
    let (at, text) = browser.ended(LONG);
    assert_eq!(at, hop, "{text}");
    for words in words {
        assert!(text.contains(words), "{words:?} is not in {text:?}");
    }
    assert!(text.contains("Try again"), "{text}");
}

#[test]
fn a_machine_that_refuses_the_connection_is_named() {
    let port = free_port();
    ends(
        &format!("tcp://127.0.0.1:{port}"),
        "gateway",
        &[&format!("127.0.0.1:{port} refused the connection"), "4502"],
    );
}

#[test]
fn a_broken_way_is_drawn_at_the_station_where_it_broke() {
    let (listener, port) = listener();
    let is_up = Arc::new(AtomicBool::new(true));
    let is_up_now = Arc::clone(&is_up);
    // It knows where the desktop is to be, until it is down.
    serve(listener, move |stream| {
        if is_up_now.load(Relaxed) {
            answers(
                stream,
                "application/json",
                r#"{"id":"vm","vmIp":"127.0.0.1","status":"ready"}"#,
            );
        }
    });
    let gateway = Gateway::with(&format!(
        "[controller]\nbase = 'http://127.0.0.1:{port}'\ncache_seconds = 0\ntarget = 'tcp://{{vm_ip}}:{}'\n",
        free_port()
    ));
    let browser = Browser::start();
    browser.open(&gateway.page(""));
    let drawn_at = |station: &str, code: &str| {
        let text = browser.text_with(".card.ended", code, LONG);
        let broken = browser.text(".way .broken").unwrap();
        assert!(broken.starts_with(station), "{broken}: {text}");
        text
    };
    drawn_at("Desktop", "4502");
    is_up.store(false, Relaxed);
    browser.click(".card.ended .primary");
    let text = drawn_at("Gateway", "4424");
    assert!(text.contains("the controller http://127.0.0.1"), "{text}");
    browser.text_with(".doctor", "[controller]", LONG);
    browser.looks("controller-down");
}

#[test]
fn a_server_that_says_nothing_is_told() {
    ends(&says(b""), "server", &["sent nothing"]);
}

#[test]
fn a_server_that_speaks_http_is_told_with_what_it_said() {
    ends(
        &says_and_closes(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
        "server",
        &["HTTP/1.1 400"],
    );
}

#[test]
fn a_server_that_speaks_ssh_is_told_with_what_it_said() {
    ends(&says(b"SSH-2.0-OpenSSH_9.2\r\n"), "server", &["SSH-2.0-Open"]);
}

#[test]
fn a_server_that_sends_a_few_bytes_of_garbage_is_told_with_what_it_said() {
    ends(&says(b"\x16\x03\x01\x00"), "server", &["\\x16\\x03\\x01"]);
}

#[test]
fn a_server_that_stops_in_the_middle_of_the_handshake_is_told() {
    ends(&says(b"RFB 003.008\n"), "server", &["silent"]);
}

#[test]
fn a_server_that_turns_people_away_is_told_with_its_reason() {
    ends(
        &says(b"RFB 003.008\n\x00\x00\x00\x00\x1aToo many security failures"),
        "server",
        &["Too many security failures"],
    );
}

#[test]
fn a_server_that_closes_at_once_is_told() {
    ends(
        &says_and_closes(b""),
        "server",
        &["closed the connection before its greeting"],
    );
}

#[test]
fn a_websockify_that_answers_nothing_is_told() {
    let target = says(b"").replace("tcp:", "ws:");
    ends(&target, "gateway", &["4504"]);
}

#[test]
fn a_websockify_that_is_only_a_web_server_is_told_with_its_status() {
    let target =
        says_and_closes(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n").replace("tcp:", "ws:");
    ends(&target, "gateway", &["404", "4502"]);
}

#[test]
fn a_session_that_is_not_there_is_told() {
    let gateway = Gateway::to("tcp://127.0.0.1:1");
    let browser = Browser::start();
    browser.open(&gateway.page("path=../../gone/novnc/websock"));
    let (hop, text) = browser.ended(LONG);
    assert_eq!(hop, "gateway", "{text}");
    assert!(text.contains("gone") && text.contains("4404"), "{text}");
    // The page of such a session says so itself.
    browser.open(&gateway.url("/api/auth/session/gone/novnc/"));
    assert!(browser.whole_text().contains("gone"), "{}", browser.whole_text());
}

#[test]
fn a_path_with_no_websocket_is_told_with_what_answers_there() {
    let gateway = Gateway::to("tcp://127.0.0.1:1");
    let browser = Browser::start();
    browser.open(&gateway.page("path=/nowhere"));
    let (hop, text) = browser.ended(LONG);
    assert_eq!(hop, "websocket", "{text}");
    assert!(text.contains("404") && text.contains("/nowhere"), "{text}");
}

#[test]
fn a_gateway_that_goes_away_is_told() {
    let server = Tigervnc::start((320, 240));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page(""));
    browser.connected();
    drop(gateway);
    let (hop, text) = browser.ended(LONG);
    assert!(["websocket", "gateway"].contains(&hop.as_str()), "{hop}");
    assert!(text.contains("gateway"), "{text}");
}

#[test]
fn a_proxy_that_ends_quiet_connections_is_told_by_how_long_this_one_was_quiet() {
    let server = Tigervnc::start((320, 240));
    let gateway = Gateway::to(&server.target());
    let nginx = Nginx::impatient(&gateway.address, 10);
    let browser = Browser::start();
    browser.open(&gateway.page("").replace(&gateway.address, &nginx.address));
    browser.connected();
    let (hop, text) = browser.ended(LONG);
    assert_eq!(hop, "websocket", "{text}");
    for words in ["nothing had come for", "a proxy on the way", "timeout"] {
        assert!(text.contains(words), "{words:?} is not in {text:?}");
    }
}

#[test]
fn a_desktop_that_ends_in_the_middle_is_told_and_can_be_tried_again() {
    let server = Tigervnc::start((320, 240));
    let port = server.port;
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page(""));
    browser.connected();
    drop(server);
    let (hop, text) = browser.ended(LONG);
    assert_eq!(hop, "server", "{text}");
    assert!(text.contains("closed the connection"), "{text}");
    browser.screenshot("ended");

    browser.click(".card.ended .primary");
    browser.text_with(".card.ended .reason", "refused the connection", LONG);
    browser.screenshot("refused");

    let server = Tigervnc::start_on(port, (400, 300));
    browser.click(".card.ended .primary");
    browser.connected();
    browser.shows("the new desktop", || server.display.picture());
}

#[test]
fn a_desktop_that_comes_back_is_connected_to_by_itself_where_that_is_wanted() {
    let server = Tigervnc::start((320, 240));
    let port = server.port;
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page("reconnect=true&reconnect_delay=1500"));
    browser.connected();
    drop(server);
    browser.text_with(".card.ended .retry", "Trying again in", LONG);
    let server = Tigervnc::start_on(port, (400, 300));
    browser.connected();
    browser.shows("the new desktop", || server.display.picture());
}

#[test]
fn a_desktop_that_stays_away_is_tried_no_more_often_than_set() {
    let gateway = Gateway::to(&format!("tcp://127.0.0.1:{}", free_port()));
    let browser = Browser::start();
    browser.open(&gateway.page("reconnect=true&reconnect_delay=200&reconnect_tries=3"));
    browser.text_with(".notice", "Tried as often as is set (3)", LONG);
    browser.ended(LONG);
    assert_eq!(browser.text(".card.ended .retry"), None);
}

#[test]
fn a_desktop_that_one_has_left_can_be_entered_again() {
    let server = Tigervnc::start((320, 240));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page("reconnect=true"));
    browser.connected();
    browser.click(".handle");
    browser.click("#tools [title=Disconnect]");
    let (hop, text) = browser.ended(LONG);
    assert_eq!(hop, "page");
    assert!(text.contains("Disconnected"), "{text}");
    assert_eq!(
        browser.text(".card.ended .retry"),
        None,
        "nobody wants to go back"
    );
    browser.click(".card.ended .primary");
    browser.connected();
    browser.shows("entered again", || server.display.picture());
}

#[test]
fn a_page_that_does_not_connect_by_itself_waits_for_a_click() {
    let server = Tigervnc::start((320, 240));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page("autoconnect=false"));
    browser.text_with(".card h1", "Not connected", LONG);
    browser.click(".card .primary");
    browser.connected();
}
