//! Desktops that are reached inside TLS, with a certificate.

use porthole_tests::browser::Browser;
use porthole_tests::certificates::Certificates;
use porthole_tests::desktop::{Qemu, Tigervnc, X11vnc};
use porthole_tests::gateway::Gateway;
use porthole_tests::wait::LONG;
use x11rb::protocol::xproto::EventMask;

const PASSWORD: &str = "secret12";
const USER: (&str, &str) = ("alice", "open sesame");

/// A gateway that trusts the authority.
fn gateway(port: u16, certificates: &Certificates, login: &str) -> Gateway {
    Gateway::with(&format!(
        "[sessions.vm]\ntarget = 'vencrypt+tcp://127.0.0.1:{port}'\nca = '{}'\n{login}",
        certificates.authority().display()
    ))
}

#[test]
fn a_tigervnc_desktop_inside_tls_is_shown() {
    let certificates = Certificates::new();
    let server = Tigervnc::with_tls("X509None", PASSWORD, &certificates);
    let gateway = gateway(server.port, &certificates, "");
    let browser = Browser::start();
    browser.open(&gateway.page("resize=off&quality=lossless"));
    browser.connected();
    let window = server.display.window((0, 0), (640, 480), EventMask::NO_EVENT);
    server.display.draw(window, 3);
    browser.shows("inside TLS", || server.display.picture());
}

#[test]
fn a_tigervnc_desktop_inside_tls_asks_for_its_password() {
    let certificates = Certificates::new();
    let server = Tigervnc::with_tls("X509Vnc,X509None", PASSWORD, &certificates);
    let gateway = gateway(server.port, &certificates, "");
    let browser = Browser::start();
    browser.open(&gateway.page("resize=off"));
    browser.fill("#password", "wrong");
    browser.click("dialog [type=submit]");
    let reason = browser.text_with("dialog .refused", "That did not work", LONG);
    // The server's own words.
    assert!(
        reason.to_ascii_lowercase().contains("authentication fail"),
        "{reason}"
    );
    browser.fill("#password", PASSWORD);
    browser.click("dialog [type=submit]");
    browser.connected();
    browser.shows("after a login inside TLS", || server.display.picture());
}

#[test]
fn a_password_in_the_configuration_is_the_gateways_to_give() {
    let certificates = Certificates::new();
    let server = Tigervnc::with_tls("X509Vnc", PASSWORD, &certificates);
    let gateway = gateway(server.port, &certificates, &format!("password = '{PASSWORD}'"));
    let browser = Browser::start();
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    browser.shows("after the gateway's login", || server.display.picture());
}

#[test]
fn an_x11vnc_desktop_inside_tls_asks_for_its_password() {
    let certificates = Certificates::with_rsa();
    let server = X11vnc::with_tls((640, 480), PASSWORD, &certificates);
    let gateway = gateway(server.port, &certificates, "");
    let browser = Browser::start();
    browser.open(&gateway.page("resize=off&quality=lossless"));
    browser.fill("#password", PASSWORD);
    browser.click("dialog [type=submit]");
    browser.connected();
    let window = server.display.window((0, 0), (640, 480), EventMask::NO_EVENT);
    server.display.draw(window, 3);
    browser.shows("x11vnc inside TLS", || server.display.picture());
}

#[test]
fn a_qemu_machine_inside_tls_asks_for_its_password() {
    let certificates = Certificates::new();
    let server = Qemu::with_tls(PASSWORD, &certificates);
    let gateway = gateway(server.port, &certificates, "");
    let browser = Browser::start();
    browser.open(&gateway.page("resize=off"));
    browser.fill("#password", PASSWORD);
    browser.click("dialog [type=submit]");
    browser.connected();
    browser.shows("QEMU inside TLS", || server.picture());
}

#[test]
fn a_tigervnc_desktop_inside_tls_asks_for_user_and_password() {
    let certificates = Certificates::new();
    let server = Tigervnc::with_user(USER, &certificates);
    let gateway = gateway(server.port, &certificates, "");
    let browser = Browser::start();
    browser.open(&gateway.page("resize=off"));
    let (name, password) = USER;
    browser.fill("#username", name);
    browser.fill("#password", "no");
    browser.click("dialog [type=submit]");
    browser.text_with("dialog .refused", "Authentication failure", LONG);
    browser.fill("#username", name);
    browser.fill("#password", password);
    browser.click("dialog [type=submit]");
    browser.connected();
    browser.shows("as a user who was asked", || server.display.picture());
}

#[test]
fn a_user_in_the_configuration_is_the_gateways_to_name() {
    let certificates = Certificates::new();
    let server = Tigervnc::with_user(USER, &certificates);
    let (name, password) = USER;
    let login = format!("username = '{name}'\npassword = '{password}'");
    let right = gateway(server.port, &certificates, &login);
    let browser = Browser::start();
    browser.open(&right.page("resize=off"));
    browser.connected();
    browser.shows("as a user", || server.display.picture());

    let login = format!("username = '{name}'\npassword = 'no'");
    let wrong = gateway(server.port, &certificates, &login);
    browser.open(&wrong.page(""));
    let (hop, text) = browser.ended(LONG);
    assert_eq!(hop, "gateway", "{text}");
    assert!(
        text.contains("refused the configured login: Authentication failure"),
        "{text}"
    );
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_told_in_the_page() {
    let certificates = Certificates::new();
    let server = Tigervnc::with_tls("X509None", PASSWORD, &certificates);
    let gateway = gateway(server.port, &Certificates::new(), "");
    let browser = Browser::start();
    browser.open(&gateway.page(""));
    let (hop, text) = browser.ended(LONG);
    assert_eq!(hop, "gateway", "{text}");
    assert!(
        text.contains("has a certificate that is not trusted: its issuer is unknown")
            && text.contains("4502"),
        "{text}"
    );
    browser.screenshot("vencrypt-untrusted");
}

#[test]
fn a_desktop_without_tls_is_not_shown_where_tls_is_wanted() {
    let server = Tigervnc::start((320, 240));
    let gateway = gateway(server.port, &Certificates::new(), "");
    let browser = Browser::start();
    browser.open(&gateway.page(""));
    let (hop, text) = browser.ended(LONG);
    assert_eq!(hop, "gateway", "{text}");
    assert!(text.contains("offers no VeNCrypt"), "{text}");
}
