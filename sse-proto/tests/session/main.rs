//! What a server decides about a subscriber, and what its stream says: a story a file, no socket, no clock, no luck.

mod accepting;
mod cors;
mod delivering;
mod ending;
mod filtering;
mod opening;
mod paging;
mod properties;
mod refusing;
mod requests;
mod state_table;
mod support;
mod timing;
