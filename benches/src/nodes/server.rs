//! A Redis of the measurement's own.

use std::io;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use sse_redis::Redis;
use sse_redis::sse_hub::{Builder, Hub};

/// A server on a free port, which keeps nothing on disk; dropped, it is gone.
#[derive(Debug)]
pub struct Server {
    child: Child,
    port: u16,
    folder: PathBuf,
}

impl Server {
    /// Starts it.
    ///
    /// # Errors
    ///
    /// It is not installed, or does not answer within ten seconds.
    pub fn start() -> io::Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let folder = std::env::temp_dir().join(format!("sse-benches-redis-{port}"));
        std::fs::create_dir_all(&folder)?;
        let child = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
            .args(["--port", &port.to_string()])
            .arg("--dir")
            .arg(&folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()?;
        let server = Self {
            child,
            port,
            folder,
        };
        let begun = Instant::now();
        while let Err(error) = TcpStream::connect(("127.0.0.1", port)) {
            if begun.elapsed() > Duration::from_secs(10) {
                return Err(error);
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(server)
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// A hub on it.
    ///
    /// # Errors
    ///
    /// It cannot be reached.
    pub fn hub(&self, builder: Builder) -> io::Result<Hub> {
        let redis = Redis::connect(self.url()).map_err(io::Error::other)?;
        builder.backplane(redis).map_err(io::Error::other)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
