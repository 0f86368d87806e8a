//! `sse serve`: a hub for whoever can make an HTTP request.

mod access;
mod arguments;
mod publish;
mod routes;
mod status;

use std::io::BufRead;
use std::sync::Arc;
use std::time::Duration;

use sse_kit::Event;
use sse_kit::http1;
use sse_kit::redis::Redis;
use sse_kit::tokio::server::{Hub, Server};

pub(crate) use self::arguments::Arguments;
use crate::error::{Error, cause, plain};
use crate::listening::{listen, told_to_stop};
use crate::output::{complain, log};

/// How long the streams have to end when the server does.
const GRACE: Duration = Duration::from_secs(5);

#[tokio::main]
pub(crate) async fn run(arguments: &Arguments) -> Result<(), Error> {
    arguments.check()?;
    let hub = hub(arguments)?;
    let routes = routes::routes(&hub, Arc::new(arguments.access()), &arguments.cors)?;
    let listener = listen(arguments.listen).await?;
    if let Some(topic) = &arguments.stdin {
        publish_lines(hub.clone(), topic.clone());
    }
    let limits = http1::Config::new().max_body_bytes(arguments.max_body);
    let server = Server::new(routes)
        .http(limits)
        .max_connections(arguments.max_connections);
    let mut outcome = Ok(());
    let served = server.serve_until(listener, async {
        outcome = told_to_stop().await;
        log("ending: streams get a farewell");
        hub.close(GRACE);
    });
    let failed = |what: &str, error| Error::Failed(format!("cannot {what}: {}", cause(&error)));
    served.await.map_err(|error| failed("serve", error))?;
    outcome.map_err(|error| failed("wait for signals", error))
}

fn hub(arguments: &Arguments) -> Result<Hub, Error> {
    let builder = arguments.hub();
    let Some(url) = &arguments.redis else {
        return Ok(builder.build());
    };
    let redis = Redis::builder(url.as_str())
        .key(arguments.redis_key.as_str())
        .max_entries(arguments.history as u64)
        .max_age(arguments.history_age);
    let redis = redis.connect().map_err(|error| failed(&error))?;
    builder.backplane(redis).map_err(|error| failed(&error))
}

fn failed(error: &dyn std::error::Error) -> Error {
    Error::Failed(plain(&error.to_string()))
}

/// Publishes each line of standard input; at its end the server goes on.
fn publish_lines(hub: Hub, topic: String) {
    // Reading blocks, and cannot be given up: the program does not wait for this thread.
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            let line = match line {
                Ok(line) => line,
                Err(error) => return complain(format_args!("standard input: {}", cause(&error))),
            };
            if let Err(error) = hub.publish(&topic, &Event::new(line)).wait() {
                complain(format_args!("a line was not published: {error}"));
            }
        }
    });
}
