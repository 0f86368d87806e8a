//! The event stream format: `line` → `field` → `block` → `begun_line` → `scan` and `straddle` → `feed` and `decoder`; and `encoder`.

mod begun_line;
mod block;
mod decoder;
mod encoder;
mod feed;
mod field;
mod line;
mod place;
mod scan;
mod straddle;
mod utf8;

pub use decoder::{DEFAULT_MAX_EVENT_BYTES, Decoder, MAX_ID_BYTES};
pub use feed::Feed;
