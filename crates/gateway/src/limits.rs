//! How many connections there may be.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::close::Close;

/// The most connections at a time; none for as many as there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// In all.
    pub connections: Option<usize>,
    /// Of one session.
    pub per_session: Option<usize>,
    /// Of one address.
    pub per_address: Option<usize>,
}

/// Those that there are.
#[derive(Debug, Default)]
pub(crate) struct Places {
    limits: Limits,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_session: HashMap<String, usize>,
    by_address: HashMap<IpAddr, usize>,
}

/// One connection's place, until it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    places: Arc<Places>,
    session: Option<String>,
    address: Option<IpAddr>,
}

impl Places {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            ..Self::default()
        }
    }

    /// Takes a place, or says why there is none. What is of no session, or of an address that is not known, counts in all.
    pub(crate) fn take(
        self: &Arc<Self>,
        session: Option<&str>,
        address: Option<IpAddr>,
    ) -> Result<Place, Close> {
        let address = address.map(household);
        let mut taken = self.taken();
        let of_session = session.and_then(|session| taken.by_session.get(session));
        let of_session = of_session.copied().unwrap_or_default();
        let of_address = address.and_then(|address| taken.by_address.get(&address));
        let of_address = of_address.copied().unwrap_or_default();
        for (what, now, most) in [
            ("the gateway", taken.all, self.limits.connections),
            ("this session", of_session, self.limits.per_session),
            ("your address", of_address, self.limits.per_address),
        ] {
            if let Some(most) = most.filter(|&most| now >= most) {
                let reason = format!("{what} has {now} connections, and may have {most} at a time");
                return Err(Close::new(Close::TOO_MANY, reason));
            }
        }
        taken.all += 1;
        let session = session.map(str::to_owned);
        if let Some(session) = session.clone() {
            *taken.by_session.entry(session).or_default() += 1;
        }
        if let Some(address) = address {
            *taken.by_address.entry(address).or_default() += 1;
        }
        Ok(Place {
            places: Arc::clone(self),
            session,
            address,
        })
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        taken.all -= 1;
        leave(&mut taken.by_session, self.session.as_ref());
        leave(&mut taken.by_address, self.address.as_ref());
    }
}

fn leave<K: Hash + Eq>(counts: &mut HashMap<K, usize>, key: Option<&K>) {
    if let Some(key) = key
        && let Some(count) = counts.get_mut(key)
    {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

/// An address as far as it is somebody's: of IPv6 everybody has a network of 64 bits.
fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let network = u128::from(address) & (u128::MAX << 64);
            IpAddr::V6(Ipv6Addr::from(network))
        }
        address => address,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn each_limit_is_for_itself_and_a_place_that_is_left_is_free() {
        let places = Arc::new(Places::new(Limits {
            connections: Some(4),
            per_session: Some(2),
            per_address: Some(3),
        }));
        let take = |session, address| places.take(Some(session), Some(address));
        let reason = |session, address| take(session, address).unwrap_err().to_string();
        let a = address("192.0.2.1");
        let first = take("one", a).unwrap();
        let _second = take("one", a).unwrap();
        assert_eq!(
            reason("one", a),
            "4503 this session has 2 connections, and may have 2 at a time"
        );
        let _third = take("two", a).unwrap();
        assert_eq!(
            reason("two", a),
            "4503 your address has 3 connections, and may have 3 at a time"
        );
        assert_eq!(
            reason("two", address("::ffff:192.0.2.1")),
            "4503 your address has 3 connections, and may have 3 at a time"
        );
        let _fourth = take("two", address("192.0.2.2")).unwrap();
        assert_eq!(
            reason("three", address("192.0.2.3")),
            "4503 the gateway has 4 connections, and may have 4 at a time"
        );
        drop(first);
        let _fifth = take("one", a).unwrap();
    }

    #[test]
    fn an_address_of_ipv6_stands_for_its_network() {
        let places = Arc::new(Places::new(Limits {
            per_address: Some(1),
            ..Limits::default()
        }));
        let take = |text| places.take(None, Some(address(text)));
        let _first = take("2001:db8:0:1::1").unwrap();
        assert!(take("2001:db8:0:1:2:3:4:5").is_err());
        assert!(take("2001:db8:0:2::1").is_ok());
    }

    #[test]
    fn what_is_nobodys_counts_in_all() {
        let places = Arc::new(Places::new(Limits {
            connections: Some(2),
            per_session: Some(1),
            per_address: Some(1),
        }));
        let _first = places.take(None, None).unwrap();
        let second = places.take(None, None).unwrap();
        assert!(places.take(None, None).is_err());
        drop(second);
        assert!(places.take(None, None).is_ok());
    }
}
