//! The clients of this project, each told the stories.

#[cfg(any(feature = "tokio", feature = "async-std", feature = "smol"))]
mod asynchronous;
#[cfg(feature = "blocking")]
mod blocking;
#[cfg(any(feature = "async-std", feature = "smol"))]
mod futures;
#[cfg(feature = "tokio")]
mod tokio;

#[cfg(feature = "blocking")]
pub(crate) use blocking::Blocking;
#[cfg(feature = "async-std")]
pub(crate) use futures::AsyncStd;
#[cfg(feature = "smol")]
pub(crate) use futures::Smol;
#[cfg(feature = "tokio")]
pub(crate) use tokio::TokioHyper;
#[cfg(all(feature = "tokio", feature = "reqwest"))]
pub(crate) use tokio::TokioReqwest;
