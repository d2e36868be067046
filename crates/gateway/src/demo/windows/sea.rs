//! A porthole with the sea behind it, which never stands still.

use std::time::Duration;

use super::{Content, Slot};
use crate::demo::desktop::Moment;
use crate::demo::geometry::{Rect, Size};
use crate::demo::paint::{Canvas, Colour, theme};

/// Thirty pictures a second: water needs no more.
const INTERVAL: Duration = Duration::from_nanos(1_000_000_000 / 30);

const WALL: Colour = Colour::rgb(0x00dc_e4e7);
const BRASS: Colour = Colour::rgb(0x00b9_8b4a);
const BRASS_LIGHT: Colour = Colour::rgb(0x00e0_bd7f);
const SKY: Colour = Colour::rgb(0x00bf_e3ee);
const HULL: Colour = Colour::rgb(0x0093_3f26);

/// A row of waves: colour, mean depth and height in radii, length in radii, speed in radii a second.
struct Waves {
    colour: Colour,
    depth: f32,
    height: f32,
    length: f32,
    speed: f32,
}

const FAR: Waves = Waves {
    colour: Colour::rgb(0x005d_b3c4),
    depth: 0.08,
    height: 0.035,
    length: 0.55,
    speed: 0.10,
};
const MIDDLE: Waves = Waves {
    colour: Colour::rgb(0x002b_8fa5),
    depth: 0.26,
    height: 0.05,
    length: 0.8,
    speed: -0.16,
};
const NEAR: Waves = Waves {
    colour: Colour::rgb(0x0015_637c),
    depth: 0.52,
    height: 0.07,
    length: 1.1,
    speed: 0.24,
};

impl Waves {
    /// How far below the porthole's middle the water stands, all in radii.
    fn surface(&self, x: f32, seconds: f32) -> f32 {
        let turn = std::f32::consts::TAU * (x + seconds * self.speed) / self.length;
        self.depth + self.height * (turn.sin() + 0.3 * (2.3 * turn + seconds).sin())
    }
}

/// The view, as it is at some moment.
#[derive(Debug)]
pub(super) struct Sea {
    size: Size,
    uptime: Duration,
}

impl Sea {
    pub(super) fn new(now: Moment) -> Self {
        Self {
            size: Size::default(),
            uptime: now.uptime,
        }
    }

    fn centre(&self) -> (f32, f32) {
        (self.size.width as f32 / 2.0, self.size.height as f32 / 2.0)
    }

    fn radius(&self) -> f32 {
        (self.size.width.min(self.size.height) as f32 / 2.0 - 26.0).max(8.0)
    }

    /// The pane, which is all that moves.
    fn pane(&self) -> Rect {
        let (x, y) = self.centre();
        let radius = self.radius() + 1.0;
        Rect::new(
            (x - radius) as i32,
            (y - radius) as i32,
            (2.0 * radius) as i32 + 2,
            (2.0 * radius) as i32 + 2,
        )
    }

    fn water(&self, canvas: &mut Canvas<'_>, waves: &Waves, seconds: f32) {
        let (centre, radius, pane) = (self.centre(), self.radius(), self.pane());
        let heights: Vec<f32> = (pane.x..pane.right())
            .map(|x| centre.1 + radius * waves.surface((x as f32 - centre.0) / radius, seconds))
            .collect();
        canvas.shade(pane, waves.colour, |x, y| {
            let height = heights
                .get((x - pane.x as f32) as usize)
                .copied()
                .unwrap_or(f32::MAX);
            (y - height + 0.5)
                .clamp(0.0, 1.0)
                .min(inside(centre, radius, x, y))
        });
    }

    fn boat(&self, canvas: &mut Canvas<'_>, seconds: f32) {
        let (centre, radius) = (self.centre(), self.radius());
        let across = 0.45 * (seconds * 0.12).sin();
        let slope = MIDDLE.surface(across + 0.05, seconds) - MIDDLE.surface(across - 0.05, seconds);
        let at = |x: f32, y: f32| {
            let (sin, cos) = (slope * 3.0).sin_cos();
            let (x, y) = (x * cos - y * sin, x * sin + y * cos);
            let deck = MIDDLE.surface(across, seconds) - 0.02;
            (centre.0 + radius * (across + x), centre.1 + radius * (deck + y))
        };
        canvas.line(
            at(0.0, -0.02),
            at(0.0, -0.34),
            (radius * 0.015).max(1.5),
            theme::INK,
        );
        for step in 0_u8..16 {
            let part = f32::from(step) / 15.0;
            let y = -0.09 - 0.23 * part;
            canvas.line(
                at(0.015, y),
                at(0.02 + 0.17 * (1.0 - part), y),
                radius * 0.02,
                theme::WHITE,
            );
        }
        canvas.line(at(-0.13, -0.02), at(0.15, -0.02), radius * 0.06, HULL);
        canvas.line(at(-0.10, 0.02), at(0.11, 0.02), radius * 0.05, HULL);
    }
}

/// How much of a pixel is inside the circle.
fn inside(centre: (f32, f32), radius: f32, x: f32, y: f32) -> f32 {
    (radius + 0.5 - (x - centre.0).hypot(y - centre.1)).clamp(0.0, 1.0)
}

impl Content for Sea {
    fn slot(&self) -> Slot {
        Slot::Sea
    }

    fn title(&self) -> &str {
        "Porthole"
    }

    fn surface(&self) -> Colour {
        WALL
    }

    fn resize(&mut self, size: Size) {
        self.size = size;
    }

    fn tick(&mut self, now: Moment) -> Option<Rect> {
        if now.uptime < self.uptime + INTERVAL {
            return None;
        }
        self.uptime = now.uptime;
        Some(self.pane())
    }

    fn next_tick(&self) -> Option<Duration> {
        Some(self.uptime + INTERVAL)
    }

    fn paint(&self, canvas: &mut Canvas<'_>, _focused: bool) {
        let (centre, radius) = (self.centre(), self.radius());
        let seconds = self.uptime.as_secs_f32();
        canvas.disc(centre, radius + 18.0, BRASS);
        canvas.ring(centre, radius + 12.0, 3.0, BRASS_LIGHT);
        for bolt in 0_u8..8 {
            let (sin, cos) = (std::f32::consts::FRAC_PI_4 * (f32::from(bolt) + 0.5)).sin_cos();
            canvas.disc(
                (centre.0 + cos * (radius + 9.0), centre.1 + sin * (radius + 9.0)),
                2.5,
                HULL,
            );
        }
        if !canvas.shows(self.pane()) {
            return;
        }
        canvas.disc(centre, radius, SKY);
        let sun = (
            centre.0 - radius * 0.38,
            centre.1 - radius * (0.36 + 0.03 * (seconds * 0.4).sin()),
        );
        canvas.disc(sun, radius * 0.15, theme::SUN);
        self.water(canvas, &FAR, seconds);
        self.boat(canvas, seconds);
        self.water(canvas, &MIDDLE, seconds);
        self.water(canvas, &NEAR, seconds);
    }
}
