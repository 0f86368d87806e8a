//! One exchange over HTTP/2, its connection worked on by whoever reads.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::header::HOST;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::{Frame, Incoming};
use hyper::client::conn::http2;
use hyper::rt::{Executor, Read, Write};
use sse_proto::source::TransportError;

use super::broken;
use super::fair::Fair;
use crate::transport::Body;

/// Sends the request over a new connection, and gives the response as soon as its head is there.
pub(super) async fn exchange<T>(
    connection: T,
    mut request: Request<Full<Bytes>>,
) -> Result<Response<Body>, TransportError>
where
    T: Read + Write + Unpin + Send + 'static,
{
    // HTTP/2 has it in its URL.
    request.headers_mut().remove(HOST);
    let mut tasks = Tasks::default();
    let response = {
        let mut response = pin!(request_over(tasks.spawner(), connection, request));
        poll_fn(|cx| {
            // The exchange first: it is what gives the tasks something to do.
            let response = response.as_mut().poll(cx);
            if response.is_pending() {
                tasks.poll(cx);
            }
            response
        })
        .await?
    };
    let (response, sender) = response;
    Ok(response.map(|incoming| {
        Box::pin(ResponseBody {
            incoming,
            tasks,
            _sender: sender,
        }) as Body
    }))
}

type Sender = http2::SendRequest<Full<Bytes>>;

async fn request_over<T>(
    spawner: Spawner,
    connection: T,
    request: Request<Full<Bytes>>,
) -> Result<(Response<Incoming>, Sender), TransportError>
where
    T: Read + Write + Unpin + Send + 'static,
{
    let handshake = http2::handshake(spawner.clone(), Fair::new(connection)).await;
    let (mut sender, connection) = handshake.map_err(|error| broken(&error))?;
    // What ends it is seen where its response is.
    spawner.execute(async { drop(connection.await) });
    let response = sender.send_request(request).await;
    Ok((response.map_err(|error| broken(&error))?, sender))
}

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What hyper would have spawned, worked on by whoever asks instead.
#[derive(Default)]
struct Tasks(Arc<Mutex<Vec<Task>>>);

impl Tasks {
    fn spawner(&self) -> Spawner {
        Spawner(Arc::downgrade(&self.0))
    }

    fn poll(&mut self, cx: &mut Context<'_>) {
        let mut pending = Vec::new();
        loop {
            // They give each other work, and more of them, so the lock is not held meanwhile.
            let new = std::mem::take(&mut *self.lock());
            if new.is_empty() {
                break;
            }
            pending.extend(
                new.into_iter()
                    .filter_map(|mut task| task.as_mut().poll(cx).is_pending().then_some(task)),
            );
        }
        *self.lock() = pending;
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Task>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes what hyper spawns. The tasks have it themselves, so it does not keep them alive.
#[derive(Clone)]
struct Spawner(Weak<Mutex<Vec<Task>>>);

impl<F: Future<Output = ()> + Send + 'static> Executor<F> for Spawner {
    fn execute(&self, task: F) {
        if let Some(tasks) = self.0.upgrade() {
            let mut tasks = tasks.lock().unwrap_or_else(PoisonError::into_inner);
            tasks.push(Box::pin(task));
        }
    }
}

/// The body of a response, with the connection that it comes over.
struct ResponseBody {
    incoming: Incoming,
    tasks: Tasks,
    /// A connection without its sender would be taken for one that is done.
    _sender: Sender,
}

impl http_body::Body for ResponseBody {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        let this = &mut *self;
        let mut frame = Pin::new(&mut this.incoming).poll_frame(cx);
        // Reading makes room in the window, which the connection has to say.
        this.tasks.poll(cx);
        if frame.is_pending() {
            frame = Pin::new(&mut this.incoming).poll_frame(cx);
        }
        let frame = ready!(frame);
        Poll::Ready(frame.map(|frame| frame.map_err(|error| broken(&error))))
    }
}
