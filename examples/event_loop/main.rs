//! The client machine in a loop of your own: no runtime, no HTTP library, one thread, one socket.
//!
//! ```sh
//! cargo run --example event_loop -- http://127.0.0.1:3000/events
//! ```
//!
//! [`driver`] is the loop, [`exchange`] just enough HTTP/1.1 for it. Every decision (when to reconnect, what to send,
//! which redirect to follow, when to give up) is the machine's.

mod driver;
mod exchange;

use std::error::Error;
use std::time::Duration;

use driver::Driver;
use sse_kit::source::{Config, SourceItem};

fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::args()
        .nth(1)
        .ok_or("say which URL to listen to")?;
    let config = Config::new(url)?.idle_timeout(Some(Duration::from_secs(60)));
    let mut driver = Driver::new(config);
    loop {
        match driver.next(Duration::from_secs(1)) {
            Some(SourceItem::Open(head)) => eprintln!("open ({})", head.status),
            Some(SourceItem::Message(event)) => {
                println!("{}: {}", event.event_type(), event.data());
            }
            Some(SourceItem::Error(error)) => eprintln!("{error}"),
            Some(SourceItem::Closed) => return Ok(()),
            Some(_) => {}
            // Whatever else the program has to do has its place here.
            None => {}
        }
    }
}
