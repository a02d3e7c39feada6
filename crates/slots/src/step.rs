//! Where tests end this program, or find the disk full: before each thing that it changes on the disk. On Linux strace does
//! that at each system call, from outside; this is for every system, and there is nothing of it in what people get.

use std::io;
#[cfg(any(test, feature = "testing"))]
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many steps this program has made.
#[cfg(any(test, feature = "testing"))]
pub(crate) static DONE: AtomicUsize = AtomicUsize::new(0);

/// Nothing. That it cannot fail here is seen by whoever compiles, and gone.
#[cfg(not(any(test, feature = "testing")))]
#[inline]
pub(crate) fn step() -> io::Result<()> {
    Ok(())
}

/// Counts, and strikes once the count is reached that a test asked for.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn step() -> io::Result<()> {
    use std::sync::LazyLock;

    static BLOW: LazyLock<Option<(String, usize)>> = LazyLock::new(|| {
        let asked = std::env::var("POLDER_TEST_STEP").ok()?;
        let (blow, at) = asked.split_once(':')?;
        Some((blow.to_owned(), at.parse().ok()?))
    });

    let done = DONE.fetch_add(1, Ordering::Relaxed);
    let Some((blow, _)) = BLOW.as_ref().filter(|(_, at)| *at == done) else { return Ok(()) };
    match blow.as_str() {
        "full" => Err(io::ErrorKind::StorageFull.into()),
        // No word, nothing is put away, nobody is told.
        _ => std::process::abort(),
    }
}
