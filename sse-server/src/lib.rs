//! The HTTP server of event streams, the same on every runtime.
//!
//! Take the crate of your runtime, which has the sockets: `sse-tokio`. Here is what they have alike: the [`Router`] of
//! their own servers, one [`Conversation`] a connection, and the [`EventBody`] for servers of others.
//!
//! | | |
//! |---|---|
//! | [`Router`] | which path has which hub's events, and small responses beside them |
//! | [`Events`] | how streams are asked for, who gets them, what their heads say |
//! | [`Conversation`] | one connection of an own server, without its socket |
//! | [`EventBody`] | a stream as the body of a response of any HTTP library |

#![cfg_attr(docsrs, feature(doc_cfg))]

mod body;
mod conversation;
mod events;
mod http_types;
mod own;
mod request;
mod router;
mod socket;

pub use body::{EventBody, Sleep};
pub use conversation::{Conversation, Step};
pub use events::{Answer, Events};
pub use http_types::request_head;
pub use own::{Carries, Clock, Io, NoOutlet, PATIENCE, Runtime, Server, drive};
pub use request::Request;
pub use router::Router;
pub use socket::set_up_socket;
