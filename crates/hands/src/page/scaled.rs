//! An image in another size.

/// `rgba`, an image of `from` columns and rows whose colours are not multiplied by alpha, in `to` columns and rows. Each
/// pixel is what it covers of the image: exact in whole multiples, and neither jagged nor blurred between them.
pub(super) fn scaled(rgba: &[u8], from: (u16, u16), to: (u16, u16)) -> Vec<u8> {
    let (columns, rows) = (shares(from.0, to.0), shares(from.1, to.1));
    let width = usize::from(from.0);
    let mut scaled = Vec::with_capacity(columns.len() * rows.len() * 4);
    for row in &rows {
        for column in &columns {
            let (mut colour, mut alpha) = ([0.0; 3], 0.0);
            for &(y, tall) in row {
                for &(x, wide) in column {
                    let at = (y * width + x) * 4;
                    let Some([r, g, b, a]) = rgba.get(at..at + 4) else {
                        continue;
                    };
                    // What cannot be seen has no colour.
                    let share = f32::from(*a) * tall * wide;
                    for (sum, part) in colour.iter_mut().zip([r, g, b]) {
                        *sum += f32::from(*part) * share;
                    }
                    alpha += share;
                }
            }
            // Casting saturates, and makes 0 of what is divided by 0.
            scaled.extend(colour.map(|sum| (sum / alpha).round() as u8));
            scaled.push(alpha.round() as u8);
        }
    }
    scaled
}

/// For each of `to` pixels in a line those of `from` that it covers, each with its share.
fn shares(from: u16, to: u16) -> Vec<Vec<(usize, f32)>> {
    let per_pixel = f32::from(from) / f32::from(to);
    (0..to)
        .map(|pixel| {
            let (start, end) = (f32::from(pixel) * per_pixel, f32::from(pixel + 1) * per_pixel);
            let covered = start as u16..(end.ceil() as u16).min(from);
            covered
                .map(|at| {
                    let covers = end.min(f32::from(at) + 1.0) - start.max(f32::from(at));
                    (usize::from(at), (covers / per_pixel).max(0.0))
                })
                .collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RED: [u8; 4] = [255, 0, 0, 255];
    const BLUE: [u8; 4] = [0, 0, 255, 255];
    const NOTHING: [u8; 4] = [0; 4];

    #[test]
    fn the_same_size_is_the_same_image() {
        let image = [RED, BLUE, NOTHING, [1, 2, 3, 128], RED, BLUE].concat();
        assert_eq!(scaled(&image, (3, 2), (3, 2)), image);
    }

    #[test]
    fn whole_multiples_repeat_pixels() {
        let twice = [RED, RED, BLUE, BLUE, RED, RED, BLUE, BLUE].concat();
        assert_eq!(scaled(&[RED, BLUE].concat(), (2, 1), (4, 2)), twice);
        assert_eq!(scaled(&twice, (4, 2), (2, 1)), [RED, BLUE].concat());
    }

    #[test]
    fn a_pixel_over_two_is_what_it_covers_of_them() {
        let (red, blue) = ([200, 0, 0, 255], [0, 0, 100, 255]);
        let three = scaled(&[red, blue].concat(), (2, 1), (3, 1));
        assert_eq!(three, [red, [100, 0, 50, 255], blue].concat());
        let one = scaled(&[RED, BLUE, BLUE, BLUE].concat(), (4, 1), (1, 1));
        assert_eq!(one, [64, 0, 191, 255]);
    }

    #[test]
    fn what_cannot_be_seen_lends_no_colour() {
        let half = scaled(&[RED, NOTHING].concat(), (2, 1), (1, 1));
        assert_eq!(half, [255, 0, 0, 128]);
        assert_eq!(scaled(&NOTHING.repeat(4), (2, 2), (1, 1)), NOTHING);
    }

    #[test]
    fn pixels_that_are_missing_are_not_seen() {
        assert_eq!(scaled(&RED, (2, 1), (2, 1)), [RED, NOTHING].concat());
    }
}
