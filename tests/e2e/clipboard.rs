//! Text goes from clipboard to clipboard.

use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;

use porthole_tests::browser::Browser;
use porthole_tests::desktop::{Display, Tigervnc};
use porthole_tests::gateway::Gateway;
use porthole_tests::process::Process;
use porthole_tests::wait::{LONG, until};

/// Makes a program own the clipboard of the desktop.
fn copy(display: &Display, text: &str) -> (Process, TempDir) {
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

fn pasted(display: &Display) -> String {
    let output = display
        .command("xclip")
        .args(["-out", "-selection", "clipboard"])
        .output()
        .expect("xclip is missing: `cargo xtask setup --tests` installs it");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn text_copied_on_the_desktop_appears_in_the_page() {
    let server = Tigervnc::start((640, 480));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page(""));
    browser.connected();
    browser.click(".handle");
    browser.click("#tools [title=Clipboard]");
    for text in ["plain", "two\nlines, and Grüße", "another"] {
        let _owner = copy(&server.display, text);
        until(&format!("the panel has {text:?}"), LONG, || {
            let found = browser.run(
                "return document.querySelector('#clipboard-text').value",
                json!([]),
            );
            if found == json!(text) {
                Ok(())
            } else {
                Err(format!("it has {found}"))
            }
        });
    }
    browser.screenshot("clipboard");
}

#[test]
fn text_sent_from_the_page_can_be_pasted_on_the_desktop() {
    let server = Tigervnc::start((640, 480));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page(""));
    browser.connected();
    for text in ["plain", "two\nlines, and Grüße"] {
        if browser.text("#tools").is_none() {
            browser.click(".handle");
        }
        browser.click("#tools [title=Clipboard]");
        browser.fill("#clipboard-text", text);
        browser.click("#clipboard .primary");
        until(
            &format!("{text:?} is on the clipboard"),
            Duration::from_secs(10),
            || match pasted(&server.display) {
                found if found == text => Ok(()),
                other => Err(format!("it is {other:?}")),
            },
        );
    }
}
