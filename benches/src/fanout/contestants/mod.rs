//! Everyone who is measured. A file is a contestant, and adding one is adding its line to the table.

use std::io;

use super::server::{Stage, on_tokio};
use crate::contestants::Role;

mod axum_bare;
mod axum_broadcast;
mod floor;
mod hyper_bare;
mod ours;
mod runs;

/// One server.
#[derive(Debug, Clone, Copy)]
pub struct Contestant {
    /// The name, as tables print it and the command line takes it.
    pub name: &'static str,
    /// Its part in the comparison.
    pub role: Role,
    /// Whom it is divided by when events come one at a time.
    pub beside: &'static str,
    /// Whom it is divided by when they come in bursts.
    pub beside_in_bursts: &'static str,
    /// Serves until there are no more commands.
    pub run: fn(Stage) -> io::Result<()>,
}

/// The floors first, then the ceilings of the frameworks, then whoever can be used.
pub const CONTESTANTS: [Contestant; 8] = [
    beside_the_floors("floor", Role::Floor, floor::run_singly),
    beside_the_floors("floor-batching", Role::Floor, floor::run_batching),
    beside_the_floors("hyper-bare", Role::Floor, on_tokio::<hyper_bare::Bare>),
    beside_the_floors("axum-bare", Role::Floor, on_tokio::<axum_bare::Bare>),
    beside_the_floors(
        "axum-broadcast",
        Role::Peer,
        on_tokio::<axum_broadcast::Broadcast>,
    ),
    beside_the_floors("ours", Role::Ours, on_tokio::<ours::OwnServer>),
    beside_the_floors("ours-hyper", Role::Ours, on_tokio::<ours::Hyper>).beside("hyper-bare"),
    beside_the_floors("ours-axum", Role::Ours, on_tokio::<ours::Axum>).beside("axum-bare"),
];

/// Our own server, quiet but for heartbeats; it stands in a table of its own.
pub const BEATING: Contestant =
    beside_the_floors("ours-beating", Role::Ours, on_tokio::<ours::Beating>).beside("ours");

/// Our own server as one of many nodes; it needs `redis-server`, and stands beside the one without.
pub const ON_REDIS: Contestant =
    beside_the_floors("ours-redis", Role::Ours, on_tokio::<ours::OnRedis>).beside("ours");

pub(super) use ours::SILENCE;

/// Compared with the least that any server has to do.
const fn beside_the_floors(
    name: &'static str,
    role: Role,
    run: fn(Stage) -> io::Result<()>,
) -> Contestant {
    Contestant {
        name,
        role,
        beside: "floor",
        beside_in_bursts: "floor-batching",
        run,
    }
}

impl Contestant {
    /// Compared with another contestant instead of the floors.
    #[must_use]
    pub const fn beside(mut self, name: &'static str) -> Self {
        self.beside = name;
        self.beside_in_bursts = name;
        self
    }

    /// The contestant of this name, `None` if there is none.
    pub fn named(name: &str) -> Option<Self> {
        CONTESTANTS
            .into_iter()
            .chain([BEATING, ON_REDIS])
            .find(|contestant| contestant.name == name)
    }

    /// Whom it is divided by at that many events at once.
    pub fn divided_by(&self, burst: u64) -> &'static str {
        match burst {
            1 => self.beside,
            _ => self.beside_in_bursts,
        }
    }
}
