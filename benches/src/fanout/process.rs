//! The two processes of a contestant, as the one that measures holds them.

use std::env;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::churn::Held;
use super::clients::Waiting;
use super::contestants::Contestant;
use super::report::{Report, Reports};
use super::stamp;

/// The server is kept on the first core, and its subscribers on the second.
pub const CORES: [usize; 2] = [0, 1];

/// A server with its subscribers.
#[derive(Debug)]
pub struct Pair {
    /// Whose server it is.
    pub contestant: Contestant,
    server: Process,
    clients: Process,
    address: String,
    published: u64,
}

impl Pair {
    /// Starts both processes; nobody is connected yet.
    ///
    /// # Errors
    ///
    /// A process cannot be started.
    pub fn start(contestant: Contestant, size: usize) -> io::Result<Self> {
        let size = size.to_string();
        let mut server = Process::start(&["serve", contestant.name, &size])?;
        let address = server.answer()?;
        Ok(Self {
            contestant,
            server,
            clients: Process::start(&["subscribe"])?,
            address,
            published: 0,
        })
    }

    /// Connects as many subscribers, and waits until all are subscribed.
    ///
    /// # Errors
    ///
    /// One is refused.
    pub fn connect(&mut self, count: usize) -> io::Result<()> {
        let first = self.published + 1;
        let line = format!("connect {} {count} {first}", self.address);
        self.clients.ask(&line).map(drop)
    }

    /// Has events published at once, due now.
    ///
    /// # Errors
    ///
    /// The server has ended.
    pub fn publish(&mut self, count: u64) -> io::Result<()> {
        self.publish_due(count, stamp::now())
    }

    /// Has events published at once, due at that time in microseconds since 1970.
    fn publish_due(&mut self, count: u64, at: u64) -> io::Result<()> {
        let first = self.published + 1;
        self.published += count;
        self.server.tell(&format!("publish {first} {count} {at}"))
    }

    /// Has events published one by one, so many a second and for so many seconds; `every_second`
    /// is called at the beginning, once a second, and at the end.
    /// All have come, or nothing comes any more, when it returns.
    ///
    /// What is late is still due at its time, so that waiting counts into the latency.
    ///
    /// # Errors
    ///
    /// A process has ended.
    pub fn sustain(
        &mut self,
        rate: u64,
        seconds: u64,
        mut every_second: impl FnMut(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        let last = self.published + rate * seconds;
        self.clients.tell(&format!("await {last} attentive"))?;
        let (start, begun) = (stamp::now(), Instant::now());
        for event in 0..rate * seconds {
            let due = Duration::from_micros(event * 1_000_000 / rate);
            thread::sleep(due.saturating_sub(begun.elapsed()));
            if event % rate == 0 {
                every_second(self)?;
            }
            self.publish_due(1, start + due.as_micros() as u64)?;
        }
        self.clients.answer()?;
        every_second(self)
    }

    /// Waits until the subscribers have confirmed all there was, and says whether they have.
    ///
    /// # Errors
    ///
    /// Their process has ended.
    pub fn confirm(&mut self, waiting: Waiting) -> io::Result<bool> {
        let waiting = match waiting {
            Waiting::Napping => "napping",
            Waiting::Attentive => "attentive",
        };
        let last = self.published;
        let answer = self.clients.ask(&format!("await {last} {waiting}"))?;
        Ok(answer == "complete")
    }

    /// Publishes bursts of as many events, each when the one before has come to all, and gives the
    /// CPU time of the server's process.
    ///
    /// # Errors
    ///
    /// Something did not arrive.
    pub fn deliver(&mut self, burst: u64, bursts: u64) -> io::Result<Duration> {
        let before = self.cpu()?;
        for _ in 0..bursts {
            self.publish(burst)?;
            if !self.confirm(Waiting::Napping)? {
                let report = self.report()?.reading;
                let name = self.contestant.name;
                return Err(io::Error::other(format!("{name} lost events: {report:?}")));
            }
        }
        Ok(self.cpu()? - before)
    }

    /// The CPU time that the server's process has used, in user space and in the kernel.
    ///
    /// # Errors
    ///
    /// The server has ended.
    pub fn cpu(&mut self) -> io::Result<Duration> {
        self.server.number("cpu").map(Duration::from_nanos)
    }

    /// The resident memory of the server's process in bytes.
    ///
    /// # Errors
    ///
    /// The server has ended, or the system does not tell.
    pub fn memory(&mut self) -> io::Result<u64> {
        self.server.number("memory")
    }

    /// What the server's process holds.
    ///
    /// # Errors
    ///
    /// The server has ended, or the system does not tell.
    pub fn held(&mut self) -> io::Result<Held> {
        Ok(Held {
            memory: self.memory()?,
            descriptors: self.server.number("descriptors")?,
        })
    }

    /// Lets all subscribers leave, by ending their process, and starts another one.
    ///
    /// # Errors
    ///
    /// It cannot be started.
    pub fn renew_clients(&mut self) -> io::Result<()> {
        self.clients = Process::start(&["subscribe"])?;
        Ok(())
    }

    /// What the server itself has counted.
    ///
    /// # Errors
    ///
    /// The server has ended.
    pub fn counted(&mut self) -> io::Result<String> {
        self.server.ask("counted")
    }

    /// Lets the first subscribers read no more.
    ///
    /// # Errors
    ///
    /// Their process has ended.
    pub fn stall(&mut self, count: usize) -> io::Result<()> {
        self.clients.ask(&format!("stall {count}")).map(drop)
    }

    /// Lets the stalled subscribers read what is left for them.
    ///
    /// # Errors
    ///
    /// Their process has ended.
    pub fn resume(&mut self) -> io::Result<()> {
        self.clients.ask("resume").map(drop)
    }

    /// How many events were published.
    pub fn published(&self) -> u64 {
        self.published
    }

    /// Closes the subscribers' account.
    ///
    /// # Errors
    ///
    /// Their process has ended.
    pub fn report(&mut self) -> io::Result<Reports> {
        let last = self.published;
        let answer = self.clients.ask(&format!("report {last}"))?;
        Ok(serde_json::from_str(&answer)?)
    }

    /// Closes the account, which has to be without a fault.
    ///
    /// # Errors
    ///
    /// A subscriber did not get each event once and in order.
    pub fn check(&mut self) -> io::Result<Report> {
        let report = self.report()?.reading;
        match report.is_exact(self.published) {
            true => Ok(report),
            false => {
                let name = self.contestant.name;
                let faults = format!("{name} did not deliver exactly: {report:?}");
                Err(io::Error::other(faults))
            }
        }
    }
}

/// This program once more, in another part.
#[derive(Debug)]
struct Process {
    child: Child,
    /// Its lines come here; it ends when they do. `None` once it is to end.
    commands: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Process {
    fn start(part: &[&str]) -> io::Result<Self> {
        let mut child = Command::new(env::current_exe()?)
            .args(part)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (commands, answers) = (child.stdin.take(), child.stdout.take());
        let answers = answers.ok_or_else(|| io::Error::other("a process without output"))?;
        Ok(Self {
            child,
            commands,
            answers: BufReader::new(answers),
        })
    }

    fn tell(&mut self, line: &str) -> io::Result<()> {
        match &mut self.commands {
            Some(commands) => commands.write_all(format!("{line}\n").as_bytes()),
            None => Ok(()),
        }
    }

    fn answer(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.answers.read_line(&mut line)? == 0 {
            return Err(io::Error::other("a process has ended early"));
        }
        line.truncate(line.trim_end().len());
        Ok(line)
    }

    fn ask(&mut self, line: &str) -> io::Result<String> {
        self.tell(line)?;
        self.answer()
    }

    fn number(&mut self, line: &str) -> io::Result<u64> {
        self.ask(line)?.parse().map_err(io::Error::other)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.commands = None;
        let _ = self.child.wait();
    }
}
