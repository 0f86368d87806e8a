//! A hub, and the server of its events, on threads.

mod accepting;
mod connection;
mod serve;
mod threads;

pub use accepting::Acceptor;
pub use connection::Connection;
pub use serve::{Handle, Server, Threads, drive};
pub use sse_hub::*;
pub use sse_server::{Answer, Conversation, Events, Request, Router, Step, set_up_socket};
pub use threads::{ServerClock, Sleep};
