//! What the subscribers have to say, as it goes from their process to the one that measures.

use serde::{Deserialize, Serialize};

/// What came to some subscribers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// How many they are.
    pub subscribers: u64,
    /// Events, all subscribers together.
    pub received: u64,
    /// Events that never came.
    pub lost: u64,
    /// Events that came again.
    pub duplicated: u64,
    /// Events that came too late.
    pub reordered: u64,
    /// Connections that the server has closed or that broke.
    pub closed: u64,
    /// How long an event took in microseconds since it was due, the median of all deliveries.
    pub p50: u64,
    /// The 99th percentile of the same.
    pub p99: u64,
    /// The longest of the same.
    pub max: u64,
}

impl Report {
    /// Every subscriber got each event once, in order, and is still there.
    pub fn is_exact(&self, events: u64) -> bool {
        let wrong = self.lost + self.duplicated + self.reordered + self.closed;
        wrong == 0 && self.received == self.subscribers * events
    }
}

/// The account of all subscribers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reports {
    /// Those who read on.
    pub reading: Report,
    /// Those who had stopped reading.
    pub stalled: Report,
}
