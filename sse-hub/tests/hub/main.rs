//! The hub, a story a file: a clock that the test sets, wakers that count, no socket.

mod backplane;
mod callbacks;
mod closing;
mod delivering;
mod driving;
mod filtering;
mod memory;
mod outlets;
mod publishing;
mod resuming;
mod stress;
mod support;
mod timing;
mod topics;
