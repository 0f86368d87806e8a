//! Data that is not text: JSON and base64, in and out.

#[cfg(feature = "base64")]
mod base64 {
    use crate::{Event, EventRef, MessageEvent};
    use ::base64::Engine;
    use ::base64::engine::general_purpose::STANDARD;
    use alloc::vec::Vec;

    /// Why data was not base64.
    pub use ::base64::DecodeError as Base64Error;

    impl Event<'_> {
        /// An event whose data is `bytes` in base64 (standard alphabet, padded), for binary payloads.
        #[must_use]
        pub fn base64(bytes: impl AsRef<[u8]>) -> Event<'static> {
            Event::new(STANDARD.encode(bytes))
        }
    }

    impl MessageEvent {
        /// The data decoded from base64 (standard alphabet, padded); line ends in it are passed over.
        ///
        /// # Errors
        ///
        /// Data that is not base64.
        ///
        /// ```
        /// use sse_proto::MessageEvent;
        ///
        /// let event = MessageEvent::new("", "AP8=", "");
        /// assert_eq!(event.base64()?, [0x00, 0xFF]);
        /// # Ok::<(), sse_proto::Base64Error>(())
        /// ```
        pub fn base64(&self) -> Result<Vec<u8>, Base64Error> {
            decoded(self.data())
        }
    }

    impl EventRef<'_> {
        /// The data decoded from base64, as [`MessageEvent::base64`] does.
        ///
        /// # Errors
        ///
        /// Data that is not base64.
        pub fn base64(&self) -> Result<Vec<u8>, Base64Error> {
            decoded(self.data)
        }
    }

    fn decoded(data: &str) -> Result<Vec<u8>, Base64Error> {
        if !data.contains('\n') {
            return STANDARD.decode(data);
        }
        STANDARD.decode(data.replace('\n', ""))
    }
}

#[cfg(feature = "json")]
mod json {
    use crate::{Event, EventRef, MessageEvent};
    use alloc::string::String;
    use core::error::Error;
    use core::fmt;
    use serde::de::DeserializeOwned;
    use serde::{Deserialize, Serialize};

    impl Event<'_> {
        /// An event whose data is `value` as JSON, on one line.
        ///
        /// # Errors
        ///
        /// A value that JSON cannot express, such as a map whose keys are not text.
        ///
        /// ```
        /// use sse_proto::Event;
        ///
        /// let event = Event::json(&[1, 2])?;
        /// assert_eq!(event.to_bytes(), "data: [1,2]\n\n");
        /// # Ok::<(), serde_json::Error>(())
        /// ```
        pub fn json(
            value: &(impl Serialize + ?Sized),
        ) -> Result<Event<'static>, serde_json::Error> {
            serde_json::to_string(value).map(Event::new)
        }
    }

    impl MessageEvent {
        /// The data read as JSON.
        ///
        /// # Errors
        ///
        /// Data that is not JSON, or not that of a `T`; the error has the data with it.
        ///
        /// ```
        /// use sse_proto::MessageEvent;
        ///
        /// let event = MessageEvent::new("", "[1,2]", "");
        /// assert_eq!(event.json::<Vec<u8>>()?, [1, 2]);
        /// # Ok::<(), sse_proto::JsonError>(())
        /// ```
        pub fn json<T: DeserializeOwned>(&self) -> Result<T, JsonError> {
            parsed(self.data())
        }
    }

    impl<'a> EventRef<'a> {
        /// The data read as JSON, which may borrow its texts.
        ///
        /// # Errors
        ///
        /// Data that is not JSON, or not that of a `T`; the error has the data with it.
        ///
        /// ```
        /// use sse_proto::{Decoder, ItemRef};
        ///
        /// let mut decoder = Decoder::new();
        /// let mut feed = decoder.feed(b"data: [\"not\",\"copied\"]\n\n");
        /// let Some(ItemRef::Event(event)) = feed.next_ref() else { panic!("an event is complete") };
        /// assert_eq!(event.json::<Vec<&str>>()?, ["not", "copied"]);
        /// # Ok::<(), sse_proto::JsonError>(())
        /// ```
        pub fn json<T: Deserialize<'a>>(&self) -> Result<T, JsonError> {
            parsed(self.data)
        }
    }

    fn parsed<'a, T: Deserialize<'a>>(data: &'a str) -> Result<T, JsonError> {
        serde_json::from_str(data).map_err(|source| JsonError {
            source,
            data: data.into(),
        })
    }

    /// Data that was not the JSON that was expected.
    #[derive(Debug)]
    pub struct JsonError {
        source: serde_json::Error,
        data: String,
    }

    impl JsonError {
        /// The data as it was received.
        #[must_use]
        pub fn data(&self) -> &str {
            &self.data
        }
    }

    impl fmt::Display for JsonError {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            // All of it is in `data`; a message wants only so much as tells what came instead.
            let start: String = self.data.chars().take(80).collect();
            let more = if start.len() < self.data.len() {
                "…"
            } else {
                ""
            };
            write!(
                f,
                "the data is not the JSON that was expected: {} in {start:?}{more}",
                self.source
            )
        }
    }

    impl Error for JsonError {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.source)
        }
    }
}

#[cfg(feature = "base64")]
pub use self::base64::Base64Error;
#[cfg(feature = "json")]
pub use self::json::JsonError;
