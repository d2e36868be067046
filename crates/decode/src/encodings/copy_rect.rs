//! CopyRect (RFC 6143, 7.7.2): pixels from elsewhere in the framebuffer.

use super::{Context, Decoder, Progress};
use crate::error::DecodeError;
use crate::framebuffer::Framebuffer;
use crate::geometry::Rect;
use crate::input::{Input, u16_at};

#[derive(Debug, Default)]
pub(crate) struct CopyRect {
    rect: Rect,
}

impl Decoder for CopyRect {
    fn begin(&mut self, rect: Rect) {
        self.rect = rect;
    }

    fn decode(
        &mut self,
        input: &mut Input<'_>,
        framebuffer: &mut Framebuffer,
        _: &Context<'_>,
    ) -> Result<Progress, DecodeError> {
        let Some(source) = input.take(4) else {
            return Ok(Progress::NeedMore);
        };
        let (x, y) = (u16_at(source, 0), u16_at(source, 2));
        let source_rect = Rect { x, y, ..self.rect };
        let size = framebuffer.size();
        if !source_rect.fits(size) {
            return Err(DecodeError::SourceOutsideFramebuffer { source_rect, size });
        }
        framebuffer.copy((x, y), self.rect);
        Ok(Progress::Complete)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{BEFORE, Setting, decode, size};
    use super::*;

    #[test]
    fn pixels_are_copied_within_an_overlap() {
        let setting = Setting {
            before: (0..9).collect(),
            ..Setting::default()
        };
        let pixels = setting.decode::<CopyRect>(size(3, 3), &[(Rect::new(1, 1, 2, 2), &[0, 0, 0, 0])]);
        assert_eq!(pixels, Ok(vec![0, 1, 2, 3, 0, 1, 6, 3, 4]));
    }

    #[test]
    fn a_source_beyond_the_framebuffer_is_an_error() {
        let wire = [0xFF, 0xFF, 0xFF, 0xFF];
        let pixels = decode::<CopyRect>(size(3, 3), &[(Rect::new(0, 0, 2, 1), &wire)]);
        assert_eq!(
            pixels,
            Err(DecodeError::SourceOutsideFramebuffer {
                source_rect: Rect::new(65_535, 65_535, 2, 1),
                size: size(3, 3),
            })
        );
    }

    #[test]
    fn an_empty_rectangle_still_has_a_source() {
        let pixels = decode::<CopyRect>(size(1, 1), &[(Rect::default(), &[0, 0, 0, 0])]);
        assert_eq!(pixels, Ok(vec![BEFORE]));
    }
}
