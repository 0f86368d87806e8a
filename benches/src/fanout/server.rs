//! The process of a server: it obeys the lines on its standard input.

use std::io::{self, BufWriter, Write};
use std::net::TcpListener;
use std::os::fd::{AsFd, OwnedFd};

use cpu_time::ProcessTime;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::unix::pipe;

use super::burst::Burst;
use super::memory;

/// A server on tokio, on the one thread of its process: what a contestant implements.
pub trait Server: Sized {
    /// Begins to serve every connection with the stream, in tasks of its own.
    ///
    /// Called within the runtime, whose threads are this one. Who was sent the head of a response
    /// is subscribed: it gets whatever is published from then on.
    ///
    /// # Errors
    ///
    /// What keeps it from serving.
    fn start(listener: tokio::net::TcpListener) -> io::Result<Self>;

    /// Publishes some events at once to every subscriber, without waiting for their delivery.
    ///
    /// It is called in a task, and other tasks get their turn when it has returned.
    fn publish(&mut self, burst: &Burst);

    /// What the server itself has counted, in one line; nothing if it counts nothing.
    fn counted(&self) -> String {
        String::new()
    }
}

/// Where a server's process stands.
#[derive(Debug)]
pub struct Stage {
    /// The connections of the subscribers come here.
    pub listener: TcpListener,
    /// The commands come here.
    pub commands: OwnedFd,
    /// How many bytes of data an event has.
    pub size: usize,
}

impl Stage {
    /// Listens on a free port of the loopback interface, and says on which.
    ///
    /// # Errors
    ///
    /// There is no port, or nobody to be told.
    pub fn set_up(size: usize) -> io::Result<Self> {
        let stage = Self {
            listener: TcpListener::bind("127.0.0.1:0")?,
            commands: io::stdin().as_fd().try_clone_to_owned()?,
            size,
        };
        answer(stage.listener.local_addr()?)?;
        Ok(stage)
    }
}

/// Runs a server on tokio until there are no more commands.
///
/// # Errors
///
/// The server cannot start, or a command is none.
pub fn on_tokio<S: Server>(stage: Stage) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        stage.listener.set_nonblocking(true)?;
        let mut server = S::start(tokio::net::TcpListener::from_std(stage.listener)?)?;
        let commands = pipe::Receiver::from_owned_fd(stage.commands)?;
        let mut lines = BufReader::new(commands).lines();
        while let Some(line) = lines.next_line().await? {
            obey(&line, stage.size, &mut server)?;
        }
        Ok(())
    })
}

/// What a command asks of a server.
pub(super) trait Obey {
    fn publish(&mut self, burst: &Burst);
    fn counted(&self) -> String;
}

impl<S: Server> Obey for S {
    fn publish(&mut self, burst: &Burst) {
        Server::publish(self, burst);
    }

    fn counted(&self) -> String {
        Server::counted(self)
    }
}

/// Does what one line says.
pub(super) fn obey(line: &str, size: usize, server: &mut impl Obey) -> io::Result<()> {
    let words: Vec<&str> = line.split(' ').collect();
    match words[..] {
        ["publish", first, count, at] => {
            let [first, count, at] = [number(first)?, number(count)?, number(at)?];
            server.publish(&Burst::new(first, count, at, size));
            Ok(())
        }
        ["cpu"] => answer(ProcessTime::now().as_duration().as_nanos()),
        ["memory"] => answer(memory::resident()?),
        ["descriptors"] => answer(std::fs::read_dir("/proc/self/fd")?.count()),
        ["counted"] => answer(server.counted()),
        _ => Err(io::Error::other(format!("no command: {line}"))),
    }
}

fn number(text: &str) -> io::Result<u64> {
    text.parse().map_err(io::Error::other)
}

/// Writes one line to whoever gives the commands.
pub(super) fn answer(line: impl std::fmt::Display) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    writeln!(out, "{line}")?;
    out.flush()
}
