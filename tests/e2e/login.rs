//! Logins, and whether the server is the right one.

use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::json;

use porthole_rfb_mock::{
    Config, DiffieHellman, Front, Login, MsLogonII, Record, RsaAes, ServerKey, Strength, VeNCrypt,
};
use porthole_tests::browser::{Browser, Stroke, key};
use porthole_tests::desktop::Tigervnc;
use porthole_tests::gateway::Gateway;
use porthole_tests::wait::{LONG, until};

use crate::login_kinds::shows_picture;

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
    let reason = browser.text_with("dialog .refused", "That did not work", LONG);
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
    browser.text_with(".notice", "Put it behind a #", LONG);
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
    let (_, text) = browser.ended(LONG);
    assert!(text.contains("Connect"), "{text}");
    assert_eq!(
        browser.run("return document.querySelector('dialog')", json!([])),
        json!(null)
    );
}

// ---- what is asked for -------------------------------------------------------------------------------------

/// The mock's, which wants `porthole` and `secret12`.
const USERNAME: &str = "porthole";

/// Waits until a field has the keyboard.
fn has_focus(browser: &Browser, id: &str) {
    until(&format!("#{id} has the focus"), LONG, || {
        let focused = browser.run("return document.activeElement?.id ?? ''", json!([]));
        if focused == json!(id) {
            Ok(())
        } else {
            Err(format!(
                "it is {focused}; the page says {:?}",
                browser.whole_text()
            ))
        }
    });
}

fn last(front: &Front) -> Record {
    front.records().pop().expect("somebody connected")
}

#[test]
fn user_name_and_password_are_typed_by_keyboard_alone_until_they_are_right() {
    let front = Front::start(Config::with(Login::VeNCrypt(VeNCrypt::with(vec![Login::Plain]))));
    let gateway = Gateway::to(&front.target());
    let browser = Browser::start();
    browser.open(&gateway.page(""));
    has_focus(&browser, "username");
    browser.text_with("dialog h1", "a user name and a password", LONG);
    browser.text_with("dialog", "VeNCrypt Plain", LONG);
    browser.looks("credentials");
    browser.type_text(USERNAME);
    browser.keys(&[Stroke::Tap(key::TAB)]);
    has_focus(&browser, "password");
    browser.type_text("wrong");
    browser.keys(&[Stroke::Tap(key::ENTER)]);
    browser.text_with("dialog .refused", "That did not work", LONG);
    assert_eq!(last(&front).password.as_deref(), Some("wrong"));
    has_focus(&browser, "username");
    browser.looks("credentials-refused");
    let typed = "return document.querySelector(arguments[0]).value";
    assert_eq!(browser.run(typed, json!(["#username"])), json!(USERNAME));
    assert_eq!(browser.run(typed, json!(["#password"])), json!(""));
    browser.keys(&[Stroke::Tap(key::TAB)]);
    browser.type_text(PASSWORD);
    browser.keys(&[Stroke::Tap(key::ENTER)]);
    browser.connected();
    let record = last(&front);
    assert_eq!(
        (record.user.as_deref(), record.is_accepted),
        (Some(USERNAME), Some(true))
    );
}

#[test]
fn xvp_asks_for_all_three_at_once() {
    let front = Front::start(Config::with(Login::Xvp));
    let gateway = Gateway::to(&front.target());
    let browser = Browser::start();
    browser.open(&gateway.page(""));
    browser.fill("#username", USERNAME);
    browser.fill("#target", "");
    browser.fill("#password", PASSWORD);
    browser.looks("credentials-xvp");
    browser.click("dialog [type=submit]");
    browser.connected();
    let record = last(&front);
    assert_eq!(
        (record.user.as_deref(), record.target.as_deref()),
        (Some(USERNAME), Some(""))
    );
    assert_eq!(front.records().len(), 1);
}

#[test]
fn a_server_with_nothing_but_tls_is_named_and_so_is_the_way_on() {
    let subtypes = vec![Login::Unknown(261), Login::Unknown(258)];
    let front = Front::start(Config::with(Login::VeNCrypt(VeNCrypt::with(subtypes))));
    let gateway = Gateway::to(&front.target());
    let browser = Browser::start();
    browser.open(&gateway.page(""));
    let (hop, text) = browser.ended(LONG);
    assert_eq!(hop, "server");
    assert!(text.contains("VeNCrypt X509Vnc, VeNCrypt TLSVnc"), "{text}");
    assert!(text.contains("vencrypt+tcp://"), "{text}");
}

#[test]
fn a_repeater_is_told_the_id_in_the_address() {
    let front = Front::start(Config {
        is_behind_repeater: true,
        ..Config::default()
    });
    let gateway = Gateway::to(&front.target());
    let browser = Browser::start();
    browser.open(&gateway.page("repeaterID=1234"));
    browser.connected();
    assert_eq!(last(&front).repeater_id.as_deref(), Some("ID:1234"));
    browser.open(&gateway.page(""));
    let (_, text) = browser.ended(LONG);
    assert!(text.contains("repeaterID"), "{text}");
}

// ---- logins with ciphers -----------------------------------------------------------------------------------

/// `desktop.test` is this machine, but browsers do not take it for a secure place as they do 127.0.0.1: it is like a
/// machine in a LAN.
fn on_a_lan(page: &str) -> String {
    page.replace("127.0.0.1", "desktop.test")
}

#[test]
fn every_login_with_ciphers_works_without_a_secure_context() {
    let mut logins = RsaAes::all().map(Login::RsaAes).to_vec();
    logins.push(Login::DiffieHellman(DiffieHellman::default()));
    logins.push(Login::MsLogonII(MsLogonII::default()));
    let browser = Browser::start();
    for login in logins {
        let front = Front::start(Config::with(login.clone()));
        let gateway = Gateway::to(&front.target());
        let page = on_a_lan(&gateway.page(""));
        browser.open(&format!("{page}#username={USERNAME}&password={PASSWORD}"));
        if let Login::RsaAes(_) = login {
            browser.text_with("dialog h1", "Is this the right desktop?", LONG);
            browser.click("dialog [type=submit]");
        }
        browser.connected();
        let is_secure = browser.run("return isSecureContext", json!([]));
        assert_eq!(is_secure, json!(false));
        assert!(!browser.url().contains(USERNAME), "{}", browser.url());
        shows_picture(&browser, &Config::default(), 0, &format!("after {login:?}"));
        assert_eq!(last(&front).is_accepted, Some(true), "{login:?}");
        // It is left before its gateway ends, which the page would look into.
        browser.open("about:blank");
    }
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn a_login_with_ciphers_asks_again_after_a_wrong_password() {
    let front = Front::start(Config::with(Login::DiffieHellman(DiffieHellman::default())));
    let gateway = Gateway::to(&front.target());
    let browser = Browser::start();
    browser.open(&gateway.page(&format!("#username={USERNAME}&password=wrong")));
    browser.text_with("dialog .refused", "Diffie-Hellman (Apple) failed", LONG);
    browser.fill("#password", PASSWORD);
    browser.click("dialog [type=submit]");
    browser.connected();
    assert_eq!(last(&front).user.as_deref(), Some(USERNAME));
}

// ---- whether the server is the right one -------------------------------------------------------------------

/// An address behind which is now one server, now another.
struct Switch {
    port: u16,
    target: Arc<Mutex<String>>,
}

impl Switch {
    fn to(front: &Front) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let target = Arc::new(Mutex::new(front.target()));
        let current = Arc::clone(&target);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let address = current.lock().unwrap().replace("tcp://", "");
                let server = TcpStream::connect(address).unwrap();
                let ends = [
                    (client.try_clone().unwrap(), server.try_clone().unwrap()),
                    (server, client),
                ];
                for (mut from, mut to) in ends {
                    std::thread::spawn(move || {
                        // Ends when either side does.
                        let _ = std::io::copy(&mut from, &mut to);
                        let _ = to.shutdown(std::net::Shutdown::Both);
                    });
                }
            }
        });
        Self { port, target }
    }

    fn turn_to(&self, front: &Front) {
        *self.target.lock().unwrap() = front.target();
    }

    fn target(&self) -> String {
        format!("tcp://127.0.0.1:{}", self.port)
    }
}

/// RA2ne with a key, which asks for a password alone.
fn with_key(key: ServerKey) -> Front {
    Front::start(Config::with(Login::RsaAes(RsaAes {
        subtype: 2,
        key,
        strength: Strength::Aes256,
        ..RsaAes::ra2_ne()
    })))
}

/// The button of this text is what Enter presses.
fn answers_enter(browser: &Browser, button: &str) {
    until(&format!("{button:?} has the focus"), LONG, || {
        let text = browser.run("return document.activeElement?.textContent ?? ''", json!([]));
        if text == json!(button) {
            Ok(())
        } else {
            Err(text.to_string())
        }
    });
}

#[test]
fn a_servers_key_is_shown_once_remembered_and_loudly_missed_when_it_is_another() {
    let (right, wrong) = (with_key(ServerKey::bits_2048()), with_key(ServerKey::bits_1024()));
    let switch = Switch::to(&right);
    let gateway = Gateway::to(&switch.target());
    let browser = Browser::start();
    let page = gateway.page("");
    let log_in = || {
        browser.fill("#password", PASSWORD);
        browser.click("dialog [type=submit]");
        browser.connected();
    };

    browser.open(&page);
    browser.text_with("dialog h1", "Is this the right desktop?", LONG);
    let shown = browser.text_with("dialog .keys", "SHA-256", LONG);
    browser.looks("key-first");
    // Whoever does not know it goes no further.
    browser.keys(&[Stroke::Tap(key::ESCAPE)]);
    let (_, text) = browser.ended(LONG);
    assert!(text.contains("server's key was not approved"), "{text}");
    assert_eq!(last(&right).key_bits, None, "nothing was said to it");

    browser.open(&page);
    answers_enter(&browser, "Trust this key");
    browser.keys(&[Stroke::Tap(key::ENTER)]);
    log_in();

    // The same key is not asked for again.
    browser.open(&page);
    log_in();

    switch.turn_to(&wrong);
    browser.open(&page);
    browser.text_with("dialog.alarm h1", "another key than before", LONG);
    let keys = browser.text("dialog .keys").unwrap_or_default();
    let sha256 = shown.split_once("SHA-256 of its key").unwrap().1;
    let sha256: String = sha256
        .chars()
        .take_while(|it| it.is_ascii_hexdigit() || *it == ' ')
        .collect();
    assert!(keys.ends_with(&sha256), "{keys} with {sha256}");
    browser.looks("key-changed");
    // What to answer is seen without scrolling on a small screen, too.
    browser.set_size(360, 640);
    let below = browser.run(
        "return document.querySelector('dialog .actions').getBoundingClientRect().bottom - innerHeight",
        json!([]),
    );
    assert!(
        below.as_f64() <= Some(0.0),
        "the buttons end {below} below the window"
    );
    browser.set_size(1100, 900);
    // Enter is not to go on.
    answers_enter(&browser, "Do not connect");
    browser.keys(&[Stroke::Tap(key::ENTER)]);
    let (_, text) = browser.ended(LONG);
    assert!(text.contains("server's key was not approved"), "{text}");
    assert_eq!(last(&wrong).key_bits, None, "nothing was said to it");

    // The right one is still known.
    switch.turn_to(&right);
    browser.open(&page);
    log_in();

    // Who knows why takes the new one.
    switch.turn_to(&wrong);
    browser.open(&page);
    browser.click("dialog.alarm .danger");
    log_in();
    browser.open(&page);
    log_in();
}

#[test]
fn a_page_that_may_remember_nothing_asks_each_time() {
    let front = with_key(ServerKey::bits_2048());
    let gateway = Gateway::to(&front.target());
    let browser = Browser::start();
    // As in a frame of another site where that is forbidden.
    browser.chromium(
        "Page.addScriptToEvaluateOnNewDocument",
        json!({ "source": "Object.defineProperty(window, 'localStorage', {
            get() { throw new DOMException('forbidden', 'SecurityError'); } });" }),
    );
    for _ in 0..2 {
        browser.open(&gateway.page(&format!("#password={PASSWORD}")));
        browser.text_with("dialog h1", "Is this the right desktop?", LONG);
        browser.click("dialog [type=submit]");
        browser.connected();
        // The address has to be another one to be loaded again.
        browser.open("about:blank");
    }
}
