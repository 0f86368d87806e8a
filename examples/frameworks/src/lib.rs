//! What the programs have alike: a hub to which a number is published each second, and the wait for Ctrl-C.

use std::time::Duration;

use sse_kit::Event;
use sse_kit::tokio::server::{Hub, drive};

/// The topic of the numbers.
pub const TOPIC: &str = "numbers";

/// How long the streams have to end.
pub const GRACE: Duration = Duration::from_secs(5);

/// A hub with its driver, and a number each second.
pub fn counting_hub() -> Hub {
    let hub = Hub::builder().build();
    drive(&hub);
    tokio::spawn(count(hub.clone()));
    hub
}

async fn count(hub: Hub) {
    for number in 1_u64.. {
        if hub.publish(TOPIC, &Event::display(number)).await.is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Waits for Ctrl-C; then ends all streams, so that the server can.
pub async fn told_to_end(hub: Hub) {
    let _ = tokio::signal::ctrl_c().await;
    hub.close(GRACE);
}

/// Where to listen: the first argument, or port 8000 of this machine.
pub fn address() -> std::net::SocketAddr {
    let argument = std::env::args().nth(1);
    let address = argument.as_deref().unwrap_or("127.0.0.1:8000");
    address.parse().expect("an address such as 127.0.0.1:8000")
}
