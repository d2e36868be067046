//! CopyRect (RFC 6143, 7.7.2): pixels from elsewhere in the framebuffer.

use super::{Decoder, Progress};
use crate::error::DecodeError;
use crate::framebuffer::Framebuffer;
use crate::geometry::Rect;
use crate::input::{Input, u16_at};
use crate::limits::Limits;

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
        _: &Limits,
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
