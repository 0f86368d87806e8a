//! The clients of this project, each told the stories.

#[cfg(feature = "blocking")]
mod blocking;
#[cfg(feature = "tokio")]
mod tokio_hyper;

#[cfg(feature = "blocking")]
pub(crate) use blocking::Blocking;
#[cfg(feature = "tokio")]
pub(crate) use tokio_hyper::TokioHyper;
