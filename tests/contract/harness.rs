//! The harness: a service, what it reads, and what it tells.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread::{self, JoinHandle};

use serde_json::{Value, json};
pub(crate) use sse_testkit::script::{Answer, Request, Script};
use sse_testkit::script::{PATIENCE, Server};
use tokio::net::TcpListener;

use crate::service;

/// A running service. It is told to quit when it is dropped.
pub(crate) struct Service {
    address: SocketAddr,
    serving: Option<JoinHandle<()>>,
}

/// What the service answers: a status, where it leads, and a body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) location: Option<String>,
    pub(crate) body: String,
}

impl Service {
    pub(crate) fn start() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let serving = thread::spawn(move || {
            let mut runtime = tokio::runtime::Builder::new_current_thread();
            let runtime = runtime.enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener).unwrap();
                service::serve(&listener).await;
            });
        });
        let serving = Some(serving);
        Self { address, serving }
    }

    pub(crate) fn ask(&self, method: &str, path: &str, body: &str) -> Answered {
        let mut connection = TcpStream::connect(self.address).unwrap();
        connection.set_read_timeout(Some(PATIENCE)).unwrap();
        let length = body.len();
        let head = format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close");
        write!(
            connection,
            "{head}\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = Vec::new();
        connection.read_to_end(&mut answer).unwrap();

        let mut headers = [httparse::EMPTY_HEADER; 20];
        let mut response = httparse::Response::new(&mut headers);
        let body = response.parse(&answer).unwrap().unwrap();
        let location = response
            .headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case("location"));
        Answered {
            status: response.code.unwrap(),
            location: location.map(|header| String::from_utf8(header.value.to_vec()).unwrap()),
            body: String::from_utf8(answer[body..].to_vec()).unwrap(),
        }
    }

    /// Opens a stream, and gives its path.
    #[track_caller]
    pub(crate) fn open(&self, params: &Value) -> String {
        let answered = self.ask("POST", "/", &params.to_string());
        assert_eq!(answered.status, 201, "{answered:?}");
        answered.location.expect("it says where the stream is")
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Some(serving) = self.serving.take() {
            let quit = self.ask("DELETE", "/", "");
            let served = serving.join();
            if !thread::panicking() {
                assert_eq!(quit.status, 204);
                served.expect("the service ends in good order");
            }
        }
    }
}

/// One test of the harness: a service, a stream for it to read, and what it tells.
pub(crate) struct Harness {
    pub(crate) service: Service,
    pub(crate) server: Server,
    callbacks: Server,
    heard: usize,
    pub(crate) stream: String,
}

impl Harness {
    /// Opens the stream of this script, with these parameters and those that each stream must have.
    #[track_caller]
    pub(crate) fn open(script: Script, params: Value) -> Self {
        let service = Service::start();
        let server = script.start();
        let callbacks = Script::new().then_always(Answer::status(202)).start();
        let mut all = json!({
            "streamUrl": server.url("/stream"),
            "callbackUrl": callbacks.url("/callbacks/7"),
            "tag": "a test",
        });
        let Value::Object(params) = params else {
            panic!("parameters are an object")
        };
        all.as_object_mut().unwrap().extend(params);
        let stream = service.open(&all);
        Self {
            service,
            server,
            callbacks,
            heard: 0,
            stream,
        }
    }

    /// What it tells next. It numbers what it tells, and tells one thing after the other.
    #[track_caller]
    pub(crate) fn told(&mut self) -> Value {
        let told = self.callbacks.request(self.heard);
        self.heard += 1;
        assert_eq!(told.method, "POST");
        assert_eq!(told.target, format!("/callbacks/7/{}", self.heard));
        serde_json::from_slice(&told.body).expect("it tells in JSON")
    }

    /// Expects to be told of an event with this type, id and data.
    #[track_caller]
    pub(crate) fn expect_event(&mut self, [event_type, id, data]: [&str; 3]) {
        let event = json!({ "type": event_type, "id": id, "data": data });
        assert_eq!(self.told(), json!({ "kind": "event", "event": event }));
    }

    /// Expects to be told of an error that says this.
    #[track_caller]
    pub(crate) fn expect_error(&mut self, text: &str) {
        let told = self.told();
        assert_eq!(told["kind"], "error", "{told}");
        let error = told["error"].as_str().unwrap_or_default();
        assert!(error.contains(text), "{told}");
    }

    /// Commands the stream something that it does.
    #[track_caller]
    pub(crate) fn command(&self, command: &Value) {
        let answered = self.service.ask("POST", &self.stream, &command.to_string());
        assert_eq!(answered.status, 204, "{answered:?}");
    }
}
