//! A real platform in this process: its own port, real TLS, cheap hashing, a clock that tests move.

pub(crate) mod code;
#[allow(dead_code, reason = "the bench compares; here it is tested that it does so rightly")]
pub(crate) mod compared;
pub(crate) mod database;
pub(crate) mod device;
pub(crate) mod letters;
pub(crate) mod people;
pub(crate) mod releases;
pub(crate) mod smtp;
pub(crate) mod stage;
pub(crate) mod tls;

pub(crate) use device::{Answer, Device};
pub(crate) use people::Person;
pub(crate) use stage::Stage;

/// Makes each scenario (`async fn name(stage: Stage)`) two tests: `name::sqlite` and `name::postgres`. One that
/// is not named here is dead code, and so an error.
macro_rules! on_both_engines {
    ($($name:ident),* $(,)?) => {$(
        mod $name {
            use polder_platform::store::Engine;
            use $crate::support::Stage;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name(Stage::begin(Engine::Sqlite).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                super::$name(Stage::begin(Engine::Postgres).await).await;
            }
        }
    )*};
}
pub(crate) use on_both_engines;
