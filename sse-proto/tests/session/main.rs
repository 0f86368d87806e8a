//! What a server decides about a subscriber, a story a file.

mod accepting;
mod cors;
mod refusing;
mod requests;
