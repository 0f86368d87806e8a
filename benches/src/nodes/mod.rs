//! Many nodes on one Redis: publishing beside raw pipelines, and how long an event takes to another node.

pub mod latency;
pub mod publishing;
pub mod server;
