//! Pictures: what a server has, and what a page shows.

use std::fmt;

/// Rows of red, green, blue.
#[derive(Clone, PartialEq, Eq)]
pub struct Image {
    pub width: usize,
    pub height: usize,
    pub rgb: Vec<u8>,
}

impl Image {
    /// Noise, a gradient, flat areas and stripes: something for every way to encode, another one for each seed.
    pub fn painted((width, height): (usize, usize), seed: u32) -> Self {
        let (half_width, half_height) = (width / 2, height / 2);
        let mut noise = noise(seed, width * height);
        let rgb = (0..height)
            .flat_map(|y| (0..width).map(move |x| (x, y)))
            .flat_map(|(x, y)| {
                let value = match (x < half_width, y < half_height) {
                    (true, true) => noise.next().unwrap_or_default(),
                    (false, true) => {
                        let (across, down) = ((x - half_width) * 255 / half_width, y * 255 / half_height);
                        (across as u32 & 0xFF) << 16 | (down as u32) << 8 | (seed & 0xFF)
                    }
                    (true, false) => ((x / 24 + y / 17 * 5) as u32 + seed).wrapping_mul(2_654_435_761) >> 8,
                    (false, false) => {
                        if (y + seed as usize) % 7 < 2 {
                            0x00FF_F0C0
                        } else {
                            0x0020_2030
                        }
                    }
                };
                let [_, red, green, blue] = value.to_be_bytes();
                [red, green, blue]
            });
        Self {
            width,
            height,
            rgb: rgb.collect(),
        }
    }

    /// A hash that a page can compute as well.
    pub fn hash(&self) -> u32 {
        self.rgb.chunks_exact(3).fold(0x811C_9DC5, |hash, pixel| {
            let value = u32::from_le_bytes([pixel[0], pixel[1], pixel[2], 255]);
            (hash ^ value).wrapping_mul(16_777_619)
        })
    }

    /// A binary PPM.
    pub fn from_ppm(ppm: &[u8]) -> Option<Self> {
        let mut rest = ppm;
        let mut words = Vec::new();
        while words.len() < 4 {
            let end = rest.iter().position(u8::is_ascii_whitespace)?;
            words.push(std::str::from_utf8(&rest[..end]).ok()?);
            rest = &rest[end + 1..];
        }
        if (words[0], words[3]) != ("P6", "255") {
            return None;
        }
        let image = Self {
            width: words[1].parse().ok()?,
            height: words[2].parse().ok()?,
            rgb: rest.to_vec(),
        };
        (image.rgb.len() == image.width * image.height * 3).then_some(image)
    }

    pub fn to_ppm(&self) -> Vec<u8> {
        let mut ppm = format!("P6\n{} {}\n255\n", self.width, self.height).into_bytes();
        ppm.extend_from_slice(&self.rgb);
        ppm
    }

    /// By how much a value differs on average, where the sizes are the same.
    pub fn mean_error(&self, other: &Self) -> Option<f64> {
        let sum: u64 = self
            .rgb
            .iter()
            .zip(&other.rgb)
            .map(|(mine, theirs)| u64::from(mine.abs_diff(*theirs)))
            .sum();
        ((self.width, self.height) == (other.width, other.height)).then(|| sum as f64 / self.rgb.len() as f64)
    }

    /// By how much a value differs at most, where the sizes are the same.
    pub fn peak_error(&self, other: &Self) -> Option<u8> {
        let peak = self
            .rgb
            .iter()
            .zip(&other.rgb)
            .map(|(mine, theirs)| mine.abs_diff(*theirs))
            .max();
        peak.filter(|_| (self.width, self.height) == (other.width, other.height))
    }

    /// In words, how it differs.
    pub fn difference(&self, other: &Self) -> String {
        if (self.width, self.height) != (other.width, other.height) {
            return format!("one is {self:?}, the other {other:?}");
        }
        let (mut count, mut first) = (0, None);
        for (at, (mine, theirs)) in self
            .rgb
            .chunks_exact(3)
            .zip(other.rgb.chunks_exact(3))
            .enumerate()
        {
            if mine != theirs {
                count += 1;
                first.get_or_insert((at % self.width, at / self.width, mine, theirs));
            }
        }
        match first {
            None => "they are the same".to_owned(),
            Some((x, y, mine, theirs)) => {
                format!("{count} pixels differ, the first at {x},{y}: {mine:?} and {theirs:?}")
            }
        }
    }
}

impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}

/// Pixels that no encoding can make much of; the same for the same seed.
pub(crate) fn noise(seed: u32, count: usize) -> impl Iterator<Item = u32> {
    let mut state = seed | 1;
    std::iter::repeat_with(move || {
        // Xorshift.
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state & 0x00FF_FFFF
    })
    .take(count)
}
