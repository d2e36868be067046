//! xev: what keys are to a program on a desktop.

use std::sync::{Arc, Mutex};

use xkeysym::Keysym;

use super::Display;
use crate::process::Process;
use crate::wait::{LONG, until};

/// xev, in front of all else on a display and with its keyboard.
#[derive(Debug)]
pub struct Xev {
    heard: Arc<Mutex<Vec<(u32, bool)>>>,
    _process: Process,
}

impl Xev {
    pub fn on(display: &Display) -> Self {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (hearing, mut down) = (heard.clone(), None);
        let mut process = Process::start(
            display
                .command("stdbuf")
                .args(["-oL", "xev", "-event", "keyboard"]),
        );
        let window = process.first(move |line| {
            let named = |name| line.starts_with(name).then_some(name == "KeyPress");
            down = named("KeyPress").or(named("KeyRelease")).or(down);
            if let Some((_, rest)) = line.split_once("(keysym 0x")
                && let Some((keysym, _)) = rest.split_once(',')
                && let Some(down) = down.take()
            {
                let keysym = u32::from_str_radix(keysym, 16).unwrap();
                hearing.lock().unwrap().push((keysym, down));
            }
            let (number, _) = line.strip_prefix("Outer window is 0x")?.split_once(',')?;
            u32::from_str_radix(number, 16).ok()
        });
        // It says so before it is shown, when the uppermost window is another's.
        display.focus(window);
        let xev = Self {
            heard,
            _process: process,
        };
        // X's library reads the layout for the first key, and only then asks to be told of changes to it: one between the two
        // passes it by. So it is sent two, which the server's keyboard knows nothing of.
        for count in 1..=2 {
            display.send_key(window);
            until("xev listens", LONG, || {
                if xev.heard().len() == count {
                    Ok(())
                } else {
                    Err(format!("{:x?}", xev.heard()))
                }
            });
        }
        xev.forget();
        xev
    }

    /// All keys since it was asked to forget: the keysym, and whether it went down.
    pub fn heard(&self) -> Vec<(u32, bool)> {
        self.heard.lock().unwrap().clone()
    }

    pub fn forget(&self) {
        self.heard.lock().unwrap().clear();
    }

    /// Waits until what was written is this: characters as they are, other keys as `<Henkan>`, by X's names, modifiers left
    /// out. And then all keys are up.
    pub fn reads(&self, what: &str, text: &str) {
        until(what, LONG, || {
            let heard = self.heard();
            let pressed = heard
                .iter()
                .filter(|(keysym, down)| *down && !is_modifier(*keysym));
            let written: String = pressed.map(|(keysym, _)| name(*keysym)).collect();
            let held: i32 = heard.iter().map(|(_, down)| if *down { 1 } else { -1 }).sum();
            if written == text && held == 0 {
                Ok(())
            } else {
                Err(format!("expected {text:?}, got {written:?} in {heard:x?}"))
            }
        });
    }
}

fn is_modifier(keysym: u32) -> bool {
    matches!(keysym, 0xFFE1..=0xFFEE | 0xFE03 | 0xFF7E)
}

fn name(keysym: u32) -> String {
    let keysym = Keysym::new(keysym);
    match (keysym.key_char(), keysym.name()) {
        (Some(character), _) if !character.is_control() => character.into(),
        (_, Some(name)) => format!("<{}>", name.trim_start_matches("XK_")),
        (_, None) => format!("<{:x}>", keysym.raw()),
    }
}
