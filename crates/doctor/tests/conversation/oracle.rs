//! What must hold for any bytes that a server says to the doctor. The fuzz target and the plain tests share it.

use porthole_doctor::{Conversation, End, Seen, Spoken, Verdict};

/// Lengths of the pieces in which bytes are fed.
const LENGTHS: [usize; 6] = [1, 2, 3, 7, 61, 1021];

/// Version, security type, the answer to a challenge, `ClientInit` and a request: nothing else is ever said.
const MOST_SENT: usize = 12 + 1 + 16 + 1 + 10;

/// No VNC server's name, reason or greeting is shown at a greater length: what a report shows of others' words, and its own.
const LONGEST_LINE: usize = 2048;

/// What comes of a conversation.
#[derive(Debug, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) spoken: Spoken,
    /// What the server heard.
    pub(crate) sent: Vec<u8>,
}

/// Who speaks, and how it ends: an input's first byte.
#[derive(Debug, Clone, Copy)]
struct Settings(u8);

impl Settings {
    fn conversation(self) -> Conversation {
        match self.0 % 3 {
            0 => Conversation::new(),
            1 => Conversation::with_password(|challenge| challenge.map(|byte| !byte)),
            _ => Conversation::after_login(),
        }
    }

    fn is_after_login(self) -> bool {
        self.0 % 3 == 2
    }

    /// The reason is the server's, too.
    fn end(self, said: &[u8]) -> End {
        match self.0 / 3 % 5 {
            0 => End::Gone,
            1 => End::Silent,
            2 => End::Text,
            3 => End::Compressed,
            _ => End::Closed {
                code: 4000 + u16::from(self.0),
                reason: String::from_utf8_lossy(&said[..said.len().min(123)]).into_owned(),
            },
        }
    }

    fn outcome(self, said: &[u8], length: usize) -> Outcome {
        let mut conversation = self.conversation();
        let mut sent = conversation.poll_transmit();
        for piece in said.chunks(length.max(1)) {
            let was_over = conversation.is_over();
            conversation.handle_input(piece);
            let more = conversation.poll_transmit();
            assert!(!was_over || more.is_empty(), "it goes on when it is over");
            sent.extend(more);
        }
        conversation.handle_end(self.end(said));
        assert!(conversation.is_over(), "it goes on behind its end");
        Outcome {
            spoken: conversation.into_spoken(),
            sent,
        }
    }
}

/// The oracle: the bytes whole and in pieces give the same, little is said, and of every conversation there is something to
/// be told.
pub(crate) fn check(input: &[u8]) {
    let Some((settings, said)) = input.split_first() else {
        return;
    };
    let settings = Settings(*settings);
    let whole = settings.outcome(said, said.len());
    check_sent(settings, &whole);
    check_report(&whole.spoken);
    for length in LENGTHS {
        if length < said.len() {
            let mut sliced = settings.outcome(said, length);
            // What is no greeting is over at once: how much of it is there depends on how it comes.
            if let (Some(End::NotRfb(all)), Some(End::NotRfb(some))) =
                (&whole.spoken.end, &mut sliced.spoken.end)
            {
                assert!(!some.is_empty() && all.starts_with(some), "{some:?} of {all:?}");
                some.clone_from(all);
            }
            assert_eq!(whole, sliced, "fed by {length}");
        }
    }
}

/// What comes of an input, whole.
pub(crate) fn outcome(input: &[u8]) -> Outcome {
    let (settings, said) = input.split_first().unwrap_or((&0, &[]));
    Settings(*settings).outcome(said, said.len())
}

fn check_sent(settings: Settings, Outcome { spoken, sent }: &Outcome) {
    assert!(sent.len() <= MOST_SENT, "{} bytes were said", sent.len());
    if spoken.wants_login {
        // Servers count who chooses a login and leaves.
        assert_eq!(sent.len(), 12, "a login was begun that nobody has");
    }
    if settings.is_after_login() {
        assert_eq!(sent.first(), Some(&1));
    } else {
        assert_eq!(sent.is_empty(), spoken.greeting.is_none());
    }
}

fn check_report(spoken: &Spoken) {
    assert!(!spoken.has_picture || spoken.desktop.is_some());
    assert!(spoken.desktop.is_none() || spoken.is_logged_in);
    let report = Seen {
        spoken: spoken.clone(),
        ..Seen::default()
    }
    .report();
    let is_through = spoken.end.is_none();
    assert_eq!(is_through, spoken.has_picture || spoken.wants_login, "{spoken:?}");
    assert_eq!(report.is_sound(), is_through, "{report}");
    assert_eq!(
        report.lines.iter().any(|line| line.verdict == Verdict::Broken),
        !is_through,
        "{report}"
    );
    for line in &report.lines {
        assert!(
            !line.seen.is_empty() && line.seen.len() <= LONGEST_LINE,
            "{}",
            line.seen
        );
        assert!(
            !line.seen.contains(char::is_control),
            "{:?} makes something else of a line",
            line.seen
        );
    }
}
