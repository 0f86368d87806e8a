//! Streams over TLS.

use std::io::{Read, Write};
use std::net::TcpListener;

use sse_testkit::script::{Answer, Script};

use crate::support::{complaint, run, text};

#[test]
fn a_certificate_of_nobody_is_refused_unless_any_is_accepted() {
    let server = Script::new()
        .tls()
        .then_always(Answer::stream().event("data: one\n\n").hold())
        .start();
    let url = server.url_at("localhost", "/");
    let port = server.address().port();

    let output = run(&["listen", &url]);
    let line = complaint(&output);
    let expected = format!("sse: cannot connect to localhost:{port}: TLS failed: ");
    assert!(line.starts_with(&expected), "{line}");
    assert!(line.ends_with(" (-k accepts any, for tests)"), "{line}");

    for insecure in ["-k", "--insecure"] {
        let output = run(&["listen", &url, insecure, "--count", "1"]);
        assert_eq!(text(&output.stdout), "one\n");
        assert_eq!(output.status.code(), Some(0));
    }
}

#[test]
fn a_server_that_speaks_no_tls_is_one_clear_line() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 512]);
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    let output = run(&["listen", &format!("https://{address}/")]);
    let line = complaint(&output);
    let expected = format!("sse: cannot connect to {address}: ");
    assert!(line.starts_with(&expected), "{line}");
    assert!(!line.contains("-k"), "{line}");
    server.join().unwrap();
}
