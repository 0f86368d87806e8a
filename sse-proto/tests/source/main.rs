//! The client machine, a story a file: no socket, no clock, no luck.

mod closing;
mod hostile;
mod properties;
mod redirects;
mod refusals;
mod requests;
mod retrying;
mod state_table;
mod steps;
mod support;
mod timeouts;
mod urls;
