//! Test tools: what an event stream means according to the standard, generators of streams to try, and
//! a peer that follows a script.
//!
//! Nothing here knows the crates under test. [`oracle`] is the algorithm of the WHATWG HTML standard
//! written down as slowly and plainly as it stands there; [`strategies`] makes the streams, the cuts
//! and the events that a codec is compared on; [`script`] is the server that a client is tried on.

pub mod oracle;
pub mod script;
pub mod strategies;
#[cfg(feature = "tracing")]
pub mod told;
mod utf_8;
