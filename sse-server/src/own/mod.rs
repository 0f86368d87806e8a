//! The own server of every asynchronous runtime.

mod alarm;
mod connection;
mod drive;
mod places;
mod runtime;
mod server;

pub use connection::PATIENCE;
pub use drive::drive;
pub use runtime::{Carries, Clock, Io, NoOutlet, Runtime};
pub use server::Server;
