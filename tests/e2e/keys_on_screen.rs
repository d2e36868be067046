//! The panel of keys, modifiers that stay down, and text that is typed key by key.

use serde_json::{Value, json};

use porthole_tests::browser::Stroke::{Down, Tap, Up};
use porthole_tests::browser::{Browser, go, key, press, release};
use porthole_tests::desktop::{Input, Recorder, Tigervnc, Xev};
use porthole_tests::gateway::Gateway;
use porthole_tests::wait::{LONG, until};

use crate::clipboard::{has_come, write};

const CONTROL: u32 = 0xFFE3;
const ALT: u32 = 0xFFE9;
const SHIFT: u32 = 0xFFE1;
const SUPER: u32 = 0xFFEB;

fn tap(keysym: u32) -> [Input; 2] {
    [Input::Key(keysym, true), Input::Key(keysym, false)]
}

fn panel(browser: &Browser, name: &str) {
    browser.click(".handle");
    browser.click(&format!("#tools [title='{name}']"));
    has_come(browser, if name == KEYS { "keys" } else { "clipboard" });
}

const KEYS: &str = "Modifiers, function keys and combinations";

#[test]
fn keys_that_a_keyboard_lacks_are_pressed_on_the_screen() {
    let server = Tigervnc::start((640, 480));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    let recorder = Recorder::on(&server.display);
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    panel(&browser, KEYS);
    browser.looks("keys");

    for (name, keysym) in [
        ("F2", 0xFFBF),
        ("Escape", 0xFF1B),
        ("Print Screen", 0xFF61),
        ("Left", 0xFF51),
    ] {
        recorder.forget();
        browser.click(&format!("#keys [title='{name}']"));
        recorder.gets(name, &tap(keysym));
    }

    // Once for the next key, which is typed on a keyboard: who points at the panel goes on at the desktop.
    recorder.forget();
    browser.click("#keys [title^='Control']");
    browser.keys(&[Tap("c"), Tap("d")]);
    let once = [
        Input::Key(CONTROL, true),
        Input::Key(0x63, true),
        Input::Key(CONTROL, false),
        Input::Key(0x63, false),
    ];
    recorder.gets("Ctrl for one key", &[&once[..], &tap(0x64)].concat());

    // Twice for all that follow.
    recorder.forget();
    browser.click("#keys [title^='Alt:']");
    browser.click("#keys [title^='Alt:']");
    browser.click("#keys [title='F2']");
    browser.click("#keys [title='Tab']");
    browser.click("#keys [title^='Alt:']");
    let held = [
        &[Input::Key(ALT, true)][..],
        &tap(0xFFBF),
        &tap(0xFF09),
        &[Input::Key(ALT, false)],
    ];
    recorder.gets("Alt for two keys", &held.concat());

    // And for a click in place of a key, which a wheel that turns before it is not.
    recorder.forget();
    let place = (500, 300);
    let point = browser.point_over((500, 300));
    let click = |button| [true, false].map(|down| Input::Button(button, down, place));
    let clicks = || browser.mouse(&[go(point), press(0), release(0)]);
    browser.click("#keys [title^='Control']");
    browser.wheel(point, (0, 100));
    clicks();
    clicks();
    let once = [
        &[Input::Key(CONTROL, true)][..],
        &click(5),
        &click(1),
        &[Input::Key(CONTROL, false)],
        &click(1),
    ];
    recorder.gets("Ctrl for one click", &once.concat());
    recorder.forget();
    browser.click("#keys [title^='Shift']");
    browser.click("#keys [title^='Shift']");
    clicks();
    clicks();
    browser.click("#keys [title^='Shift']");
    let held = [
        &[Input::Key(SHIFT, true)][..],
        &click(1),
        &click(1),
        &[Input::Key(SHIFT, false)],
    ];
    recorder.gets("Shift for two clicks", &held.concat());

    // And who leaves leaves nothing down.
    recorder.forget();
    browser.click("#keys [title^='Shift']");
    recorder.gets("Shift is down", &[Input::Key(SHIFT, true)]);
    browser.open_tab();
    recorder.gets("Shift is let go", &tap(SHIFT));
}

#[test]
fn what_stays_down_is_seen_where_the_panel_is_closed_and_lets_go_of_itself() {
    let server = Tigervnc::start((640, 480));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    let recorder = Recorder::on(&server.display);
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    panel(&browser, KEYS);
    browser.click("#keys [title^='Control']");
    browser.click("#keys [title^='Alt:']");
    browser.click("#keys [title^='Alt:']");
    assert_eq!(browser.text(".held"), None, "the panel says so itself");
    browser.click("#keys [aria-label=Close]");
    browser.click(".handle");
    let signs = || {
        browser.run(
            "return [...document.querySelectorAll('[role=status] .held button')].map((it) => it.ariaLabel)",
            json!([]),
        )
    };
    let control = "Ctrl for the next key or click: let go now";
    let alt = "Alt until it is let go: let go now";
    until("both are seen", LONG, || match signs() {
        found if found == json!([control, alt]) => Ok(()),
        found => Err(found.to_string()),
    });
    browser.looks("held");
    recorder.gets(
        "both are down",
        &[Input::Key(CONTROL, true), Input::Key(ALT, true)],
    );

    // The next key ends the one, and the other stays.
    recorder.forget();
    browser.keys(&[Tap("c")]);
    recorder.gets(
        "Ctrl for one key",
        &[&tap(0x63)[..1], &[Input::Key(CONTROL, false)], &tap(0x63)[1..]].concat(),
    );
    assert_eq!(signs(), json!([alt]));
    recorder.forget();
    browser.click(".held button");
    recorder.gets("Alt is let go", &[Input::Key(ALT, false)]);
    assert_eq!(browser.text(".held"), None);
    recorder.forget();
    browser.keys(&[Tap("d")]);
    recorder.gets("the desktop has the keyboard", &tap(0x64));

    // By keys alone: out of the desktop nothing that stays down is let go, and its sign is on the way.
    recorder.forget();
    panel(&browser, KEYS);
    browser.run(
        "document.querySelector('#keys [title^=Super]').focus()",
        json!([]),
    );
    browser.keys(&[Tap(key::ENTER), Tap(key::ESCAPE)]);
    browser.text_with(".held", "Super", LONG);
    let three = [key::CONTROL, key::ALT, key::SHIFT];
    browser.keys(&three.map(Down));
    browser.keys(&three.map(Up));
    until("the sign has the focus", LONG, || {
        browser.keys(&[Tap(key::TAB)]);
        match browser.run("return document.activeElement.matches('.held button')", json!([])) {
            Value::Bool(true) => Ok(()),
            found => Err(found.to_string()),
        }
    });
    recorder.forget();
    browser.keys(&[Tap(key::ENTER)]);
    recorder.gets("Super is let go", &[Input::Key(SUPER, false)]);
    let in_desktop = browser.run(
        "return document.activeElement.closest('#desktop') !== null",
        json!([]),
    );
    assert_eq!(in_desktop, json!(true));
}

#[test]
fn combinations_are_written_as_people_write_them_and_remembered() {
    let server = Tigervnc::start((640, 480));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    let recorder = Recorder::on(&server.display);
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    panel(&browser, KEYS);
    let field = "#keys input";
    browser.fill(field, "ctrl + alt + up");
    browser.keys(&[Tap(key::ENTER)]);
    let chord = [
        Input::Key(CONTROL, true),
        Input::Key(ALT, true),
        Input::Key(0xFF52, true),
        Input::Key(0xFF52, false),
        Input::Key(ALT, false),
        Input::Key(CONTROL, false),
    ];
    recorder.gets("a combination", &chord);

    browser.fill(field, "ctrl + Strg2");
    browser.keys(&[Tap(key::ENTER)]);
    browser.text_with(".notice", "There is no key", LONG);

    browser.open(&gateway.page("resize=off"));
    browser.connected();
    panel(&browser, KEYS);
    recorder.forget();
    browser.click("#keys .own button");
    recorder.gets("the same again", &chord);
}

#[test]
fn each_combination_of_ones_own_is_forgotten_by_itself() {
    let server = Tigervnc::start((640, 480));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    let recorder = Recorder::on(&server.display);
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    let stored = |combinations: &[&str]| {
        browser.run(
            "localStorage.setItem('porthole-combinations', arguments[0])",
            json!([combinations.join("\n")]),
        );
        browser.open(&gateway.page("resize=off"));
        browser.connected();
        panel(&browser, KEYS);
    };
    let left = |combinations: &[&str]| {
        until(&format!("{combinations:?} are left"), LONG, || {
            let found = browser.run(
                "const keys = [...document.querySelectorAll('#keys .own .key')];
                 return [keys.map((it) => it.textContent.replaceAll('\\u200b', '')).join('\\n'),
                         localStorage.getItem('porthole-combinations')]",
                json!([]),
            );
            let all = combinations.join("\n");
            if found == json!([all, all]) {
                Ok(())
            } else {
                Err(found.to_string())
            }
        });
    };
    let focused = || {
        let found = browser.run(
            "const it = document.activeElement; return it.ariaLabel ?? it.tagName",
            json!([]),
        );
        found.as_str().unwrap().to_owned()
    };
    let has_focus = |name: &str| {
        until(&format!("{name} has the focus"), LONG, || match focused() {
            found if found == name => Ok(()),
            found => Err(found),
        });
    };

    let long = "Ctrl+Shift+Alt+Super+PrintScreen";
    stored(&["Ctrl+Alt+F2", long, "Super+L"]);
    browser.looks("keys-own");
    browser.click(&format!("#keys [aria-label='Forget {long}']"));
    left(&["Ctrl+Alt+F2", "Super+L"]);
    recorder.gets("nothing is pressed at the desktop", &[]);

    // By keys, from one to the next.
    stored(&["Ctrl+1", "Ctrl+2", "Ctrl+3"]);
    browser.run("document.querySelector('#keys .own .key').focus()", json!([]));
    browser.keys(&[Tap(key::TAB)]);
    has_focus("Forget Ctrl+1");
    browser.keys(&[Tap(key::ENTER)]);
    left(&["Ctrl+2", "Ctrl+3"]);
    has_focus("Forget Ctrl+2");
    browser.keys(&[Tap(key::TAB), Tap(key::TAB), Tap(key::ENTER)]);
    left(&["Ctrl+2"]);
    has_focus("Forget Ctrl+2");
    browser.keys(&[Tap(key::ENTER)]);
    left(&[]);
    has_focus("Another combination");

    // By a finger, of a telephone.
    stored(&["Ctrl+1", "Ctrl+2"]);
    browser.be_a_phone();
    browser.run("document.querySelector('#keys .own').scrollIntoView()", json!([]));
    let place = browser.run(
        "document.querySelector('#keys .forget').scrollIntoView({ block: 'center' });
         const { left, top, width, height } = document.querySelector('#keys .forget').getBoundingClientRect();
         return [left + width / 2, top + height / 2, width, height].map(Math.round)",
        json!([]),
    );
    let at = |number: usize| place[number].as_i64().unwrap() as i32;
    assert!(at(2) >= 24 && at(3) >= 24, "{place}");
    browser.screenshot("keys-own-phone");
    browser.fingers(&[vec![go((at(0), at(1))), press(0), release(0)]]);
    left(&["Ctrl+2"]);
}

#[test]
fn a_text_is_typed_key_by_key_where_a_desktop_has_no_clipboard() {
    let server = Tigervnc::start((640, 480));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    let recorder = Recorder::on(&server.display);
    browser.open(&gateway.page("resize=off&clipboard=manual"));
    browser.connected();
    panel(&browser, "Clipboard");
    browser.fill("#clipboard-text", "Hi~\né");
    browser.click("#clipboard [title^='Type']");
    let shifted = |keysym| {
        [
            &[Input::Key(SHIFT, true)][..],
            &tap(keysym),
            &[Input::Key(SHIFT, false)],
        ]
        .concat()
    };
    let typed = [
        shifted(0x48),
        tap(0x69).into(),
        shifted(0x7E),
        tap(0xFF0D).into(),
        tap(0xE9).into(),
    ];
    recorder.gets("the text", &typed.concat());

    // What no layout has: in all of Unicode, and again and again, since servers make keys for it as it comes. This one has room
    // for nineteen.
    let text = "Привет, 漢字! €5? 👩‍🚀 ŵ Ω naïve façade\n";
    let xev = Xev::on(&server.display);
    browser.click("#tools [title=Clipboard]");
    write(&browser, &text.repeat(3));
    browser.click("#clipboard [title^='Type']");
    xev.reads(
        "a text in many scripts",
        &text.replace('\n', "<Return>").repeat(3),
    );
    drop(xev);
    let recorder = Recorder::on(&server.display);

    // A long one can be stopped.
    browser.click("#tools [title=Clipboard]");
    write(&browser, &"x".repeat(5_000));
    browser.click("#clipboard [title^='Type']");
    browser.text_with(".notice", "Typing the text", LONG);
    browser.click(".notice");
    until("it is stopped", LONG, || match browser.text(".notice") {
        None => Ok(()),
        Some(text) => Err(text),
    });
    // What was typed before it arrives before this.
    browser.keys(&[Tap("z")]);
    until("a key arrives", LONG, || match recorder.seen() {
        seen if seen.ends_with(&tap(0x7A)) => Ok(()),
        seen => Err(format!("{} events", seen.len())),
    });
    recorder.forget();
    browser.keys(&[Tap("y")]);
    recorder.gets("nothing but what is typed after it", &tap(0x79));
}

#[test]
fn a_telephone_brings_its_keyboard_up_when_it_is_asked_to() {
    let server = Tigervnc::start((640, 480));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start_alone();
    browser.be_a_phone();
    browser.open(&gateway.page(""));
    browser.connected();
    let wanted = || {
        let field = browser.run(
            "const field = document.activeElement; return [field.tagName, field.inputMode]",
            json!([]),
        );
        format!("{} {}", field[0], field[1])
    };
    panel(&browser, KEYS);
    browser.screenshot("keys-phone");
    browser.is_accessible("the keys on a telephone");
    browser.click("#keys [role=switch]");
    assert_eq!(wanted(), "\"TEXTAREA\" \"text\"");
    browser.click("#keys [role=switch]");
    assert_eq!(wanted(), "\"TEXTAREA\" \"none\"");
}

#[test]
fn the_command_key_of_a_mac_is_control_where_somebody_wants_that() {
    let server = Tigervnc::start((640, 480));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    let recorder = Recorder::on(&server.display);
    browser.be_on_a_mac();
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    let command_c = || {
        recorder.forget();
        browser.keys(&[Down(key::META), Tap("c"), Up(key::META)]);
    };
    let with = |modifier| {
        let modifier = |down| [Input::Key(modifier, down)];
        [&modifier(true)[..], &tap(0x63), &modifier(false)].concat()
    };
    command_c();
    recorder.gets("Command is where others have Alt", &with(ALT));
    panel(&browser, KEYS);
    browser.screenshot("keys-mac");
    browser.is_accessible("the keys on a Mac");
    browser.click("#keys [role=switch]");
    command_c();
    recorder.gets("Command is Control", &with(CONTROL));
    browser.click("#keys [role=switch]");
    command_c();
    recorder.gets("and Alt again", &with(ALT));
    browser.open(&gateway.page("resize=off&cmd_to_ctrl"));
    browser.connected();
    command_c();
    recorder.gets("Command is Control by the address", &with(CONTROL));
}
