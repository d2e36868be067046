//! The view of the desktop, as far as fingers move it.

/// What shows the desktop. Ways and points are in CSS pixels of the window.
pub trait View {
    /// Shows the desktop so many times as large, and what is at this point stays there.
    fn zoom(&self, factor: f64, at: (f64, f64));

    /// Moves what is shown, as a hand moves paper.
    fn pan(&self, way: (f64, f64));
}
