//! Nodes on a real Redis, which each test starts for itself.

mod bad_input;
mod failures;
mod spreading;
mod support;
