//! What is under way for one attempt, and how the machine's words are said in those of `http`.

use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Uri};
use sse_proto::source::{
    Attempt, Prepared, Request, ResponseHead, TransportError, TransportErrorKind, Verdict,
};

use crate::transport::{Body, TransportFuture};

pub(crate) type PrepareFuture = Pin<Box<dyn Future<Output = Result<Prepared, String>> + Send>>;
pub(crate) type ValidateFuture = Pin<Box<dyn Future<Output = Verdict> + Send>>;

/// What is waited for.
pub(crate) struct Exchange {
    pub(crate) attempt: Attempt,
    /// What the machine did not take yet of the last chunk.
    pub(crate) unread: Bytes,
    stage: Stage,
}

enum Stage {
    Prepare(PrepareFuture),
    Send(TransportFuture),
    Validate(ValidateFuture, Body),
    Read(Body),
    Over,
}

/// What has happened: an input of the machine.
pub(crate) enum Input {
    Prepared(Result<Prepared, String>),
    Head(ResponseHead),
    Verdict(Verdict),
    Data(Bytes),
    End,
    Error(TransportError),
}

impl Exchange {
    fn new(attempt: Attempt, stage: Stage) -> Self {
        let unread = Bytes::new();
        Self {
            attempt,
            unread,
            stage,
        }
    }

    pub(crate) fn prepare(attempt: Attempt, future: PrepareFuture) -> Self {
        Self::new(attempt, Stage::Prepare(future))
    }

    pub(crate) fn send(attempt: Attempt, future: TransportFuture) -> Self {
        Self::new(attempt, Stage::Send(future))
    }

    /// Leaves the body alone until there is a verdict.
    pub(crate) fn validate(self, future: ValidateFuture) -> Self {
        let stage = match self.stage {
            Stage::Read(body) => Stage::Validate(future, body),
            other => other,
        };
        Self { stage, ..self }
    }

    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Input> {
        if !self.unread.is_empty() {
            return Poll::Ready(Input::Data(mem::take(&mut self.unread)));
        }
        let input = match &mut self.stage {
            Stage::Prepare(future) => {
                let prepared = ready!(future.as_mut().poll(cx));
                self.stage = Stage::Over;
                Input::Prepared(prepared)
            }
            Stage::Send(future) => match ready!(future.as_mut().poll(cx)) {
                Ok(response) => {
                    let (head, body) = response.into_parts();
                    self.stage = Stage::Read(body);
                    Input::Head(response_head(&head))
                }
                Err(error) => self.over(Input::Error(error)),
            },
            Stage::Validate(future, _) => {
                let verdict = ready!(future.as_mut().poll(cx));
                if let Stage::Validate(_, body) = mem::replace(&mut self.stage, Stage::Over) {
                    self.stage = Stage::Read(body);
                }
                Input::Verdict(verdict)
            }
            Stage::Read(body) => loop {
                match ready!(body.as_mut().poll_frame(cx)) {
                    Some(Ok(frame)) => {
                        if let Ok(chunk) = frame.into_data() {
                            break Input::Data(chunk);
                        }
                    }
                    Some(Err(error)) => break self.over(Input::Error(error)),
                    None => break self.over(Input::End),
                }
            },
            Stage::Over => return Poll::Pending,
        };
        Poll::Ready(input)
    }

    fn over(&mut self, last: Input) -> Input {
        self.stage = Stage::Over;
        last
    }
}

/// The machine's request as one of `http`, or what `http` does not like about it.
pub(crate) fn http_request(request: Request) -> Result<http::Request<Bytes>, TransportError> {
    let mut sent = http::Request::new(request.body.unwrap_or_default());
    *sent.method_mut() = Method::from_bytes(request.method.as_bytes()).map_err(unsendable)?;
    *sent.uri_mut() = Uri::try_from(request.url).map_err(unsendable)?;
    for (name, value) in request.headers {
        let name = HeaderName::try_from(name).map_err(unsendable)?;
        let value = HeaderValue::try_from(value).map_err(unsendable)?;
        sent.headers_mut().append(name, value);
    }
    Ok(sent)
}

fn unsendable(error: impl Into<http::Error>) -> TransportError {
    TransportError::new(TransportErrorKind::Unsupported, error.into().to_string())
}

fn response_head(head: &http::response::Parts) -> ResponseHead {
    let headers = head.headers.iter();
    let headers = headers.map(|(name, value)| (name.as_str(), value.as_bytes()));
    ResponseHead::new(head.status.as_u16(), headers)
}
