//! A hub, the server of its events on threads, and a writer of events for servers of others.

mod accepting;
mod connection;
mod serve;
mod threads;
mod upgrade;
mod writer;

pub use accepting::Acceptor;
pub use connection::{Connection, Duplex};
pub use serve::{Handle, Server, Threads, drive};
pub use sse_hub::*;
pub use sse_server::{Answer, Conversation, Events, Request, Router, Step, set_up_socket};
pub use threads::{ServerClock, Sleep};
pub use upgrade::{Asked, Upgrade, UpgradeError};
pub use writer::SseWriter;
