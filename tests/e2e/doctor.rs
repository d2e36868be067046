//! The doctor: what only a page can see is named there, with what the gateway saw; and real servers are not disturbed.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::json;

use porthole_tests::browser::Browser;
use porthole_tests::certificates::Certificates;
use porthole_tests::desktop::{Tigervnc, Websockify};
use porthole_tests::gateway::{Gateway, diagnose};
use porthole_tests::peer::{listener, serve, take};
use porthole_tests::process::free_port;
use porthole_tests::wait::until;

/// What a page may take to look at every hop, each of which may be silent.
const AT_MOST: Duration = Duration::from_secs(60);

/// Waits until a cause is named: its sentence.
fn named(browser: &Browser, cause: &str) -> String {
    until(&format!("{cause} is named"), AT_MOST, || {
        let found = browser.run(
            "const says = document.querySelector('.doctor [data-cause]');
             return says && [says.dataset.cause, says.closest('.doctor').textContent]",
            json!([]),
        );
        match (found[0].as_str(), found[1].as_str()) {
            (Some(name), Some(text)) if name == cause => Ok(text.to_owned()),
            (Some(name), Some(text)) => Err(format!("{name} is: {text}")),
            _ => Err(format!("the page says {:?}", browser.whole_text())),
        }
    })
}

// ---- what only a page can see ------------------------------------------------------------------------------

/// What is done with a WebSocket's upgrade on the way to a gateway.
#[derive(Clone, Copy)]
enum Fault {
    /// It is never answered.
    Silent,
    /// An ordinary request is made of it.
    Lost,
    /// Its connection is closed, as is that of every request at its address.
    Closed,
    /// It is answered with this, as is every request at its address.
    Answered(&'static str),
}

/// A proxy in front of a gateway that has a fault, and else passes everything on.
fn proxy(gateway: &Gateway, fault: Fault) -> String {
    let (listener, port) = listener();
    let behind = gateway.address.clone();
    serve(listener, move |browser| {
        // Ends when either side does.
        let _ = pass_on(browser, &behind, fault);
    });
    format!("http://127.0.0.1:{port}/api/auth/session/vm/novnc/")
}

fn pass_on(mut browser: TcpStream, behind: &str, fault: Fault) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.extend(take::<1>(&mut browser)?);
    }
    let text = String::from_utf8_lossy(&head).into_owned();
    let is_upgrade = text.to_ascii_lowercase().contains("upgrade: websocket");
    match fault {
        Fault::Silent if is_upgrade => {
            std::io::copy(&mut browser, &mut std::io::sink())?;
            return Ok(());
        }
        Fault::Closed if text.contains("/websock HTTP/1.1\r\n") => return Ok(()),
        Fault::Answered(answer) if text.contains("/websock HTTP/1.1\r\n") => {
            return write!(
                browser,
                "HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            );
        }
        _ => {}
    }
    // Each request has a connection of its own, which is what nginx makes of an upgrade that it does not know.
    let lines = text.split("\r\n").filter(|line| {
        let line = line.to_ascii_lowercase();
        !line.starts_with("connection:") && !line.starts_with("upgrade:")
    });
    let request = lines.collect::<Vec<_>>().join("\r\n");
    let request = request.replacen("\r\n", "\r\nConnection: close\r\n", 1);
    let mut gateway = TcpStream::connect(behind)?;
    gateway.write_all(request.as_bytes())?;
    std::io::copy(&mut gateway, &mut browser).map(drop)
}

#[test]
fn what_becomes_of_an_upgrade_on_the_way_is_named_on_the_page() {
    let server = Tigervnc::start((320, 240));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    for (fault, cause, mend) in [
        (Fault::Lost, "upgrade-lost", "proxy_set_header Upgrade"),
        (Fault::Silent, "silent-hop", "upgrade listener"),
        (Fault::Closed, "nothing-answers", "may hang up"),
        (Fault::Answered("401 Unauthorized"), "auth-wall", "Sign in again"),
        (Fault::Answered("404 Not Found"), "wrong-path", "websockify"),
        (Fault::Answered("502 Bad Gateway"), "backend-down", "the next hop"),
        (
            Fault::Answered("308 Permanent Redirect\r\nLocation: /api/auth/session/vm/novnc/websock/"),
            "trailing-slash",
            "Spell the path",
        ),
    ] {
        browser.open(&proxy(&gateway, fault));
        let text = named(&browser, cause);
        assert!(text.contains(mend), "{text}");
        assert!(text.contains("From this page"), "{text}");
        // The gateway behind can be asked by ordinary requests, and has nothing to complain of.
        assert!(
            text.contains("From the gateway") && text.contains("porthole test"),
            "{text}"
        );
    }
}

#[test]
fn a_desktop_that_is_gone_is_named_by_the_gateway() {
    let port = free_port();
    let gateway = Gateway::to(&format!("tcp://127.0.0.1:{port}"));
    let browser = Browser::start();
    browser.open(&gateway.page(""));
    let text = named(&browser, "nothing-listens");
    assert!(text.contains("the connection is refused"), "{text}");
    browser.looks("doctor");
    browser.click(".doctor summary");
    browser.looks("doctor-open");
    // It is mended, and forgotten.
    let _server = Tigervnc::start_on(port, (320, 240));
    browser.click(".card.ended .primary");
    browser.connected();
    browser.click(".handle");
    browser.click("#tools [title=Disconnect]");
    browser.text_with(".card.ended h1", "Disconnected", AT_MOST);
    assert_eq!(browser.text(".card.ended .doctor"), None);
}

#[test]
fn a_server_that_blacklists_is_named() {
    let server = Tigervnc::with_blacklist(2);
    let gateway = Gateway::to(&server.target());
    leave_without_a_login(&server, 3);
    let browser = Browser::start();
    browser.open(&gateway.page(""));
    let text = named(&browser, "blacklisted");
    assert!(text.contains("Too many security failures"), "{text}");
}

#[test]
fn a_page_by_https_that_is_to_connect_without_is_told_of_mixed_content() {
    let certificates = Certificates::new();
    let gateway = Gateway::with(&format!(
        "[sessions.vm]\ntarget = 'demo:'\n[tls]\ncertificate = '{}'\nkey = '{}'\n",
        certificates.certificate().display(),
        certificates.key().display()
    ));
    let browser = Browser::start();
    // 127.0.0.1 is excepted from the rule.
    let host = gateway.address.replace("127.0.0.1", "desktop.test");
    let page = format!("https://{host}/api/auth/session/vm/novnc/");
    browser.open(&format!(
        "{page}?path=ws://{host}/api/auth/session/vm/novnc/websock"
    ));
    named(&browser, "mixed-content");
    browser.open(&page);
    browser.connected();
}

#[test]
fn a_page_that_is_no_secure_context_works_and_is_told_what_that_costs() {
    let server = Tigervnc::start((320, 240));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page("debug").replace("127.0.0.1", "desktop.test"));
    browser.connected();
    browser.click("aside .doctor button");
    let text = named(&browser, "no-secure-context");
    assert!(text.contains("first picture"), "{text}");
}

#[test]
fn on_demand_all_of_a_sound_way_is_shown_and_the_desktop_goes_on() {
    let server = Tigervnc::with_blacklist(2);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page("debug"));
    browser.connected();
    // More often than a server that blacklists would take of somebody who leaves without a login.
    for _ in 0..4 {
        // What was found before is not what is found now.
        browser.run(
            "document.querySelector('aside .doctor .says')?.classList.add('old')",
            json!([]),
        );
        browser.click("aside .doctor button");
        browser.text_with("aside .doctor .says:not(.old)", "All of it is sound", AT_MOST);
        let text = browser.text("aside .doctor").unwrap_or_default();
        for step in [
            "page",
            "plain request",
            "upgrade",
            "RFB 003.008",
            "None: done",
            "320 × 240",
        ] {
            assert!(text.contains(step), "{step:?} is not in {text}");
        }
    }
    browser.looks("doctor-debug");
    browser.shows("the desktop goes on", || server.display.picture());
    let complaints = browser.complaints();
    // An ordinary request of a WebSocket's address is answered with 426, which the console has.
    assert!(
        complaints.iter().all(|line| line.contains("426")),
        "{complaints:?}"
    );
}

// ---- real servers ------------------------------------------------------------------------------------------

/// Comes and goes, as a port scan does.
fn leave_without_a_login(server: &Tigervnc, times: usize) {
    for _ in 0..times {
        let mut stream = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
        stream.read_exact(&mut [0; 12]).unwrap();
    }
}

fn says(url: &str, code: i32, words: &str) {
    let (ended, said) = diagnose(url);
    assert_eq!(ended, Some(code), "{said}");
    assert!(said.contains(words), "{words:?} is not in {said}");
}

#[test]
fn real_servers_are_sound_and_take_no_offence_at_being_looked_at() {
    let server = Tigervnc::with_blacklist(2);
    let websockify = Websockify::before(server.port);
    let gateway = Gateway::to(&format!("ws://127.0.0.1:{}/websockify", websockify.port));
    for url in [
        server.target(),
        format!("ws://127.0.0.1:{}/websockify", websockify.port),
        gateway.url("/api/auth/session/vm/novnc"),
    ] {
        says(&url, 0, "All of it is sound");
    }
    leave_without_a_login(&server, 3);
    for url in [
        server.target(),
        format!("ws://127.0.0.1:{}/websockify", websockify.port),
    ] {
        says(&url, 1, "blacklisted: ");
    }
}

#[test]
fn a_websockify_without_its_server_and_one_spoken_to_in_tls_are_named() {
    let websockify = Websockify::before(free_port());
    let (code, said) = diagnose(&format!("ws://127.0.0.1:{}/websockify", websockify.port));
    assert_eq!(code, Some(1), "{said}");
    // Its versions differ in whether they say why.
    assert!(
        said.contains("vm-gone: ") || said.contains("closed-early: "),
        "{said}"
    );
    says(
        &format!("wss://127.0.0.1:{}/websockify", websockify.port),
        1,
        "wss-to-plain: ",
    );
}
