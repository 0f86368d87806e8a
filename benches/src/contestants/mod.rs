//! Everyone who is measured, each in its fastest idiomatic form.

use crate::chunks::Chunks;
use crate::sink::{FullSink, LightSink};

mod floors;
pub mod ours;
mod peers;

/// Which part a contestant has in a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The core of this project.
    Ours,
    /// A published crate.
    Peer,
    /// The least that has to be done; not a decoder that anyone could use.
    Floor,
}

/// One decoder, in one of its forms.
#[derive(Debug, Clone, Copy)]
pub struct Contestant {
    /// The name, as tables print it and the command line takes it.
    pub name: &'static str,
    /// Its part in the comparison.
    pub role: Role,
    /// Decodes a stream into the timed sink.
    pub time: fn(Chunks<'_>, &mut LightSink),
    /// The same into the checking sink; `None` for a floor that yields no events.
    pub check: Option<fn(Chunks<'_>, &mut FullSink)>,
}

macro_rules! contestant {
    ($name:literal, $role:ident, $decode:path) => {
        Contestant {
            name: $name,
            role: Role::$role,
            time: $decode,
            check: Some($decode),
        }
    };
}

/// Ours first, then the peers, then the floors.
pub const CONTESTANTS: [Contestant; 12] = [
    contestant!("ours-bytes", Ours, ours::lent_bytes),
    contestant!("ours-str", Ours, ours::lent_str),
    contestant!("ours-owned", Ours, ours::owned),
    contestant!("sse-core", Peer, peers::sse_core),
    contestant!("sse-stream", Peer, peers::sse_stream),
    contestant!("sseer", Peer, peers::sseer),
    contestant!("sse-parse", Peer, peers::sse_parse),
    contestant!("sse-codec", Peer, peers::sse_codec),
    contestant!("eventsource-stream", Peer, peers::eventsource_stream),
    without_events("memcpy", floors::memcpy),
    without_events("memchr2", floors::memchr2),
    contestant!("ideal", Floor, floors::ideal),
];

const fn without_events(name: &'static str, time: fn(Chunks<'_>, &mut LightSink)) -> Contestant {
    Contestant {
        name,
        role: Role::Floor,
        time,
        check: None,
    }
}

impl Contestant {
    /// The contestant of this name, `None` if there is none.
    pub fn named(name: &str) -> Option<Self> {
        CONTESTANTS
            .into_iter()
            .find(|contestant| contestant.name == name)
    }
}
