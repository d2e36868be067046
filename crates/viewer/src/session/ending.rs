//! Every way in which a connection can end, in words.

use porthole_rfb::{Credential, Error, SecurityType};

use crate::{Ending, Hop};

/// What a plain HTTP request to the address of a WebSocket showed that could not be opened, or on which nothing comes any
/// more: browsers keep the reason for a failed handshake to themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Probe {
    /// An answer with this status.
    Status(u16),
    /// A redirection, wherever to.
    Redirected,
    /// No answer at all.
    Unreachable,
    /// No answer in time.
    TimedOut,
}

/// The user asked for it.
pub(super) fn asked_for() -> Ending {
    Ending {
        clean: true,
        ..ending(Hop::Page, "The connection was closed.", None)
    }
}

/// The viewer itself has failed.
pub(super) fn fault(what: &str) -> Ending {
    ending(
        Hop::Page,
        &format!("The viewer has failed: {what}"),
        Some("Reload the page, and please report this."),
    )
}

/// The browser refused to so much as try the address.
pub(super) fn not_openable(url: &str, why: &str) -> Ending {
    ending(
        Hop::Page,
        &format!("The browser does not open a WebSocket to {url}: {why}"),
        Some("A page that came by https can only connect by wss."),
    )
}

/// The handshake got no answer.
pub(super) fn socket_timed_out(url: &str, seconds: u32) -> Ending {
    ending(
        Hop::WebSocket,
        &format!("The WebSocket to {url} got no answer for {seconds} seconds."),
        Some("A proxy on the way may not pass on WebSockets, or may wait for a server that is down."),
    )
}

/// The handshake failed, and this is what a request to the same address has shown.
pub(super) fn never_opened(url: &str, probe: Probe) -> Ending {
    let not_passed_on = Some("A proxy on the way may not pass on WebSockets (the Upgrade header).");
    let (found, advice) = match probe {
        Probe::Status(401) => ("the server wants a login (401)".into(), Some(SIGN_IN)),
        Probe::Status(403) => ("the server forbids it (403)".into(), Some(NOT_YOURS)),
        Probe::Status(code @ (404 | 410)) => (
            format!("the server knows nothing at that address ({code})"),
            Some("The session may have ended, or the path is wrong."),
        ),
        Probe::Status(code @ (502..=504)) => (
            format!("a proxy on the way cannot reach the gateway ({code})"),
            Some("The gateway may be down. Try again in a moment."),
        ),
        Probe::Status(code @ 500..) => (format!("the server has an error ({code})"), Some(IN_A_MOMENT)),
        Probe::Status(code @ (400 | 405 | 426)) => (
            format!("a WebSocket is spoken there, but this one was not accepted ({code})"),
            not_passed_on,
        ),
        Probe::Status(code) => (
            format!("the server answers there, but not with a WebSocket ({code})"),
            not_passed_on,
        ),
        Probe::Redirected => (
            "the server redirects to somewhere else".into(),
            Some("Your login may have expired: sign in again, then reload the page."),
        ),
        Probe::Unreachable => (
            "the server cannot be reached".into(),
            Some("Check the network. The gateway may be down."),
        ),
        Probe::TimedOut => (
            "the server does not answer".into(),
            Some("Check the network. The gateway may be down."),
        ),
    };
    Ending {
        code: Some(CLOSED_ABNORMALLY),
        ..ending(
            Hop::WebSocket,
            &format!("The WebSocket to {url} could not be opened: {found}."),
            advice,
        )
    }
}

/// The server stopped answering in the middle of the handshake: what it was waited for, what had come of that, and for
/// how long nothing has come since.
pub(super) fn silent(phase: porthole_rfb::Phase, unparsed: &[u8], seconds: u32) -> Ending {
    use porthole_rfb::Phase;
    let reason = match (phase, unparsed) {
        (Phase::Greeting, []) => {
            format!("Connected to the gateway, but the VNC server sent nothing for {seconds} seconds.")
        }
        (Phase::Greeting, seen) => format!(
            "What answers is not a VNC server: it sent \"{}\" and then nothing for {seconds} seconds.",
            shown(seen)
        ),
        (phase, []) => format!("The VNC server went silent {phase}, for {seconds} seconds."),
        (phase, seen) => format!(
            "The VNC server went silent {phase}, for {seconds} seconds, after \"{}\".",
            shown(seen)
        ),
    };
    ending(
        Hop::Server,
        &reason,
        Some("The machine may still be starting, or something else than a VNC server listens there."),
    )
}

/// The server goes on with the handshake, but so slowly that it takes longer than anybody waits.
pub(super) fn slow(phase: porthole_rfb::Phase, unparsed: &[u8], seconds: u32) -> Ending {
    let seen = if unparsed.is_empty() {
        String::new()
    } else {
        format!(", after \"{}\"", shown(unparsed))
    };
    ending(
        Hop::Server,
        &format!("The VNC server is too slow: {seconds} seconds went by {phase}{seen}."),
        Some(
            "The machine or the network may be overloaded, or something else than a VNC server listens there.",
        ),
    )
}

/// A desktop that was there answers no more, and this is what a request to the WebSocket's address has shown.
pub(super) fn lost(seconds: u32, probe: Probe) -> Ending {
    let (hop, words, advice) = match probe {
        Probe::Status(..500) | Probe::Redirected => (
            Hop::Server,
            "though the gateway does",
            "The machine or its VNC server may hang. If the network was away for a while, try again.",
        ),
        Probe::Status(_) => (
            Hop::WebSocket,
            "and neither does the gateway behind its proxy",
            IN_A_MOMENT,
        ),
        Probe::Unreachable | Probe::TimedOut => (
            Hop::WebSocket,
            "and neither does the gateway",
            "Check the network. The gateway may be down.",
        ),
    };
    let reason = format!("The desktop has not answered for {seconds} seconds, {words}.");
    ending(hop, &reason, Some(advice))
}

/// What was sent stays unread.
pub(super) fn unheard(megabytes: u32) -> Ending {
    ending(
        Hop::Server,
        &format!("The VNC server takes what it is sent too slowly: {megabytes} MB are waiting."),
        Some("The machine or the network may be overloaded."),
    )
}

/// More has come than can be kept.
pub(super) fn flooded(megabytes: u32) -> Ending {
    ending(
        Hop::Server,
        &format!("The VNC server sends faster than this viewer can show it: {megabytes} MB are waiting."),
        None,
    )
}

/// It goes on where it has to wait for an answer.
pub(super) fn unasked(phase: porthole_rfb::Phase, kilobytes: usize) -> Ending {
    ending(
        Hop::Server,
        &format!("The VNC server went on {phase}: more than {kilobytes} KB came that nobody had asked for."),
        Some(NOT_THE_PROTOCOL),
    )
}

/// A login's part of the viewer is missing.
pub(super) fn login_not_loaded(security_type: SecurityType, why: &str) -> Ending {
    ending(
        Hop::Page,
        &format!("The viewer's part for the login {security_type} could not be loaded: {why}"),
        Some("Reload the page."),
    )
}

/// The server's doing: what it sent cannot be, or it refused. `asked` is what a person was asked for.
pub(super) fn server(error: &Error, asked: &[Credential]) -> Ending {
    let advice = match error {
        Error::AuthenticationFailed { .. } if asked.contains(&Credential::Target) => {
            Some("Check user name, password and system.")
        }
        Error::AuthenticationFailed { security_type, .. }
            if asked.contains(&Credential::Username) || *security_type == SecurityType::PLAIN =>
        {
            Some("Check user name and password.")
        }
        Error::AuthenticationFailed { .. } => Some("Check the password."),
        Error::RepeaterWithoutId | Error::RepeaterIdTooLong { .. } => {
            Some("Put the desktop's ID into the page's address, as repeaterID.")
        }
        Error::RepeaterAsksAgain => Some("No desktop may have come to the repeater under that ID."),
        Error::NotRfb { .. } => Some("Check that the session's target is a VNC server."),
        Error::Refused { reason } if reason.to_ascii_lowercase().contains("too many") => {
            Some("The server lets nobody in for a while after failed logins. Try again in some minutes.")
        }
        Error::NoSecurityTypeInCommon { offered } if offered.iter().any(|it| it.is_tls()) => Some(
            "A page cannot speak TLS inside of VNC. The gateway can: give it the server as vencrypt+tcp://host:port.",
        ),
        Error::NoSecurityTypeInCommon { .. } => {
            Some("Let the server offer None, VNC Authentication, Tight, VeNCrypt Plain or RSA-AES.")
        }
        Error::UnknownMessage { .. } | Error::Message { .. } | Error::Rectangle { .. } => {
            Some(NOT_THE_PROTOCOL)
        }
        _ => None,
    };
    Ending {
        login_failed: matches!(error, Error::AuthenticationFailed { .. }),
        // It ended as the person wanted.
        clean: *error == Error::ServerNotApproved,
        ..ending(Hop::Server, &sentence(error, ""), advice)
    }
}

/// A text message came, where there are only binary ones.
pub(super) fn text_received() -> Ending {
    ending(
        Hop::Gateway,
        "The gateway sends text instead of binary messages.",
        Some("Old websockify versions do so without the subprotocol \"binary\": update it."),
    )
}

/// The WebSocket was closed after it had been open. `error` is what that means to the protocol, `quiet` for how many seconds
/// nothing had come.
pub(super) fn closed(code: u16, reason: &str, error: &Error, quiet: u32) -> Ending {
    let said = !reason.is_empty();
    let (hop, words, advice) = match code {
        4000..=4999 => (
            Hop::Gateway,
            or(reason, "The gateway ended the connection."),
            Some(gateways_advice(code)),
        ),
        // What websockify closes with when it cannot reach its target.
        1011 => (
            Hop::Gateway,
            or(reason, "The gateway could not go on."),
            Some(CHECK_VM),
        ),
        1001 | 1012 | 1013 => (
            Hop::Gateway,
            or(reason, "The gateway is shutting down or restarting."),
            Some(IN_A_MOMENT),
        ),
        CLOSED_ABNORMALLY if quiet >= QUIET => (
            Hop::WebSocket,
            format!("The connection to the gateway was lost, after nothing had come for {quiet} seconds."),
            Some(
                "Check the network, then try again. If it is lost after that time again, a proxy on the way ends \
                 connections that are quiet: raise its timeout.",
            ),
        ),
        CLOSED_ABNORMALLY => (
            Hop::WebSocket,
            "The connection to the gateway was lost.".into(),
            Some(CHECK_NETWORK),
        ),
        1000 | 1005 if said => (Hop::Server, sentence(error, &[" (", reason, ")"].concat()), None),
        1000 | 1005 => (Hop::Server, sentence(error, ""), None),
        1008 | 1009 => (
            Hop::Gateway,
            or(reason, "The gateway refused what was sent."),
            None,
        ),
        _ => (Hop::WebSocket, or(reason, "The WebSocket was closed."), None),
    };
    Ending {
        code: Some(code),
        ..ending(hop, &words, advice)
    }
}

/// What to do about a code of the gateway's own, whose reason says what has happened (`close.rs` there has them all).
fn gateways_advice(code: u16) -> &'static str {
    match code {
        4401 => SIGN_IN,
        4403 => NOT_YOURS,
        4404 => "The session may have ended: open the desktop anew from where you came.",
        4410 => "To go on, open the desktop anew from where you came.",
        4408 => CHECK_NETWORK,
        4424 => "The machine itself may be well. Try again in a moment; the gateway's log may say more.",
        4425 => IN_A_MOMENT,
        4429 => "Wait a moment, then try again.",
        4440 | 4441 => "Connect again to go on.",
        4503 => "Close a desktop that you do not need, then try again.",
        _ => CHECK_VM,
    }
}

/// The code that a browser reports when no close frame came (RFC 6455, 7.4.1).
const CLOSED_ABNORMALLY: u16 = 1006;
/// After so many seconds a connection that breaks may have been ended for its being quiet.
const QUIET: u32 = 3;
const CHECK_VM: &str = "Check that the machine is running. The gateway's log may say more.";
const CHECK_NETWORK: &str = "Check the network, then try again.";
const IN_A_MOMENT: &str = "Try again in a moment.";
const NOT_YOURS: &str = "Your login may have expired, or this page may not use that session.";
const NOT_THE_PROTOCOL: &str =
    "What the server sent does not keep to the protocol. If it happens again, please report it.";
const SIGN_IN: &str = "Sign in again, then reload the page.";

/// How much of what a server sent is shown.
const SHOWN_BYTES: usize = 64;

fn shown(bytes: &[u8]) -> String {
    bytes[..bytes.len().min(SHOWN_BYTES)].escape_ascii().to_string()
}

fn or(said: &str, otherwise: &str) -> String {
    if said.is_empty() { otherwise } else { said }.to_owned()
}

fn ending(hop: Hop, reason: &str, advice: Option<&str>) -> Ending {
    Ending {
        hop,
        clean: false,
        reason: readable(reason),
        advice: advice.map(str::to_owned),
        code: None,
        login_failed: false,
    }
}

/// The most letters of a reason that are shown.
const LONGEST: usize = 500;

/// A reason as it can be shown: servers and gateways may say anything, at any length.
fn readable(reason: &str) -> String {
    let mut letters = reason.chars();
    let mut text: String = letters.by_ref().take(LONGEST).map(plain).collect();
    if letters.next().is_some() {
        text.push('…');
    }
    text
}

/// Controls become blanks, among them those that write what follows backwards.
fn plain(letter: char) -> char {
    match letter {
        '\0'..='\u{1F}' | '\u{7F}'..='\u{9F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => ' ',
        letter => letter,
    }
}

/// An error as a sentence of its own.
fn sentence(error: &Error, added: &str) -> String {
    let mut sentence = error.to_string();
    if let Some(first) = sentence.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    sentence.push_str(added);
    sentence.truncate(sentence.trim_end_matches('.').len());
    sentence.push('.');
    sentence
}

#[cfg(test)]
mod tests {
    use porthole_rfb::Phase;

    use super::*;

    fn dropped() -> Error {
        Error::Closed {
            phase: Phase::Greeting,
            unparsed: Vec::new(),
        }
    }

    #[test]
    fn a_gateways_reason_is_shown_as_it_is() {
        for code in [4404, 4502, 4504, 1011] {
            let ending = closed(code, "vm 192.0.2.7:6080 refused the connection", &dropped(), 0);
            assert_eq!(ending.hop, Hop::Gateway);
            assert_eq!(ending.reason, "vm 192.0.2.7:6080 refused the connection");
            assert_eq!(ending.code, Some(code));
            assert!(!ending.clean);
        }
    }

    #[test]
    fn a_close_without_a_reason_has_words_of_its_own() {
        for code in [1000, 1001, 1005, 1006, 1008, 1011, 1012, 3999, 4000, 4502] {
            let ending = closed(code, "", &dropped(), 0);
            assert!(!ending.reason.is_empty(), "{code}");
        }
        assert_eq!(closed(1006, "", &dropped(), 0).hop, Hop::WebSocket);
        assert!(
            !closed(1006, "", &dropped(), 2)
                .reason
                .contains("nothing had come")
        );
        let ending = closed(1006, "", &dropped(), 61);
        assert!(
            ending.reason.ends_with("nothing had come for 61 seconds."),
            "{}",
            ending.reason
        );
        assert!(ending.advice.unwrap_or_default().contains("timeout"));
        let ending = closed(1000, "Target closed", &dropped(), 0);
        assert_eq!(ending.hop, Hop::Server);
        assert_eq!(
            ending.reason,
            "The server closed the connection before its greeting (Target closed)."
        );
    }

    #[test]
    fn each_code_of_the_gateways_has_a_way_on_of_its_own() {
        for (code, advice) in [
            (4401, "Sign in again"),
            (4403, "may not use that session"),
            (4404, "may have ended: open the desktop anew"),
            (4408, "Check the network"),
            (4410, "To go on, open the desktop anew"),
            (4425, "in a moment"),
            (4424, "The machine itself may be well"),
            (4429, "Wait a moment"),
            (4440, "Connect again"),
            (4441, "Connect again"),
            (4502, "Check that the machine is running"),
            (4503, "Close a desktop"),
            (4504, "Check that the machine is running"),
            (4999, "Check that the machine is running"),
        ] {
            let ending = closed(code, "why", &dropped(), 0);
            assert_eq!((ending.hop, ending.reason.as_str()), (Hop::Gateway, "why"));
            let told = ending.advice.unwrap_or_default();
            assert!(told.contains(advice), "{code}: {told}");
        }
    }

    #[test]
    fn a_failed_handshake_names_address_status_and_a_way_on() {
        for (probe, words) in [
            (Probe::Status(401), "login (401)"),
            (Probe::Status(403), "forbids it (403)"),
            (Probe::Status(404), "nothing at that address (404)"),
            (Probe::Status(410), "nothing at that address (410)"),
            (Probe::Status(502), "cannot reach the gateway (502)"),
            (Probe::Status(500), "error (500)"),
            (Probe::Status(426), "not accepted (426)"),
            (Probe::Status(200), "not with a WebSocket (200)"),
            (Probe::Redirected, "redirects"),
            (Probe::Unreachable, "cannot be reached"),
            (Probe::TimedOut, "does not answer"),
        ] {
            let ending = never_opened("ws://host/websock", probe);
            assert_eq!(ending.hop, Hop::WebSocket);
            assert!(ending.reason.contains("ws://host/websock"), "{}", ending.reason);
            assert!(ending.reason.contains(words), "{}", ending.reason);
            assert!(ending.advice.is_some());
        }
    }

    #[test]
    fn a_desktop_that_is_silent_is_told_from_a_gateway_that_is() {
        for (probe, hop, words) in [
            (Probe::Status(426), Hop::Server, "though the gateway does"),
            (Probe::Redirected, Hop::Server, "though the gateway does"),
            (
                Probe::Status(502),
                Hop::WebSocket,
                "neither does the gateway behind",
            ),
            (Probe::Unreachable, Hop::WebSocket, "neither does the gateway."),
            (Probe::TimedOut, Hop::WebSocket, "neither does the gateway."),
        ] {
            let ending = lost(45, probe);
            assert_eq!(ending.hop, hop, "{probe:?}");
            assert!(ending.reason.contains("45 seconds"), "{}", ending.reason);
            assert!(ending.reason.contains(words), "{}", ending.reason);
            assert!(ending.advice.is_some());
        }
    }

    #[test]
    fn silence_is_told_with_what_was_seen() {
        assert_eq!(
            silent(Phase::Greeting, &[], 10).reason,
            "Connected to the gateway, but the VNC server sent nothing for 10 seconds."
        );
        assert!(
            silent(Phase::Greeting, b"SSH-2.0\r\n", 10)
                .reason
                .contains("SSH-2.0\\r\\n")
        );
        assert_eq!(
            silent(Phase::ServerInit, b"\0", 10).reason,
            "The VNC server went silent before it described the desktop, for 10 seconds, after \"\\x00\"."
        );
        let long = silent(Phase::Greeting, &[b'x'; 5000], 10).reason;
        assert!(long.len() < 300, "{long}");
    }

    #[test]
    fn nobody_has_to_read_more_than_a_few_lines() {
        let error = Error::Refused {
            reason: "ü".repeat(60_000),
        };
        let refused = server(&error, &[]);
        assert!(refused.reason.starts_with("The server refused the connection: ü"));
        assert_eq!(refused.reason.chars().count(), LONGEST + 1);
        assert!(
            closed(4000, &"x".repeat(120), &dropped(), 0)
                .reason
                .ends_with('x')
        );
        let said = closed(4000, "a\u{202E}\x1B[31m\u{9B}é\r\n語", &dropped(), 0);
        assert_eq!(said.reason, "a  [31m é  語");
    }

    #[test]
    fn only_a_failed_login_asks_for_another_password() {
        let failed = server(&rejected(SecurityType::VNC_AUTHENTICATION), &[]);
        assert!(failed.login_failed);
        let refusal = Error::Refused {
            reason: "Too many security failures".into(),
        };
        let refused = server(&refusal, &[]);
        assert!(!refused.login_failed);
        assert!(refused.advice.is_some());
        assert!(!server(&dropped(), &[]).login_failed);
    }

    fn rejected(security_type: SecurityType) -> Error {
        Error::AuthenticationFailed {
            security_type,
            reason: None,
        }
    }

    #[test]
    fn what_to_check_is_what_was_asked_for() {
        use porthole_rfb::Credential::{Password, Target, Username};
        let advice = |security_type, asked: &[Credential]| {
            server(&rejected(security_type), asked).advice.unwrap_or_default()
        };
        assert_eq!(advice(SecurityType::RA2, &[Password]), "Check the password.");
        assert_eq!(
            advice(SecurityType::RA2, &[Username, Password]),
            "Check user name and password."
        );
        assert_eq!(advice(SecurityType::PLAIN, &[]), "Check user name and password.");
        let asked = [Username, Password, Target];
        assert_eq!(
            advice(SecurityType::VNC_AUTHENTICATION, &asked),
            "Check user name, password and system."
        );
    }

    #[test]
    fn a_server_with_nothing_but_tls_is_the_gateways_to_speak_to() {
        let offered = vec![SecurityType(258), SecurityType(261)];
        let ending = server(&Error::NoSecurityTypeInCommon { offered }, &[]);
        assert!(
            ending.reason.contains("VeNCrypt TLSVnc, VeNCrypt X509Vnc"),
            "{}",
            ending.reason
        );
        assert!(ending.advice.unwrap_or_default().contains("vencrypt+tcp://"));
    }

    #[test]
    fn a_key_that_was_not_approved_ends_it_as_wanted() {
        assert!(server(&Error::ServerNotApproved, &[]).clean);
    }
}
