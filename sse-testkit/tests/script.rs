//! The scripted peer does what its script says.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;

use sse_testkit::script::{Answer, ClosedPort, MAX_REQUESTS, PATIENCE, Script, Server};

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Asks on a connection of its own.
fn ask(server: &Server, request: &str) -> TcpStream {
    let mut stream = connect(server);
    stream.write_all(request.as_bytes()).unwrap();
    stream
}

const GET: &str = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

#[test]
fn answers_go_to_requests_in_order_on_one_connection_or_several() {
    let server = Script::new()
        .answer(Answer::status(200).bytes("one"))
        .answer(Answer::stream().event("two"))
        .answer(Answer::unframed_stream().event("three"))
        .start();
    let mut stream = ask(&server, &GET.repeat(3));
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let one = "HTTP/1.1 200 Scripted\r\nContent-Length: 3\r\n\r\none";
    assert_eq!(
        text.strip_prefix(one)
            .unwrap()
            .matches("HTTP/1.1 200 OK")
            .count(),
        2
    );
    assert!(text.contains("Transfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n"));
    assert!(text.ends_with("Connection: close\r\n\r\nthree"));
    assert_eq!((server.connections(), server.requests().len()), (1, 3));

    let mut text = String::new();
    let mut stream = ask(&server, GET);
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    stream.read_to_string(&mut text).unwrap();
    assert!(text.starts_with("HTTP/1.1 410 ") && text.ends_with("the script is over"));
    assert_eq!((server.connections(), server.requests().len()), (2, 4));
}

#[test]
fn a_request_is_recorded_to_the_byte() {
    let server = Script::new().then_always(Answer::silence()).start();
    let head = "POST /a?b HTTP/1.1\r\nHost: x\r\nx-A:  b \r\nX-A: ö\r\nContent-Length: 4\r\n\r\n";
    let _stream = ask(&server, &format!("{head}body"));
    let request = server.request(0);
    assert_eq!((&*request.method, &*request.target), ("POST", "/a?b"));
    assert_eq!(request.head, head.as_bytes());
    assert_eq!(request.headers[1], ("x-A".to_owned(), b"b".to_vec()));
    assert_eq!(
        request.headers[2],
        ("X-A".to_owned(), "ö".as_bytes().to_vec())
    );
    assert_eq!(request.header_text("host"), Some("x"));
    assert_eq!(request.body, b"body");

    let chunked =
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n";
    let _stream = ask(&server, chunked);
    let request = server.request(1);
    assert_eq!(
        (request.body.as_slice(), request.connection),
        (&b"body"[..], 1)
    );
}

#[test]
fn a_pause_lasts_until_the_test_says_go() {
    let stream = Answer::raw("a").pause().bytes("b").late();
    let server = Script::new().answer(stream).start();
    let mut client = ask(&server, GET);
    client.set_nonblocking(true).unwrap();
    assert_eq!(
        client.read(&mut [0]).unwrap_err().kind(),
        ErrorKind::WouldBlock
    );
    client.set_nonblocking(false).unwrap();
    server.go();
    let mut byte = [0];
    client.read_exact(&mut byte).unwrap();
    assert_eq!(byte, *b"a");
    server.go();
    let mut rest = String::new();
    client.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "b");
}

#[test]
fn a_reset_is_no_end() {
    let server = Script::new()
        .answer(Answer::stream().pause().reset())
        .start();
    let mut client = ask(&server, GET);
    let mut byte = [0];
    client.read_exact(&mut byte).unwrap();
    server.go();
    let error = client.read_to_end(&mut Vec::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    server.wait_until_unconnected();
}

#[test]
fn it_ends_with_whatever_is_under_way() {
    let script = Script::new()
        .answer(Answer::silence())
        .answer(Answer::stream().pause())
        .answer(Answer::raw("").endlessly("x"));
    let server = script.start();
    let clients: Vec<_> = (0..4)
        .map(|number| {
            let client = ask(&server, if number < 3 { GET } else { "GET" });
            if number < 3 {
                let _ = server.request(number);
            }
            client
        })
        .collect();
    drop(server);
    for mut client in clients {
        while client.read(&mut [0; 4096]).is_ok_and(|length| length > 0) {}
    }
}

#[test]
fn it_hangs_up_on_too_many_requests() {
    let server = Script::new().then_always(Answer::status(204)).start();
    let mut client = ask(&server, "");
    let mut writer = client.try_clone().unwrap();
    let requests = GET.repeat(MAX_REQUESTS + 1);
    let writing = std::thread::spawn(move || writer.write_all(requests.as_bytes()));
    let mut text = Vec::new();
    let _ = client.read_to_end(&mut text);
    let _ = writing.join().unwrap();
    assert_eq!(server.requests().len(), MAX_REQUESTS);
}

#[test]
fn a_closed_port_refuses() {
    let port = ClosedPort::new();
    let address = port.url("");
    let error = TcpStream::connect(address.trim_start_matches("http://")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
}
