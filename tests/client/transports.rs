//! The clients of this project, each told the stories.

#[cfg(feature = "tokio")]
mod tokio_hyper;

#[cfg(feature = "tokio")]
pub(crate) use tokio_hyper::TokioHyper;
