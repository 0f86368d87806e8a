//! Measurements of the codec: ours, every published peer, and the floors, on the same inputs.
//!
//! Every contestant folds the type, the data and the last event ID of each event into the same
//! sink, and what it folded is checked against the oracle before it is timed.

pub mod bars;
pub mod chunks;
pub mod clients;
pub mod contestants;
pub mod encoders;
pub mod expected;
pub mod fanout;
pub mod measure;
pub mod nodes;
pub mod publishing;
pub mod results;
pub mod sink;
pub mod tables;
pub mod workloads;
