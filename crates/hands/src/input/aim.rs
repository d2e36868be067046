//! What is meant by a pixel of the display that is pointed at: browsers tell where it begins.

/// What is narrower than the display's pixels by this much is so, and not rounded: browsers lay out in parts of CSS pixels.
const NARROWER: f64 = 0.98;

/// What is meant of one that covers no more than one. A picture need not begin where a pixel of the display does, and is painted
/// from the nearest one on, from half of one on from the next; and a place between two pixels may be told as a little less.
const MIDDLE: f64 = 0.49;

/// The place along an axis that is meant by a pixel of the display that begins `at` it, over a picture of this start and length
/// whose pixels are `scale` wide. The display's own are `pixel` wide; all of it is in CSS pixels.
#[must_use]
pub fn aim(at: f64, (start, length): (f64, f64), pixel: f64, scale: f64) -> f64 {
    let part = if scale < NARROWER * pixel {
        // It covers several, and what lies at an edge is to be reached: the first one at the start, the last one at the end.
        ((at - start) / (length - pixel)).clamp(0.0, 1.0)
    } else {
        MIDDLE
    };
    at + part * pixel
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pixel that is pointed at.
    fn pointed(at: f64, start: f64, pixels: f64, pixel: f64, scale: f64) -> f64 {
        let place = aim(at, (start, pixels * scale), pixel, scale);
        ((place - start) / scale).floor().clamp(0.0, pixels - 1.0)
    }

    #[test]
    fn every_pixel_is_reached_that_is_no_smaller_than_the_displays() {
        for (ratio, scale) in [
            (1.0, 1.0),
            (1.0, 3.0),
            (1.1, 1.0 / 1.1),
            (2.0, 0.5),
            (1.5, 1.0),
            (0.9, 2.0),
        ] {
            let pixel = 1.0 / ratio;
            // On the display it is painted from one of its pixels on.
            for start in [0.0, 344.5, 313.1676, 467.272_705_078_125] {
                let painted = f64::round(start * ratio);
                for number in 0..500 {
                    let first = (painted + f64::from(number) * scale * ratio - 1e-9).ceil();
                    assert_eq!(
                        pointed(first / ratio, start, 500.0, pixel, scale),
                        f64::from(number),
                        "{ratio} {scale} {start}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_first_and_the_last_pixel_are_reached_where_the_display_has_fewer() {
        for scale in [0.5, 0.3, 0.75] {
            let (pixels, start) = (1000.0, 40.0);
            let last = start + pixels * scale - 1.0;
            assert_eq!(pointed(start, start, pixels, 1.0, scale), 0.0, "{scale}");
            assert_eq!(pointed(last, start, pixels, 1.0, scale), pixels - 1.0, "{scale}");
            let middle = pointed(start + pixels * scale / 2.0, start, pixels, 1.0, scale);
            assert!((middle - 500.0).abs() < 2.0, "{scale}: {middle}");
        }
    }
}
