//! `sse listen`: a live stream, read over HTTP and printed as it comes.

use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::http::uri::{Authority, Scheme};
use hyper::{Request, Response, StatusCode, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use sse_kit::{Decoder, EVENT_STREAM, ItemRef, is_event_stream};

use crate::error::{Error, cause};
use crate::output::Printer;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);
const USER_AGENT: &str = concat!("sse-cli/", env!("CARGO_PKG_VERSION"));

/// Print the events of a live stream as they come
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The stream, as http://… or https://…
    #[arg(value_parser = parse_url)]
    url: Uri,

    /// Print one JSON object a line
    #[arg(long)]
    json: bool,

    /// Stop after this many events
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,

    /// Send a header with the request; may be given several times
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE", value_parser = parse_header)]
    headers: Vec<(HeaderName, HeaderValue)>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Error> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::Failed(format!("cannot start: {}", cause(&error))))?
        .block_on(listen(arguments))
}

async fn listen(arguments: &Arguments) -> Result<(), Error> {
    let response = connect(arguments).await?;
    check(&response)?;
    let mut body = response.into_body();
    let mut printer = Printer::new(arguments.json);
    let mut decoder = Decoder::new();
    let mut wanted = arguments.count.unwrap_or(u64::MAX);
    while let Some(frame) = body.frame().await {
        let frame = frame
            .map_err(|error| Error::Failed(format!("the connection broke: {}", cause(&error))))?;
        let Ok(chunk) = frame.into_data() else {
            continue;
        };
        let mut feed = decoder.feed(&chunk);
        while let Some(item) = feed.next_ref() {
            printer.print(&item)?;
            if let ItemRef::Event(_) = item {
                wanted -= 1;
            }
            if wanted == 0 {
                return printer.flush();
            }
        }
        printer.flush()?;
    }
    if decoder.buffered() > 0 {
        eprintln!("sse: the stream ended inside an event, which is discarded");
    }
    match arguments.count {
        None => Ok(()),
        Some(count) => Err(Error::Failed(format!(
            "the stream ended: {wanted} of {count} events did not come"
        ))),
    }
}

async fn connect(arguments: &Arguments) -> Result<Response<Incoming>, Error> {
    let mut request = Request::new(Empty::<Bytes>::new());
    *request.uri_mut() = arguments.url.clone();
    *request.headers_mut() = headers(&arguments.headers);
    let authority = arguments.url.authority().map_or("", Authority::as_str);
    Client::builder(TokioExecutor::new())
        .build(connector()?)
        .request(request)
        .await
        .map_err(|error| {
            let failure = if error.is_connect() {
                "cannot connect to"
            } else {
                "no valid response from"
            };
            Error::Failed(format!("{failure} {authority}: {}", cause(&error)))
        })
}

fn connector() -> Result<HttpsConnector<HttpConnector>, Error> {
    let mut http = HttpConnector::new();
    http.enforce_http(false);
    http.set_nodelay(true);
    http.set_connect_timeout(Some(CONNECT_TIMEOUT));
    // The provider is named, since a process-wide default may be absent or another.
    let https = HttpsConnectorBuilder::new()
        .with_provider_and_webpki_roots(rustls::crypto::ring::default_provider())
        .map_err(|error| Error::Failed(format!("cannot set up TLS: {}", cause(&error))))?;
    Ok(https.https_or_http().enable_http1().wrap_connector(http))
}

/// The headers of the request: ours, each unless the user gave another.
fn headers(given: &[(HeaderName, HeaderValue)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in given {
        headers.append(name, value.clone());
    }
    for (name, value) in [
        (header::ACCEPT, EVENT_STREAM),
        (header::CACHE_CONTROL, "no-cache"),
        (header::USER_AGENT, USER_AGENT),
    ] {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    headers
}

fn check(response: &Response<Incoming>) -> Result<(), Error> {
    let status = response.status();
    if status != StatusCode::OK {
        let location = response.headers().get(header::LOCATION);
        return Err(Error::Failed(match location {
            Some(location) if status.is_redirection() => format!(
                "the server redirects to {location:?} (status {status}), \
                 and redirects are not followed yet"
            ),
            _ => format!("the server answered with status {status} instead of 200"),
        }));
    }
    match response.headers().get(header::CONTENT_TYPE) {
        Some(content_type) if is_event_stream(content_type.as_bytes()) => Ok(()),
        Some(content_type) => Err(Error::Failed(format!(
            "the server sent {content_type:?}, which is not an event stream ({EVENT_STREAM})"
        ))),
        None => Err(Error::Failed(format!(
            "the server sent no Content-Type, so this is not an event stream ({EVENT_STREAM})"
        ))),
    }
}

fn parse_url(text: &str) -> Result<Uri, String> {
    if !text.contains("://") {
        let hint = guess(text).map_or_else(String::new, |url| format!(": did you mean {url}?"));
        return Err(format!("a URL starts with http:// or https://{hint}"));
    }
    let url: Uri = text
        .parse()
        .map_err(|error: hyper::http::uri::InvalidUri| error.to_string())?;
    if url.scheme() != Some(&Scheme::HTTP) && url.scheme() != Some(&Scheme::HTTPS) {
        return Err("only http:// and https:// can be listened to".to_owned());
    }
    let authority = url.authority().map_or("", Authority::as_str);
    if authority.contains('@') {
        return Err(
            "a user name in the URL is not sent: use -H 'Authorization: …' instead".to_owned(),
        );
    }
    // A port that is no number would be taken for the default one.
    if url.host() != Some(authority) && url.port().is_none() {
        return Err("the port in the URL is not a number up to 65535".to_owned());
    }
    Ok(url)
}

/// The URL that was probably meant by one without a scheme.
fn guess(text: &str) -> Option<Uri> {
    let url = parse_url(&format!("http://{text}")).ok()?;
    let host = url.host().filter(|host| !host.is_empty())?;
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let local = host == "localhost" || bare.parse::<IpAddr>().is_ok();
    if local || url.port_u16().is_some_and(|port| port != 443) {
        return Some(url);
    }
    format!("https://{text}").parse().ok()
}

fn parse_header(text: &str) -> Result<(HeaderName, HeaderValue), String> {
    let (name, value) = text
        .split_once(':')
        .ok_or("a header is written as 'Name: value'")?;
    let name = name
        .trim()
        .parse()
        .map_err(|_| format!("{name:?} cannot be the name of a header"))?;
    let value = HeaderValue::from_bytes(value.trim().as_bytes())
        .map_err(|_| "a header's value cannot contain control characters")?;
    Ok((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaint(text: &str) -> String {
        parse_url(text).unwrap_err()
    }

    #[test]
    fn a_url_without_a_scheme_is_answered_with_what_was_meant() {
        for (given, meant) in [
            ("localhost:8000/events", "http://localhost:8000/events"),
            ("127.0.0.1:8000", "http://127.0.0.1:8000/"),
            ("[::1]/events", "http://[::1]/events"),
            ("example.com/events", "https://example.com/events"),
            ("example.com:8080/events", "http://example.com:8080/events"),
        ] {
            let meant = format!("did you mean {meant}?");
            assert!(complaint(given).ends_with(&meant), "{}", complaint(given));
        }
        for given in ["/events", "http:/events", ""] {
            assert!(!complaint(given).contains("did you mean"), "{given}");
        }
    }

    #[test]
    fn a_url_that_cannot_be_listened_to_is_refused_with_the_reason() {
        assert!(complaint("ftp://example.com/").contains("only http"));
        assert!(complaint("http://me:secret@example.com/").contains("Authorization"));
        assert!(complaint("http://example.com:99999/").contains("port"));
        assert!(complaint("http://[::1]:/").contains("port"));
        assert!(parse_url("http://[::1]/").is_ok());
        assert!(parse_url("http://").is_err());
        assert!(parse_url("http://two words/").is_err());
    }

    #[test]
    fn a_given_header_replaces_ours() {
        let given = [parse_header("accept: text/plain").unwrap()];
        let headers = headers(&given);
        assert_eq!(headers[header::ACCEPT], "text/plain");
        assert_eq!(headers[header::CACHE_CONTROL], "no-cache");
    }

    #[test]
    fn a_header_given_twice_is_sent_twice() {
        let given = ["X-Topic: a", "X-Topic:b"].map(|text| parse_header(text).unwrap());
        let headers = headers(&given);
        assert!(headers.get_all("x-topic").iter().eq(["a", "b"]));
    }

    #[test]
    fn a_header_that_cannot_be_sent_is_refused() {
        assert!(parse_header("no colon").is_err());
        assert!(parse_header("two words: x").is_err());
        assert!(parse_header(": x").is_err());
        assert!(parse_header("X: a\nY: b").is_err());
    }
}
