//! One exchange over HTTP/1.1, its connection worked on by whoever reads.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker, ready};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::{Frame, Incoming};
use hyper::client::conn::http1;
use hyper::rt::{Read, Write};
use sse_proto::source::TransportError;

use super::broken;
use super::fair::Fair;
use super::sleeper::Sleeper;
use crate::transport::Body;

type Connection<T> = http1::Connection<T, Full<Bytes>>;

/// Sends the request over a new connection, and gives the response as soon as its head is there.
pub(super) async fn exchange<T>(
    connection: T,
    request: Request<Full<Bytes>>,
) -> Result<Response<Body>, TransportError>
where
    T: Read + Write + Unpin + Send + 'static,
{
    let handshake = http1::Builder::new().handshake(Fair::new(connection)).await;
    let (mut sender, connection) = handshake.map_err(|error| broken(&error))?;
    let mut connection = Some(connection);
    let response = {
        let mut response = pin!(sender.send_request(request));
        poll_fn(|cx| {
            drive(&mut connection, cx);
            response.as_mut().poll(cx)
        })
        .await
        .map_err(|error| broken(&error))?
    };
    Ok(response.map(|incoming| {
        Box::pin(ResponseBody {
            incoming,
            connection,
            sleeper: Sleeper::new(),
            _sender: sender,
        }) as Body
    }))
}

/// Lets the connection do what it can. What ends it is seen where its response is.
fn drive<T: Read + Write + Unpin>(connection: &mut Option<Connection<T>>, cx: &mut Context<'_>) {
    if let Some(alive) = connection {
        if Pin::new(alive).poll(cx).is_ready() {
            *connection = None;
        }
    }
}

/// The body of a response, with the connection that it comes over.
struct ResponseBody<T: Read + Write> {
    incoming: Incoming,
    connection: Option<Connection<T>>,
    sleeper: Sleeper,
    /// A connection without its sender would be taken for one that is done.
    _sender: http1::SendRequest<Full<Bytes>>,
}

impl<T: Read + Write + Unpin> http_body::Body for ResponseBody<T> {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        let this = &mut *self;
        let frame = this.sleeper.poll(cx, |cx| {
            drive(&mut this.connection, cx);
            // What feeds it is driven here and nowhere else, so there is nothing that it could wake anybody for.
            let nobody = &mut Context::from_waker(Waker::noop());
            Pin::new(&mut this.incoming).poll_frame(nobody)
        });
        let frame = ready!(frame);
        Poll::Ready(frame.map(|frame| frame.map_err(|error| broken(&error))))
    }
}
