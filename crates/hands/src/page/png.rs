//! The smallest PNG writer that there can be: one image, uncompressed, for the few pixels of a cursor. It spares the
//! way through a canvas, which takes its time and gives the pixels back rounded.

/// A PNG of `width` times `height` pixels from R, G, B, alpha bytes, or `None` where they are not that many.
pub(super) fn encode(width: u16, height: u16, rgba: &[u8]) -> Option<Vec<u8>> {
    let row = usize::from(width) * 4;
    if row == 0 || rgba.len() != row * usize::from(height) {
        return None;
    }
    let mut header = Vec::new();
    header.extend(u32::from(width).to_be_bytes());
    header.extend(u32::from(height).to_be_bytes());
    // Eight bits a sample, true colour with alpha; the only compression, the only filters, no interlacing.
    header.extend([8, 6, 0, 0, 0]);

    let mut rows = Vec::with_capacity(rgba.len() + usize::from(height));
    for row in rgba.chunks_exact(row) {
        // Filter 0: as it is.
        rows.push(0);
        rows.extend(row);
    }
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut png, *b"IHDR", &header);
    chunk(&mut png, *b"IDAT", &stored(&rows));
    chunk(&mut png, *b"IEND", &[]);
    Some(png)
}

fn chunk(png: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    png.extend((data.len() as u32).to_be_bytes());
    let checked = png.len();
    png.extend(kind);
    png.extend(data);
    let crc = crc32(png.get(checked..).unwrap_or_default());
    png.extend(crc.to_be_bytes());
}

/// A zlib stream (RFC 1950) of stored blocks (RFC 1951, 3.2.4).
fn stored(data: &[u8]) -> Vec<u8> {
    let mut zlib = vec![0x78, 0x01];
    let mut blocks = data.chunks(usize::from(u16::MAX)).peekable();
    while let Some(block) = blocks.next() {
        let length = block.len() as u16;
        zlib.push(u8::from(blocks.peek().is_none()));
        zlib.extend(length.to_le_bytes());
        zlib.extend((!length).to_le_bytes());
        zlib.extend(block);
    }
    zlib.extend(adler32(data).to_be_bytes());
    zlib
}

fn adler32(data: &[u8]) -> u32 {
    let (a, b) = data.iter().fold((1, 0), |(a, b), &byte| {
        let a = (a + u32::from(byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    b << 16 | a
}

/// Bit by bit: a table would be larger than all of the rest.
fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(!0, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc: u32, _| {
            crc >> 1 ^ if crc & 1 == 1 { 0xEDB8_8320 } else { 0 }
        })
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_the_specifications() {
        assert_eq!(crc32(b"IEND"), 0xAE42_6082);
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(adler32(b"Wikipedia"), 0x11E6_0398);
    }

    #[test]
    fn an_image_has_its_chunks_in_order() {
        let png = encode(1, 1, &[1, 2, 3, 4]).unwrap();
        assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
        assert_eq!(
            &png[8..33],
            b"\0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89"
        );
        // One stored block of five bytes: the filter and the pixel.
        assert_eq!(&png[41..53], [0x78, 1, 1, 5, 0, 0xFA, 0xFF, 0, 1, 2, 3, 4]);
        assert!(png.ends_with(b"\0\0\0\0IEND\xae\x42\x60\x82"));
    }

    #[test]
    fn a_large_image_takes_several_blocks() {
        let rgba = vec![7; 200 * 100 * 4];
        let zlib = stored(&rgba);
        assert_eq!(zlib.len(), 2 + 2 * 5 + rgba.len() + 4);
        assert_eq!((zlib[2], zlib[2 + 5 + 65_535]), (0, 1));
    }

    #[test]
    fn pixels_that_do_not_fit_the_size_are_no_image() {
        assert_eq!(encode(0, 0, &[]), None);
        assert_eq!(encode(2, 1, &[0; 4]), None);
    }
}
