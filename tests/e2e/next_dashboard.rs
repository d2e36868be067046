//! The whole chain as a dashboard's users have it: browser, Next.js, gateway, websockify, Xtigervnc.

use std::path::Path;

use serde_json::json;
use tempfile::TempDir;

use porthole_tests::browser::{Browser, Stroke, go, key, press, release};
use porthole_tests::desktop::{Tigervnc, Websockify};
use porthole_tests::gateway::{Gateway, diagnose};
use porthole_tests::next_dashboard::{NextDashboard, Server, controller};
use porthole_tests::nginx::Nginx;
use porthole_tests::process::{Process, connections, free_port};
use porthole_tests::wait::{LONG, until};

#[test]
fn a_terminal_is_seen_and_typed_into_through_next_gateway_and_websockify() {
    let (controller_port, vm_port) = (free_port(), free_port());
    let gateway = Gateway::with(&format!(
        "[controller]\nbase = 'http://127.0.0.1:{controller_port}'\n\
         target = 'ws://{{vm_ip}}:{vm_port}/websockify'\n"
    ));
    let _controller = controller(controller_port, vm_port);
    let next = NextDashboard::build(&gateway.url(""), &format!("http://127.0.0.1:{controller_port}"));

    let own = next.start();
    until("the server says that it has a WebSocket proxy", LONG, || {
        let log = own.log();
        if log.contains("WebSocket proxy enabled") {
            Ok(())
        } else {
            Err(log)
        }
    });
    goes_through(&own.address, vm_port, "next-own-server", Browser::looks);
    says_upgrade(&own);

    let nginx = Nginx::before(&own.address);
    goes_through(&nginx.address, vm_port, "next-behind-nginx", Browser::screenshot);
    assert_eq!(nginx.said(), "");
    is_quiet(&own);

    let rewrites = next.start_with_rewrites();
    goes_through(&rewrites.address, vm_port, "next-rewrites", Browser::screenshot);
    is_quiet(&rewrites);

    let dev = next.start_dev();
    goes_through(&dev.address, vm_port, "next-dev", Browser::screenshot);
    says_upgrade(&dev);
}

#[test]
fn what_next_js_http_proxy_and_ws_leave_out_is_named() {
    let gateway = Gateway::without_configuration();
    let app = NextDashboard::build_faulty();
    let next = app.start_with_rewrites();
    let own = app.start_faulty("without-upgrades.js", "");
    let proxy = app.start_faulty("web-only.js", &gateway.url(""));
    let desktop = "/api/auth/session/demo/novnc/websock";
    // What Next loads with its first request is no silence. Whatever it answers.
    for (server, path) in [(&next, "/forbidden"), (&next, "/nowhere"), (&own, "/nowhere")] {
        let _ = ureq::get(format!("http://{}{path}", server.address)).call();
    }
    // Each is waited for in vain, some more than once.
    std::thread::scope(|scope| {
        for (server, path, cause) in [
            (&next, "/nowhere/websock", "silent-hop: "),
            (&next, "/nowhere/websock/", "trailing-slash: "),
            (&next, "/forbidden/websock", "auth-wall: "),
            (&next, "/asks/websock", "auth-wall: "),
            (&own, desktop, "silent-hop: "),
            (&proxy, desktop, "silent-hop: "),
        ] {
            let address = format!("ws://{}{path}", server.address);
            scope.spawn(move || {
                let (code, said) = diagnose(&address);
                assert!(code == Some(1) && said.contains(cause), "{cause}is not in {said}");
            });
        }
    });

    // The ws library, where it does without the subprotocol: one can do without, too.
    let server = Tigervnc::start((320, 240));
    let ws = app.start_faulty("without-subprotocol.js", &server.target());
    let (code, said) = diagnose(&format!("ws://{}/", ws.address));
    assert!(
        code == Some(0) && said.contains("subprotocol-missing: ") && said.contains("320 × 240"),
        "{said}"
    );

    // It compresses for whoever offers it: an nginx that does so by itself, and tells of the agreement or does not.
    for told in ["", "proxy_hide_header Sec-WebSocket-Extensions;"] {
        let nginx = Nginx::offering_compression(&ws.address, told);
        let (code, said) = diagnose(&format!("ws://{}/", nginx.address));
        assert!(
            code == Some(1) && said.contains("deflate-mismatch: ") && said.contains("✗ greeting"),
            "{said}"
        );
    }
}

/// What a user does by hand, and looks for. A picture is kept of what is seen.
fn goes_through(address: &str, vm_port: u16, name: &str, keep: fn(&Browser, &str)) {
    let browser = Browser::start();
    browser.open(&format!("http://{address}/dashboard/remote-cli"));
    browser.text_with("h1", "Remote CLI", LONG);
    // It comes as it looks, and does nothing until React has made it its own.
    until("the page can be used", LONG, || {
        let is_used = browser.run(
            "return Object.keys(document.querySelector('button.primary')).some((key) => key.startsWith('__reactProps'))",
            json!([]),
        );
        (is_used == json!(true)).then_some(()).ok_or_else(String::new)
    });
    browser.click("button.primary");
    browser.text_with(".choice", "Claude Code", LONG);
    keep(&browser, &format!("{name}-choice"));
    browser.click(".choice li:first-child button");
    browser.text_with("[role=status]", "The VM is starting", LONG);
    let details = browser.text_with("dl", "creating", LONG);
    assert!(
        details.contains("vm-1") && details.contains("127.0.0.1") && details.contains("Claude Code"),
        "{details}"
    );
    keep(&browser, &format!("{name}-starting"));

    // The VM is there.
    let server = Tigervnc::start((800, 600));
    let folder = TempDir::new().unwrap();
    let _terminal = terminal(&server, folder.path());
    let _websockify = Websockify::on(vm_port, server.port);
    browser.text_with("dl", "ready", LONG);
    browser.text_with("figcaption", "connected, 800 × 600", LONG);
    // ChromeDriver counts from the window's corner, in a frame as well.
    let corner = browser.run(
        "const frame = document.querySelector('iframe'), box = frame.getBoundingClientRect();
         return [box.left + frame.clientLeft, box.top + frame.clientTop].map(Math.round)",
        json!([]),
    );
    let corner = [0, 1].map(|at| corner[at].as_i64().unwrap() as i32);
    browser.enter_frame("iframe");
    browser.connected();
    // A click into the terminal. The server paints a pointer that nobody has moved, which is in the middle.
    let (x, y) = browser.point_over((300, 200));
    browser.mouse(&[go((x + corner[0], y + corner[1])), press(0), release(0)]);
    browser.shows(&format!("the terminal, {name}"), || server.display.picture());
    let text = browser.whole_text();
    assert!(!text.contains("Disconnected"), "{text}");
    browser.leave_frame();
    let path = browser.run(
        "return document.querySelector('iframe').getAttribute('src')",
        json!([]),
    );
    let path = path.as_str().unwrap();
    assert!(
        path.starts_with("/api/auth/session/") && path.ends_with("/novnc"),
        "{path}"
    );

    browser.type_text("echo typed > file");
    browser.keys(&[Stroke::Tap(key::ENTER)]);
    until(
        "what was typed was carried out",
        LONG,
        || match std::fs::read_to_string(folder.path().join("file")) {
            Ok(text) if text == "typed\n" => Ok(()),
            other => Err(format!("{other:?}")),
        },
    );
    browser.enter_frame("iframe");
    browser.shows(&format!("the terminal typed into, {name}"), || {
        server.display.picture()
    });
    browser.leave_frame();
    keep(&browser, name);

    browser.click("header button");
    browser.text_with("button.primary", "Connect Provider", LONG);
    assert_eq!(browser.text("iframe"), None);
    assert_eq!(browser.complaints(), Vec::<String>::new());
    // Before what is between the two goes, and complains of it.
    until("the VM's desktop is let go of", LONG, || {
        match connections(server.port) {
            0 => Ok(()),
            count => Err(format!("{count} connections")),
        }
    });
}

/// A terminal that fills the screen.
fn terminal(server: &Tigervnc, folder: &Path) -> Process {
    let process = Process::start(
        server
            .display
            .command("xterm")
            .args(["-geometry", "130x44+0+0", "-e", "bash", "--norc", "--noprofile"])
            .current_dir(folder),
    );
    server.display.focus_program();
    process
}

/// Its log tells of the WebSocket, and of nothing that went wrong with it.
fn says_upgrade(server: &Server) {
    let log = server.log();
    assert!(
        log.contains("/novnc/websock: upgrade, on to "),
        "no upgrade in {log}"
    );
    is_quiet(server);
}

fn is_quiet(server: &Server) {
    let log = server.log();
    for trouble in ["socket hang up", "ECONN", "EPIPE", "Error", "error"] {
        assert!(!log.contains(trouble), "{trouble:?} is in {log}");
    }
}
