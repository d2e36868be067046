//! What does not fit comes into view where the pointer is at the edge.

/// How near the edge that begins, in CSS pixels.
const EDGE: f64 = 40.0;
/// How fast it is at the very edge, in CSS pixels a second.
const FASTEST: f64 = 1200.0;

/// How fast what is shown moves, in CSS pixels a second to the right and down, while the pointer is at this point of a
/// view of this size: away from the edge that the pointer is at.
pub(super) fn speed(point: (f64, f64), size: (f64, f64)) -> (f64, f64) {
    let along = |at: f64, length: f64| {
        // In a small view the middle is no edge.
        let edge = EDGE.min(length / 4.0);
        let nearness = |distance: f64| {
            if distance < edge {
                (1.0 - distance.max(0.0) / edge).powi(2)
            } else {
                0.0
            }
        };
        (nearness(at) - nearness(length - at)) * FASTEST
    };
    (along(point.0, size.0), along(point.1, size.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_moves_while_the_pointer_is_away_from_the_edges() {
        for point in [(500.0, 300.0), (40.0, 40.0), (959.0, 559.0)] {
            assert_eq!(speed(point, (1000.0, 600.0)), (0.0, 0.0), "{point:?}");
        }
        assert_eq!(
            speed((10.0, 10.0), (20.0, 20.0)),
            (0.0, 0.0),
            "the middle of a small view"
        );
    }

    #[test]
    fn it_moves_away_from_the_edge_and_faster_the_nearer_that_is() {
        let right = |x: f64| speed((x, 300.0), (1000.0, 600.0));
        assert_eq!(right(1000.0), (-FASTEST, 0.0));
        assert_eq!(right(980.0), (-FASTEST / 4.0, 0.0));
        assert_eq!(right(0.0), (FASTEST, 0.0));
        assert_eq!(right(-50.0), (FASTEST, 0.0), "beyond it is no faster");
        assert_eq!(speed((1000.0, 600.0), (1000.0, 600.0)), (-FASTEST, -FASTEST));
    }
}
