//! The published clients, as their documentation shows them: with their defaults, but for proxies, which none may
//! find in the environment.

use std::pin::pin;

use eventsource_client::{Client, ClientBuilder, SSE};
use eventsource_stream::Eventsource;
use futures_util::StreamExt;
use hyper_util::client::legacy::connect::HttpConnector;
use launchdarkly_sdk_transport::HyperTransport;

use super::events::Tally;
use super::on_tokio;

pub(super) fn eventsource_client(url: &str, count: u64) -> Tally {
    on_tokio(async {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let transport = HyperTransport::builder()
            .disable_proxy()
            .build_with_connector(connector)
            .expect("a transport");
        let client = ClientBuilder::for_url(url).expect("a URL");
        let mut stream = client.build_with_transport(transport).stream();
        let mut tally = Tally::default();
        while let Some(item) = stream.next().await {
            if let SSE::Event(event) = item.expect("a stream") {
                tally.event(&event.data);
                if tally.received() == count {
                    break;
                }
            }
        }
        tally
    })
}

pub(super) fn reqwest_eventsource(url: &str, count: u64) -> Tally {
    on_tokio(async {
        let client = reqwest_12::Client::builder().no_proxy().build();
        let request = client.expect("a client").get(url);
        let mut source = reqwest_eventsource::EventSource::new(request).expect("a GET");
        let mut tally = Tally::default();
        while let Some(item) = source.next().await {
            if let reqwest_eventsource::Event::Message(event) = item.expect("a stream") {
                tally.event(&event.data);
                if tally.received() == count {
                    break;
                }
            }
        }
        tally
    })
}

pub(super) fn eventsource_stream(url: &str, count: u64) -> Tally {
    on_tokio(async {
        let client = reqwest::Client::builder().no_proxy().build();
        let response = client.expect("a client").get(url).send().await;
        let mut events = pin!(response.expect("a response").bytes_stream().eventsource());
        let mut tally = Tally::default();
        while let Some(event) = events.next().await {
            tally.event(&event.expect("a stream").data);
            if tally.received() == count {
                break;
            }
        }
        tally
    })
}
