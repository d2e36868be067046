//! Text that comes without keys: from input methods, dead keys, and keyboards on the screen (Input Events Level 2; UI
//! Events, 3.8).

use xkeysym::key;

use super::action::{KeyAction, tap};
use super::{keysym, scancode, text};

/// What an input method is making.
#[derive(Debug, Default)]
pub(super) struct Composition {
    is_on: bool,
    /// Whether it is told as it grows.
    is_live: bool,
    /// Whether it begins with what is at the desktop already.
    takes_over: bool,
    /// What of it is at the desktop by now.
    told: String,
}

/// How an input method makes its text known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// What it composes is not what it looks like before it ends.
    AtTheEnd,
    /// A keyboard on the screen composes words, whose letters somebody wants to see at once.
    AsItGrows,
    /// The same, of a word that was there before: such a keyboard takes it up again to change it.
    FromAWordOnwards,
}

impl Composition {
    /// It begins. `replaced` is what it takes the place of, as an accented letter that macOS offers takes that of the key that
    /// is held for it.
    pub(super) fn start(&mut self, manner: Manner, replaced: &str) {
        *self = Self {
            is_on: true,
            is_live: manner != Manner::AtTheEnd,
            takes_over: manner == Manner::FromAWordOnwards,
            told: replaced.to_owned(),
        };
    }

    pub(super) fn is_on(&self) -> bool {
        self.is_on
    }

    /// It becomes this in the field: that was not there before.
    pub(super) fn write(&mut self, data: &str) -> Vec<KeyAction> {
        self.takes_over = false;
        self.update(data)
    }

    /// It is this by now.
    pub(super) fn update(&mut self, data: &str) -> Vec<KeyAction> {
        if std::mem::take(&mut self.takes_over) {
            data.clone_into(&mut self.told);
        }
        if self.is_live && !data.chars().any(is_made_of_others) {
            self.tell(data)
        } else {
            Vec::new()
        }
    }

    /// It has become this; nothing, where it was given up. What was told as it grew stays then, unless an update took it away:
    /// Chromium on Android has ended so what is left by a tap elsewhere.
    pub(super) fn end(&mut self, data: &str) -> Vec<KeyAction> {
        let stays = self.is_live && data.is_empty();
        let actions = if stays { Vec::new() } else { self.tell(data) };
        *self = Self::default();
        actions
    }

    /// Takes away at the desktop what is no more, and adds what is new.
    fn tell(&mut self, data: &str) -> Vec<KeyAction> {
        let same = self
            .told
            .chars()
            .zip(data.chars())
            .take_while(|(old, new)| old == new);
        let same: usize = same.map(|(old, _)| old.len_utf8()).sum();
        let (old, new) = (&self.told[same..], &data[same..]);
        let actions = text::erase(old.chars().count())
            .chain(text::strokes(new).flatten())
            .collect();
        data.clone_into(&mut self.told);
        actions
    }
}

/// Whether it is of a script whose characters are chosen or put together, so that what is shown first is taken back.
fn is_made_of_others(character: char) -> bool {
    matches!(character,
        '\u{1100}'..='\u{11FF}' // Hangul Jamo
        | '\u{2E80}'..='\u{9FFF}' // Kana, Bopomofo, Han
        | '\u{A960}'..='\u{A97F}' | '\u{AC00}'..='\u{D7FF}' // Hangul
        | '\u{F900}'..='\u{FAFF}' | '\u{FF66}'..='\u{FFDC}' | '\u{20000}'..='\u{3FFFF}')
}

/// What a change that the browser is about to make in its field, `InputEvent.inputType` with its `data`, is at the desktop.
/// What is composed and what is pasted have events of their own.
pub(super) fn edit(kind: &str, data: Option<&str>) -> Vec<KeyAction> {
    let named = |name: &str| {
        let keysym = keysym::of_key(name, 0).unwrap_or_default();
        tap(keysym, scancode::of_code(name)).to_vec()
    };
    let with_control = |name: &str| {
        let [down, up] = tap(key::Control_L, scancode::of_code("ControlLeft"));
        [vec![down], named(name), vec![up]].concat()
    };
    match kind {
        "insertText" | "insertReplacementText" | "insertFromYank" | "insertFromDrop" => {
            text::strokes(data.unwrap_or_default()).flatten().collect()
        }
        "insertLineBreak" | "insertParagraph" => named("Enter"),
        "deleteContentBackward" => named("Backspace"),
        "deleteContentForward" => named("Delete"),
        "deleteWordBackward" => with_control("Backspace"),
        "deleteWordForward" => with_control("Delete"),
        _ => Vec::new(),
    }
}
