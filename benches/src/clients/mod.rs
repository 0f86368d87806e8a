//! Everyone who reads an event stream over a connection, each as its documentation shows it.

use std::time::Duration;

use cpu_time::ProcessTime;

use crate::contestants::Role;

pub mod events;
mod floors;
mod ours;
mod peers;
pub mod server;

use events::Tally;

/// What everyone on tokio has: one thread.
fn on_tokio<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(future)
}

/// One client.
#[derive(Debug, Clone, Copy)]
pub struct Client {
    /// The name, as tables print it and the command line takes it.
    pub name: &'static str,
    /// Its part in the comparison.
    pub role: Role,
    /// Reads that many events from a URL, and gives the connection up.
    read: fn(&str, u64) -> Tally,
}

macro_rules! client {
    ($name:literal, $role:ident, $read:path) => {
        Client {
            name: $name,
            role: Role::$role,
            read: $read,
        }
    };
}

/// Ours first, then the peers, then the floors.
pub const CLIENTS: [Client; 13] = [
    client!("tokio", Ours, ours::tokio_on_hyper),
    client!("tokio-reqwest", Ours, ours::tokio_on_reqwest),
    client!("async-std", Ours, ours::on_async_std),
    client!("smol", Ours, ours::on_smol),
    client!("blocking", Ours, ours::on_threads),
    client!("eventsource-client", Peer, peers::eventsource_client),
    client!("reqwest-eventsource", Peer, peers::reqwest_eventsource),
    client!("eventsource-stream", Peer, peers::eventsource_stream),
    client!("hyper-in-place", Floor, floors::hyper_in_place),
    client!("hyper-spawned", Floor, floors::hyper_spawned),
    client!("reqwest", Floor, floors::reqwest),
    client!("ureq", Floor, floors::ureq),
    client!("socket", Floor, floors::socket),
];

impl Client {
    /// The client of this name, `None` if there is none.
    pub fn named(name: &str) -> Option<Self> {
        CLIENTS.into_iter().find(|client| client.name == name)
    }

    /// The CPU time, user's and system's, of all threads while it reads that many events and takes its leave; `None`
    /// if they are not those that the server sent.
    pub fn time(&self, url: &str, count: u64) -> Option<Duration> {
        let start = ProcessTime::now();
        let tally = (self.read)(url, count);
        let time = start.elapsed();
        let expected = match self.role {
            Role::Floor => Tally::of_bytes(count),
            Role::Ours | Role::Peer => Tally::of_events(count),
        };
        (tally == expected).then_some(time)
    }
}
