//! The dashboard: from the choice of a provider to the desktop in its frame, and back.

use std::fs;

use serde_json::json;
use tempfile::TempDir;

use porthole_tests::browser::{Browser, report};
use porthole_tests::desktop::{Display, Tigervnc};
use porthole_tests::gateway::Gateway;
use porthole_tests::peer::Agent;
use porthole_tests::process::{free_port, group_size};
use porthole_tests::wait::{LONG, until};

const PAGE: &str = "/dashboard/remote-cli";

/// A provider whose desktop is an Xtigervnc with a terminal in it, as the README has one. It writes down its display and
/// its group.
fn claude_code(notes: &TempDir, keys: &str) -> String {
    let notes = notes.path().display();
    format!(
        "[providers.claude-code]
         name = 'Claude Code'
         command = ['sh', '-c', '''
           echo $$ > {notes}/group
           Xtigervnc -displayfd 1 -rfbport 0 -rfbunixpath {{dir}}/rfb -geometry 640x480 -depth 24 \
             -SecurityTypes None -BlacklistThreshold 100000 | {{
               read display
               echo $display > {notes}/display
               DISPLAY=:$display xterm -geometry 80x24+40+30 -e sh -c \"echo 'claude>'; exec sleep 1000\" &
               echo $display; wait; }}
         ''']
         target = 'unix:{{dir}}/rfb'
         vm_id = 'display-{{line}}'
         vm_address = 'localhost:{{line}}'
         {keys}\n"
    )
}

/// What the desktop's command has written down.
fn note(notes: &TempDir, name: &str) -> String {
    until(&format!("the note {name}"), LONG, || {
        let text = fs::read_to_string(notes.path().join(name)).unwrap_or_default();
        if text.ends_with('\n') {
            Ok(text.trim().to_owned())
        } else {
            Err(format!("{text:?}"))
        }
    })
}

fn detail(name: &str) -> String {
    format!("[data-detail={name}] dd")
}

#[test]
fn a_provider_is_connected_and_its_desktop_is_shown_until_the_session_is_ended() {
    let notes = TempDir::new().unwrap();
    let agent = Agent::starting();
    let gateway = Gateway::with(&format!(
        "{}[providers.other]\nname = 'Another provider'\ncommand = ['sleep', '1000']\n",
        claude_code(&notes, &format!("health = '{}'", agent.url))
    ));
    let browser = Browser::start();
    browser.open(&gateway.url(PAGE));
    browser.text_with("h1", "Remote CLI", LONG);
    browser.looks("dashboard-start");
    browser.click(".connect-provider");
    browser.text_with("[data-provider=other]", "Another provider", LONG);
    browser.looks("dashboard-choice");
    browser.click("[data-provider=claude-code]");

    browser.text_with(".coming-up h2", "Starting Claude Code", LONG);
    browser.text_with(".progress .now", "Booting", LONG);
    browser.text_with(".progress .done", "Creating the machine", LONG);
    browser.text_with(".progress .later", "Ready", LONG);
    browser.text_with(".coming-up .advice", "agent says \"starting\"", LONG);
    let first = browser.text_with(".elapsed", " elapsed", LONG);
    until("the time that has gone by is counted", LONG, || {
        match browser.text(".elapsed") {
            Some(later) if later != first && later.ends_with(" elapsed") => Ok(()),
            other => Err(format!("{other:?} after {first:?}")),
        }
    });
    browser.looks("dashboard-booting");
    assert_eq!(
        browser.text("iframe"),
        None,
        "there is no desktop before it is ready"
    );
    agent.is_well();

    let display = note(&notes, "display");
    let shown = Display::named(format!(":{display}"));
    browser.text_with(&detail("vm-id"), &format!("display-{display}"), LONG);
    browser.text_with(&detail("vm-address"), &format!("localhost:{display}"), LONG);
    browser.text_with(&detail("provider"), "Claude Code", LONG);
    browser.text_with(&detail("status"), "ready", LONG);
    browser.text_with(&detail("since"), ", for ", LONG);
    browser.text_with(&detail("health"), "ok, 1 active session", LONG);
    browser.text_with(&detail("took"), "0:", LONG);
    let id = browser.text(&detail("session")).unwrap();
    assert_eq!(
        browser.run(
            "return document.querySelector('iframe').getAttribute('src')",
            json!([])
        ),
        json!(format!("api/auth/session/{id}/novnc"))
    );
    browser.enter_frame("iframe");
    browser.connected();
    shown.next_window(&[]);
    // The pointer is the viewer's to show, and in the picture here: away from the terminal, which has one of its own.
    shown.hide_cursor();
    shown.move_pointer((639, 479));
    browser.shows("the machine's terminal, in the frame", || shown.picture());
    browser.leave_frame();
    browser.text_with(&detail("connection"), "connected, 640 × 480", LONG);
    browser.looks("dashboard-desktop");

    // Who loads the page again finds the session again.
    assert!(
        browser.url().ends_with(&format!("{PAGE}#session={id}")),
        "{}",
        browser.url()
    );
    browser.reload();
    browser.enter_frame("iframe");
    browser.connected();
    browser.shows("the machine after the page was loaded again", || shown.picture());
    browser.leave_frame();

    let group = note(&notes, "group").parse().unwrap();
    assert!(group_size(group) >= 3, "the desktop runs");
    browser.click(".end-session");
    browser.text_with("dialog h2", "End this session?", LONG);
    browser.looks("dashboard-end");
    browser.click(".confirm-end");
    browser.text_with(".card h2", "The session has ended", LONG);
    browser.looks("dashboard-ended");
    assert_eq!(browser.text("iframe"), None);
    assert!(browser.url().ends_with(PAGE), "{}", browser.url());
    until("the desktop's processes have ended", LONG, || {
        match group_size(group) {
            0 => Ok(()),
            count => Err(format!("{count} are running")),
        }
    });
    assert_eq!(browser.complaints(), Vec::<String>::new());
    report("the dashboard's way from Connect Provider to the end of the session");
}

#[test]
fn a_desktop_that_cannot_be_had_is_told_of_with_what_to_do() {
    let gateway = Gateway::with(
        "[providers.broken]\nname = 'Broken'\ncommand = ['sh', '-c', 'sleep 1; echo the display is taken >&2; exit 3']\n\
         [providers.full]\ncommand = ['sleep', '1000']\nmost = 0\n",
    );
    let browser = Browser::start();
    browser.open(&gateway.url(PAGE));
    browser.click(".connect-provider");
    browser.click("[data-provider=broken]");
    browser.text_with(".card h2", "The desktop failed", LONG);
    browser.text_with(".card .reason", "exit status: 3: the display is taken.", LONG);
    browser.looks("dashboard-failed");
    // That is where another one is connected from.
    assert_eq!(browser.complaints(), Vec::<String>::new());
    browser.click(".connect-provider");
    browser.click("[data-provider=full]");
    browser.text_with(".card h2", "No desktop was started", LONG);
    browser.text_with(".card .reason", "has 0 desktops, and may have no more.", LONG);
    browser.text_with(".card .advice", "End a session that is not needed", LONG);
}

#[test]
fn a_desktop_that_is_coming_up_can_be_given_up() {
    let gateway = Gateway::with("[providers.slow]\nname = 'Slow'\ncommand = ['sleep', '1000']\nmost = 1\n");
    let browser = Browser::start();
    browser.open(&gateway.url(PAGE));
    // The second time there is room only if the first one has ended.
    for _ in 0..2 {
        browser.click(".connect-provider");
        browser.click("[data-provider=slow]");
        browser.text_with(".progress .now", "Booting", LONG);
        browser.click(".coming-up .quiet");
        browser.text_with(".card h2", "The session has ended", LONG);
    }
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

/// Notes what the page asks for, and holds back the answer to the next DELETE until `release` is called.
const HELD_BACK: &str = "
    const fetch = window.fetch.bind(window);
    globalThis.asked = [];
    window.fetch = async (request) => {
        const answer = await fetch(request);
        globalThis.asked.push(`${request.method} ${new URL(request.url).pathname}`);
        if (request.method === 'DELETE') await new Promise((done) => { globalThis.release = done; });
        return answer;
    };
";

#[test]
fn an_answer_that_comes_after_the_end_it_is_about_leaves_the_next_desktop_alone() {
    let gateway = Gateway::with("[providers.slow]\nname = 'Slow'\ncommand = ['sleep', '1000']\n");
    let browser = Browser::start();
    browser.open(&gateway.url(PAGE));
    browser.run(HELD_BACK, json!([]));
    let connect = || {
        browser.click(".connect-provider");
        browser.click("[data-provider=slow]");
        browser.text_with(".progress .now", "Booting", LONG);
    };
    connect();
    browser.click(".coming-up .quiet");
    browser.text_with(".card h2", "The session has ended", LONG);
    until("the answer is held back", LONG, || {
        match browser.run("return typeof globalThis.release", json!([])) {
            found if found == json!("function") => Ok(()),
            found => Err(found.to_string()),
        }
    });
    connect();
    let id = browser.url().split("#session=").nth(1).unwrap().to_owned();
    browser.run("globalThis.release(); globalThis.asked = []", json!([]));
    let asked = format!("GET /api/auth/session/{id}");
    // The first of them may have been under way.
    until("the page asks about the second desktop again", LONG, || {
        let all = browser.run("return globalThis.asked", json!([]));
        let times = all.as_array().unwrap().iter().filter(|it| **it == asked).count();
        if times > 2 { Ok(()) } else { Err(all.to_string()) }
    });
    browser.text_with(".progress .now", "Booting", LONG);
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn a_gateway_without_providers_says_so_on_its_dashboard() {
    let gateway = Gateway::without_configuration();
    let browser = Browser::start();
    browser.open(&gateway.url(&format!("{PAGE}/")));
    browser.click(".connect-provider");
    browser.text_with(".choose", "This gateway starts no desktops.", LONG);
    browser.text_with(".choose .advice", "[providers.claude-code]", LONG);
    browser.looks("dashboard-no-providers");
    assert!(browser.url().ends_with(PAGE), "{}", browser.url());
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn a_session_in_the_address_is_shown_or_said_to_be_gone() {
    let server = Tigervnc::start((320, 240));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.url(&format!("{PAGE}#session=vm")));
    browser.enter_frame("iframe");
    browser.connected();
    browser.shows("a session of the configuration's", || server.display.picture());
    browser.leave_frame();
    browser.text_with(&detail("health"), "no agent to ask", LONG);
    browser.text_with(&detail("vm-id"), "not known", LONG);
    assert_eq!(browser.complaints(), Vec::<String>::new());
    // It was not started here: that is said, and it goes on.
    browser.click(".end-session");
    browser.click(".confirm-end");
    browser.text_with(".trouble", "was not started by this gateway", LONG);
    browser.looks("dashboard-trouble");

    for (session, words) in [
        ("gone", "The session is not there any more"),
        // What might lead elsewhere is not even asked for.
        ("../../evil", "A desktop in your browser"),
        ("..", "A desktop in your browser"),
    ] {
        browser.open("about:blank");
        browser.open(&gateway.url(&format!("{PAGE}#session={session}")));
        browser.text_with(".card h2", words, LONG);
        assert_eq!(browser.text("iframe"), None);
    }
}

#[test]
fn a_gateway_that_goes_away_leaves_the_dashboard_with_words() {
    let port = free_port();
    let server = Tigervnc::start_on(port, (320, 240));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.url(&format!("{PAGE}#session=vm")));
    browser.enter_frame("iframe");
    browser.connected();
    browser.leave_frame();
    drop(gateway);
    browser.text_with(".trouble", "The gateway cannot be reached", LONG);
    browser.click(".end-session");
    browser.click(".confirm-end");
    browser.text_with(".trouble", "The gateway cannot be reached", LONG);
}
