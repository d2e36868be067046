//! The same files work wherever they are served.

use std::path::Path;

use serde_json::json;

use porthole_tests::browser::Stroke::Tap;
use porthole_tests::browser::{Browser, go, press, release};
use porthole_tests::desktop::{Input, Recorder, Tigervnc, Websockify};
use porthole_tests::gateway::Gateway;
use porthole_tests::peer::{Proxy, web_page};
use porthole_tests::process::connections;
use porthole_tests::wait::{LONG, until};

/// Opens it, and looks at whether the desktop is shown and the console stays empty.
fn works_at(browser: &Browser, server: &Tigervnc, url: &str) {
    browser.open(url);
    browser.connected();
    browser.shows(&format!("at {url}"), || server.display.picture());
    assert_eq!(
        browser.complaints(),
        Vec::<String>::new(),
        "in the console at {url}"
    );
}

#[test]
fn the_page_works_at_a_sessions_path_with_a_slash() {
    let server = Tigervnc::start((320, 240));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    works_at(&browser, &server, &gateway.url("/api/auth/session/vm/novnc/"));
    works_at(
        &browser,
        &server,
        &gateway.url("/api/auth/session/vm/novnc/index.html"),
    );
}

#[test]
fn the_page_works_at_a_sessions_path_without_a_slash() {
    let server = Tigervnc::start((320, 240));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    works_at(&browser, &server, &gateway.url("/api/auth/session/vm/novnc"));
    works_at(
        &browser,
        &server,
        &gateway.url("/api/auth/session/vm/novnc?resize=off"),
    );
}

#[test]
fn the_root_leads_to_the_session() {
    let server = Tigervnc::start((320, 240));
    let gateway = Gateway::with(&format!(
        "default_session = 'vm'\n[sessions.vm]\ntarget = '{}'\n",
        server.target()
    ));
    let browser = Browser::start();
    works_at(&browser, &server, &gateway.url("/"));
    assert!(
        browser.url().contains("/api/auth/session/vm/novnc"),
        "{}",
        browser.url()
    );
    works_at(&browser, &server, &gateway.url("/index.html"));
}

#[test]
fn the_page_works_behind_a_proxy_at_a_path_of_its_own() {
    let server = Tigervnc::start((320, 240));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    for from in ["/", "/some/where%20else/vnc/"] {
        let proxy = Proxy::before(&gateway.address, from, "/api/auth/session/vm/novnc/");
        works_at(&browser, &server, &format!("http://{}{from}", proxy.address));
    }
}

#[test]
fn links_to_novncs_pages_lead_to_the_desktop() {
    let server = Tigervnc::start((320, 240));
    let websockify = Websockify::before(server.port);
    let to_websockify = format!("ws://127.0.0.1:{}/websockify", websockify.port);
    let gateways = [server.target(), to_websockify].map(|target| Gateway::to(&target));
    let browser = Browser::start();
    for gateway in &gateways {
        for link in [
            "vnc.html?autoconnect=true&resize=scale",
            "vnc.html?autoconnect=true&path=/api/auth/session/vm/novnc/websockify",
            "vnc_lite.html?path=websock&scale=true",
        ] {
            works_at(
                &browser,
                &server,
                &gateway.url(&format!("/api/auth/session/vm/novnc/{link}")),
            );
        }
    }
}

#[test]
fn a_link_that_names_a_host_leads_to_this_one_or_says_that_it_may_not() {
    let server = Tigervnc::start((320, 240));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    let link = |host: &str, port: &str| {
        let websocket = "path=api/auth/session/vm/novnc/websockify&encrypt=0";
        gateway.url(&format!(
            "/api/auth/session/vm/novnc/vnc.html?host={host}&port={port}&{websocket}"
        ))
    };
    let (host, port) = gateway.address.split_once(':').unwrap();
    works_at(&browser, &server, &link(host, port));
    browser.open(&link("elsewhere.example", "6080"));
    let (hop, text) = browser.ended(LONG);
    assert_eq!(hop, "page", "{text}");
    assert!(text.contains("not to elsewhere.example:6080"), "{text}");
}

#[test]
fn websockify_serves_the_page_in_novncs_place() {
    let server = Tigervnc::start((320, 240));
    let site = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dist");
    let websockify = Websockify::with_files(&site, server.port);
    let browser = Browser::start();
    for link in ["vnc.html?autoconnect=true", "vnc_lite.html", "?path=websockify"] {
        works_at(
            &browser,
            &server,
            &format!("http://127.0.0.1:{}/{link}", websockify.port),
        );
    }
}

#[test]
fn the_page_works_in_a_frame_of_another_origins_page() {
    let server = Tigervnc::start((320, 240));
    let gateway = Gateway::with(&format!(
        "frame_ancestors = \"'self' http://127.0.0.1:*\"\n[sessions.vm]\ntarget = '{}'\n",
        server.target()
    ));
    let browser = Browser::start();
    let host = web_page(format!(
        "<!doctype html><link rel=icon href=data:,><title>Dashboard</title><h1>A dashboard</h1>
         <iframe id=vm src='{}' width=700 height=500 allow='fullscreen; clipboard-write'></iframe>",
        gateway.url("/api/auth/session/vm/novnc/")
    ));
    browser.open(&host);
    // ChromeDriver counts from the window's corner, in a frame as well.
    let corner = browser.run(
        "const frame = document.querySelector('#vm'), box = frame.getBoundingClientRect();
         return [box.left + frame.clientLeft, box.top + frame.clientTop].map(Math.round)",
        json!([]),
    );
    let corner = [0, 1].map(|at| corner[at].as_i64().unwrap() as i32);
    browser.enter_frame("#vm");
    browser.connected();
    browser.shows("in a frame", || server.display.picture());
    // A click gives it the keyboard.
    let recorder = Recorder::on(&server.display);
    let (x, y) = browser.point_over((30, 40));
    browser.mouse(&[go((x + corner[0], y + corner[1])), press(0), release(0)]);
    browser.keys(&[Tap("a")]);
    recorder.gets(
        "a click and a key in a frame",
        &[
            Input::Button(1, true, (30, 40)),
            Input::Button(1, false, (30, 40)),
            Input::Key(0x61, true),
            Input::Key(0x61, false),
        ],
    );
    assert_eq!(browser.complaints(), Vec::<String>::new());
    browser.screenshot("frame");
}

#[test]
fn a_desktop_behind_a_unix_socket_is_shown() {
    let (server, target) = Tigervnc::on_unix_socket((320, 240));
    let gateway = Gateway::to(&target);
    let browser = Browser::start();
    works_at(&browser, &server, &gateway.page("quality=lossless"));
}

#[test]
fn the_page_cannot_be_framed_by_those_that_are_not_named() {
    let server = Tigervnc::start((320, 240));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    let host = web_page(format!(
        "<!doctype html><link rel=icon href=data:,><iframe id=vm src='{}'></iframe>",
        gateway.url("/api/auth/session/vm/novnc/")
    ));
    browser.open(&host);
    let mut complaints = Vec::new();
    until("the browser says why it does not show it", LONG, || {
        complaints.extend(browser.complaints());
        let is_it = |complaint: &String| complaint.contains("frame-ancestors");
        complaints
            .iter()
            .any(is_it)
            .then_some(())
            .ok_or_else(|| complaints.join("\n"))
    });
}

#[test]
fn the_debug_page_works_with_and_without_a_slash() {
    let server = Tigervnc::start((320, 240));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    for path in ["?debug", "debug", "debug/"] {
        works_at(
            &browser,
            &server,
            &gateway.url(&format!("/api/auth/session/vm/novnc/{path}")),
        );
    }
}

#[test]
fn the_debug_page_shows_live_figures() {
    let server = Tigervnc::start((640, 480));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    for path in ["debug", "debug/", "?debug"] {
        browser.open(&gateway.url(&format!("/api/auth/session/vm/novnc/{path}")));
        browser.connected();
        browser.text_with("[data-figure=screen] dd", "640", LONG);
        browser.text_with("[data-figure=frames] dd", "/s", LONG);
        browser.text_with("[data-figure=throughput] dd", "B/s", LONG);
        browser.text_with("[data-figure=decoding] dd", "%", LONG);
        browser.text_with("[data-figure=round-trip] dd", "jitter", LONG);
        browser.text_with(".log pre", "RFB", LONG);
    }
    // Something to count.
    let window = server
        .display
        .window((0, 0), (640, 480), x11rb::protocol::xproto::EventMask::NO_EVENT);
    let before = browser.text("[data-figure=received] dd");
    server.display.draw(window, 3);
    until("more was received", LONG, || {
        let now = browser.text("[data-figure=received] dd");
        if now == before {
            Err(format!("{now:?}"))
        } else {
            Ok(())
        }
    });
    browser.screenshot("debug");
}

#[test]
fn the_debug_page_connects_with_what_is_filled_in() {
    let server = Tigervnc::start((640, 480));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page("debug&autoconnect=false"));
    browser.fill("#debug-encodings", "hextile");
    browser.click("aside [type=submit]");
    browser.connected();
    browser.text_with("aside .figures table", "Hextile", LONG);
    assert_eq!(
        browser.run(
            "return document.querySelectorAll('#desktop canvas').length",
            json!([])
        ),
        json!(1)
    );
}

#[test]
fn the_demo_desktop_is_shown_without_any_configuration() {
    let gateway = Gateway::without_configuration();
    let browser = Browser::start();
    browser.open(&gateway.url("/"));
    browser.connected();
    assert!(
        browser.url().contains("/api/auth/session/demo/novnc"),
        "{}",
        browser.url()
    );
    // More than one colour.
    until("there is something on the demo desktop", LONG, || {
        let picture = browser.canvas().ok_or("no canvas")?;
        let first = &picture.rgb[..3];
        if picture.rgb.chunks_exact(3).any(|pixel| pixel != first) {
            Ok(())
        } else {
            Err("it is blank".to_owned())
        }
    });
    browser.screenshot("demo");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn the_policy_is_the_one_that_the_readme_tells_others_to_send() {
    let gateway = Gateway::without_configuration();
    let answer = ureq::get(gateway.url("/api/auth/session/demo/novnc/"))
        .call()
        .unwrap();
    let policy = answer.headers()["content-security-policy"].to_str().unwrap();
    let readme = include_str!("../../README.md");
    let (_, told) = readme.split_once("```\ndefault-src").unwrap();
    let (told, _) = told.split_once("```").unwrap();
    let told = format!("default-src{told}");
    for part in told.split(';') {
        let part = part.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(policy.contains(&part), "{part:?} is not in {policy}");
    }
}

/// Browsers keep a page that was left, with its workers, and show it as it was to who goes back.
#[test]
fn a_page_that_is_left_keeps_no_connection_and_has_a_new_one_when_one_goes_back() {
    let server = Tigervnc::start((320, 240));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page(""));
    browser.connected();
    browser.open("about:blank");
    let has = |expected: usize| {
        until(&format!("{expected} connections"), LONG, || {
            match connections(server.port) {
                count if count == expected => Ok(()),
                count => Err(format!("there are {count}")),
            }
        });
    };
    has(0);
    browser.back();
    has(1);
    browser.connected();
    browser.shows("the desktop after going back", || server.display.picture());
}
