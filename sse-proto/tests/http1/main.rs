//! The server's side of HTTP/1.1, a story a file: no socket, no clock, no luck.

#![cfg(feature = "http1")]

mod answers;
mod bad_bodies;
mod bad_heads;
mod bodies;
mod chunked;
mod keeping;
mod memory;
mod properties;
mod requests;
mod state_table;
mod story;
mod streams;
mod support;
mod twin;
