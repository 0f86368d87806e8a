//! Every cell of the table of states and inputs, under every setting that changes one.

use sse_proto::source::{Action, Config, Prepared, SourceItem, StatusRetry, Verdict};

use crate::support::{Client, SECOND, broken, config, head, stream_head};
use Expected::{Ends, Leads, Next, Nothing, Streams};
use Place::{Closed, Connecting, Open, Preparing, Refused, Validating, Waiting};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    Preparing,
    Connecting,
    Validating,
    Refused,
    Open,
    Waiting,
    Closed,
}

const PLACES: [Place; 7] = [
    Preparing, Connecting, Validating, Refused, Open, Waiting, Closed,
];

/// What an input does.
#[derive(Clone, Copy, Debug)]
enum Expected {
    /// The state stays, and nothing is put out.
    Nothing,
    /// It leads there, with these outputs.
    Leads(Place, &'static str),
    /// The attempt ends, behind these outputs: the source waits, or is closed.
    Ends(&'static str),
    /// The next attempt begins, behind these outputs.
    Next(&'static str),
    /// The stream is open, or the response is validated first.
    Streams,
}

#[derive(Clone, Copy, Debug)]
enum Input {
    Prepared,
    NotPrepared,
    InvalidPrepared,
    Informational,
    EventStream,
    Redirect,
    BadRedirect,
    NoContent,
    OtherStatus,
    OtherType,
    Accept,
    Reject,
    Data,
    MuchData,
    Eof,
    Error,
    EarlyTimeout,
    Deadline,
    Reconnect,
    Close,
}

const SHUT: Expected = Leads(Closed, "Abort Error Closed");
const GONE: Expected = Leads(Closed, "Error Closed");
const OVER: Expected = Leads(Closed, "Abort Closed");

#[rustfmt::skip]
const TABLE: [(Input, [Expected; 7]); 20] = [
    //                        Preparing                   Connecting                        Validating           Refused          Open             Waiting                  Closed
    (Input::Prepared,        [Leads(Connecting, "Send"),  Nothing,                          Nothing,             Nothing,         Nothing,         Nothing,                 Nothing]),
    (Input::NotPrepared,     [GONE,                       Nothing,                          Nothing,             Nothing,         Nothing,         Nothing,                 Nothing]),
    (Input::InvalidPrepared, [GONE,                       Nothing,                          Nothing,             Nothing,         Nothing,         Nothing,                 Nothing]),
    (Input::Informational,   [Nothing,                    Nothing,                          Nothing,             Nothing,         Nothing,         Nothing,                 Nothing]),
    (Input::EventStream,     [Nothing,                    Streams,                          Nothing,             Nothing,         Nothing,         Nothing,                 Nothing]),
    (Input::Redirect,        [Nothing,                    Leads(Connecting, "Abort Send"),  Nothing,             Nothing,         Nothing,         Nothing,                 Nothing]),
    (Input::BadRedirect,     [Nothing,                    SHUT,                             Nothing,             Nothing,         Nothing,         Nothing,                 Nothing]),
    (Input::NoContent,       [Nothing,                    SHUT,                             Nothing,             Nothing,         Nothing,         Nothing,                 Nothing]),
    (Input::OtherStatus,     [Nothing,                    Leads(Refused, ""),               Nothing,             Nothing,         Nothing,         Nothing,                 Nothing]),
    (Input::OtherType,       [Nothing,                    Leads(Refused, ""),               Nothing,             Nothing,         Nothing,         Nothing,                 Nothing]),
    (Input::Accept,          [Nothing,                    Nothing,                          Leads(Open, "Open"), Nothing,         Nothing,         Nothing,                 Nothing]),
    (Input::Reject,          [Nothing,                    Nothing,                          Leads(Refused, ""),  Nothing,         Nothing,         Nothing,                 Nothing]),
    (Input::Data,            [Nothing,                    Nothing,                          Nothing,             Nothing,         Nothing,         Nothing,                 Nothing]),
    (Input::MuchData,        [Nothing,                    Nothing,                          Nothing,             Ends("Abort"),   Nothing,         Nothing,                 Nothing]),
    (Input::Eof,             [Nothing,                    Ends(""),                         Ends(""),            Ends(""),        Ends(""),        Nothing,                 Nothing]),
    (Input::Error,           [Nothing,                    Ends(""),                         Ends(""),            Ends(""),        Ends(""),        Nothing,                 Nothing]),
    (Input::EarlyTimeout,    [Nothing,                    Nothing,                          Nothing,             Nothing,         Nothing,         Nothing,                 Nothing]),
    (Input::Deadline,        [Nothing,                    Ends("Abort"),                    Nothing,             Ends("Abort"),   Ends("Abort"),   Next(""),                Nothing]),
    (Input::Reconnect,       [Next("Abort"),              Next("Abort"),                    Next("Abort"),       Next("Abort"),   Next("Abort"),   Next(""),                Nothing]),
    (Input::Close,           [OVER,                       OVER,                             OVER,                OVER,            OVER,            Leads(Closed, "Closed"), Nothing]),
];

#[derive(Clone, Copy, Debug)]
struct Settings {
    prepare: bool,
    validate: bool,
    reconnect: bool,
}

impl Settings {
    fn all() -> impl Iterator<Item = Self> {
        (0..8).map(|bits| Self {
            prepare: bits & 1 != 0,
            validate: bits & 2 != 0,
            reconnect: bits & 4 != 0,
        })
    }

    fn config(self) -> Config {
        config()
            .retry_statuses(StatusRetry::only([503]))
            .idle_timeout(Some(45 * SECOND))
            .prepare_each_attempt(self.prepare)
            .validate_responses(self.validate)
            .reconnect(self.reconnect)
    }

    /// A client in this state; `None` if these settings don't lead there.
    fn client_in(self, place: Place) -> Option<Client> {
        let mut client = Client::new(self.config());
        let way: &[Input] = match place {
            Preparing if !self.prepare => return None,
            Validating if !self.validate => return None,
            Waiting if !self.reconnect => return None,
            Preparing => &[],
            Connecting => &[Input::Prepared],
            Validating => &[Input::Prepared, Input::EventStream],
            Refused => &[Input::Prepared, Input::OtherStatus],
            Open => &[Input::Prepared, Input::EventStream, Input::Accept],
            Waiting => &[Input::Prepared, Input::Eof],
            Closed => &[Input::Close],
        };
        for input in way {
            input.give(&mut client);
        }
        client.actions();
        client.events();
        assert_eq!(place_of(&client), place, "{self:?}");
        Some(client)
    }

    fn outcome(self, from: Place, expected: Expected) -> (Place, String) {
        let (to, outputs) = match expected {
            Nothing => (from, String::new()),
            Leads(to, outputs) => (to, outputs.to_owned()),
            Ends(outputs) if self.reconnect => (Waiting, format!("{outputs} Error")),
            Ends(outputs) => (Closed, format!("{outputs} Error Closed")),
            Next(outputs) if self.prepare => (Preparing, format!("{outputs} Prepare")),
            Next(outputs) => (Connecting, format!("{outputs} Send")),
            Streams if self.validate => (Validating, "Validate".to_owned()),
            Streams => (Open, "Open".to_owned()),
        };
        (to, outputs.trim().to_owned())
    }
}

impl Input {
    fn give(self, client: &mut Client) {
        let (now, attempt) = (client.now, client.attempt);
        let source = &mut client.source;
        let mut respond = |head| source.handle_response_head(now, attempt, head);
        match self {
            Self::Informational => respond(head(103, &[])),
            Self::EventStream => respond(stream_head()),
            Self::Redirect => respond(head(302, &[("Location", "/there")])),
            Self::BadRedirect => respond(head(302, &[])),
            Self::NoContent => respond(head(204, &[])),
            Self::OtherStatus => respond(head(503, &[])),
            Self::OtherType => respond(head(200, &[("Content-Type", "text/html")])),
            Self::Prepared => source.handle_prepared(now, attempt, Ok(Prepared::default())),
            Self::NotPrepared => source.handle_prepared(now, attempt, Err("no token".into())),
            Self::InvalidPrepared => source.handle_prepared(
                now,
                attempt,
                Ok(Prepared {
                    url: Some("nowhere".into()),
                    ..Prepared::default()
                }),
            ),
            Self::Accept => source.handle_verdict(now, attempt, Verdict::Accept),
            Self::Reject => source.handle_verdict(now, attempt, Verdict::Reject("no".into())),
            Self::Data => drop(source.handle_data(now, attempt, b": hello\n")),
            Self::MuchData => drop(source.handle_data(now, attempt, &[b'x'; 2000])),
            Self::Eof => source.handle_eof(now, attempt),
            Self::Error => source.handle_error(now, attempt, broken()),
            Self::EarlyTimeout => source.handle_timeout(now),
            Self::Deadline => source.handle_timeout(now + 1000 * SECOND),
            Self::Reconnect => source.reconnect(now),
            Self::Close => source.close(),
        }
    }
}

fn place_of(client: &Client) -> Place {
    let shown = format!("{:?}", client.source);
    PLACES
        .into_iter()
        .find(|place| shown.contains(&format!("state: {place:?},")))
        .expect("a state is shown")
}

fn outputs(client: &mut Client) -> String {
    let actions = client.actions().into_iter().map(|action| match action {
        Action::Prepare(_) => "Prepare",
        Action::Send(..) => "Send",
        Action::Validate(..) => "Validate",
        Action::Abort(_) => "Abort",
    });
    let mut names: Vec<_> = actions.collect();
    names.extend(client.events().into_iter().map(|event| match event {
        SourceItem::Open(_) => "Open",
        SourceItem::Error(_) => "Error",
        SourceItem::Closed => "Closed",
        _ => "another",
    }));
    names.join(" ")
}

#[test]
fn every_state_does_at_every_input_what_the_table_says() {
    let mut walked = 0;
    for settings in Settings::all() {
        for (column, place) in PLACES.into_iter().enumerate() {
            for (input, row) in TABLE {
                let Some(mut client) = settings.client_in(place) else {
                    continue;
                };
                input.give(&mut client);
                let found = (outputs(&mut client), place_of(&client));
                let (to, outputs) = settings.outcome(place, row[column]);
                assert_eq!(
                    found,
                    (outputs, to),
                    "{input:?} in {place:?} with {settings:?}"
                );
                walked += 1;
            }
        }
    }
    // Each of three states is reached under half of the settings.
    assert_eq!(walked, (4 * 8 + 3 * 4) * TABLE.len());
}

#[test]
fn in_every_state_an_input_for_another_attempt_changes_nothing() {
    for settings in Settings::all() {
        for place in PLACES {
            for (input, _) in TABLE {
                let Some(mut client) = settings.client_in(place) else {
                    continue;
                };
                if matches!(input, Input::Deadline | Input::Reconnect | Input::Close) {
                    continue;
                }
                // An attempt that this machine has not made yet, or never will.
                let mut other = Client::new(config().prepare_each_attempt(true));
                for _ in 0..5 {
                    other.source.reconnect(other.now);
                }
                other.drain();
                client.attempt = other.attempt;
                let deadline = client.source.deadline();
                input.give(&mut client);
                assert_eq!(outputs(&mut client), "", "{input:?} in {place:?}");
                assert_eq!(place_of(&client), place, "{input:?}");
                assert_eq!(client.source.deadline(), deadline, "{input:?} in {place:?}");
            }
        }
    }
}
