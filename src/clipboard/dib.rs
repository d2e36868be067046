//! Device-independent bitmaps: pictures as Windows has them on its clipboard. A BMP file is one behind a header of the file.

/// The most pixels of a picture: those of an 8K screen.
pub(super) const MOST_PIXELS: u64 = 7680 * 4320;

/// The length of a file's header, and of the oldest and the usual header of a bitmap.
const FILE_HEADER: usize = 14;
const CORE_HEADER: usize = 12;
const INFO_HEADER: usize = 40;

/// Values of a header's `biCompression` with which color masks follow a usual header.
const BITFIELDS: u32 = 3;
const ALPHA_BITFIELDS: u32 = 6;

/// Width and height in pixels.
pub(super) fn size(dib: &[u8]) -> Option<(u32, u32)> {
    Some(match number(dib, 0)? as usize {
        CORE_HEADER => (short(dib, 4)?.into(), short(dib, 6)?.into()),
        // A height below zero says that the first row is the upper one.
        INFO_HEADER.. => (number(dib, 4)?, number(dib, 8)?.cast_signed().unsigned_abs()),
        _ => return None,
    })
}

/// The BMP file of a bitmap. Whether its pixels make sense is for who reads it to find out.
pub(super) fn to_bmp(dib: &[u8]) -> Result<Vec<u8>, &'static str> {
    let (width, height) = size(dib).ok_or("its header is none of a bitmap")?;
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err("the picture has too many pixels");
    }
    let start = pixels(dib).filter(|start| *start <= dib.len());
    let start = start.ok_or("it ends before its pixels begin")?;
    let file = |length: usize| (FILE_HEADER + length) as u32;
    let mut bmp = Vec::with_capacity(FILE_HEADER + dib.len());
    bmp.extend_from_slice(b"BM");
    bmp.extend_from_slice(&file(dib.len()).to_le_bytes());
    bmp.extend_from_slice(&[0; 4]);
    bmp.extend_from_slice(&file(start).to_le_bytes());
    bmp.extend_from_slice(dib);
    Ok(bmp)
}

/// Where the pixels begin: behind the header, the masks and the colors.
fn pixels(dib: &[u8]) -> Option<usize> {
    let header = number(dib, 0)? as usize;
    let (depth, compression, used, color) = if header == CORE_HEADER {
        (short(dib, 10)?, 0, 0, 3)
    } else {
        (short(dib, 14)?, number(dib, 16)?, number(dib, 32)? as usize, 4)
    };
    let masks = match (header, compression) {
        (INFO_HEADER, BITFIELDS) => 12,
        (INFO_HEADER, ALPHA_BITFIELDS) => 16,
        _ => 0,
    };
    let colors = match (used, depth) {
        (0, 1..=8) => 1 << depth,
        _ => used,
    };
    header.checked_add(masks)?.checked_add(colors.checked_mul(color)?)
}

/// A bitmap of 24 bits a pixel. The picture is R, G, B, alpha, its rows from above; alpha is left out.
pub(super) fn from_rgba(width: u32, height: u32, rgba: &[u8]) -> Vec<u8> {
    let row = (width as usize * 3).next_multiple_of(4);
    let mut dib = Vec::with_capacity(INFO_HEADER + row * height as usize);
    // Size, width and height; one plane and 24 bits; no compression.
    dib.extend_from_slice(&(INFO_HEADER as u32).to_le_bytes());
    dib.extend_from_slice(&width.to_le_bytes());
    dib.extend_from_slice(&height.to_le_bytes());
    dib.extend_from_slice(&[1, 0, 24, 0]);
    dib.resize(INFO_HEADER, 0);
    // The first row is the lowest one.
    for pixels in rgba.chunks_exact((width as usize * 4).max(1)).rev() {
        let end = dib.len() + row;
        for [red, green, blue, _] in pixels.as_chunks().0 {
            dib.extend_from_slice(&[*blue, *green, *red]);
        }
        dib.resize(end, 0);
    }
    dib
}

fn number(dib: &[u8], at: usize) -> Option<u32> {
    dib.get(at..)?
        .first_chunk()
        .map(|bytes| u32::from_le_bytes(*bytes))
}

fn short(dib: &[u8], at: usize) -> Option<u16> {
    dib.get(at..)?
        .first_chunk()
        .map(|bytes| u16::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A header of this size, and as much behind it.
    fn bitmap(
        header: u32,
        (width, height): (i32, i32),
        (depth, compression, used): (u8, u32, u32),
    ) -> Vec<u8> {
        let mut dib = [header, width.cast_unsigned(), height.cast_unsigned()]
            .map(u32::to_le_bytes)
            .concat();
        dib.extend([1, 0, depth, 0]);
        dib.extend(compression.to_le_bytes());
        dib.resize(32, 0);
        dib.extend(used.to_le_bytes());
        dib.resize(header as usize + 2000, 7);
        dib
    }

    #[test]
    fn a_picture_becomes_rows_from_below_in_blue_green_and_red() {
        let rgba = [1, 2, 3, 255, 4, 5, 6, 0, 7, 8, 9, 255, 10, 11, 12, 9];
        let dib = from_rgba(2, 2, &rgba);
        assert_eq!(size(&dib), Some((2, 2)));
        assert_eq!(dib[40..], [9, 8, 7, 12, 11, 10, 0, 0, 3, 2, 1, 6, 5, 4, 0, 0]);
        let bmp = to_bmp(&dib).unwrap_or_default();
        assert_eq!(bmp[..14], [b'B', b'M', 70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0]);
        assert_eq!(bmp[14..], dib);
        assert_eq!(from_rgba(0, 0, &[]).len(), 40);
    }

    #[test]
    fn the_pixels_begin_behind_header_masks_and_colors() {
        for (header, format, expected) in [
            (40, (24, 0, 0), 40),
            (40, (32, 0, 0), 40),
            (40, (8, 0, 0), 40 + 1024),
            (40, (8, 1, 3), 40 + 12),
            (40, (1, 0, 0), 40 + 8),
            (40, (16, 3, 0), 40 + 12),
            (40, (32, 6, 0), 40 + 16),
            (40, (24, 0, 5), 40 + 20),
            (108, (32, 3, 0), 108),
            (124, (32, 3, 0), 124),
        ] {
            let bmp = to_bmp(&bitmap(header, (3, -5), format)).unwrap_or_default();
            assert_eq!(number(&bmp, 10), Some(14 + expected), "{header} {format:?}");
        }
        let core = [&[12, 0, 0, 0, 3, 0, 5, 0, 1, 0, 4, 0][..], &[7; 60]].concat();
        assert_eq!(size(&core), Some((3, 5)));
        let bmp = to_bmp(&core).unwrap_or_default();
        assert_eq!(number(&bmp, 10), Some(14 + 12 + 48));
    }

    #[test]
    fn what_is_no_bitmap_is_none() {
        let whole = bitmap(40, (3, 5), (8, 0, 0));
        for length in 0..40 + 1024 {
            assert!(to_bmp(&whole[..length]).is_err(), "{length}");
        }
        assert!(to_bmp(&whole[..40 + 1024]).is_ok());
        for (header, size, format) in [
            (16, (3, 5), (24, 0, 0)),
            (40, (7680, 4321), (24, 0, 0)),
            (40, (1, i32::MIN), (24, 0, 0)),
            (40, (-1, -1), (24, 0, 0)),
            (40, (3, 5), (24, 0, u32::MAX)),
            (40, (3, 5), (255, 0, 600)),
        ] {
            let dib = bitmap(header, size, format);
            assert!(to_bmp(&dib).is_err(), "{header} {size:?} {format:?}");
        }
        assert!(to_bmp(&[0xFF; 100]).is_err());
    }
}
