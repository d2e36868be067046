//! What an address answered to one request.

/// What came of one request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Answer {
    /// Nobody has asked.
    #[default]
    Untried,
    /// Not a byte came in time, and the connection was still open.
    Silent,
    /// The connection was closed before a byte came.
    Ended,
    /// HTTP.
    Http(Head),
    /// Something else than HTTP: its first bytes.
    Bytes(Vec<u8>),
    /// A browser has opened a WebSocket.
    Opened,
    /// A browser says that it failed, and keeps to itself how.
    Failed,
    /// A browser was led elsewhere: where to, if it tells.
    Redirected(Option<String>),
}

/// The head of an answer in HTTP, and the beginning of its body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// The status.
    pub status: u16,
    /// The status in words, as the server has it.
    pub words: String,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The beginning of the body.
    pub body: String,
}

impl Head {
    /// A header's value, if it has one that is not empty.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(own, _)| own == name);
        found
            .map(|(_, value)| value.trim())
            .filter(|value| !value.is_empty())
    }
}

/// Words in addresses that ask who somebody is.
const LOGINS: [&str; 8] = [
    "login", "log-in", "signin", "sign-in", "sso", "oauth", "oauth2", "saml",
];

impl Answer {
    /// Its status, if it is HTTP.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.head().map(|head| head.status)
    }

    /// Its head, if it is HTTP.
    #[must_use]
    pub fn head(&self) -> Option<&Head> {
        match self {
            Self::Http(head) => Some(head),
            _ => None,
        }
    }

    /// Whether it opens a WebSocket.
    #[must_use]
    pub fn opens(&self) -> bool {
        *self == Self::Opened || self.status() == Some(101)
    }

    /// Whether somebody asked, and got no WebSocket.
    #[must_use]
    pub fn denies(&self) -> bool {
        *self != Self::Untried && !self.opens()
    }

    /// Whether it is this status with these words behind it.
    pub(crate) fn says(&self, status: u16, words: &str) -> bool {
        self.head()
            .is_some_and(|head| head.status == status && head.body.contains(words))
    }

    /// Whether it leads elsewhere.
    #[must_use]
    pub fn redirects(&self) -> bool {
        matches!(self, Self::Redirected(_))
            || self
                .status()
                .is_some_and(|it| matches!(it, 301..=303 | 307 | 308))
    }

    /// Where it leads.
    #[must_use]
    pub fn location(&self) -> Option<&str> {
        match self {
            Self::Redirected(to) => to.as_deref(),
            Self::Http(head) if self.redirects() => head.header("location"),
            _ => None,
        }
    }

    /// Whether that is the same path but for the slash at its end.
    pub(crate) fn leads_to_slash(&self, path: &str) -> bool {
        let (path, _) = path.split_once('?').unwrap_or((path, ""));
        self.location()
            .map(path_of)
            .is_some_and(|to| to != path && to.trim_end_matches('/') == path.trim_end_matches('/'))
    }

    /// Whether that is where one logs in, by its looks.
    #[must_use]
    pub fn leads_to_login(&self, path: &str) -> bool {
        // What asks may have such a word in its own path.
        let own = path_of(path).trim_end_matches('/');
        self.location().map(path_of).is_some_and(|to| {
            let mut segments = to.strip_prefix(own).unwrap_or(to).split(['/', '.', '_']);
            segments.any(|segment| LOGINS.iter().any(|word| segment.eq_ignore_ascii_case(word)))
        })
    }

    /// Whether its bytes or its body say that TLS was expected.
    pub(crate) fn wants_tls(&self) -> bool {
        match self {
            // An alert: TLS's record type 21, and version 3.x.
            Self::Bytes(bytes) => bytes.starts_with(&[0x15, 3]),
            Self::Http(head) => head.status == 400 && head.body.contains("HTTPS"),
            _ => false,
        }
    }

    /// Whether it is a VNC server's greeting.
    pub(crate) fn greets(&self) -> bool {
        matches!(self, Self::Bytes(bytes) if bytes.starts_with(b"RFB "))
    }

    /// In words that follow upon what was asked.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Untried => "not tried".to_owned(),
            Self::Silent => "no answer, with the connection open".to_owned(),
            Self::Ended => "the connection was closed without an answer".to_owned(),
            Self::Http(head) => words_of(head, self),
            Self::Bytes(bytes) => ["no HTTP: \"", &shown(bytes), "\""].concat(),
            Self::Opened => "open".to_owned(),
            Self::Failed => "it failed, and the browser does not say how".to_owned(),
            Self::Redirected(None) => "leads elsewhere".to_owned(),
            Self::Redirected(Some(to)) => ["leads to ", without_query(to)].concat(),
        }
    }
}

fn words_of(head: &Head, answer: &Answer) -> String {
    let mut words = [&head.status.to_string(), " ", &head.words].concat();
    words.truncate(words.trim_end().len());
    let mut add = |before: &str, what: Option<&str>| {
        if let Some(what) = what {
            words.push_str(before);
            words.push_str(&readable(what));
        }
    };
    add(" to ", answer.location().map(without_query));
    add(", from ", head.header("server"));
    if answer.opens() {
        add(", subprotocol ", head.header("sec-websocket-protocol"));
        add(", extensions ", head.header("sec-websocket-extensions"));
    } else if head
        .header("content-type")
        .is_none_or(|kind| kind.starts_with("text/plain"))
    {
        add(": ", head.body.lines().next().filter(|line| !line.is_empty()));
    }
    words
}

/// A query may hold a secret.
fn without_query(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or_default()
}

/// The path in an address, with or without a host in front.
fn path_of(address: &str) -> &str {
    let rest = match address.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("/", |at| &rest[at..]),
        None => address,
    };
    without_query(rest)
}

/// How much of what somebody sent is shown.
const SHOWN: usize = 48;

/// The first bytes of something, as text.
pub(crate) fn shown(bytes: &[u8]) -> String {
    bytes[..bytes.len().min(SHOWN)].escape_ascii().to_string()
}

/// The most letters of another one's words that are shown.
const LONGEST: usize = 300;

/// Another one's words as they can be shown: on one line, and no more than are read.
#[must_use]
pub fn readable(text: &str) -> String {
    text.chars().take(LONGEST).map(plain).collect()
}

/// A letter of another one's words as it can be shown: a blank for what would make something else of a line, such as what
/// writes the rest of it backwards.
fn plain(letter: char) -> char {
    let is_control =
        letter.is_control() || matches!(letter, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    if is_control { ' ' } else { letter }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redirect(to: &str) -> Answer {
        Answer::Http(Head {
            status: 308,
            headers: vec![("location".into(), to.into())],
            ..Head::default()
        })
    }

    #[test]
    fn a_slash_more_or_less_is_told_from_other_ways() {
        for (to, is_slash) in [
            ("/a/websock/", true),
            ("http://host/a/websock/?x=1", true),
            ("/a/websock", false),
            ("/a/other/", false),
            ("https://host", false),
        ] {
            assert_eq!(
                redirect(to).leads_to_slash("/a/websock?token=1"),
                is_slash,
                "{to}"
            );
        }
    }

    #[test]
    fn a_login_is_known_by_its_address_and_not_by_the_sessions_own() {
        for (to, is_login) in [
            ("/login?next=/x", true),
            ("https://id.example/oauth2/start", true),
            ("/account/SignIn", true),
            ("/sso/vnc/websock/", false),
            ("/sso/other", true),
            ("/logins", false),
        ] {
            let path = "/sso/vnc/websock";
            assert_eq!(redirect(to).leads_to_login(path), is_login, "{to}");
        }
    }

    #[test]
    fn an_answer_is_told_without_secrets_and_in_one_line() {
        let words = redirect("/login?token=secret").words();
        assert_eq!(words, "308 to /login");
        let head = Head {
            status: 403,
            words: "Forbidden".into(),
            body: "no\u{1B}[31m\nmore".into(),
            ..Head::default()
        };
        assert_eq!(Answer::Http(head).words(), "403 Forbidden: no [31m");
        assert_eq!(
            Answer::Bytes(b"RFB 003.008\n".to_vec()).words(),
            "no HTTP: \"RFB 003.008\\n\""
        );
    }
}
