//! How a test is told what happens.

use std::error::Error;
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::header::CONTENT_TYPE;
use hyper::{Request, Uri};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

/// How long a test may take to hear of something.
const PATIENCE: Duration = Duration::from_secs(60);
/// The largest answer of a test, which has nothing to say.
const MAX_ANSWER_BYTES: usize = 64 << 10;

/// The connections to the tests.
pub(super) struct Client(legacy::Client<HttpConnector, Full<Bytes>>);

impl Default for Client {
    fn default() -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Self(legacy::Client::builder(TokioExecutor::new()).build(connector))
    }
}

impl Client {
    /// A way to tell one test, at its callback URL.
    pub(super) fn to(&self, url: &str) -> Result<Callbacks, Box<dyn Error>> {
        let parsed: Uri = url.parse()?;
        if parsed.scheme_str() != Some("http") || parsed.query().is_some() {
            return Err(format!("{url:?} is no http:// URL that a number can be added to").into());
        }
        Ok(Callbacks {
            client: self.0.clone(),
            url: url.trim_end_matches('/').to_owned(),
            count: 0,
        })
    }
}

/// What one test is told: one thing after another, each with its number, from 1.
pub(super) struct Callbacks {
    client: legacy::Client<HttpConnector, Full<Bytes>>,
    url: String,
    count: u64,
}

impl Callbacks {
    /// Tells the test, and waits until it has heard.
    pub(super) async fn post(&mut self, message: &Value) {
        self.count += 1;
        let url = format!("{}/{}", self.url, self.count);
        match tokio::time::timeout(PATIENCE, self.send(&url, message)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => eprintln!("{url} could not be told: {error}"),
            Err(_) => eprintln!("{url} does not listen"),
        }
    }

    async fn send(&self, url: &str, message: &Value) -> Result<(), Box<dyn Error + Send + Sync>> {
        let request = Request::post(url)
            .header(CONTENT_TYPE, "application/json")
            .body(Full::from(message.to_string()))?;
        let response = self.client.request(request).await?;
        let status = response.status();
        Limited::new(response.into_body(), MAX_ANSWER_BYTES)
            .collect()
            .await?;
        if !status.is_success() {
            return Err(format!("it answers {status}").into());
        }
        Ok(())
    }
}
