//! The log: a story a file, and any operations against a plain list of events.

mod bounds;
mod ids;
mod model;
mod properties;
mod reading;
mod resuming;
mod support;
mod topics;
