//! How a connection's socket is set up.

use std::io;

use socket2::SockRef;

/// How much the kernel holds of what was not sent yet, in bytes.
const UNSENT_BYTES: u32 = 64 << 10;

/// Sets up the socket of a TCP connection that was just accepted: events are sent at once, and the kernel holds little for
/// a client that does not read.
///
/// By itself the kernel would take up to 4 MiB for each such client, and the hub would notice late that it lags. On Linux
/// and Android it holds at most 64 KiB of what was not sent (`TCP_NOTSENT_LOWAT`), which takes nothing from a fast client
/// far away; elsewhere its send buffer is 256 KiB.
///
/// # Errors
///
/// The system refuses. The connection works all the same.
pub fn set_up_socket<'s>(socket: impl Into<SockRef<'s>>) -> io::Result<()> {
    let socket = socket.into();
    socket.set_tcp_nodelay(true)?;
    hold_little(&socket)
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn hold_little(socket: &SockRef<'_>) -> io::Result<()> {
    socket.set_tcp_notsent_lowat(UNSENT_BYTES)
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn hold_little(socket: &SockRef<'_>) -> io::Result<()> {
    socket.set_send_buffer_size(4 * UNSENT_BYTES as usize)
}
