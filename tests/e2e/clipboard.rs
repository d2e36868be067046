//! What is copied goes from clipboard to clipboard.

use std::process::Command;

use serde_json::json;
use tempfile::TempDir;

use porthole_tests::browser::{Browser, Stroke, key};
use porthole_tests::clipboard::{ClipboardServer, HTML, NOTIFY, PEEK, PROVIDE, REQUEST, RTF, TEXT, provided};
use porthole_tests::desktop::{Display, Qemu, Tigervnc, X11vnc};
use porthole_tests::gateway::Gateway;
use porthole_tests::process::Process;
use porthole_tests::wait::{LONG, until};

/// Texts that are as people copy them: with all of Unicode, and with line ends of every system.
pub(crate) const TEXTS: [&str; 4] = [
    "plain",
    "two\nlines, and Grüße",
    "剪贴板 буфер обмена 😀👩‍💻 \u{10FFFD}",
    "Windows\r\nlines\r\n",
];

/// Makes a program own the clipboard of the desktop.
pub(crate) fn copy(display: &Display, text: &str) -> (Process, TempDir) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("text");
    std::fs::write(&file, text).unwrap();
    // -quiet keeps it in the foreground.
    let owner = Process::start(
        display
            .command("xclip")
            .args(["-quiet", "-in", "-selection", "clipboard"])
            .arg(file),
    );
    (owner, folder)
}

pub(crate) fn pasted(display: &Display) -> String {
    let output = display
        .command("xclip")
        .args(["-out", "-selection", "clipboard", "-target", "UTF8_STRING"])
        .output()
        .expect("xclip is missing: `cargo xtask setup --tests` installs it");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A text of a megabyte with letters of one to four bytes.
pub(crate) fn megabyte() -> String {
    let mut text = String::new();
    for line in 0.. {
        text.push_str(&format!("{line}: quick brown foxes, 快速的棕色狐狸, 🦊🦊\n"));
        if text.len() > 999_900 {
            break;
        }
    }
    text + &"x".repeat(100)
}

pub(crate) fn open_panel(browser: &Browser) {
    if browser.text("#tools").is_none() {
        browser.click(".handle");
    }
    if browser.text("#clipboard").is_none() {
        browser.click("#tools [title=Clipboard]");
        has_come(browser, "clipboard");
    }
}

/// Waits until a panel that was opened has the focus, which it takes with the next frame, from whatever has it by then.
pub(crate) fn has_come(browser: &Browser, panel: &str) {
    until(&format!("the panel {panel} has the focus"), LONG, || {
        let focused = browser.run(
            "const it = document.activeElement; return it.closest('.panel')?.id ?? it.outerHTML",
            json!([]),
        );
        if focused == json!(panel) {
            Ok(())
        } else {
            Err(focused.to_string())
        }
    });
}

/// Puts a text into the panel that is open. Typing it would take long, and WebDriver types no emoji.
pub(crate) fn write(browser: &Browser, text: &str) {
    browser.run(
        "const field = document.querySelector('#clipboard-text');
         field.value = arguments[0];
         field.dispatchEvent(new InputEvent('input', { bubbles: true }));",
        json!([text]),
    );
}

/// Waits until the panel has this text.
pub(crate) fn panel_has(browser: &Browser, text: &str) {
    // A field ends its lines with line feeds.
    let text = text.replace("\r\n", "\n");
    until(&format!("the panel has {}", shown(&text)), LONG, || {
        let found = browser.run(
            "return document.querySelector('#clipboard-text').value",
            json!([]),
        );
        match found.as_str() {
            Some(found) if found == text => Ok(()),
            other => Err(format!("it has {}", shown(other.unwrap_or_default()))),
        }
    });
}

/// Puts a text into the panel and sends it.
pub(crate) fn send(browser: &Browser, text: &str) {
    open_panel(browser);
    write(browser, text);
    browser.click("#clipboard .primary");
}

/// Waits until it can be pasted on the desktop.
pub(crate) fn desktop_has(display: &Display, text: &str) {
    let text = text.replace("\r\n", "\n");
    until(
        &format!("{} is on the clipboard", shown(&text)),
        LONG,
        || match pasted(display) {
            found if found == text => Ok(()),
            other => Err(format!("it is {}", shown(&other))),
        },
    );
}

/// The beginning of a text and its length.
pub(crate) fn shown(text: &str) -> String {
    format!(
        "{:?} ({} bytes)",
        text.chars().take(60).collect::<String>(),
        text.len()
    )
}

fn notice(browser: &Browser, words: &str) {
    browser.text_with(".notice-place", words, LONG);
}

#[test]
fn text_copied_on_the_desktop_appears_in_the_page() {
    let server = Tigervnc::start((640, 480));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page(""));
    browser.connected();
    open_panel(&browser);
    let long = megabyte();
    for text in TEXTS.into_iter().chain([&long[..], "another"]) {
        let _owner = copy(&server.display, text);
        panel_has(&browser, text);
    }
    browser.looks("clipboard");
}

#[test]
fn text_sent_from_the_page_can_be_pasted_on_the_desktop() {
    let server = Tigervnc::with_long_clipboard((640, 480));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page(""));
    browser.connected();
    open_panel(&browser);
    browser.fill("#clipboard-text", "typed, Grüße");
    browser.click("#clipboard .primary");
    desktop_has(&server.display, "typed, Grüße");
    let long = megabyte();
    for text in TEXTS.into_iter().chain([&long[..], "another"]) {
        send(&browser, text);
        desktop_has(&server.display, text);
    }
    // What servers do not bear is not sent, and the page says so.
    send(&browser, &long.repeat(2));
    notice(&browser, "this desktop takes at most 1 MB");
    send(&browser, "still there");
    desktop_has(&server.display, "still there");
}

/// x11vnc says that it takes Unicode, by its library, and drops what comes in it. Its selections begin 45 s after its
/// start, its cut buffer at once.
///
/// It is not told of its own changes of the buffer by passing over the next that it hears of, with all that it hears of
/// at once: what another program puts there right after it is lost. So the other program comes first here.
#[test]
fn the_clipboard_of_an_x11vnc_goes_both_ways_in_latin_1() {
    let server = X11vnc::start((320, 240));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page(""));
    browser.connected();
    open_panel(&browser);
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("text");
    std::fs::write(&file, b"gr\xF6\xDFer").unwrap();
    let copied = cut_buffer(&server.display, "-in").arg(&file).status().unwrap();
    assert!(copied.success());
    panel_has(&browser, "größer");
    for (text, bytes) in [("Grüße\n", &b"Gr\xFC\xDFe\n"[..]), ("剪 é", b"? \xE9")] {
        send(&browser, text);
        until(
            &format!("{text:?} is in the cut buffer"),
            LONG,
            || match cut_buffer(&server.display, "-out").output().unwrap().stdout {
                found if found == bytes => Ok(()),
                other => Err(format!("it is {}", other.escape_ascii())),
            },
        );
    }
}

pub(crate) fn cut_buffer(display: &Display, direction: &str) -> Command {
    let mut command = display.command("xclip");
    command.args([direction, "-selection", "buffer-cut"]);
    command
}

/// Two pages of one desktop.
pub(crate) fn two_viewers(target: &str) -> (Gateway, Browser, Browser) {
    let gateway = Gateway::to(target);
    let (one, other) = Browser::start_two();
    for browser in [&one, &other] {
        browser.open(&gateway.page("shared=true"));
        browser.connected();
    }
    (gateway, one, other)
}

/// QEMU has no clipboard of its own without an agent in the guest, but gives what one viewer has to the others.
#[test]
fn two_viewers_of_a_qemu_share_their_clipboards() {
    let server = Qemu::start();
    let (_gateway, one, other) = two_viewers(&server.target());
    let long = megabyte();
    for text in TEXTS.into_iter().chain([&long[..]]) {
        send(&one, text);
        open_panel(&other);
        panel_has(&other, text);
    }
    send(&other, "and back 😀");
    open_panel(&one);
    panel_has(&one, "and back 😀");
}

#[test]
fn formatted_text_goes_both_ways_with_its_formatting() {
    let html = "Version:0.9\r\nStartHTML:0000000105\r\nEndHTML:0000000185\r\nStartFragment:0000000139\r\n\
                EndFragment:0000000151\r\n<html><body>\r\n<!--StartFragment--><b>bold</b>!\
                <!--EndFragment-->\r\n</body></html>";
    let rtf = b"{\\rtf1 {\\b bold}!}".to_vec();
    let holds = vec![
        (TEXT, b"bold!\0".to_vec()),
        (RTF, rtf.clone()),
        (HTML, html.as_bytes().to_vec()),
    ];
    let server = ClipboardServer::start(holds, vec![]);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page(""));
    browser.connected();
    open_panel(&browser);
    panel_has(&browser, "bold!");
    browser.text_with("#clipboard", "Its formatting goes along: HTML, and RTF", LONG);
    browser.looks("clipboard-formatted");

    // As it came.
    browser.click("#clipboard .primary");
    let given = server.gets("bold!");
    assert_eq!(given[1], (RTF, rtf));
    assert_eq!(given[2].0, HTML);
    assert!(
        String::from_utf8_lossy(&given[2].1).contains("<!--StartFragment--><b>bold</b>!<!--EndFragment-->")
    );

    // Text that is written has no formatting.
    open_panel(&browser);
    browser.fill("#clipboard-text", "mine");
    assert_eq!(browser.text("#clipboard-formatting"), None);
    browser.click("#clipboard .primary");
    assert_eq!(server.gets("mine").len(), 1);
}

#[test]
fn copying_and_pasting_in_the_panel_keep_the_formatting() {
    let holds = vec![(TEXT, b"bold!\0".to_vec()), (HTML, b"<b>bold</b>!".to_vec())];
    let server = ClipboardServer::start(holds, vec![]);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.chromium(
        "Browser.grantPermissions",
        json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] }),
    );
    browser.open(&gateway.page(""));
    browser.connected();
    open_panel(&browser);
    panel_has(&browser, "bold!");
    browser.click("#clipboard .quiet");
    notice(&browser, "Copied.");
    let copied = browser.run(
        "return (async () => {
             const [item] = await navigator.clipboard.read();
             const get = async (type) => (await item.getType(type)).text();
             return [await get('text/plain'), await get('text/html')];
         })();",
        json!([]),
    );
    assert_eq!(copied[0], "bold!");
    assert!(copied[1].as_str().unwrap().contains("bold</b>!"), "{copied}");

    // Without the page's clipboard, as on plain http, the browser's older way does the same.
    browser.run(
        "return navigator.clipboard.writeText('').then(() => {
             Object.defineProperty(Navigator.prototype, 'clipboard', { value: undefined });
         });",
        json!([]),
    );
    browser.click("#clipboard .quiet");
    notice(&browser, "Copied.");
    browser.run("document.querySelector('#clipboard-text').select()", json!([]));
    browser.keys(&[
        Stroke::Down(key::CONTROL),
        Stroke::Tap("v"),
        Stroke::Up(key::CONTROL),
    ]);
    browser.text_with("#clipboard-formatting", "HTML", LONG);
    browser.click("#clipboard .primary");
    let given = server.gets("bold!");
    assert_eq!(given.len(), 2);
    assert!(
        String::from_utf8_lossy(&given[1].1).contains("bold</b>!"),
        "{given:?}"
    );

    // This computer's clipboard is not emptied by it.
    open_panel(&browser);
    write(&browser, "");
    browser.click("#clipboard .quiet");
    notice(&browser, "There is nothing to copy.");
}

/// Several actions in one message, text that is no UTF-8, streams that are too long or broken: noVNC ends the session
/// on the first two, or stops in the middle of one.
#[test]
fn what_is_wrong_with_a_clipboard_is_said_and_the_session_goes_on() {
    let cases: [(&str, u32, Vec<u8>, &str); 5] = [
        ("", REQUEST | PEEK | NOTIFY | TEXT, vec![], "last"),
        (
            "",
            PROVIDE | TEXT,
            provided(&[(TEXT, b"gr\xFC\xDFe\0".to_vec())]),
            "gr\u{FFFD}\u{FFFD}e",
        ),
        (
            "is too long to be taken: 64 MB",
            PROVIDE | TEXT,
            provided(&[(TEXT, vec![b'x'; 64_000_000])]),
            "last",
        ),
        (
            "cannot be read: its zlib stream is corrupt",
            PROVIDE | TEXT,
            vec![7; 9],
            "last",
        ),
        (
            "cannot be read: it ends too early",
            PROVIDE | TEXT,
            vec![],
            "last",
        ),
    ];
    for (words, flags, data, text) in cases {
        let holds = if text == "last" {
            vec![(TEXT, b"last\0".to_vec())]
        } else {
            vec![]
        };
        let server = ClipboardServer::start(holds, vec![(flags, data)]);
        let gateway = Gateway::to(&server.target());
        let browser = Browser::start();
        browser.open(&gateway.page(""));
        browser.connected();
        if !words.is_empty() {
            notice(&browser, words);
        }
        open_panel(&browser);
        panel_has(&browser, text);
        send(&browser, "goes on");
        server.gets("goes on");
    }
}
