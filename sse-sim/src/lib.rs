//! A simulated network under virtual time, which drives the client machine: no socket, no clock, a seed.
//!
//! A [`Server`] keeps its history, and a [`Weather`] does to each connection what networks do: it cuts it at any
//! byte, stalls it, drips it, answers with a wrong head, redirects, and lets the clock jump. [`run`] has the machine
//! live through one scenario, and says what it saw. With a server that keeps its history, no message may be lost and
//! none seen twice.

mod dice;
mod run;
mod server;
mod weather;

pub use dice::Dice;
pub use run::{Outcome, run};
pub use server::{Framing, Server, data_of};
pub use weather::{Fate, Weather};
