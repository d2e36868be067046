//! RFB, sans-IO.
