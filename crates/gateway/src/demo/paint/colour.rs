//! Colours and how they cover each other.

/// An RGB colour and its opacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Colour {
    rgb: u32,
    alpha: u8,
}

impl Colour {
    /// An opaque colour from 0xRRGGBB.
    pub(crate) const fn rgb(rgb: u32) -> Self {
        Self {
            rgb: rgb & 0x00ff_ffff,
            alpha: 255,
        }
    }

    /// The same colour with another opacity, 255 being opaque.
    pub(crate) const fn with_alpha(self, alpha: u8) -> Self {
        Self { rgb: self.rgb, alpha }
    }

    pub(crate) const fn is_opaque(self) -> bool {
        self.alpha == 255
    }

    /// The colour as a pixel of a [`Frame`](super::Frame): 0x00RRGGBB.
    pub(crate) const fn pixel(self) -> u32 {
        self.rgb
    }

    /// `under` with this colour over it; `coverage` (0 to 255) is how much of the pixel the shape takes.
    pub(crate) fn over(self, under: u32, coverage: u32) -> u32 {
        mix(under, self.rgb, divide_by_255(u32::from(self.alpha) * coverage))
    }

    /// The colour `part` of the way (0 to 1) from this one to `other`.
    pub(crate) fn towards(self, other: Self, part: f32) -> Self {
        Self {
            rgb: mix(self.rgb, other.rgb, (part.clamp(0.0, 1.0) * 255.0) as u32),
            alpha: self.alpha,
        }
    }
}

/// `weight` (0 to 255) of `over`, the rest of `under`, channel by channel.
fn mix(under: u32, over: u32, weight: u32) -> u32 {
    let channel = |shift: u32| {
        let sum = ((over >> shift) & 255) * weight + ((under >> shift) & 255) * (255 - weight);
        divide_by_255(sum) << shift
    };
    channel(16) | channel(8) | channel(0)
}

/// `value / 255`, rounded, for values up to 255².
const fn divide_by_255(value: u32) -> u32 {
    let biased = value + 128;
    (biased + (biased >> 8)) >> 8
}
