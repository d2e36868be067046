//! Which of the two clipboards has what the other has not.
//!
//! Nobody tells when a clipboard changes on this computer. So what is found there is compared with what was there before,
//! and with what the desktop has.

use std::hash::{DefaultHasher, Hash, Hasher};

use porthole_viewer::Clipboard;

/// What is known of the desktop's clipboard and of this computer's.
#[derive(Debug, Default)]
pub(super) struct Exchange {
    /// What the desktop's holds.
    there: Option<Print>,
    /// What this computer's was last seen to hold.
    here: Option<Print>,
    /// What was copied on the desktop and is to come here as soon as the browser lets it.
    waiting: Option<Clipboard>,
}

impl Exchange {
    /// Something was copied on the desktop.
    pub(super) fn copied_there(&mut self, content: &Clipboard) {
        let print = Print::of(content);
        self.there = Some(print);
        let is_wanted = !is_empty(content) && self.here != Some(print);
        self.waiting = is_wanted.then(|| content.clone());
    }

    /// What is to come here.
    pub(super) fn waiting(&self) -> Option<&Clipboard> {
        self.waiting.as_ref()
    }

    /// This was put into this computer's clipboard.
    pub(super) fn put_here(&mut self, content: &Clipboard) {
        self.here = Some(Print::of(content));
        // Meanwhile something else may have come to wait.
        self.waiting.take_if(|waiting| waiting == content);
    }

    /// This computer's clipboard may have changed, or change at any time: what waited would replace what is newer.
    pub(super) fn give_up(&mut self) {
        self.waiting = None;
    }

    /// This was found in this computer's clipboard. Returns whether it is newer than what the desktop has.
    pub(super) fn found_here(&mut self, content: &Clipboard) -> bool {
        let print = Some(Print::of(content));
        let before = std::mem::replace(&mut self.here, print);
        // What waits to come here is newer than what is here.
        !is_empty(content) && self.waiting.is_none() && print != before && print != self.there
    }

    /// The desktop was given this.
    pub(super) fn sent(&mut self, content: &Clipboard) {
        self.there = Some(Print::of(content));
        self.waiting = None;
    }
}

/// Whether there is nothing in it.
pub(super) fn is_empty(content: &Clipboard) -> bool {
    content.text.as_ref().is_none_or(String::is_empty)
        && content.html.is_none()
        && content.rtf.is_none()
        && content.dib.is_none()
}

/// What tells one content from another. Browsers write HTML in their own words and lose RTF, so that where there is a text,
/// it alone counts; and the ends of its lines are the system's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Print(u64);

impl Print {
    fn of(content: &Clipboard) -> Self {
        let mut hasher = DefaultHasher::new();
        match &content.text {
            Some(text) if !text.is_empty() => {
                for piece in text.split('\r') {
                    hasher.write(piece.as_bytes());
                }
            }
            _ => (&content.html, &content.rtf, &content.dib).hash(&mut hasher),
        }
        Self(hasher.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::super::plain;
    use super::*;

    fn text(text: &str) -> Clipboard {
        plain(text.to_owned())
    }

    fn picture(bytes: &[u8]) -> Clipboard {
        Clipboard {
            dib: Some(bytes.to_vec()),
            ..Clipboard::default()
        }
    }

    #[test]
    fn what_is_found_here_is_news_once() {
        let mut exchange = Exchange::default();
        assert!(exchange.found_here(&text("a")));
        exchange.sent(&text("a"));
        assert!(!exchange.found_here(&text("a")));
        assert!(exchange.found_here(&picture(b"a")));
        assert!(!exchange.found_here(&picture(b"a")));
        assert!(!exchange.found_here(&Clipboard::default()));
        assert!(exchange.found_here(&text("a b")));
    }

    #[test]
    fn what_came_from_the_desktop_is_no_news_for_it() {
        let mut exchange = Exchange::default();
        exchange.copied_there(&text("two\nlines"));
        assert_eq!(exchange.waiting(), Some(&text("two\nlines")));
        exchange.put_here(&text("two\nlines"));
        assert_eq!(exchange.waiting(), None);
        // As Windows has it, and with what the browser makes of it.
        let again = Clipboard {
            html: Some("<p>two<p>lines".to_owned()),
            ..text("two\r\nlines")
        };
        assert!(!exchange.found_here(&again));
        // The desktop copies the same again: it is here already.
        exchange.copied_there(&text("two\nlines"));
        assert_eq!(exchange.waiting(), None);
    }

    #[test]
    fn what_has_not_changed_here_does_not_replace_what_was_copied_there_since() {
        let mut exchange = Exchange::default();
        assert!(exchange.found_here(&text("old")));
        exchange.sent(&text("old"));
        exchange.copied_there(&text("new"));
        // The browser has not let it come here, and then the page was left.
        exchange.give_up();
        assert_eq!(exchange.waiting(), None);
        assert!(!exchange.found_here(&text("old")));
        assert!(exchange.found_here(&text("newer")));
    }

    #[test]
    fn what_waits_to_come_here_is_newer_than_whatever_is_here() {
        let mut exchange = Exchange::default();
        exchange.copied_there(&text("new"));
        assert!(!exchange.found_here(&text("never seen before")));
        exchange.put_here(&text("new"));
        assert!(exchange.found_here(&text("copied again")));
    }

    #[test]
    fn the_last_that_was_copied_is_what_waits() {
        let mut exchange = Exchange::default();
        exchange.copied_there(&text("a"));
        exchange.copied_there(&text("b"));
        exchange.put_here(&text("a"));
        assert_eq!(exchange.waiting(), Some(&text("b")));
        exchange.sent(&text("c"));
        assert_eq!(exchange.waiting(), None);
    }

    #[test]
    fn an_empty_clipboard_does_not_empty_the_other() {
        let mut exchange = Exchange::default();
        exchange.copied_there(&text(""));
        assert_eq!(exchange.waiting(), None);
        assert!(!exchange.found_here(&text("")));
    }
}
