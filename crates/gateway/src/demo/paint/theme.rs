//! The demo's colours, in one place so that they go together.

use super::{Colour, Face, TextStyle};

pub(crate) const DEEP: Colour = Colour::rgb(0x0009_1b2a);
pub(crate) const SHALLOW: Colour = Colour::rgb(0x0015_4c5e);
pub(crate) const GLOW: Colour = Colour::rgb(0x0056_c7c0);

pub(crate) const PANEL: Colour = Colour::rgb(0x000b_1c29);
pub(crate) const PANEL_TEXT: Colour = Colour::rgb(0x00e6_f1f3);
pub(crate) const PANEL_QUIET: Colour = Colour::rgb(0x0091_a9b3);

pub(crate) const SURFACE: Colour = Colour::rgb(0x00f5_f7f8);
pub(crate) const TITLE: Colour = Colour::rgb(0x00e3_e9ec);
pub(crate) const EDGE: Colour = Colour::rgb(0x00c3_ced3);
pub(crate) const SHADOW: Colour = Colour::rgb(0x0000_0a12).with_alpha(110);
pub(crate) const INK: Colour = Colour::rgb(0x001b_2a33);
pub(crate) const QUIET: Colour = Colour::rgb(0x0060_737d);
pub(crate) const WELL: Colour = Colour::rgb(0x00e9_eef0);

pub(crate) const ACCENT: Colour = Colour::rgb(0x000c_8a84);
pub(crate) const BUOY: Colour = Colour::rgb(0x00e8_6a33);
pub(crate) const SUN: Colour = Colour::rgb(0x00f7_c352);
pub(crate) const WHITE: Colour = Colour::rgb(0x00ff_ffff);

pub(crate) const TERMINAL: Colour = Colour::rgb(0x000e_1a22);
pub(crate) const TERMINAL_TEXT: Colour = Colour::rgb(0x00d5_e2e6);
pub(crate) const TERMINAL_PROMPT: Colour = Colour::rgb(0x004f_d1c5);

pub(crate) const TEXT: TextStyle = TextStyle::new(Face::Regular, 13);
pub(crate) const STRONG: TextStyle = TextStyle::new(Face::Semibold, 13);
pub(crate) const MONO: TextStyle = TextStyle::new(Face::Mono, 14);
