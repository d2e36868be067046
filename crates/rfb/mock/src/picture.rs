//! What the mock has on its screen.

/// A picture of this size, three bytes (red, green, blue) a pixel. Every number has its own.
pub fn picture(width: u16, height: u16, number: u32) -> Vec<u8> {
    let mut pixels = Vec::with_capacity(usize::from(width) * usize::from(height) * 3);
    for y in 0..u32::from(height) {
        for x in 0..u32::from(width) {
            let (red, green) = (x * 5 + number * 40, y * 7 + number * 11);
            pixels.extend([red as u8, green as u8, (x ^ y ^ number) as u8]);
        }
    }
    pixels
}
