//! Which request is whose.

use std::collections::HashMap;
use std::fmt;
use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::Arc;

use sse_hub::Hub;
use sse_proto::log::Framing;
use sse_proto::session::Refusal;

use crate::events::{Answer, Events};
use crate::request::Request;

/// What answers a request: with a response, or with a stream.
pub(crate) type Answering = Pin<Box<dyn Future<Output = Answer> + Send>>;

type Handler = Arc<dyn Fn(Request) -> Answering + Send + Sync>;

/// Which path is answered by what: streams of events, and small responses beside them.
///
/// A path is taken as it is written, without patterns. What there is no path for is answered with 404, or by the
/// [fallback](Self::fallback), and another method with 405. It is cheap to clone.
///
/// ```
/// use sse_hub::Hub;
/// use sse_proto::{Response, ResponseHead};
/// use sse_server::Router;
///
/// let hub = Hub::builder().build();
/// let router = Router::new().events("/events", &hub).get("/", |_| {
///     let head = ResponseHead::new(200, [("Content-Type", "text/html; charset=utf-8")]);
///     Response::new(head, "<!doctype html><script>new EventSource('/events?stream=news')</script>")
/// });
/// ```
#[derive(Clone, Default)]
pub struct Router(Arc<Routes>);

#[derive(Clone, Default)]
struct Routes {
    by_path: HashMap<String, Route>,
    fallback: Option<Handler>,
}

#[derive(Clone, Default)]
struct Route {
    events: Option<Arc<Events>>,
    handlers: Vec<(String, Handler)>,
}

impl Router {
    /// Nothing but 404.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Streams the topics of a hub that the query names (`?stream=a&stream=b`) at this path.
    #[must_use]
    pub fn events(self, path: &str, hub: &Hub) -> Self {
        self.endpoint(path, Events::new(hub))
    }

    /// Streams events at this path as you say.
    #[must_use]
    pub fn endpoint(mut self, path: &str, events: Events) -> Self {
        self.route_mut(path).events = Some(Arc::new(events));
        self
    }

    /// Answers `GET` and `HEAD` at this path, as [`route`](Self::route) does.
    #[must_use]
    pub fn get<A: Into<Answer> + Send + 'static>(
        self,
        path: &str,
        handler: impl Fn(Request) -> A + Send + Sync + 'static,
    ) -> Self {
        self.route("GET", path, move |request| ready(handler(request)))
    }

    /// Answers `POST` at this path, once its whole body has arrived.
    #[must_use]
    pub fn post<A: Into<Answer> + Send + 'static>(
        self,
        path: &str,
        handler: impl Fn(Request) -> A + Send + Sync + 'static,
    ) -> Self {
        self.route("POST", path, move |request| ready(handler(request)))
    }

    /// Answers a method at this path with what a future gives: a [`Response`](sse_proto::Response), a [`Refusal`], or a
    /// [`Channel`](sse_hub::Channel), which is a stream for this client alone.
    ///
    /// On threads the future is waited for by the connection's thread.
    ///
    /// ```
    /// use sse_hub::channel;
    /// use sse_hub::sse_proto::Event;
    /// use sse_hub::sse_proto::session::Refusal;
    /// use sse_server::Router;
    ///
    /// let router = Router::new().route("POST", "/count", async |request| {
    ///     let to: u32 = std::str::from_utf8(&request.body).ok().and_then(|body| body.parse().ok())
    ///         .ok_or_else(|| Refusal::unprocessable("how far?\n"))?;
    ///     let (sender, channel) = channel();
    ///     std::thread::spawn(move || {
    ///         // It waits while the client does not keep up, and ends when it is gone.
    ///         (1..=to).try_for_each(|number| sender.blocking_send(&Event::display(number)))
    ///     });
    ///     Ok::<_, Refusal>(channel)
    /// });
    /// ```
    #[must_use]
    pub fn route<F>(
        mut self,
        method: &str,
        path: &str,
        handler: impl Fn(Request) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output: Into<Answer>> + Send + 'static,
    {
        let handler: Handler = Arc::new(move |request| {
            let answer = handler(request);
            Box::pin(async { answer.await.into() })
        });
        self.route_mut(path).handlers.push((method.into(), handler));
        self
    }

    /// Answers whatever there is no path for, instead of with a 404.
    #[must_use]
    pub fn fallback<A: Into<Answer> + Send + 'static>(
        mut self,
        handler: impl Fn(Request) -> A + Send + Sync + 'static,
    ) -> Self {
        let handler: Handler = Arc::new(move |request| {
            let answer = handler(request).into();
            Box::pin(ready(answer))
        });
        Arc::make_mut(&mut self.0).fallback = Some(handler);
        self
    }

    /// The hubs whose events are streamed, each once.
    pub fn hubs(&self) -> impl Iterator<Item = &Hub> {
        let mut hubs: Vec<&Hub> = Vec::new();
        for events in self
            .0
            .by_path
            .values()
            .filter_map(|route| route.events.as_deref())
        {
            if !hubs.iter().any(|hub| hub.is_same(events.hub())) {
                hubs.push(events.hub());
            }
        }
        hubs.into_iter()
    }

    fn route_mut(&mut self, path: &str) -> &mut Route {
        let routes = Arc::make_mut(&mut self.0);
        routes.by_path.entry(path.into()).or_default()
    }

    /// Begins to answer a request.
    pub(crate) fn answer(&self, request: Request, framing: Framing) -> Answering {
        let Some(route) = self.0.by_path.get(request.head.path()) else {
            return match &self.0.fallback {
                Some(fallback) => fallback(request),
                None => respond(Refusal::not_found("there is nothing here\n")),
            };
        };
        let method = match &*request.head.method {
            "HEAD" => "GET",
            method => method,
        };
        let handler = route.handlers.iter().find(|(of, _)| of == method);
        match (handler, &route.events) {
            (Some((_, handler)), _) => handler(request),
            (None, Some(events)) => {
                let events = Arc::clone(events);
                Box::pin(async move { events.answer(request.head, framing).await })
            }
            (None, None) => {
                let mut allowed: Vec<_> = route.handlers.iter().map(|(of, _)| &**of).collect();
                if allowed.contains(&"GET") {
                    allowed.push("HEAD");
                }
                let allowed = allowed.join(", ");
                respond(Refusal::method_not_allowed(
                    &allowed,
                    format!("this is answered to {allowed}\n"),
                ))
            }
        }
    }
}

fn respond(refusal: Refusal) -> Answering {
    Box::pin(ready(refusal.into()))
}

impl fmt::Debug for Router {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.by_path.keys()).finish()
    }
}
