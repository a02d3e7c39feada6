//! What the end-to-end tests stand on: a whole deployment of its own for each test (keys, platform process,
//! seeds), a desk to open the real client at, and short ways to say what a person does in the window.

mod impostor;
#[cfg(unix)]
mod launched;
#[cfg(target_os = "linux")]
mod listener;
#[cfg(target_os = "linux")]
mod logind;
mod running;
mod stage;
mod wire;

pub use impostor::{Impostor, Kept};
#[cfg(unix)]
pub use launched::{Launch, Launched};
#[cfg(target_os = "linux")]
pub use listener::{Heard, Listener, Thing};
#[cfg(target_os = "linux")]
pub use logind::Logind;
pub use polder_local::desk::Page;
pub use running::Running;
pub use stage::{Stage, built};
pub use wire::{Wire, alone_in_the_network};

/// What a test returns: any error, with words.
pub type Outcome<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;
