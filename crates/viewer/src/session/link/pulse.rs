//! Whether the other end is still there when nothing comes from it: a still desktop and a broken way look alike.
//!
//! After a while of silence the server is asked for something that it has to answer: a fence, or one pixel where it knows no
//! fences.

use porthole_rfb::{Phase, Rect};

use super::patience::seconds;
use super::{End, Link};
use crate::Event;

/// So long nothing is heard before it is asked, in milliseconds.
pub(super) const QUIET: f64 = 15_000.0;
/// The person is told when the answer has not come after so long.
pub(super) const WORRYING: f64 = 5_000.0;
/// And it is over after so long.
pub(super) const LOST: f64 = 30_000.0;
/// Who is so much too late to look has been asleep, as the page of a laptop that was closed: what came meanwhile has not
/// been looked at yet.
const ASLEEP: f64 = 2_000.0;
/// The payload of fences that ask. It is no time, as that of others.
const ASKING: [u8; 8] = [0xFE; 8];

/// What was asked.
#[derive(Debug, Default)]
pub(super) struct Pulse {
    /// When it was asked, while there is no answer.
    asked: Option<f64>,
    has_told: bool,
    /// It has answered before. One that never does is no reason to end anything, as there may be servers that send no
    /// pixel twice.
    answers: bool,
}

impl Pulse {
    /// Something came.
    pub(super) fn felt(&mut self) {
        self.answers |= self.asked.take().is_some();
        self.has_told = false;
    }
}

impl Link {
    /// When to look whether anything came.
    pub(super) fn pulse_due(&self) -> Option<f64> {
        if self.client.phase() != Phase::Running {
            return None;
        }
        match self.pulse.asked {
            None => Some(self.heard + QUIET),
            Some(asked) if !self.pulse.has_told => Some(asked + WORRYING),
            Some(asked) => (self.client.can_fence() || self.pulse.answers).then_some(asked + LOST),
        }
    }

    /// Asks, or says that nobody has answered, or ends it.
    pub(super) fn feel_pulse(&mut self, now: f64) {
        let Some(due) = self.pulse_due().filter(|due| *due <= now) else {
            return;
        };
        if self.pulse.asked.is_none() || now - due > ASLEEP {
            self.pulse.asked = Some(now);
            self.pulse.has_told = false;
            if self.client.can_fence() {
                self.client.send_fence(ASKING);
            } else {
                self.client.refresh_part(Rect::new(0, 0, 1, 1));
            }
            return;
        }
        let silence = seconds(now - self.heard);
        if self.pulse.has_told {
            self.end = Some(End::Silent(silence));
        } else {
            self.pulse.has_told = true;
            self.tell(Event::Notice(format!(
                "The desktop has not answered for {silence} seconds."
            )));
        }
    }
}
