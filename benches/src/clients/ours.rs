//! The clients of this project, as they come.

use futures_util::{Stream, StreamExt};
use sse_proto::source::SourceItem;

use super::events::Tally;
use super::on_tokio;

pub(super) fn tokio_on_hyper(url: &str, count: u64) -> Tally {
    let source = sse_tokio::EventSource::connect(url).expect("a URL");
    on_tokio(tally(source, count))
}

pub(super) fn tokio_on_reqwest(url: &str, count: u64) -> Tally {
    let client = reqwest::Client::builder().no_proxy();
    let transport = sse_tokio::ReqwestTransport::new(client).expect("a client");
    let builder = sse_tokio::EventSource::builder(url).expect("a URL");
    on_tokio(tally(builder.transport(transport).build(), count))
}

pub(super) fn on_async_std(url: &str, count: u64) -> Tally {
    let source = sse_async_std::async_std::EventSource::connect(url).expect("a URL");
    async_std::task::block_on(tally(source, count))
}

pub(super) fn on_smol(url: &str, count: u64) -> Tally {
    let source = sse_async_std::smol::EventSource::connect(url).expect("a URL");
    smol::block_on(tally(source, count))
}

pub(super) fn on_threads(url: &str, count: u64) -> Tally {
    let source = sse_blocking::EventSource::connect(url).expect("a URL");
    let mut tally = Tally::default();
    for item in source {
        if take(&mut tally, item) == count {
            break;
        }
    }
    tally
}

async fn tally(mut source: impl Stream<Item = SourceItem> + Unpin, count: u64) -> Tally {
    let mut tally = Tally::default();
    while let Some(item) = source.next().await {
        if take(&mut tally, item) == count {
            break;
        }
    }
    tally
}

/// Takes a message, and says how many there are.
fn take(tally: &mut Tally, item: SourceItem) -> u64 {
    match item {
        SourceItem::Message(message) => tally.event(message.data()),
        SourceItem::Error(error) => panic!("{error}"),
        _ => {}
    }
    tally.received()
}
