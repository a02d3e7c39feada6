//! Work that gives way to whoever works at the computer.

/// How heavy work is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manners {
    /// Somebody waits for it.
    Prompt,
    /// Nobody waits: everything else on the computer goes first.
    Polite,
}

/// Less than what people use (0) and more than what never has to end (19). The order in which a disk is read and written
/// follows it.
#[cfg(target_os = "linux")]
const NICE: i32 = 10;

/// Does the work on a thread of its own where it is polite, because a thread that gave way once may not take its place
/// back. Elsewhere than on Linux a whole process gives way or nobody, so the work is done as it is; what is fetched has
/// its pace everywhere.
pub(super) fn work<T: Send>(manners: Manners, work: impl FnOnce() -> T + Send) -> T {
    match manners {
        Manners::Prompt => work(),
        Manners::Polite => std::thread::scope(|scope| {
            let polite = scope.spawn(|| {
                give_way();
                work()
            });
            polite.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        }),
    }
}

#[cfg(target_os = "linux")]
fn give_way() {
    // Linux knows the priority of each thread, and this call means the one that asks.
    if let Err(error) = rustix::process::setpriority_process(None, NICE) {
        tracing::debug!(%error, "the work does not give way");
    }
}

#[cfg(not(target_os = "linux"))]
fn give_way() {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn polite_work_gives_way_and_leaves_whoever_asked_as_they_were() {
        let nice = || rustix::process::getpriority_process(None).unwrap();
        let mine = nice();
        assert_eq!(work(Manners::Prompt, nice), mine);
        assert_eq!(work(Manners::Polite, nice), NICE.max(mine));
        assert_eq!(nice(), mine);
    }
}
