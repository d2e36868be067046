//! Records what browsers tell of a keyboard, for the tests of `porthole-hands`: real browsers on a screen, with hands on its
//! keyboard. `cargo run -p porthole-tests --bin record-keys` writes the tables anew.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a tool of the tests")]

use std::path::Path;
use std::time::Duration;

use serde_json::json;

use porthole_tests::browser::{Browser, Engine, InputMethod};
use porthole_tests::desktop::Display;
use porthole_tests::layouts::{INPUT_METHODS, LAYOUTS};
use porthole_tests::wait::{LONG, until};

/// A field as large as the page, and what is told of it, as the tables write it.
const FIELD: &str = r#"
    document.body.style.margin = '0';
    document.body.innerHTML = '<textarea style="position: fixed; inset: 0; width: 100%; height: 100%"></textarea>';
    const field = document.querySelector('textarea');
    const tell = (...words) => { document.body.dataset.told += `${words.join(' ')}\n`; };
    const shown = (text) => text.replaceAll(' ', '␣').replaceAll('\0', '␀');
    const key = (name) => (event) => {
        const state = (name) => event.getModifierState(name);
        const flags = [
            event.shiftKey && 'shift', event.ctrlKey && 'ctrl', event.altKey && 'alt', event.metaKey && 'meta',
            state('CapsLock') && 'caps', state('NumLock') && 'num', state('ScrollLock') && 'scroll',
            event.isComposing && 'composing',
        ];
        tell(name, event.code || '-', shown(event.key), event.keyCode, ...flags.filter(Boolean));
    };
    field.addEventListener('keydown', key('down'));
    field.addEventListener('keyup', key('up'));
    const text = (name) => ({ data }) => tell(name, ...data ? [shown(data)] : []);
    field.addEventListener('compositionstart', text('compose'));
    field.addEventListener('compositionupdate', text('composing'));
    field.addEventListener('compositionend', text('composed'));
    field.addEventListener('beforeinput', (event) => text(`input ${event.inputType}`)(event));
    field.focus();
"#;

/// For so long a key is held where the input method is a program of its own, whose answer is there by then. People hold keys for
/// longer; after one that is not held at all browsers may tell of its release before the answer.
const HELD: Duration = Duration::from_millis(80);

/// When nothing has been told for so long, nothing comes any more.
const QUIET: Duration = Duration::from_millis(500);

/// A key that writes nothing anywhere: what comes before it has been told when it is.
const END: &str = "Pause";

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/hands/tests/sequences/recorded");
    std::fs::create_dir_all(&folder).unwrap();
    for (engine, name) in [
        (Engine::Chromium, "chromium"),
        (Engine::Firefox, "firefox"),
        (Engine::WebKitGtk, "webkitgtk"),
    ] {
        let table = record(engine);
        std::fs::write(folder.join(format!("{name}.txt")), table).unwrap();
        println!("{name} is recorded");
    }
}

fn record(engine: Engine) -> String {
    let browser = Browser::start_seen(engine);
    let display = at_field(&browser);
    let mut table = format!("{} on Linux with X11.\n", browser.name());
    for (layout, strokes) in LAYOUTS {
        display.set_layout(layout);
        for (keys, _) in strokes {
            table += &recorded(&browser, &display, layout, keys, Duration::ZERO);
        }
    }
    drop(browser);
    for (method, strokes) in INPUT_METHODS {
        let browser = Browser::start_with_input_method(engine, method);
        let display = at_field(&browser);
        display.set_layout("us");
        let held = match method {
            InputMethod::Gtk(_) => Duration::ZERO,
            InputMethod::Ibus(_) => HELD,
        };
        let layout = format!("us with {}", method.name());
        for (keys, _) in strokes {
            table += &recorded(&browser, &display, &layout, keys, held);
        }
    }
    table
}

fn at_field(browser: &Browser) -> Display {
    browser.open("about:blank");
    // The focus that a page takes before its window has it is none to input methods.
    let display = browser.be_at_hand();
    browser.run(FIELD, json!([]));
    display
}

/// A paragraph of the table: what is told of these keys, each of which is held for so long.
fn recorded(browser: &Browser, display: &Display, layout: &str, keys: &str, held: Duration) -> String {
    browser.run(
        "document.querySelector('textarea').value = document.body.dataset.told = '';",
        json!([]),
    );
    let found = || {
        let found = browser.run(
            "return [document.body.dataset.told, document.querySelector('textarea').value]",
            json!([]),
        );
        [0, 1].map(|at| found[at].as_str().unwrap_or_default().to_owned())
    };
    display.slow_hand(keys, held);
    if !held.is_zero() {
        // What a program of its own answers may come behind a key that comes after it.
        let mut before = found();
        until(keys, LONG, || {
            std::thread::sleep(QUIET);
            let now = found();
            match std::mem::replace(&mut before, now.clone()) {
                before if before == now => Ok(()),
                _ => Err(now.concat()),
            }
        });
    }
    display.hand(END);
    let (told, text) = until(keys, LONG, || {
        let [told, text] = found();
        match told.split_once(&format!("down {END} ")) {
            Some((told, end)) if end.contains(&format!("up {END} ")) => Ok((told.to_owned(), text)),
            _ => Err(told),
        }
    });
    let text = text.replace(' ', "␣");
    let wrote = if text.is_empty() { "" } else { " = " };
    format!("\n# {layout}: {keys}{wrote}{text}\n{told}")
}
