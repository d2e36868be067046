//! The embedded fonts: Inter for the interface, JetBrains Mono for the terminal.
//!
//! Both come under the SIL Open Font License (the licences stand beside the files) and are cut down to
//! Latin-1 and a few signs.

use std::collections::HashMap;
use std::sync::LazyLock;

use ab_glyph::{Font, FontRef, Glyph, PxScale, point};

/// One of the embedded fonts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Face {
    Regular,
    Semibold,
    Mono,
}

/// A font at a size, in pixels per em.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TextStyle {
    pub(crate) face: Face,
    pub(crate) size: u8,
}

impl TextStyle {
    pub(crate) const fn new(face: Face, size: u8) -> Self {
        Self { face, size }
    }

    /// How far the pen moves for this text, in pixels.
    pub(crate) fn width(self, text: &str) -> f32 {
        text.chars().map(|character| self.advance(character)).sum()
    }

    /// How far the pen moves for one character, in pixels.
    pub(crate) fn advance(self, character: char) -> f32 {
        self.face.font().map_or(0.0, |font| {
            let unit = f32::from(self.size) / font.units_per_em().unwrap_or(1000.0);
            font.h_advance_unscaled(font.glyph_id(character)) * unit
        })
    }

    /// The longest beginning of `text` that fits `width`, with an ellipsis when something had to go.
    pub(crate) fn fit(self, text: &str, width: i32) -> String {
        let width = width as f32;
        if self.width(text) <= width {
            return text.to_owned();
        }
        let mut pen = self.advance('…');
        let mut fitted: String = text
            .chars()
            .take_while(|character| {
                pen += self.advance(*character);
                pen <= width
            })
            .collect();
        fitted.push('…');
        fitted
    }
}

static REGULAR: LazyLock<Option<FontRef<'static>>> =
    LazyLock::new(|| FontRef::try_from_slice(include_bytes!("../fonts/inter-regular.ttf")).ok());
static SEMIBOLD: LazyLock<Option<FontRef<'static>>> =
    LazyLock::new(|| FontRef::try_from_slice(include_bytes!("../fonts/inter-semibold.ttf")).ok());
static MONO: LazyLock<Option<FontRef<'static>>> =
    LazyLock::new(|| FontRef::try_from_slice(include_bytes!("../fonts/jetbrains-mono-regular.ttf")).ok());

impl Face {
    fn font(self) -> Option<&'static FontRef<'static>> {
        match self {
            Self::Regular => REGULAR.as_ref(),
            Self::Semibold => SEMIBOLD.as_ref(),
            Self::Mono => MONO.as_ref(),
        }
    }
}

/// Glyphs stand at quarters of a pixel: finer is not seen, coarser makes uneven gaps.
const SUBPIXEL_STEPS: f32 = 4.0;

/// The cache starts afresh beyond this; the demo's own texts need a few hundred glyphs.
const MAX_GLYPHS: usize = 4096;

/// How much of each pixel a glyph covers.
#[derive(Debug)]
pub(crate) struct Coverage {
    /// From the pen's whole pixel to the first column.
    pub(crate) left: i32,
    /// From the baseline to the first row; negative above it.
    pub(crate) top: i32,
    pub(crate) width: i32,
    /// Rows of `width`, 255 being fully covered.
    pub(crate) alpha: Vec<u8>,
}

/// Glyphs that have been rasterised before.
#[derive(Debug, Default)]
pub(crate) struct GlyphCache {
    glyphs: HashMap<(TextStyle, char, u8), Option<Coverage>>,
}

impl GlyphCache {
    /// The glyph of `character` with the pen at `fraction` (0 to 1) of a pixel; nothing for a blank.
    pub(crate) fn glyph(&mut self, style: TextStyle, character: char, fraction: f32) -> Option<&Coverage> {
        let step = (fraction * SUBPIXEL_STEPS) as u8;
        if self.glyphs.len() > MAX_GLYPHS {
            self.glyphs.clear();
        }
        self.glyphs
            .entry((style, character, step))
            .or_insert_with(|| rasterise(style, character, f32::from(step) / SUBPIXEL_STEPS))
            .as_ref()
    }
}

fn rasterise(style: TextStyle, character: char, fraction: f32) -> Option<Coverage> {
    let font = style.face.font()?;
    // ab_glyph scales by the height from descent to ascent; sizes here are per em, as in CSS.
    let scale = f32::from(style.size) * font.height_unscaled() / font.units_per_em()?;
    let glyph: Glyph = font
        .glyph_id(character)
        .with_scale_and_position(PxScale::from(scale), point(fraction, 0.0));
    let outline = font.outline_glyph(glyph)?;
    let bounds = outline.px_bounds();
    let (width, height) = (bounds.width().ceil() as usize, bounds.height().ceil() as usize);
    let mut alpha = vec![0; width * height];
    outline.draw(|x, y, covered| {
        if let Some(cell) = alpha.get_mut(y as usize * width + x as usize) {
            *cell = (covered.clamp(0.0, 1.0) * 255.0).round() as u8;
        }
    });
    Some(Coverage {
        left: bounds.min.x as i32,
        top: bounds.min.y as i32,
        width: width as i32,
        alpha,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_font_has_the_letters() {
        for face in [Face::Regular, Face::Semibold, Face::Mono] {
            let style = TextStyle::new(face, 13);
            assert!(style.width("Porthole") > 30.0, "{face:?}");
            let mut cache = GlyphCache::default();
            assert!(
                cache
                    .glyph(style, 'é', 0.3)
                    .is_some_and(|glyph| glyph.alpha.iter().any(|a| *a > 128))
            );
            assert!(cache.glyph(style, ' ', 0.0).is_none());
        }
    }

    #[test]
    fn a_text_too_long_ends_in_an_ellipsis_and_fits() {
        let style = TextStyle::new(Face::Regular, 13);
        let fitted = style.fit("A sentence that is far too long", 80);
        assert!(fitted.ends_with('…') && style.width(&fitted) <= 80.0, "{fitted}");
        assert_eq!(style.fit("short", 80), "short");
    }
}
