//! Sentences about clipboards.

use porthole_viewer::{Clipboard, ClipboardTrouble};

use super::dib;

/// Where a picture has nowhere to go.
pub(super) const NO_PICTURES: &str = "This desktop's clipboard takes no pictures.";

/// Where a picture may have been pasted: not every browser gives pages any.
pub(super) const NOTHING: &str = "Your browser has given the page nothing to paste.";

/// What there is besides the text.
pub(super) fn beside_text(content: &Clipboard, takes_pictures: bool) -> Option<String> {
    if let Some((width, height)) = content.dib.as_deref().and_then(dib::size) {
        let size = ["A picture of ", &width.to_string(), "×", &height.to_string(), "."].concat();
        return Some(match takes_pictures {
            true => size,
            false => [&size, " ", NO_PICTURES].concat(),
        });
    }
    let words = match (&content.html, &content.rtf) {
        (Some(_), Some(_)) => "Its formatting goes along: HTML, and RTF to the desktop.",
        (Some(_), None) => "Its formatting goes along: HTML.",
        (None, Some(_)) => "Its formatting goes along to the desktop: RTF.",
        (None, None) => return None,
    };
    Some(words.to_owned())
}

/// How far clipboards are kept in step.
pub(super) fn sharing(is_shared: bool, may_look: bool) -> &'static str {
    match (is_shared, may_look) {
        (false, _) => "Nothing goes from one to the other but by this panel.",
        (true, true) => {
            "What you copy on the desktop is in yours at once. Yours goes there when you come to the desktop."
        }
        (true, false) => {
            "What you copy on the desktop is in yours at once. Yours goes there when you paste: Ctrl+V."
        }
    }
}

/// Why something was not carried over.
pub(crate) fn words(trouble: &ClipboardTrouble) -> String {
    match trouble {
        ClipboardTrouble::TooLong { bytes } => [
            "What was copied on the desktop is too long to be taken: ",
            &amount(*bytes),
            ".",
        ]
        .concat(),
        ClipboardTrouble::Unreadable(reason) => unreadable(reason),
        ClipboardTrouble::NotSent { limit } => [
            "What you copied is too long to be sent: this desktop takes at most ",
            &amount(*limit),
            ".",
        ]
        .concat(),
        ClipboardTrouble::Reduced => {
            "This desktop may take Western European letters only. Question marks then stand for all others."
                .to_owned()
        }
    }
}

/// What of the desktop's clipboard makes no sense.
pub(super) fn unreadable(reason: &str) -> String {
    ["What was copied on the desktop cannot be read: ", reason, "."].concat()
}

/// So many bytes, for a person.
fn amount(bytes: u32) -> String {
    let (unit, name) = match bytes {
        1_000_000.. => (1_000_000, " MB"),
        10_000.. => (1_000, " KB"),
        _ => (1, " bytes"),
    };
    [&(bytes / unit).to_string(), name].concat()
}
