//! The stories of a client, told to every transport there is.
//!
//! A file is a subject, a function a story. Real sockets on loopback, a peer that follows a script, and no clock: what
//! must take long is read from what the client says, and a deadline only ends a test that has failed.
//!
//! To add a transport, implement [`harness::Transport`] in a file of its own and add a line at the end of this one.

#[path = "../../examples/event_loop/driver.rs"]
mod driver;
#[path = "../../examples/event_loop/exchange.rs"]
mod exchange;

mod bad_input;
mod byte_order_mark;
mod closing;
mod comments;
#[cfg(any(feature = "reqwest", all(feature = "blocking", feature = "gzip")))]
mod compression;
mod harness;
mod line_ends;
mod parsing;
mod reconnection;
mod redirects;
mod reference;
mod refusals;
mod requests;
mod resumption;
mod silence;
mod streams;
mod tls;
mod transports;

/// A module of tests: each of these stories, told to the transport in scope.
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

/// What every transport must do.
macro_rules! stories {
    () => {
        tell! {
            resumption:
            it_resumes_with_the_last_event_id_over_several_drops,
            it_begins_with_an_id_that_it_was_given,
            an_event_without_an_id_inherits_that_of_the_last_connection,
            the_id_stays_where_later_events_have_none,
            what_was_not_complete_is_forgotten,
            an_empty_id_ends_resumption,
            an_id_counts_at_its_blank_line_and_not_before,
            an_id_goes_over_the_wire_as_utf_8,
            a_huge_id_is_sent_whole,
            an_id_that_no_header_can_carry_is_reported_and_left_out,
        }
        tell! {
            reconnection:
            the_reconnection_time_is_honoured,
            the_reconnection_time_counts_at_its_own_line,
            a_reconnection_time_that_is_no_number_is_ignored,
            a_reconnection_time_of_zero_cannot_make_it_spin,
            a_huge_reconnection_time_is_bounded,
            of_a_million_reconnection_times_the_last_counts,
            the_reconnection_time_outlives_its_connection,
            a_refused_connection_is_tried_again,
            a_first_connection_that_is_refused_can_be_final,
            it_can_be_told_to_connect_only_once,
            it_connects_at_once_when_asked_to_while_it_waits,
            it_gives_up_an_open_stream_when_asked_to_reconnect,
        }
        tell! {
            refusals:
            no_content_ends_it_for_good,
            no_content_at_first_ends_it_too,
            any_other_status_fails_with_its_headers_and_body,
            a_refusal_has_the_beginning_of_a_long_body,
            a_refusal_does_not_wait_for_a_body_that_stays_out,
            another_type_fails_with_what_it_is,
            no_type_at_all_fails,
            the_type_may_have_parameters_and_capitals,
            retry_after_is_honoured_where_a_status_may_be_retried,
            a_status_that_may_be_retried_is_until_it_works,
        }
        tell! {
            redirects:
            each_kind_is_followed,
            a_relative_location_is_resolved,
            the_last_event_id_goes_along,
            a_reconnection_starts_at_the_first_url_again,
            a_loop_ends_at_the_limit,
            without_a_location_it_fails,
            an_empty_location_is_the_same_place_and_ends_at_the_limit,
            it_does_not_lead_out_of_http,
            to_nowhere_it_fails,
            other_statuses_of_the_three_hundreds_are_refusals,
            a_post_is_sent_again_with_its_body_after_307_and_308,
            a_post_turns_to_a_get_after_301_302_and_303,
            credentials_do_not_go_to_another_port,
            credentials_do_not_go_to_another_host,
            credentials_go_along_within_an_origin,
        }
        tell! {
            silence:
            a_silent_stream_counts_as_lost_after_the_idle_timeout,
            comments_break_the_silence,
            without_an_idle_timeout_silence_is_fine,
            a_head_that_stays_out_is_not_waited_for,
            a_head_that_comes_late_opens_the_stream,
            an_idle_timeout_does_not_count_before_the_head,
        }
        tell! {
            bad_input:
            a_chunked_body_that_lacks_its_end_is_an_error,
            a_chunk_that_lacks_its_rest_is_an_error,
            an_interim_head_is_passed_over,
            a_body_without_framing_that_is_reset_is_broken,
            a_body_without_framing_ends_with_its_connection,
            a_connection_that_closes_without_a_word_is_an_error,
            a_head_that_breaks_off_is_an_error,
            a_head_of_garbage_is_an_error,
            headers_without_end_are_an_error,
            interim_responses_without_end_are_not_waited_for,
            a_header_without_end_is_an_error,
        }
        tell! {
            parsing:
            a_message_comes_in_one_piece,
            a_message_comes_in_two_pieces,
            two_messages_come_in_one_piece,
            two_messages_come_in_three_pieces,
            a_hundred_messages_in_one_piece_keep_their_order,
            lines_of_data_are_joined,
            data_may_be_empty,
            a_message_is_of_the_type_that_is_given,
            a_message_without_a_type_is_a_message,
            a_message_has_its_id,
            a_message_has_its_type_and_its_id,
            an_id_with_nul_is_ignored,
            an_id_stays_until_there_is_another,
            an_id_can_be_set_to_empty,
            fields_may_come_in_reverse_order,
            an_unknown_field_is_ignored,
            fields_need_no_space,
            of_two_spaces_one_is_content,
            a_field_needs_no_colon,
            characters_may_have_several_bytes,
            characters_may_come_byte_by_byte,
            megabytes_come_in_one_piece,
            megabytes_come_in_two_pieces,
            a_message_of_any_size_is_not_waited_for,
        }
        tell! {
            line_ends:
            lines_may_end_with_lf,
            lines_may_end_with_cr_lf,
            lines_may_end_with_cr,
            cr_lf_may_be_cut_in_two,
        }
        tell! {
            byte_order_mark:
            one_at_the_start_is_dropped,
            one_in_pieces_is_dropped,
            one_before_a_comment_is_dropped,
            a_second_one_is_content,
            a_later_one_is_content,
            each_connection_may_begin_with_one,
        }
        tell! {
            comments:
            a_comment_is_seen_at_its_own_line,
            comments_in_a_row_are_seen_one_by_one,
            a_comment_comes_before_the_message_behind_it,
            a_comment_comes_behind_the_message_before_it,
        }
        tell! {
            streams:
            lines_may_end_with_cr_alone,
            one_byte_at_a_time_is_the_same_stream,
            a_line_of_10_mib_is_one_message,
            an_event_over_the_limit_is_reported_and_the_stream_goes_on,
            a_line_without_end_is_given_up_at_the_limit,
            comments_are_seen_where_they_are_asked_for,
            reconnection_times_are_seen_where_they_are_asked_for,
            an_event_that_a_stream_ends_in_is_discarded_and_its_size_is_known,
            a_message_is_seen_before_more_is_sent,
        }
        tell! {
            requests:
            it_asks_as_the_standard_says,
            headers_are_sent_and_replace_its_own,
            a_body_makes_it_a_post,
            any_method_can_have_a_body,
            a_body_goes_with_the_type_that_it_is_given,
            a_body_is_sent_again_where_no_message_had_come,
            a_post_is_not_repeated_once_it_had_an_effect,
            a_post_is_repeated_where_that_is_asked_for,
            each_attempt_can_have_a_fresh_token,
            each_attempt_can_have_a_url_of_its_own,
            an_attempt_that_cannot_be_prepared_closes_it,
            a_response_can_be_rejected_by_its_head,
        }
        tell! {
            closing:
            before_anything_happened,
            while_it_connects,
            while_it_is_open,
            while_it_waits_to_reconnect,
            after_it_has_failed,
            dropping_it_leaves_no_connection,
        }
    };
}

/// What every transport with TLS must do.
macro_rules! tls_stories {
    () => {
        tell! {
            tls:
            a_private_root_can_be_trusted,
            a_root_that_is_not_trusted_is_an_error,
            a_stream_over_tls_resumes,
        }
    };
}

/// What every transport that asks for compressed streams must do.
#[cfg(any(feature = "reqwest", all(feature = "blocking", feature = "gzip")))]
macro_rules! compression_stories {
    () => {
        tell! {
            compression:
            gzip_is_taken_off_as_it_arrives,
        }
    };
}

mod reference_driver {
    type Told = crate::reference::Reference;
    stories!();
    tls_stories!();
}

#[cfg(feature = "tokio")]
mod tokio_hyper {
    type Told = crate::transports::TokioHyper;
    stories!();
    tls_stories!();
}

#[cfg(all(feature = "tokio", feature = "reqwest"))]
mod tokio_reqwest {
    type Told = crate::transports::TokioReqwest;
    stories!();
    tls_stories!();
    compression_stories!();
}

#[cfg(feature = "async-std")]
mod async_std_hyper {
    type Told = crate::transports::AsyncStd;
    stories!();
    tls_stories!();
}

#[cfg(feature = "smol")]
mod smol_hyper {
    type Told = crate::transports::Smol;
    stories!();
    tls_stories!();
}

#[cfg(feature = "blocking")]
mod blocking_threads {
    type Told = crate::transports::Blocking;
    stories!();
    #[cfg(feature = "tls")]
    tls_stories!();
    #[cfg(feature = "gzip")]
    compression_stories!();
}
