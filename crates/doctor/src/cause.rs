//! Every cause that is known: the rule that it is told by, and what a person can do about it.

use crate::answer::Answer;
use crate::seen::{Check, End, Reached, Seen, Standing, Tls};

/// What a cause means for the desktop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// There is none to be seen.
    Breaks,
    /// It is seen, and something is amiss all the same.
    Hampers,
}

use Weight::{Breaks, Hampers};

macro_rules! causes {
    ($($cause:ident $name:literal, $check:ident $weight:ident, $rule:expr, $says:literal, $mend:literal;)*) => {
        /// Something that a connection can fail of. They are in the order of the way, and of how much they say: the first
        /// one whose rule holds is the one that is named.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Cause {
            $(#[doc = $says] $cause,)*
        }

        impl Cause {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$cause,)*];

            /// Its name, for machines.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$cause => $name,)* }
            }

            /// Where on the way it is.
            #[must_use]
            pub fn check(self) -> Check {
                match self { $(Self::$cause => Check::$check,)* }
            }

            /// What it means for the desktop.
            #[must_use]
            pub fn weight(self) -> Weight {
                match self { $(Self::$cause => $weight,)* }
            }

            /// Whether it is what was seen.
            #[must_use]
            pub fn holds(self, seen: &Seen) -> bool {
                let rule: fn(&Seen) -> bool = match self { $(Self::$cause => $rule,)* };
                rule(seen)
            }

            /// What it is, as a sentence.
            #[must_use]
            pub fn says(self) -> &'static str {
                match self { $(Self::$cause => $says,)* }
            }

            /// How it is mended.
            #[must_use]
            pub fn mend(self) -> &'static str {
                match self { $(Self::$cause => $mend,)* }
            }
        }
    };
}

/// By these words the gateway tells that the endpoint which decides who may in is down.
pub const DECIDES: &str = "which decides who may in";

/// With these words the gateway begins to tell what is wrong with the controller that knows its sessions.
pub const CONTROLLER: &str = "the controller";

/// With these it tells that there is no session.
pub const NO_SESSION: &str = "There is no session";

causes! {
    MixedContent "mixed-content", Page Breaks,
        |it| it.page.as_ref().is_some_and(|page| page.is_https) && !it.address.is_tls && !it.address.is_loopback,
        "The page came by https and is to connect by plain ws://, which browsers forbid.",
        "Connect by wss://: leave the path in the page's settings relative, or give the gateway a certificate ([tls]).";

    // ---- the session

    NoSession "no-session", Session Breaks,
        |it| it.session == Some(Standing::Unknown) || it.is_closed_with(&[4404]) || it.is_denied_saying(404, NO_SESSION),
        "The gateway knows no session of that name.",
        "Open the desktop anew from where you came: the link may be old, or the session over.";
    NotReady "not-ready", Session Breaks,
        |it| it.session == Some(Standing::Creating) || it.is_closed_with(&[4425]),
        "The session's desktop is still being created.",
        "Wait a moment, then try again.";
    ControllerDown "controller-down", Session Breaks,
        |it| {
            matches!(it.session, Some(Standing::Unanswered(_)))
                || matches!(&it.spoken.end, Some(End::Closed { code: 4424, reason }) if reason.starts_with(CONTROLLER))
                || it.is_denied_saying(502, CONTROLLER)
        },
        "The controller that knows the sessions does not answer, or not as it should, so that nobody can say where the desktop is.",
        "Start it, or correct base and timeout_seconds below [controller] in the gateway's configuration. What was seen names it.";
    SessionFailed "session-failed", Session Breaks,
        |it| matches!(it.session, Some(Standing::Failed(_))),
        "The session's desktop could not be made.",
        "What was seen says why. Start the desktop anew; the gateway's log has the rest.";
    SessionEnded "session-ended", Session Breaks,
        |it| it.session == Some(Standing::Ended) || it.is_closed_with(&[4410]),
        "The session has ended.",
        "Start a new one from where you came.";
    NotAllowed "not-allowed", Session Breaks,
        |it| it.is_closed_with(&[4401, 4403]),
        "The gateway does not let this caller have the session.",
        "Sign in again, then reload the page. Who may in is what [tokens] and [forward_auth] in the gateway's configuration say.";
    AuthDown "auth-down", Session Breaks,
        |it| it.is_closed_with(&[4424]) || it.is_denied_saying(502, DECIDES),
        "The endpoint that decides who may in does not answer, or fails, so that the gateway lets nobody in.",
        "Start it, or correct url and timeout_seconds below [forward_auth] in the gateway's configuration. What was seen names it.";
    TooOften "too-many-requests", Session Breaks,
        |it| it.is_closed_with(&[4429]) || it.is_denied_with(|status| status == 429),
        "Too much is asked at a time, and whoever answers takes no more for now.",
        "Wait a moment, then try again. If it goes on, raise the limit of the endpoint in [forward_auth], or of the proxy that answers so.";
    TooMany "too-many-connections", Session Breaks,
        |it| {
            matches!(it.session, Some(Standing::Full(_)))
                || it.is_closed_with(&[4503])
                || it.is_denied_saying(503, "connections, and may have")
        },
        "There are as many connections as the gateway allows.",
        "Close other windows of this desktop, or raise the max_connections… that is named.";
    ShuttingDown "shutting-down", Session Breaks,
        |it| it.session == Some(Standing::Draining) || it.is_closed_with(&[1001, 1012, 1013]),
        "The gateway is shutting down or restarting.",
        "Try again in a moment.";

    // ---- the way to the host

    NameUnknown "name-unknown", Name Breaks,
        |it| it.reached == Reached::NoName,
        "The host's name cannot be resolved.",
        "Check how it is spelled, and the DNS of the machine that looks: inside a container it may be another one.";
    NothingListens "nothing-listens", Connection Breaks,
        |it| matches!(it.reached, Reached::Refused(_)),
        "The backend is down: the host is there, and nothing listens on that port.",
        "Start the server there, or correct the port. Check that it listens on this address and not on loopback alone.";
    NotTakenUp "not-taken-up", Connection Breaks,
        |it| it.reached == Reached::Full,
        "Somebody listens there, and takes up none of the connections that wait.",
        "It hangs, or has far too much to do: look at its log, and start it anew.";
    Unreachable "unreachable", Connection Breaks,
        |it| matches!(it.reached, Reached::Unreachable(_) | Reached::Silent),
        "The host cannot be reached.",
        "Check that the machine runs, and the firewalls and routes on the way to it.";
    WssToPlain "wss-to-plain", Tls Breaks,
        |it| it.tls == Tls::Plain,
        "TLS is spoken to a server that speaks plain HTTP there.",
        "Use ws:// or http:// for this hop, or give that server a certificate (websockify: --cert and --key).";
    BadCertificate "bad-certificate", Tls Breaks,
        |it| matches!(it.tls, Tls::Untrusted(_)),
        "The server's certificate is not trusted.",
        "Give it one for this host's name from an authority that the machine knows; SSL_CERT_FILE names other authorities.";
    TlsFailed "tls-failed", Tls Breaks,
        |it| matches!(it.tls, Tls::Failed(_)),
        "TLS does not come about.",
        "Check that the port is the one for TLS, and that the server has TLS 1.2 or 1.3.";
    Vencrypt "vencrypt-failed", Tls Breaks,
        |it| matches!(it.tls, Tls::Vencrypt(_)),
        "The VNC server is reached, and its encrypted login (VeNCrypt) does not come about.",
        "What was seen says at what. The session's ca, fingerprint, server_name, username and password decide about it.";
    PlainToTls "plain-to-tls", Plain Breaks,
        |it| it.answers().iter().any(|answer| answer.wants_tls()),
        "Plain HTTP is spoken to a server that expects TLS there.",
        "Use wss:// or https:// for this hop.";
    RawVnc "raw-vnc", Plain Breaks,
        |it| it.answers().iter().any(|answer| answer.greets()),
        "The address is a VNC server's own port, where no HTTP and no WebSocket is spoken.",
        "Lead the proxy to websockify's port in front of it; or make it a gateway's target as tcp://HOST:PORT.";
    NotHttp "not-http", Plain Breaks,
        |it| it.is_denied() && it.answers().iter().any(|answer| matches!(answer, Answer::Bytes(_))),
        "What answers there speaks something else than HTTP.",
        "Check host and port: another service listens there.";

    // ---- the upgrade

    OriginRefused "origin-refused", Upgrade Breaks,
        |it| it.is_denied_saying(403, "origin"),
        "The gateway lets no page of this origin connect.",
        "Add the page's origin to allowed_origins in the gateway's configuration, or have the proxy in front send X-Forwarded-Host.";
    TrailingSlash "trailing-slash", Upgrade Breaks,
        |it| it.is_denied() && (it.respelled.opens() || it.answers().iter().any(|answer| answer.leads_to_slash(&it.address.path))),
        "The address differs by the slash at its end, and a WebSocket follows no redirect.",
        "Spell the path as the server has it; in Next.js set skipTrailingSlashRedirect, in nginx give location the same ending.";
    AuthWall "auth-wall", Upgrade Breaks,
        |it| {
            let asks = |answer: &Answer| {
                matches!(answer.status(), Some(401 | 403 | 407)) || answer.leads_to_login(&it.address.path)
            };
            let leads_away = it.upgrade == Answer::Silent && it.plain.redirects();
            it.is_denied() && (it.answers().into_iter().any(asks) || leads_away)
        },
        "A login stands in the way: what answers wants to know first who asks.",
        "Sign in again, then reload the page. Let the login's middleware or proxy pass this path with the page's cookies.";
    Redirected "redirected", Upgrade Breaks,
        |it| it.is_denied() && it.answers().iter().any(|answer| answer.redirects()),
        "The server leads elsewhere, and a WebSocket follows no redirect.",
        "Use the address that it leads to, or take this path out of the redirect (http to https, another host).";
    Deflate "deflate-mismatch", Upgrade Breaks,
        |it| {
            let unasked = it.upgrade.head().and_then(|head| head.header("sec-websocket-extensions"));
            it.upgrade.status() == Some(101) && unasked.is_some() || it.spoken.end == Some(End::Compressed)
        },
        "A hop agrees to compression (permessage-deflate) that the other end did not offer.",
        "Let the proxy pass Sec-WebSocket-Extensions on as it comes, or turn compression off there (ws: perMessageDeflate: false).";
    WrongAccept "wrong-accept", Upgrade Breaks,
        |it| it.accept_is_wrong,
        "The upgrade is agreed to by something that does not speak WebSocket: its Sec-WebSocket-Accept is wrong.",
        "A cache or a proxy answers for another request: take this path out of it.";
    UpgradeLost "upgrade-lost", Upgrade Breaks,
        |it| it.is_denied_with(|status| matches!(status, 405 | 426))
            || it.is_denied_with(|status| status == 400) && it.plain.status() == Some(400),
        "The WebSocket's upgrade does not arrive: a proxy on the way makes an ordinary request of it.",
        "nginx: proxy_http_version 1.1, proxy_set_header Upgrade $http_upgrade and proxy_set_header Connection \"upgrade\" in that location. http-proxy: ws: true, and proxy.ws() for the server's upgrade event.";
    WrongPath "wrong-path", Upgrade Breaks,
        |it| it.is_denied_with(|status| matches!(status, 404 | 410)),
        "The server knows nothing at that path.",
        "Compare the path with what the server behind expects (websockify: /websockify, QEMU: /), and with the proxy's location and rewrite.";
    BackendDown "backend-down", Upgrade Breaks,
        |it| it.is_denied_with(|status| matches!(status, 502..=504)),
        "The proxy answers, and the backend behind it does not.",
        "Start the backend, or correct its address in the proxy. Looked at directly, the next hop tells whether it is down, hangs up or is silent.";
    ServerError "server-error", Upgrade Breaks,
        |it| it.is_denied_with(|status| status >= 500),
        "The server fails at the request.",
        "Its log says why.";
    NoWebSocket "no-websocket", Upgrade Breaks,
        |it| it.upgrade.denies() && it.is_denied_with(|status| matches!(status, 200..=299)),
        "The address answers with a page, not with a WebSocket.",
        "Check the path, and that the proxy passes Upgrade and Connection on for it.";
    RequestRefused "request-refused", Upgrade Breaks,
        |it| it.is_denied_with(|status| matches!(status, 400..=499)),
        "The server refuses the request.",
        "What was seen has its words.";
    HangUp "hang-up", Upgrade Breaks,
        |it| {
            let is_silent = it.spoken.is_open && it.spoken.greeting.is_none() && it.spoken.end == Some(End::Gone);
            it.is_denied() && [&it.page_answer, &it.upgrade].contains(&&Answer::Ended) || it.address.is_stream && is_silent
        },
        "The connection is accepted and then closed without an answer: \"socket hang up\".",
        "What listens there is not what is expected, has crashed, or is full. Look at its log; point the hop before it at the right port.";
    BackendSilent "backend-silent", Upgrade Breaks,
        |it| it.is_denied() && it.plain == Answer::Silent && it.upgrade == Answer::Silent,
        "Nothing is answered there, not even an ordinary request: the server hangs, or is a proxy that waits for one that does.",
        "Look at the next hop directly. If it is a VNC server's own port, where no HTTP is spoken, lead the proxy to websockify's port in front of it.";
    SilentHop "silent-hop", Upgrade Breaks,
        |it| it.is_denied() && it.answers().contains(&&Answer::Silent),
        "The hop takes the upgrade and never answers: a browser waits for ever.",
        "It does not handle upgrades for this path. Next.js: a rewrite for it, or a custom server with an upgrade listener; http-proxy: proxy.ws(), not proxy.web() alone.";
    NothingAnswers "nothing-answers", Upgrade Breaks,
        |it| it.is_denied() && it.plain == Answer::Failed,
        "Nothing answers at the address, not even an ordinary request.",
        "Check the network. The server that sent this page may be down, or a proxy in front of it may hang up.";
    NotOpened "not-opened", Upgrade Breaks,
        |it| it.is_denied(),
        "The WebSocket does not open, though the address answers.",
        "Run porthole-gateway diagnose with the address: it sees the answer itself, which browsers keep from pages.";

    // ---- behind the gateway or websockify

    TimeIsUp "time-is-up", Quiet Breaks,
        |it| it.is_closed_with(&[4440, 4441]),
        "The gateway ends connections that have lasted for so long, or on which nothing was sent for so long.",
        "Connect again to go on. How long that is, total_timeout_seconds and idle_timeout_seconds in the gateway's configuration say.";
    NoPong "no-pong", Quiet Breaks,
        |it| it.is_closed_with(&[4408]),
        "The gateway has ended the connection, since one side of it did not show that it is still there.",
        "What was seen names the side. Check the network to it, and that it is not asleep, stopped or far too busy.";
    VmGone "vm-gone", Greeting Breaks,
        |it| it.is_closed_with(&[1011, 4502, 4504]),
        "The WebSocket opens, and the desktop behind it cannot be reached.",
        "Check that the machine and its VNC server run, and the target's address. The reason that was seen comes from the hop before it.";
    Text "text-frames", Greeting Breaks,
        |it| it.spoken.end == Some(End::Text),
        "The WebSocket carries text, where RFB is bytes: the base64 of very old websockify versions.",
        "Update websockify, or have the proxy pass Sec-WebSocket-Protocol on.";
    NotVnc "not-vnc", Greeting Breaks,
        |it| matches!(it.spoken.end, Some(End::NotRfb(_))),
        "What answers there is no VNC server.",
        "Check the target's host and port. For a WebSocket the target begins with ws://, for a VNC server with tcp://.";
    Blacklisted "blacklisted", Greeting Breaks,
        |it| matches!(&it.spoken.end, Some(End::TurnedAway(why)) if why.to_ascii_lowercase().contains("too many")),
        "The VNC server has blacklisted the address that asks, after too many failed logins or connections that left without one.",
        "Wait some minutes and try less often, or restart it. Behind a bridge all users share one address: raise -BlacklistThreshold (TigerVNC).";
    TurnedAway "turned-away", Greeting Breaks,
        |it| matches!(it.spoken.end, Some(End::TurnedAway(_))),
        "The VNC server turns the connection away.",
        "What was seen has its reason.";
    ServerSilent "server-silent", Greeting Breaks,
        |it| it.spoken.is_open && it.spoken.greeting.is_none() && it.spoken.end == Some(End::Silent),
        "The way is open, and the VNC server says nothing.",
        "The machine may still be starting, or something else listens there that waits for its client to speak.";
    ClosedEarly "closed-early", Greeting Breaks,
        |it| it.spoken.is_open && it.spoken.greeting.is_none() && it.spoken.end.is_some(),
        "The WebSocket opens, and is closed before the VNC server greets.",
        "The VNC server may be starting, crashed or full. Look at its log, and at that of the hop before it.";
    LoginRefused "login-refused", Login Breaks,
        |it| matches!(it.spoken.end, Some(End::LoginRefused(_))),
        "The VNC server refuses the login.",
        "Check the password.";
    Garbled "garbled", Login Breaks,
        |it| matches!(it.spoken.end, Some(End::Garbled(_))),
        "What is sent does not keep to the protocol.",
        "A hop on the way may change what it carries; compare with a connection to the next hop.";
    IdleTimeout "idle-timeout", Quiet Breaks,
        |it| it.spoken.quiet.is_some() && it.spoken.end.is_some(),
        "A hop ends connections on which nothing is said for a while.",
        "Raise its timeout (nginx: proxy_read_timeout and proxy_send_timeout, 60 s by default), or have something ping more often (websockify: --heartbeat=30). The gateway pings every 20 s.";
    BrokenOff "broken-off", Picture Breaks,
        |it| it.spoken.is_open && it.spoken.end.is_some(),
        "The connection is broken off, or goes silent, in the middle of the handshake.",
        "Look at the VNC server's log, and at that of the hop before it.";

    // ---- what works, but not as it should

    SubprotocolRefused "subprotocol-refused", Upgrade Hampers,
        |it| it.upgrade.denies() && it.without_subprotocol.opens(),
        "The server refuses the WebSocket's subprotocol \"binary\".",
        "The viewer connects without one, after an attempt that fails. Let the server take \"binary\", or the proxy pass Sec-WebSocket-Protocol on.";
    SubprotocolMissing "subprotocol-missing", Upgrade Hampers,
        |it| it.upgrade.head().is_some_and(|head| head.status == 101 && head.header("sec-websocket-protocol").is_none()),
        "The server opens the WebSocket without answering its subprotocol \"binary\", which browsers take for a failure.",
        "The viewer connects without one, after an attempt that fails. Have the server or the proxy pass Sec-WebSocket-Protocol back.";
    NoSecureContext "no-secure-context", Page Hampers,
        |it| it.page.as_ref().is_some_and(|page| !page.is_secure),
        "The page is no secure context: it came by plain http from another machine, or is embedded in a page that did.",
        "Serve both by https. Without, the browser withholds the clipboard and the decoding of videos; the rest works.";
}

impl Cause {
    /// The one that is told by what was seen: what breaks goes before what hampers.
    #[must_use]
    pub fn of(seen: &Seen) -> Option<Self> {
        let mut holding = Self::ALL.iter().copied().filter(|cause| cause.holds(seen));
        let first = holding.next()?;
        if first.weight() == Breaks {
            return Some(first);
        }
        holding.find(|cause| cause.weight() == Breaks).or(Some(first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Address, Head, Page, Spoken};

    fn http(status: u16) -> Answer {
        Answer::Http(Head {
            status,
            ..Head::default()
        })
    }

    fn redirect(to: &str) -> Answer {
        Answer::Http(Head {
            status: 307,
            headers: vec![("location".into(), to.into())],
            ..Head::default()
        })
    }

    fn binary() -> Answer {
        Answer::Http(Head {
            status: 101,
            headers: vec![("sec-websocket-protocol".into(), "binary".into())],
            ..Head::default()
        })
    }

    fn at(path: &str) -> Seen {
        Seen {
            address: Address {
                path: path.into(),
                ..Address::default()
            },
            ..Seen::default()
        }
    }

    fn asked(plain: Answer, upgrade: Answer) -> Seen {
        Seen {
            plain,
            upgrade,
            ..at("/websock")
        }
    }

    fn spoken(end: End) -> Seen {
        Seen {
            spoken: Spoken {
                is_open: true,
                end: Some(end),
                ..Spoken::default()
            },
            ..asked(http(426), binary())
        }
    }

    #[test]
    fn each_cause_is_told_by_what_is_seen_of_it() {
        use Cause::*;
        let closed = |code| {
            spoken(End::Closed {
                code,
                reason: String::new(),
            })
        };
        let saying = |status, body: &str| {
            let answer = Answer::Http(Head {
                status,
                body: body.into(),
                ..Head::default()
            });
            asked(answer.clone(), answer)
        };
        let page = |is_https, is_secure| {
            Some(Page {
                is_https,
                is_secure,
                ..Page::default()
            })
        };
        let sound = asked(http(426), binary());
        let cases = [
            (
                Seen {
                    page: page(true, true),
                    ..sound.clone()
                },
                Some(MixedContent),
            ),
            (
                Seen {
                    page: page(false, false),
                    ..sound.clone()
                },
                Some(NoSecureContext),
            ),
            (
                Seen {
                    page: page(false, true),
                    ..sound.clone()
                },
                None,
            ),
            (asked(http(405), http(405)), Some(UpgradeLost)),
            (asked(http(426), Answer::Failed), Some(UpgradeLost)),
            (asked(http(400), http(400)), Some(UpgradeLost)),
            (asked(http(404), http(404)), Some(WrongPath)),
            (asked(http(404), Answer::Failed), Some(WrongPath)),
            (asked(http(404), Answer::Silent), Some(SilentHop)),
            (asked(http(502), http(502)), Some(BackendDown)),
            (asked(http(500), http(500)), Some(ServerError)),
            (asked(http(200), http(200)), Some(NoWebSocket)),
            (asked(http(200), http(400)), Some(RequestRefused)),
            (asked(Answer::Ended, Answer::Ended), Some(HangUp)),
            (asked(http(200), Answer::Silent), Some(SilentHop)),
            (asked(Answer::Silent, Answer::Silent), Some(BackendSilent)),
            (asked(http(401), Answer::Silent), Some(AuthWall)),
            (asked(redirect("/welcome"), Answer::Silent), Some(AuthWall)),
            (asked(redirect("/login"), redirect("/login")), Some(AuthWall)),
            (
                asked(redirect("https://b/websock"), redirect("https://b/websock")),
                Some(Redirected),
            ),
            (asked(redirect("/websock/"), Answer::Silent), Some(TrailingSlash)),
            (
                Seen {
                    respelled: binary(),
                    ..asked(http(200), http(404))
                },
                Some(TrailingSlash),
            ),
            (
                Seen {
                    without_subprotocol: http(101),
                    ..asked(http(405), http(400))
                },
                Some(SubprotocolRefused),
            ),
            (asked(http(405), http(101)), Some(SubprotocolMissing)),
            (asked(Answer::Failed, Answer::Failed), Some(NothingAnswers)),
            (
                asked(Answer::Bytes(b"RFB 003.008\n".to_vec()), Answer::Untried),
                Some(RawVnc),
            ),
            (
                asked(Answer::Bytes(vec![0x15, 3, 1]), Answer::Ended),
                Some(PlainToTls),
            ),
            (
                asked(
                    Answer::Bytes(b"SSH-2.0".to_vec()),
                    Answer::Bytes(b"SSH-2.0".to_vec()),
                ),
                Some(NotHttp),
            ),
            (closed(1011), Some(VmGone)),
            (closed(4502), Some(VmGone)),
            (closed(4404), Some(NoSession)),
            (saying(404, "There is no session \"a\".\n"), Some(NoSession)),
            (
                saying(502, "the controller http://c refused the connection\n"),
                Some(ControllerDown),
            ),
            (
                spoken(End::Closed {
                    code: 4424,
                    reason: "the controller http://c refused the connection".into(),
                }),
                Some(ControllerDown),
            ),
            (closed(4401), Some(NotAllowed)),
            (closed(4424), Some(AuthDown)),
            (closed(4429), Some(TooOften)),
            (closed(4408), Some(NoPong)),
            (closed(4440), Some(TimeIsUp)),
            (closed(4441), Some(TimeIsUp)),
            (asked(http(429), http(429)), Some(TooOften)),
            (closed(1000), Some(ClosedEarly)),
            (spoken(End::Compressed), Some(Deflate)),
            (spoken(End::Silent), Some(ServerSilent)),
            (
                spoken(End::TurnedAway("Too many security failures".into())),
                Some(Blacklisted),
            ),
            (spoken(End::TurnedAway("no".into())), Some(TurnedAway)),
            (sound, None),
        ];
        for (seen, expected) in cases {
            assert_eq!(Cause::of(&seen), expected, "{seen:?}");
        }
    }

    #[test]
    fn what_breaks_is_named_before_what_hampers() {
        let mut seen = spoken(End::Silent);
        seen.upgrade = http(101);
        assert_eq!(Cause::of(&seen), Some(Cause::ServerSilent));
    }

    #[test]
    fn each_cause_has_a_name_of_its_own_and_sentences() {
        let mut names: Vec<&str> = Cause::ALL.iter().map(|cause| cause.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Cause::ALL.len());
        for cause in Cause::ALL {
            assert!(
                cause.says().ends_with('.') && cause.mend().ends_with('.'),
                "{cause:?}"
            );
        }
    }
}
