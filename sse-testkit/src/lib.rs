//! Test tools: what an event stream means according to the standard, and generators of streams to try.
//!
//! Nothing here knows the crates under test. [`oracle`] is the algorithm of the WHATWG HTML standard
//! written down as slowly and plainly as it stands there; [`strategies`] makes the streams, the cuts
//! and the events that a codec is compared on.

pub mod oracle;
pub mod strategies;
mod utf_8;
