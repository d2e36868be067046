//! What the viewer and the page around it say to each other: docs/EMBEDDING.md.

use serde_json::{Value, json};

use porthole_tests::browser::Browser;
use porthole_tests::browser::Stroke::Tap;
use porthole_tests::clipboard::{ClipboardServer, HTML, TEXT};
use porthole_tests::desktop::{Input, Recorder, Tigervnc};
use porthole_tests::gateway::Gateway;
use porthole_tests::peer::web_page;
use porthole_tests::wait::{LONG, until};

use crate::clipboard::{copy, pasted};

/// Puts the viewer at an address into a page, whatever was on it. From then on it writes down what it is told.
const EMBED: &str = "
    globalThis.told = [];
    addEventListener('message', ({ data, origin, source }) => {
        const isViewer = source === document.querySelector('#vm').contentWindow;
        told.push({ ...data, origin, isViewer });
    });
    globalThis.say = (message) => document.querySelector('#vm').contentWindow.postMessage(message, '*');
    document.body.innerHTML = '<input id=field><iframe id=vm width=700 height=500></iframe><iframe id=other></iframe>';
    document.querySelector('#vm').src = arguments[0];";

pub(crate) fn embed(browser: &Browser, page: &str, viewer: &str) {
    browser.open(page);
    browser.run(EMBED, json!([viewer]));
}

pub(crate) fn say(browser: &Browser, message: Value) {
    browser.run("say(arguments[0])", json!([message]));
}

/// All that the page was told by this name.
fn told(browser: &Browser, name: &str) -> Vec<Value> {
    let messages = browser.run("return told", json!([]));
    let messages = messages.as_array().unwrap().iter();
    messages
        .filter(|message| message["porthole"] == name)
        .map(|message| message["detail"].clone())
        .collect()
}

/// Waits until the page has been told this as the last one by its name.
fn is_told(browser: &Browser, name: &str, detail: &Value) {
    until(
        &format!("the page is told {name} {detail}"),
        LONG,
        || match told(browser, name).last() {
            Some(last) if last == detail => Ok(()),
            _ => Err(format!("it was told {}", browser.run("return told", json!([])))),
        },
    );
}

/// Waits until the page has been told something by this name.
pub(crate) fn hears(browser: &Browser, name: &str) -> Value {
    until(&format!("the page is told {name}"), LONG, || {
        let last = told(browser, name).pop();
        last.ok_or_else(|| format!("it was told {}", browser.run("return told", json!([]))))
    })
}

/// Has the viewer say one more thing. What it said and was told before has come by then: messages from one window to
/// another stay in order.
fn all_is_said(browser: &Browser) {
    browser.enter_frame("#vm");
    browser.run("parent.postMessage({ porthole: 'test' }, '*')", json!([]));
    browser.leave_frame();
    hears(browser, "test");
}

/// What the console has shown, but that a page of JSON, which embeds here, has no icon.
fn complaints(browser: &Browser) -> Vec<String> {
    let mut complaints = browser.complaints();
    complaints.retain(|complaint| !complaint.contains("/favicon.ico"));
    complaints
}

const CONTROL_ALT_DELETE: [Input; 6] = [
    Input::Key(0xFFE3, true),
    Input::Key(0xFFE9, true),
    Input::Key(0xFFFF, true),
    Input::Key(0xFFFF, false),
    Input::Key(0xFFE9, false),
    Input::Key(0xFFE3, false),
];

fn control_alt_delete() -> Value {
    json!({ "porthole": "sendKeys",
            "detail": { "keys": [{ "key": "Control" }, { "key": "Alt" }, { "key": "Delete" }] } })
}

#[test]
fn a_page_of_the_same_origin_is_told_everything_and_obeyed() {
    let server = Tigervnc::start((640, 480));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    embed(&browser, &gateway.url("/health"), &gateway.page("resize=remote"));

    let connected = hears(&browser, "connected");
    assert!(
        connected["width"].is_u64() && connected["height"].is_u64(),
        "{connected}"
    );
    assert!(connected["name"].as_str().is_some_and(|it| !it.is_empty()));
    let stages = told(&browser, "connecting");
    assert_eq!(stages.first(), Some(&json!({ "stage": "openingSocket" })));
    assert_eq!(stages.last(), Some(&json!({ "stage": "startingDesktop" })));
    browser.run("document.querySelector('#vm').width = 800", json!([]));
    is_told(&browser, "resize", &json!({ "width": 800, "height": 500 }));
    server.display.ring();
    hears(&browser, "bell");
    let mut renaming = server.display.command("vncconfig");
    assert!(
        renaming
            .args(["-set", "desktop=renamed"])
            .status()
            .unwrap()
            .success()
    );
    is_told(&browser, "name", &json!({ "name": "renamed" }));
    let copied = "copied 剪贴板 😀 \"\\\" \tand\nso on\u{2028}";
    let (owner, _folder) = copy(&server.display, copied);
    is_told(&browser, "clipboard", &json!({ "text": copied }));
    drop(owner);

    let recorder = Recorder::on(&server.display);
    say(&browser, control_alt_delete());
    recorder.gets("a chord that the page sends", &CONTROL_ALT_DELETE);
    let text_to_paste = "to \"paste\" \\ 😀\n\tand so on\u{2028}";
    say(
        &browser,
        json!({ "porthole": "paste", "detail": { "text": text_to_paste } }),
    );
    until("the desktop has what was pasted", LONG, || {
        match pasted(&server.display) {
            text if text == text_to_paste => Ok(()),
            other => Err(other),
        }
    });
    // The page has the keyboard, and then the desktop.
    browser.run("document.querySelector('#field').focus()", json!([]));
    browser.keys(&[Tap("x")]);
    assert_eq!(
        browser.run("return document.querySelector('#field').value", json!([])),
        json!("x")
    );
    recorder.forget();
    say(&browser, json!({ "porthole": "focus" }));
    until("the viewer has the focus", LONG, || {
        let active = browser.run("return document.activeElement.id", json!([]));
        if active == json!("vm") {
            Ok(())
        } else {
            Err(active.to_string())
        }
    });
    browser.keys(&[Tap("a")]);
    recorder.gets(
        "a key after the desktop was given the keyboard",
        &[Input::Key(0x61, true), Input::Key(0x61, false)],
    );

    say(&browser, json!({ "porthole": "disconnect" }));
    let ending = hears(&browser, "disconnected");
    assert_eq!((&ending["hop"], &ending["clean"]), (&json!("page"), &json!(true)));
    assert!(ending["reason"].is_string(), "{ending}");
    let all = browser.run("return told", json!([]));
    for message in all.as_array().unwrap() {
        assert_eq!(message["origin"], json!(gateway.url("")), "{message}");
        assert_eq!(message["isViewer"], true, "{message}");
    }
    assert_eq!(complaints(&browser), Vec::<String>::new());
}

#[test]
fn the_page_is_told_of_every_format_of_a_clipboard() {
    let html = b"<b>bold</b>".to_vec();
    let server = ClipboardServer::start(vec![(TEXT, b"bold\0".to_vec()), (HTML, html)], Vec::new());
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    embed(&browser, &gateway.url("/health"), &gateway.page(""));
    is_told(
        &browser,
        "clipboard",
        &json!({ "text": "bold", "html": "<b>bold</b>" }),
    );
}

#[test]
fn the_page_is_told_at_which_hop_a_connection_failed_and_why() {
    let gateway = Gateway::to("tcp://127.0.0.1:1");
    let browser = Browser::start();
    embed(&browser, &gateway.url("/health"), &gateway.page(""));
    let ending = hears(&browser, "disconnected");
    assert_eq!(
        (&ending["hop"], &ending["clean"], &ending["code"]),
        (&json!("gateway"), &json!(false), &json!(4502)),
        "{ending}"
    );
    assert!(
        ending["reason"]
            .as_str()
            .is_some_and(|it| it.contains("127.0.0.1:1")),
        "{ending}"
    );
    // The same where no connection was even tried.
    embed(
        &browser,
        &gateway.url("/health"),
        &gateway.page("path=https://elsewhere.example/"),
    );
    let ending = hears(&browser, "disconnected");
    assert_eq!(ending["hop"], json!("page"), "{ending}");
}

#[test]
fn a_message_that_is_no_command_changes_nothing() {
    let server = Tigervnc::start((640, 480));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    embed(
        &browser,
        &gateway.url("/health"),
        &gateway.page("autoconnect=false"),
    );
    browser.enter_frame("#vm");
    browser.text_with(".card", "Not connected", LONG);
    browser.leave_frame();
    // Nothing that a desktop is needed for, before there is one.
    say(&browser, control_alt_delete());
    is_told(
        &browser,
        "ignored",
        &json!({ "reason": "there is no desktop to send it to" }),
    );
    browser.enter_frame("#vm");
    browser.click(".card .primary");
    browser.leave_frame();
    hears(&browser, "connected");

    let recorder = Recorder::on(&server.display);
    let keys = |keys: Value| json!({ "porthole": "sendKeys", "detail": { "keys": keys } });
    browser.run("told.length = 0", json!([]));
    let mut ignored = 0;
    for (message, why) in [
        (json!({ "porthole": "reboot" }), "reboot"),
        (json!({ "porthole": "" }), "sendKeys"),
        (json!({ "porthole": "paste" }), ""),
        (json!({ "porthole": "paste", "detail": {} }), "text"),
        (json!({ "porthole": "paste", "detail": { "text": 7 } }), ""),
        (json!({ "porthole": "paste", "detail": null }), ""),
        (keys(json!("Enter")), ""),
        (keys(json!(["Enter"])), ""),
        (keys(json!([{ "key": "Strg" }])), "Strg"),
        (keys(json!([{ "key": "a" }, { "key": "" }])), ""),
        (keys(json!(vec![json!({ "key": "a" }); 17])), "16"),
    ] {
        say(&browser, message.clone());
        ignored += 1;
        until(&format!("{message} is answered"), LONG, || {
            match told(&browser, "ignored") {
                all if all.len() == ignored => Ok(()),
                all => Err(format!("the answers are {all:?}")),
            }
        });
        let answer = told(&browser, "ignored").pop().unwrap();
        let reason = answer["reason"].as_str().unwrap();
        assert!(!reason.is_empty() && reason.contains(why), "{message}: {reason}");
    }
    // What is none of the viewer's is left unanswered.
    for message in [
        json!(null),
        json!(7),
        json!("disconnect"),
        json!([]),
        json!({}),
        json!({ "type": "disconnect" }),
        json!({ "porthole": 7 }),
        json!({ "porthole": { "disconnect": null } }),
    ] {
        say(&browser, message);
    }
    // As is everything that others say: another window of the same origin, and the viewer's page to itself.
    browser.run(
        "other.contentWindow.eval(
             \"parent.document.querySelector('#vm').contentWindow.postMessage({ porthole: 'disconnect' }, '*')\")",
        json!([]),
    );
    browser.enter_frame("#vm");
    browser.run("postMessage({ porthole: 'disconnect' }, '*')", json!([]));
    browser.leave_frame();
    all_is_said(&browser);
    let names: Vec<Value> = browser
        .run("return told.map((message) => message.porthole)", json!([]))
        .as_array()
        .unwrap()
        .clone();
    let answers = vec![json!("ignored"); ignored];
    assert_eq!(names, [answers, vec![json!("test")]].concat());
    // And the desktop has had nothing of all that.
    say(&browser, control_alt_delete());
    recorder.gets("the one command among them", &CONTROL_ALT_DELETE);
    assert_eq!(complaints(&browser), Vec::<String>::new());
}

/// A page of another origin, and a gateway that has this in its configuration.
fn elsewhere(server: &Tigervnc, config: impl Fn(&str) -> String) -> (String, Gateway) {
    let page = web_page("<!doctype html><link rel=icon href=data:,><title>Dashboard</title><body>".into());
    let gateway = Gateway::with(&format!(
        "frame_ancestors = \"'self' http://127.0.0.1:*\"\n{}\n[sessions.vm]\ntarget = '{}'\n",
        config(&page),
        server.target()
    ));
    (page, gateway)
}

#[test]
fn a_page_of_another_origin_that_may_only_embed_hears_nothing_and_is_not_heard() {
    let server = Tigervnc::start((640, 480));
    for allowed in ["", "allowed_origins = ['https://dashboard.example', 'null']"] {
        let (page, gateway) = elsewhere(&server, |_| allowed.to_owned());
        let browser = Browser::start();
        embed(&browser, &page, &gateway.page(""));
        browser.enter_frame("#vm");
        browser.connected();
        browser.leave_frame();
        let (_owner, _folder) = copy(&server.display, "a secret");
        let recorder = Recorder::on(&server.display);
        for message in [
            control_alt_delete(),
            json!({ "porthole": "nothing" }),
            json!({ "porthole": "disconnect" }),
        ] {
            say(&browser, message);
        }
        // The clipboard is there, and a key of a person's: what was sent before has come by then.
        browser.enter_frame("#vm");
        until("the viewer has the clipboard", LONG, || {
            crate::clipboard::open_panel(&browser);
            let found = browser.run(
                "return document.querySelector('#clipboard-text').value",
                json!([]),
            );
            if found == json!("a secret") {
                Ok(())
            } else {
                Err(found.to_string())
            }
        });
        browser.click("#clipboard [aria-label=Close]");
        browser.leave_frame();
        all_is_said(&browser);
        let messages = browser.run("return told.length", json!([]));
        assert_eq!(messages, json!(1), "{}", browser.run("return told", json!([])));
        assert_eq!(recorder.seen(), Vec::new());
        assert_eq!(complaints(&browser), Vec::<String>::new());
    }
}

#[test]
fn a_page_of_an_origin_that_may_connect_is_told_and_obeyed() {
    let server = Tigervnc::start((640, 480));
    let (page, gateway) = elsewhere(&server, |page| format!("allowed_origins = ['{page}']"));
    let browser = Browser::start();
    embed(&browser, &page, &gateway.page(""));
    let connected = hears(&browser, "connected");
    assert_eq!(
        (&connected["width"], &connected["height"]),
        (&json!(640), &json!(480))
    );
    let recorder = Recorder::on(&server.display);
    say(&browser, control_alt_delete());
    recorder.gets("a chord from another origin", &CONTROL_ALT_DELETE);
    let (_owner, _folder) = copy(&server.display, "for both");
    is_told(&browser, "clipboard", &json!({ "text": "for both" }));
    say(&browser, json!({ "porthole": "disconnect" }));
    let ending = hears(&browser, "disconnected");
    assert_eq!(ending["clean"], json!(true), "{ending}");
    let origins = browser.run("return [...new Set(told.map((it) => it.origin))]", json!([]));
    assert_eq!(origins, json!([gateway.url("")]));
    assert_eq!(complaints(&browser), Vec::<String>::new());
}
