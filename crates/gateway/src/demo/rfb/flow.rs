//! When a client may be sent an update: its requests, continuous updates, and fences against flooding it.

use crate::demo::geometry::{Rect, Region};

/// Updates on their way that the client has not confirmed by a fence yet.
const MAX_UNCONFIRMED: u64 = 2;

/// What the client has asked to see and how far it has got.
#[derive(Debug, Default)]
pub(crate) struct Flow {
    requested: Option<Rect>,
    continuous: Option<Rect>,
    /// The client answers fences, so that it can say how far it has got.
    fences: bool,
    sent: u64,
    confirmed: u64,
}

impl Flow {
    pub(crate) fn use_fences(&mut self) {
        self.fences = true;
    }

    /// A FramebufferUpdateRequest. Under continuous updates only one that is not incremental says anything.
    pub(crate) fn request(&mut self, incremental: bool, area: Rect) {
        if !incremental || self.continuous.is_none() {
            self.requested = Some(self.requested.map_or(area, |earlier| earlier.union(area)));
        }
    }

    pub(crate) fn set_continuous(&mut self, area: Option<Rect>) {
        self.continuous = area;
    }

    pub(crate) fn is_continuous(&self) -> bool {
        self.continuous.is_some()
    }

    /// After a resize continuous updates are of the whole new desktop.
    pub(crate) fn resized(&mut self, whole: Rect) {
        self.continuous = self.continuous.map(|_| whole);
    }

    /// Where the client can take an update now.
    pub(crate) fn area(&self) -> Option<Rect> {
        let continuous = self
            .continuous
            .filter(|_| !self.fences || self.sent - self.confirmed < MAX_UNCONFIRMED);
        match (self.requested, continuous) {
            (Some(requested), Some(continuous)) => Some(requested.union(continuous)),
            (requested, continuous) => requested.or(continuous),
        }
    }

    /// The part of `damage` that can be sent now.
    pub(crate) fn sendable(&self, damage: &Region) -> Region {
        self.area().map(|area| damage.within(area)).unwrap_or_default()
    }

    /// An update has been sent; gives the payload of the fence that should follow it.
    pub(crate) fn update_sent(&mut self) -> Option<[u8; 8]> {
        self.requested = None;
        (self.fences && self.continuous.is_some()).then(|| {
            self.sent += 1;
            self.sent.to_be_bytes()
        })
    }

    /// The client has answered a fence of ours.
    pub(crate) fn confirm(&mut self, payload: &[u8]) {
        if let Ok(number) = payload.try_into().map(u64::from_be_bytes) {
            self.confirmed = self.confirmed.max(number.min(self.sent));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: Rect = Rect::new(0, 0, 100, 100);

    #[test]
    fn a_request_allows_one_update() {
        let mut flow = Flow::default();
        assert_eq!(flow.area(), None);
        flow.request(true, WHOLE);
        assert_eq!(flow.area(), Some(WHOLE));
        assert_eq!(flow.update_sent(), None);
        assert_eq!(flow.area(), None);
    }

    #[test]
    fn continuous_updates_wait_for_the_fence_of_the_one_before_last() {
        let mut flow = Flow::default();
        flow.use_fences();
        flow.set_continuous(Some(WHOLE));
        let first = flow.update_sent();
        assert!(flow.area().is_some());
        flow.update_sent();
        assert_eq!(flow.area(), None);
        flow.confirm(&first.unwrap_or_default());
        assert_eq!(flow.area(), Some(WHOLE));
        flow.confirm(&u64::MAX.to_be_bytes());
        assert_eq!(flow.area(), Some(WHOLE));
    }
}
