//! Two screens that look like what people have on theirs.

pub(crate) const WIDTH: usize = 1920;
pub(crate) const HEIGHT: usize = 1080;

/// The pixels' red, green and blue, row by row.
pub(crate) type Picture = Vec<[u8; 3]>;

/// Numbers that look random and are the same every time.
struct Numbers(u32);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 as usize % limit
    }
}

/// Windows with frames and lines of anti-aliased text on a plain background.
pub(crate) fn desktop() -> Picture {
    let mut picture = vec![[46, 84, 110]; WIDTH * HEIGHT];
    let mut numbers = Numbers(1);
    let mut fill = |x: usize, y: usize, width: usize, height: usize, colour: [u8; 3]| {
        for row in picture.chunks_mut(WIDTH).skip(y).take(height) {
            row[x.min(WIDTH)..(x + width).min(WIDTH)].fill(colour);
        }
    };
    for (x, y, width, height) in [(40, 60, 1100, 800), (700, 200, 1000, 780), (1300, 30, 580, 500)] {
        fill(x, y, width, height, [90, 90, 96]);
        fill(x + 2, y + 26, width - 4, height - 28, [250, 250, 248]);
        for line in (y + 40..y + height - 20).step_by(18) {
            let mut column = x + 14;
            while column < x + width - 30 {
                // A letter of a few strokes, with edges of grey.
                for _ in 0..3 {
                    let (dx, dy) = (numbers.below(6), numbers.below(8));
                    fill(column + dx, line + dy, 1, 5, [30, 30, 34]);
                    fill(
                        column + dx + 1,
                        line + dy,
                        1,
                        5,
                        [140 + numbers.below(4) as u8 * 20; 3],
                    );
                }
                column += if numbers.below(6) == 0 { 18 } else { 9 };
            }
        }
    }
    picture
}

/// Slopes of colour with noise on them.
pub(crate) fn photograph() -> Picture {
    let mut numbers = Numbers(2);
    (0..WIDTH * HEIGHT)
        .map(|number| {
            let (x, y) = (number % WIDTH, number / WIDTH);
            let wave = ((x as f32 / 97.0).sin() * (y as f32 / 61.0).cos() * 60.0) as i32;
            let noise = numbers.below(9) as i32;
            [
                x * 160 / WIDTH + 30,
                y * 150 / HEIGHT + 40,
                (x + y) * 100 / 3000 + 60,
            ]
            .map(|colour| (colour as i32 + wave + noise).clamp(0, 255) as u8)
        })
        .collect()
}
