//! A Redis of the test's own, and nodes on it.

use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use sse_hub::sse_proto::{Decoder, Event, Item, MessageEvent};
use sse_hub::{Builder, Hub, Subscription};
use sse_redis::Redis;

/// Far more than anything here takes; a test that waits so long has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A server on a free port, with a folder of its own; dropped, both are gone.
pub(crate) struct Server {
    child: Option<Child>,
    pub(crate) port: u16,
    folder: PathBuf,
    arguments: Vec<String>,
}

impl Server {
    /// Starts one; `None`, said loudly, where Redis is not installed.
    pub(crate) fn start(arguments: &[&str]) -> Option<Self> {
        let found = Command::new("redis-server").arg("--version").output();
        if found.is_err() {
            let required = std::env::var_os("SSE_REQUIRE_REDIS").is_some_and(|value| value == "1");
            assert!(!required, "redis-server is not installed");
            eprintln!("SKIPPED: redis-server is not installed; this was not tested");
            return None;
        }
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let folder = std::env::temp_dir().join(format!("sse-redis-{}-{port}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let arguments = arguments
            .iter()
            .map(|&argument| argument.to_owned())
            .collect();
        let mut server = Self {
            child: None,
            port,
            folder,
            arguments,
        };
        server.start_again();
        Some(server)
    }

    pub(crate) fn start_again(&mut self) {
        let mut command = Command::new("redis-server");
        command
            .args(["--bind", "127.0.0.1", "--save", "", "--port"])
            .arg(self.port.to_string())
            .arg("--dir")
            .arg(&self.folder)
            .args(&self.arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        self.child = Some(command.spawn().unwrap());
        wait_until(|| TcpStream::connect(("127.0.0.1", self.port)).is_ok());
    }

    /// As it dies when the power goes.
    pub(crate) fn kill(&mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Sends it a signal, such as STOP.
    pub(crate) fn signal(&self, signal: &str) {
        let id = self.child.as_ref().unwrap().id().to_string();
        let status = Command::new("kill").args(["-s", signal, &id]).status();
        assert!(status.unwrap().success());
    }

    /// Has it do something, as its own client says it.
    pub(crate) fn say(&self, command: &[&str]) -> String {
        let output = Command::new("redis-cli")
            .args(["-p", &self.port.to_string()])
            .args(command)
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    pub(crate) fn redis(&self) -> sse_redis::Builder {
        Redis::builder(self.url())
    }

    /// A node with the defaults.
    pub(crate) fn node(&self) -> Hub {
        node(self.redis().connect().unwrap(), Hub::builder())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A hub with a thread that drives it.
pub(crate) fn node(redis: Redis, hub: Builder) -> Hub {
    let hub = hub.backplane(redis).unwrap();
    let driver = hub.driver();
    thread::spawn(move || driver.run());
    hub
}

#[track_caller]
pub(crate) fn wait_until(mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !done() {
        assert!(Instant::now() < deadline, "it never comes to that");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Publishes, and waits until it is stored; gives the id.
#[track_caller]
pub(crate) fn publish(hub: &Hub, topic: &str, data: &str) -> String {
    let published = hub.publish(topic, &Event::new(data)).wait();
    published.unwrap().id().unwrap()
}

/// A client of a node.
pub(crate) struct Client {
    subscription: Option<Subscription>,
    decoder: Decoder,
    messages: Vec<MessageEvent>,
    pub(crate) last_event_id: Option<String>,
    topics: Vec<&'static str>,
}

impl Client {
    pub(crate) fn new(topics: &[&'static str]) -> Self {
        Self {
            subscription: None,
            decoder: Decoder::new(),
            messages: Vec::new(),
            last_event_id: None,
            topics: topics.to_vec(),
        }
    }

    /// Connects to a node, and sees where the stream stands.
    pub(crate) fn on(topics: &[&'static str], hub: &Hub) -> Self {
        let mut client = Self::new(topics);
        client.connect(hub);
        let first = client.message().expect("a stream begins with a cursor");
        assert_eq!(first.event_type(), "sse-cursor");
        client
    }

    /// Leaves whatever it is connected to, and connects to a node, behind what it has seen.
    pub(crate) fn connect(&mut self, hub: &Hub) {
        self.subscription = None;
        self.messages.clear();
        self.decoder = Decoder::new();
        let subscribe = hub.subscribe(self.topics.iter().copied());
        let subscribe = subscribe.last_event_id(self.last_event_id.clone());
        self.subscription = Some(subscribe.open().unwrap());
    }

    /// The next message of any type; `None` at the end of the stream.
    pub(crate) fn message(&mut self) -> Option<MessageEvent> {
        while self.messages.is_empty() {
            let run = self.subscription.as_mut().unwrap().wait_run()?;
            let messages = self.decoder.feed(&run).filter_map(|item| match item {
                Item::Event(message) => Some(message),
                _ => None,
            });
            self.messages = messages.collect();
        }
        let message = self.messages.remove(0);
        if !message.last_event_id().is_empty() {
            self.last_event_id = Some(message.last_event_id().to_owned());
        }
        Some(message)
    }

    /// The data of the next event, past what only says where the stream stands.
    #[track_caller]
    pub(crate) fn data(&mut self) -> String {
        loop {
            let message = self.message().expect("the stream goes on");
            match message.event_type() {
                "message" => return message.data().to_owned(),
                "sse-cursor" => {}
                other => panic!("{other}: {}", message.data()),
            }
        }
    }
}
