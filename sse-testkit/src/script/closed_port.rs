//! A port that refuses.

use std::net::{Ipv4Addr, SocketAddr};

use socket2::{Domain, Socket, Type};

/// A port of 127.0.0.1 that belongs to this test, and refuses connections for as long as it lives.
pub struct ClosedPort {
    socket: Socket,
}

impl ClosedPort {
    /// Takes a free port, and does not listen.
    ///
    /// # Panics
    ///
    /// If there is none.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "it takes a port")]
    pub fn new() -> Self {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket can be made");
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        socket.bind(&any.into()).expect("a free port can be bound");
        Self { socket }
    }

    /// The URL of a path there.
    ///
    /// # Panics
    ///
    /// If the system does not know the port it gave.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        let address = self
            .socket
            .local_addr()
            .expect("a bound socket has an address");
        let address = address.as_socket().expect("the address is one of IPv4");
        format!("http://{address}{path}")
    }
}
