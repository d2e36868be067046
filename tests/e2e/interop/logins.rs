//! Logins.

use porthole_tests::browser::Browser;
use porthole_tests::certificates::Certificates;
use porthole_tests::gateway::Gateway;
use porthole_tests::wait::LONG;

use super::PASSWORD;

/// What the page's fragment says, where it says anything.
pub(super) const NOTHING: &str = "";
pub(super) const A_PASSWORD: &str = "#password=secret12";
pub(super) const A_USER: &str = "#username=alice&password=secret12";

/// The user of servers that want one.
pub(super) const USER: (&str, &str) = ("alice", PASSWORD);

/// A page that gets in.
pub(super) fn opens(browser: &Browser, target: &str, fragment: &str) {
    gets_in(browser, &Gateway::to(target), fragment);
}

/// A page that gets in by a gateway that speaks TLS with the server and trusts its certificate.
pub(super) fn opens_in_tls(browser: &Browser, port: u16, certificates: &Certificates, fragment: &str) {
    let gateway = Gateway::with(&format!(
        "[sessions.vm]\ntarget = 'vencrypt+tcp://127.0.0.1:{port}'\nca = '{}'\n",
        certificates.authority().display()
    ));
    gets_in(browser, &gateway, fragment);
}

fn gets_in(browser: &Browser, gateway: &Gateway, fragment: &str) {
    browser.open(&gateway.page(fragment));
    browser.connected();
}

/// A page that does not get in, and names the login.
pub(super) fn is_refused(browser: &Browser, target: &str, login: &str) -> String {
    let gateway = Gateway::to(target);
    browser.open(&gateway.page(""));
    let (hop, text) = browser.ended(LONG);
    assert_eq!(hop, "server", "{text}");
    assert!(text.contains(login), "{login:?} is not in {text:?}");
    format!("the login {login}")
}
