//! The service through which LaunchDarkly's `sse-contract-tests` question the client on tokio.
//!
//! ```sh
//! cargo run --release --example contract_service -- 127.0.0.1:8000
//! sse-contract-tests --url http://localhost:8000 --stop-service-at-end
//! ```
//!
//! The tests tell it over HTTP which streams to open, and it tells them, in requests of its own, what comes.
//! `docs/conformance.md` says what they ask.

mod service;

use std::io;

use tokio::net::TcpListener;

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let address = std::env::args().nth(1);
    let listener = TcpListener::bind(address.as_deref().unwrap_or("127.0.0.1:8000")).await?;
    println!("listening on http://{}", listener.local_addr()?);
    service::serve(&listener).await;
    Ok(())
}
