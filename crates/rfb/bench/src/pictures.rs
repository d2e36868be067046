//! Screens that look like what people have on theirs.

use crate::receiver::{HEIGHT, WIDTH};

/// The pixels' red, green and blue, row by row.
pub type Picture = Vec<[u8; 3]>;

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

fn fill(picture: &mut Picture, [x, y, width, height]: [usize; 4], colour: [u8; 3]) {
    for row in picture.chunks_mut(WIDTH).skip(y).take(height) {
        row[x.min(WIDTH)..(x + width).min(WIDTH)].fill(colour);
    }
}

/// Letters without grey edges, in a few colours on black, in lines of different lengths.
pub(crate) fn terminal() -> Picture {
    let mut picture = vec![[0; 3]; WIDTH * HEIGHT];
    let mut numbers = Numbers(3);
    let colours = [[229, 229, 229], [0, 205, 0], [205, 205, 0], [92, 92, 255]];
    for y in (0..HEIGHT - 16).step_by(16) {
        let mut colour = colours[0];
        for x in (8..200 + numbers.below(WIDTH - 208)).step_by(9) {
            if numbers.below(6) == 0 {
                colour = colours[numbers.below(colours.len())];
                continue;
            }
            let (stem, bar) = (numbers.below(5), numbers.below(8));
            fill(&mut picture, [x + stem, y + 3, 2, 10], colour);
            fill(&mut picture, [x, y + 3 + bar, 7, 1], colour);
            fill(&mut picture, [x + numbers.below(6), y + 5, 1, 5], colour);
        }
    }
    picture
}

/// Text with grey edges on white, beside pictures and a slope of colour at the top.
pub(crate) fn page() -> Picture {
    let mut picture = vec![[255; 3]; WIDTH * HEIGHT];
    let (windows, photograph) = (windows(), photograph());
    for (number, pixel) in picture.iter_mut().enumerate() {
        let (x, y) = (number % WIDTH, number / WIDTH);
        let is_picture =
            |left: usize, top: usize| (left..left + 480).contains(&x) && (top..top + 320).contains(&y);
        if y < 90 {
            *pixel = [30 + (y / 3) as u8, 60 + (y / 2) as u8, 120 + y as u8];
        } else if is_picture(240, 140) || is_picture(1240, 620) {
            *pixel = photograph[number];
        } else if (240..1720).contains(&x) {
            // The inside of a window full of text.
            *pixel = windows[(y * 7 / 10 + 90) * WIDTH + 60 + x % 600];
        }
    }
    picture
}

/// Slopes of colour without any noise.
pub(crate) fn gradient() -> Picture {
    (0..WIDTH * HEIGHT)
        .map(|number| {
            let (x, y) = (number % WIDTH, number / WIDTH);
            [
                x * 255 / WIDTH,
                y * 255 / HEIGHT,
                (x + y) * 255 / (WIDTH + HEIGHT),
            ]
            .map(|colour| colour as u8)
        })
        .collect()
}

/// Windows with frames and lines of anti-aliased text on a plain background.
pub(crate) fn windows() -> Picture {
    let mut picture = vec![[46, 84, 110]; WIDTH * HEIGHT];
    let mut numbers = Numbers(1);
    let mut fill = |x, y, width, height, colour| fill(&mut picture, [x, y, width, height], colour);
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
