//! What must hold for any bytes that a viewer says. The fuzz target and the plain tests share it.

use bytes::Bytes;

use super::held::Held;
use super::view_only::ViewOnly;

/// Lengths of the pieces in which bytes come.
const LENGTHS: [usize; 5] = [1, 2, 3, 7, 61];

/// A release of each key that may be held, and of the buttons.
const MOST_RELEASED: usize = 64 * 12 + 6;

/// What the server is, and which version the viewer answers with: an input's first byte.
#[derive(Debug, Clone, Copy)]
struct Settings(u8);

impl Settings {
    fn version(self) -> &'static [u8; 12] {
        [b"RFB 003.003\n", b"RFB 003.007\n", b"RFB 003.008\n"][usize::from(self.0 % 3)]
    }

    /// The security types that are offered, or the one that RFB 3.3's server chooses.
    fn security(self) -> Vec<u8> {
        match self.0 % 3 {
            0 => vec![0, 0, 0, 1 + self.0 / 3 % 2],
            // Tight and Apple's, which depend on what the server says, and those that do not.
            _ => vec![9, 16, 30, 1, 2, 19, 6, 22, 113, 130],
        }
    }

    /// What the server says when one of the former is chosen.
    fn after_choice(self) -> Vec<u8> {
        let list = |count: u8| [&[0, 0, 0, count][..], &vec![9; 16 * usize::from(count)]].concat();
        match self.0 / 6 % 3 {
            0 => vec![],
            1 => [list(self.0 / 18 % 2), list(self.0 / 36 % 2)].concat(),
            _ => vec![0, 2, 0, 64],
        }
    }
}

/// What comes of a viewer's bytes.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    /// What reaches the desktop of one that may only look, behind the version.
    passed: Vec<u8>,
    /// What such a one did wrong, by which it is over.
    error: Option<String>,
    /// What releases all that one holds who may do more.
    released: Vec<u8>,
}

fn outcome(settings: Settings, said: &[u8], length: usize) -> Outcome {
    let mut guard = ViewOnly::default();
    let mut held = Held::default();
    let greeted = guard.handle_server(Bytes::from_static(b"RFB 003.008\n"));
    assert_eq!(greeted.as_deref(), Ok(&b"RFB 003.008\n"[..]));
    assert_eq!(
        guard.handle_client(settings.version()).as_deref(),
        Ok(&settings.version()[..])
    );
    let offered = guard.handle_server(settings.security().into());
    assert!(offered.is_ok_and(|offered| !offered.contains(&16) && !offered.contains(&30)));
    held.hear_server(b"RFB 003.008\n");
    held.hear(settings.version());
    held.hear_server(&settings.security());
    held.hear_server(&settings.after_choice());
    said.chunks(length.max(1)).for_each(|piece| held.hear(piece));
    let (mut passed, mut error) = (Vec::new(), None);
    for piece in said.chunks(length.max(1)) {
        match guard.handle_client(piece) {
            Ok(more) => passed.extend_from_slice(&more),
            Err(why) => {
                error = Some(why);
                break;
            }
        }
    }
    Outcome {
        passed,
        error,
        released: held.release().to_vec(),
    }
}

/// The oracle: the bytes whole and in pieces give the same, who may only look can do nothing but look, and who is gone
/// releases, and does nothing else.
pub(crate) fn check(input: &[u8]) {
    let Some((settings, said)) = input.split_first() else {
        return;
    };
    let settings = Settings(*settings);
    let whole = outcome(settings, said, said.len());
    check_passed(settings, &whole.passed);
    check_released(&whole.released);
    for length in LENGTHS {
        if length < said.len() {
            let mut sliced = outcome(settings, said, length);
            check_passed(settings, &sliced.passed);
            if whole.error.is_some() {
                // What has come together with what is wrong is not passed on any more.
                assert!(sliced.passed.starts_with(&whole.passed), "fed by {length}");
                sliced.passed.clone_from(&whole.passed);
            }
            assert_eq!(whole, sliced, "fed by {length}");
        }
    }
}

/// What is there to be taken apart.
struct Bytewise<'a>(&'a [u8]);

impl<'a> Bytewise<'a> {
    /// The next so many; none where there are not as many.
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self, bytes: usize) -> Option<usize> {
        let taken = self.take(bytes)?;
        Some(
            taken
                .iter()
                .fold(0, |number, byte| number << 8 | usize::from(*byte)),
        )
    }
}

/// A login is whole or at its end, and behind it are whole messages that ask for pixels and sound.
fn check_passed(settings: Settings, passed: &[u8]) {
    let mut bytes = Bytewise(passed);
    if check_login(settings, &mut bytes).is_none() {
        return;
    }
    while let Some(kind) = bytes.number(1) {
        let rest = match kind {
            0 => bytes.take(19),
            2 => {
                let count = bytes.take(1).and_then(|_| bytes.number(2));
                let list = count.and_then(|count| bytes.take(4 * count));
                // It would make of a message what cannot be followed.
                let extends_buttons = |number: &[u8]| number == (-316_i32).to_be_bytes();
                let mut numbers = list.unwrap_or_default().chunks_exact(4);
                assert!(!numbers.any(extends_buttons), "{passed:?}");
                list
            }
            3 | 150 => bytes.take(9),
            248 => {
                let length = bytes.take(7).and_then(|_| bytes.number(1));
                length.and_then(|length| bytes.take(length))
            }
            255 => {
                assert_eq!(bytes.number(1), Some(1), "{passed:?}");
                match bytes.number(2) {
                    Some(0 | 1) => Some(&[][..]),
                    Some(2) => bytes.take(6),
                    _ => None,
                }
            }
            kind => panic!("message {kind} reaches the desktop: {passed:?}"),
        };
        assert!(rest.is_some(), "a message in part: {passed:?}");
    }
}

/// None where it is not over.
fn check_login(settings: Settings, bytes: &mut Bytewise<'_>) -> Option<()> {
    let login = match settings.security()[..] {
        [0, 0, 0, chosen] => usize::from(chosen),
        _ => bytes.number(1)?,
    };
    match login {
        1 => {}
        2 => drop(bytes.take(16)?),
        19 => {
            bytes.take(2)?;
            match bytes.number(4)? {
                1 => return check_init(bytes),
                2 => {
                    bytes.take(16)?;
                    return check_init(bytes);
                }
                subtype => assert_eq!(subtype, 256),
            }
            let (name, password) = (bytes.number(4)?, bytes.number(4)?);
            bytes.take(name + password)?;
        }
        6 | 130 => {
            let bits = bytes.number(4)?;
            bytes.take(2 * bits.div_ceil(8))?;
            for behind in [0, 16, 16] {
                let length = bytes.number(2)?;
                bytes.take(length + behind)?;
            }
        }
        22 => {
            let names = bytes.number(1)? + bytes.number(1)?;
            bytes.take(names + 16)?;
        }
        113 => drop(bytes.take(8 + 256 + 64)?),
        other => panic!("a login of type {other} was not offered"),
    }
    check_init(bytes)
}

/// Nobody else is thrown out.
fn check_init(bytes: &mut Bytewise<'_>) -> Option<()> {
    assert_eq!(bytes.number(1)?, 1);
    Some(())
}

fn check_released(released: &[u8]) {
    assert!(released.len() <= MOST_RELEASED, "{} bytes", released.len());
    let mut bytes = Bytewise(released);
    while let Some(kind) = bytes.number(1) {
        let is_release = match kind {
            4 => bytes.take(7).is_some_and(|rest| rest[0] == 0),
            5 => bytes.take(5).is_some_and(|rest| rest[0] == 0),
            255 => bytes.take(11).is_some_and(|rest| rest[..3] == [0, 0, 0]),
            _ => false,
        };
        assert!(is_release, "{released:?}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bridge::corpus;

    /// RFB 3.8, and 3.3 with either login.
    const NEW: u8 = 2;
    const OLD: u8 = 0;
    const OLD_WITH_PASSWORD: u8 = 3;
    /// RFB 3.8 where Tight has no lists and where it has both, and with a key of Apple's.
    const BARE_TIGHT: u8 = 8;
    const TIGHT: u8 = 62;
    const DIFFIE_HELLMAN: u8 = 14;

    fn seeds() -> Vec<(&'static str, Vec<u8>)> {
        let seed = |settings: u8, parts: &[&[u8]]| [&[settings][..], &parts.concat()].concat();
        let none: &[u8] = &[1, 0];
        let looks: &[u8] = &[
            2, 0, 0, 2, 0, 0, 0, 7, 0xff, 0xff, 0xfe, 0xc4, 3, 1, 0, 0, 0, 0, 4, 0, 3, 0, 248, 0, 0, 0, 0, 0,
            0, 0, 2, 1, 2,
        ];
        let acts: &[u8] = &[
            4, 1, 0, 0, 0, 0, 0, 0x61, 5, 1, 0, 1, 0, 2, 255, 0, 0, 1, 0, 0, 0, 0x42, 0, 0, 0, 0x30, 6, 0, 0,
            0, 0, 0, 0, 2, 4, 5, 251, 0, 4, 0, 3, 0, 0, 0, 250, 0, 1, 2, 253, 0x81, 0, 1, 4,
        ];
        let listens: &[u8] = &[255, 1, 0, 2, 3, 2, 0, 0, 0xac, 0x44, 255, 1, 0, 0];
        let pixels: &[u8] = &[
            0, 0, 0, 0, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 0, 8, 16, 0, 0, 0,
        ];
        let plain: &[u8] = b"\x13\0\x02\0\0\x01\0\0\0\0\x01\0\0\0\x02mpw\x01";
        vec![
            ("looks", seed(NEW, &[none, pixels, looks, listens])),
            ("acts", seed(NEW, &[none, acts])),
            ("looks-and-acts", seed(NEW, &[none, acts, looks, acts])),
            ("by-password", seed(NEW, &[&[2], &[9; 16], &[1], acts])),
            ("by-plain", seed(NEW, &[plain, looks, acts])),
            ("old", seed(OLD, &[&[0], acts])),
            (
                "old-by-password",
                seed(OLD_WITH_PASSWORD, &[&[9; 16], &[1], looks]),
            ),
            (
                "by-ra2ne",
                seed(
                    NEW,
                    &[
                        b"\x06\0\0\0\x10keys\0\x01r\0\x01h",
                        &[9; 16],
                        b"\0\x02up",
                        &[9; 16],
                        &[1],
                        acts,
                    ],
                ),
            ),
            ("by-xvp", seed(NEW, &[b"\x16\x01\x02mvm", &[9; 16], &[1], acts])),
            ("by-ms-logon-ii", seed(NEW, &[&[113], &[9; 328], &[1], acts])),
            ("by-bare-tight", seed(BARE_TIGHT, &[&[16], &[1], acts])),
            (
                "by-tight",
                seed(TIGHT, &[&[16, 0, 0, 0, 0, 0, 0, 0, 2], &[9; 16], &[1], acts]),
            ),
            (
                "by-diffie-hellman",
                seed(DIFFIE_HELLMAN, &[&[30], &[9; 128 + 64], &[1], acts]),
            ),
            (
                "more-buttons",
                seed(
                    NEW,
                    &[
                        none,
                        looks,
                        &[5, 0x80, 0, 1, 0, 2, 1],
                        acts,
                        &[5, 0x81, 0, 1, 0, 2],
                    ],
                ),
            ),
            ("unknown", seed(NEW, &[none, acts, &[99]])),
            ("not-offered", seed(NEW, &[&[16]])),
        ]
    }

    #[test]
    fn the_oracle_holds_for_all_inputs_and_what_is_near_to_them() {
        corpus::check("viewer", &seeds(), check);
    }
}
