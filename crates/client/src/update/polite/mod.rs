//! Work that gives way to whoever works at the computer.

#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(target_os = "macos", path = "macos.rs")]
#[cfg_attr(windows, path = "windows.rs")]
mod system;

/// How heavy work is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manners {
    /// Somebody waits for it.
    Prompt,
    /// Nobody waits: everything else on the computer goes first.
    Polite,
}

/// Does the work on a thread of its own where it is polite, because a thread that gave way once may not take its place
/// back.
pub(super) fn work<T: Send>(manners: Manners, work: impl FnOnce() -> T + Send) -> T {
    match manners {
        Manners::Prompt => work(),
        Manners::Polite => std::thread::scope(|scope| {
            let polite = scope.spawn(|| {
                if let Err(error) = system::give_way() {
                    tracing::debug!(%error, "the work does not give way");
                }
                work()
            });
            polite.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polite_work_gives_way_and_leaves_whoever_asked_as_they_were() {
        let mine = system::given_way();
        assert_eq!(work(Manners::Prompt, system::given_way), mine);
        assert!(work(Manners::Polite, system::given_way) > mine);
        assert_eq!(system::given_way(), mine);
    }
}
