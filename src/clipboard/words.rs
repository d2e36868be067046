//! Sentences about clipboards.

use porthole_viewer::{Clipboard, ClipboardTrouble};

/// What there is besides the text.
pub(super) fn formatting(content: &Clipboard) -> Option<&'static str> {
    Some(match (&content.html, &content.rtf) {
        (Some(_), Some(_)) => "Its formatting goes along: HTML, and RTF to the desktop.",
        (Some(_), None) => "Its formatting goes along: HTML.",
        (None, Some(_)) => "Its formatting goes along to the desktop: RTF.",
        (None, None) => return None,
    })
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
        ClipboardTrouble::Unreadable(reason) => {
            ["What was copied on the desktop cannot be read: ", reason, "."].concat()
        }
        ClipboardTrouble::NotSent { limit } => [
            "The text is too long to be sent: this desktop takes at most ",
            &amount(*limit),
            ".",
        ]
        .concat(),
        ClipboardTrouble::Reduced => {
            "This desktop takes Western European letters only: question marks were sent for all others."
                .to_owned()
        }
    }
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
