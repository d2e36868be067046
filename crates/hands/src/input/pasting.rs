//! Keys that wait for what is pasted: the desktop has to have it before it is told the keys that paste it.

use super::action::KeyAction;

/// What there is to wait for.
#[derive(Debug, Default)]
enum Waiting {
    #[default]
    Nothing,
    /// The browser's event: it may not come, where there is nothing to paste.
    Event,
    /// Whoever takes the content over.
    Content,
}

/// Where keys wait.
#[derive(Debug, Default)]
pub(super) struct Pasting {
    waiting: Waiting,
    kept: Vec<KeyAction>,
}

impl Pasting {
    /// These paste, once it is known what. Answers what may be told before.
    pub(super) fn hold(&mut self, actions: Vec<KeyAction>) -> Vec<KeyAction> {
        let before = self.pass(Vec::new());
        self.kept.extend(actions);
        if matches!(self.waiting, Waiting::Nothing) {
            self.waiting = Waiting::Event;
        }
        before
    }

    /// Something else happened. Answers what may be told now: nothing overtakes what waits for its content.
    pub(super) fn pass(&mut self, actions: Vec<KeyAction>) -> Vec<KeyAction> {
        match self.waiting {
            Waiting::Nothing => actions,
            Waiting::Event => {
                self.kept.extend(actions);
                self.go_on()
            }
            Waiting::Content => {
                self.kept.extend(actions);
                Vec::new()
            }
        }
    }

    /// The browser's event has come, and somebody takes its content over.
    pub(super) fn pasted(&mut self) {
        self.waiting = Waiting::Content;
    }

    /// The content is over there. Answers what has waited for it.
    pub(super) fn go_on(&mut self) -> Vec<KeyAction> {
        self.waiting = Waiting::Nothing;
        std::mem::take(&mut self.kept)
    }
}
