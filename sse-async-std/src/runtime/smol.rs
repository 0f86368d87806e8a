//! On smol.

use std::io;

use async_net::TcpStream;

/// The runtime smol.
#[derive(Clone, Copy, Debug)]
pub enum Smol {}

impl Connect for Smol {
    type Stream = TcpStream;

    async fn connect(host: &str, port: u16) -> io::Result<TcpStream> {
        let stream = TcpStream::connect((host, port)).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}

super::runtime!("smol", Smol);
