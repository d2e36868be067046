//! Passwords.

use std::time::Duration;

use serde_json::json;

use porthole_tests::browser::Browser;
use porthole_tests::desktop::Tigervnc;
use porthole_tests::gateway::Gateway;

const PASSWORD: &str = "secret12";

#[test]
fn a_desktop_with_a_password_asks_for_it_until_it_is_right() {
    let server = Tigervnc::with_password(PASSWORD);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page(""));
    browser.fill("#password", "wrong");
    browser.screenshot("password");
    browser.click("dialog [type=submit]");
    let reason = browser.text_with("dialog .refused", "That did not work", Duration::from_secs(15));
    // The server's own words.
    assert!(
        reason.to_ascii_lowercase().contains("authentication fail"),
        "{reason}"
    );
    browser.screenshot("password-refused");
    browser.fill("#password", PASSWORD);
    browser.click("dialog [type=submit]");
    browser.connected();
    browser.shows("after a login", || server.display.picture());
}

#[test]
fn a_password_in_the_fragment_connects_without_a_question_and_leaves_the_address() {
    let server = Tigervnc::with_password(PASSWORD);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page(&format!("resize=off#password={PASSWORD}")));
    browser.connected();
    assert!(!browser.url().contains(PASSWORD), "{}", browser.url());
    assert!(browser.url().ends_with("?resize=off"), "{}", browser.url());
}

#[test]
fn a_password_in_the_query_is_refused_in_words() {
    let server = Tigervnc::with_password(PASSWORD);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page(&format!("password={PASSWORD}")));
    browser.text_with(".notice", "Put it behind a #", Duration::from_secs(15));
    browser.fill("#password", PASSWORD);
    browser.click("dialog [type=submit]");
    browser.connected();
}

#[test]
fn a_question_for_a_password_can_be_cancelled() {
    let server = Tigervnc::with_password(PASSWORD);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page(""));
    browser.click("dialog .quiet");
    let (_, text) = browser.ended(Duration::from_secs(10));
    assert!(text.contains("Connect"), "{text}");
    assert_eq!(
        browser.run("return document.querySelector('dialog')", json!([])),
        json!(null)
    );
}
