//! Open H.264 (rfbproto, "Open H.264 Encoding"): everything but the decoding of it, which the application does.

mod annex_b;

use crate::error::DecodeError;
use crate::geometry::Rect;

/// A part of the screen that is a video: what to decode next of it. The client goes on when it is told what came of
/// it, by [`crate::Client::provide_video`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Video {
    /// Which decoder it is for. One of a number that was not there before begins with nothing.
    pub context: u32,
    /// Where the picture goes. One that is larger loses what is too much at the right and at the bottom.
    pub rect: Rect,
    /// The codec as `codecs` parameters name it (RFC 6381), such as `avc1.42C01E`.
    pub codec: String,
    /// What to decode, one after the other. Only the last picture is shown.
    pub frames: Vec<VideoFrame>,
}

/// One picture of a video, coded: an access unit in the form of a byte stream (ITU-T H.264, annex B).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VideoFrame {
    /// Whether it can be decoded without those before it.
    pub is_key: bool,
    /// Its bytes.
    pub data: Vec<u8>,
}

/// The contexts of a connection: a decoder's state for each rectangle.
#[derive(Debug, Default)]
pub(crate) struct Contexts {
    open: Vec<Context>,
    next: u32,
    refused: bool,
}

#[derive(Debug)]
struct Context {
    number: u32,
    rect: Rect,
    /// Known when its parameters have come.
    codec: Option<String>,
}

/// What the flags of a rectangle say.
const RESET_CONTEXT: u32 = 1;
const RESET_ALL_CONTEXTS: u32 = 1 << 1;

/// How many contexts there are at most. With another one, that which was opened first is closed.
const MOST: usize = 64;

impl Contexts {
    /// Ends what the flags say is to end, and gives the numbers of those contexts.
    pub(crate) fn apply(&mut self, flags: u32, rect: Rect) -> Vec<u32> {
        let all = flags & RESET_ALL_CONTEXTS != 0;
        let this = flags & RESET_CONTEXT != 0;
        self.close(|context| all || this && context.rect == rect)
    }

    /// Ends all of them, and makes no others.
    pub(crate) fn refuse(&mut self) {
        self.open.clear();
        self.refused = true;
    }

    fn close(&mut self, is_closed: impl Fn(&Context) -> bool) -> Vec<u32> {
        let closed = self.open.extract_if(.., |context| is_closed(context));
        closed.map(|context| context.number).collect()
    }

    /// What is to be decoded of a rectangle's data: nothing before its parameters and a key frame have come. Gives
    /// the number of a context that had to go for it, too.
    pub(crate) fn video(
        &mut self,
        rect: Rect,
        data: &[u8],
    ) -> Result<(Option<Video>, Option<u32>), DecodeError> {
        if self.refused || rect.is_empty() || data.is_empty() {
            return Ok((None, None));
        }
        let (codec, mut frames) = annex_b::frames(data)?;
        let known = self.open.iter().position(|context| context.rect == rect);
        let mut closed = None;
        let index = known.unwrap_or_else(|| {
            if self.open.len() == MOST {
                closed = Some(self.open.remove(0).number);
            }
            self.next = self.next.wrapping_add(1);
            self.open.push(Context {
                number: self.next,
                rect,
                codec: None,
            });
            self.open.len() - 1
        });
        let Some(context) = self.open.get_mut(index) else {
            return Ok((None, closed));
        };
        if context.codec.is_none() {
            // A decoder has to begin with a picture of its own.
            let key = frames.iter().position(|frame| frame.is_key);
            frames.drain(..key.unwrap_or(frames.len()));
            if !frames.is_empty() {
                context.codec = codec;
            }
        }
        let video = context.codec.clone().filter(|_| !frames.is_empty());
        let video = video.map(|codec| Video {
            context: context.number,
            rect,
            codec,
            frames,
        });
        Ok((video, closed))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const RECT: Rect = Rect {
        x: 1,
        y: 2,
        width: 3,
        height: 4,
    };
    const PARAMETERS: &[u8] = &[0, 0, 0, 1, 0x67, 0x42, 0xC0, 0x1E, 9, 0, 0, 1, 0x68, 9];
    const KEY: &[u8] = &[0, 0, 1, 0x65, 0x80, 9];
    const OTHER: &[u8] = &[0, 0, 1, 0x41, 0x80, 9];

    #[test]
    fn a_context_begins_with_its_parameters_and_a_key_frame() {
        let mut contexts = Contexts::default();
        assert_eq!(contexts.video(RECT, OTHER), Ok((None, None)));
        assert_eq!(contexts.video(RECT, PARAMETERS), Ok((None, None)));
        let data = [OTHER, PARAMETERS, KEY, OTHER].concat();
        let video = contexts.video(RECT, &data).unwrap().0.unwrap();
        assert_eq!((video.context, video.codec.as_str()), (1, "avc1.42C01E"));
        assert_eq!(
            video.frames,
            [
                VideoFrame {
                    is_key: true,
                    data: [PARAMETERS, KEY].concat()
                },
                VideoFrame {
                    is_key: false,
                    data: OTHER.to_vec()
                },
            ]
        );
        let next = contexts.video(RECT, OTHER).unwrap().0.unwrap();
        assert_eq!((next.context, next.frames.len()), (1, 1));
    }

    #[test]
    fn every_rectangle_has_a_context_until_the_flags_end_it() {
        let mut contexts = Contexts::default();
        let key = [PARAMETERS, KEY].concat();
        let others: Vec<Rect> = (0..3).map(|x| Rect { x, ..RECT }).collect();
        let open = |contexts: &mut Contexts| -> Vec<u32> {
            let videos = others
                .iter()
                .map(|rect| contexts.video(*rect, &key).unwrap().0.unwrap().context);
            videos.collect()
        };
        assert_eq!(open(&mut contexts), [1, 2, 3]);
        assert_eq!(contexts.apply(0, RECT), []);
        assert_eq!(contexts.apply(1, others[1]), [2]);
        assert_eq!(open(&mut contexts), [1, 4, 3]);
        assert_eq!(contexts.apply(2, others[0]), [1, 3, 4]);
        assert_eq!(open(&mut contexts), [5, 6, 7]);
        assert_eq!(contexts.apply(!3, others[0]), []);
        contexts.refuse();
        assert_eq!(contexts.video(RECT, &key), Ok((None, None)));
    }

    #[test]
    fn with_one_too_many_the_first_context_is_closed() {
        let mut contexts = Contexts::default();
        let key = [PARAMETERS, KEY].concat();
        for x in 0..64 {
            assert_eq!(contexts.video(Rect { x, ..RECT }, &key).unwrap().1, None);
        }
        assert_eq!(contexts.video(Rect { x: 64, ..RECT }, &key).unwrap().1, Some(1));
    }
}
