//! The server: what a subscriber may ask for, and how it is answered.
//!
//! [`Endpoint`] decides, from the head of a request, whether it subscribes to a stream and to which topics, and builds
//! the head of the response, or the response that refuses it. It does no input and output: any HTTP library does, or the
//! module `http1`.
//!
//! ```
//! use sse_proto::RequestHead;
//! use sse_proto::session::{Accepted, Endpoint, Reception};
//!
//! let endpoint = Endpoint::default();
//! let request = RequestHead::new("GET", "/events?stream=news&stream=prices", [("Last-Event-ID", "7")]);
//! let Reception::Subscribe(subscriber) = endpoint.receive(&request) else { panic!("it is fine") };
//! assert_eq!(subscriber.topics, ["news", "prices"]);
//! assert_eq!(subscriber.last_event_id.as_deref(), Some("7"));
//!
//! let head = endpoint.accept(&subscriber, &Accepted::default());
//! assert_eq!(head.headers.get("content-type"), Some(&b"text/event-stream"[..]));
//!
//! // What does not belong here is answered at once.
//! let Reception::Respond(response) = endpoint.receive(&RequestHead::new::<&str, &str>("PUT", "/events", [])) else {
//!     panic!("it is no subscription")
//! };
//! assert_eq!(response.head.status, 405);
//! ```
//!
//! # Who may subscribe
//!
//! Between the two stands the program's own judgement, an [`Evaluation`] of the request: an adapter that is async awaits
//! one, one that blocks calls for one.

mod cors;
mod endpoint;
mod head;
mod refusal;
mod request;

pub use cors::{Cors, InvalidOrigin};
pub use endpoint::{Endpoint, Reception};
pub use head::{Accepted, Evaluation, StreamHead};
pub use refusal::{InvalidStatus, Refusal};
pub use request::{InvalidRequest, RequestRules, SubscribeRequest};
