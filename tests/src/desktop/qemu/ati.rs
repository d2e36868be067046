//! The cursor of QEMU's ATI card. No system runs in the machine that would have a cursor: the monitor writes to the card
//! what a system's driver does.

use serde_json::json;

use super::Qemu;

/// ATI's number as a maker of PCI cards.
const ATI: u64 = 0x1002;

/// The card's registers, all of which are reached by the first two.
const INDEX: u32 = 0x00;
const DATA: u32 = 0x04;
const CURSOR_OFFSET: u32 = 0x260;
const CURSOR_COLOUR_0: u32 = 0x26C;
const CURSOR_COLOUR_1: u32 = 0x270;

/// An index is one into the card's memory with this bit.
const MEMORY: u32 = 1 << 31;

/// Where in it the cursor is, behind what is shown.
const PLACE: u32 = 0x10_0000;

const SIDE: usize = 64;

impl Qemu {
    /// Gives the card a cursor of 64x64 pixels in red and blue; its pixels as red, green, blue and alpha.
    pub fn define_cursor(&self) -> Vec<[u8; 4]> {
        let ports = self.ports();
        let write = |index: u32, value: u32| {
            for (register, value) in [(INDEX, index), (DATA, value)] {
                self.ask_monitor(&format!("o /w {:#x} {value:#x}", ports + register));
            }
        };
        // Two bits a pixel, of each row first those that hide it, then those that choose its colour. One with both would
        // be the screen's own colour, inverted.
        let is_hidden = |x: usize, y: usize| x + y > 40 || (x * y) % 5 == 1;
        let is_blue = |x: usize, y: usize| !is_hidden(x, y) && (x ^ y) & 4 != 0;
        for y in 0..SIDE {
            let bits = |is_set: &dyn Fn(usize, usize) -> bool, word: usize| {
                let bit = |at: usize| u32::from(is_set(word * 32 + at, y)) << (at / 8 * 8 + 7 - at % 8);
                (0..32).fold(0, |bits, at| bits | bit(at))
            };
            let row = [
                bits(&is_hidden, 0),
                bits(&is_hidden, 1),
                bits(&is_blue, 0),
                bits(&is_blue, 1),
            ];
            for (word, value) in row.into_iter().enumerate() {
                write(MEMORY | (PLACE + (y * 16 + word * 4) as u32), value);
            }
        }
        write(CURSOR_OFFSET, PLACE);
        write(CURSOR_COLOUR_0, 0x00FF_0000);
        write(CURSOR_COLOUR_1, 0x0000_00FF);
        let pixel = |x, y| match (is_hidden(x, y), is_blue(x, y)) {
            (true, _) => [0; 4],
            (false, true) => [0, 0, 255, 255],
            (false, false) => [255, 0, 0, 255],
        };
        (0..SIDE * SIDE).map(|at| pixel(at % SIDE, at / SIDE)).collect()
    }

    /// The first of the card's ports.
    fn ports(&self) -> u32 {
        let buses = self.command(json!({ "execute": "query-pci" }));
        let mut devices = buses[0]["devices"].as_array().into_iter().flatten();
        let card = devices
            .find(|device| device["id"]["vendor"] == ATI)
            .expect("an ATI card");
        let mut regions = card["regions"].as_array().into_iter().flatten();
        let ports = regions.find(|region| region["type"] == "io").expect("its ports");
        ports["address"].as_u64().unwrap() as u32
    }
}
