//! Zlib (rfbproto, "zlib Encoding"): Raw's pixels through one zlib stream.

use super::inflate::{Inflate, Stream};
use super::place::Place;
use super::{Context, Decoder, Progress};
use crate::error::DecodeError;
use crate::framebuffer::Framebuffer;
use crate::geometry::Rect;
use crate::input::Input;

#[derive(Debug, Default)]
pub(crate) struct Zlib {
    place: Place,
    has_length: bool,
    inflate: Inflate,
    stream: Stream,
}

impl Decoder for Zlib {
    fn begin(&mut self, rect: Rect) {
        self.place = Place::start(rect);
        self.has_length = false;
    }

    fn decode(
        &mut self,
        input: &mut Input<'_>,
        framebuffer: &mut Framebuffer,
        context: &Context<'_>,
    ) -> Result<Progress, DecodeError> {
        if !self.has_length {
            let Some(length) = input.u32() else {
                return Ok(Progress::NeedMore);
            };
            self.inflate.begin(length as usize);
            self.has_length = true;
        }
        let reader = context.format.pixel();
        while !self.place.is_complete() {
            let Some(ready) = self.inflate.ready(&mut self.stream, input, reader.bytes())? else {
                return Ok(Progress::NeedMore);
            };
            let row = self.place.rest_of_row(framebuffer);
            let pixels = row.len().min(ready.len() / reader.bytes());
            reader.copy(row, ready);
            self.place.advance(pixels);
            self.inflate.used(pixels * reader.bytes());
        }
        Ok(match self.inflate.finish(&mut self.stream, input)? {
            true => Progress::Complete,
            false => Progress::NeedMore,
        })
    }
}

#[cfg(test)]
mod tests {
    use flate2::{Compress, Compression};

    use super::super::testing::{BEFORE, Numbers, Setting, decode, size, with_length};
    use super::*;
    use crate::pixel::{self, Pixel};

    fn stream() -> Compress {
        Compress::new(Compression::new(6), true)
    }

    fn pixels(wire: &[u8]) -> Vec<Pixel> {
        wire.chunks(4).map(|it| pixel::rgb(it[0], it[1], it[2])).collect()
    }

    #[test]
    fn the_stream_goes_on_from_rectangle_to_rectangle() {
        let (first, second) = (Numbers(1).bytes(5 * 7 * 4), vec![3; 5 * 7 * 4]);
        let mut stream = stream();
        let first_wire = with_length(&mut stream, &first);
        let second_wire = with_length(&mut stream, &second);
        let result = decode::<Zlib>(
            size(5, 14),
            &[
                (Rect::new(0, 0, 5, 7), &first_wire),
                (Rect::new(0, 7, 5, 7), &second_wire),
            ],
        );
        assert_eq!(result, Ok([pixels(&first), pixels(&second)].concat()));
    }

    #[test]
    fn a_rectangle_larger_than_the_buffer_comes_through() {
        let data = Numbers(2).bytes(200 * 100 * 4);
        let wire = with_length(&mut stream(), &data);
        let mut framebuffer = Framebuffer::default();
        framebuffer.resize(size(200, 100));
        let mut zlib = Zlib::default();
        zlib.begin(Rect::new(0, 0, 200, 100));
        let mut input = Input::new(&wire);
        let progress = zlib.decode(&mut input, &mut framebuffer, &Setting::default().context());
        assert_eq!((progress, input.len()), (Ok(Progress::Complete), 0));
        assert!(bytemuck::cast_slice::<_, Pixel>(framebuffer.bytes()) == pixels(&data));
    }

    #[test]
    fn data_of_another_length_or_none_at_all_are_errors() {
        let rect = Rect::new(0, 0, 2, 2);
        for (length, word) in [(15, "less"), (17, "more"), (0, "less")] {
            let wire = with_length(&mut stream(), &vec![1; length]);
            let result = decode::<Zlib>(size(2, 2), &[(rect, &wire)]);
            assert_eq!(result, Err(DecodeError::ZlibLength(word)), "{length}");
        }
        let result = decode::<Zlib>(size(2, 2), &[(rect, &[0, 0, 0, 0])]);
        assert_eq!(result, Err(DecodeError::ZlibLength("less")));
        let result = decode::<Zlib>(size(2, 2), &[(rect, &[0, 0, 0, 3, 1, 2, 3])]);
        assert_eq!(result, Err(DecodeError::CorruptZlib));
    }

    #[test]
    fn an_empty_rectangle_has_its_length_and_flush() {
        let mut stream = stream();
        let empty = with_length(&mut stream, &[]);
        let full = with_length(&mut stream, &[1, 2, 3, 0]);
        let rects: [(Rect, &[u8]); 3] = [
            (Rect::new(0, 0, 0, 1), &[0; 4]),
            (Rect::new(0, 0, 2, 0), &empty),
            (Rect::new(1, 0, 1, 1), &full),
        ];
        assert_eq!(
            decode::<Zlib>(size(2, 1), &rects),
            Ok(vec![BEFORE, pixel::rgb(1, 2, 3)])
        );
    }
}
