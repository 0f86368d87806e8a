//! The stories of a server, told to every way out there is.
//!
//! Real sockets on loopback, a client that says what it is told to, byte by byte, and no clock: a deadline only ends a
//! test that has failed.
#![cfg(all(feature = "tokio", feature = "server"))]

mod bad_input;
mod channels;
mod client;
mod ending;
mod harness;
mod requests;
mod resumption;
mod streams;
mod ways;

/// A module of tests: each of these stories, told to the way out in scope.
macro_rules! tell {
    ($subject:ident: $($story:ident),+ $(,)?) => {
        mod $subject {
            $(
                #[test]
                fn $story() {
                    crate::$subject::$story::<super::Told>();
                }
            )+
        }
    };
}

/// What every server must do.
macro_rules! stories {
    () => {
        tell! {
            streams:
            a_stream_has_the_head_that_keeps_it_flowing,
            it_begins_with_the_reconnection_time_and_a_cursor,
            events_come_in_the_order_of_publishing,
            topics_are_merged_in_that_order_too,
            a_burst_is_whole,
            an_event_is_seen_before_another_is_published,
            silence_is_broken_by_a_comment,
            of_a_head_request_there_is_only_the_head,
        }
        tell! {
            resumption:
            what_was_missed_comes_first_and_once,
            who_is_up_to_date_gets_nothing_old,
            an_id_may_come_in_the_query,
            an_unknown_id_is_told_so,
            an_id_that_is_too_old_is_told_so,
            nobody_misses_or_repeats_anything_over_many_reconnections,
        }
        tell! {
            requests:
            a_request_without_a_topic_is_refused,
            too_many_topics_are_refused,
            another_method_is_refused_with_those_that_are_not,
            who_wants_no_stream_is_refused,
            an_evaluator_decides_before_the_head,
            an_evaluator_can_add_headers,
            a_full_hub_says_when_to_come_back,
            a_closed_hub_says_so,
        }
        tell! {
            ending:
            a_kick_ends_one_stream_and_no_other,
            closing_says_farewell_and_ends_every_stream,
            a_client_that_goes_is_noticed,
            a_client_that_never_reads_is_given_up_and_the_others_miss_nothing,
        }
    };
}

/// What a server of our own must do besides.
macro_rules! own_server_stories {
    () => {
        tell! {
            channels:
            what_is_sent_into_a_channel_is_seen_at_once,
            the_silence_of_a_channel_is_broken_by_a_comment,
            a_sender_learns_that_its_client_is_gone,
            a_sender_waits_for_a_client_that_does_not_read,
            a_channel_can_be_refused,
        }
        tell! {
            bad_input:
            junk_is_refused,
            http_0_9_is_refused,
            an_unknown_version_is_refused,
            a_long_request_line_is_refused,
            a_header_bomb_is_refused,
            a_huge_last_event_id_is_refused,
            a_last_event_id_with_control_characters_is_refused,
            a_slow_header_is_not_waited_for,
            a_whole_url_is_understood,
            http_1_0_gets_the_bytes_as_they_are,
            requests_on_one_connection_are_answered_in_order,
            a_path_that_is_not_there_is_404,
            a_handler_that_panics_takes_down_its_own_connection_alone,
            more_connections_than_there_may_be_are_told_so,
            a_client_that_resets_is_noticed,
            the_kernel_holds_little_for_a_client_that_never_reads,
            a_client_that_takes_nothing_in_time_is_cut_off,
        }
        #[test]
        fn a_server_ends_when_its_last_connection_has() {
            crate::ending::a_server_ends_when_its_last_connection_has::<Told>();
        }
    };
}

mod tokio_own_server {
    type Told = crate::ways::Own;
    stories!();
    own_server_stories!();
}

#[cfg(feature = "smol")]
mod smol_own_server {
    type Told = crate::ways::OwnOnSmol;
    stories!();
    own_server_stories!();
}

#[cfg(feature = "async-std")]
mod async_std_own_server {
    type Told = crate::ways::OwnOnAsyncStd;
    stories!();
    own_server_stories!();
}

#[cfg(feature = "blocking")]
mod blocking_own_server {
    type Told = crate::ways::OwnOnThreads;
    stories!();
    own_server_stories!();
}

mod tokio_own_server_by_stream {
    type Told = crate::ways::OwnByStream;
    stories!();
}

#[cfg(feature = "smol")]
mod smol_own_server_by_stream {
    type Told = crate::ways::OwnOnSmolByStream;
    stories!();
}

mod tokio_hyper {
    type Told = crate::ways::Hyper;
    stories!();
}

#[cfg(feature = "axum")]
mod tokio_axum {
    type Told = crate::ways::Axum;
    stories!();
}
