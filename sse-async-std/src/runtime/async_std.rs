//! On async-std.
//!
//! async-std is discontinued upstream (RUSTSEC-2025-0052). This module is for programs that have it; new ones take
//! `smol`, whose reactor is the same.

use std::io;

use ::async_std::net::TcpStream;

/// The runtime async-std.
#[derive(Clone, Copy, Debug)]
pub enum AsyncStd {}

impl Connect for AsyncStd {
    type Stream = TcpStream;

    async fn connect(host: &str, port: u16) -> io::Result<TcpStream> {
        let stream = TcpStream::connect((host, port)).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}

super::runtime!("async-std", AsyncStd);
