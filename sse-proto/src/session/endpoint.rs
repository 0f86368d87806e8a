//! One place where streams are asked for: it reads requests, and builds what is answered.

use super::head::{Accepted, StreamHead};
use super::refusal::Refusal;
use super::request::{RequestRules, SubscribeRequest, origin};
use crate::head::{RequestHead, Response, ResponseHead};

/// One place where streams are asked for: how requests are read, and what their responses say.
///
/// The [module](super) has an example.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Endpoint {
    rules: RequestRules,
    head: StreamHead,
}

/// What becomes of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reception {
    /// It asks for a stream. Evaluate it, and then [accept](Endpoint::accept) or [refuse](Endpoint::refuse) it.
    Subscribe(SubscribeRequest),
    /// It is answered by this: it asks for no stream, or not in a way that can be understood, or what a page may ask
    /// for.
    Respond(Response),
}

impl Endpoint {
    /// An endpoint of these rules, whose streams have this head.
    #[must_use]
    pub fn new(rules: RequestRules, head: StreamHead) -> Self {
        Self { rules, head }
    }

    /// Reads a request.
    #[must_use]
    pub fn receive(&self, request: &RequestHead) -> Reception {
        let methods = self.rules.allowed_methods();
        let cors = self.head.cors_policy();
        if let Some(preflight) = cors.and_then(|cors| cors.preflight(request, methods)) {
            return Reception::Respond(preflight);
        }
        match self.rules.read(request) {
            Ok(request) => Reception::Subscribe(request),
            Err(error) => Reception::Respond(self.refuse(request, error.refusal())),
        }
    }

    /// The head of the stream that this subscriber gets.
    #[must_use]
    pub fn accept(&self, request: &SubscribeRequest, accepted: &Accepted) -> ResponseHead {
        self.head.response_head(request.origin.as_deref(), accepted)
    }

    /// The response that refuses this request, which a page may read if it may read the stream.
    #[must_use]
    pub fn refuse(&self, request: &RequestHead, refusal: Refusal) -> Response {
        let mut response = refusal.into_response();
        if let Some(cors) = self.head.cors_policy() {
            let origin = origin(&request.headers);
            cors.allow(origin.as_deref(), &mut response.head.headers);
        }
        response
    }
}
