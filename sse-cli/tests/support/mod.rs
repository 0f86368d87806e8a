//! What the tests share: the program as a child process, and a reader of the demo's stream. Each test file uses its own
//! part of it.
#![allow(dead_code)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread::{sleep, spawn};
use std::time::{Duration, Instant};

/// Far more than anything here takes on a busy machine; a test that waits so long has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A line to a server, which can be cut and mended.
pub(crate) struct Line {
    pub(crate) port: u16,
    through: Arc<Mutex<Through>>,
}

#[derive(Default)]
struct Through {
    is_cut: bool,
    sockets: Vec<TcpStream>,
}

impl Line {
    pub(crate) fn to(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let through = Arc::new(Mutex::new(Through::default()));
        let of_listener = Arc::clone(&through);
        spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                let mut through = of_listener.lock().unwrap();
                let Some(far) =
                    (!through.is_cut).then(|| TcpStream::connect(("127.0.0.1", server)))
                else {
                    continue;
                };
                let far = far.unwrap();
                for (from, to) in [(&near, &far), (&far, &near)] {
                    let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                    spawn(move || {
                        let _ = std::io::copy(&mut from, &mut to);
                        let _ = to.shutdown(Shutdown::Both);
                    });
                }
                through.sockets.extend([near, far]);
            }
        });
        Self { port, through }
    }

    /// Cuts all connections; new ones are cut at once.
    pub(crate) fn cut(&self) {
        let mut through = self.through.lock().unwrap();
        through.is_cut = true;
        for socket in through.sockets.drain(..) {
            let _ = socket.shutdown(Shutdown::Both);
        }
    }

    pub(crate) fn mend(&self) {
        self.through.lock().unwrap().is_cut = false;
    }
}

/// The program, with standard input closed.
pub(crate) fn sse(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sse"));
    command.args(arguments).stdin(Stdio::null());
    command
}

/// Runs the program to its end.
#[track_caller]
pub(crate) fn run(arguments: &[&str]) -> Output {
    let child = sse(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    output(child.unwrap())
}

/// Runs the program to its end on the given standard input.
#[track_caller]
pub(crate) fn run_with_input(arguments: &[&str], input: impl Into<Vec<u8>>) -> Output {
    let mut child = sse(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.into();
    let writer = spawn(move || stdin.write_all(&input).unwrap());
    let output = output(child);
    writer.join().unwrap();
    output
}

/// All that a child says until it ends, which it must.
#[track_caller]
fn output(mut child: Child) -> Output {
    let all_of = |mut pipe: Box<dyn Read + Send>| {
        spawn(move || {
            let mut bytes = Vec::new();
            pipe.read_to_end(&mut bytes).unwrap();
            bytes
        })
    };
    let stdout = all_of(Box::new(child.stdout.take().unwrap()));
    let stderr = all_of(Box::new(child.stderr.take().unwrap()));
    let deadline = Instant::now() + PATIENCE;
    let mut status = child.try_wait().unwrap();
    while status.is_none() && Instant::now() < deadline {
        sleep(Duration::from_millis(5));
        status = child.try_wait().unwrap();
    }
    if status.is_none() {
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let (stdout, stderr) = (stdout.join().unwrap(), stderr.join().unwrap());
    let Some(status) = status else {
        panic!("the process does not end; it said {:?}", text(&stderr));
    };
    Output {
        status,
        stdout,
        stderr,
    }
}

pub(crate) fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).unwrap()
}

/// Asserts that the program failed with exit status 1 and one line, and gives that line.
pub(crate) fn complaint(output: &Output) -> &str {
    let line = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{line}");
    assert_eq!(text(&output.stdout), "");
    assert_eq!(line.matches('\n').count(), 1, "{line}");
    assert!(line.starts_with("sse: "), "{line}");
    line.trim_end()
}

/// The lines that a thread reads from a child's pipe.
pub(crate) struct Lines {
    incoming: Receiver<String>,
    seen: Vec<String>,
}

impl Lines {
    pub(crate) fn of(pipe: impl Read + Send + 'static) -> Self {
        let (sender, incoming) = channel();
        spawn(move || {
            for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let seen = Vec::new();
        Self { incoming, seen }
    }

    /// The next line that satisfies the condition; what came before it is passed over.
    pub(crate) fn wait_for(&mut self, wanted: impl Fn(&str) -> bool) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(line) = self.incoming.recv_timeout(left) else {
                panic!("it never came; there were: {:#?}", self.seen);
            };
            self.seen.push(line.clone());
            if wanted(&line) {
                return line;
            }
        }
    }
}

/// A running `sse demo`; dropping it kills it.
pub(crate) struct Demo {
    child: Child,
    pub(crate) port: u16,
    pub(crate) log: Lines,
}

impl Demo {
    /// Starts the demo on a free port.
    pub(crate) fn start(every: &str) -> Self {
        Self::try_start(0, every).expect("a free port can be listened to")
    }

    /// Starts the demo on a port, or says no when it ends at once.
    pub(crate) fn try_start(port: u16, every: &str) -> Option<Self> {
        Self::try_serve(port, &["demo", "--every", every])
    }

    /// Starts another command that serves, on a free port.
    pub(crate) fn serve(arguments: &[&str]) -> Self {
        Self::try_serve(0, arguments).expect("a free port can be listened to")
    }

    fn try_serve(port: u16, arguments: &[&str]) -> Option<Self> {
        let address = format!("127.0.0.1:{port}");
        let mut child = sse(&[arguments, &["--listen", &address]].concat())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = Lines::of(child.stderr.take().unwrap());
        let first = log.wait_for(|_| true);
        let address = first.strip_prefix("listening on http://127.0.0.1:");
        let Some(address) = address else {
            child.wait().unwrap();
            return None;
        };
        let port = address.trim_end_matches('/').parse().unwrap();
        Some(Self { child, port, log })
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Sends a request without a body on a connection of its own, and gives the connection.
    pub(crate) fn request(&self, method: &str, path: &str) -> TcpStream {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let request = format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        stream
    }

    /// The whole answer to a request without a body.
    pub(crate) fn answer(&self, method: &str, path: &str) -> String {
        let mut answer = String::new();
        self.request(method, path)
            .read_to_string(&mut answer)
            .unwrap();
        answer
    }

    pub(crate) fn connect(&self) -> Messages {
        Messages::new(self.request("GET", "/events"))
    }

    /// Sends a signal by its name, as in `INT`.
    #[cfg(unix)]
    pub(crate) fn signal(&self, name: &str) {
        signal(&self.child, name);
    }

    /// Waits until the process has ended.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        wait(&mut self.child)
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a signal by its name, as in `INT`.
#[cfg(unix)]
pub(crate) fn signal(child: &Child, name: &str) {
    let command = format!("kill -{name} {}", child.id());
    let status = Command::new("sh").args(["-c", &command]).status();
    assert!(status.unwrap().success());
}

/// Waits until a child has ended, but not for ever.
pub(crate) fn wait(child: &mut Child) -> ExitStatus {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        assert!(Instant::now() < deadline, "the process does not end");
        sleep(Duration::from_millis(5));
    }
}

/// A client of the demo's stream, as simple as can be.
pub(crate) struct Messages {
    pub(crate) head: Vec<String>,
    lines: BufReader<TcpStream>,
}

impl Messages {
    fn new(stream: TcpStream) -> Self {
        let mut lines = BufReader::new(stream);
        let mut head = Vec::new();
        loop {
            let mut line = String::new();
            lines.read_line(&mut line).unwrap();
            match line.trim_end() {
                "" => break,
                line => head.push(line.to_ascii_lowercase()),
            }
        }
        Self { head, lines }
    }

    /// The data of the next message with its number, or None at the end of the stream.
    ///
    /// The lines of the chunked framing in between are none that begin with a field's name.
    pub(crate) fn next(&mut self) -> Option<(u64, String)> {
        loop {
            let mut line = String::new();
            if self.lines.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            if let Some(data) = line.trim_end().strip_prefix("data: ") {
                let number = data.split(' ').nth(1).unwrap().parse().unwrap();
                return Some((number, data.to_owned()));
            }
        }
    }
}
