//! The settings of a [`Config`](super::Config), as the clients' builders have them.

/// The methods of a builder that keeps a `Config` in its field `config`: one list for every runtime.
#[doc(hidden)]
#[macro_export]
macro_rules! __config_settings {
    () => {
        /// Sets the method: by default `GET`, and `POST` for a request with a body.
        ///
        /// # Errors
        ///
        /// See [`Config::method`]($crate::source::Config::method).
        pub fn method(mut self, method: &str) -> Result<Self, $crate::source::InvalidRequest> {
            self.config = self.config.method(method)?;
            Ok(self)
        }

        /// Adds a header.
        ///
        /// # Errors
        ///
        /// See [`Config::header`]($crate::source::Config::header).
        pub fn header(
            mut self,
            name: &str,
            value: impl Into<Vec<u8>>,
        ) -> Result<Self, $crate::source::InvalidRequest> {
            self.config = self.config.header(name, value)?;
            Ok(self)
        }

        /// Starts with a last event ID, to resume where an earlier source stopped.
        ///
        /// # Errors
        ///
        /// An id cannot contain CR, LF or NUL.
        pub fn last_event_id(mut self, id: &str) -> Result<Self, $crate::InvalidField> {
            self.config = self.config.last_event_id(id)?;
            Ok(self)
        }

        $crate::__config_settings! {
            /// Sets the body, and with it the method to `POST` if no other is set.
            body(body: impl Into<::bytes::Bytes>);
            /// Sets the reconnection time to start with: 3 seconds by default.
            reconnection_time(time: ::core::time::Duration);
            /// Sets what reconnection times a server may set: 100 milliseconds to 5 minutes by default.
            reconnection_bounds(min: ::core::time::Duration, max: ::core::time::Duration);
            /// Sets how the delay grows as failures follow one another.
            backoff(backoff: $crate::source::Backoff);
            /// Sets a way of the program's own to choose the delay.
            strategy(strategy: impl $crate::source::Strategy + 'static);
            /// Says whether the source connects again when a connection failed or ended: by default it does.
            reconnect(reconnect: bool);
            /// Says whether it does so too when no connection was open yet: by default it does.
            retry_first(retry_first: bool);
            /// Sets which statuses are worth another try: by default none.
            retry_statuses(statuses: $crate::source::StatusRetry);
            /// Says whether a request with a body is sent again after its stream has dispatched an event: by default
            /// not.
            resend_after_events(resend: bool);
            /// Sets how long an open stream may be silent before it counts as lost; `None`, the default, is for ever.
            idle_timeout(timeout: Option<::core::time::Duration>);
            /// Sets how long a request may wait for the head of its response: 30 seconds by default; `None` is for
            /// ever.
            connect_timeout(timeout: Option<::core::time::Duration>);
            /// Sets how many redirects in a row are followed: 10 by default.
            redirect_limit(limit: u8);
            /// Sets how many bytes an event may take.
            max_event_bytes(bytes: usize);
            /// Says whether comments are reported: by default they are not.
            comments(comments: bool);
            /// Says whether it is reported that the stream sets the reconnection time: by default it is not.
            retry_fields(retry_fields: bool);
        }
    };
    ($($(#[$doc:meta])* $name:ident($($argument:ident: $type:ty),*);)*) => {
        $(
            $(#[$doc])*
            #[doc = concat!(
                "\n\nSee [`Config::", stringify!($name), "`](sse_proto::source::Config::", stringify!($name), ")."
            )]
            pub fn $name(mut self, $($argument: $type),*) -> Self {
                self.config = self.config.$name($($argument),*);
                self
            }
        )*
    };
}
