//! One server, many subscribers: what a delivery costs the server's process.
//!
//! A contestant has a process of its own, pinned to a core where that is possible, and its
//! subscribers have another one, pinned to another core. The program itself holds both by pipes: it
//! says when to publish, waits until every subscriber has confirmed, and asks the server what it
//! has used. So nobody has a clock but the one who measures, and each event is known to have
//! arrived everywhere, once and in order.

pub mod burst;
pub mod churn;
pub mod clients;
pub mod contestants;
pub mod cores;
pub mod heartbeats;
pub mod memory;
pub mod process;
pub mod report;
pub mod server;
pub mod slow;
pub mod sustained;
pub mod table;

// What the load generator knows of responses and numbered events, in the one place where it is.
#[path = "../../../sse-cli/src/bench/response.rs"]
mod response;
#[path = "../../../sse-cli/src/bench/stamp.rs"]
mod stamp;
#[path = "../../../sse-cli/src/bench/tally.rs"]
mod tally;
