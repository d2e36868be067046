//! A way between two programs that can be cut, as a network can.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

use crate::peer::{listener, serve};

/// Leads to an address of this machine.
#[derive(Debug)]
pub struct Gate {
    /// `127.0.0.1` and a port.
    pub address: String,
    way: Arc<Way>,
}

#[derive(Debug)]
struct Way {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    to: String,
    is_held: bool,
    is_shut: bool,
    /// Both ends of each connection so far.
    ends: Vec<TcpStream>,
}

impl Gate {
    /// An open one.
    pub fn to(address: &str) -> Self {
        let (listener, port) = listener();
        let way = Arc::new(Way {
            state: Mutex::new(State {
                to: address.to_owned(),
                is_held: false,
                is_shut: false,
                ends: Vec::new(),
            }),
            changed: Condvar::new(),
        });
        let served = Arc::clone(&way);
        serve(listener, move |stream| {
            // It ends when either side does.
            let _ = served.relay(stream);
        });
        Self {
            address: format!("127.0.0.1:{port}"),
            way,
        }
    }

    /// New connections lead there.
    pub fn lead_to(&self, address: &str) {
        self.change(|state| address.clone_into(&mut state.to));
    }

    /// Nothing comes through any more, in either direction, and nobody hears of it.
    pub fn hold(&self) {
        self.change(|state| state.is_held = true);
    }

    /// Ends all connections, and each new one at once.
    pub fn shut(&self) {
        self.change(|state| {
            state.is_shut = true;
            for end in state.ends.drain(..) {
                // It may have ended already.
                let _ = end.shutdown(Shutdown::Both);
            }
        });
    }

    /// All is well again; what was held goes on.
    pub fn open(&self) {
        self.change(|state| (state.is_held, state.is_shut) = (false, false));
    }

    fn change(&self, act: impl FnOnce(&mut State)) {
        act(&mut self.way.state.lock().unwrap());
        self.way.changed.notify_all();
    }
}

impl Way {
    fn relay(self: &Arc<Self>, near: TcpStream) -> std::io::Result<()> {
        let far = {
            let mut state = self.state.lock().unwrap();
            if state.is_shut {
                return Ok(());
            }
            let far = TcpStream::connect(&state.to)?;
            state.ends.extend([near.try_clone()?, far.try_clone()?]);
            far
        };
        for stream in [&near, &far] {
            stream.set_nodelay(true)?;
        }
        let (back, way) = ((far.try_clone()?, near.try_clone()?), Arc::clone(self));
        thread::spawn(move || way.carry(back));
        self.carry((near, far));
        Ok(())
    }

    fn carry(&self, (mut from, mut to): (TcpStream, TcpStream)) {
        let mut bytes = [0; 1 << 14];
        while let Ok(count @ 1..) = from.read(&mut bytes) {
            drop(
                self.changed
                    .wait_while(self.state.lock().unwrap(), |state| state.is_held)
                    .unwrap(),
            );
            if to.write_all(&bytes[..count]).is_err() {
                break;
            }
        }
        for stream in [from, to] {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}
