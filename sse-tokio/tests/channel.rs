//! A stream for one client as the body of a response.
#![cfg(feature = "server")]

use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use http_body::Body;
use sse_hub::sse_proto::Event;
use sse_tokio::server::{EventBody, channel, into_http};
use tokio::time::Instant;

async fn frame(body: &mut EventBody) -> Option<String> {
    let frame = poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)).await?;
    let bytes = frame.unwrap().into_data().unwrap();
    Some(String::from_utf8(bytes.to_vec()).unwrap())
}

#[tokio::test(start_paused = true)]
async fn it_beats_after_each_silence_and_ends_with_its_sender() {
    let (sender, channel) = channel();
    let mut body = into_http(channel).into_body();
    sender.send(&Event::new("a")).await.unwrap();
    assert_eq!(frame(&mut body).await.unwrap(), "data: a\n\n");

    for _ in 0..3 {
        let before = Instant::now();
        assert_eq!(frame(&mut body).await.unwrap(), ":\n\n");
        // A channel has the system's clock, which goes on while tokio's stands still.
        assert!(before.elapsed() > Duration::from_secs(10));
    }
    drop(sender);
    assert_eq!(frame(&mut body).await, None);
}
