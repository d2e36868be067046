//! What was seen, in order and in words.

use std::fmt;

use crate::answer::{Answer, readable, shown};
use crate::cause::{Cause, Weight};
use crate::seen::{Check, End, Page, Reached, Seen, Spoken, Standing, Tls};

/// What was looked at, line by line, and what is to blame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What was looked at.
    pub of: String,
    /// One for each place of the way.
    pub lines: Vec<Line>,
    /// The first thing that is wrong.
    pub cause: Option<Cause>,
}

/// One place of the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Which.
    pub check: Check,
    /// How it is.
    pub verdict: Verdict,
    /// What was seen there.
    pub seen: String,
    /// How long that took, in milliseconds.
    pub milliseconds: Option<u32>,
}

/// How a place of the way is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// As it should be.
    Sound,
    /// Not as it should be, but the desktop is seen.
    Amiss,
    /// Broken.
    Broken,
}

impl Verdict {
    /// As a word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sound => "sound",
            Self::Amiss => "amiss",
            Self::Broken => "broken",
        }
    }
}

impl Check {
    /// As it is named to a person.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Session => "session",
            Self::Name => "name",
            Self::Connection => "connection",
            Self::Tls => "TLS",
            Self::Plain => "plain request",
            Self::Upgrade => "upgrade",
            Self::Greeting => "greeting",
            Self::Login => "login",
            Self::Picture => "first picture",
            Self::Quiet => "quiet",
        }
    }
}

impl Report {
    /// Whether the desktop is seen.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.cause.is_none_or(|cause| cause.weight() == Weight::Hampers)
    }
}

/// For a terminal.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.of)?;
        for line in &self.lines {
            let mark = match line.verdict {
                Verdict::Sound => '✓',
                Verdict::Amiss => '!',
                Verdict::Broken => '✗',
            };
            write!(f, "  {mark} {:<14} {}", line.check.name(), line.seen)?;
            match line.milliseconds {
                Some(milliseconds) => writeln!(f, " ({milliseconds} ms)")?,
                None => writeln!(f)?,
            }
        }
        match self.cause {
            Some(cause) => writeln!(f, "\n{}: {}\n{}", cause.name(), cause.says(), cause.mend()),
            None => writeln!(f, "\nAll of it is sound."),
        }
    }
}

impl Seen {
    /// All of it in words, with the first thing that is wrong.
    #[must_use]
    pub fn report(&self) -> Report {
        let cause = Cause::of(self);
        let mut lines: Vec<Line> = self
            .words()
            .into_iter()
            .map(|(check, seen)| Line {
                check,
                verdict: Verdict::Sound,
                seen,
                milliseconds: self.took(check),
            })
            .collect();
        if let Some(cause) = cause {
            // What was not come to by then has no line: it broke at the last one.
            let at = lines.iter().position(|line| line.check == cause.check());
            let at = at.unwrap_or(lines.len().saturating_sub(1));
            if let Some(line) = lines.get_mut(at) {
                line.verdict = match cause.weight() {
                    Weight::Breaks => Verdict::Broken,
                    Weight::Hampers => Verdict::Amiss,
                };
            }
            // What follows from it is seen where it ended.
            if cause.weight() == Weight::Breaks
                && self.spoken.end.is_some()
                && let Some(last) = lines.last_mut()
            {
                last.verdict = Verdict::Broken;
            }
        }
        Report {
            of: self.address.shown.clone(),
            lines,
            cause,
        }
    }

    fn words(&self) -> Vec<(Check, String)> {
        let mut words = Vec::new();
        let mut add = |check, text: Option<String>| words.extend(text.map(|text| (check, text)));
        add(Check::Page, self.page.as_ref().map(|page| self.page_words(page)));
        add(Check::Session, self.session.as_ref().map(session));
        let (name, connection) = reached(&self.reached);
        add(Check::Name, name);
        add(Check::Connection, connection);
        add(Check::Tls, tls(&self.tls));
        // Where no browser has it, it is asked for behind these.
        add(Check::Page, tried(&self.page_answer));
        add(Check::Plain, tried(&self.plain));
        add(Check::Upgrade, self.upgrade_words());
        let [greeting, login, picture, quiet] = spoken(&self.spoken);
        add(Check::Greeting, greeting);
        add(Check::Login, login);
        add(Check::Picture, picture);
        add(Check::Quiet, quiet);
        words
    }

    fn page_words(&self, page: &Page) -> String {
        let is_secure = if page.is_secure { "a" } else { "no" };
        let mut words = [&page.address, ", ", is_secure, " secure context"].concat();
        if page.base != page.address {
            words.push_str(", addresses relative to ");
            words.push_str(&page.base);
        }
        if page.is_https && !self.address.is_tls {
            words.push_str(", connects to ");
            words.push_str(&self.address.shown);
        }
        words
    }

    fn upgrade_words(&self) -> Option<String> {
        let mut words = tried(&self.upgrade)?;
        if self.accept_is_wrong {
            words.push_str(", with a wrong Sec-WebSocket-Accept");
        }
        for (how, answer) in [
            ("; without a subprotocol: ", &self.without_subprotocol),
            ("; with the slash at the end the other way: ", &self.respelled),
        ] {
            if let Some(text) = tried(answer) {
                words.push_str(how);
                words.push_str(&text);
            }
        }
        Some(words)
    }
}

fn tried(answer: &Answer) -> Option<String> {
    (*answer != Answer::Untried).then(|| answer.words())
}

fn session(standing: &Standing) -> String {
    match standing {
        Standing::Ready => "ready".to_owned(),
        Standing::Unknown => "not known".to_owned(),
        Standing::Creating => "being created".to_owned(),
        Standing::Unanswered(why) => ["nobody can say: ", &readable(why)].concat(),
        Standing::Failed(why) => ["failed: ", &readable(why)].concat(),
        Standing::Ended => "ended".to_owned(),
        Standing::Full(why) => readable(why),
        Standing::Draining => "the gateway takes nobody new".to_owned(),
    }
}

fn reached(reached: &Reached) -> (Option<String>, Option<String>) {
    match reached {
        Reached::Untried => (None, None),
        Reached::NoName => (Some("it cannot be resolved".to_owned()), None),
        Reached::Yes(address) => (None, Some([address, " takes it"].concat())),
        Reached::Refused(why) | Reached::Unreachable(why) => (None, Some(readable(why))),
        Reached::Full => (None, Some("nobody takes it up, and no more may wait".to_owned())),
        Reached::Silent => (None, Some("it is not answered in time".to_owned())),
    }
}

fn tls(tls: &Tls) -> Option<String> {
    Some(match tls {
        Tls::Untried => return None,
        Tls::Done => "spoken, with a certificate that is trusted".to_owned(),
        Tls::Untrusted(why) | Tls::Vencrypt(why) => ["the server ", &readable(why)].concat(),
        Tls::Failed(why) => readable(why),
        Tls::Plain => "it failed, and plain HTTP is answered there".to_owned(),
    })
}

/// Greeting, login, picture, quiet.
fn spoken(spoken: &Spoken) -> [Option<String>; 4] {
    if !spoken.is_open {
        return [const { None }; 4];
    }
    let end = spoken.end.as_ref().map(ended);
    if spoken.greeting.is_none() && !spoken.is_logged_in {
        return [end, None, None, None];
    }
    let greeting = spoken.greeting.clone();
    if spoken.security_types.is_empty() && !spoken.is_logged_in {
        let greeting = [greeting, end]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join("; then ");
        return [Some(greeting), None, None, None];
    }
    let mut types = Vec::new();
    for name in spoken.security_types.iter().map(|it| security_type(*it)) {
        // There may be many that are not known.
        if !types.contains(&name) {
            types.push(name);
        }
    }
    let mut login = types.join(", ");
    if spoken.wants_login {
        login.push_str(": wants a login, which is not tried here. Some servers count that as a failed one");
    } else if spoken.is_logged_in {
        login.push_str(if login.is_empty() { "done" } else { ": done" });
    }
    let mut rest = [None, None, None];
    if let Some((width, height, name)) = &spoken.desktop {
        let size = format!("{width} × {height}, \"{name}\"");
        rest[1] = Some(match (spoken.has_picture, &end) {
            (true, _) => ["it is there: ", &size].concat(),
            (false, Some(end)) => [&size, "; then ", end].concat(),
            (false, None) => size,
        });
    } else if let Some(end) = &end {
        login.push_str("; then ");
        login.push_str(end);
    }
    rest[0] = Some(login);
    if let Some(quiet) = spoken.quiet {
        let seconds = format!("{}.{} s", quiet / 1000, quiet % 1000 / 100);
        rest[2] = Some(match end {
            Some(end) => format!("after {seconds} without a word {end}"),
            None => format!("open after {seconds}"),
        });
    }
    let [login, picture, quiet] = rest;
    [greeting, login, picture, quiet]
}

fn ended(end: &End) -> String {
    match end {
        End::Closed { code, reason } if reason.is_empty() => format!("closed with code {code}"),
        End::Closed { code, reason } => format!("closed with code {code}: {}", readable(reason)),
        End::Gone => "the connection was closed without a word".to_owned(),
        End::Silent => "nothing came in time".to_owned(),
        End::Compressed => "a compressed message, which nobody had agreed on".to_owned(),
        End::Text => "a text message".to_owned(),
        End::NotRfb(bytes) => ["no greeting of RFB's: \"", &shown(bytes), "\""].concat(),
        End::TurnedAway(why) => ["turned away: ", why].concat(),
        End::LoginRefused(why) if why.is_empty() => "refused".to_owned(),
        End::LoginRefused(why) => ["refused: ", why].concat(),
        End::Garbled(what) => readable(what),
    }
}

fn security_type(number: u8) -> &'static str {
    match number {
        1 => "None",
        2 => "VNC Authentication",
        5 => "RA2",
        6 => "RA2ne",
        16 => "Tight",
        18 => "TLS",
        19 => "VeNCrypt",
        20 => "SASL",
        22 => "xvp",
        30..=36 => "Apple's",
        113 => "MSLogonII",
        129 => "RA2-256",
        130 => "RA2ne-256",
        _ => "one that is not known",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Address, Head};

    #[test]
    fn a_report_goes_along_the_way_and_marks_where_it_breaks() {
        let seen = Seen {
            address: Address {
                shown: "ws://vm/websock".into(),
                ..Address::default()
            },
            reached: Reached::Yes("192.0.2.1:80".into()),
            plain: Answer::Http(Head {
                status: 405,
                words: "Method Not Allowed".into(),
                headers: vec![("server".into(), "WebSockify".into())],
                ..Head::default()
            }),
            upgrade: Answer::Http(Head {
                status: 405,
                words: "Method Not Allowed".into(),
                ..Head::default()
            }),
            took: vec![(Check::Upgrade, 3)],
            ..Seen::default()
        };
        let report = seen.report();
        let lines: Vec<_> = report
            .lines
            .iter()
            .map(|line| {
                (
                    line.check.name(),
                    line.verdict.name(),
                    line.seen.as_str(),
                    line.milliseconds,
                )
            })
            .collect();
        assert_eq!(
            lines,
            [
                ("connection", "sound", "192.0.2.1:80 takes it", None),
                (
                    "plain request",
                    "sound",
                    "405 Method Not Allowed, from WebSockify",
                    None
                ),
                ("upgrade", "broken", "405 Method Not Allowed", Some(3)),
            ]
        );
        assert_eq!(report.cause, Some(Cause::UpgradeLost));
        assert!(!report.is_sound());
    }

    #[test]
    fn a_page_that_says_what_is_wrong_is_where_it_breaks() {
        let seen = Seen {
            reached: Reached::Yes("192.0.2.1:80".into()),
            page_answer: Answer::Http(Head {
                status: 502,
                body: "the controller http://c refused the connection".into(),
                ..Head::default()
            }),
            ..Seen::default()
        };
        let report = seen.report();
        let lines: Vec<_> = report
            .lines
            .iter()
            .map(|line| (line.check.name(), line.verdict.name()))
            .collect();
        assert_eq!(lines, [("connection", "sound"), ("page", "broken")]);
        assert_eq!(report.cause, Some(Cause::ControllerDown));
    }

    #[test]
    fn a_conversation_is_told_as_far_as_it_went() {
        let whole = Spoken {
            is_open: true,
            greeting: Some("RFB 003.008".into()),
            security_types: vec![1],
            is_logged_in: true,
            desktop: Some((640, 480, "vm".into())),
            has_picture: true,
            quiet: Some(2500),
            ..Spoken::default()
        };
        let told = |it: &Spoken| spoken(it).map(Option::unwrap_or_default).join(" | ");
        assert_eq!(
            told(&whole),
            "RFB 003.008 | None: done | it is there: 640 × 480, \"vm\" | open after 2.5 s"
        );
        let turned_away = Spoken {
            end: Some(End::TurnedAway("Too many".into())),
            security_types: Vec::new(),
            is_logged_in: false,
            ..whole.clone()
        };
        assert_eq!(
            told(&turned_away),
            "RFB 003.008; then turned away: Too many |  |  | "
        );
        let cut = Spoken {
            end: Some(End::Gone),
            ..whole
        };
        assert!(told(&cut).ends_with("after 2.5 s without a word the connection was closed without a word"));
    }
}
