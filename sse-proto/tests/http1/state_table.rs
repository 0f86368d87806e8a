//! Every cell of the table of states and inputs.

use sse_proto::http1::{Action, Config, Connection, ConnectionEvent};
use sse_proto::{Instant, Response, ResponseHead};

use crate::support::{CHUNKED, GET, SECOND};
use Expected::{Error, Leads, Nothing};
use Place::{Body, Closed, Head, Idle, Lingering, Offered, Streaming, Waiting};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    Idle,
    Head,
    Offered,
    Body,
    Waiting,
    Streaming,
    Lingering,
    Closed,
}

const PLACES: [Place; 8] = [
    Idle, Head, Offered, Body, Waiting, Streaming, Lingering, Closed,
];

/// What an input does.
#[derive(Clone, Copy, Debug)]
enum Expected {
    /// The state stays, and nothing is put out.
    Nothing,
    /// The state stays, and there is an error.
    Error,
    /// It leads there, with these outputs.
    Leads(Place, &'static str),
}

#[derive(Clone, Copy, Debug)]
enum Input {
    BlankLines,
    Part,
    Rest,
    RestOfHeadWithBody,
    Bad,
    TooMuch,
    Eof,
    Fails,
    EarlyTimeout,
    Deadline,
    ReadBody,
    Respond,
    BeginStream,
    EndStream,
    CloseWhenIdle,
}

const REFUSED: Expected = Leads(Lingering, "Write ShutDown Refused");
const BROKEN_OFF: Expected = Leads(Closed, "Write ShutDown Close Refused");
const CLOSED: Expected = Leads(Closed, "Close");
const GONE: Expected = Leads(Closed, "Close Gone");
const LAST: Expected = Leads(Lingering, "Write ShutDown");
const BEGINS: Expected = Leads(Streaming, "Write");
const COMPLETE: Expected = Leads(Waiting, "Request End");
const OFFERS: Expected = Leads(Offered, "Request");
const PIECE: Expected = Leads(Body, "Body");

#[rustfmt::skip]
const TABLE: [(Input, [Expected; 8]); 15] = [
    //                           Idle             Head        Offered                 Body                         Waiting               Streaming  Lingering Closed
    (Input::BlankLines,         [Nothing,         COMPLETE,   Nothing,                PIECE,                       Nothing,              Nothing,   Nothing,  Nothing]),
    (Input::Part,               [Leads(Head, ""), Nothing,    Nothing,                PIECE,                       Nothing,              Nothing,   Nothing,  Nothing]),
    (Input::Rest,               [COMPLETE,        COMPLETE,   Nothing,                Leads(Waiting, "Body End"),  Nothing,              Nothing,   Nothing,  Nothing]),
    (Input::RestOfHeadWithBody, [OFFERS,          OFFERS,     Nothing,                PIECE,                       Nothing,              Nothing,   Nothing,  Nothing]),
    (Input::Bad,                [REFUSED,         REFUSED,    Nothing,                REFUSED,                     Nothing,              Nothing,   Nothing,  Nothing]),
    (Input::TooMuch,            [REFUSED,         REFUSED,    Nothing,                PIECE,                       Nothing,              GONE,      CLOSED,   Nothing]),
    (Input::Eof,                [CLOSED,          BROKEN_OFF, Nothing,                BROKEN_OFF,                  Nothing,              GONE,      CLOSED,   Nothing]),
    (Input::Fails,              [CLOSED,          CLOSED,     GONE,                   GONE,                        GONE,                 GONE,      CLOSED,   Nothing]),
    (Input::EarlyTimeout,       [Nothing,         Nothing,    Nothing,                Nothing,                     Nothing,              Nothing,   Nothing,  Nothing]),
    (Input::Deadline,           [CLOSED,          REFUSED,    Nothing,                REFUSED,                     Nothing,              Nothing,   CLOSED,   Nothing]),
    (Input::ReadBody,           [Nothing,         Nothing,    Leads(Body, "Write"),   Nothing,                     Nothing,              Nothing,   Nothing,  Nothing]),
    (Input::Respond,            [Error,           Error,      LAST,                   LAST,                        Leads(Idle, "Write"), Error,     Error,    Error]),
    (Input::BeginStream,        [Error,           Error,      BEGINS,                 BEGINS,                      BEGINS,               Error,     Error,    Error]),
    (Input::EndStream,          [Nothing,         Nothing,    Nothing,                Nothing,                     Nothing,              LAST,      Nothing,  Nothing]),
    (Input::CloseWhenIdle,      [CLOSED,          Nothing,    Nothing,                Nothing,                     Nothing,              Nothing,   Nothing,  Nothing]),
];

/// The head of a request that wants to be told to go on, and begins with this method.
fn expecting(method: &str) -> String {
    CHUNKED
        .replace("POST", method)
        .replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n")
}

fn now() -> Instant {
    Instant::since_origin(1000 * SECOND)
}

fn connection_in(place: Place, method: &str) -> Connection {
    let mut connection = Connection::new(Config::new(), now());
    let get = GET.replace("GET", method);
    let begun = get.trim_end().to_owned() + "\r\n";
    let mut data = |bytes: &str| connection.handle_data(now(), bytes.as_bytes());
    match place {
        Idle => {}
        Head => data(&begun),
        Offered => data(&expecting(method)),
        Body => {
            data(&expecting(method));
            connection.read_body(now());
            // In the middle of a chunk that fits all that the inputs bring.
            connection.handle_data(now(), b"10000\r\n");
        }
        Waiting => data(&get),
        Streaming => {
            // A HEAD begins no stream.
            data(GET);
            Input::BeginStream.give(&mut connection, place);
        }
        Lingering => data("?\r\n"),
        Closed => connection.handle_error(),
    }
    outputs(&mut connection);
    assert_eq!(place_of(&connection), place);
    connection
}

impl Input {
    /// What it does where it may: whether it was an error.
    fn give(self, connection: &mut Connection, place: Place) -> bool {
        let now = now();
        let mut data = |bytes: &str| connection.handle_data(now, bytes.as_bytes());
        let head = ResponseHead::new(200, [("Content-Type", "text/event-stream")]);
        match self {
            Self::BlankLines => data("\r\n"),
            Self::Part if place == Head => data("X: y\r\n"),
            Self::Part => data("GET / HTTP/1.1\r\n"),
            Self::Rest if place == Head => data("\r\n"),
            Self::Rest if place == Body => data(&format!("{}\r\n0\r\n\r\n", "x".repeat(1 << 16))),
            Self::Rest => data(GET),
            Self::RestOfHeadWithBody if place == Head => data("Content-Length: 5\r\n\r\n"),
            Self::RestOfHeadWithBody => data(CHUNKED),
            Self::Bad if place == Body => data(&format!("{}x", "x".repeat(1 << 16))),
            Self::Bad => data(" bad \r\n"),
            Self::TooMuch if matches!(place, Idle | Head | Body) => data(&"x".repeat(60_000)),
            Self::TooMuch => data(&"x".repeat(70_000)),
            Self::Eof => connection.handle_eof(now),
            Self::Fails => connection.handle_error(),
            Self::EarlyTimeout => connection.handle_timeout(now),
            Self::Deadline => connection.handle_timeout(now + 1000 * SECOND),
            Self::ReadBody => connection.read_body(now),
            Self::Respond => return connection.respond(now, Response::new(head, "x")).is_err(),
            Self::BeginStream => return connection.begin_stream(now, &head).is_err(),
            Self::EndStream => connection.end_stream(),
            Self::CloseWhenIdle => connection.close_when_idle(),
        }
        false
    }
}

fn place_of(connection: &Connection) -> Place {
    let shown = format!("{connection:?}");
    PLACES
        .into_iter()
        .find(|place| shown.contains(&format!("state: {place:?},")))
        .expect("a state is shown")
}

fn outputs(connection: &mut Connection) -> String {
    let mut names = Vec::new();
    while let Some(action) = connection.poll_action(now()) {
        names.push(match action {
            Action::Write(_) => "Write",
            Action::ShutDown => "ShutDown",
            Action::Close => "Close",
        });
    }
    while let Some(event) = connection.poll_event() {
        names.push(match event {
            ConnectionEvent::Request(_) => "Request",
            ConnectionEvent::Body(_) => "Body",
            ConnectionEvent::End => "End",
            ConnectionEvent::Refused(_) => "Refused",
            ConnectionEvent::Gone(_) => "Gone",
        });
    }
    names.join(" ")
}

#[test]
fn every_state_does_at_every_input_what_the_table_says() {
    let mut walked = 0;
    for (column, place) in PLACES.into_iter().enumerate() {
        for (input, row) in TABLE {
            let mut connection = connection_in(place, "GET");
            let failed = input.give(&mut connection, place);
            // The body is looked at as one piece, whatever arrived with its fault.
            let outputs = outputs(&mut connection).replace("Write ShutDown Body", "Write ShutDown");
            let found = (failed, outputs, place_of(&connection));
            let expected = match row[column] {
                Nothing => (false, String::new(), place),
                Error => (true, String::new(), place),
                Leads(to, outputs) => (false, outputs.to_owned(), to),
            };
            assert_eq!(found, expected, "{input:?} in {place:?}");
            walked += 1;
        }
    }
    assert_eq!(walked, 8 * TABLE.len());
}

#[test]
fn to_begin_a_stream_of_head_is_to_respond() {
    for (place, behind) in [
        (Offered, LAST),
        (Body, LAST),
        (Waiting, Leads(Idle, "Write")),
    ] {
        let mut connection = connection_in(place, "HEAD");
        assert!(!Input::BeginStream.give(&mut connection, place));
        let Leads(to, expected) = behind else {
            unreachable!()
        };
        assert_eq!(
            (outputs(&mut connection).as_str(), place_of(&connection)),
            (expected, to)
        );
    }
}

#[test]
fn behind_the_clients_end_nothing_is_waited_for() {
    for (place, input, expected) in [
        (Offered, Input::Respond, "Write ShutDown Close"),
        (Waiting, Input::Respond, "Write Close"),
        (Offered, Input::BeginStream, "Write Close Gone"),
        (Waiting, Input::BeginStream, "Write Close Gone"),
        (
            Offered,
            Input::ReadBody,
            "Write Write ShutDown Close Refused",
        ),
    ] {
        let mut connection = connection_in(place, "GET");
        Input::Eof.give(&mut connection, place);
        assert_eq!(outputs(&mut connection), "");
        input.give(&mut connection, place);
        assert_eq!(outputs(&mut connection), expected, "{input:?} in {place:?}");
        assert_eq!(place_of(&connection), Closed);
    }
}
