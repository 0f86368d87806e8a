//! Streams of a hub's events, at one path.

use std::fmt;
use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::Arc;

use sse_hub::{Channel, Hub, Subscription};
use sse_proto::log::Framing;
use sse_proto::session::{Accepted, Endpoint, Evaluation, Reception, Refusal, StreamHead};
use sse_proto::{RequestHead, Response, ResponseHead};

type Evaluating = Pin<Box<dyn Future<Output = Evaluation> + Send>>;
type Evaluator = Box<dyn Fn(Arc<RequestHead>) -> Evaluating + Send + Sync>;

/// Streams of a hub's events: how they are asked for, who gets them, and what their heads say.
///
/// ```
/// use sse_hub::Hub;
/// use sse_proto::session::{Accepted, Refusal};
/// use sse_server::{Events, Router};
///
/// let hub = Hub::builder().build();
/// let events = Events::new(&hub).topics(["news"]).evaluate(async |request| {
///     match request.headers.get("authorization") {
///         Some(b"Bearer 123") => Ok(Accepted::new().tagged("ada")),
///         _ => Err(Refusal::unauthorized("bring a token\n")),
///     }
/// });
/// let router = Router::new().endpoint("/events", events);
/// ```
pub struct Events {
    hub: Hub,
    endpoint: Endpoint,
    topics: Vec<String>,
    evaluator: Evaluator,
}

impl Events {
    /// The topics that the query names, for everybody.
    #[must_use]
    pub fn new(hub: &Hub) -> Self {
        Self {
            hub: hub.clone(),
            endpoint: Endpoint::default(),
            topics: Vec::new(),
            evaluator: Box::new(|_| Box::pin(ready(Ok(Accepted::new())))),
        }
    }

    /// Sets how requests are read, and what the heads of the responses say: CORS, headers, limits.
    #[must_use]
    pub fn requests(mut self, endpoint: Endpoint) -> Self {
        self.endpoint = endpoint;
        self
    }

    /// Sets the topics of a request that names none: by default there are none, and it is answered with 400.
    #[must_use]
    pub fn topics<T: Into<String>>(mut self, topics: impl IntoIterator<Item = T>) -> Self {
        self.topics = topics.into_iter().map(Into::into).collect();
        self
    }

    /// Asks about each request whether it gets its stream, before anything is answered.
    #[must_use]
    pub fn evaluate<F>(
        mut self,
        evaluate: impl Fn(Arc<RequestHead>) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Evaluation> + Send + 'static,
    {
        self.evaluator = Box::new(move |request| Box::pin(evaluate(request)));
        self
    }

    /// The hub whose events these are.
    #[must_use]
    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// Answers a request: with a stream, framed so, or with a response that says why there is none.
    ///
    /// Own servers do this by a [`Router`](crate::Router); it is for the handlers of other HTTP libraries.
    ///
    /// What it needs is on the heap, and gone with the answer: HTTP libraries keep the room of a handler's future for as
    /// long as its stream lasts.
    pub fn answer(
        &self,
        request: RequestHead,
        framing: Framing,
    ) -> impl Future<Output = Answer> + Send + '_ {
        Box::pin(self.find_answer(request, framing))
    }

    async fn find_answer(&self, request: RequestHead, framing: Framing) -> Answer {
        let subscriber = match self.endpoint.receive(&request) {
            Reception::Subscribe(subscriber) => subscriber,
            Reception::Respond(response) => return Answer::Response(response),
        };
        let request = Arc::new(request);
        let accepted = match (self.evaluator)(Arc::clone(&request)).await {
            Ok(accepted) => accepted,
            Err(refusal) => return Answer::Response(self.endpoint.refuse(&request, refusal)),
        };
        let head = self.endpoint.accept(&subscriber, &accepted);
        if subscriber.head_only {
            return Answer::Head(head);
        }
        let topics = if subscriber.topics.is_empty() {
            self.topics.clone()
        } else {
            subscriber.topics
        };
        let mut subscribe = self.hub.subscribe(topics).framing(framing);
        subscribe = subscribe.last_event_id(subscriber.last_event_id);
        if let Some(tag) = accepted.tag() {
            subscribe = subscribe.tag(tag);
        }
        match subscribe.request(Arc::clone(&request)).open() {
            Ok(subscription) => Answer::Stream(head, subscription),
            Err(error) => Answer::Response(self.endpoint.refuse(&request, error.refusal())),
        }
    }
}

/// How a request for a stream is answered.
#[derive(Debug)]
pub enum Answer {
    /// By a response without a stream.
    Response(Response),
    /// By the head that a stream would have: the request is a `HEAD`.
    Head(ResponseHead),
    /// By a stream: this head, and then what the subscription has.
    Stream(ResponseHead, Subscription),
    /// By a stream for this client alone: this head, and then what is sent into the channel.
    Channel(ResponseHead, Channel),
}

impl From<Response> for Answer {
    fn from(response: Response) -> Self {
        Self::Response(response)
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        Self::Response(refusal.into_response())
    }
}

impl From<Channel> for Answer {
    /// With the head that every stream has.
    fn from(channel: Channel) -> Self {
        let head = StreamHead::new().response_head(None, &Accepted::new());
        Self::Channel(head, channel)
    }
}

impl<T: Into<Answer>, E: Into<Answer>> From<Result<T, E>> for Answer {
    fn from(result: Result<T, E>) -> Self {
        result.map_or_else(Into::into, Into::into)
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events")
            .field("hub", &self.hub)
            .field("endpoint", &self.endpoint)
            .field("topics", &self.topics)
            .finish_non_exhaustive()
    }
}
