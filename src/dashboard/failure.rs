//! What keeps the gateway from doing what was asked of it, in words, with what to do.

/// Why something did not come to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// What has happened.
    pub(crate) words: String,
    /// What to do about it.
    pub(crate) advice: &'static str,
    /// Whether what was asked for is not there, and will not be.
    pub(crate) is_gone: bool,
}

/// The most letters of an answer that are shown.
const LONGEST: usize = 500;

impl Failure {
    fn new(words: impl Into<String>, advice: &'static str) -> Self {
        Self {
            words: words.into(),
            advice,
            is_gone: false,
        }
    }

    /// There was no answer.
    pub(crate) fn unreachable() -> Self {
        Self::new(
            "The gateway cannot be reached, or does not answer.",
            "Check the network. The gateway may be down.",
        )
    }

    /// The answer makes no sense.
    pub(crate) fn garbled() -> Self {
        Self::new(
            "The gateway's answer is not what it should be.",
            "Something else may answer in its place, such as a page to log in at. Reload this page.",
        )
    }

    /// The answer had this status, and perhaps words of the gateway's. A redirection has 0.
    pub(crate) fn answered(status: u16, said: &str) -> Self {
        let otherwise = match status {
            0 => "The server leads somewhere else than to the gateway.".to_owned(),
            401 => "The server wants a login.".to_owned(),
            403 => "The server forbids it.".to_owned(),
            502..=504 => format!("The gateway cannot be reached: a proxy answered {status}."),
            _ => format!("The gateway answered {status}."),
        };
        let advice = match status {
            0 | 401 => "Sign in again, then reload this page.",
            403 => "Your login may have expired, or may not be enough for this.",
            404 | 410 => "It may have ended by itself.",
            429 => "End a session that is not needed, or try again later.",
            501 => "Whoever runs the gateway has to add a provider to its configuration.",
            409 => "",
            _ => "Try again in a moment. The gateway's log may say more.",
        };
        let said: String = said.trim().chars().take(LONGEST).collect();
        Self {
            is_gone: matches!(status, 404 | 410),
            ..Self::new(
                if said.is_empty() {
                    otherwise
                } else {
                    sentence(&said)
                },
                advice,
            )
        }
    }
}

/// Words as a sentence of their own.
pub(crate) fn sentence(words: &str) -> String {
    let mut letters = words.trim_end_matches('.').chars();
    let first: String = letters
        .next()
        .map(char::to_uppercase)
        .into_iter()
        .flatten()
        .collect();
    format!("{first}{}.", letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gateways_words_are_shown_and_others_stand_in_where_it_has_none() {
        let full = Failure::answered(429, "the provider \"p\" has 8 desktops, and may have no more\n");
        assert_eq!(
            full.words,
            "The provider \"p\" has 8 desktops, and may have no more."
        );
        assert!(full.advice.contains("End a session"));
        for status in [0, 400, 401, 403, 404, 409, 410, 429, 500, 501, 502, 504] {
            let failure = Failure::answered(status, "");
            assert!(failure.words.ends_with('.'), "{failure:?}");
            assert_eq!(failure.is_gone, matches!(status, 404 | 410));
        }
        assert!(Failure::answered(500, &"ü".repeat(5000)).words.len() < 1100);
    }

    #[test]
    fn words_become_a_sentence_once() {
        assert_eq!(sentence("it ended"), "It ended.");
        assert_eq!(sentence("It ended."), "It ended.");
        assert_eq!(sentence("überall"), "Überall.");
    }
}
